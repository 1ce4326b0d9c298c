"""Delimited text into columns of text: vectorised where records are regular, line by line where they are not.

The text is scanned once for delimiters, quotes and line ends. Records with the usual number of fields go to polars in
one piece; odd ones (titles, footers, blank lines, ragged rows, stray quotes) go through the careful parser below,
which never lets one stray quote swallow the lines after it. Both give the same answer; the careful one is some ten
times slower.
"""

import csv
from dataclasses import dataclass

import numpy as np
import polars as pl

SCAN_BYTES = (
    16 * 1024 * 1024
)  # scanned at a time, so that the index of a large file does not cost several times its size
QUOTED_LINES = 20  # a quoted field may span this many lines; more is a stray quote
MOST_FIELDS = 1_000  # a record with more is read by its first fields and marked `extra`
FEWEST_FIELDS = 4  # below it a quoted address with a comma and two lines looks like two records
NEWLINE = ord("\n")

csv.field_size_limit(16 * 1024 * 1024)


def parse_records(body: bytes, *, delimiter: str, quote: str, first_line: int, width: int) -> pl.DataFrame:
    """All records of `body` in order: String c0, c1, ..., Int64 `line`, Boolean `extra`; blank records among them.

    `first_line` is the physical line `body` starts on, `width` the number of columns of the header. `extra` marks
    records with something written beyond the last column; what is missing at the end of a short record is null.
    """
    if body and not body.endswith(b"\n"):
        body += b"\n"
    index = scan(body, delimiter, quote)
    if index and quote.encode() in body and _has_swallowed(body, index, delimiter, width):
        index = None
    usual = index.usual_width() if index else 0
    if 2 <= usual <= MOST_FIELDS:
        regular = index.widths == usual
        fast = _read_regular(body, index, regular, usual, delimiter, quote)
        if fast is not None:
            fast = fast.with_columns(line=pl.Series(index.lines[regular] + first_line, dtype=pl.Int64))
            width = max(width, usual)
            odd = [
                row
                for k in np.flatnonzero(~regular)
                for row in parse_carefully(
                    body[index.starts[k] : index.ends[k]], delimiter, quote, first_line + int(index.lines[k]), width
                )
            ]
            return (
                pl.concat([fast, _frame_of(odd, width)], how="diagonal")
                .sort("line")
                .with_columns(pl.col("extra").fill_null(False))
            )
    return _frame_of(list(parse_carefully(body, delimiter, quote, first_line, width)), width)


@dataclass(frozen=True)
class Index:
    """Where records stand: byte offsets `starts`, `ends` (after the newline), fields `widths`, `lines` from 0; int64
    of n.
    """

    starts: np.ndarray
    ends: np.ndarray
    widths: np.ndarray
    lines: np.ndarray

    def usual_width(self) -> int:
        """The commonest number of fields; blank lines and titles (one field) do not vote unless alone."""
        if not self.widths.size:
            return 0
        votes = np.bincount(np.minimum(self.widths, MOST_FIELDS + 1), minlength=3)
        votes[:2] = np.minimum(votes[:2], 1)
        return int(votes.argmax())


def scan(body: bytes, delimiter: str, quote: str) -> Index | None:
    """The index of `body`, or None when a quote stands where well-formed text has none."""
    marks, mark = np.frombuffer(body, dtype=np.uint8), ord(quote)
    if quote.encode() in body and not _quotes_are_sound(marks, mark, ord(delimiter)):
        return None
    ends, fields, open_quote, delimiters_so_far = [], [], False, 0
    for at in range(0, len(body), SCAN_BYTES):
        part = marks[at : at + SCAN_BYTES]
        newlines, delimiters = np.flatnonzero(part == NEWLINE), np.flatnonzero(part == ord(delimiter))
        quotes = np.flatnonzero(part == mark)
        if quotes.size or open_quote:
            newlines = newlines[(np.searchsorted(quotes, newlines) + open_quote) % 2 == 0]
            delimiters = delimiters[(np.searchsorted(quotes, delimiters) + open_quote) % 2 == 0]
            open_quote = bool((quotes.size + open_quote) % 2)
        ends.append(newlines + at + 1)
        fields.append(np.searchsorted(delimiters, newlines) + delimiters_so_far)
        delimiters_so_far += delimiters.size
    ends, before = np.concatenate(ends or [[]]).astype(np.int64), np.concatenate(fields or [[]]).astype(np.int64)
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)[: ends.size]
    return Index(starts, ends, np.diff(before, prepend=0) + 1, _lines_before(marks, starts, quote.encode() in body))


def _quotes_are_sound(marks: np.ndarray, mark: int, delimiter: int) -> bool:
    """Every opening quote follows a delimiter or line end (or doubles a quote), every closing one precedes one."""
    at = np.flatnonzero(marks == mark)
    if at.size % 2:
        return False
    opening, closing = at[0::2], at[1::2]
    before = np.where(opening > 0, marks[opening - 1], NEWLINE)
    after = marks[np.minimum(closing + 1, marks.size - 1)]
    edges = np.zeros(256, dtype=bool)
    edges[[delimiter, NEWLINE, mark]] = True
    if not edges[before].all():
        return False
    edges[ord("\r")] = True
    return bool(edges[after].all())


def _has_swallowed(body: bytes, index: Index, delimiter: str, width: int) -> bool:
    """Whether a record of several lines is made of lines that are records: two stray quotes took what is between."""
    spans = np.diff(index.lines, append=index.lines[-1:] + 1) > 1
    pieces = (body[index.starts[k] : index.ends[k]].decode("utf-8", "replace") for k in np.flatnonzero(spans))
    return any(are_records(piece.removesuffix("\n").split("\n"), delimiter, width) for piece in pieces)


def are_records(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether each of several lines has the delimiters of a whole record."""
    return width >= FEWEST_FIELDS and len(lines) > 1 and all(line.count(delimiter) >= width - 1 for line in lines)


def _lines_before(marks: np.ndarray, starts: np.ndarray, has_quotes: bool) -> np.ndarray:
    """Physical lines before each start; without quotes every record is one line."""
    if not has_quotes:
        return np.arange(starts.size, dtype=np.int64)
    newlines = np.flatnonzero(marks == NEWLINE)
    return np.searchsorted(newlines, starts).astype(np.int64)


def _read_regular(body, index: Index, regular, usual: int, delimiter: str, quote: str) -> pl.DataFrame | None:
    """The regular records as c0..cn by polars, or None when polars counts them differently."""
    names = [f"c{k}" for k in range(usual)]
    try:
        frame = pl.read_csv(
            body if regular.all() else _runs(body, index, regular),
            has_header=False,
            new_columns=names,
            separator=delimiter,
            quote_char=quote,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        return None
    return frame if frame.height == int(regular.sum()) and frame.width == usual else None


def _runs(body: bytes, index: Index, regular: np.ndarray) -> bytes:
    """The bytes of the regular records, copied run by run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], regular, [False]]).astype(np.int8)))
    view = memoryview(body)
    return b"".join(view[index.starts[a] : index.ends[b - 1]] for a, b in zip(edges[0::2], edges[1::2], strict=True))


def parse_carefully(body: bytes, delimiter: str, quote: str, first_line: int, width: int):
    """Yields (line, fields). A record is one line, or the lines of a quoted field when that makes it whole.

    Several lines are joined only when the joined record has exactly `width` fields and its lines are no records by
    themselves; else each line stands for itself with its stray quotes kept as text: one bad row must not swallow its
    neighbours.
    """
    lines = (
        [line.removesuffix("\r") for line in body.decode("utf-8", "replace").removesuffix("\n").split("\n")]
        if body
        else []
    )
    at = 0
    while at < len(lines):
        fields, used = _whole_record(lines, at, delimiter, quote, width)
        yield first_line + at, fields
        at += used


def _whole_record(lines: list[str], at: int, delimiter: str, quote: str, width: int) -> tuple[list[str], int]:
    """(fields, lines used) of the record that starts at this line."""
    line = lines[at]
    if quote not in line:
        return line.split(delimiter), 1
    fields = _strictly(line, delimiter, quote)
    if fields is not None:
        return fields, 1
    text = line
    for used in range(2, min(QUOTED_LINES, len(lines) - at) + 1):
        text += "\n" + lines[at + used - 1]
        if text.count(quote) % 2 == 0:
            fields = _strictly(text, delimiter, quote)
            if fields is not None and len(fields) == width and not are_records(text.split("\n"), delimiter, width):
                return fields, used
            break
    return _loosely(line, delimiter, quote, width), 1


def _strictly(text: str, delimiter: str, quote: str) -> list[str] | None:
    """Fields of one well-formed record, else None."""
    try:
        records = list(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _loosely(line: str, delimiter: str, quote: str, width: int) -> list[str]:
    """Fields of a line with stray quotes: as a forgiving reader sees it if that fits the table, else every mark
    literal.
    """
    try:
        fields = next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])
    except csv.Error:
        fields = []
    if len(fields) == width:
        return fields
    return [f.strip().strip(quote) for f in line.split(delimiter)]


def _frame_of(rows: list[tuple[int, list[str]]], width: int) -> pl.DataFrame:
    """Parsed records of any length as c0..cn of `width`, `line`, `extra`."""
    columns = {f"c{k}": [f[k] if k < len(f) else None for _, f in rows] for k in range(width)}
    columns["line"] = [line for line, _ in rows]
    columns["extra"] = [any(f.strip() for f in fields[width:]) for _, fields in rows]
    schema = {f"c{k}": pl.String for k in range(width)} | {"line": pl.Int64, "extra": pl.Boolean}
    return pl.DataFrame(columns, schema=schema)
