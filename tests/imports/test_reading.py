"""Files in every dialect come out as the same table, every line is accounted for, and hostile files are refused."""

import csv
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.kinds import KINDS
from imports.reading import read_table
from imports.records import parse_carefully, parse_records
from imports.refusals import FileRefused

COLUMNS = {
    "service_number": ("nd", "no internet", "nomor layanan"),
    "name": ("nama", "nama pelanggan"),
    "address": ("alamat", "alamat instalasi"),
    "installed_on": ("tgl ps", "tanggal ps"),
}
HEADER = ["ND", "NAMA", "ALAMAT", "TGL_PS"]
ROWS = [
    ["154591302562", "Siti Lestari", "jl. mawar, no 5 rt 2", "2024-05-12"],
    ["160799975255", "Rahmat Ginting", 'gg. "buntu" 3', ""],
    ["", "Wahyu", "tebet timur", "2020-01-01"],
    ["1.35E+11", "Ünal Ömer", "jl. é", "-"],
]
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.exists(), reason=f"the real inputs are not at {DATA}: a, b and c are NOT checked"
)


def read(tmp_path, content, name="feed.csv", columns=COLUMNS, required=("service_number",)):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, columns=columns, required=required)


def written(rows, delimiter=",", end="\r\n", quoting=csv.QUOTE_MINIMAL, quote='"'):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting, quotechar=quote).writerows(rows)
    return out.getvalue()


def cells(table, *fields):
    return [list(row) for row in table.frame.select(*(fields or COLUMNS)).rows()]


WANTED = [[c if c not in ("", "-") else None for c in row] for row in ROWS]


@pytest.mark.parametrize("delimiter", list(",;|\t^~"))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_any_delimiter_and_line_ending(tmp_path, delimiter, end):
    table = read(tmp_path, written([HEADER, *ROWS], delimiter, end))
    assert cells(table) == WANTED and table.delimiter == delimiter and table.skipped == 0
    assert table.frame["row"].to_list() == [1, 2, 3, 4] and not table.frame["extra"].any()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_any_usual_encoding(tmp_path, encoding):
    assert cells(read(tmp_path, written([HEADER, *ROWS]).encode(encoding))) == WANTED


@pytest.mark.parametrize("quote", ['"', "'"])
def test_everything_quoted_with_either_quote(tmp_path, quote):
    assert cells(read(tmp_path, written([HEADER, *ROWS], ";", quoting=csv.QUOTE_ALL, quote=quote))) == WANTED


def test_an_apostrophe_before_a_number_is_no_quote(tmp_path):
    table = read(tmp_path, "ND,NAMA\n'154591302562,Siti\n'160799975255,O'Neil\n")
    assert cells(table, "service_number", "name") == [["'154591302562", "Siti"], ["'160799975255", "O'Neil"]]


def test_the_extension_is_not_believed(tmp_path):
    assert cells(read(tmp_path, written([HEADER, *ROWS]), name="feed.xlsx")) == WANTED
    assert cells(read(tmp_path, workbook([HEADER, *ROWS]), name="feed.csv")) == WANTED


def test_titles_blank_lines_footers_and_repeated_headers_are_skipped_and_counted(tmp_path):
    good = [["154591302562", "Siti", "jl. mawar", "2024-05-12"], ["160799975255", "Budi", "jl. melati", ""]]
    lines = [
        ["LAPORAN DATA PROVISIONING"], [], ["Periode: Oktober 2026", "", "", ""], HEADER, good[0],
        [], ["", "", "", ""], HEADER, ["Subtotal", "", "1", ""], ["TOTAL", "5", "6", "7"], good[1],
        ["Jumlah: 2"], ["Grand total", "2"], ["(2 rows)"], ["-- end --"], ["Total: 4083 baris"], ["---"],
    ]  # fmt: skip
    table = read(tmp_path, written(lines, ";"))
    assert cells(table, "service_number", "name") == [["154591302562", "Siti"], ["160799975255", "Budi"]]
    assert table.frame["line"].to_list() == [5, 11] and table.frame["row"].to_list() == [1, 2]
    assert table.header_line == 4
    assert table.frame.height + table.skipped + 1 == len(lines)


def test_a_data_row_is_never_taken_for_a_footer(tmp_path):
    rows = [
        ["", "Total Persada PT", "jl. jumlah 5", "2024-01-01"],
        ["154591302562", "", "", ""],
        ["12345678901", "Jumlah", "", ""],
    ]
    assert read(tmp_path, written([HEADER, *rows])).frame.height == 3


def test_headers_are_matched_by_meaning_and_never_two_to_one_field(tmp_path):
    table = read(
        tmp_path, '"No. Internét",Nama_Pelanggan,ALAMAT   INSTALASI (lengkap),nama,E-mail,Alamat Email\n1,2,3,4,5,6\n'
    )
    assert table.headers == {
        "service_number": "No. Internét",
        "name": "nama",
        "address": "ALAMAT   INSTALASI (lengkap)",
    }
    assert table.unknown_headers == ["Nama_Pelanggan", "E-mail", "Alamat Email"]
    assert table.frame["installed_on"].to_list() == [None]


def test_a_missing_column_is_named_with_the_columns_found(tmp_path):
    with pytest.raises(FileRefused, match="Missing columns: nd.*NAMA, ALAMAT") as refused:
        read(tmp_path, "NAMA,ALAMAT\na,b\n")
    assert refused.value.code == "missing_columns"


def test_short_rows_are_padded_and_long_rows_are_marked(tmp_path):
    table = read(
        tmp_path, "ND,NAMA,ALAMAT\n154591302562,Siti\n154591302563,Budi,jl. a, rt 5\n154591302564,Ani,jl. b,,\n"
    )
    assert cells(table, "service_number", "name") == [
        ["154591302562", "Siti"],
        ["154591302563", "Budi"],
        ["154591302564", "Ani"],
    ]
    assert table.frame["extra"].to_list() == [False, True, False]


def test_an_extra_delimiter_at_the_end_of_every_row_is_no_extra_field(tmp_path):
    table = read(tmp_path, "ND,NAMA\n154591302562,Siti,\n154591302563,Budi,\n154591302564,Ani,x\n")
    assert table.frame["extra"].to_list() == [False, False, True]


def test_quoted_newlines_belong_to_their_row_and_lines_stay_physical(tmp_path):
    table = read(tmp_path, 'ND,NAMA,ALAMAT\n154591302562,Siti,"jl. a\nrt 5\n"\n154591302563,Budi,jl. b\n')
    assert table.frame["line"].to_list() == [2, 5] and table.frame["address"].to_list() == ["jl. a\nrt 5", "jl. b"]


@pytest.mark.parametrize("stray", ['jl. 5" mawar', '"jl. mawar', 'gg. "x" 5', 'mawar"'])
def test_a_stray_quote_damages_no_other_row(tmp_path, stray):
    lines = [f"15459130256{k},n{k},{stray if k == 3 else 'jl. a'}" for k in range(9)]
    table = read(tmp_path, "ND,NAMA,ALAMAT\n" + "\n".join(lines) + "\n")
    assert table.frame["service_number"].to_list() == [f"15459130256{k}" for k in range(9)]
    assert table.frame["address"].to_list().count("jl. a") == 8


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(tmp_path):
    rows = [f"15459130256{k};n{k};jl. a;2020-01-01" for k in range(9)]
    rows[2], rows[6] = rows[2].replace("jl.", '"jl.'), rows[6].replace("jl. a", '"')
    table = read(tmp_path, "ND;NAMA;ALAMAT;TGL_PS\n" + "\n".join(rows) + "\n")
    assert table.frame["service_number"].to_list() == [f"15459130256{k}" for k in range(9)]


def test_a_header_of_thousands_of_columns_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="1,000") as refused:
        read(tmp_path, "ND;NAMA;" + ";".join(f"K{k}" for k in range(1_000)) + "\n154591302562;Siti\n")
    assert refused.value.code == "too_large"


def test_formula_wrapped_numbers_are_unwrapped(tmp_path):
    assert cells(read(tmp_path, 'ND;NAMA\n="154591302562";Siti\n'), "service_number") == [["154591302562"]]


FIELDS = st.text(alphabet='ab1é, ;\n"-', max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=12), st.sampled_from(",;|\t"))
def test_the_fast_and_the_careful_path_give_the_same_answer(rows, delimiter):
    body = written(rows, delimiter, "\n").encode()
    fast = parse_records(body, delimiter=delimiter, quote='"', first_line=1, width=3)
    careful = list(parse_carefully(body, delimiter, '"', 1, 3))
    assert fast["line"].to_list() == [line for line, _ in careful]
    assert [[c or "" for c in row] for row in fast.select("c0", "c1", "c2").rows()] == [f for _, f in careful] == rows


def test_every_line_is_accounted_for_whatever_the_damage(tmp_path):
    lines = ["ND,NAMA,ALAMAT"] + [
        ("", "Total: 3", "1,2,3,4,5", '15459130256,"x,y', "15459130256,Siti,jl", "x")[k % 6] for k in range(600)
    ]
    table = read(tmp_path, "\n".join(lines) + "\n")
    assert table.frame.height + table.skipped + 1 == 601 and table.frame.height == 400


# --- workbooks


def workbook(rows, title_rows=(), sheet_before=False):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    if sheet_before:
        book.add_worksheet("Petunjuk").write(0, 0, "Isi sheet berikut")
    sheet, date = book.add_worksheet("Data"), book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate([*title_rows, *rows]):
        for c, cell in enumerate(row):
            if hasattr(cell, "year"):
                sheet.write_datetime(r, c, cell, date)
            else:
                sheet.write(r, c, cell)
    book.close()
    return out.getvalue()


def test_a_workbook_reads_as_the_same_table(tmp_path):
    import datetime

    rows = [HEADER, [154591302562, "Siti", "a\nb", datetime.date(2024, 5, 12)], ["160799975255", "Budi", 1.5, 46331]]
    table = read(tmp_path, workbook(rows, title_rows=[["JUDUL"], []], sheet_before=True), name="x.xlsx")
    assert cells(table) == [["154591302562", "Siti", "a b", "2024-05-12"], ["160799975255", "Budi", "1.5", "46331"]]
    assert (
        table.header_line == 3 and table.frame["line"].to_list() == [4, 5] and table.skipped == 3
    )  # and the other sheet
    assert table.encoding == "xlsx"


def with_sheet(change):
    source = zipfile.ZipFile(io.BytesIO(workbook([HEADER, *ROWS])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            target.writestr(part.filename, change(content) if part.filename.endswith("sheet1.xml") else content)
    return out.getvalue()


def add_row(xml):
    return lambda content: content.replace(b"</sheetData>", xml + b"</sheetData>")


HOSTILE = {
    "empty": (b"", "empty"),
    "blanks": (b" \r\n\r\n \t", "empty"),
    "bom only": (b"\xef\xbb\xbf", "empty"),
    "binary": (bytes(range(256)) * 50, "not_a_table"),
    "nul bytes": (b"ND,NA\x00MA\n1,2\n", "not_a_table"),
    "only nul": (b"\x00" * 5000, "empty"),
    "pdf": (b"%PDF-1.7 ...", "not_a_table"),
    "web page": (b"<html><table><tr><td>ND</td></tr></table></html>", "not_a_table"),
    "one gigantic line": (b"a" * 3_000_000, "not_a_table"),
    "no header": (b"154591302562,Siti\n154591302563,Budi\n", "no_header"),
    "utf-16 cut in two": (("﻿" + written([HEADER, *ROWS])).encode("utf-16-le")[:-1], "damaged"),
    "truncated workbook": (workbook([HEADER, *ROWS])[:1500], "damaged"),
    "zip magic alone": (b"PK\x03\x04 nothing behind", "damaged"),
    "old office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "damaged"),
    "broken sheet": (with_sheet(lambda content: content[:300]), "damaged"),
    "a far corner": (with_sheet(add_row(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "too_large"),
    "beyond the last row": (with_sheet(add_row(b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>')), "too_large"),
    "300 MB of blanks": (with_sheet(add_row(b" " * 300_000_000)), "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_word_and_a_sentence(tmp_path, name):
    content, code = HOSTILE[name]
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code == code and len(str(refused.value)) > 20


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("feed.csv", written([HEADER, *ROWS]))
    with pytest.raises(FileRefused, match="Unpack") as refused:
        read(tmp_path, out.getvalue())
    assert refused.value.code == "not_a_table"


def test_a_file_with_a_row_of_a_million_delimiters_does_not_become_a_million_columns(tmp_path):
    table = read(tmp_path, b"ND,NAMA\n154591302562,Siti\n" + b"," * 1_000_000 + b"x\n")
    assert table.frame["extra"].to_list() == [False, True]


# --- the real inputs


@needs_data
@pytest.mark.parametrize(
    "source, rows, skipped",
    [
        ("a/provisioning.csv", 4089, 0), ("a/billing.csv", 12000, 0), ("a/workorders.xlsx", 1219, 0),
        ("b/provisioning.csv", 4083, 3), ("b/billing.csv", 12000, 0), ("b/workorders.xlsx", 1223, 2),
        ("c/provisioning.csv", 4090, 0), ("c/billing.csv", 12000, 0), ("c/workorders.xlsx", 1145, 0),
    ],
)  # fmt: skip
def test_the_real_inputs_are_read_whole_with_no_unknown_header(source, rows, skipped):
    kind = KINDS[Path(source).stem]
    table = read_table(DATA / "inputs" / source, columns=kind.COLUMNS, required=kind.REQUIRED)
    assert (table.frame.height, table.skipped, table.unknown_headers) == (rows, skipped, [])
    assert table.frame["row"].to_list() == list(range(1, rows + 1))
    assert all(table.frame.schema[field] == pl.String for field in kind.COLUMNS)


def test_every_sheet_with_a_header_is_read(tmp_path):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as writer:
        for name, number in (("Bandung", "154591302562"), ("Solo", "160799975255")):
            sheet = writer.add_worksheet(name)
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, [number, "Siti", "a", "2024-05-12"])
    table = read(tmp_path, book.getvalue(), name="x.xlsx")
    assert table.frame["row"].to_list() == [1, 2] and table.skipped == 1
    assert [row[0] for row in cells(table)] == ["154591302562", "160799975255"]


def test_a_total_with_its_count_in_the_column_of_the_key_is_a_footer(tmp_path):
    table = read(tmp_path, b"NAMA;ND;TAGIHAN\nSiti;154591302562;1000\nTOTAL;1;1000\n")
    assert table.frame.height == 1 and table.skipped == 1
