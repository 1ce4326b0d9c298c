"""How visits end: which result, by how good the address and the point were, and the fields that the result needs."""

from datetime import date, timedelta
from random import Random

from customers.models import Bill
from imports.demo.lines import Line
from workorders.models import Disposition

# Chance that the house is not found, by how far the point that the agent was sent to lies from it, in metres.
LOST = ((30, 0.12), (80, 0.24), (150, 0.50), (float("inf"), 0.80))
LOST_WITHOUT_NUMBER, LOST_WITHOUT_RT = 0.16, 0.08
# The last weeks are better: corrected points and rescue steps show.
BETTER_SINCE_DAYS, BETTER = 14, 0.75
RESULTS = {
    "NC-NOTHOME": 22, "MET-PTP": 20, "TP-MSG": 9, "MET-PAID": 8, "MET-HARDSHIP": 6, "MET-ALREADY": 5, "MET-FAULT": 4,
    "MET-REFUSE": 4, "TP-TENANT": 3, "MET-STOP": 3, "MV-UNKNOWN": 3, "VC-VACANT": 3, "MET-DISPUTE": 2, "MET-PART": 2,
    "NC-AWAY": 2, "NC-GATE": 2, "UN-NOTDONE": 2, "MV-KNOWN": 1.5, "VC-BUSINESS": 0.7, "DC-DECEASED": 0.5,
    "NC-HOURS": 0.5, "VC-DEMOL": 0.3, "UN-UNSAFE": 0.3,
}  # fmt: skip


def choose_result(rng: Random, line: Line, off_m: float, days_ago: int) -> str:
    """The code of a visit that was sent `off_m` metres beside the house, so many days ago."""
    lost = next(chance for limit, chance in LOST if off_m <= limit)
    lost += LOST_WITHOUT_NUMBER * (not line.has_number) + LOST_WITHOUT_RT * (not line.has_rt)
    if days_ago <= BETTER_SINCE_DAYS:
        lost *= BETTER
    if rng.random() >= lost:
        return rng.choices(list(RESULTS), weights=list(RESULTS.values()))[0]
    reasons = {
        "ATK-NOSTREET": 4 if off_m > 100 else 1,
        "ATK-COORD": 6 if off_m > 100 else 0.5,
        "ATK-NONUM": 1 if line.has_number else 8,
        "ATK-NORTRW": 1 if line.has_rt else 5,
        "ATK-NOTKNOWN": 2,
        "ATK-DUP": 0.4,
        "ATK-OUTAREA": 0.2,
    }
    return rng.choices(list(reasons), weights=list(reasons.values()))[0]


def fill(rng: Random, disposition: Disposition, day: date, *, bill: Bill, promised_on: date) -> tuple[dict, str, str]:
    """(details, note, relation) with what the disposition requires."""
    values = {
        "receipt": f"BKT{rng.randint(100_000, 999_999)}",
        "amount": bill.amount if disposition.code != "MET-PART" else bill.amount // 2,
        "promised_on": promised_on.isoformat(),
        "next_on": (day + timedelta(days=7)).isoformat(),
        "returns_on": (day + timedelta(days=rng.randint(7, 14))).isoformat(),
        "reason": rng.choice(["Layanan sering putus", "Sudah tidak dipakai", "Merasa tidak menerima tagihan"]),
        "proof": "Foto struk",
        "best_time": rng.choice(["sore", "malam", "akhir pekan"]),
        "new_address": rng.choice(["ke rumah orang tua", "ke kota lain", "masih satu kecamatan"]),
        "asked": rng.choice(["ketua RT", "warung", "satpam"]),
    }
    note = rng.choice(["Internet mati sejak minggu lalu", "Tagihan naik, minta penjelasan"])
    relation = rng.choice(["istri", "anak", "orang tua", "tetangga"])
    wanted = disposition.requires
    details = {name: value for name, value in values.items() if name in wanted}
    return details, note if "note" in wanted else "", relation if "relation" in wanted else ""
