"""Which line of a table is its header, and which column means which field.

Headers are compared by meaning: case, accents, punctuation and spaces do not count. An alias table (field -> aliases,
the best alias first) says what a header may be called; a header may also carry words that add nothing
(`Tanggal PS (dd/mm/yyyy)`, `Latitude WGS84`).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from imports.refusals import FileRefused

HEADER_WITHIN_LINES = 50  # title blocks of real exports are shorter than this
HEADER_LONGEST = 60  # characters: a longer cell is a sentence or data, not a column's name

# Words a header may carry beside its meaning.
FILLERS = frozenset((
    "pelanggan", "customer", "cust", "plg", "instalasi", "install", "instal", "installation", "pasang", "lengkap",
    "full", "wgs84", "wgs", "gps", "decimal", "desimal", "degree", "degrees", "deg", "rp", "idr", "rupiah", "in",
    "dalam", "yyyy", "mm", "dd", "hh", "ss", "the", "of", "telkom", "indihome", "field", "column", "kolom",
    "internet", "baru",
    "new",
))  # fmt: skip


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


class Aliases:
    """The alias table, ready for look-ups: exact by the squashed name, else by the words it is made of."""

    def __init__(self, columns: Mapping[str, Sequence[str]]):
        self.exact: dict[str, list[tuple[str, int]]] = {}
        self.by_words: dict[frozenset[str], list[tuple[str, int]]] = {}
        for field, aliases in columns.items():
            for order, alias in enumerate((*aliases, field)):
                words = words_of(alias)
                self.exact.setdefault("".join(words), []).append((field, order))
                self.by_words.setdefault(frozenset(words), []).append((field, order))

    def claims(self, name: str) -> list[tuple[tuple[int, int, int], str]]:
        """(rank, field) for every field this header may mean; the lower rank is the better claim."""
        if not name or len(name) > HEADER_LONGEST:
            return []
        bare = words_of(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", name))
        for kind, words in enumerate((words_of(name), bare)):
            if found := self.exact.get("".join(words)):
                return [((kind, 0, order), field) for field, order in found]
        fillers = [word for word in bare if word in FILLERS]
        meant = [word for word in bare if word not in FILLERS]
        return [
            ((2, extra, order), field)
            for extra in range(len(fillers) + 1)
            for kept in combinations(fillers, len(fillers) - extra)
            for field, order in self.by_words.get(frozenset((*meant, *kept)), ())
        ]


def match_headers(names: Sequence[str], aliases: Aliases) -> Header:
    """Assigns at most one column to a field and one field to a column; exact aliases before those with fillers."""
    claims = [
        (rank, position, field) for position, name in enumerate(names) for rank, field in aliases.claims(name or "")
    ]
    taken: dict[str, int] = {}
    positions: set[int] = set()
    for _, position, field in sorted(claims):
        if field not in taken and position not in positions:
            taken[field] = position
            positions.add(position)
    unknown = [name for k, name in enumerate(names) if name and name.strip() and k not in positions]
    return Header(columns=taken, names=list(names), unknown=unknown)


def find_header(records: Sequence[Sequence[str]], aliases: Aliases) -> tuple[int, Header]:
    """(index, header) of the record that names most fields among the first fifty; index -1 when none names two."""
    best, at = Header({}, [], []), -1
    for index, record in enumerate(records[:HEADER_WITHIN_LINES]):
        header = match_headers(record, aliases)
        enough = 2 if len(header.names) > 1 else 1
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
    raise FileRefused(
        "missing_columns", f"Missing columns: {wanted}. Columns found: {found}. Add them and send the file again."
    )
