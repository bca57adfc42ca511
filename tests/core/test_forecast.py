"""Laws of the forecast: straight lines, order, outliers, bounds, and how often the interval holds."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.forecast import MOST, Point, trend
from app.core.numbers import Qualifier

START = date(2025, 1, 31)
numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
days = st.lists(st.integers(0, 2000), min_size=4, max_size=MOST, unique=True)


def on(day: int) -> date:
    return START + timedelta(days=day)


def line(level: Fraction, slope: Fraction, when: list[int]) -> list[Point]:
    return [Point(on(d), level + slope * d) for d in when]


def least_squares(points: list[Point], day: date) -> Fraction:
    xs = [Fraction((p.day - START).days) for p in points]
    mean_x = sum(xs, Fraction(0)) / len(xs)
    mean_y = sum((p.value for p in points), Fraction(0)) / len(points)
    above = sum(((x - mean_x) * (p.value - mean_y) for x, p in zip(xs, points, strict=True)), Fraction(0))
    slope = above / sum(((x - mean_x) * (x - mean_x) for x in xs), Fraction(0))
    return mean_y + slope * ((day - START).days - mean_x)


@given(numbers, numbers, days, st.integers(0, 5000))
def test_a_straight_line_is_forecast_exactly_and_without_width(level, slope, when, due):
    found = trend(line(level, slope, when), share=False)

    assert found.value(on(due)) == level + slope * due == least_squares(line(level, slope, when), on(due))
    assert found.interval(on(due)) == (found.value(on(due)),) * 2


@given(days.flatmap(lambda w: st.tuples(st.just(w), st.lists(numbers, min_size=len(w), max_size=len(w)))), st.randoms())
def test_order_of_arrival_does_not_matter_and_the_interval_holds_the_value(told, random):
    points = [Point(on(d), v) for d, v in zip(*told, strict=True)]
    found = trend(points, share=False)

    assert trend(random.sample(points, len(points)), share=False) == found
    low, high = found.interval(on(3000))
    assert low <= found.value(on(3000)) <= high


@given(st.integers(0, 11), st.integers(10**3, 10**9), st.sampled_from((-1, 1)))
def test_an_outlier_moves_it_little_and_least_squares_much(which, size, way):
    points = [Point(on(30 * n), Fraction(10 + n)) for n in range(12)]
    points[which] = points[which]._replace(value=points[which].value + way * size)
    truth = Fraction(10 + 24)

    assert abs(trend(points, share=False).value(on(720)) - truth) < 2
    # Where an outlier lies in the middle the line of least squares turns little, but it is lifted all the same.
    assert abs(least_squares(points, on(720)) - truth) > 2


@given(days.flatmap(lambda w: st.tuples(st.just(w), st.lists(st.integers(0, 100), min_size=len(w), max_size=len(w)))))
def test_a_share_stays_within_its_bounds(told):
    found = trend([Point(on(d), Fraction(v)) for d, v in zip(*told, strict=True)], share=True)

    low, high = found.interval(on(20000))
    assert 0 <= low <= found.value(on(20000)) <= high <= 100


def test_only_the_last_twelve_readings_speak():
    old = [Point(on(n), Fraction(1000 - n)) for n in range(20)]
    new = line(Fraction(5), Fraction(1, 10), list(range(100, 100 + MOST)))

    assert trend(old + new, share=False) == trend(new, share=False)


@pytest.mark.parametrize(
    ("comparator", "goal", "day"),
    [("ge", 50, 100), ("gt", 50, 101), ("eq", 50, 100), ("ge", 99, 198), ("ge", 1, 91), ("lt", 10, None)],
)
def test_the_day_a_target_is_reached(comparator, goal, day):
    found = trend(line(Fraction(0), Fraction(1, 2), [0, 30, 60, 90]), share=True)
    up = -1 if comparator == "lt" else 1

    assert found.reached(Qualifier(comparator), Fraction(goal), up, on(90)) == (None if day is None else on(day))


def test_a_share_never_exceeds_a_hundred_and_a_standstill_reaches_nothing():
    rising = trend(line(Fraction(0), Fraction(1, 2), [0, 30, 60, 90]), share=True)
    still = trend(line(Fraction(7), Fraction(0), [0, 30, 60, 90]), share=False)
    slow = trend(line(Fraction(7), Fraction(1, 10**9), [0, 30, 60, 90]), share=False)

    assert rising.reached(Qualifier.GT, Fraction(100), 1, on(90)) is None
    assert rising.reached(Qualifier.GE, Fraction(100), 1, on(90)) == on(200)
    assert still.reached(Qualifier.GE, Fraction(8), 1, on(90)) is None
    assert slow.reached(Qualifier.GE, Fraction(9), 1, on(90)) is None


@pytest.mark.parametrize("count", [4, 8, 12])
def test_the_interval_holds_about_as_often_as_it_says(count):
    random, held = Random(57), 0
    for _ in range(300):
        points = [Point(on(30 * n), Fraction(n + round(random.gauss(0, 10)))) for n in range(count)]
        low, high = trend(points, share=False).interval(on(30 * count))
        held += low <= count + random.gauss(0, 10) <= high

    # Nominal 90 %; few readings give few ranks, and the two widths are added, so it errs on the wide side.
    assert held / 300 > 0.8
