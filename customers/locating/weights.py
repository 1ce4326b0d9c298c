"""How far each observation of a house is believed: its accuracy, and the chance that it was taken elsewhere.

Every constant of the fusing is here, with its reason. Distances in metres; an accuracy is the radius that holds the
house in 68 of 100 cases where the observation was taken there at all.
"""

import polars as pl

from customers.locating.faults import Fault
from customers.locating.posterior import SD_OF_STATED

# Accuracy where the record states none. INSTALL: an ordinary GPS in the open; where the truth is known, technicians'
# points hold 68 % within 12. ODP: half a drop cable; measured 103-114 in every group of the same records. A pin on a
# map is set by eye on the roof; a village by its size, which its file should tell.
ACCURACY_M = {
    "INSTALL": 12.0,
    "VISIT": 10.0,
    "AGENT_PIN": 10.0,
    "CUSTOMER_PIN": 20.0,
    "ODP": 105.0,
    "NEIGHBOUR": 60.0,
    "VILLAGE": 1_000.0,
}
# Nobody's fix is better than this, whatever the phone says: the door is a few metres from the middle of the house.
LEAST_ACCURACY_M = 4.0
# The chance of having been taken elsewhere. Technicians stamp at the office or the pole (2 % of the known records, more
# in older ones); agents have said that they are at the house; a customer may be elsewhere when the link arrives; an
# ODP's own point is surveyed; neighbours lie where numbers jump; the village is often that of the office.
WRONG = {
    "INSTALL": 0.03,
    "VISIT": 0.04,
    "AGENT_PIN": 0.04,
    "CUSTOMER_PIN": 0.08,
    "ODP": 0.02,
    "NEIGHBOUR": 0.20,
    "VILLAGE": 0.10,
}
# What its own record says against a point: three in four of the points far from their ODP are the office's; a stack is
# a pole or an office unless it is a tall house; outside its witel a point is hardly ever right.
WRONG_WITH_FAULT = {Fault.FAR_FROM_ODP: 0.50, Fault.STACKED: 0.60, Fault.AT_OFFICE: 0.90, Fault.OUTSIDE_AREA: 0.90}
# Looked at and approved by a supervisor: what contradicts it goes to the desk, and decides nothing by itself.
WRONG_WHEN_APPROVED = 1e-30
# The chance that the whole record is of another house: lines joined to the wrong customer by a typed number.
WRONG_RECORD = 0.005
# Customers who move and keep their number, a year: what is older tells of where they lived then.
MOVED_A_YEAR = 0.007
# Written down when the line was laid, and outdated together.
OF_RECORD = ("INSTALL", "ODP", "NEIGHBOUR", "VILLAGE")
# Taken by somebody at a house: only these tell where the house is, the others in which neighbourhood to look.
FIXES = ("INSTALL", "VISIT", "AGENT_PIN", "CUSTOMER_PIN")
# By a person who was sent to find the house and said that this is it.
CONFIRMING = ("VISIT", "AGENT_PIN", "CUSTOMER_PIN")
# A village's centre says nothing of a house: alone it makes no resolved location.
NEVER_ALONE = ("VILLAGE",)

# What was learned of who observed: real accuracy over the claimed one, chance of a wrong place. Actor '' is the source
# as a whole; of source DEVICE the actor is a phone, of which only the accuracy counts.
DEVICE = "DEVICE"
ACTORS = {"source": pl.String, "actor": pl.String, "scale": pl.Float64, "wrong": pl.Float64}


def weigh(candidates: pl.DataFrame, actors: pl.DataFrame, year: int) -> pl.DataFrame:
    """`candidates` that count, with sd_m (per axis), wrong, moved (probabilities, the latter per customer), of_record.

    `actors` (ACTORS, see `reliability.learn`) replaces the constants above where a technician, an agent or at least
    the source is known. What waits for a decision or was rejected does not count, nor a refuted fix, nor a technician's
    point on the ODP: it is the ODP's, written twice. `year` is the present one; ages count in years, so that answers do
    not change daily.
    """
    faults = pl.col("faults")
    at_odp = (faults & int(Fault.AT_ODP)) != 0
    is_fix = pl.col("source").is_in(FIXES)
    is_approved = pl.col("status") == "APPROVED"
    counts = ~pl.col("status").is_in(["PENDING", "REJECTED"]) & ~(is_fix & (at_odp | (pl.col("status") == "REFUTED")))
    wrong = pl.coalesce("wrong", "wrong_source", pl.col("source").replace_strict(WRONG, default=0.5))
    for fault, least in WRONG_WITH_FAULT.items():
        wrong = pl.when((faults & int(fault)) != 0).then(pl.max_horizontal(wrong, pl.lit(least))).otherwise(wrong)
    wrong = pl.when(is_approved).then(WRONG_WHEN_APPROVED).otherwise(wrong)
    years = (year - pl.col("observed_on").cast(pl.Date).dt.year()).clip(0, 30).fill_null(0)
    of_record = pl.col("source").is_in(OF_RECORD)
    moved = 1 - (1 - MOVED_A_YEAR) ** years
    accuracy = pl.col("accuracy_m") * pl.coalesce("scale_device", "scale", "scale_source", 1.0)
    return (
        candidates.filter(counts)
        .join(actors.select(*ACTORS), on=["source", "actor"], how="left", maintain_order="left")
        .join(of_source(actors), on="source", how="left", maintain_order="left", suffix="_source")
        .join(of_devices(actors), on="device", how="left", maintain_order="left")
        .with_columns(
            sd_m=pl.max_horizontal(accuracy, pl.lit(LEAST_ACCURACY_M)) / SD_OF_STATED,
            wrong=pl.when(is_fix & ~of_record & ~is_approved).then(1 - (1 - wrong) * (1 - moved)).otherwise(wrong),
            moved=(1 - (1 - WRONG_RECORD) * (1 - pl.when(of_record).then(moved).otherwise(0.0).max().over("customer"))),
            of_record=of_record,
            is_fix=is_fix,
        )
        .drop("scale", "scale_source", "scale_device", "wrong_source")
    )


def of_source(actors: pl.DataFrame) -> pl.DataFrame:
    """What was learned of a source as a whole, for actors of whom nothing is known."""
    return actors.filter(pl.col("actor") == "").select("source", "scale", "wrong")


def of_devices(actors: pl.DataFrame) -> pl.DataFrame:
    """What was learned of phones."""
    return actors.filter(pl.col("source") == DEVICE).select(device="actor", scale_device="scale")


def voice_of() -> pl.Expr:
    """Who speaks: an agent's visits and pins are one voice, and so are all observations of a source without names."""
    is_agent = pl.col("source").is_in(["VISIT", "AGENT_PIN"])
    return pl.concat_str(pl.when(is_agent).then(pl.lit("AGENT")).otherwise("source"), "actor", separator="/")
