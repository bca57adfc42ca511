"""Targets: the whole truth table of `progress`, the way between baseline and target, what is shown beside a figure."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st

from app.core.entities import Direction
from app.core.numbers import Qualifier
from app.core.periods import Period
from app.core.targets import Start, progress, shown_target
from tests.core.laws import Law
from tests.core.samples import figure, target

NOW = date(2025, 12, 31)
DUE = date(2026, 12, 31)
# The figures here are of 2025, whose last day is half way from the baseline to the target.
HALFWAY = date(2024, 12, 31)


def start(value: int | str, day: date = HALFWAY) -> Start:
    return Start(value=Fraction(value), day=day, source="target")


TABLE = [
    # figure, target, baseline, due, today, verdict
    (None, "ge 80", 20, DUE, NOW, "no_data"),
    (None, "ge 80", None, DUE, NOW, "no_data"),
    (None, "ge 80", 20, HALFWAY, NOW, "no_data"),
    # met wins over everything, also past the due date and without a baseline
    (80, "ge 80", 20, DUE, NOW, "met"),
    (81, "gt 80", 20, DUE, NOW, "met"),
    (80, "eq 80", 20, DUE, NOW, "met"),
    (80, "le 80", 90, DUE, NOW, "met"),
    (79, "lt 80", 90, DUE, NOW, "met"),
    (81, "gt 80", None, HALFWAY, NOW, "met"),
    # exactly at a strict target has not met it
    (80, "gt 80", 20, HALFWAY, NOW, "overdue"),
    (80, "lt 80", 90, HALFWAY, NOW, "overdue"),
    # overdue: due before the figure's day, or before today
    (50, "ge 80", 20, date(2025, 12, 30), NOW, "overdue"),
    (50, "ge 80", None, date(2025, 12, 30), NOW, "overdue"),
    (50, "ge 80", 20, DUE, date(2027, 1, 1), "overdue"),
    (50, "ge 80", 20, DUE, DUE, "on_track"),
    (50, "ge 80", 20, NOW, NOW, "off_track"),
    # no baseline
    (50, "ge 80", None, DUE, NOW, "no_baseline"),
    # half way is 50: on track from there, at risk from 80 % of the way, which is 44
    (50, "ge 80", 20, DUE, NOW, "on_track"),
    (79, "gt 80", 20, DUE, NOW, "on_track"),
    (49, "ge 80", 20, DUE, NOW, "at_risk"),
    (44, "ge 80", 20, DUE, NOW, "at_risk"),
    (43, "ge 80", 20, DUE, NOW, "off_track"),
    (10, "ge 80", 20, DUE, NOW, "off_track"),
    # downwards
    (50, "le 20", 80, DUE, NOW, "on_track"),
    (51, "le 20", 80, DUE, NOW, "at_risk"),
    (56, "lt 20", 80, DUE, NOW, "at_risk"),
    (57, "le 20", 80, DUE, NOW, "off_track"),
    (90, "le 20", 80, DUE, NOW, "off_track"),
    # the baseline at the target or beyond it: only met and off_track remain
    (70, "ge 80", 80, DUE, NOW, "off_track"),
    (79, "ge 80", 95, DUE, NOW, "off_track"),
    (80, "gt 80", 80, DUE, NOW, "off_track"),
    (30, "le 20", 10, DUE, NOW, "off_track"),
    (85, "ge 80", 95, DUE, NOW, "met"),
    # bounds
    ("gt 80", "ge 80", 20, DUE, NOW, "met"),
    ("gt 80", "gt 80", 20, DUE, NOW, "met"),
    ("ge 80", "gt 80", 20, DUE, NOW, "unknown"),
    ("gt 79", "ge 80", 20, DUE, NOW, "unknown"),
    ("gt 79", "ge 80", 20, HALFWAY, NOW, "unknown"),
    ("gt 80", "eq 80", 20, DUE, NOW, "on_track"),
    ("gt 70", "eq 80", 20, DUE, NOW, "unknown"),
    ("lt 80", "ge 80", 20, DUE, NOW, "unknown"),
    ("lt 50", "ge 80", 20, DUE, NOW, "unknown"),
    ("lt 44", "ge 80", 20, DUE, NOW, "off_track"),
    ("le 44", "ge 80", 20, DUE, NOW, "unknown"),
    ("lt 50", "ge 80", 20, HALFWAY, NOW, "overdue"),
    ("lt 50", "ge 80", None, DUE, NOW, "no_baseline"),
    ("gt 57", "le 20", 80, DUE, NOW, "off_track"),
    ("gt 50", "le 20", 80, DUE, NOW, "unknown"),
    ("lt 80", "le 80", 90, DUE, NOW, "met"),
]


@pytest.mark.parametrize(("what", "aim", "begin", "due", "today", "verdict"), TABLE)
def test_the_truth_table_of_progress(what, aim, begin, due, today, verdict):
    begun = None if begin is None else start(begin)

    found: Any = progress(target(aim, due), figure(what, "2025"), begun, today)

    assert found.status == verdict


def test_the_table_has_every_verdict():
    assert {row[-1] for row in TABLE} == {
        "no_data", "met", "overdue", "no_baseline", "on_track", "at_risk", "off_track", "unknown",
    }  # fmt: skip


def test_the_required_value_lies_on_the_line_and_at_the_target_from_its_day_on():
    found: Any = progress(target("ge 80", DUE), figure(50, "2025"), start(20), NOW)
    assert found.required == 50

    ended: Any = progress(target("ge 80", NOW), figure(50, "2025"), start(20), NOW)
    backwards: Any = progress(target("ge 80", DUE), figure(50, "2025"), start(20, date(2027, 1, 1)), NOW)
    assert (ended.required, backwards.required) == (80, 80)


def test_a_figure_that_is_its_own_baseline_is_on_track():
    own = Start(value=Fraction(50), day=NOW, source="earliest_figure")
    found: Any = progress(target("ge 80", DUE), figure(50, "2025"), own, NOW)

    assert (found.status, found.required) == ("on_track", 50)


@pytest.mark.parametrize(
    ("what", "aim", "gap"),
    [(50, "ge 80", 30), (90, "ge 80", 0), (50, "le 20", 30), (10, "le 20", 0), (80, "gt 80", 0),
     ("gt 50", "ge 80", None), (None, "ge 80", None), (99, "eq 80", 0), (50, "eq 80", 30)],
)  # fmt: skip
def test_the_gap_is_never_below_zero_and_null_for_a_bound(what, aim, gap):
    assert progress(target(aim, DUE), figure(what, "2025"), start(20), NOW).gap == gap


def test_an_exact_target_follows_the_direction_of_its_indicator():
    falling = figure(50, "2025", direction=Direction.DOWN)

    assert progress(target("eq 20", DUE), falling, start(80), NOW).status == "on_track"
    assert progress(target("eq 20", DUE), falling, start(80), NOW).gap == 30
    assert progress(target("eq 80", DUE), falling, start(20), NOW).status == "off_track"


def test_the_pace_is_what_each_year_must_still_bring():
    found: Any = progress(target("ge 80", DUE), figure(50, "2025"), start(20), NOW)
    assert found.pace_per_year == Fraction(30) * Fraction(1461, 4) / 365

    assert progress(target("ge 80", DUE), figure(90, "2025"), start(20), NOW).pace_per_year == 0
    assert progress(target("ge 80", NOW), figure(50, "2025"), start(20), NOW).pace_per_year is None


MIRROR = {"gt": "lt", "ge": "le", "eq": "eq", "le": "ge", "lt": "gt"}


def test_falling_is_rising_seen_in_a_mirror():
    def turned(words: str) -> str:
        comparator, value = words.split()
        return f"{MIRROR[comparator]} {-int(value)}"

    def holds(judge, example):
        what, aim, begin, due = example
        rising = judge(target(aim, due), figure(what, "2025"), start(begin), NOW)
        mirrored = figure(turned(what), "2025", direction=Direction.DOWN)
        falling = judge(target(turned(aim), due), mirrored, start(-begin), NOW)
        return (rising.status, rising.met, rising.gap) == (falling.status, falling.met, falling.gap)

    def always_upwards(aim, found, begun, today):
        up = Qualifier.GE if aim.comparator.direction < 0 else aim.comparator
        return progress(target(f"{up} {aim.value}", aim.due), found, begun, today)

    numbers = st.integers(-20, 20)
    bounded = st.builds("{} {}".format, st.sampled_from(Qualifier), numbers)
    law = Law(st.tuples(bounded, bounded, numbers, st.dates(HALFWAY, date(2027, 12, 31))), holds)

    law.keeps(progress)
    assert law.refutes(always_upwards)


def test_more_never_makes_an_upward_verdict_worse():
    order = ["off_track", "at_risk", "on_track", "met"]

    def holds(judge, example):
        less, more, aim, begin = example
        verdicts = [
            judge(target(f"ge {aim}", DUE), figure(Fraction(x), "2025"), start(begin), NOW) for x in (less, more)
        ]
        return order.index(verdicts[0].status) <= order.index(verdicts[1].status)

    def toward_the_baseline(aim, found, begun, today):
        return progress(aim, figure(2 * begun.value - found.value, "2025"), begun, today)

    pairs = st.tuples(st.integers(-50, 50), st.integers(0, 50)).map(lambda x: (x[0], x[0] + x[1]))
    examples = st.tuples(pairs, st.integers(-50, 50), st.integers(-50, 50)).map(lambda x: (*x[0], *x[1:]))
    law = Law(examples, holds)

    law.keeps(progress)
    assert law.refutes(toward_the_baseline)


def test_beside_a_figure_stands_the_earliest_target_still_due_else_the_last():
    near, far = target("ge 50", date(2025, 12, 31), id="near"), target("ge 90", date(2030, 12, 31), id="far")
    ordered = [near, far]

    assert shown_target(ordered, Period.parse("2025").last) is near
    assert shown_target(ordered, date(2026, 1, 1)) is far
    assert shown_target(ordered, date(2031, 1, 1)) is far
    assert shown_target([near, target("ge 60", near.due, id="other")], date(2026, 1, 1)) is near
    assert shown_target([], NOW) is None


def test_a_commune_target_is_shown_where_the_city_has_none():
    own, each = target("ge 50", DUE), target("eq 100", NOW, level="commune")

    assert shown_target([each, own], NOW) is own
    assert shown_target([each], NOW) is each


def test_a_target_of_one_ward_is_never_held_against_the_city():
    ward = target("ge 50", DUE, level="commune", area="14758-202501")

    assert shown_target([ward], NOW) is None
