"""What a ward's system may get wrong: each is refused with its code and place, or kept digit for digit; never a 5xx."""

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.observations.tables import Revision
from tests.service import Service

FLAG, RATIO, COUNT, CITY_SHARE = (
    "commune_dx_completed",
    "adults_with_smartphone_rate",
    "relics_digitised_3d",
    "land_database_rate",
)
BULK = "submission-rejected"


def lot(row: str, top: str = '"period": "2025-03"') -> str:
    return f'{{{top}, "rows": [{row}]}}'


def count(literal: str) -> str:
    return lot(f'{{"indicator": "{COUNT}", "value": {literal}}}')


def ratio(rest: str) -> str:
    return lot(f'{{"indicator": "{RATIO}", {rest}}}')


def flag(rest: str = '"value": true') -> str:
    return lot(f'{{"indicator": "{FLAG}", {rest}}}')


def share(literal: str) -> str:
    return lot(f'{{"indicator": "{CITY_SHARE}", "area": "380", "value": {literal}}}')


def deep(levels: int) -> str:
    return lot('{"indicator": "x", "value": ' + "[" * levels + "]" * levels + "}")


VALUE, AREA, PERIOD, INDICATOR = "/rows/0/value", "/rows/0/area", "/rows/0/period", "/rows/0/indicator"

# name: (body, status, code of the problem, code of its first error, pointer)
REFUSED: dict[str, tuple[str | bytes, int, str, str | None, str | None]] = {
    # numbers
    "a number in quotes": (count('"5"'), 422, BULK, "not-a-number", VALUE),
    "digits in groups": (count("1_000"), 400, "malformed-json", "malformed-json", None),
    "Arabic digits": (count("\u0663"), 400, "malformed-json", "malformed-json", None),
    "full-width digits": (count("\uff15"), 400, "malformed-json", "malformed-json", None),
    "a decimal comma": (count("84,39"), 400, "malformed-json", "malformed-json", None),
    "a leading zero": (count("007"), 400, "malformed-json", "malformed-json", None),
    "a plus sign": (count("+5"), 400, "malformed-json", "malformed-json", None),
    "a bare point": (count(".5"), 400, "malformed-json", "malformed-json", None),
    "hexadecimal": (count("0x10"), 400, "malformed-json", "malformed-json", None),
    "NaN": (count("NaN"), 422, "invalid-body", "number-not-finite", VALUE),
    "Infinity": (count("Infinity"), 422, "invalid-body", "number-not-finite", VALUE),
    "-Infinity": (count("-Infinity"), 422, "invalid-body", "number-not-finite", VALUE),
    "an exponent of 13": (count("1e13"), 422, "invalid-body", "number-out-of-range", VALUE),
    "an exponent of -13": (count("1e-13"), 422, "invalid-body", "number-out-of-range", VALUE),
    "a monstrous exponent": (count("1e999999999"), 422, "invalid-body", "number-out-of-range", VALUE),
    "29 digits": (count("1" * 29), 422, "invalid-body", "number-too-precise", VALUE),
    "a hundred thousand digits": (count("1" * 100_000), 422, "invalid-body", "number-too-precise", VALUE),
    "29 digits, nearly all after the point": (count("1." + "0" * 28), 422, "invalid-body", "number-too-precise", VALUE),
    "seven decimals of a count": (count("0.0000001"), 422, BULK, "too-many-decimals", VALUE),
    "nine decimals of a component": (
        ratio('"numerator": 0.000000001, "denominator": 2'), 422, BULK, "too-many-decimals", "/rows/0/numerator",
    ),
    "a negative count": (count("-1"), 422, BULK, "negative-value", VALUE),
    "a negative numerator": (
        ratio('"numerator": -1, "denominator": 2'), 422, BULK, "negative-value", "/rows/0/numerator",
    ),
    "a share over 100": (share("100.01"), 422, BULK, "out-of-range", VALUE),
    "a negative share": (share("-0.01"), 422, BULK, "negative-value", VALUE),
    "more than all": (
        ratio('"numerator": 3, "denominator": 2'), 422, BULK, "numerator-exceeds-denominator", "/rows/0/numerator",
    ),
    "some of nothing": (
        ratio('"numerator": 1, "denominator": 0'), 422, BULK, "numerator-exceeds-denominator", "/rows/0/numerator",
    ),
    "no denominator": (ratio('"numerator": 3'), 422, BULK, "component-missing", "/rows/0/denominator"),
    "no numerator": (ratio('"denominator": 3'), 422, BULK, "component-missing", "/rows/0/numerator"),
    "a share without components": (ratio('"value": 87.5'), 422, BULK, "components-required", VALUE),
    "a share that is not its components'": (
        ratio('"value": 50.1, "numerator": 1, "denominator": 2'), 422, BULK, "value-contradicts-components", VALUE,
    ),
    "components of a count": (
        lot(f'{{"indicator": "{COUNT}", "numerator": 1, "denominator": 2}}'),
        422, BULK, "components-not-allowed", "/rows/0/numerator",
    ),
    "true for a number": (count("true"), 422, BULK, "not-a-number", VALUE),
    "a number for a flag": (flag('"value": 1'), 422, BULK, "not-a-boolean", VALUE),
    "a text for a flag": (flag('"value": "true"'), 422, BULK, "not-a-boolean", VALUE),
    "a bounded flag": (
        flag('"value": true, "qualifier": "ge"'), 422, BULK, "qualifier-not-allowed", "/rows/0/qualifier",
    ),
    "null": (count("null"), 422, BULK, "value-required", VALUE),
    "a list for a number": (count("[5]"), 422, BULK, "not-a-number", VALUE),
    "an object for a number": (count('{"is": 5}'), 422, BULK, "not-a-number", VALUE),
    "no value at all": (lot(f'{{"indicator": "{COUNT}"}}'), 422, BULK, "value-required", VALUE),
    "an unknown qualifier": (count('5, "qualifier": "about"'), 422, BULK, "not-one-of", "/rows/0/qualifier"),
    "an unknown status": (flag('"status": "X"'), 422, BULK, "not-one-of", "/rows/0/status"),
    "a status beside a value": (count('5, "status": "M"'), 422, BULK, "status-with-value", VALUE),
    # codes
    "an unknown indicator": (
        lot('{"indicator": "adults_with_smartphon_rate", "value": 1}'), 422, BULK, "unknown-indicator", INDICATOR,
    ),
    "upper case": (lot(f'{{"indicator": "{COUNT.upper()}", "value": 1}}'), 422, BULK, "unknown-indicator", INDICATOR),
    "a code with a space": (lot(f'{{"indicator": "{COUNT} ", "value": 1}}'), 422, BULK, "unknown-indicator", INDICATOR),
    "a retired indicator": (
        lot('{"indicator": "mobile_5g_coverage", "value": 1}'), 422, BULK, "indicator-retired", INDICATOR,
    ),
    "no indicator": (lot('{"value": 1}'), 422, BULK, "required", INDICATOR),
    "a number for an indicator": (lot('{"indicator": 5, "value": 1}'), 422, BULK, "not-a-text", INDICATOR),
    "an area code in full-width digits": (
        flag('"value": true, "area": "\uff11\uff14\uff17\uff15\uff18"'), 422, BULK, "unknown-area", AREA,
    ),
    "an area by its name": (flag('"value": true, "area": "Phường Đông Thọ"'), 422, BULK, "unknown-area", AREA),
    "an empty area": (flag('"value": true, "area": ""'), 422, BULK, "unknown-area", AREA),
    "a number for an area": (flag('"value": true, "area": 14758'), 422, BULK, "not-a-text", AREA),
    "another ward": (flag('"value": true, "area": "14761"'), 422, BULK, "area-not-yours", AREA),
    "a ward for a city indicator": (
        lot(f'{{"indicator": "{CITY_SHARE}", "value": 1}}'), 422, BULK, "area-level-mismatch", AREA,
    ),
    # periods
    "a thirteenth month": (flag('"value": true, "period": "2025-13"'), 422, BULK, "period-malformed", PERIOD),
    "a month of one digit": (flag('"value": true, "period": "2025-3"'), 422, BULK, "period-malformed", PERIOD),
    "a fifth quarter": (flag('"value": true, "period": "2025-Q5"'), 422, BULK, "period-malformed", PERIOD),
    "a day": (flag('"value": true, "period": "2025-03-01"'), 422, BULK, "period-malformed", PERIOD),
    "an empty period": (flag('"value": true, "period": ""'), 422, BULK, "period-malformed", PERIOD),
    "a month that has not begun": (flag('"value": true, "period": "2026-12"'), 422, BULK, "period-not-open", PERIOD),
    "a quarter of a monthly indicator": (
        flag('"value": true, "period": "2025-Q1"'), 422, BULK, "frequency-mismatch", PERIOD,
    ),
    "before the indicator": (
        flag('"value": true, "period": "2024-12"'), 422, BULK, "indicator-not-valid-in-period", PERIOD,
    ),
    "before the ward": (flag('"value": true, "area": "99901"'), 422, BULK, "area-not-valid-in-period", AREA),
    "no period": (lot(f'{{"indicator": "{FLAG}", "value": true}}', '"note": "x"'), 422, BULK, "required", PERIOD),
    "a malformed period on top": (
        lot(f'{{"indicator": "{FLAG}", "value": true}}', '"period": "03/2025"'),
        422, "invalid-body", "period-malformed", "/period",
    ),
    "a year as a number": (
        lot(f'{{"indicator": "{FLAG}", "value": true}}', '"period": 2025'),
        422, "invalid-body", "period-malformed", "/period",
    ),
    # JSON
    "the same key twice": (count("5, \"value\": 6"), 422, "invalid-body", "duplicate-key", VALUE),
    "a trailing comma": (count("5,"), 400, "malformed-json", "malformed-json", None),
    "single quotes": ("{'rows': []}", 400, "malformed-json", "malformed-json", None),
    "a document cut short": (count("5")[:-3], 400, "malformed-json", "malformed-json", None),
    "two documents": (count("5") * 2, 400, "malformed-json", "malformed-json", None),
    "forty levels": (deep(40), 413, "too-deep", None, None),
    "a hundred thousand levels": ("[" * 100_000, 413, "too-deep", None, None),
    "a list on top": ("[]", 422, "invalid-body", "not-an-object", ""),
    "a number on top": ("0", 422, "invalid-body", "not-an-object", ""),
    "a text on top": ('"rows"', 422, "invalid-body", "not-an-object", ""),
    "null on top": ("null", 422, "invalid-body", "not-an-object", ""),
    "nothing": ("", 422, "body-required", "body-required", ""),
    "blanks": (" \n ", 422, "body-required", "body-required", ""),
    "no rows member": ('{"period": "2025-03"}', 422, "invalid-body", "required", "/rows"),
    "no rows": ('{"period": "2025-03", "rows": []}', 422, "no-rows", "no-rows", "/rows"),
    "rows that are no list": ('{"rows": {}}', 422, "invalid-body", "not-a-list", "/rows"),
    "rows that are null": ('{"rows": null}', 422, "invalid-body", "not-a-list", "/rows"),
    "a row that is a number": (lot("1"), 422, BULK, "not-an-object", "/rows/0"),
    "a row that is a list": (lot("[1]"), 422, BULK, "not-an-object", "/rows/0"),
    "a row that is null": (lot("null"), 422, BULK, "not-an-object", "/rows/0"),
    "an unknown member on top": (
        lot(f'{{"indicator": "{FLAG}", "value": true}}', '"perido": "2025-03"'),
        422, "invalid-body", "unknown-member", "/perido",
    ),
    "an unknown member of a row": (count('5, "vlaue": 5'), 422, BULK, "unknown-member", "/rows/0/vlaue"),
    "a member that needs escaping": (count('5, "a/b~c": 5'), 422, BULK, "unknown-member", "/rows/0/a~1b~0c"),
    "the same cell twice": (
        lot(", ".join([f'{{"indicator": "{FLAG}", "value": true}}'] * 2)), 422, BULK, "duplicate-cell", "/rows/1",
    ),
    "the same cell twice, once by code and once by id": (
        lot(", ".join(f'{{"indicator": "{FLAG}", "value": true, "area": "{a}"}}' for a in ("14758", "14758-202501"))),
        422, BULK, "duplicate-cell", "/rows/1",
    ),
    "10,001 rows": (lot(", ".join(["{}"] * 10_001)), 413, "too-many-rows", "too-many-rows", "/rows"),
    "a byte order mark": (b"\xef\xbb\xbf" + count("5").encode(), 400, "malformed-json", "malformed-json", None),
    "UTF-16": (count("5").encode("utf-16"), 400, "malformed-json", "not-utf-8", None),
    "UTF-16 without a mark": (count("5").encode("utf-16-le"), 400, "malformed-json", "malformed-json", None),
    "Latin-1": (count('5, "note": "\u00e9"').encode("latin-1"), 400, "malformed-json", "not-utf-8", None),
    # Unicode
    "U+0000": (count('5, "note": "a\\u0000b"'), 422, "invalid-body", "forbidden-character", "/rows/0/note"),
    "a bidirectional mark": (
        count('5, "note": "a\u202eb"'), 422, "invalid-body", "forbidden-character", "/rows/0/note",
    ),
    "a zero-width space": (count('5, "note": "a\u200bb"'), 422, "invalid-body", "forbidden-character", "/rows/0/note"),
    "a lone surrogate": (count('5, "note": "\\ud800"'), 422, "invalid-body", "forbidden-character", "/rows/0/note"),
    "a lone surrogate in a key": ('{"\\ud800": NaN}', 422, "invalid-body", "forbidden-character", ""),
    "a lone surrogate as a key, twice": (
        '{"\\ud800": 1, "\\ud800": 2}', 422, "invalid-body", "forbidden-character", "",
    ),
    "U+0000 in a code": (
        lot('{"indicator": "a\\u0000", "value": 5}'), 422, "invalid-body", "forbidden-character", INDICATOR,
    ),
    "a zero-width space in a code": (
        flag('"value": true, "area": "14758\u200b"'), 422, "invalid-body", "forbidden-character", AREA,
    ),
    "a note of 2,001 letters": (count(f'5, "note": "{"đ" * 2001}"'), 422, BULK, "text-too-long", "/rows/0/note"),
    "a long note on top": (
        lot(f'{{"indicator": "{FLAG}", "value": true}}', f'"period": "2025-03", "note": "{"đ" * 2001}"'),
        422, "invalid-body", "text-too-long", "/note",
    ),
    "a note that is a number": (count('5, "note": 7'), 422, BULK, "not-a-text", "/rows/0/note"),
}  # fmt: skip


def sent(city: Service, body: str | bytes, key: str, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else body.encode()
    headers = {"Content-Type": "application/json", **headers}
    return city.raw("POST", "/api/v1/submissions", key=key, content=content, headers=headers)


def stored(city: Service) -> tuple[int, int]:
    """How far the ledger is, and how many revisions there are."""
    with city.app.state.ledger.read() as session:
        return session.point.seq, session.scalar(select(func.count()).select_from(Revision))


def sender(city: Service, name: str) -> str:
    """The city's key where the city speaks, else the ward's; the new ward's where it is about that."""
    if "share over" in name or "negative share" in name:
        return city.key("submit", areas=("380",))
    return city.ward("99901" if name == "before the ward" else "14758")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_by_name_and_place_and_nothing_is_stored(city: Service, name: str):
    body, status, code, first, pointer = REFUSED[name]
    key, before = sender(city, name), stored(city)

    answer = sent(city, body, key)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-seq"] == str(before[0])
    if first is not None:
        assert (told["errors"][0]["code"], told["errors"][0].get("pointer")) == (first, pointer), told["errors"]
        assert told["errors"][0]["message"]
    assert stored(city) == before


@pytest.mark.parametrize("name", [name for name, case in REFUSED.items() if case[1:3] == (422, BULK)])
def test_a_trial_says_the_same_and_stores_nothing(city: Service, name: str):
    body, _, _, first, pointer = REFUSED[name]
    key, before = sender(city, name), stored(city)

    answer = city.raw(
        "POST",
        "/api/v1/submissions?mode=validate",
        key=key,
        content=body if isinstance(body, bytes) else body.encode(),
        headers={"Content-Type": "application/json"},
    )

    told = answer.json()
    findings = [finding for result in told["results"] for finding in result["findings"]]
    assert (answer.status_code, told["state"]) == (200, "rejected")
    assert (findings[0]["code"], findings[0]["pointer"]) == (first, pointer)
    assert stored(city) == before


def test_a_wrong_media_type_is_refused(city: Service):
    key, before = city.ward("14758"), stored(city)
    for given in ("text/plain", "application/x-www-form-urlencoded", "text/json", "application/xml"):
        answer = sent(city, count("5"), key, **{"Content-Type": given})

        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
        assert answer.json()["errors"][0]["header"] == "Content-Type"
    assert stored(city) == before


def test_more_than_eight_megabytes_are_refused(city: Service):
    key, before = city.ward("14758"), stored(city)

    answer = sent(city, b" " * (8 * 1024 * 1024 + 1), key)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert stored(city) == before


@pytest.mark.parametrize(
    ("given", "member", "hint"),
    [
        ('{"indicator": "adults_with_smartphon_rate", "value": 1}', "indicator", RATIO),
        (f'{{"indicator": "{COUNT.upper()}", "value": 1}}', "indicator", COUNT),
        (f'{{"indicator": "{FLAG}", "area": "Phường Đông Thọ", "value": true}}', "area", "14758 Phường Đông Thọ"),
        (f'{{"indicator": "{FLAG}", "area": "dong tho", "value": true}}', "area", "14758 Phường Đông Thọ"),
        (f'{{"indicator": "{FLAG}", "vlaue": true}}', "vlaue", "value"),
    ],
)
def test_what_was_meant_is_said(city: Service, given: str, member: str, hint: str):
    error = sent(city, lot(given), city.ward("14758")).json()["errors"][0]

    assert (error["pointer"], error["hint"]) == (f"/rows/0/{member}", hint)


# A number as it is sent, and as it is read again.
KEPT = {
    "0": "0",
    "-0": "0",
    "0.00": "0.00",
    "5": "5",
    "5.0": "5.0",
    "1.10": "1.10",
    "1e3": "1000",
    "1E+3": "1000",
    "12e-1": "1.2",
    "1e12": "1000000000000",
    "0.000001": "0.000001",
    "1e-6": "0.000001",
    "0.0000000": "0.0000000",
    "0.1": "0.1",
    "84.39": "84.39",
    "12345678901234567.89": "12345678901234567.89",
    "9007199254740993": "9007199254740993",
    "1" * 28: "1" * 28,
    "9" * 22 + ".123456": "9" * 22 + ".123456",
    "9999999999999999e12": "9999999999999999" + "0" * 12,
}


@pytest.mark.parametrize("literal", KEPT)
def test_a_number_is_kept_digit_for_digit(city: Service, literal: str):
    # A cell that starts empty, whatever the order of the tests: equal values make no revision.
    month = 1 + list(KEPT).index(literal)
    period = f"{2025 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"
    row = f'{{"indicator": "{COUNT}", "value": {literal}}}'

    answer = sent(city, lot(row, f'"period": "{period}"'), city.ward("14758"))

    assert answer.status_code == 201, answer.text
    read = city.get(f"/observations/{COUNT}.14758-202501.{period}").text
    listed = city.get(f"/observations?indicator={COUNT}&area=14758&period={period}").text
    for text in (read, listed):
        assert re.findall(r'"value":([^,}]+)', text) == [KEPT[literal]]


@pytest.mark.parametrize("literal", ["0.00000001", "1e-8", "33", "12345678901234567.89", "9" * 28, "0.30"])
def test_components_are_kept_digit_for_digit(city: Service, literal: str):
    most = "9" * 28
    row = f'{{"indicator": "{RATIO}", "numerator": {literal}, "denominator": {most}}}'

    answer = sent(city, lot(row), city.ward("14761"))

    read = city.get(f"/observations/{RATIO}.14761-202501.2025-03").text
    plain = format(Decimal(literal), "f")
    assert answer.status_code == 201, answer.text
    assert re.findall(r'"(?:numerator|denominator)":([^,}]+)', read) == [plain, most]
    assert "E" not in re.findall(r'"value":([^,}]+)', read)[0]


def test_minus_nothing_is_nothing_and_a_note_in_pieces_is_whole(city: Service):
    answer = sent(city, count('-0.00, "note": "Ho\u0061\u0300n tha\u0300nh"'), city.ward("14764"))

    read = city.get(f"/observations/{COUNT}.14764-202501.2025-03")
    assert answer.status_code == 201, answer.text
    assert re.findall(r'"value":([^,}]+)', read.text) == ["0.00"]
    assert read.json()["note"] == "Ho\u00e0n th\u00e0nh"


def test_ten_thousand_typing_errors_are_refused_at_once(city: Service):
    rows = [{"indicator": f"{RATIO[:-1]}{n}", "area": f"Phuong {n}", "numerator": 1} for n in range(10_000)]
    key, before = city.ward("14758"), stored(city)

    answer = city.submit(key, rows)

    told = answer.json()
    assert (answer.status_code, told["error_count"], len(told["errors"])) == (422, 10_000, 1_000)
    # To look for the nearest name ten thousand times would take minutes.
    assert 0 < sum(error.get("hint") is not None for error in told["errors"]) <= 100
    assert stored(city) == before


@pytest.mark.parametrize(
    "path",
    ["/observations/a.b.c%00", "/observations/a.b.c%00/revisions", "/submissions/%00", "/observations/%ED%A0%80.b.c"]
    + [f"/{what}/a%00" for what in ("areas", "indicators", "targets", "documents", "clauses", "keys")]
    + ["/indicators/%00/versions"],
)
def test_an_id_that_cannot_be_is_not_found(city: Service, path: str):
    assert city.get(path, key=city.key("admin")).status_code == 404


@pytest.mark.parametrize("path", ["/keys/%00", "/indicators/%00", "/targets/%00", "/observations/a.b.%00"])
def test_an_id_that_cannot_be_cannot_be_ended(city: Service, path: str):
    assert city.delete(path, key=city.key("admin"), headers={"If-Match": "*"}).status_code == 404


@pytest.mark.parametrize(
    "as_of",
    ["-1", "x", "1.5", "2025-03-31", "2025-03-31T00:00:00", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"],
)
def test_an_as_of_that_is_none_is_refused(city: Service, as_of: str):
    answer = city.get(f"/observations?as_of={as_of}")

    assert (answer.status_code, answer.json()["code"]) == (422, "as-of-malformed")
