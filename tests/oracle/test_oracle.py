"""The oracle against hand-computed examples of rules.md, one sentence each."""

import ast
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.model import Area, Link, Revision, Target, Version, World, known
from tests.oracle.periods import Period
from tests.oracle.rules import (
    Row,
    exact,
    expected_completeness,
    expected_progress,
    expected_ranking,
    expected_row,
    expected_series,
    expected_snapshot,
    extreme,
    joined,
    meets,
    progress,
    required,
    rounded,
)
from tests.oracle.worlds import askable_periods, random_moments, random_world

CITY = "380-202501"
LATE = date(2027, 6, 1)


def exactly(number: float | str) -> Fraction:
    return Fraction(str(number))


@dataclass
class Told:
    """A small city: wards 1..n, one indicator `x`; every `says` is one seq, a day apart from 2025-01-01."""

    wards: int = 3
    rules: dict[str, Any] = field(default_factory=dict)
    rows: list[Revision] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    seq: int = 1

    def says(self, who: int, period: str, what: object, indicator: str = "x") -> None:
        """`what`: a number, "gt 5", "M", "Q", "withdrawn", or (numerator, denominator); ward 0 is the city."""
        self.seq += 1
        row = Revision(self.seq, indicator, ward(who), Period.parse(period))
        if isinstance(what, tuple):
            over, under = map(exactly, what)
            row = replace(row, numerator=over, denominator=under)
        elif what in {"M", "Q"}:
            row = replace(row, status=str(what))
        elif what == "withdrawn":
            row = replace(row, withdrawn=True)
        else:
            *qualifier, value = str(what).split()
            row = replace(row, value=exactly(value), qualifier=(qualifier or ["eq"])[0])
        self.rows.append(row)

    def all_say(self, period: str, *what: object, indicator: str = "x") -> None:
        for who, each in enumerate(what, start=1):
            if each is not None:
                self.says(who, period, each, indicator)

    def aims(self, comparator: str, value: float, due: str, **more: Any) -> None:
        more = {"id": f"t{len(self.targets)}"} | more
        aim = Target(indicator="x", comparator=comparator, value=exactly(value), due=date.fromisoformat(due), **more)
        self.targets.append(aim)

    def world(self) -> World:
        start = date(2025, 1, 1)
        wards = [Area(ward(who), ward(who)[:5], "commune", CITY, start) for who in range(1, self.wards + 1)]
        defaults = {"measure": "count", "rollup": "sum"}
        versions = self.versions or [Version("x", **(defaults | self.rules))]
        opening = datetime(2025, 1, 1, tzinfo=UTC)
        return World(
            CITY,
            {seq: opening + timedelta(days=seq - 1) for seq in range(1, self.seq + 1)},
            (Area(CITY, "380", "city", None, start), *(self.areas or wards)),
            tuple(versions),
            tuple(self.targets),
            tuple(self.rows),
            tuple(self.links),
        )

    def row(self, period: str | None = "2025-03", *, today: date = LATE, as_of: int | None = None) -> Row:
        row = expected_row(self.world(), "x", period, as_of=as_of, today=today)
        assert row is not None
        return row


def ward(who: int) -> str:
    return CITY if who == 0 else f"{14700 + who}-202501"


def told(wards: int = 3, **rules: Any) -> Told:
    return Told(wards, rules)


def coverage(row: Row) -> tuple[int, int, int, int]:
    return row["expected"], row["reported"], row["carried"], row["missing"]


# --- periods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-S1", "2025-01-01", "2025-06-30"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_period_has_a_first_and_a_last_day_and_reads_back(text, first, last):
    period = Period.parse(text)

    assert (str(period), period.first.isoformat(), period.last.isoformat()) == (text, first, last)


@pytest.mark.parametrize("text", ["2025-13", "2025-S3", "2025-Q0", "2025-3", "25", "2025-W01"])
def test_other_forms_are_no_periods(text):
    with pytest.raises(ValueError, match=text):
        Period.parse(text)


def test_a_longer_period_knows_its_parts_and_a_step_crosses_the_year():
    assert [str(part) for part in Period.parse("2025-S2").parts("Q")] == ["2025-Q3", "2025-Q4"]
    assert str(Period.parse("2025-01").step(-1)) == "2024-12"


def test_a_shorter_period_shows_the_last_own_period_that_ended_by_then():
    shown = [str(Period.parse(month).shown_as("Q")) for month in ("2025-02", "2025-03", "2025-05", "2025-06")]

    assert shown == ["2024-Q4", "2025-Q1", "2025-Q1", "2025-Q2"]


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "decimals", "shown"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("2.5", 0, "3"), ("-2.5", 0, "-3"), ("-0.004", 2, "0.00")],
)
def test_rounding_is_half_away_from_zero(x, decimals, shown):
    assert str(rounded(Fraction(x), decimals)) == shown


def test_long_numbers_are_shown_to_the_last_digit_past_any_context_precision():
    digits = "12345678901234567890123456789012345.678901"

    assert str(exact(Fraction(digits))) == digits


@pytest.mark.parametrize(
    ("bound", "comparator", "answer"),
    [
        ("gt 99", "gt", True),
        ("ge 99", "gt", None),
        ("ge 99", "ge", True),
        ("gt 98", "ge", None),
        ("lt 99", "ge", False),
        ("le 99", "gt", False),
        ("le 99", "ge", None),
        ("gt 99", "eq", False),
        ("ge 99", "eq", None),
        ("lt 99", "eq", False),
        ("gt 99", "le", False),
        ("le 99", "le", True),
        ("lt 99", "lt", True),
        ("le 99", "lt", None),
        ("eq 99", "gt", False),
        ("eq 99", "eq", True),
    ],
)
def test_a_bound_is_compared_with_a_threshold_of_99(bound, comparator, answer):
    qualifier, value = bound.split()

    assert meets((Fraction(value), qualifier), comparator, Fraction(99)) is answer


@pytest.mark.parametrize(
    ("readings", "least", "most"),
    [
        ("gt 5, eq 3", "eq 3", "gt 5"),
        ("gt 5, eq 7", "gt 5", "ge 7"),
        ("ge 5, eq 5", "eq 5", "ge 5"),
        ("gt 5, ge 5", "ge 5", "gt 5"),
        ("gt 7, eq 7", "eq 7", "gt 7"),
        ("lt 5, eq 3", "le 3", "lt 5"),
        ("lt 5, eq 7", "lt 5", "eq 7"),
        ("le 5, lt 5", "lt 5", "le 5"),
        ("lt 9, gt 5, eq 3", None, None),
    ],
)
def test_least_and_most_carry_a_bound_only_where_it_can_change_them(readings, least, most):
    pairs = [(Fraction(value), qualifier) for qualifier, value in (each.split() for each in readings.split(", "))]
    shown = [extreme(pairs, largest=largest) for largest in (False, True)]

    assert [found and f"{found[1]} {found[0]}" for found in shown] == [least, most]


@pytest.mark.parametrize(
    ("bounds", "result"),
    [("eq eq", "eq"), ("eq gt ge", "gt"), ("ge eq", "ge"), ("le le", "le"), ("lt le", "lt"), ("gt le", None)],
)
def test_sums_and_means_join_their_bounds(bounds, result):
    assert joined(bounds.split()) == result


# --- the city figure --------------------------------------------------------------------------------------------------


def test_the_citys_own_33_of_47_is_the_headline_while_no_ward_has_reported():
    city = told(47, measure="flag", rollup="share_reaching", unit="BOOL")
    city.says(0, "2025-01", (33, 47))
    city.aims("eq", 100, "2025-12-31")

    row = city.row(None, today=date(2026, 1, 2))

    assert row == {
        "indicator": "x",
        "area": CITY,
        "period": "2025-01",
        "value_period": "2025-01",
        "time": "2025-01-31",
        "value": Decimal("70.21"),
        "numerator": 33,
        "denominator": 47,
        "unit": "PT",
        "qualifier": "eq",
        "rule": "share_reaching",
        "basis": "reported",
        "quality": "none",
        "status": "A",
        "rolled_up_value": None,
        "reported_value": Decimal("70.21"),
        "expected": 47,
        "reported": 0,
        "carried": 0,
        "missing": 47,
        "target_value": 100,
        "target_comparator": "eq",
        "target_due": "2025-12-31",
        "progress": "overdue",
        "gap": Decimal("29.79"),
        "previous_value": None,
        "change": None,
    }


def test_a_ratio_of_three_wards_is_the_ratio_of_their_sums():
    city = told(measure="ratio", rollup="ratio_of_sums")
    city.all_say("2025-03", (1, 2), (10, 100), (900, 1000))

    row = city.row()

    assert (row["value"], row["numerator"], row["denominator"]) == (Decimal("82.67"), 911, 1102)


def test_a_silent_ward_lowers_coverage_and_never_a_ratio_or_a_mean():
    city = told(rollup="mean")
    city.all_say("2025-03", 4, 8, None)

    row = city.row()

    assert (row["value"], coverage(row), row["quality"], row["status"]) == (6, (3, 2, 0, 1), "partial", "P")


def test_a_silent_ward_counts_as_not_reached():
    city = told(4, rollup="share_reaching", criterion=("ge", Fraction(5)))
    city.all_say("2025-03", 5, 9, 4, None)

    row = city.row()

    assert (row["value"], row["numerator"], row["denominator"]) == (50, 2, 4)


def test_a_bound_that_cannot_decide_has_not_reached():
    city = told(rollup="share_reaching", criterion=("gt", Fraction(80)))
    city.all_say("2025-03", "ge 80", "gt 80", "lt 90")

    assert (city.row()["numerator"], city.row()["qualifier"]) == (1, "eq")


def test_nothing_of_nothing_is_reported_and_not_reached():
    city = told(2, measure="ratio", rollup="share_reaching", criterion=("ge", Fraction(0)))
    city.all_say("2025-03", (0, 0), (0, 5))

    assert (city.row()["numerator"], coverage(city.row())) == (1, (2, 2, 0, 0))


def test_a_total_denominator_of_zero_falls_to_the_reported_figure():
    city = told(2, measure="ratio", rollup="ratio_of_sums")
    city.all_say("2025-03", (0, 0), (0, 0))
    city.says(0, "2025-01", "84.39")

    row = city.row()

    assert (row["value"], row["basis"], row["quality"], row["rolled_up_value"]) == (
        Decimal("84.39"),
        "reported",
        "ok",
        None,
    )


def test_thirty_eight_of_forty_seven_are_enough_and_thirty_seven_are_not():
    city = told(47)
    city.says(0, "2025-01", 1000)
    city.all_say("2025-03", *[1] * 37)
    before = city.row()
    city.says(38, "2025-03", 1)
    after = city.row()

    assert (before["value"], before["basis"], before["rolled_up_value"], before["value_period"]) == (
        1000, "reported", 37, "2025-01",
    )  # fmt: skip
    assert (after["value"], after["basis"], after["reported_value"], after["value_period"]) == (
        38, "rolled_up", 1000, "2025-03",
    )  # fmt: skip


def test_coverage_of_exactly_the_least_is_ok():
    city = told(5)
    city.all_say("2025-03", 1, 1, 1, 1)

    assert (city.row()["quality"], city.row()["status"]) == ("ok", "P")


def test_a_partial_roll_up_stands_where_the_city_has_said_nothing():
    city = told(rollup="max")
    city.says(2, "2025-03", 7)

    assert (city.row()["value"], city.row()["basis"], city.row()["quality"]) == (7, "rolled_up", "partial")


def test_nobody_has_said_anything():
    city = told()
    city.aims("gt", 70, "2030-12-31")

    row = city.row(None)

    assert (row["value"], row["basis"], row["period"], row["progress"], row["target_value"]) == (
        None, "none", None, "no_data", 70,
    )  # fmt: skip


def test_the_figure_of_the_city_never_wins_over_an_ok_roll_up():
    city = told()
    city.all_say("2025-03", 1, 2, 3)
    city.says(0, "2025-03", 50)

    assert (city.row()["value"], city.row()["reported_value"], city.row()["basis"]) == (6, 50, "rolled_up")


def test_a_city_only_indicator_expects_the_city_alone():
    city = told(rollup="none", level="city", carry_forward=1)
    city.says(0, "2025-03", 5)

    assert [coverage(city.row(month)) for month in ("2025-03", "2025-04", "2025-05")] == [
        (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1),
    ]  # fmt: skip
    assert (city.row("2025-05")["value"], city.row("2025-05")["value_period"]) == (5, "2025-03")


def test_not_applicable_leaves_expected_and_withheld_stays():
    city = told(4, rollup="mean")
    city.all_say("2025-03", 4, "M", "Q", None)

    assert coverage(city.row()) == (3, 1, 0, 2)


def test_an_exempt_area_is_not_expected():
    city = told(3, rollup="mean", exempt=frozenset({ward(3)}))
    city.all_say("2025-03", 4, 8)

    assert (coverage(city.row()), city.row()["quality"]) == ((2, 2, 0, 0), "ok")


def test_a_mean_of_different_bounds_is_null():
    city = told(2, rollup="mean")
    city.all_say("2025-03", "gt 5", "lt 9")

    assert (city.row()["value"], city.row()["quality"], city.row()["basis"]) == (None, "ok", "none")


def test_a_sum_with_a_bound_is_bounded_and_has_neither_gap_nor_change():
    city = told(2)
    city.all_say("2025-02", 1, 2)
    city.all_say("2025-03", "ge 5", 9)
    city.aims("gt", 100, "2026-12-31")

    row = city.row()

    assert (row["value"], row["qualifier"], row["gap"], row["previous_value"], row["change"]) == (
        14,
        "ge",
        None,
        3,
        None,
    )


def test_a_weighted_mean_misses_the_area_without_a_weight():
    definition = Version("x", "ratio", "weighted_mean", weight="w")
    city = Told(versions=[definition, Version("w", "count", "sum", frequency="A", valid_from=date(2024, 1, 1))])
    city.all_say("2025-03", 10, 40, 99)
    city.all_say("2024", 1, 2, indicator="w")

    assert (city.row()["value"], coverage(city.row())) == (30, (3, 2, 0, 1))


def test_weights_that_sum_to_zero_give_null():
    city = Told(2, versions=[Version("x", "ratio", "weighted_mean", weight="w"), Version("w", "count", "sum")])
    city.all_say("2025-03", 10, 40)
    city.all_say("2025-03", 0, 0, indicator="w")

    assert (city.row()["value"], city.row()["quality"]) == (None, "ok")


def test_change_is_taken_before_rounding():
    city = told(1, decimals=0)
    city.says(1, "2025-02", "0.4")
    city.says(1, "2025-03", "1.6")

    row = city.row()

    assert (row["value"], row["previous_value"], row["change"]) == (2, 0, 1)


def test_change_is_null_over_two_bases():
    city = told(1, carry_forward=0)
    city.says(0, "2025-02", 5)
    city.says(1, "2025-03", 8)

    assert (city.row()["previous_value"], city.row()["change"]) == (5, None)


# --- carrying and time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("months", "asked", "carried"), [(3, "2025-06", 1), (3, "2025-07", 0), (0, "2025-04", 0)])
def test_a_reading_of_march_stands_for_exactly_so_many_months(months, asked, carried):
    city = told(1, carry_forward=months)
    city.says(1, "2025-03", 5)

    assert coverage(city.row(asked)) == (1, 0, carried, 1 - carried)


def test_month_ends_are_counted_as_months_and_not_as_days():
    city = told(1, carry_forward=1)
    city.says(1, "2025-02", 5)

    assert city.row("2025-03")["carried"] == 1

    city.says(1, "2025-12", 5)

    assert [city.row(month)["carried"] for month in ("2026-01", "2026-02")] == [1, 0]


def test_flows_and_means_are_never_carried():
    city = told(1, over_time="sum", carry_forward=12)
    city.says(1, "2025-03", 5)

    assert coverage(city.row("2025-04")) == (1, 0, 0, 1)


def test_an_earlier_reading_is_carried_over_a_withdrawn_one():
    city = told(1)
    city.says(1, "2025-02", 5)
    city.says(1, "2025-03", 6)
    city.says(1, "2025-03", "withdrawn")

    assert (city.row()["value"], city.row()["carried"]) == (5, 1)


def test_withheld_and_not_applicable_are_last_words_over_which_nothing_is_carried():
    city = told(2)
    city.all_say("2025-01", 5, 5)
    city.all_say("2025-02", "M", "Q")

    assert coverage(city.row("2025-03")) == (1, 0, 0, 1)


def test_the_last_stock_inside_a_longer_period_is_reported_and_an_earlier_one_carried():
    city = told(2, carry_forward=3)
    city.all_say("2025-03", None, 20)
    city.says(1, "2025-04", 10)

    row = city.row("2025-Q2")

    assert (row["value"], coverage(row), row["value_period"]) == (30, (2, 1, 1, 0), "2025-Q2")


def test_carrying_into_a_longer_period_is_counted_to_its_last_month():
    city = told(1, carry_forward=2)
    city.says(1, "2025-03", 20)

    assert coverage(city.row("2025-Q2")) == (1, 0, 0, 1)


def test_a_flow_needs_all_its_months():
    city = told(2, over_time="sum")
    for month in ("2025-01", "2025-02", "2025-03"):
        city.says(1, month, 2)
    city.all_say("2025-01", None, 50)

    assert (city.row("2025-Q1")["value"], coverage(city.row("2025-Q1"))) == (6, (2, 1, 0, 1))


@pytest.mark.parametrize("over_time", ["sum", "mean"])
def test_a_ratio_over_a_quarter_is_the_ratio_of_summed_components(over_time):
    city = told(1, measure="ratio", rollup="ratio_of_sums", over_time=over_time)
    for month, parts in (("2025-01", (1, 2)), ("2025-02", (10, 100)), ("2025-03", (900, 1000))):
        city.says(1, month, parts)

    row = city.row("2025-Q1")

    assert (row["value"], row["numerator"], row["denominator"]) == (Decimal("82.67"), 911, 1102)


def test_a_mean_over_time_comes_before_the_mean_over_areas():
    city = told(2, rollup="max", over_time="mean")
    for month, one, two in (("2025-01", 0, 5), ("2025-02", 9, 5), ("2025-03", 3, 5)):
        city.all_say(month, one, two)

    assert city.row("2025-Q1")["value"] == 5


def test_a_quarter_all_of_which_does_not_apply_does_not_apply():
    city = told(2, over_time="sum")
    for month, one in (("2025-01", "M"), ("2025-02", "M"), ("2025-03", "M")):
        city.all_say(month, one, 4)

    assert (coverage(city.row("2025-Q1")), city.row("2025-Q1")["value"]) == ((1, 1, 0, 0), 12)


def test_the_citys_own_flow_is_its_newest_complete_quarter():
    city = told(1, over_time="sum")
    for month in ("2025-01", "2025-02", "2025-03", "2025-04"):
        city.says(0, month, 10)

    row = city.row("2025-Q2")

    assert (row["value"], row["value_period"], row["basis"]) == (30, "2025-Q1", "reported")


def test_a_shorter_period_shows_the_figure_of_its_own_period():
    city = told(1, frequency="Q")
    city.says(1, "2025-Q1", 7)

    row = city.row("2025-05")

    assert (row["value"], row["period"], row["value_period"], row["reported"]) == (7, "2025-05", "2025-Q1", 1)


def test_the_newest_period_counts_only_values_that_stand():
    city = told(1)
    city.says(1, "2025-02", 1)
    city.says(1, "2025-03", "M")
    city.says(1, "2025-04", 4)
    city.says(1, "2025-04", "withdrawn")

    assert city.row(None)["period"] == "2025-02"


def test_a_past_seq_answers_as_then():
    city = told(1)
    city.says(1, "2025-03", 4)
    city.says(1, "2025-03", 9)

    assert (city.row(as_of=2)["value"], city.row(as_of=3)["value"], city.row(as_of=1)["value"]) == (4, 9, None)


def test_a_definition_rules_the_periods_that_end_on_or_after_its_day_once_it_is_known():
    old = Version("x", "count", "sum")
    city = Told(2, versions=[old, replace(old, rollup="max", valid_from=date(2025, 3, 31), seq=4)])
    city.all_say("2025-02", 3, 4)
    city.seq += 1
    city.all_say("2025-03", 5, 6)

    assert [city.row(month)["rule"] for month in ("2025-02", "2025-03")] == ["sum", "max"]
    assert city.row("2025-03", as_of=3)["rule"] == "sum"


# --- areas ------------------------------------------------------------------------------------------------------------


def test_an_area_is_expected_when_valid_on_the_last_day_and_nothing_crosses_its_end():
    first = Area("14701-202501", "14701", "commune", CITY, date(2025, 1, 1), date(2025, 3, 31))
    second = Area("14701-202503", "14701", "commune", CITY, date(2025, 3, 31))
    city = Told(areas=[first, second])
    city.says(1, "2025-02", 5)

    assert [coverage(city.row(month)) for month in ("2025-02", "2025-03")] == [(1, 1, 0, 0), (1, 0, 0, 1)]


def test_the_first_figure_after_an_area_change_is_a_break():
    city = told(1)
    city.links.append(Link("14701-202501", "14702-202507", "whole", date(2025, 7, 1)))
    for month in ("2025-06", "2025-07", "2025-08"):
        city.says(1, month, 1)

    assert [city.row(month)["status"] for month in ("2025-06", "2025-07", "2025-08")] == ["A", "B", "A"]


# --- ranking, series, completeness ------------------------------------------------------------------------------------


def ranks(city: Told, period: str = "2025-03") -> list[tuple[int | None, str]]:
    return [(row["rank"], row["area"]) for row in expected_ranking(city.world(), "x", period, today=LATE)]


def test_ties_share_a_rank_and_the_next_one_skips():
    city = told(5)
    city.all_say("2025-03", 7, 9, 7, 5, None)

    assert ranks(city) == [(1, ward(2)), (2, ward(1)), (2, ward(3)), (4, ward(4)), (None, ward(5))]


def test_the_least_is_best_when_the_indicator_points_down():
    city = told(2, direction="down")
    city.all_say("2025-03", 7, 9)

    assert ranks(city) == [(1, ward(1)), (2, ward(2))]


def test_ratios_rank_by_exact_value_and_nothing_of_nothing_has_no_rank():
    city = told(3, measure="ratio", rollup="ratio_of_sums", decimals=0)
    city.all_say("2025-03", (0, 0), (333, 1000), (1, 3))
    rows = expected_ranking(city.world(), "x", "2025-03", today=LATE)

    assert [(row["rank"], row["area"], row["value"]) for row in rows] == [
        (1, ward(3), 33), (2, ward(2), 33), (None, ward(1), None),
    ]  # fmt: skip


def test_a_carried_reading_is_ranked_with_its_period_and_silence_says_why():
    city = told(4)
    city.all_say("2025-02", 3)
    city.all_say("2025-03", None, 1, "Q")
    rows = expected_ranking(city.world(), "x", "2025-03", today=LATE)

    assert [(row["period"], row["status"]) for row in rows] == [
        ("2025-02", "A"), ("2025-03", "A"), (None, "Q"), (None, "L"),
    ]  # fmt: skip


def test_a_series_gives_the_row_of_each_period():
    city = told(1)
    city.says(1, "2025-01", 3)
    city.says(1, "2025-03", 5)
    rows = expected_series(city.world(), "x", "2025-01", "2025-03", today=LATE)

    assert rows == [city.row(month) for month in ("2025-01", "2025-02", "2025-03")]
    assert [row["change"] for row in rows] == [None, 0, 2]


def test_completeness_counts_live_observations_of_exactly_that_period():
    definitions = [
        Version("x", "count", "sum"),
        Version("y", "count", "sum"),
        Version("z", "count", "sum", frequency="Q"),
    ]
    city = Told(2, versions=[*definitions, Version("land", "flag", "none", level="city")])
    city.all_say("2025-03", 1, "M")
    city.says(1, "2025-02", 1, "y")
    city.says(2, "2025-03", 1, "y")
    city.says(2, "2025-03", "withdrawn", "y")
    answer = expected_completeness(city.world(), "2025-03", today=LATE)

    assert answer["areas"] == {ward(1): {"expected": 2, "reported": 1}, ward(2): {"expected": 2, "reported": 1}}
    assert (answer["total"], answer["city"]) == ({"expected": 4, "reported": 2}, {"expected": 1, "reported": 0})


# --- targets ----------------------------------------------------------------------------------------------------------

DAY, TODAY, BASE = date(2025, 12, 31), date(2026, 1, 15), (Fraction(10), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("x", "aim", "baseline", "verdict"),
    [
        (None, "ge 30 2026-12-31", BASE, "no_data"),
        ("eq 30", "ge 30 2026-12-31", BASE, "met"),
        ("eq 30", "gt 30 2026-12-31", BASE, "on_track"),
        ("eq 30", "gt 30 2025-06-30", BASE, "overdue"),
        ("eq 29", "ge 30 2025-12-30", BASE, "overdue"),
        ("eq 29", "ge 30 2026-01-14", BASE, "overdue"),
        ("eq 29", "ge 30 2026-01-15", BASE, "at_risk"),
        ("eq 29", "ge 30 2026-12-31", None, "no_baseline"),
        ("eq 20", "ge 30 2026-12-31", BASE, "on_track"),
        ("eq 18", "ge 30 2026-12-31", BASE, "at_risk"),
        ("eq 17.99", "ge 30 2026-12-31", BASE, "off_track"),
        ("eq 9", "ge 8 2026-12-31", BASE, "met"),
        ("eq 7", "ge 8 2026-12-31", BASE, "off_track"),
        ("eq 7", "ge 10 2026-12-31", BASE, "off_track"),
        ("eq 6", "le 2 2026-12-31", BASE, "on_track"),
        ("eq 6.8", "le 2 2026-12-31", BASE, "at_risk"),
        ("eq 6.81", "le 2 2026-12-31", BASE, "off_track"),
        ("gt 29", "ge 30 2026-12-31", BASE, "unknown"),
        ("gt 30", "gt 30 2026-12-31", BASE, "met"),
        ("lt 30", "ge 30 2025-06-30", BASE, "overdue"),
        ("lt 30", "ge 30 2026-12-31", BASE, "unknown"),
        ("le 17", "ge 30 2026-12-31", BASE, "off_track"),
        ("eq 12", "ge 30 2026-12-31", (Fraction(10), date(2027, 1, 1)), "off_track"),
        ("eq 26", "ge 30 2026-12-31", (Fraction(10), date(2027, 1, 1)), "at_risk"),
        ("eq 100", "eq 100 2026-12-31", BASE, "met"),
        ("eq 30", "gt 30 2026-12-31", (Fraction(30), date(2024, 12, 31)), "off_track"),
    ],
)
def test_the_truth_table_of_progress(x, aim, baseline, verdict):
    comparator, value, due = aim.split()
    target = Target("t", "x", comparator, Fraction(value), date.fromisoformat(due))
    bounded = x and (Fraction(x.split()[1]), x.split()[0])
    answer = progress(target, bounded, DAY if x else None, TODAY, baseline, "up")

    assert answer == verdict


def test_a_target_due_before_the_figures_day_is_overdue_even_while_its_month_runs():
    target = Target("t", "x", "ge", Fraction(30), date(2025, 12, 20))

    assert progress(target, (Fraction(29), "eq"), DAY, date(2025, 12, 10), BASE, "up") == "overdue"


def test_the_required_value_lies_on_the_line_by_days():
    target = Target("t", "x", "ge", Fraction(100), date(2025, 4, 11))

    assert required(target, (Fraction(0), date(2025, 1, 1)), date(2025, 2, 10)) == 40
    assert required(target, (Fraction(0), date(2025, 4, 11)), date(2025, 2, 10)) == 100


def test_a_single_figure_is_its_own_baseline():
    city = told(1)
    city.says(1, "2025-03", 10)
    city.aims("ge", 20, "2028-12-31")

    answer = expected_progress(city.world(), "t0", today=LATE)

    assert answer is not None
    assert (answer["progress"], answer["baseline_value"], answer["baseline_date"]) == ("on_track", 10, "2025-03-31")


def test_an_equal_target_takes_the_direction_of_its_indicator():
    city = told(1, direction="down")
    city.says(1, "2025-03", 10)
    city.aims("eq", 2, "2028-12-31")

    assert city.row()["gap"] == 8


def test_a_gap_is_never_below_zero():
    city = told(1)
    city.says(1, "2025-03", 10)
    city.aims("ge", 2, "2028-12-31")

    assert (city.row()["gap"], city.row()["progress"]) == (0, "met")


def test_the_row_shows_the_earliest_target_still_due_on_the_figures_day_else_the_last():
    city = told(1)
    city.says(1, "2025-03", 10)
    city.says(1, "2026-03", 10)
    city.aims("ge", 1, "2025-03-30")
    city.aims("ge", 2, "2025-03-31", level="district")
    city.aims("ge", 3, "2025-12-31")
    city.aims("ge", 4, "2024-12-31", level="commune")
    city.aims("ge", 5, "2026-12-31", area=ward(1))

    assert (city.row("2025-03")["target_value"], city.row("2026-03")["target_value"]) == (2, 3)


def test_a_commune_target_shows_where_the_city_has_none_and_a_dropped_one_goes():
    city = told(1)
    city.says(1, "2025-03", 10)
    city.aims("ge", 4, "2025-12-31", level="commune")
    city.aims("ge", 9, "2025-12-31", id="gone")
    city.targets.append(replace(city.targets[1], active=False, seq=2))

    assert (city.row(as_of=1)["target_value"], city.row()["target_value"]) == (9, 4)


# --- random worlds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_random_city_keeps_the_laws_that_need_no_oracle(seed):
    world = random_world(seed, contested=seed % 2 == 1)
    for moment in random_moments(world, seed):
        for period in [None, *askable_periods(world, moment)[::4]]:
            for row in expected_snapshot(world, period, as_of=moment).values():
                assert row["expected"] == row["reported"] + row["carried"] + row["missing"]
                assert (row["value"] is None) == (row["basis"] == "none") == (row["value_period"] is None)
                assert row["basis"] != "rolled_up" or row["value"] == row["rolled_up_value"]
                assert row["basis"] != "reported" or row["value"] == row["reported_value"]
                assert row["quality"] != "none" or row["rolled_up_value"] is None


def test_the_same_seed_gives_the_same_city():
    one, two = random_world(7), random_world(7)

    assert (one.revisions, one.areas, one.versions, one.targets) == (
        two.revisions,
        two.areas,
        two.versions,
        two.targets,
    )


@pytest.mark.parametrize("seed", range(20))
def test_every_row_of_a_random_city_would_be_accepted(seed):
    """Begun on its day, for an area valid on its last day, in the indicator's frequency, one cell once a submission."""
    world = random_world(seed)
    cells = {(row.seq, row.indicator, row.area, row.period) for row in world.revisions}

    assert len(cells) == len(world.revisions)
    assert {row.seq for row in world.revisions} <= set(world.instants)
    for row in world.revisions:
        version = next(version for version in world.versions if version.indicator == row.indicator)
        assert row.period.first <= world.today(row.seq)
        assert known(world, row.seq, world.today(row.seq)).areas[row.area].valid_on(row.period.last)
        assert row.period.frequency == version.frequency


def test_random_cities_meet_everything_that_can_happen_to_a_city():
    """Area changes of each kind and their undoing, every rule with every frequency and way over time, and the rest."""
    worlds = [random_world(seed, contested=seed % 2 == 1) for seed in range(100)]
    links = [link for world in worlds for link in world.links]
    versions = [version for world in worlds for version in world.versions]
    rows = [row for world in worlds for row in world.revisions]
    olds, news = (Counter((k.seq, getattr(k, end)) for k in links if k.standing) for end in ("old", "new"))

    assert {link.extent for link in links} == {"whole", "part", None}
    assert {link.standing for link in links} == {True, False}
    assert max(olds.values()) > 1
    assert max(news.values()) > 1
    assert any(link.old[:5] == link.new[:5] for link in links)
    assert {(v.over_time, v.frequency) for v in versions} == set(product(("latest", "sum", "mean"), "MQSA"))
    assert len({v.rollup for v in versions}) == 8
    assert {v.carry_forward for v in versions if v.over_time == "latest"} >= {0, 1, 2, 3, 6, 12}
    assert {row.status for row in rows} == {"M", "Q", None}
    assert {row.qualifier for row in rows} == {"eq", "gt", "ge", "le", "lt"}
    assert any(row.withdrawn for row in rows)
    assert any(row.area == CITY and row.numerator is not None for row in rows)
    assert all(any(getattr(world, name) for world in worlds) for name in ("retired", "restored"))


def test_the_oracle_imports_nothing_but_itself_and_the_standard_library():
    folder = Path(__file__).parent
    sources = [path.read_text("utf-8") for path in folder.glob("*.py") if path.name != Path(__file__).name]
    trees = [node for source in sources for node in ast.walk(ast.parse(source))]
    named = {alias.name for node in trees if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in trees if isinstance(node, ast.ImportFrom)}

    assert {name for name in named if not name.startswith("tests.oracle.")} <= sys.stdlib_module_names | {
        "collections.abc"
    }
