"""Figures over time across area changes, and changes of what changes made: A and B become C, C is merged or divided."""

import json
from decimal import Decimal

import pytest

from tests.areas.test_geography import defined
from tests.city.clerk import check, explained

FLOW, MEAN, RATIO, STOCK = "across_flow", "across_mean", "across_ratio", "across_stock"
CODES = (FLOW, MEAN, RATIO, STOCK)
OVER_TIME = {FLOW: "sum", MEAN: "mean", RATIO: "sum", STOCK: "latest"}
# From August two wards are one, and two others too; from September the first takes in a third, the second is divided.
FIRST, SECOND = "2025-08-01", "2025-09-01"
ONE, GROWN, TWO, LEFT, RIGHT = "21001", "21002", "21003", "21004", "21005"
SAID = {
    "2025-07": {"14755": 1, "14761": 2, "14764": 4, "14767": 8, "14770": 16},
    "2025-08": {ONE: 32, TWO: 64, "14764": 128},
    "2025-09": {GROWN: 256, LEFT: 512, RIGHT: 1024},
}
SHARE = Decimal("0.25")


def changed(service, day, areas, links):
    body = {
        "day": day,
        "document": "1686/NQ-UBTVQH15",
        "areas": [{"code": c, "name_vi": f"Phường {c}", "name_en": f"Ward {c}", "type": "phường"} for c in areas],
        "links": [{"old": old, "new": new, "extent": extent} for old, new, extent in links],
    }
    answer = service.post("/area-changes", body, key=service.key("steward"))
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def city(shared):
    for code in CODES:
        more = {"measure": "ratio", "rollup": "ratio_of_sums", "unit": "PT"} if code == RATIO else {}
        defined(shared, code, over_time=OVER_TIME[code], decimals=2, **more)
    merged = [("14755", ONE, "whole"), ("14761", ONE, "whole"), ("14767", TWO, "whole"), ("14770", TWO, "whole")]
    changed(shared, FIRST, (ONE, TWO), merged)
    again = [(ONE, GROWN, "whole"), ("14764", GROWN, "whole"), (TWO, LEFT, "part"), (TWO, RIGHT, "part")]
    changed(shared, SECOND, (GROWN, LEFT, RIGHT), again)
    for period, words in SAID.items():
        rows = [row(code, area, number) for code in CODES for area, number in words.items()]
        sent = shared.submit(shared.key("admin"), rows, period=period)
        assert sent.status_code == 201, sent.text
    return shared


def row(code, area, number):
    content = {"numerator": number, "denominator": 2048} if code == RATIO else {"value": number}
    return {"indicator": code, "area": area} | content


@pytest.fixture
def divided(city):
    """A quarter of the divided ward went one way, the rest the other."""
    ways = ((LEFT, SHARE), (RIGHT, 1 - SHARE))
    shares = [{"old": TWO, "new": new, "share": float(share), "basis": "Dân số"} for new, share in ways]
    answer = city.post(f"/area-changes/{SECOND}/shares", {"shares": shares}, key=city.key("steward"))
    assert answer.status_code == 200, answer.text
    yield city
    path = f"/area-changes/{SECOND}/shares/{TWO}"
    assert city.delete(path, key=city.key("steward"), headers={"If-Match": "*"}).status_code == 200


def ranked(service, indicator, period, geography=SECOND):
    asked = {"indicator": indicator, "period": period, "geography": geography}
    answer = service.get("/city/ranking", params=asked)
    assert answer.status_code == 200, answer.text
    return {r["area"].partition("-")[0]: r for r in json.loads(answer.text, parse_float=Decimal)["data"]}


def said(r):
    return r["value"], r["comparability"], r["reason"]


def test_a_merger_of_a_merger_is_exact_back_to_the_first_wards(city):
    for period, total in (("2025-07", 1 + 2 + 4), ("2025-08", 32 + 128), ("2025-09", 256)):
        assert said(ranked(city, STOCK, period)[GROWN]) == (total, "exact", None)
    assert said(ranked(city, STOCK, "2025-07", FIRST)[ONE]) == (3, "exact", None)
    assert said(ranked(city, STOCK, "2025-09", FIRST)[ONE]) == (None, "not_comparable", "older-map")


def test_a_flow_over_a_quarter_that_both_changes_lie_in_is_its_months_each_told_on_the_map(city):
    assert said(ranked(city, FLOW, "2025-Q3")[GROWN]) == (7 + 160 + 256, "exact", None)
    assert said(ranked(city, MEAN, "2025-Q3")[GROWN]) == (Decimal("141.0"), "exact", None)
    ratio = ranked(city, RATIO, "2025-Q3")[GROWN]
    # Three wards spoke in July, two in August and one in September.
    assert (ratio["numerator"], ratio["denominator"]) == (423, 2048 * (3 + 2 + 1))
    # Without a map the months before are nobody's, and nothing is carried over the change.
    plain = city.get("/city/ranking", params={"indicator": FLOW, "period": "2025-Q3"}).json()["data"]
    assert next(r["value"] for r in plain if r["area"].startswith(GROWN)) is None


def test_a_month_that_cannot_be_told_leaves_the_quarter_untold_and_says_why(city):
    for code in (FLOW, MEAN, RATIO):
        quarter = ranked(city, code, "2025-Q3")
        assert said(quarter[LEFT]) == said(quarter[RIGHT]) == (None, "not_comparable", "share-missing")
    assert said(ranked(city, STOCK, "2025-Q3")[LEFT]) == (512, "exact", None)


def test_shares_reach_through_the_later_change_to_the_wards_of_the_first(divided):
    for period, total in (("2025-07", 8 + 16), ("2025-08", 64)):
        told = ranked(divided, STOCK, period)
        assert said(told[LEFT]) == (SHARE * total, "estimated", None)
        assert said(told[RIGHT]) == ((1 - SHARE) * total, "estimated", None)
        assert [(s["area"], s["of"]) for s in told[LEFT]["shares"]] == [(f"{TWO}-202508", f"{LEFT}-202509")]
    assert said(ranked(divided, FLOW, "2025-Q3")[LEFT]) == (SHARE * (24 + 64) + 512, "estimated", None)
    assert said(ranked(divided, MEAN, "2025-Q3")[RIGHT])[1:] == ("estimated", None)
    ratio = ranked(divided, RATIO, "2025-Q3")[LEFT]
    assert (ratio["numerator"], ratio["denominator"]) == (534, 2048 * (SHARE * 3 + 1))


def test_a_silent_month_before_the_change_is_named(divided):
    assert said(ranked(divided, FLOW, "2025-S2")[GROWN]) == (None, "not_comparable", "silent")
    assert said(ranked(divided, STOCK, "2025-06")[GROWN]) == (None, "not_comparable", "predecessor-silent")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("period", ["2025-07", "2025-08", "2025-Q3"])
def test_the_city_over_both_changes_can_be_redone_from_its_explanation(divided, code, period):
    answer = explained(divided, indicator=code, period=period, geography=SECOND)

    check(answer)
    assert answer["figure"]["reported"] == 3
    if code == STOCK and period == "2025-07":
        assert answer["figure"]["value"] == sum(SAID["2025-07"].values())
        assert answer["figure"]["comparability"] == "estimated"


def test_a_lineage_goes_through_both_changes_the_nearest_first(city):
    grown = city.get(f"/areas/{GROWN}/lineage").json()
    first = city.get("/areas/14767-202501/lineage").json()

    came = [(k["old"].partition("-")[0], k["new"].partition("-")[0], k["day"]) for k in grown["predecessors"]]
    assert came == [("14764", GROWN, SECOND), (ONE, GROWN, SECOND), ("14755", ONE, FIRST), ("14761", ONE, FIRST)]
    went = [(k["new"].partition("-")[0], k["extent"]) for k in first["successors"]]
    assert went == [(TWO, "whole"), (LEFT, "part"), (RIGHT, "part")]
    assert grown["successors"] == first["predecessors"] == []


def test_a_row_where_nothing_stands_says_why(city):
    asked = {"period": "2025-10", "geography": SECOND}
    rows = {r["indicator"]: r for r in city.get("/city/snapshot", params=asked).json()["data"]}

    silent, of_city = rows[FLOW], rows["cashless_transactions_rate"]
    assert (silent["value"], silent["comparability"], silent["reason"]) == (None, "not_comparable", "silent")
    assert (of_city["value"], of_city["comparability"]) == (None, "unaffected")
    assert said(ranked(city, FLOW, "2025-10")[GROWN]) == (None, "not_comparable", "silent")


def test_each_change_breaks_the_months_and_the_quarter_that_it_falls_in(city):
    def statuses(frequency, first, last):
        asked = {"indicator": STOCK, "frequency": frequency, "period_from": first, "period_to": last}
        rows = city.get("/city/series", params=asked).json()["data"]
        return {r["period"]: r["status"] for r in rows}

    months = statuses("M", "2025-07", "2025-10")
    assert [months[p] == "B" for p in ("2025-07", "2025-08", "2025-09", "2025-10")] == [False, True, True, False]
    assert statuses("Q", "2025-Q2", "2025-Q4") == {"2025-Q2": "A", "2025-Q3": "B", "2025-Q4": "P"}
    assert statuses("A", "2025", "2025")["2025"] == "B"


@pytest.mark.parametrize(("frequency", "before", "first", "after"), [
    ("Q", "2025-Q2", "2025-Q3", "2025-Q4"),
    ("S", "2025-S1", "2025-S2", "2026-S1"),
    ("A", None, "2025", "2026"),
])  # fmt: skip
@pytest.mark.parametrize("over_time", ["latest", "sum"])
def test_the_first_figure_after_a_change_is_a_break_whatever_the_frequency(
    city, frequency, before, first, after, over_time
):
    code = f"across_{frequency.lower()}_{over_time}"
    defined(city, code, frequency=frequency, over_time=over_time)
    words = [("14755", before), (GROWN, first), (GROWN, after)]
    for area, period in words:
        if period is not None:
            rows = [{"indicator": code, "area": area, "value": 5}]
            assert city.submit(city.key("admin"), rows, period=period).status_code == 201

    rows = city.get("/city/series", params={"indicator": code}).json()["data"]

    assert {r["period"]: r["status"] for r in rows} == {p: "B" if p == first else "P" for _, p in words if p}


def test_what_the_city_itself_reports_breaks_in_the_same_month(city):
    code = "land_database_rate"
    for period, value in (("2025-07", 70), ("2025-08", 71), ("2025-10", 72)):
        rows = [{"indicator": code, "area": "380", "value": value}]
        assert city.submit(city.key("admin"), rows, period=period).status_code == 201

    asked = {"indicator": code, "period_from": "2025-07", "period_to": "2025-11"}
    rows = city.get("/city/series", params=asked).json()["data"]

    # What was said in August was said on the map of August, whenever it is shown; September's map was never spoken on.
    assert [(r["value_period"], r["status"]) for r in rows] == [
        ("2025-07", "A"),
        ("2025-08", "B"),
        ("2025-08", "B"),
        ("2025-10", "A"),
        ("2025-10", "A"),
    ]
