"""The city's figures over HTTP, on both databases, told in the city's words."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.service import Service

FINISHED, PHONES, RELICS = "commune_dx_completed", "adults_with_smartphone_rate", "relics_digitised_3d"
PROVIDED, SIGNATURES, LAND = (
    "online_public_services_provided_rate",
    "adults_with_digital_signature_rate",
    "land_database_rate",
)
Row = dict[str, Any]


@dataclass
class City:
    """The seeded city and its 47 wards, by number from 0 in the order of their ids."""

    service: Service
    wards: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wards = [area["id"] for area in self.service.get("/areas?level=commune&limit=100").json()["data"]]

    def reports(self, indicator: str, said: dict[int, Any], *, period: str = "2025-03") -> int:
        """What these wards (-1: the city itself) say for `period`, in one submission; its seq."""
        rows = [self._row(indicator, number, what) for number, what in said.items()]
        answer = self.service.submit(self.service.key("admin", "submit"), rows, period=period)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["seq"])

    def _row(self, indicator: str, number: int, what: Any) -> Row:
        row: Row = {"indicator": indicator, "area": "380" if number < 0 else self.wards[number]}
        if isinstance(what, tuple):
            return row | {"numerator": what[0], "denominator": what[1]}
        if isinstance(what, str):
            return row | ({"status": what} if what in ("M", "Q") else bounded(what))
        return row | {"value": what}

    def withdraws(self, indicator: str, number: int, *, period: str = "2025-03") -> None:
        cell = f"/observations/{indicator}.{self.wards[number]}.{period}"
        answer = self.service.delete(cell, key=self.service.key("steward"), headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    def defines(self, code: str, **rules: Any) -> None:
        """A further indicator: a monthly count of wards, summed, but for `rules`."""
        usual = {
            "code": code, "name_vi": "Số", "name_en": "Number", "domain": "government", "measure": "count",
            "rollup": "sum", "over_time": "latest", "frequency": "M", "level": "commune", "unit": "NUMBER",
            "decimals": 2, "direction": "up", "definition_vi": "Số", "definition_en": "Number",
            "valid_from": "2024-01-01",
        }  # fmt: skip
        answer = self.service.post("/indicators", usual | rules, key=self.service.key("steward"))
        assert answer.status_code == 201, answer.text

    def redefines(self, code: str, **rules: Any) -> None:
        answer = self.service.patch(
            f"/indicators/{code}", rules, key=self.service.key("steward"), headers={"If-Match": "*"}
        )
        assert answer.status_code == 200, answer.text

    def asks(self, path: str, **parameters: Any) -> Any:
        answer = self.service.get(f"/city/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def figure(self, indicator: str, period: str | None = None, **more: Any) -> Row:
        """The one row of the snapshot that is about `indicator`."""
        asked = more | ({"period": period} if period else {})
        rows: list[Row] = self.asks("snapshot", indicator=indicator, **asked)["data"]
        assert [row["indicator"] for row in rows] == [indicator]
        return rows[0]

    def ranking(self, indicator: str, period: str = "2025-03") -> list[Row]:
        rows: list[Row] = self.asks("ranking", indicator=indicator, period=period)["data"]
        return rows


def bounded(words: str) -> Row:
    qualifier, value = words.split()
    return {"value": int(value), "qualifier": qualifier}


def coverage(row: Row) -> tuple[int, int, int, int]:
    return row["expected"], row["reported"], row["carried"], row["missing"]


@pytest.fixture
def city(service: Service) -> City:
    return City(service)


# --- the plan, before any ward has reported ---------------------------------------------------------------------------


def test_33_of_47_units_have_finished_says_the_city_itself(city):
    row = city.figure(FINISHED)

    assert (row["value"], row["numerator"], row["denominator"]) == (Decimal("70.21"), 33, 47)
    assert (row["basis"], row["quality"], row["status"]) == ("reported", "none", "A")
    assert (row["rolled_up_value"], row["reported_value"]) == (None, Decimal("70.21"))
    assert coverage(row) == (47, 0, 0, 47)
    assert (row["period"], row["value_period"], row["time"]) == ("2025-01", "2025-01", "2025-01-31")
    assert (row["area"], row["unit"], row["rule"], row["qualifier"]) == ("380-202501", "PT", "share_reaching", "eq")


def test_its_target_is_exactly_100_and_was_due_in_2025(city):
    row = city.figure(FINISHED)

    assert (row["target_comparator"], row["target_value"], row["target_due"]) == ("eq", 100, "2025-12-31")
    assert (row["progress"], row["gap"]) == ("overdue", Decimal("29.79"))


def test_smartphones_and_services_are_the_plans_words(city):
    assert city.figure(PHONES)["value"] == Decimal("84.39")
    provided = city.figure(PROVIDED)
    assert (provided["value"], provided["qualifier"], provided["gap"]) == (99, "gt", None)


def test_what_the_plan_gives_no_figure_for_has_none(city):
    row = city.figure(SIGNATURES)

    assert (row["value"], row["qualifier"], row["value_period"], row["basis"]) == (None, None, None, "none")
    assert (row["target_comparator"], row["target_value"], row["progress"]) == ("gt", 70, "no_data")
    assert row["period"] == "2026-11"


def test_the_snapshot_holds_every_indicator_once(city):
    listed = [row["code"] for row in city.service.get("/indicators?limit=1000").json()["data"]]
    shown = [row["indicator"] for row in city.asks("snapshot")["data"]]

    assert shown == sorted(listed)


def test_names_come_in_the_asked_language(city):
    assert city.figure(FINISHED, lang="vi")["area_name"] == "Thành phố Thanh Hóa"
    assert city.figure(FINISHED, lang="en")["area_name"] == "Thanh Hóa City"


# --- wards report -----------------------------------------------------------------------------------------------------


def test_with_38_wards_the_headline_becomes_the_roll_up(city):
    city.reports(FINISHED, {number: number < 20 for number in range(37)})
    before = city.figure(FINISHED, "2025-03")
    city.reports(FINISHED, {37: True})
    after = city.figure(FINISHED, "2025-03")

    assert (before["basis"], before["quality"], before["value"]) == ("reported", "partial", Decimal("70.21"))
    assert (before["value_period"], before["rolled_up_value"]) == ("2025-01", Decimal("42.55"))
    assert (after["basis"], after["quality"], after["status"]) == ("rolled_up", "ok", "P")
    assert (after["value"], after["numerator"], after["denominator"]) == (Decimal("44.68"), 21, 47)
    assert (after["value_period"], after["reported_value"]) == ("2025-03", Decimal("70.21"))
    assert coverage(after) == (47, 38, 0, 9)


def test_with_all_wards_in_nothing_is_missing_and_the_change_is_not_taken_over_another_basis(city):
    city.reports(FINISHED, dict.fromkeys(range(47), True), period="2025-02")
    row = city.figure(FINISHED, "2025-02")

    assert (row["value"], row["status"], row["quality"]) == (100, "A", "ok")
    assert (row["previous_value"], row["change"]) == (Decimal("70.21"), None)


def test_a_ratio_of_three_wards_is_911_of_1102(city):
    city.reports(SIGNATURES, {0: (1, 2), 1: (10, 100), 2: (900, 1000)})
    row = city.figure(SIGNATURES, "2025-03")

    assert (row["numerator"], row["denominator"], row["value"]) == (911, 1102, Decimal("82.67"))
    assert (row["basis"], row["quality"], row["status"]) == ("rolled_up", "partial", "P")


def test_carried_figures_count_and_are_counted_apart(city):
    city.reports(RELICS, {0: 10, 1: 5}, period="2025-02")
    city.reports(RELICS, {1: 7})
    row = city.figure(RELICS, "2025-03")

    assert row["rolled_up_value"] == 17
    assert coverage(row) == (47, 1, 1, 45)


def test_a_reading_stands_for_twelve_months_and_no_longer(city):
    city.reports(RELICS, {0: 10})

    assert coverage(city.figure(RELICS, "2026-03")) == (47, 0, 1, 46)
    assert coverage(city.figure(RELICS, "2026-04")) == (47, 0, 0, 47)


def test_not_applicable_leaves_expected_and_withheld_stays(city):
    city.reports(RELICS, {0: 10, 1: "M", 2: "Q"})
    row = city.figure(RELICS, "2025-03")

    assert (row["rolled_up_value"], coverage(row)) == (10, (46, 1, 0, 45))


def test_nothing_is_carried_over_a_withheld_reading(city):
    city.reports(RELICS, {0: 10, 1: 4}, period="2025-02")
    city.reports(RELICS, {0: "Q"})

    assert coverage(city.figure(RELICS, "2025-04")) == (47, 0, 1, 46)
    assert city.figure(RELICS, "2025-04")["rolled_up_value"] == 4


def test_a_withdrawn_observation_was_never_sent(city):
    city.reports(RELICS, {0: 10}, period="2025-02")
    city.reports(RELICS, {0: 99})
    city.withdraws(RELICS, 0)
    row = city.figure(RELICS, "2025-03")

    assert (row["rolled_up_value"], coverage(row)) == (10, (47, 0, 1, 46))
    assert city.figure(RELICS)["period"] == "2025-02"


def test_zero_is_a_figure(city):
    city.reports(RELICS, {0: 0})

    assert city.figure(RELICS, "2025-03")["rolled_up_value"] == 0


def test_a_total_of_nothing_of_nothing_leaves_the_headline_to_the_city(city):
    city.reports(PHONES, dict.fromkeys(range(47), (0, 0)))
    row = city.figure(PHONES, "2025-03")

    assert (row["quality"], row["rolled_up_value"], row["basis"]) == ("ok", None, "reported")
    assert row["value"] == Decimal("84.39")


def test_a_bound_is_carried_into_the_sum(city):
    city.reports(RELICS, {0: "ge 10", 1: 5})
    row = city.figure(RELICS, "2025-03")

    assert (row["value"], row["qualifier"], row["gap"], row["change"]) == (15, "ge", None, None)
    city.reports(RELICS, {1: "lt 5"})
    assert city.figure(RELICS, "2025-03")["rolled_up_value"] is None


@pytest.mark.parametrize("month", ["2025-02", "2025-03"])
def test_a_mean_is_weighted_by_what_every_ward_gave(city, month):
    """Their sum would do for the weight's own figure; a mean needs each of them, its own or carried."""
    city.defines("people")
    city.defines("income", measure="amount", unit="VND", rollup="weighted_mean", weight="people")
    city.reports("people", dict.fromkeys(range(47), 1) | {0: 54}, period=month)
    city.reports("income", dict.fromkeys(range(47), 100) | {0: 200})
    row = city.figure("income", "2025-03")

    assert (row["value"], row["status"], coverage(row)) == (154, "A", (47, 47, 0, 0))


def test_a_city_only_indicator_expects_the_city_alone(city):
    row = city.figure(LAND, "2025-03")
    assert coverage(row) == (1, 0, 0, 1)

    city.reports(LAND, {-1: 12})
    row = city.figure(LAND, "2025-03")
    assert (row["value"], row["basis"], coverage(row)) == (12, "reported", (1, 1, 0, 0))


# --- periods ----------------------------------------------------------------------------------------------------------


def test_a_longer_period_shows_the_last_stock_and_the_total_flow(city):
    city.defines("visits", over_time="sum")
    for month, count in (("2025-01", 1), ("2025-02", 20), ("2025-03", 300)):
        city.reports(RELICS, {0: count}, period=month)
        city.reports("visits", {0: count}, period=month)
    city.reports("visits", {1: 5}, period="2025-03")

    stock, flow = city.figure(RELICS, "2025-Q1"), city.figure("visits", "2025-Q1")
    assert (stock["value"], stock["value_period"], stock["time"]) == (300, "2025-Q1", "2025-03-31")
    assert coverage(stock) == (47, 1, 0, 46)
    assert (flow["value"], coverage(flow)) == (321, (47, 1, 0, 46))


def test_a_shorter_period_shows_the_last_own_period_that_ended_by_then(city):
    city.defines("budget", frequency="Q")
    city.reports("budget", {0: 7}, period="2025-Q1")
    city.reports("budget", {0: 9}, period="2025-Q2")

    shown = [city.figure("budget", month) for month in ("2025-05", "2025-06", "2025-07")]
    assert [(row["value"], row["period"], row["value_period"]) for row in shown] == [
        (7, "2025-05", "2025-Q1"),
        (9, "2025-06", "2025-Q2"),
        (9, "2025-07", "2025-Q2"),
    ]


def test_a_definition_holds_for_periods_that_end_on_or_after_its_day(city):
    city.reports(RELICS, {0: 2, 1: 4}, period="2025-02")
    city.reports(RELICS, {0: 2, 1: 4}, period="2025-03")
    city.redefines(RELICS, rollup="mean", valid_from="2025-03-31")

    february, march = city.figure(RELICS, "2025-02"), city.figure(RELICS, "2025-03")
    assert (february["rule"], february["value"]) == ("sum", 6)
    assert (march["rule"], march["value"], march["previous_value"]) == ("mean", 3, 6)


def test_a_series_has_a_row_for_each_period_and_the_changes_between(city):
    for month, count in (("2025-02", 1), ("2025-04", 7)):
        city.reports(RELICS, {0: count}, period=month)
    rows = city.asks("series", indicator=RELICS, period_from="2025-02", period_to="2025-04")["data"]

    assert [(r["period"], r["value"], r["change"], r["carried"]) for r in rows] == [
        ("2025-02", 1, None, 0),
        ("2025-03", 1, 0, 1),
        ("2025-04", 7, 6, 0),
    ]


# --- two clocks -------------------------------------------------------------------------------------------------------


def later(service: Service) -> str:
    """The instant a second from now, as a URL says it; it is now."""
    service.now[0] += timedelta(seconds=1)
    return service.now[0].isoformat().replace("+00:00", "Z")


def test_the_same_question_about_then_gets_the_same_bytes_for_ever(city):
    service = city.service
    seq = city.reports(RELICS, {0: 10, 1: 5})
    at = later(service)
    service.now[0] += timedelta(hours=3)
    questions = [
        f"/city/{path}as_of={when}"
        for when in (seq, at)
        for path in ("snapshot?", f"snapshot?indicator={RELICS}&period=2025-03&", f"series?indicator={RELICS}&",
                     f"ranking?indicator={RELICS}&", "completeness?", "progress?")
    ]  # fmt: skip
    then = [service.get(question).content for question in questions]

    city.reports(RELICS, {0: 1000, 2: 4})
    city.withdraws(RELICS, 1)
    city.redefines(RELICS, rollup="max", valid_from="2025-01-01")
    city.reports(RELICS, {3: 8}, period="2026-05")
    service.now[0] = datetime(2031, 1, 1, tzinfo=UTC)

    assert [service.get(question).content for question in questions] == then
    assert city.figure(RELICS, "2025-03", as_of=seq)["value"] == 15
    assert city.figure(RELICS, "2025-03")["value"] == 1000


def test_a_seq_and_its_instant_know_the_same(city):
    seq = city.reports(RELICS, {0: 10})
    at = later(city.service)
    city.service.now[0] += timedelta(seconds=1)
    city.reports(RELICS, {0: 11})

    assert city.asks("snapshot", as_of=at)["data"] == city.asks("snapshot", as_of=seq)["data"]


def test_before_the_first_change_there_is_nothing(city):
    assert city.asks("snapshot", as_of=0)["data"] == []


def test_with_as_of_today_is_the_day_of_that_change(city):
    seeded = next(row for row in city.asks("progress", as_of=1)["data"] if row["indicator"] == FINISHED)

    assert seeded["today"] == "2026-11-01"


# --- ranking and completeness -----------------------------------------------------------------------------------------


def test_ties_share_a_rank_and_the_silent_come_last(city):
    city.reports(RELICS, {0: 5, 1: 9, 2: 9, 3: "Q", 4: "M"})
    city.reports(RELICS, {5: 1}, period="2025-02")
    rows = city.ranking(RELICS)

    ranked = [(row["rank"], row["area"], row["period"]) for row in rows if row["rank"]]
    assert ranked == [
        (1, city.wards[1], "2025-03"),
        (1, city.wards[2], "2025-03"),
        (3, city.wards[0], "2025-03"),
        (4, city.wards[5], "2025-02"),
    ]
    assert len(rows) == 46
    assert {row["area"]: row["status"] for row in rows}[city.wards[3]] == "Q"
    assert all(row["status"] == "L" for row in rows[4:] if row["area"] != city.wards[3])


def test_wards_that_all_reported_are_ranked_too(city):
    """Their sums give the city's figure without looking at each; the ranking must look."""
    city.reports(RELICS, {number: number for number in range(47)})
    rows = city.ranking(RELICS)

    assert [row["rank"] for row in rows] == list(range(1, 48))
    assert [row["value"] for row in rows] == list(range(46, -1, -1))


def test_a_ratio_ranks_by_its_exact_value(city):
    city.reports(SIGNATURES, {0: (1, 3), 1: (333333, 1000000), 2: (2, 6), 3: (0, 0)})
    rows = city.ranking(SIGNATURES)

    assert [(row["rank"], row["area"]) for row in rows[:3]] == [
        (1, city.wards[0]),
        (1, city.wards[2]),
        (3, city.wards[1]),
    ]
    assert {row["value"] for row in rows[:3]} == {Decimal("33.33")}
    nothing = next(row for row in rows if row["area"] == city.wards[3])
    assert (nothing["rank"], nothing["denominator"], nothing["status"]) == (None, 0, "A")


def test_downwards_the_least_is_best(city):
    city.defines("complaints", direction="down")
    city.reports("complaints", {0: 5, 1: 0, 2: 7})

    assert [row["area"] for row in city.ranking("complaints")[:3]] == [city.wards[n] for n in (1, 0, 2)]


def test_completeness_counts_live_observations_of_exactly_that_period(city):
    due = len(city.service.get("/indicators?limit=1000&level=commune").json()["data"])
    city.reports(RELICS, {0: 5, 1: "Q"})
    city.reports(SIGNATURES, {0: (1, 2)})
    city.reports(RELICS, {2: 5}, period="2025-02")
    city.reports(RELICS, {3: 5})
    city.withdraws(RELICS, 3)
    told = city.asks("completeness", period="2025-03")

    rows = {row["area"]: row for row in told["data"]}
    assert [rows[city.wards[n]]["reported"] for n in range(5)] == [2, 1, 0, 0, 0]
    assert {row["expected"] for row in told["data"]} == {due}
    assert (told["total"]["expected"], told["total"]["reported"]) == (47 * due, 3)
    assert rows[city.wards[0]]["late"] == due - 2


def test_a_ward_is_told_where_its_own_figures_are(city):
    answer = city.service.get("/city/snapshot", params={"area": "14758"})

    assert (answer.status_code, answer.json()["code"]) == (422, "area-not-a-city")
    assert answer.json()["errors"][0]["expected"] == "380"


def test_tiny_numbers_are_written_without_an_exponent_everywhere(city):
    city.defines("tiny", measure="ratio", rollup="ratio_of_sums", unit="PT")
    city.reports("tiny", {0: (1e-8, 1e-7)})
    service, asked = city.service, {"indicator": "tiny", "period": "2025-03"}
    refused = service.submit(service.ward("14758"), [{"indicator": RELICS, "value": -1e-8}])

    texts = [service.get(f"/city/{path}", params=asked).text for path in ("snapshot", "ranking", "explain")]
    texts.append(service.get("/observations?indicator=tiny").text)
    # A cursor is random letters, in which anything may stand.
    texts.append(re.sub('"cursor":"[^"]*"', "", service.get("/changes?after=1").text))

    assert all("0.00000001" in text and "E-" not in text for text in (*texts, refused.text))
