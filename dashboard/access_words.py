"""What the access log has noted of a look, as its readers read it. Stored are short words of programs."""

from customers.models import Relation
from exports.nouns import NOUNS
from history.models import Access
from workorders.models import Conflict, PromiseToPay, Quarantine, Visit, VisitReview
from workorders.states import State

WORDS = {
    "desk": "meja alamat",
    "sync": "sinkronisasi ponsel",
    "flagged": "kunjungan bertanda",
    "quarantine": "karantina",
    "conflicts": "beda isi",
    "flagged-visits": "kunjungan bertanda",
    "near": "yang terdekat",
    "q": "dengan kata pencarian",
    "ordering": "dengan urutan",
    "state": "menurut keadaan",
    "agent": "menurut CTB",
    "order": "menurut order",
    "disposition": "menurut hasil",
    "from_day": "dari hari",
    "until_day": "sampai hari",
    "thumb": "gambar kecil",
    "full": "gambar penuh",
    "subject": "berkas lengkap",
    "export": "untuk orangnya",
    "trail": "tentang satu orang",
    "access": "catatan akses",
    "downloads": "catatan unduhan",
    "changes": "catatan perubahan",
    "erasures": "catatan penghapusan",
    **dict(Quarantine.State.choices),
    **dict(Conflict.State.choices),
    **dict(VisitReview.Verdict.choices),
    "REVIEWED": "Sudah diperiksa",
}
VALUES = {
    "state": dict(State.choices) | {"open": "semua yang terbuka", "all": "semua"},
    "grade": {"none": "tanpa titik"},
    "promise": dict(PromiseToPay.State.choices) | {"any": "ada", "settled": "sudah diputuskan"},
    "flag": dict(Visit.Flag.choices) | {"any": "ada"},
    "relation": dict(Relation.choices),
    "columns": {"all": "semua"},
    "flagged": {"True": "ya"},
}
ON_THE_PHONE = "on the phone at "


def detail_text(row: Access) -> str:
    """The filter and the columns in words. A reason that a person gave for seeing a number stays as it was given."""
    if row.purpose == Access.Purpose.PHONE:
        at, _, reason = row.detail.removeprefix(ON_THE_PHONE).partition(" ")
        return f"di ponsel, {at} {reason}".strip() if row.detail.startswith(ON_THE_PHONE) else row.detail
    if row.target_type == "breach":  # an account and two moments
        return row.detail
    labels = labels_of(row.target_type)
    return " · ".join(part_text(part, labels) for part in row.detail.split())


def part_text(part: str, labels: dict[str, str]) -> str:
    name, is_filter, value = part.partition("=")
    if not is_filter:
        return WORDS.get(part, part)
    known = VALUES.get(name, {})
    if name == "columns":
        known = labels | known
    said = ", ".join(known.get(word, word) for word in value.split(","))
    return f"{'Kolom' if name == 'columns' else labels.get(name, name)}: {said}"


def labels_of(target: str) -> dict[str, str]:
    """Headers and filters of the tables of this kind of rows, by their names in the log."""
    nouns = [noun for noun in NOUNS.values() if noun.target == target]
    headers = {column.key: column.header for noun in nouns for column in noun.columns}
    return headers | {
        name: each.label for noun in nouns for name, each in noun.filters.base_filters.items() if each.label
    }
