"""How well and how fast addresses are read: `python -m benchmarks.addresses FILE`.

FILE is a CSV with `raw_address` and labels `rt, rw, house_no, block, postcode` (text, empty where the address has none)
and `has_street, has_village` (1 or 0). `notes` may hold `ambiguous:FIELD;...`: those fields are left out. A wrong value
counts twice, as one found too many and one missed. Without labels, only the speed is measured.
"""

import csv
import re
import sys
import time

from customers.locating.addresses import read_addresses

TEXT_FIELDS = {"rt": "rt", "rw": "rw", "house_no": "house_number", "block": "block", "postcode": "postal_code"}
YES_NO_FIELDS = {"has_street": "street", "has_village": "village"}
ROWS_TIMED = 50_000
ROUNDS = 5


def main(path: str) -> None:
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    raw = [row["raw_address"] for row in rows]
    if "rt" in rows[0]:
        print_scores(rows, read_addresses(raw).to_dicts())
    repeated = (raw * (ROWS_TIMED // len(raw) + 1))[:ROWS_TIMED]
    print(f"{addresses_per_second(repeated):,.0f} addresses/s on one core, best of {ROUNDS} rounds of {ROWS_TIMED:,}")


def print_scores(rows: list[dict], answers: list[dict]) -> None:
    print(f"{'field':<12}{'labelled':>9}{'precision':>11}{'recall':>9}{'F1':>8}")
    for field in [*TEXT_FIELDS, *YES_NO_FIELDS]:
        pairs = [
            compared(field, row, answer)
            for row, answer in zip(rows, answers, strict=True)
            if not is_ambiguous(row, field)
        ]
        precision, recall, f1 = score(pairs)
        labelled = sum(bool(label) for label, _ in pairs)
        print(f"{field:<12}{labelled:>9}{precision:>11.3f}{recall:>9.3f}{f1:>8.3f}")


def is_ambiguous(row: dict, field: str) -> bool:
    return f"ambiguous:{field.removeprefix('has_')}" in row.get("notes", "").split(";")


def compared(field: str, row: dict, answer: dict) -> tuple[str, str]:
    """Label and answer in one spelling: `B 5` and `b5` are one block; of a street only its being there is labelled."""
    if field in YES_NO_FIELDS:
        return row[field].replace("0", ""), "1" if answer[YES_NO_FIELDS[field]] else ""
    return spelling(row[field]), spelling(answer[TEXT_FIELDS[field]] or "")


def spelling(value: str) -> str:
    return re.sub(r"[\s.]", "", value.lower())


def score(pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
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
    main(sys.argv[1])
