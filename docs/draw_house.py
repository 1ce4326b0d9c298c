"""Draws one real case for locating.md: `python docs/draw_house.py INPUTS/a > docs/img/locating.svg`.

A line of the exports whose technician stamped the office, with a visit made up at its true house: what each observation
says, what they say together before and after the visit, and where the house is. In metres around the ODP: nobody can
tell whose house it is.
"""

import csv
import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common.geo import offsets_m
from customers.locating.candidates import read_installations
from customers.locating.fusion import fuse

WIDTH, HEIGHT, MARGIN = 760, 520, 40
INK = {"INSTALL": "#b45309", "ODP": "#0f766e", "house": "#be123c", "before": "#0f766e", "after": "#1d4ed8"}


def main(folder: Path) -> None:
    row, true = office_case(folder)
    records = pl.DataFrame([row])
    candidates = read_installations(records).candidates.with_columns(key=pl.lit(0, dtype=pl.Int64))
    before = fuse(candidates, year=2026).row(0, named=True)
    after = fuse(pl.concat([candidates, visit_at(true, candidates.schema)]), year=2026).row(0, named=True)
    sys.stdout.write(draw(row, true, candidates, before, after) + "\n")


def office_case(folder: Path) -> tuple[dict, dict]:
    """The stamp that lies farthest from its house, as a provisioning record, and the truth."""
    told = json.loads((folder / "truth.json").read_text())["customers"]
    rows = []
    with (folder / "provisioning.csv").open(encoding="utf-8-sig") as file:
        for line in csv.DictReader(file):
            true = told.get(line["ND_INTERNET"])
            if true and true["defect"] == "office":
                numbers = [float(line[name]) for name in ("LATITUDE", "LONGITUDE", "ODP_LAT", "ODP_LON")]
                away = np.hypot(*offsets_m(*numbers[2:], *numbers[:2]))
                rows.append((away, numbers, true))
    _, numbers, true = sorted(rows, key=lambda row: row[0])[len(rows) // 2]
    names = ("given_lat", "given_lon", "odp_lat", "odp_lon")
    record = dict(zip(names, numbers, strict=True)) | {"area_lat": None, "area_lon": None, "area_reach_m": None}
    return record | {
        "customer": 1, "area": 0, "installed_on": date(2019, 5, 1), "technician": "T1", "accuracy_m": None,
    }, true  # fmt: skip


def visit_at(true: dict, schema) -> pl.DataFrame:
    """An agent's fix at the door, six metres off."""
    seen = {"lat": true["lat"] + 4e-5, "lon": true["lon"] + 4e-5, "accuracy_m": 8.0, "observed_on": date(2026, 10, 6)}
    seen |= {
        "customer": 1,
        "source": "VISIT",
        "actor": "agent",
        "device": "",
        "faults": 0,
        "status": "ACTIVE",
        "key": 1,
    }
    return pl.DataFrame([seen], schema=schema)


def draw(row: dict, true: dict, candidates: pl.DataFrame, before: dict, after: dict) -> str:
    def metres(lat, lon):
        north, east = offsets_m(row["odp_lat"], row["odp_lon"], lat, lon)
        return float(east), float(north)

    spots = {r["source"]: (*metres(r["lat"], r["lon"]), r["accuracy_m"]) for r in candidates.iter_rows(named=True)}
    spots["house"] = (*metres(true["lat"], true["lon"]), 0.0)
    answers = {name: (*metres(a["lat"], a["lon"]), a["radius_m"]) for name, a in (("before", before), ("after", after))}
    everything = [*spots.values(), *answers.values()]
    low = np.min([(x - r, y - r) for x, y, r in everything], axis=0)
    high = np.max([(x + r, y + r) for x, y, r in everything], axis=0)
    scale = min((WIDTH - 2 * MARGIN) / (high[0] - low[0]), (HEIGHT - 2 * MARGIN) / (high[1] - low[1]))

    def at(x, y):
        return MARGIN + (x - low[0]) * scale, HEIGHT - MARGIN - (y - low[1]) * scale

    parts = []
    for name, (x, y, r) in answers.items():
        cx, cy = at(x, y)
        ring = f'fill="{INK[name]}" fill-opacity=".13" stroke="{INK[name]}" stroke-dasharray="4 3"'
        parts.append(f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="{max(r * scale, 5):.0f}" {ring}/>')
    words = {
        "INSTALL": "technician's point: stamped at the office",
        "ODP": f"ODP; before: {before['radius_m']:.0f} m, grade {before['grade']}",
        "house": f"the house; after one visit: {after['radius_m']:.0f} m, grade {after['grade']}",
    }
    for name, text in words.items():
        cx, cy = at(*spots[name][:2])
        anchor, dx = ("end", -10) if cx > WIDTH * 0.6 else ("start", 10)
        dy = -14 if name == "house" else 24 if name == "ODP" else 4
        parts.append(f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="5" fill="{INK[name]}"/>')
        place = f'x="{cx + dx:.0f}" y="{cy + dy:.0f}" text-anchor="{anchor}"'
        parts.append(f'<text {place} fill="{INK[name]}">{text}</text>')
    bar = 100 * scale
    parts.append(f'<path d="M{MARGIN} {HEIGHT - 14}h{bar:.0f}" stroke="#475569" stroke-width="2"/>')
    parts.append(f'<text x="{MARGIN + bar + 8:.0f}" y="{HEIGHT - 9}" fill="#475569">100 m</text>')
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="15"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f8fafc"/>', *parts, "</svg>"])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
