"""Rows as CSV, XLSX and NDJSON, read back by other people's readers."""

import csv
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.formats import csv_text, ndjson, xlsx
from app.formats.tables import FORMATS

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DANGEROUS = [
    "=1+1",
    "+84 237 3852 246",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=HYPERLINK(1)",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    "  =1",
    "\xa0@x",
]
LONG = Decimal("12345678901234567.89")

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
cells = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | numbers | texts
tables = st.lists(st.fixed_dictionaries({"a": cells, "b": cells}), max_size=8)


def starts(text: str) -> bool:
    return text.startswith(STARTS) or text.lstrip().startswith(STARTS)


def made(encoded, rows, columns=("a", "b"), **more):
    return b"".join(encoded(columns, rows, **more))


def read_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def opened(data) -> Any:
    """The first sheet of a workbook, as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(data)).active


def sheets(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


# -- CSV ---------------------------------------------------------------------------------------------------------------


@given(tables)
def test_a_csv_reader_finds_every_cell_digit_for_digit(rows):
    for row, found in zip(rows, read_csv(made(csv_text.encoded, rows)), strict=True):
        for name, value in row.items():
            match value:
                case None:
                    assert found[name] == ""
                case bool():
                    assert found[name] == str(value).lower()
                case int() | Decimal():
                    assert Decimal(found[name]) == value
                    assert "E" not in found[name]
                case str():
                    assert found[name].removeprefix("'" if starts(value) else "") == value


@given(tables)
def test_no_text_of_a_csv_starts_a_formula(rows):
    for row, found in zip(rows, read_csv(made(csv_text.encoded, rows)), strict=True):
        assert not any(starts(found[name]) for name, value in row.items() if isinstance(value, str))


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_starts_a_formula_gets_an_apostrophe_where_a_plain_writer_lets_it_pass(text):
    raw = io.StringIO(newline="")
    csv.writer(raw).writerow([text])

    (found,) = read_csv(made(csv_text.encoded, [{"a": text, "b": Decimal(-5)}]))

    assert (found["a"], found["b"]) == (f"'{text}", "-5")
    assert starts(next(csv.reader(io.StringIO(raw.getvalue(), newline="")))[0])


def test_the_mark_of_utf_8_comes_only_when_asked_for():
    plain, marked = (made(csv_text.encoded, [], bom=bom) for bom in (False, True))

    assert marked == b"\xef\xbb\xbf" + plain
    assert plain == b"a,b\r\n"


def test_what_is_nested_is_json():
    (found,) = read_csv(made(csv_text.encoded, [{"a": ["x", "y"], "b": {"ward": "Đông Thọ"}}]))

    assert (json.loads(found["a"]), json.loads(found["b"])) == (["x", "y"], {"ward": "Đông Thọ"})


# -- XLSX --------------------------------------------------------------------------------------------------------------


@given(tables)
def test_a_workbook_keeps_every_cell(rows):
    ((header, *found),) = sheets(made(xlsx.encoded, rows)).values()

    assert header == ["a", "b"]
    # The reader leaves out what is empty at the end.
    found += [["", ""]] * (len(rows) - len(found))
    for row, read in zip(rows, found, strict=True):
        for value, cell in ((row["a"], read[0]), (row["b"], read[1])):
            match value:
                case None:
                    assert cell == ""
                case bool() | str():
                    assert cell == value
                case int() | Decimal():
                    assert cell == float(value) if isinstance(cell, float) else Decimal(cell) == value


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_of_a_workbook_is_no_formula(text):
    sheet = opened(made(xlsx.encoded, [{"a": text, "b": 1}]))

    assert sheet["A2"].data_type == "s"
    # What a library makes of the same text when nobody takes care.
    sheet["A2"].value = text
    assert (sheet["A2"].data_type == "f") == (text.startswith("=") and len(text) > 1)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (LONG, str(LONG)),
        (Decimal("84.39"), 84.39),
        (Decimal(123456789012345), 123456789012345),
        (Decimal(1234567890123456), "1234567890123456"),
        (Decimal(1234567890123450000), 1234567890123450000),
        (Decimal("0.00000001"), 1e-08),
        (msgspec.Raw(b"0.1000000000000000000000000001"), "0.1000000000000000000000000001"),
        (-5, -5),
    ],
)
def test_a_number_that_a_spreadsheet_would_round_is_a_text(number, kept):
    sheet = opened(made(xlsx.encoded, [{"a": number, "b": None}]))

    assert sheet["A2"].value == kept
    assert type(sheet["A2"].value) is type(kept)


def test_a_full_sheet_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 4)
    rows = [{"a": n, "b": None} for n in range(7)]

    found = sheets(made(xlsx.encoded, rows, title="Số liệu"))

    assert list(found) == ["Số liệu", "Số liệu 2", "Số liệu 3"]
    assert [row[0] for sheet in found.values() for row in sheet[1:]] == list(range(7))
    assert all(sheet[0] == ["a", "b"] for sheet in found.values())
    assert len(sheets(made(xlsx.encoded, rows[:3]))) == 1


def test_a_sheet_ends_before_it_is_too_large_for_a_plain_archive(monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_SHEET_BYTES", 20_000)

    found = sheets(made(xlsx.encoded, [{"a": n, "b": "x" * 50} for n in range(1000)]))

    assert len(found) > 2
    assert [row[0] for sheet in found.values() for row in sheet[1:]] == list(range(1000))


def test_equal_rows_give_equal_bytes_and_the_header_stays_in_view(monkeypatch):
    first, again = (made(xlsx.encoded, [{"a": 1, "b": "x"}]) for _ in range(2))

    assert first == again
    assert opened(first).freeze_panes == "A2"
    assert all(info.date_time[0] == 1980 for info in zipfile.ZipFile(io.BytesIO(first)).infolist())


def test_columns_go_on_after_z():
    columns = [f"c{n}" for n in range(60)]
    sheet = opened(made(xlsx.encoded, [], columns))

    assert (sheet["Z1"].value, sheet["AA1"].value, sheet["BH1"].value) == ("c25", "c26", "c59")


# -- NDJSON and all ----------------------------------------------------------------------------------------------------


@given(tables)
def test_each_line_is_a_json_object_with_exact_numbers(rows):
    *lines, end = made(ndjson.encoded, rows).split(b"\n")

    assert [json.loads(line, parse_float=Decimal) for line in lines] == rows
    assert end == b""


@pytest.mark.parametrize("name", FORMATS)
def test_a_large_table_comes_in_pieces(name):
    rows = [{"a": f"Phường số {n}", "b": LONG + n} for n in range(9000)]

    pieces = list(FORMATS[name].encoded(("a", "b"), iter(rows)))

    assert len(pieces) > 3
    assert max(map(len, pieces)) < 200_000


@pytest.mark.parametrize("name", FORMATS)
def test_only_the_columns_asked_for_come_in_their_order(name):
    data = made(FORMATS[name].encoded, [{"a": 1, "b": 2}], ("b",))

    if name == "xlsx":
        assert sheets(data) == {"data": [["b"], [2]]}
    else:
        assert data.decode().split() == {"csv": ["b", "2"], "ndjson": ['{"b":2}']}[name]
