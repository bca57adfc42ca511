"""Unusual changes: found by the MAD of changes, never by the mean."""

from decimal import Decimal
from itertools import pairwise
from statistics import mean, pstdev

import pytest
from hypothesis import strategies as st

from app.core.outliers import CUTOFF, LEAST, MOST, notable, number, usual
from tests.core.laws import Law


def numbers(*given):
    return [Decimal(str(n)) for n in given]


# Changes 2, 1, 3, 2, 2: their median is 2, the deviations 0, 1, 1, 0, 0, so the MAD is 0 …
LEVEL = numbers(10, 12, 13, 16, 18, 20)
# … and here 2, 1, 3, 2, 4: median 2, deviations 0, 1, 1, 0, 2, MAD 1.
SPREAD = numbers(10, 12, 13, 16, 18, 22)


@pytest.mark.parametrize(
    ("before", "median", "mad", "limit", "lowest", "highest"),
    [
        (SPREAD, "2", "1", "5.1891", "18.8109", "29.1891"),
        (LEVEL, "2", "0", "0", "22", "22"),
        (numbers(0, 0, 0, 0, 0, 0), "0", "0", "0", "0", "0"),
    ],
)
def test_a_clerk_with_a_calculator_gets_the_same_limits(before, median, mad, limit, lowest, highest):
    found = usual(before)

    assert found is not None
    assert (found.median, found.mad, found.limit) == tuple(numbers(median, mad, limit))
    assert (found.lowest, found.highest) == tuple(numbers(lowest, highest))
    assert all(found.allows(edge) for edge in (found.lowest, found.highest))
    assert not found.allows(found.highest + Decimal("1e-12"))


def test_where_nothing_ever_changed_a_small_change_is_no_finding():
    found = usual(numbers(500, 500, 500, 500, 500, 500))

    assert found is not None
    assert [found.allows(Decimal(n)) for n in (475, 525, 474, 526, 50, 5000)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert [notable(*numbers(last, value)) for last, value in ((0, 0), (0, 1), (-20, -21), (-20, -22))] == [
        False, True, False, True,
    ]  # fmt: skip


def test_too_few_readings_say_nothing():
    assert usual(SPREAD[: LEAST - 1]) is None
    assert usual(SPREAD[:LEAST]) is not None


def test_only_the_last_twelve_readings_count():
    long_ago = numbers(*range(0, 10_000, 1000))
    recent = numbers(*range(100, 100 + MOST))

    assert usual([*long_ago, *recent]) == usual(recent)


def test_a_share_is_one_number_and_0_of_0_none():
    assert number(None, Decimal(1), Decimal(3)) == Decimal("33.33333333333333333333333333")
    assert number(None, Decimal(0), Decimal(0)) is None
    assert number(Decimal("12.50"), None, None) == Decimal("12.5")
    assert number(None, None, None) is None


READINGS = st.lists(st.decimals(-1000, 1000, places=2), min_size=LEAST, max_size=MOST)


def known(before):
    found = usual(before)
    assert found is not None
    return found


def verdict(before, value):
    found = usual(before)
    return None if found is None else found.allows(value)


def test_falling_is_rising_seen_in_a_mirror_and_the_scale_is_of_no_matter():
    def holds(judge, example):
        before, value, scale = example
        plain = judge(before, value)
        mirrored = judge([-v for v in before], -value)
        return plain == mirrored == judge([v * scale for v in before], value * scale)

    def only_upwards(before, value):
        return value <= known(before).highest

    law = Law(st.tuples(READINGS, st.decimals(-5000, 5000, places=2), st.sampled_from((2, 1000))), holds)

    law.keeps(verdict)
    assert law.refutes(only_upwards)


def test_one_wild_reading_hides_no_other():
    """Where the earlier readings rise by 1 ± 1 and one of them was a slip, a jump of 1000 more is still seen."""

    def holds(judge, example):
        steps, at, slip = example
        before, level = [], Decimal(100)
        for step in steps:
            level += step
            before.append(level)
        before[at] += slip
        return not judge(before, before[-1] + 1000)

    def by_mean_and_deviation(before, value):
        changes = [float(b - a) for a, b in pairwise(before)]
        return abs(float(value - before[-1]) - mean(changes)) <= 3 * pstdev(changes)

    steps = st.lists(st.integers(0, 2), min_size=MOST, max_size=MOST)
    law = Law(st.tuples(steps, st.integers(1, MOST - 2), st.integers(100, 10_000)), holds)

    law.keeps(verdict)
    assert law.refutes(by_mean_and_deviation)


def test_the_usual_change_is_never_unusual():
    def holds(judge, before):
        return judge(before, before[-1] + known(before).median)

    law = Law(READINGS, holds)

    law.keeps(verdict)
    assert law.refutes(lambda before, value: known(before).limit > abs(value))


def test_the_cutoff_is_that_of_iglewicz_and_hoaglin():
    assert Decimal("3.5") * Decimal("1.4826") == CUTOFF
