"""Bad input at the wire: each odd value is kept digit for digit, or refused with a code and a pointer."""

import json
import unicodedata
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Problem
from app.web.answers import encoded
from app.web.decoding import MAX_DEPTH, decode

KEPT = [
    ("0", "0"),
    ("-0", "0"),
    ("0.0", "0.0"),
    ("-0.00", "0.00"),
    ("1", "1"),
    ("-1", "-1"),
    ("10", "10"),
    ("100.00", "100.00"),
    ("0.1", "0.1"),
    ("0.10", "0.10"),
    ("0.3", "0.3"),
    ("84.39", "84.39"),
    ("70.21", "70.21"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("1.1", "1.1"),
    ("2.675", "2.675"),
    ("1.005", "1.005"),
    ("9007199254740992", "9007199254740992"),
    ("9007199254740993", "9007199254740993"),
    ("12345678901234567.89", "12345678901234567.89"),
    ("18446744073709551616", "18446744073709551616"),
    ("9999999999999999999999999999", "9999999999999999999999999999"),
    ("0.9999999999999999999999999999", "0.9999999999999999999999999999"),
    ("0.000000000001", "0.000000000001"),
    ("1e3", "1000"),
    ("1E3", "1000"),
    ("1e+3", "1000"),
    ("1e-3", "0.001"),
    ("1.50e2", "150"),
    ("1e12", "1000000000000"),
    ("1e-12", "0.000000000001"),
    ("-1.5E-2", "-0.015"),
    ("0e0", "0"),
    ("1e00000000000000003", "1000"),
    ("123456789.123456789", "123456789.123456789"),
]

TOO_PRECISE = [
    "70.212765957446808510638297872",
    "12345678901234567890123456789",
    "1.2345678901234567890123456789",
    "0.12345678901234567890123456789",
    "-99999999999999999999999999999.9",
    "1" + "0" * 28,
    "1." + "0" * 28,
    "1" * 5000,
    "0." + "3" * 5000,
]
OUT_OF_RANGE = ["1e13", "1e-13", "1E400", "1e-400", "1e999999999999", "-1e+13", "0e99", "1e" + "9" * 5000]
NOT_FINITE = ["NaN", "Infinity", "-Infinity"]
NOT_JSON = [
    "01",
    "+1",
    "1.",
    ".5",
    "-",
    "1e",
    "1e+",
    "0x10",
    "1_000",
    "1,5",
    "1 000",
    "١٢٣",
    "１２",
    "½",
    "nan",
    "inf",
    "-NaN",
    "+Infinity",
    "1..2",
    "--1",
    "1e1.5",
    "'1'",
    "True",
    "None",
    "undefined",
]


def refused(body: bytes | str) -> Problem:
    with pytest.raises(Problem) as caught:
        decode(body.encode() if isinstance(body, str) else body)
    return caught.value


def test_the_table_is_long_enough():
    assert len(KEPT) + len(TOO_PRECISE) + len(OUT_OF_RANGE) + len(NOT_FINITE) + len(NOT_JSON) >= 60


@pytest.mark.parametrize(("literal", "shown"), KEPT)
def test_a_number_is_kept_digit_for_digit(literal: str, shown: str):
    value = decode(f'{{"value": {literal}}}'.encode())["value"]

    assert isinstance(value, Decimal)
    assert Fraction(value) == Fraction(Decimal(literal))
    assert format(value, "f").rstrip("0").rstrip(".") == shown.rstrip("0").rstrip(".") or shown == "0"
    assert Decimal(json.loads(encoded({"value": value}), parse_float=str, parse_int=str)["value"]) == value


@pytest.mark.parametrize("literal", TOO_PRECISE)
def test_more_than_28_digits_are_refused_with_a_pointer(literal: str):
    problem = refused(f'{{"rows": [{{"value": {literal}}}]}}')

    assert [(problem.code, f.code, f.pointer) for f in problem.faults] == [
        ("invalid-body", "number-too-precise", "/rows/0/value")
    ]


@pytest.mark.parametrize("literal", OUT_OF_RANGE)
def test_an_exponent_beyond_12_is_refused_with_a_pointer(literal: str):
    problem = refused(f'{{"rows": [1, {{"value": {literal}}}]}}')

    assert [(f.code, f.pointer) for f in problem.faults] == [("number-out-of-range", "/rows/1/value")]


@pytest.mark.parametrize("literal", NOT_FINITE)
def test_what_is_not_finite_is_refused_with_a_pointer(literal: str):
    problem = refused(f'{{"a": {{"b": {literal}}}}}')

    assert [(f.code, f.pointer, f.given) for f in problem.faults] == [("number-not-finite", "/a/b", literal)]


@pytest.mark.parametrize("literal", NOT_JSON)
def test_what_only_looks_like_a_number_is_no_json(literal: str):
    problem = refused(f'{{"value": {literal}}}')

    assert problem.code == "malformed-json"
    assert problem.faults[0].given.startswith("1:")
    assert problem.faults[0].params["line"] == 1


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_any_number_survives_there_and_back(number: Decimal):
    assert decode(format(number, "f").encode()) == number


@given(st.binary(max_size=60))
def test_no_bytes_make_anything_but_a_value_or_a_problem(body: bytes):
    with suppress(Problem):
        decode(body)


FORBIDDEN = [
    "\u0000",
    "\u0001",
    "\u0007",
    "\u001b",
    "\u007f",
    "\u0085",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202d",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\ud800",
    "\udfff",
]


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda c: f"U+{ord(c):04X}")
def test_an_invisible_character_is_refused_by_name(character: str):
    escaped = json.dumps({"note": f"Phường{character} Đông Thọ"})

    problem = refused(escaped)

    assert [(f.code, f.pointer, f.given) for f in problem.faults] == [
        ("forbidden-character", "/note", f"U+{ord(character):04X}")
    ]


@pytest.mark.parametrize("character", [c for c in FORBIDDEN if 0x20 < ord(c) < 0xD800 or ord(c) > 0xE000])
def test_it_is_refused_as_itself_too_and_in_a_name(character: str):
    problem = refused(json.dumps({f"no{character}te": 1}, ensure_ascii=False).encode())

    assert problem.faults[0].code == "forbidden-character"


@pytest.mark.parametrize("text", ["tab\there", "two\nlines", "a\r\nb", "Hàm Rồng", "“quoted” – dash…", "👍🏽", "Ǆ"])
def test_ordinary_text_is_kept(text: str):
    assert decode(json.dumps(text).encode()) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("name", ["Phường Đông Thọ", "Quảng Phú", "xã Thiệu Vân", "Nguyệt Viên"])
def test_nfd_becomes_nfc(name: str):
    sent = unicodedata.normalize("NFD", name)

    assert sent != name
    assert decode(json.dumps({sent: sent}).encode()) == {name: name}


def test_a_surrogate_pair_is_one_character():
    assert decode(b'"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize(
    ("body", "pointer", "given"),
    [
        (b'{"value": 1, "value": 2}', "/value", "value"),
        (b'{"rows": [{"a": 1}, {"b": 1, "b": 1}]}', "/rows/1/b", "b"),
        (b'{"a/b": 1, "a/b": 1}', "/a~1b", "a/b"),
        (b'{"a~b": null, "a~b": null}', "/a~0b", "a~b"),
        (b'{"": 1, "": 1}', "/", ""),
        (b'{"a": {"x": NaN}, "a": 1}', "/a", "a"),
        (b'{"a": 1, "a": 2, "a": 3}', "/a", "a"),
    ],
)
def test_a_name_that_comes_twice_is_refused(body: bytes, pointer: str, given: str):
    problem = refused(body)

    assert [(f.code, f.pointer, f.given) for f in problem.faults] == [("duplicate-key", pointer, given)]


def test_names_that_differ_in_their_unicode_form_only_are_one_name():
    name = "địa_bàn"
    body = json.dumps([[name, 1], [unicodedata.normalize("NFD", name), 2]])
    twice = "{" + ", ".join(f"{json.dumps(k)}: {v}" for k, v in json.loads(body)) + "}"

    assert refused(twice).faults[0].code == "duplicate-key"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"}",
        b"[1, 2,]",
        b'{"a": 1,}',
        b'{"a" 1}',
        b"{a: 1}",
        b"{'a': 1}",
        b"[1] [2]",
        b"// no\n1",
        b'"\x01"',
        b'"\\x41"',
        b'"\\u12"',
        b'"open',
        b"\xef\xbb\xbf{}",
        b"nul",
    ],
)
def test_what_is_no_json_is_refused_with_line_and_column(body: bytes):
    problem = refused(body)

    assert (problem.code, problem.faults[0].code) == ("malformed-json", "malformed-json")


@pytest.mark.parametrize("body", [b"\xff", b'"\xc3"', b'"\xed\xa0\x80"', "«é»".encode("utf-16"), b'"\xc0\xaf"'])
def test_what_is_not_utf8_is_refused_with_its_place(body: bytes):
    problem = refused(body)

    assert (problem.code, problem.faults[0].code) == ("malformed-json", "not-utf-8")
    assert isinstance(problem.faults[0].given, int)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_32_levels_are_taken_and_more_refused_whatever_the_depth():
    decode(nested(MAX_DEPTH))

    for levels in (MAX_DEPTH + 1, 1000, 100_000):
        assert refused(nested(levels)).code == "too-deep"
        assert refused(b'{"a":' * levels + b"1" + b"}" * levels).code == "too-deep"


def test_at_most_20_faults_are_told():
    assert len(refused("[" + ", ".join(["NaN"] * 50) + "]").faults) == 20


def test_every_other_value_is_itself():
    body: Any = {"a": [True, False, None, "", [], {}]}

    assert decode(json.dumps(body).encode()) == body


def test_a_body_of_a_million_lists_is_refused_before_it_is_made():
    body = b'{"rows": [' + b",".join([b"[[]]"] * 500_000) + b"]}"

    with pytest.raises(Problem) as refused:
        decode(body)

    assert refused.value.code == "too-many-rows"
