"""Feeds as text, whole and damaged: the generator knows how many rows each holds. Nothing here reads a file."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass

HEADERS = {
    "provisioning": ["ND", "NAMA", "ALAMAT", "WITEL", "ODP", "LATITUDE", "LONGITUDE", "TGL_PS", "TEKNISI", "NO_HP"],
    "billing": ["ND", "PERIODE", "TAGIHAN", "STATUS_BAYAR", "TGL_BAYAR"],
    "workorders": ["NO_WO", "ND", "PERIODE", "CTB", "TGL_WO", "SALDO"],
    "odp": ["KODE", "WITEL", "LATITUDE", "LONGITUDE"],
    "visits": ["NO_WO", "ND", "TGL VISIT", "JAM", "CTB", "HASIL VISIT", "KETERANGAN"],
    "agents": ["USERNAME", "NAMA", "JABATAN", "WITEL", "HP"],
}
FREE = {"provisioning": 2, "billing": 4, "workorders": 3, "odp": 1, "visits": 6, "agents": 1}  # a column of free text
DETECTED = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "ascii"]
# Not told from cp1252, so that words come out wrong; numbers and the count of rows do not.
OTHER = ["latin-1", "iso8859-15", "cp1250", "cp437", "mac_roman", "shift_jis", "gb18030", "koi8_r"]
FORMULAS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", "=cmd|' /C calc'!A0", '=HYPERLINK("x")', "'=1"]


@dataclass(frozen=True)
class File:
    """`least` to `most` data rows; `may_refuse` where the file as a whole may be sent back with a reason."""

    name: str
    kind: str
    content: bytes
    least: int
    most: int
    may_refuse: bool = False


def rows_of(kind: str, luck: random.Random, count: int) -> list[list[str]]:
    rows = []
    for number in range(count):
        nd, wo = f"1312{luck.randrange(10**4):04d}{number:04d}", f"WO{luck.randrange(10**6):06d}{number:04d}"
        rows.append({
            "provisioning": [nd, f"Siti {number}", f"jl. melati no {number} rt 01 rw 02", "BANDUNG", f"ODP-CCD-FA/{number:03d}",
                             f"-6.9{number % 1000:03d}", "107.6034", "2020-01-01", "T1", f"0812345{number:05d}"],
            "billing": [nd, "202610", str(100_000 + number), luck.choice(["BELUM", "LUNAS"]), luck.choice(["", "2026-10-12"])],
            "workorders": [wo, nd, "202610", "dewi", "05/11/2026", "387500"],
            "odp": [f"ODP-CCD-FA/{number:03d}", "BANDUNG", f"-6.9{number % 1000:03d}", "107.6001"],
            "visits": [wo, nd, "10/11/2026", f"{number // 60 % 24:02d}:{number % 60:02d}", "dewi", "Rumah kosong", "sepi"],
            "agents": [f"ctb.{luck.randrange(10**6)}.{number}", "Rina", "CTB", "Bandung", "0812-3456-7890"],
        }[kind])  # fmt: skip
    return rows


def written(rows, *, delimiter=";", end="\n", quoting=csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


def text_file(seed: int) -> File:
    luck = random.Random(seed)
    return made(DAMAGES[seed % len(DAMAGES)], luck, luck.randrange(3, 40), seed)


def long_file(seed: int) -> File:
    return made(LONG[seed % len(LONG)], random.Random(seed), 5, seed)


def made(damage: Callable, luck: random.Random, count: int, seed: int) -> File:
    """`damage` answers with the content and, where it is not that of all rows, the counts and `may_refuse`."""
    kind = luck.choice(sorted(HEADERS))
    rows = rows_of(kind, luck, count)
    content, *known = damage(kind, rows, luck)
    least, most, *may_refuse = known or (count, count)
    return File(f"{damage.__name__} {kind} {seed}", kind, content, least, most, bool(may_refuse and may_refuse[0]))


def whole(kind: str, rows: list, **how) -> str:
    return written([HEADERS[kind], *rows], **how)


def plain(kind, rows, luck):
    how = {
        "delimiter": luck.choice(",;|\t"),
        "end": luck.choice(["\n", "\r\n", "\r"]),
        "quoting": luck.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    }
    return (whole(kind, rows, **how).encode(),)


def encoded(kind, rows, luck):
    encoding = luck.choice(DETECTED)
    if encoding != "ascii":
        rows[0][FREE[kind]] = "Ünal Ömer"
    return (whole(kind, rows).encode(encoding),)


def otherwise_encoded(kind, rows, luck):
    encoding = luck.choice(OTHER)
    word = {"shift_jis": "ジャラン", "gb18030": "街道", "koi8_r": "улица"}.get(encoding, "é")
    rows[0][FREE[kind]] = word
    return whole(kind, rows).encode(encoding, "replace"), len(rows), len(rows)


def with_nul(kind, rows, luck):
    rows[luck.randrange(len(rows))][FREE[kind]] = "a\x00b"
    return whole(kind, rows).encode(), len(rows), len(rows)


def with_newlines(kind, rows, luck):
    rows[luck.randrange(len(rows))][FREE[kind]] = "\n".join("baris" for _ in range(luck.randrange(2, 9)))
    return (whole(kind, rows).encode(),)


def with_too_many_newlines(kind, rows, luck):
    """Each line of such a field may stand for itself: a row more that is refused, never one less."""
    lines = luck.randrange(30, 200)
    rows[-1][FREE[kind]] = "\n".join("baris" for _ in range(lines))
    return whole(kind, rows).encode(), len(rows) - 1, len(rows) + lines


def megabyte(kind, rows, luck):
    rows[luck.randrange(len(rows))][FREE[kind]] = "x" * 2**20
    return (whole(kind, rows).encode(),)


def wide(kind, rows, luck):
    """16,385 columns: one more than a sheet has."""
    header = HEADERS[kind] + [f"K{number}" for number in range(16_385 - len(HEADERS[kind]))]
    return written([header, *rows[:3]], delimiter=";").encode(), min(3, len(rows)), min(3, len(rows)), True


def a_wide_row(kind, rows, luck):
    rows[0] = rows[0] + ["x"] * 16_385
    return (whole(kind, rows).encode(),)


def formulas(kind, rows, luck):
    for row in rows:
        row[FREE[kind]] = luck.choice(FORMULAS)
    return whole(kind, rows, quoting=csv.QUOTE_ALL).encode(), len(rows), len(rows)


def ragged(kind, rows, luck):
    rows = [row[: luck.randrange(2, len(row) + 1)] + [""] * luck.randrange(3) for row in rows]
    return written([HEADERS[kind], *rows], delimiter=";").encode(), len(rows), len(rows)


def mixed_ends(kind, rows, luck):
    text = whole(kind, rows)
    return ("".join(line + luck.choice(["\n", "\r\n", "\r\r\n"]) for line in text.splitlines()).encode(),)


def open_quotes(kind, rows, luck):
    for number in luck.sample(range(len(rows)), min(3, len(rows))):
        rows[number][FREE[kind]] = luck.choice(['"jl. melati', 'jl. "5', '"a"b', '"', '""" x'])
    return "\n".join(";".join(row) for row in [HEADERS[kind], *rows]).encode(), len(rows), len(rows)


def reported(kind, rows, luck):
    """Titles, blank lines, a repeated header and a footer: lines that are no rows."""
    lines = [
        ["LAPORAN"],
        [],
        HEADERS[kind],
        *rows[:2],
        [],
        HEADERS[kind],
        *rows[2:],
        [],
        ["TOTAL", str(len(rows))],
        ["-- end --"],
    ]
    return (written(lines, delimiter=";").encode(),)


def controlled(kind, rows, luck):
    rows[0][FREE[kind]] = "a\x01\x02\x1b[31m\x7f\x85\u2028\u202eb"
    return whole(kind, rows).encode(), len(rows), len(rows), True


def absurd(kind, rows, luck):
    for row in rows:
        row[luck.randrange(1, len(row))] = luck.choice(
            [
                "9" * 4_301,
                "-" + "9" * 5_000,
                "1e999",
                "NaN",
                "١٢٣",
                "１２",
                "9999-99-99",
                "0000-00-00",
                "\U0001f3e0" * 50,
                "inf",
                "0x1F",
                "1/0/0",
            ]
        )
    return (whole(kind, rows).encode(),)


def invalid_bytes(kind, rows, luck):
    content = whole(kind, rows).encode()
    at = content.rindex(b"\n", 0, -1) + 1
    return (
        content[:at] + luck.choice([b"\xed\xa0\x80", b"\xff", b"\xc0\xaf", b"\xf5\x80"]) + content[at:],
        len(rows),
        len(rows),
    )


def cut(kind, rows, luck):
    """In the middle of the last row."""
    content = whole(kind, rows).encode()
    return content[: -luck.randrange(2, 8)], len(rows), len(rows)


def doubled(kind, rows, luck):
    rows = rows + luck.choices(rows, k=5)
    return whole(kind, rows).encode(), len(rows), len(rows)


def without_key(kind, rows, luck):
    rows[0][0], rows[-1][0] = "", luck.choice(["TOTALINDO", "x" * 300, "0", "-", "12", "abc\tdef"])
    return whole(kind, rows).encode(), len(rows) - 1, len(rows)


def shaken(kind, rows, luck):
    """Any bytes in any places: how many rows that makes nobody knows, but what is read adds up."""
    content = bytearray(whole(kind, rows).encode())
    for _ in range(luck.randrange(1, 60)):
        content[luck.randrange(len(content))] = luck.randrange(256)
    return bytes(content), 0, 10**6, True


def noise(kind, rows, luck):
    return luck.randbytes(luck.randrange(1, 50_000)), 0, 10**6, True


def header_only(kind, rows, luck):
    return luck.choice([whole(kind, []), ";".join(HEADERS[kind]), "sep=;\n" + whole(kind, [])]).encode(), 0, 0, True


def excel_hint(kind, rows, luck):
    return (("sep=;\r\n" + whole(kind, rows, end="\r\n") + "\x1a").encode(),)


DAMAGES: list[Callable] = [
    plain, encoded, otherwise_encoded, with_nul, with_newlines, with_too_many_newlines, formulas, ragged, mixed_ends, open_quotes,
    reported, controlled, absurd, invalid_bytes, cut, doubled, without_key, shaken, shaken, noise, header_only, excel_hint,
]  # fmt: skip
LONG: list[Callable] = [megabyte, wide, a_wide_row]
