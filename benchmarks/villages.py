"""How well villages are found in addresses, and how far their radius holds: `python -m benchmarks.villages FOLDER`.

FOLDER holds `villages.csv.gz`, `regency_witel.csv` and `inputs/a` (provisioning.csv and truth.json, which tells each
customer's village and house). Prints recall over the addresses that end in their village, precision over all that were
matched, the same with the ending damaged in four ways, addresses/s, and the share of houses within the radius of the
village found (68 % is meant).
"""

import json
import sys
import time
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common.geo import distance_m
from customers.locating.addresses import read_addresses
from customers.locating.gazetteer import find_villages, make_gazetteer
from regions.services.spread import spread_m

ENDINGS = {
    "as written": "{street}, {village}, {district}",
    "without commas": "{street} {village} {district}",
    "with kel. and kec.": "{street} kel. {village} kec. {district}",
    "cut by three letters": "{street}, {village}, {cut}",
    "without the district": "{street}, {village}",
}


def main(folder: Path) -> None:
    villages = read_villages(folder)
    gazetteer = make_gazetteer(villages)
    houses = read_houses(folder, villages)
    for name, ending in ENDINGS.items():
        raw = [written(house, ending) for house in houses.iter_rows(named=True)]
        parts = read_addresses(raw).select("village", "district", "city")
        addresses = houses.select("customer", "area").with_columns(parts, raw=pl.Series(raw))
        started = time.process_time()
        found = find_villages(addresses, gazetteer)
        seconds = time.process_time() - started
        tell(name, houses, found, seconds)


def read_villages(folder: Path) -> pl.DataFrame:
    """Villages with `area` (a number for each witel) and the spread by their neighbours; `place` as the gazetteer's."""
    witels = pl.read_csv(folder / "regency_witel.csv", infer_schema=False)
    villages = pl.read_csv(folder / "villages.csv.gz", infer_schema=False).with_columns(
        pl.col("lat", "lon").cast(pl.Float64), regency_code=pl.col("code").str.slice(0, 5)
    )
    spread = spread_m(villages["lat"].to_numpy(), villages["lon"].to_numpy())
    villages = villages.with_columns(radius_m=pl.Series(spread)).join(witels, on="regency_code", maintain_order="left")
    area = pl.col("witel_code").rank("dense").cast(pl.Int64)
    return villages.with_columns(area=area).with_row_index("place")


def read_houses(folder: Path, villages: pl.DataFrame) -> pl.DataFrame:
    """One row per customer of input a: customer (a number), area, raw, true village and point, `is_named`."""
    truth = json.loads((folder / "inputs" / "a" / "truth.json").read_text())["customers"]
    known = pl.DataFrame(
        [(number, house["village"], house["lat"], house["lon"]) for number, house in truth.items()],
        schema=["number", "code", "true_lat", "true_lon"],
        orient="row",
    )
    feed = pl.read_csv(folder / "inputs" / "a" / "provisioning.csv", infer_schema=False).unique(
        "ND_INTERNET", keep="last"
    )
    houses = feed.select(number="ND_INTERNET", raw=pl.col("ALAMAT").fill_null("")).join(known, on="number")
    houses = houses.join(villages.select("code", "name", "district", "area", true_place="place"), on="code")
    tail = pl.format(", {}, {}", "name", "district")
    return houses.with_columns(is_named=pl.col("raw").str.ends_with(tail)).sort("number").with_row_index("customer")


def written(house: dict, ending: str) -> str:
    """The address as it stands, its village and district written in another way where it has them."""
    if not house["is_named"]:
        return house["raw"]
    street, village, district = house["raw"].rsplit(", ", 2)
    return ending.format(street=street, village=village, district=district, cut=district[:-3])


def tell(name: str, houses: pl.DataFrame, found: pl.DataFrame, seconds: float) -> None:
    both = found.join(houses, on="customer")
    right = (both["place"] == both["true_place"]).sum()
    metres = distance_m(*(both[column].to_numpy() for column in ("lat", "lon", "true_lat", "true_lon")))
    held = (metres <= both["radius_m"].to_numpy()).mean()
    named = houses["is_named"].sum()
    wrong = both.filter(pl.col("is_named") & (pl.col("place") != pl.col("true_place"))).height
    print(
        f"{name:22} recall {right / named:.3f} of {named:,}, precision {right / both.height:.3f} "
        f"({wrong} of those that name their village got another), radius holds {held:.3f}, "
        f"{houses.height / seconds:,.0f} addresses/s"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
