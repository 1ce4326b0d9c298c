"""Which line of a table is its header, and which column means which field.

Headers are compared by meaning: case, accents, punctuation and spaces do not count. An alias table (field -> aliases,
the best alias first) says what a header may be called; a header may also carry words that add nothing
(`Tanggal PS (dd/mm/yyyy)`, `Latitude WGS84`).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imports.refusals import FileRefused

HEADER_WITHIN_LINES = 50  # title blocks of real exports are shorter than this
HEADER_LONGEST = 60  # characters: a longer cell is a sentence or data, not a column's name

# Words a header may carry beside its meaning.
FILLERS = frozenset(
    "pelanggan customer cust plg instalasi install instal installation pasang lengkap full wgs84 wgs gps decimal desimal "
    "degree degrees deg rp idr rupiah in dalam yyyy mm dd hh ss the of telkom indihome field column kolom internet baru new"
    .split()
)


@dataclass(frozen=True)
class Header:
    """Where each field stands: `columns` field -> position, `unknown` the headers nobody asked for."""

    columns: dict[str, int]
    names: list[str]
    unknown: list[str]

    @property
    def score(self) -> int:
        return len(self.columns)


def words_of(header: str) -> list[str]:
    """Lower-case ASCII words of a header: `Kéc. (ND)_Internet` -> kec, nd, internet."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def match_headers(names: Sequence[str], columns: Mapping[str, Sequence[str]]) -> Header:
    """Assigns at most one column to a field and one field to a column; exact aliases before those with fillers."""
    claims = []
    for position, name in enumerate(names):
        for field, rank in _claims_of(name or "", columns):
            claims.append((rank, position, field))
    taken: dict[str, int] = {}
    for _, position, field in sorted(claims):
        if field not in taken and position not in taken.values():
            taken[field] = position
    unknown = [n for k, n in enumerate(names) if n and n.strip() and k not in taken.values()]
    return Header(columns=taken, names=list(names), unknown=unknown)


def _claims_of(name: str, columns: Mapping[str, Sequence[str]]):
    """(field, rank) for every field this header may mean; the lower rank is the better claim."""
    if len(name) > HEADER_LONGEST:
        return
    whole, bare = words_of(name), words_of(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", name))
    for field, aliases in columns.items():
        for order, alias in enumerate((field, *aliases)):
            wanted = words_of(alias)
            if "".join(whole) == "".join(wanted):
                yield field, (0, order)
            elif bare and "".join(bare) == "".join(wanted):
                yield field, (1, order)
            elif set(wanted) <= set(bare) and set(bare) - set(wanted) <= FILLERS:
                yield field, (2, order)


def find_header(records: Sequence[Sequence[str]], columns: Mapping[str, Sequence[str]]) -> tuple[int, Header]:
    """(index, header) of the record that names most fields among the first fifty; index -1 when none names two."""
    best, at = Header({}, [], []), -1
    enough = min(2, len(columns))
    for index, record in enumerate(records[:HEADER_WITHIN_LINES]):
        header = match_headers(record, columns)
        if header.score >= enough and header.score > best.score:
            best, at = header, index
    return at, best


def check_required(header: Header, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> None:
    """Refuses a table without a required field. `lat|point` in `required` means either of the two."""
    missing = [r for r in required if not any(f in header.columns for f in r.split("|"))]
    if not missing:
        return
    wanted = ", ".join(" or ".join(columns[f][0] if columns[f] else f for f in r.split("|")) for r in missing)
    found = ", ".join(n.strip() for n in header.names if n and n.strip())
    raise FileRefused("missing_columns", f"Missing columns: {wanted}. Columns found: {found}. Add them and send the file again.")
