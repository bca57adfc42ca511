"""Periods: laws, each with a wrong variant that it refutes, and the edges of the calendar."""

import operator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from app.core.errors import Problem
from app.core.periods import FIRST_YEAR, LAST_YEAR, Frequency, Period, parse_at
from app.core.series import own_period, parts
from tests.core.laws import Law

DAY = timedelta(days=1)


@st.composite
def periods(draw, frequencies=tuple(Frequency)):
    frequency = draw(st.sampled_from(frequencies))
    index = draw(st.integers(1, 12 // frequency.months))
    return Period(draw(st.integers(FIRST_YEAR, LAST_YEAR)), frequency, index)


def near(period: Period) -> st.SearchStrategy[Period]:
    """Periods of any frequency within about two years, so that ends often coincide."""
    days = st.integers(-800, 800).map(lambda n: period.last + n * DAY)
    return st.builds(Period.containing, days, st.sampled_from(Frequency))


PAIRS = periods().flatmap(lambda p: st.tuples(st.just(p), near(p)))
LONGER_AND_SHORTER = st.tuples(periods(), st.sampled_from(Frequency)).filter(
    lambda x: x[0].frequency.months >= x[1].months
)
SHORTER_AND_LONGER = st.tuples(periods(), st.sampled_from(Frequency)).filter(
    lambda x: x[0].frequency.months <= x[1].months
)


def test_a_period_reads_back_from_its_text():
    law = Law(periods(), lambda parse, p: parse(str(p)) == p)

    law.keeps(Period.parse)
    assert law.refutes(lambda text: Period.parse(text[:4]))


def test_every_text_is_a_period_that_writes_it_again_or_is_refused():
    def holds(parse, text):
        try:
            return str(parse(text)) == text
        except Problem as problem:
            return problem.code == "period-malformed" and problem.faults[0].given == text

    texts = st.one_of(
        st.from_regex(r"[0-9]{3,5}(-([SQ][0-9]|[0-9]{1,3}))?", fullmatch=True), st.text(max_size=9), periods().map(str)
    )
    law = Law(texts, holds)

    law.keeps(Period.parse)
    assert law.refutes(lambda text: Period.parse(text.strip()))


def test_periods_are_ordered_by_their_last_day():
    law = Law(PAIRS, lambda less, x: x[0].last >= x[1].last or less(*x))

    law.keeps(operator.lt)
    assert law.refutes(lambda p, q: p.first < q.first)


def test_of_two_periods_one_comes_first_or_they_are_the_same():
    def holds(less, pair):
        p, q = pair
        return [less(p, q), p == q, less(q, p)].count(True) == 1 and (p <= q) == (less(p, q) or p == q)

    law = Law(PAIRS, holds)

    law.keeps(operator.lt)
    assert law.refutes(lambda p, q: p.last < q.last)


def test_the_parts_of_a_period_fill_it_without_gap_or_overlap():
    def holds(split, pair):
        period, frequency = pair
        found = split(period, frequency)
        touching = all(a.last + DAY == b.first for a, b in pairwise(found))
        within = found[0].first == period.first and found[-1].last == period.last
        return touching and within and all(part.frequency is frequency for part in found)

    law = Law(LONGER_AND_SHORTER, holds)

    law.keeps(Period.parts)
    law.keeps(parts)
    assert law.refutes(lambda period, frequency: period.parts(frequency)[1:] or period.parts(frequency))


def test_a_step_forth_and_back_changes_nothing_and_neighbours_touch():
    def holds(step, pair):
        period, count = pair
        return step(step(period, count), -count) == period and step(period, 1).first == period.last + DAY

    law = Law(st.tuples(periods(), st.integers(-40, 40)), holds)

    law.keeps(Period.step)
    assert law.refutes(lambda p, n: Period(p.year + n, p.frequency, p.index))


def test_next_and_previous_are_a_step():
    law = Law(periods(), lambda following, p: following(p).previous() == p and following(p).next() == p.step(2))

    law.keeps(Period.next)
    assert law.refutes(lambda p: p.step(12 // p.frequency.months))


def test_every_day_lies_in_its_period():
    days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 30))
    law = Law(
        st.tuples(days, st.sampled_from(Frequency)),
        lambda containing, x: containing(*x).first <= x[0] <= containing(*x).last,
    )

    law.keeps(Period.containing)
    assert law.refutes(lambda day, frequency: Period.containing(day + DAY, frequency))


def test_months_between_ends_count_from_last_day_to_last_day():
    def holds(ends, pair):
        earlier, later = sorted(pair)
        day, months = earlier.last + DAY, ends(later) - ends(earlier)
        return (later.last + DAY) == date(
            day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1
        )

    law = Law(PAIRS.filter(lambda pair: max(p.year for p in pair) < LAST_YEAR), holds)

    law.keeps(lambda period: period.ends)
    assert law.refutes(lambda period: period.last.toordinal() // 30)


def test_a_shorter_period_shows_the_last_own_period_that_ended_by_then():
    def holds(shown_for, pair):
        period, frequency = pair
        shown = shown_for(period, frequency)
        return shown.frequency is frequency and shown.last <= period.last < shown.next().last

    law = Law(SHORTER_AND_LONGER, holds)

    law.keeps(own_period)
    assert law.refutes(lambda period, frequency: Period.containing(period.last, frequency))


@pytest.mark.parametrize(
    ("period", "frequency", "shown"),
    [("2025-02", "Q", "2024-Q4"), ("2025-03", "Q", "2025-Q1"), ("2025-Q3", "A", "2024"), ("2025-S1", "M", "2025-S1"),
     ("2025-12", "A", "2025"), ("2025-Q2", "S", "2025-S1")],
)  # fmt: skip
def test_what_is_looked_up_when_another_frequency_is_asked(period, frequency, shown):
    assert str(own_period(Period.parse(period), Frequency(frequency))) == shown


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2024-02", "2024-02-01", "2024-02-29"), ("2025-02", "2025-02-01", "2025-02-28"),
     ("2000-02", "2000-02-01", "2000-02-29"), ("2100-02", "2100-02-01", "2100-02-28"),
     ("2024-Q1", "2024-01-01", "2024-03-31"), ("2025-S2", "2025-07-01", "2025-12-31"),
     ("2025", "2025-01-01", "2025-12-31"), ("1900", "1900-01-01", "1900-12-31"),
     ("2199-12", "2199-12-01", "2199-12-31")],
)  # fmt: skip
def test_first_and_last_day(text, first, last):
    period = Period.parse(text)

    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "2025-13", "2025-00", "2025-3", "2025-S3", "2025-S0", "2025-Q5", "2025-q1", "25", "1899", "2200", "2025-03-01",
     "2025-W01", " 2025", "2025\n", "2025-Q1 ", "20255", "-2025", "２０２５", "2025–03", "tháng 3"],
)  # fmt: skip
def test_other_forms_are_refused_where_they_stood(text):
    with pytest.raises(Problem) as refused:
        parse_at(text, pointer="/rows/3/period")

    assert refused.value.code == "period-malformed"
    assert (refused.value.faults[0].pointer, refused.value.faults[0].given) == ("/rows/3/period", text)


def test_of_periods_with_the_same_last_day_the_longest_comes_first():
    order = ["2024", "2025-01", "2025-02", "2025-Q1", "2025-03", "2025-S1", "2025-Q2", "2025-06", "2025", "2025-12"]

    assert [str(p) for p in sorted(map(Period.parse, reversed(order)))] == order
