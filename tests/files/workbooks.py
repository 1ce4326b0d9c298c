"""Workbooks, whole and hostile, made part by part: each is bytes and what is known of its rows."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator

import xlsxwriter

from tests.files.tables import HEADERS, File, rows_of

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)
) + b"]>"  # fmt: skip
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def book(rows: list[list], *, before: int = 0, copies: int = 1) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for _ in range(copies):
            sheet = made.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number + before, 0, row)
    return out.getvalue()


def changed(content: bytes, **parts: Callable[[bytes], bytes]) -> bytes:
    """The workbook with some parts changed; names as `sheet`, `strings`, `book`."""
    names = {SHEET: "sheet", STRINGS: "strings", BOOK: "book"}
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            body = source.read(part)
            change = parts.get(names.get(part.filename, ""))
            target.writestr(part.filename, change(body) if change else body)
    return out.getvalue()


def after_declaration(what: bytes, use: bytes = b"") -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        head, _, rest = body.partition(b"?>")
        return head + b"?>" + what + (rest.replace(b"<t>", b"<t>" + use, 1) if use else rest)

    return change


def workbook(seed: int) -> File:
    luck = random.Random(seed)
    kind, attack = luck.choice(sorted(HEADERS)), ATTACKS[seed % len(ATTACKS)]
    rows = rows_of(kind, luck, luck.randrange(3, 30))
    content, *known = attack([HEADERS[kind], *rows], luck)
    least, most, may_refuse = known or (len(rows), len(rows), False)
    return File(f"{attack.__name__} {kind} {seed}", kind, content, least, most, may_refuse)


def plain(rows, luck):
    return (book(rows, before=luck.randrange(4)),)


def many_sheets(rows, luck):
    copies = luck.randrange(2, 5)
    return book(rows, copies=copies), copies * (len(rows) - 1), copies * (len(rows) - 1), False


def typed_cells(rows, luck):
    for row in rows[1:]:
        row[-1] = luck.choice([True, 1.5, -1e300, 46331, 2**53, None, "", "=1+1", "x" * 32_767])
    return (book(rows),)


def sparse(rows, luck):
    return (
        changed(
            book(rows), sheet=lambda body: body.replace(b'<dimension ref="', b'<dimension ref="A1:XFD1048576" x="', 1)
        ),
        len(rows) - 1,
        len(rows) - 1,
        True,
    )


def far_corner(rows, luck):
    corner = luck.choice(
        [
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
            b'<row r="0"><c r="A0"><v>1</v></c></row>',
            b'<row r="-1"><c r="@@"><v>1</v></c></row>',
        ]
    )
    return (
        changed(book(rows), sheet=lambda body: body.replace(b"</sheetData>", corner + b"</sheetData>")),
        0,
        10**6,
        True,
    )


def laughs(rows, luck):
    part = luck.choice(["sheet", "strings", "book"])
    return changed(book(rows), **{part: after_declaration(LAUGHS, b"&j;")}), len(rows) - 1, len(rows) - 1, True


def outside(rows, luck):
    part = luck.choice(["sheet", "strings", "book"])
    return changed(book(rows), **{part: after_declaration(OUTSIDE, b"&a;")}), len(rows) - 1, len(rows) - 1, True


def cut(rows, luck):
    content = book(rows)
    return content[: luck.randrange(1, len(content))], 0, 0, True


def wrong_magic(rows, luck):
    heads = [
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"Rar!\x1a\x07",
        b"%PDF-1.7",
        b"\x1f\x8b\x08",
        b"7z\xbc\xaf\x27\x1c",
        b"<html>",
        b"MZ",
    ]
    return luck.choice(heads) + book(rows)[8:], 0, len(rows), True


def macro(rows, luck):
    out = io.BytesIO(book(rows))
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("xl/vbaProject.bin", luck.randbytes(2_000))
    return out.getvalue(), len(rows) - 1, len(rows) - 1, False


def encrypted(rows, luck):
    words = "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + words + luck.randbytes(4_000), 0, 0, True


def shared_strings(rows, luck):
    """Thousands of strings that no cell names, and cells that name strings that are not there."""

    def more(body):
        return body.replace(b"</sst>", b"".join(b"<si><t>s%d</t></si>" % n for n in range(5_000)) + b"</sst>")

    def beyond(body):
        return body.replace(b't="s"><v>1</v>', b't="s"><v>99999999</v>', 1)

    return (
        changed(book(rows), strings=more, sheet=beyond if luck.random() < 0.5 else bytes),
        len(rows) - 2,
        len(rows) - 1,
        True,
    )


def strange_archive(rows, luck):
    out = io.BytesIO(book(rows) if luck.random() < 0.5 else b"")
    with zipfile.ZipFile(out, "a") as target:
        for number in range(luck.choice([1, 12_000])):
            target.writestr(
                luck.choice(["../../etc/x", "/etc/x", "a" * 300, "xl/worksheets/sheet9.xml", "con"]) + str(number), b""
            )
    return out.getvalue(), 0, len(rows) - 1, True


def without_a_part(rows, luck):
    gone = luck.choice([SHEET, STRINGS, BOOK, "[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
    source, out = zipfile.ZipFile(io.BytesIO(book(rows))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            if part.filename != gone:
                target.writestr(part.filename, source.read(part))
    return out.getvalue(), 0, len(rows) - 1, True


def nested(rows, luck):
    depth = luck.choice([200, 20_000])
    return (
        changed(
            book(rows),
            sheet=lambda body: body.replace(b"<sheetData>", b"<a>" * depth + b"</a>" * depth + b"<sheetData>"),
        ),
        0,
        len(rows) - 1,
        True,
    )


def shaken(rows, luck):
    content = bytearray(book(rows))
    for _ in range(luck.randrange(1, 30)):
        content[luck.randrange(len(content))] = luck.randrange(256)
    return bytes(content), 0, 10**6, True


def shaken_sheet(rows, luck):
    def shake(body):
        body = bytearray(body)
        for _ in range(luck.randrange(1, 10)):
            body[luck.randrange(len(body))] = luck.randrange(256)
        return bytes(body)

    return changed(book(rows), **{luck.choice(["sheet", "strings"]): shake}), 0, 10**6, True


ATTACKS: list[Callable] = [
    plain, many_sheets, typed_cells, sparse, far_corner, laughs, outside, cut, wrong_magic, macro, encrypted, shared_strings,
    strange_archive, without_a_part, nested, shaken, shaken_sheet,
]  # fmt: skip


def bombs() -> Iterator[File]:
    """Few and large: what a small file can hold. Deflated piece by piece, so that making them takes no memory."""
    rows = [HEADERS["billing"], *rows_of("billing", random.Random(1), 3)]
    cell = b'<row r="9"><c r="A9" t="inlineStr"><is><t>', b"a" * 2**20, b"</t></is></c></row>"
    blanks = b"", b" " * 2**20, b""
    some = b"", b'<row><c t="n"><v>1</v></c></row>' * 1_000, b""
    yield File("bomb of rows", "billing", inflated(rows, some, 1_500), 0, 10**7, True)
    yield File("bomb of rows in disguise", "billing", lying(inflated(rows, some, 1_500)), 0, 10**7, True)
    for mebibytes in (1_024, 100, 18):
        yield File(f"one cell of {mebibytes} MiB", "billing", inflated(rows, cell, mebibytes), 0, 4, True)
    for mebibytes in (18, 60, 300):
        yield File(f"{mebibytes} MiB that say 1 kB", "billing", lying(inflated(rows, blanks, mebibytes)), 0, 3, True)


def inflated(rows, more: tuple[bytes, bytes, bytes], times: int) -> bytes:
    """The workbook with the middle of `more` that many times at the end of its sheet."""
    source, out = zipfile.ZipFile(io.BytesIO(book(rows))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for part in source.infolist():
            body = source.read(part)
            if part.filename != SHEET:
                target.writestr(part.filename, body)
                continue
            before, _, after = body.partition(b"</sheetData>")
            with target.open(SHEET, "w") as file:
                file.write(before + more[0])
                for _ in range(times):
                    file.write(more[1])
                file.write(more[2] + b"</sheetData>" + after)
    return out.getvalue()


def lying(content: bytes) -> bytes:
    """Its sheet says that it has 1,000 bytes, before it and in the directory."""
    size = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET).file_size
    return content.replace(struct.pack("<L", size), struct.pack("<L", 1_000))
