"""Provisioning: one row is a line with its address, its installation and the ODP it hangs on."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from common.batches import batched
from common.bulk import load_rows, look_up
from customers.locating.addresses import read_addresses
from customers.locating.candidates import Read, read_installations
from customers.locating.faults import Fault
from customers.models import Address, Customer, Installation, LocationCandidate, ResolvedLocation
from customers.services.addresses import beside
from customers.services.areas import service_areas
from customers.services.locations import FROM_FEED, decided, replace_candidates, resolve_locations
from customers.services.neighbourhood import SOUND, place_among_neighbours
from customers.services.stacking import mark_stacks
from customers.services.villages import has_villages, replace_villages, village_candidates
from imports.apply.places import checked_odps, with_odps, with_witels
from imports.apply.run import Run, changed
from imports.apply.tables import insert, update
from workorders.services.points import refresh_points

TEXT = ("name", "phones", "sto", "package", "technician", "address", "raw_point")
# Our column → the table's, as compared and written.
CUSTOMER = {"name": "name", "phones": "phones", "witel_id": "witel_id", "sto": "sto", "package": "package"}
INSTALLATION = {
    "odp_id": "odp_id",
    "technician": "technician",
    "installed_on": "installed_on",
    "raw_point": "raw_point",
    "given_lat": "given_lat",
    "given_lon": "given_lon",
    "accuracy_m": "accuracy_m",
    "faults": "faults",
    "is_repaired": "is_repaired",
}
# A column of the file → ours that follow from it; a file without the column leaves them as they are.
FROM_COLUMN = {
    "name": ["name"],
    "phones": ["phones"],
    "sto": ["sto"],
    "package": ["package"],
    "technician": ["technician"],
    "installed_on": ["installed_on"],
    "accuracy_m": ["accuracy_m"],
    "address": ["raw"],
}
EXISTING = {
    "t.id": pl.Int64,
    "t.service_number": pl.String,
    "t.name": pl.String,
    "t.phones": pl.String,
    "t.witel_id": pl.Int64,
    "t.sto": pl.String,
    "t.package": pl.String,
    "a.raw": pl.String,
    "i.odp_id": pl.Int64,
    "i.technician": pl.String,
    "i.installed_on": pl.Date,
    "i.raw_point": pl.String,
    "i.given_lat": pl.Float64,
    "i.given_lon": pl.Float64,
    "i.accuracy_m": pl.Float64,
    "i.faults": pl.Int64,
    "i.is_repaired": pl.Boolean,
}
WORDS = {
    Fault.MISSING: "The feed has no coordinates for this house.",
    Fault.ZERO: "The coordinates are zero: the device had no fix.",
    Fault.SWAPPED: "Latitude and longitude are exchanged.",
    Fault.SIGN_LOST: "The minus sign of the latitude is lost.",
    Fault.DECIMAL_LOST: "The decimal point is lost.",
    Fault.COARSE: "Too few decimals: the point is only an area.",
    Fault.OUTSIDE_COUNTRY: "The point lies outside Indonesia.",
    Fault.OUTSIDE_AREA: "The point lies outside the witel.",
    Fault.FAR_FROM_ODP: "The point is too far from its ODP.",
    Fault.AT_ODP: "The point is the ODP's, not the house's.",
    Fault.STACKED: "Five customers or more stand on this one point: it is the technician's, not the house's.",
    Fault.AT_OFFICE: "The same point was written for a line of another ODP: it is an office's or the technician's own.",
}


def apply(run: Run, rows: pl.DataFrame) -> list[str]:
    """Bring the rows in; the service numbers of the lines that are new."""
    rows = run.within_reach(with_places(rows), field="witel")
    known = existing_lines(rows)
    rows = run.within_reach(
        rows.join(
            known.select("service_number", "old_witel_id"), on="service_number", how="left", maintain_order="left"
        ),
        field="service_number",
        witel="old_witel_id",
    ).drop("old_witel_id")
    rows = with_odps(run, rows)
    read = read_installations(rows.with_columns(customer=pl.col("row"), area=pl.col("witel_id")), service_areas())
    tell_faults(run, read.checked)
    compared = read.checked.drop("customer", "area").join(known, on="service_number", how="left")
    new = compared.filter(pl.col("id").is_null())
    create_lines(run, new.select(read.checked.drop("customer", "area").columns), read)
    differing = compared.filter(pl.col("id").is_not_null() & changed(compared, touched_pairs(run)))
    update_lines(run, differing, read)
    run.created += new.height
    run.updated += differing.height
    run.unchanged += compared.height - new.height - differing.height
    if new.height or differing.height:
        look_around(run, pl.concat([new, differing.select(new.columns)]))
    return new["service_number"].to_list()


def look_around(run: Run, rows: pl.DataFrame) -> None:
    """What these lines say beside others: points that many share, and neighbours for houses without a point."""
    moved = set(mark_stacks(witels=rows["witel_id"].unique().sort().to_list(), watch=run.journal.watch))
    unsure = rows.filter(pl.col("lat").is_null() | ~pl.col("faults").is_in(SOUND))
    if unsure.height:
        keys = existing_lines(unsure)["id"].sort().to_list()
        moved |= set(place_among_neighbours(customers=keys, watch=run.journal.watch))
    if not moved:
        return
    run.journal.watch_keys(ResolvedLocation, sorted(moved))
    resolve_locations(customers=sorted(moved))
    refresh_points(customers=sorted(moved))
    tell_shared(run, rows, moved)


def tell_shared(run: Run, rows: pl.DataFrame, moved: set[int]) -> None:
    """A warning for each row of the file whose point others share."""
    shared = LocationCandidate.objects.filter(source="INSTALL", faults__gte=int(Fault.STACKED)).order_by()
    found = [
        row
        for some in batched(sorted(moved), 2000)
        for row in shared.filter(customer__in=some).values_list("customer__service_number", "faults")
    ]
    marks = pl.DataFrame(found, schema={"service_number": pl.String, "marks": pl.Int64}, orient="row")
    rows = rows.join(marks, on="service_number", how="inner")
    for fault in (Fault.STACKED, Fault.AT_OFFICE):
        run.tell(
            rows.filter((pl.col("marks") & int(fault)) != 0),
            severity="warning",
            field="point",
            value=pl.col("raw_point"),
            reason=fault.name.lower(),
            message=WORDS[fault],
        )


def with_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Witel as a key with its centre and reach; empty texts as ''; ODP points that are no points dropped."""
    rows = rows.with_columns(pl.col(name).fill_null("") for name in TEXT)
    rows = rows.with_columns(pl.col("phones").str.slice(0, 200), pl.col("raw_point").str.slice(0, 300))
    return checked_odps(with_witels(rows.with_columns(pl.col("odp").str.to_uppercase())))


def tell_faults(run: Run, checked: pl.DataFrame) -> None:
    """One issue per row whose point is not right: repaired, or a warning with the worst fault first."""
    repaired = checked.filter("is_repaired")
    run.repaired += repaired.height
    for severity, rows in (("repaired", repaired), ("warning", checked.filter(~pl.col("is_repaired")))):
        for fault, words in WORDS.items():
            run.tell(
                rows.filter((pl.col("faults") & int(fault)) != 0),
                severity=severity,
                field="point",
                value=pl.col("raw_point"),
                reason=fault.name.lower(),
                message=f"{words} Repaired from what was written." if severity == "repaired" else words,
            )


def existing_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """The lines of these rows that stand in the tables: id, service_number, and old_… for what is compared."""
    found = look_up(
        Customer._meta.db_table,
        rows,
        on={"service_number": "service_number"},
        columns=EXISTING,
        joins="JOIN customers_address a ON a.customer_id = t.id JOIN customers_installation i ON i.customer_id = t.id",
    )
    found.columns = [name.partition(".")[2] for name in found.columns]
    return found.rename({name: f"old_{name}" for name in found.columns if name not in ("id", "service_number")})


def touched_pairs(run: Run) -> dict[str, str]:
    """Columns to compare: those that this file has."""
    absent = {ours for column, names in FROM_COLUMN.items() if column not in run.columns for ours in names}
    pairs = {name: f"old_{name}" for name in (*CUSTOMER, *INSTALLATION) if name not in absent}
    return pairs if "raw" in absent else pairs | {"address": "old_raw"}


def create_lines(run: Run, new: pl.DataFrame, read: Read) -> None:
    """Customers, addresses, installations, candidates and locations of lines that are new, each table at once."""
    if new.is_empty():
        return
    with ThreadPoolExecutor(1) as reader:  # addresses are read while the database takes the other tables
        parts = reader.submit(read_addresses, new["address"])
        new = create_customers(run, new)
        load_rows(Installation._meta.db_table, new.select("customer_id", *INSTALLATION))
        villages = villages_of(new, parts.result()) if has_villages() else None
        locate_new(run, new, read, villages)
        load_rows(Address._meta.db_table, beside(new, parts.result()))


def create_customers(run: Run, new: pl.DataFrame) -> pl.DataFrame:
    """The rows with the `customer_id` that each line got."""
    last = insert(
        run,
        Customer,
        new.select("service_number", "name", "phones", "witel_id", "sto", "package", feed_batch=pl.lit(run.batch.pk)),
    )
    keys = pl.DataFrame(
        list(Customer.objects.filter(pk__gt=last, feed_batch=run.batch.pk).values_list("service_number", "pk")),
        schema={"service_number": pl.String, "customer_id": pl.Int64},
        orient="row",
    )
    return new.join(keys, on="service_number", how="left", maintain_order="left")


def villages_of(rows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """VILLAGE candidates of these lines, from what was read of their addresses."""
    read = parts.select("village", "district", "city")
    named = rows.select(customer="customer_id", area="witel_id", raw="address")
    return village_candidates(pl.concat([named, read], how="horizontal"))


def locate_new(run: Run, new: pl.DataFrame, read: Read, villages: pl.DataFrame | None) -> None:
    """Candidates and resolved locations of new lines."""
    candidates = read.candidates.join(new.select("customer_id", customer="row"), on="customer", how="inner")
    candidates = candidates.drop("customer").rename({"customer_id": "customer"})
    if villages is not None:
        candidates = pl.concat([candidates, villages.select(candidates.columns)], how="vertical_relaxed")
    load_rows(LocationCandidate._meta.db_table, candidates.rename({"customer": "customer_id"}))
    located = decided(candidates).join(new.select("witel_id", customer="customer_id"), on="customer")
    load_rows(
        ResolvedLocation._meta.db_table,
        located.rename({"customer": "customer_id"}).with_columns(computed_at=pl.lit(run.now)),
    )


def update_lines(run: Run, rows: pl.DataFrame, read: Read) -> None:
    """Lines whose provisioning record changed. Derived rows follow: candidates, locations, points of orders."""
    if rows.is_empty():
        return
    rows = keep_absent(run, rows).rename({"id": "customer_id"})
    keys = rows["customer_id"].to_list()
    run.journal.watch_keys(Customer, keys)
    run.journal.watch_keys(Address, keys)
    run.journal.watch_keys(Installation, keys)
    for some in batched(keys, 2000):
        run.journal.watch(LocationCandidate.objects.filter(customer__in=some, source__in=FROM_FEED))
    run.journal.watch_keys(ResolvedLocation, keys)
    update(Customer, rows.select("service_number", *CUSTOMER, id="customer_id", feed_batch=pl.lit(run.batch.pk)))
    parts = read_addresses(rows["address"])
    update(Address, beside(rows, parts))
    update(Installation, rows.select("customer_id", *INSTALLATION))
    candidates = read.candidates.join(rows.select("customer_id", customer="row"), on="customer", how="inner")
    candidates = candidates.drop("customer").rename({"customer_id": "customer"})
    for some in batched(keys, 2000):
        replace_candidates(customers=some, candidates=candidates.filter(pl.col("customer").is_in(some)))
    if has_villages():
        replace_villages(customers=keys, candidates=villages_of(rows, parts))
    resolve_locations(customers=keys)
    refresh_points(customers=keys)


def keep_absent(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Columns that the file does not have keep the table's values."""
    absent = [name for column, names in FROM_COLUMN.items() if column not in run.columns for name in names]
    return rows.with_columns(pl.col(f"old_{name}").alias("address" if name == "raw" else name) for name in absent)
