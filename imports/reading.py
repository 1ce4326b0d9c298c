"""Files as the source systems leave them -> one table of text under our own field names.

Nothing is believed but the content: the kind of file, its encoding, its delimiter and its header are found, not
declared. Every record of the file ends in exactly one of three places: a row of the table, the header, or the count
of skipped ones.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from imports.dialect import OLE_MAGIC, ZIP_MAGIC, as_utf8, find_dialect
from imports.headers import Header
from imports.records import MOST_FIELDS, parse_records
from imports.refusals import FileRefused
from imports.workbook import sheets_as_csv

MAX_BYTES = 2 * 1024**3  # a text file twice this size would not fit the memory of the machines we are sized for

BLANKS = " \t\n\r\f\v\x1a\u00a0\u1680\u2007\u2009\u200a\u200b\u200e\u200f\u202f\u2060\u3000\ufeff"
MISSING_WORDS = (
    "null",
    "(null)",
    "<null>",
    "#n/a",
    "n/a",
    "#ref!",
    "#value!",
    "#div/0!",
    "#name?",
    "nan",
    "none",
    "nil",
    "\\n",
)
MISSING = [
    "",
    *"-–—_.",
    "--",
    "---",
    "----",
    "..",
    "...",
    *(f(w) for w in MISSING_WORDS for f in (str.lower, str.upper, str.title)),
]

# The first cell of lines that reports put under and between their rows. Tried on cells in lower case.
FOOTER = (
    r"^[\W_]*(?:(?:grand|sub)\W*)?(?:"
    r"(?:total|subtotal|jumlah|jml|sum|count|banyak(?:nya)?|end|eof|akhir|selesai|halaman|hal|page|dicetak|printed|generated|"
    r"exported|diekspor|sumber|source|catatan|note|notes|nb|keterangan|tanggal cetak|rows?|records?)\b"
    r"|\d[\d.,]*\s*(?:rows?|row\(s\)|baris|records?|rec|data|pelanggan|lines?)\b)"
)
PURE_TOTAL = r"^[\W_]*(?:(?:grand|sub)\W*)?(?:total|subtotal|jumlah)\W*$"
SHORTEST_KEY = 6  # below it a number in the key's column may be a count
KEY_LIKE = r"^\S*\d\S*$"  # every key of our feeds is one word with a digit in it


@dataclass(frozen=True)
class Table:
    """`frame`: a String column per field asked for (null where the file has none), Int64 `row` and `line`, Boolean
    `extra`.

    `row` counts data rows from 1; `line` is the physical line of the file or row of the sheet. `headers` gives each
    field's header as written. rows + `skipped` + the header = all lines of the file (a record of several lines is
    one).
    """

    frame: pl.DataFrame
    headers: dict[str, str]
    unknown_headers: list[str]
    skipped: int
    encoding: str
    delimiter: str
    header_line: int


def read_table(path: str | Path, *, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> Table:
    """Reads CSV or a workbook by its content. `columns` maps fields to header aliases, the first of `required` is the
    key.

    Raises FileRefused with code `empty`, `too_large`, `not_a_table`, `damaged`, `no_header` or `missing_columns`.
    """
    path = Path(path)
    size = path.stat().st_size
    if not size:
        raise FileRefused("empty", "The file is empty. Export it again.")
    if size > MAX_BYTES:
        raise FileRefused(
            "too_large", f"The file has {size:,} bytes, more than {MAX_BYTES:,}. Split it and send the parts."
        )
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(ZIP_MAGIC) or magic == OLE_MAGIC:
        return _read_workbook(path, columns, required)
    return _read_text(path, columns, required)


def _read_workbook(path: Path, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> Table:
    """All sheets with a complete header, one under the other; the lines of the others count as skipped. If none has
    one, the refusal of the sheet that came nearest.
    """
    refusal: FileRefused | None = None
    tables: list[Table] = []
    other_lines = 0
    with tempfile.TemporaryDirectory(prefix="findgo-sheet-") as folder:
        for sheet in sheets_as_csv(path, Path(folder)):
            try:
                tables.append(_read_text(sheet, columns, required, workbook=True))
            except FileRefused as error:
                other_lines += sheet.read_bytes().count(b"\n")
                if refusal is None or error.code == "missing_columns":
                    refusal = error
    if not tables:
        raise refusal or FileRefused("empty", "The workbook has no sheet with cells in it. Export it again.")
    return _one_under_the_other(tables, other_lines)


def _one_under_the_other(tables: list[Table], other_lines: int) -> Table:
    """Sheets of one workbook as one table; rows are numbered through, `line` stays the row of its own sheet."""
    frame = pl.concat([table.frame for table in tables])
    return replace(
        tables[0],
        frame=frame.with_columns(row=pl.Series(range(1, frame.height + 1), dtype=pl.Int64)),
        headers={field: header for table in reversed(tables) for field, header in table.headers.items()},
        unknown_headers=list(dict.fromkeys(name for table in tables for name in table.unknown_headers)),
        # the header of each further sheet is a line that is no row
        skipped=sum(table.skipped for table in tables) + len(tables) - 1 + other_lines,
    )


def _read_text(
    path: Path, columns: Mapping[str, Sequence[str]], required: Sequence[str], *, workbook: bool = False
) -> Table:
    text, encoding = as_utf8(path.read_bytes())
    dialect = find_dialect(text, columns, required)
    header = dialect.header
    if len(header.names) > MOST_FIELDS:
        raise FileRefused(
            "too_large", f"The header has {len(header.names):,} columns, more than {MOST_FIELDS:,}. Send those we know."
        )
    formulas = b'="' in text
    text = text[_offset_of_line(text, dialect.body_line) :]  # one copy at a time: these files fill the memory
    records = parse_records(
        text,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        first_line=dialect.body_line,
        width=len(header.names),
    )
    cells = _trimmed(records, formulas=formulas, width=len(header.names))
    rows = _without_report_lines(cells, header, key=required[0].split("|")[0])
    return Table(
        frame=_under_field_names(rows, header, columns),
        headers={field: header.names[k].strip() for field, k in header.columns.items()},
        unknown_headers=[name.strip() for name in header.unknown],
        skipped=dialect.header_line - 1 + records.height - rows.height,
        encoding="xlsx" if workbook else encoding,
        delimiter="" if workbook else dialect.delimiter,
        header_line=dialect.header_line,
    )


def _offset_of_line(text: bytes, line: int) -> int:
    """Byte offset at which a physical line (from 1) starts; the end of the text when there is no such line."""
    at = 0
    for _ in range(line - 1):
        at = text.find(b"\n", at) + 1
        if not at:
            return len(text)
    return at


def _trimmed(records: pl.DataFrame, *, formulas: bool, width: int) -> pl.DataFrame:
    """Cells without blanks around them, null where nothing is meant; `extra` also for cells right of the header's
    last.
    """
    names = [name for name in records.columns if name not in ("line", "extra")]
    text = pl.col(names)
    if formulas:  # ="0812..." is how some exports keep a spreadsheet from eating a number
        text = text.str.replace(r'^\s*="(.*)"\s*$', "${1}")
    text = text.str.strip_chars(BLANKS)
    text = pl.when(text.is_in(MISSING).not_()).then(text)
    beyond = [pl.col(name).is_not_null() for name in names[width:]]
    cells = records.with_columns(text)
    return cells.with_columns(pl.any_horizontal(pl.col("extra"), *beyond)).drop(names[width:])


def _without_report_lines(cells: pl.DataFrame, header: Header, *, key: str) -> pl.DataFrame:
    """Drops blank lines, footers, notes and repeated headers. A line whose key looks like a key always stays."""
    names = [name for name in cells.columns if name not in ("line", "extra")]
    at = header.columns.get(key, 0)
    first = pl.coalesce(names).str.to_lowercase()
    marked = cells.with_columns(
        filled=pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int32) for name in names),
        # `TOTAL;4;…`: a count under a word that says so is no key
        is_key=pl.col(f"c{at}").str.contains(KEY_LIKE).fill_null(False)
        & ~(first.str.contains(PURE_TOTAL) & (pl.col(f"c{at}").str.len_chars() < SHORTEST_KEY)).fill_null(False),
    )
    keyless = marked.filter(pl.col("is_key").not_() | (pl.col("filled") <= 2))
    few = pl.col("filled") <= max(2, len(names) // 2)
    footer = (
        first.str.contains(FOOTER)
        & few
        & (pl.col("is_key").not_() | (pl.col(f"c{at}").str.to_lowercase().str.contains(FOOTER)))
    )
    total = first.str.contains(PURE_TOTAL) & pl.col("is_key").not_()
    note = (
        (pl.col("filled") == 1)
        & pl.col("is_key").not_()
        & pl.col("c0").str.contains(r"\s")
        & pl.lit(len(names) > 2 and at == 0)
    )
    repeated = _repeats_header(header)
    blank = pl.col("filled") == 0
    dropped = keyless.filter(
        (blank | footer | total | note | repeated).fill_null(False) & (pl.col("extra").not_() | blank.not_())
    )
    return cells.join(dropped.select("line"), on="line", how="anti", maintain_order="left") if dropped.height else cells


def _repeats_header(header: Header) -> pl.Expr:
    """True for a line that says again what the header says, as reports do at the top of each page."""
    same = [
        pl.col(f"c{k}").eq(header.names[k].strip()).fill_null(False).cast(pl.Int32) for k in header.columns.values()
    ]
    return pl.sum_horizontal(same) * 2 > len(same)


def _under_field_names(rows: pl.DataFrame, header: Header, columns: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    absent = pl.lit(None, dtype=pl.String)
    fields = [(pl.col(f"c{header.columns[f]}") if f in header.columns else absent).alias(f) for f in columns]
    number = pl.Series("row", range(1, rows.height + 1), dtype=pl.Int64)
    return rows.select(*fields, number, "line", "extra")
