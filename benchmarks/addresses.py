"""How well and how fast addresses are read.

    python benchmarks/addresses.py FILE [--texts TEXTS]

FILE is a CSV of labels: `rt, rw, house_no, block, postcode` as text, empty where the address has none, and `has_street,
has_village` as 1 or 0; a column that is absent is not scored. Its addresses are in `raw_address`, or in the CSV TEXTS
under the same `id`. `notes` may hold `ambiguous:FIELD;...`: those fields are left out. A wrong value counts twice, as
one found too many and one missed. The F1 of five folds by `id` shows how much the figure depends on the rows. Without
labels, only the speed is measured.
"""

import argparse
import csv
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from customers.locating.addresses import read_addresses

TEXT_FIELDS = {"rt": "rt", "rw": "rw", "house_no": "house_number", "block": "block", "postcode": "postal_code"}
YES_NO_FIELDS = {"has_street": "street", "has_village": "village"}
FOLDS = 5
ROWS_TIMED = 50_000
ROUNDS = 5
Pair = tuple[str, str]  # label and answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", metavar="FILE")
    parser.add_argument("--texts", metavar="TEXTS", help="CSV with the columns id and raw_address")
    options = parser.parse_args()
    rows = read_rows(options.labels, options.texts)
    if not rows:
        parser.error(f"{options.labels} holds no rows with an address")
    raw = [row["raw_address"] for row in rows]
    print_scores(rows, read_addresses(raw).to_dicts())
    repeated = (raw * (ROWS_TIMED // len(raw) + 1))[:ROWS_TIMED]
    print(f"{addresses_per_second(repeated):,.0f} addresses/s on one core, best of {ROUNDS} rounds of {ROWS_TIMED:,}")


def read_rows(labels: str | Path, texts: str | Path | None = None) -> list[dict]:
    """The labelled rows with their addresses; rows whose address is not in `texts` are left out."""
    rows = read_csv(labels)
    if texts:
        raw = {row["id"]: row["raw_address"] for row in read_csv(texts)}
        rows = [row | {"raw_address": raw[row["id"]]} for row in rows if row["id"] in raw]
    return rows


def read_csv(path: str | Path) -> list[dict]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, restval=""))


def print_scores(rows: list[dict], answers: list[dict]) -> None:
    fields = [field for field in [*TEXT_FIELDS, *YES_NO_FIELDS] if field in rows[0]]
    if fields:
        print(f"{'field':<12}{'labelled':>9}{'wrong':>7}{'precision':>11}{'recall':>8}{'F1':>7}   F1 of {FOLDS} folds")
    for field in fields:
        folds = fold_pairs(field, rows, answers)
        pairs = [pair for fold in folds for pair in fold]
        labelled, wrong = sum(bool(label) for label, _ in pairs), sum(label != answer for label, answer in pairs)
        precision, recall, f1 = score(pairs)
        spread = " ".join(f"{score(fold)[2]:.3f}" if any(label for label, _ in fold) else "-" for fold in folds)
        print(f"{field:<12}{labelled:>9}{wrong:>7}{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}   {spread}")


def fold_pairs(field: str, rows: list[dict], answers: list[dict]) -> list[list[Pair]]:
    """Label and answer of each row where the field is certain, in folds by the last digit of the row's id."""
    folds: list[list[Pair]] = [[] for _ in range(FOLDS)]
    for n, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        if not is_ambiguous(row, field):
            key = row.get("id", "")
            folds[(int(key) if key.isdecimal() else n) % FOLDS].append(compared(field, row, answer))
    return folds


def is_ambiguous(row: dict, field: str) -> bool:
    return field.removeprefix("has_") in re.findall(r"ambiguous: ?(?:has_)?(\w+)", row.get("notes") or "")


def compared(field: str, row: dict, answer: dict) -> Pair:
    """Label and answer in one spelling: `B 5` and `b5` are one block; of a street only its being there is labelled."""
    if field in YES_NO_FIELDS:
        return row[field].replace("0", ""), "1" if answer[YES_NO_FIELDS[field]] else ""
    return spelling(row[field]), spelling(answer[TEXT_FIELDS[field]] or "")


def spelling(value: str) -> str:
    return re.sub(r"[\s.]", "", value.lower())


def score(pairs: list[Pair]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    right = sum(bool(label) and label == answer for label, answer in pairs)
    found = sum(bool(answer) for _, answer in pairs)
    labelled = sum(bool(label) for label, _ in pairs)
    return right / max(found, 1), right / max(labelled, 1), 2 * right / max(found + labelled, 1)


def addresses_per_second(raw: list[str]) -> float:
    """By processor time, so that others on the machine do not count."""
    best = min(timed(raw) for _ in range(ROUNDS))
    return len(raw) / best


def timed(raw: list[str]) -> float:
    start = time.process_time()
    read_addresses(raw)
    return time.process_time() - start


if __name__ == "__main__":
    main()
