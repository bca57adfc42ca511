"""The way to a target: through its interim points, straight between them."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st

from app.core.entities import Interim
from app.core.targets import Start, corners, next_point, progress, required_on, stretch
from tests.core.laws import Law
from tests.core.samples import figure, target

BEGIN, DUE = date(2025, 1, 31), date(2030, 12, 31)
# The plan's heading: 2025, towards 2030. A steering committee agrees on two stages between.
STAGES = (Interim(date(2026, 12, 31), Decimal(50)), Interim(date(2028, 12, 31), Decimal(80)))


def start(value: Any, day: date = BEGIN) -> Start:
    return Start(value=Fraction(value), day=day, source="target")


def staged(words: str = "ge 100", points: tuple[Interim, ...] = STAGES) -> Any:
    return target(words, DUE, trajectory=points)


@pytest.mark.parametrize(
    ("day", "required"),
    [
        (BEGIN, 20),
        (date(2026, 12, 31), 50),
        (date(2028, 12, 31), 80),
        (date(2027, 12, 31), 50 + 30 * Fraction(365, 731)),
        (date(2025, 12, 31), 20 + 30 * Fraction(334, 699)),
        (DUE, 100),
        (date(2031, 1, 1), 100),
    ],
)
def test_the_way_goes_through_its_interim_points(day, required):
    assert required_on(corners(staged(), start(20)), day) == required


def test_interim_points_decide_the_verdict():
    # By the end of 2025 the straight line asks for 20 + 80 · 334/2160 = 32.37, the stages for 34.33.
    at = figure(33, "2025")
    straight: Any = progress(target("ge 100", DUE), at, start(20), at.day)
    agreed: Any = progress(staged(), at, start(20), at.day)

    assert (straight.status, agreed.status) == ("on_track", "at_risk")
    assert (straight.gap, agreed.gap) == (67, 67)
    assert agreed.required == 20 + 30 * Fraction(334, 699)


def test_a_baseline_after_an_interim_point_leaves_it_behind():
    late = start(60, date(2027, 6, 30))

    assert [c.value for c in corners(staged(), late)] == [60, 80, 100]
    assert [c.kind for c in corners(staged(), start(20))] == ["baseline", "interim", "interim", "target"]
    assert [c.kind for c in corners(staged(), None)] == ["interim", "interim", "target"]
    assert [c.kind for c in corners(staged(), start(20, DUE))] == ["target"]


def test_what_is_due_next():
    assert next_point(staged(), BEGIN) == STAGES[0]
    assert next_point(staged(), STAGES[0].date) == STAGES[1]
    assert next_point(staged(), STAGES[1].date) == Interim(DUE, Decimal(100))
    assert next_point(staged(), date(2031, 1, 1)) == Interim(DUE, Decimal(100))


NUMBERS = st.integers(-1000, 1000)
POINTS = st.dictionaries(st.integers(1, 2159), NUMBERS, max_size=5).map(
    lambda found: tuple(Interim(BEGIN + timedelta(days=d), Decimal(v)) for d, v in sorted(found.items()))
)
DAYS = st.integers(-100, 2400).map(lambda n: BEGIN + timedelta(days=n))


def test_points_on_the_straight_line_change_nothing():
    def holds(judge, example):
        slope, begin, days, day = example
        goal = begin + slope * (DUE - BEGIN).days
        points = tuple(Interim(BEGIN + timedelta(days=d), Decimal(begin + slope * d)) for d in sorted(days))
        aim = f"ge {goal}"
        return judge(corners(staged(aim, points), start(begin)), day) == required_on(
            corners(staged(aim, ()), start(begin)), day
        )

    def as_a_staircase(line, day):
        return stretch(line, day)[0].value

    law = Law(st.tuples(st.integers(-5, 5), NUMBERS, st.sets(st.integers(1, 2159), max_size=4), DAYS), holds)

    law.keeps(required_on)
    assert law.refutes(as_a_staircase)


def test_between_two_corners_the_way_never_leaves_them():
    def holds(judge, example):
        points, begin, goal, day = example
        line = corners(staged(f"ge {goal}", points), start(begin))
        if day < BEGIN:
            return True
        low, high = sorted(c.value for c in stretch(line, day))
        return low <= judge(line, day) <= high

    def past_its_points(line, day):
        return required_on((line[0], line[-1]), day)

    law = Law(st.tuples(POINTS, NUMBERS, NUMBERS, DAYS), holds)

    law.keeps(required_on)
    assert law.refutes(past_its_points)
