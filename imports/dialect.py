"""What kind of file this is: content by its first bytes, encoding, delimiter, quoting. Extensions are not believed."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imports.headers import HEADER_WITHIN_LINES, Aliases, Header, check_required, find_header
from imports.refusals import FileRefused

DELIMITERS = ",;|\t^~"
SAMPLE_CHARACTERS = 256 * 1024  # the header is looked for in this much of the file
LONGEST_LINE = 1024 * 1024  # a table whose first line is longer is no table
BINARY_SHARE = 0.01  # of control characters among the first characters; text has next to none

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN_MAGIC = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive: unpack it first",
    b"Rar!": "a RAR archive: unpack it first",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
}
MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|meta|style|script)", re.IGNORECASE)
BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True)
class Dialect:
    """How a text table is written and where its header stands (`header_line` counts physical lines from 1)."""

    delimiter: str
    quote: str
    header: Header
    header_line: int
    body_line: int  # the physical line on which the first record after the header starts


def refuse_foreign(head: bytes) -> None:
    """Refuses what is plainly something else than a table in text."""
    for magic, what in FOREIGN_MAGIC.items():
        if head.startswith(magic):
            raise FileRefused("not_a_table", f"This is {what}. Send a CSV or XLSX file.")
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise FileRefused(
            "not_a_table",
            "This is a web page, whatever its name says. Open it in a spreadsheet and save it as XLSX or CSV.",
        )


def as_utf8(raw: bytes) -> tuple[bytes, str]:
    """(the same text in UTF-8 without BOM and with \\n line ends, name of the encoding it came in)."""
    refuse_foreign(raw[:1024])
    encoding = encoding_of(raw)
    if encoding in ("ascii", "utf-8"):
        text = raw
    elif encoding == "utf-8-sig":
        text = raw[3:] if _is_utf8(raw) else raw[3:].decode("utf-8", "replace").encode()
    else:
        text = _decode(raw, encoding).encode("utf-8", "replace")
    _refuse_binary(text[:SAMPLE_CHARACTERS])
    return _with_newlines(text).rstrip(b"\x1a"), encoding


def encoding_of(raw: bytes) -> str:
    """Python's name of the encoding: by its BOM, by the zero bytes of UTF-16, by being valid UTF-8, else cp1252."""
    for mark, name in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return name
    head = raw[:4096]
    if len(head) >= 8 and head[1::2].count(0) > 0.4 * len(head) / 2:
        return "utf-16-le"
    if len(head) >= 8 and head[0::2].count(0) > 0.4 * len(head) / 2:
        return "utf-16-be"
    if raw.isascii():
        return "ascii"
    return "utf-8" if _is_utf8(raw) else "cp1252"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(raw: bytes, encoding: str) -> str:
    """Text of a file that is not UTF-8. The five bytes cp1252 leaves undefined become U+FFFD; broken UTF-16 is
    refused.
    """
    if encoding == "cp1252":
        return raw.decode("cp1252", "replace")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused(
            "damaged", f"The file says it is {encoding} but breaks off or is damaged. Export it again."
        ) from error


def _refuse_binary(head: bytes) -> None:
    if not head.strip(b"\x00\x1a \t\r\n"):
        raise FileRefused("empty", "The file is empty. Export it again.")
    control = sum(head.count(bytes([b])) for b in range(32) if b not in b"\t\n\r\f\x1a")
    if control > BINARY_SHARE * len(head) or b"\x00" in head.split(b"\n", 1)[0]:
        raise FileRefused("not_a_table", "The file is not text. Send a CSV or XLSX file.")


def _with_newlines(text: bytes) -> bytes:
    """Every line ended by \\n or \\r\\n. A lone \\r is a line end only in a file that has no other, else a blank."""
    returns = text.count(b"\r")
    if returns == text.count(b"\r\n"):
        return text
    if b"\n" not in text:
        return text.replace(b"\r", b"\n")
    return text.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b" ")


def find_dialect(text: bytes, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> Dialect:
    """The delimiter and quote under which one of the first lines names most of the wanted columns."""
    head = text[:SAMPLE_CHARACTERS].decode("utf-8", "ignore")
    if len(head.split("\n", 1)[0]) >= min(LONGEST_LINE, SAMPLE_CHARACTERS):
        raise FileRefused("not_a_table", "The first line never ends. Send a CSV or XLSX file with one row a line.")
    lines = head.split("\n")[: 2 * HEADER_WITHIN_LINES]
    aliases = Aliases(columns)
    best: Dialect | None = None
    for delimiter in DELIMITERS:
        for quote in _quotes_of(lines, delimiter):
            found = _try(lines, delimiter, quote, aliases)
            if found and (best is None or found.header.score > best.header.score):
                best = found
    if best is None:
        raise FileRefused(
            "no_header",
            f"No header found in the first {HEADER_WITHIN_LINES} lines. "
            f"One of them must name the columns, among them: {_wanted(columns, required)}.",
        )
    check_required(best.header, columns, required)
    return best


def _quotes_of(lines: Sequence[str], delimiter: str) -> tuple[str, ...]:
    """Single quotes count as quotes only where whole lines of them show: an apostrophe before a number is not one."""
    wrapped = re.compile(rf"\s*'[^']*'(?:{re.escape(delimiter)}'[^']*')+\s*$")
    return ("'", '"') if any(wrapped.match(line) for line in lines) else ('"',)


def _try(lines: Sequence[str], delimiter: str, quote: str, aliases: Aliases) -> Dialect | None:
    """The dialect under this delimiter and quote, or None when no line is a header under it."""
    records, starts, ends = [], [], []
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, quotechar=quote)
    line = 0
    try:
        for record in reader:
            records.append(record)
            starts.append(line + 1)
            line = reader.line_num
            ends.append(line)
    except csv.Error:
        pass  # what was read before the fault is enough to look for a header
    at, header = find_header(records, aliases)
    return Dialect(delimiter, quote, header, starts[at], ends[at] + 1) if at >= 0 else None


def _wanted(columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> str:
    return ", ".join(" or ".join(columns[f][0] if columns[f] else f for f in r.split("|")) for r in required)
