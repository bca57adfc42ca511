"""The reorganisation of 1 July 2025 on a whole city: 47 wards, 25 indicators, 6 months, told on the new map."""

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.areas.reorganisation import shipped
from tests.areas.test_apply import NEW, applied, revisions
from tests.areas.test_geography import ALL, BASIS, defined, enter

pytestmark = pytest.mark.endurance

MONTHS = [f"2025-{month:02d}" for month in range(1, 7)]
KINDS = [("count", "sum")] * 10 + [("ratio", "ratio_of_sums")] * 15
CODES = [f"volume_{n:02d}" for n in range(len(KINDS))]
EXACT, DIVIDED = {"16522", "16378", "15925"}, {"14797", "16417", "14758"}


def said(code, area, month):
    """What a ward says: a number of its own in every cell."""
    return int(hashlib.sha256(f"{code} {area} {month}".encode()).hexdigest()[:6], 16) % 90_000 + 1


@pytest.fixture
def city(service):
    for code, (measure, rollup) in zip(CODES, KINDS, strict=True):
        unit, decimals = ("PT", 2) if measure == "ratio" else ("NUMBER", 0)
        defined(service, code, measure=measure, rollup=rollup, unit=unit, decimals=decimals)
    areas = [a["code"] for a in service.get("/areas", params={"level": "commune", "limit": 100}).json()["data"]]
    assert len(areas) * len(CODES) * len(MONTHS) == 47 * 25 * 6
    for month in MONTHS:
        rows = [row(c, measure, area, month) for c, (measure, _) in zip(CODES, KINDS, strict=True) for area in areas]
        sent = service.submit(service.key("admin"), rows, period=month)
        assert sent.json()["summary"]["created"] == len(rows), sent.text
    return service


def row(code, measure, area, month):
    number = said(code, area, month)
    content = {"numerator": number, "denominator": 90_001} if measure == "ratio" else {"value": number}
    return {"indicator": code, "area": area} | content


def told(service):
    """Every cell of the six months on the new map, by ward, indicator and month."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        params = {"geography": "2025-07-01", "limit": 1000, "indicator": CODES, "period_to": "2025-06"} | cursor
        page = json.loads(service.get("/observations", params=params).text, parse_float=Decimal)
        rows += page["data"]
        if page["next"] is None:
            return {(r["area"].partition("-")[0], r["indicator"], r["period"]): r for r in rows}
        cursor = {"cursor": page["next"]}


def wanted(new, code, month, share):
    """The number of a new ward, worked out apart from the service."""
    arrows = [k for k in shipped("2025-07-01").links if k.new == new]
    return sum((share.get((k.old, new), Fraction(1)) * said(code, k.old, month) for k in arrows), Fraction(0))


def test_the_back_series_are_exact_estimated_or_refused_and_no_row_changes(city):
    before = revisions(city)
    applied(city)

    rows = told(city)

    assert len(rows) == 7 * 25 * 6
    for (new, code, month), r in rows.items():
        if new in EXACT:
            total = wanted(new, code, month, {})
            assert (r["comparability"], r["reason"], r["shares"], r["status"]) == ("exact", None, [], "A")
            assert r["numerator" if r["numerator"] is not None else "value"] == total
        else:
            reason = "outside-predecessor" if new == "15853" else "share-missing"
            assert (r["comparability"], r["reason"]) == ("not_comparable", reason)
            assert (r["value"], r["numerator"]) == (None, None)

    assert enter(city, *ALL).status_code == 200
    shares = {(old, new): Fraction(str(share)) for old, new, share in ALL}
    for (new, code, month), r in told(city).items():
        if new in DIVIDED:
            total = wanted(new, code, month, shares)
            assert Fraction(r["numerator" if r["numerator"] is not None else "value"]) == total
            assert (r["comparability"], r["status"]) == ("estimated", "E")
            named = {(s["area"][:5], s["of"][:5], Fraction(s["share"]), s["basis"]) for s in r["shares"]}
            assert named == {(o, n, share, BASIS) for (o, n), share in shares.items() if n == new}
        else:
            assert r["comparability"] == rows[new, code, month]["comparability"]
    assert revisions(city) == before


def test_it_can_be_undone_until_the_first_row_on_the_new_map(city):
    before, steward = revisions(city), city.key("steward")
    applied(city)
    enter(city, *ALL)

    undone = city.delete("/area-changes/2025-07-01", key=steward)

    assert undone.status_code == 200, undone.text
    assert revisions(city) == before
    applied(city)
    links = city.get("/area-changes/2025-07-01").json()["links"]
    assert {link["share"] for link in links} == {None}
    sent = city.submit(city.key("admin"), [row(CODES[0], "count", min(NEW), "2025-07")], period="2025-07")
    assert sent.status_code == 201, sent.text
    refused = city.delete("/area-changes/2025-07-01", key=steward)
    assert (refused.status_code, refused.json()["code"]) == (409, "area-change-in-use")
