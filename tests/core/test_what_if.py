"""The fewest areas, checked by trying them all."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.core.numbers import Qualifier, decide
from app.core.what_if import areas_needed, pace

shares = st.fractions(min_value=0, max_value=100, max_denominator=100)


@given(st.sampled_from([Qualifier.GE, Qualifier.GT]), shares, st.integers(1, 60))
def test_one_area_less_would_not_do_upwards(comparator, goal, expected):
    needed = areas_needed(comparator, goal, expected, 1)

    assert decide(comparator, goal, Fraction(100 * needed, expected), Qualifier.EQ)
    assert not decide(comparator, goal, Fraction(100 * (needed - 1), expected), Qualifier.EQ)


@given(st.sampled_from([Qualifier.LE, Qualifier.LT]), shares, st.integers(1, 60))
def test_one_area_more_would_be_too_many_downwards(comparator, goal, expected):
    most = areas_needed(comparator, goal, expected, -1)

    assert decide(comparator, goal, Fraction(100 * most, expected), Qualifier.EQ)
    assert not decide(comparator, goal, Fraction(100 * (most + 1), expected), Qualifier.EQ)


@given(st.fractions(min_value=0, max_value=1000), st.integers(1, 5000))
def test_the_pace_brings_the_gap_by_the_due_day(gap, days):
    found = pace(gap, date(2025, 1, 1), date.fromordinal(date(2025, 1, 1).toordinal() + days))

    assert found.months_left is not None
    assert found.value_per_month is not None
    assert found.value_per_month * found.months_left == gap


def test_no_time_left_has_no_pace_unless_nothing_is_missing():
    day = date(2025, 1, 1)

    assert pace(Fraction(3), day, day).value_per_month is None
    assert pace(Fraction(0), day, day).value_per_month == 0
