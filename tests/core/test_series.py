"""Where an area stands at a period: its own word, a carried one, or one made over time."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st

from app.core.entities import Measure, OverTime, Rule
from app.core.figures import reported_standing
from app.core.numbers import Qualifier
from app.core.periods import Period
from app.core.series import MISSING, NOT_APPLICABLE, WITHHELD, standing, window
from tests.core.laws import Law
from tests.core.samples import definition, history, reading

MARCH, QUARTER, YEAR = (Period.parse(text) for text in ("2025-03", "2025-Q1", "2025"))


def said(**months):
    """One ward's words by month: `said(jan=5)` is 5 for 2025-01; `_2024` before a name is the year before."""
    names = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    told = []
    for seq, (name, what) in enumerate(months.items(), start=1):
        year = 2024 if name.endswith("_2024") else 2025
        told.append(reading("1", what, period=f"{year}-{names.index(name[:3]) + 1:02}", seq=seq))
    return history(told)


def month(number: int) -> Period:
    return MARCH.step(number)


# --- carrying ---------------------------------------------------------------------------------------------------------


def test_a_reading_is_carried_for_exactly_so_many_months():
    def holds(stand, example):
        months, heard, asked = example
        words = history(reading("1", n, period=month(n)) for n in heard)
        found = stand(definition(carry_forward=months), month(asked), words)
        standing_still = [n for n in heard if 0 <= asked - n <= months]
        if not standing_still:
            return found == MISSING
        newest = max(standing_still)
        state = "reported" if newest == asked else "carried"
        return found.state == state and found.reading == words[month(newest)]

    def a_month_too_long(rules, period, words):
        return standing(definition(carry_forward=rules.carry_forward + 1), period, words)

    law = Law(st.tuples(st.integers(0, 14), st.sets(st.integers(0, 20), max_size=6), st.integers(0, 34)), holds)

    law.keeps(standing)
    assert law.refutes(a_month_too_long)


@pytest.mark.parametrize(
    ("months", "asked", "state"),
    [(12, "2026-03", "carried"), (12, "2026-04", "missing"), (1, "2025-04", "carried"), (1, "2025-05", "missing"),
     (0, "2025-03", "reported"), (0, "2025-04", "missing")],
)  # fmt: skip
def test_the_edges_of_carrying(months, asked, state):
    found: Any = standing(definition(carry_forward=months), Period.parse(asked), said(mar=5))

    assert found.state == state


def test_months_are_counted_not_days():
    february = history([reading("1", 5, period="2024-02")])

    assert standing(definition(carry_forward=1), Period.parse("2024-03"), february).state == "carried"
    assert standing(definition(carry_forward=12), Period.parse("2025-02"), february).state == "carried"


@pytest.mark.parametrize(("word", "state"), [("Q", WITHHELD), ("M", NOT_APPLICABLE)])
def test_nothing_is_carried_over_a_withheld_or_inapplicable_word(word, state):
    words = said(jan=5, feb=word)

    assert standing(definition(), MARCH, words) == state
    assert standing(definition(carry_forward=0), MARCH, words) == MISSING
    assert standing(definition(carry_forward=0), Period.parse("2025-02"), words) == state


@pytest.mark.parametrize("over_time", [OverTime.SUM, OverTime.MEAN])
def test_flows_and_means_are_never_carried(over_time):
    assert standing(definition(over_time=over_time, carry_forward=12), MARCH, said(feb=5)) == MISSING


def test_a_zero_of_zero_is_a_word_and_is_carried():
    words = said(feb=(0, 0), jan=(1, 2))
    found: Any = standing(definition(measure=Measure.RATIO), MARCH, words)

    assert (found.state, found.reading.period) == ("carried", Period.parse("2025-02"))
    assert found.reading.exact is None


def test_a_later_word_does_not_reach_back():
    assert standing(definition(), MARCH, said(apr=5)) == MISSING


# --- over time --------------------------------------------------------------------------------------------------------


def test_a_stock_shows_the_last_word_inside_a_longer_period_as_reported():
    found: Any = standing(definition(carry_forward=0), QUARTER, said(jan=5, feb=7))

    assert (found.state, found.reading.value) == ("reported", 7)


def test_an_earlier_stock_is_carried_into_a_longer_period_counted_to_its_last_month():
    december = said(dec_2024=5)

    assert standing(definition(carry_forward=3), QUARTER, december).state == "carried"
    assert standing(definition(carry_forward=2), QUARTER, december) == MISSING


def test_a_stock_withheld_last_inside_a_longer_period_is_withheld():
    assert standing(definition(), QUARTER, said(jan=5, mar="Q")) == WITHHELD


def test_a_flow_is_the_total_of_all_its_months_and_missing_without_one():
    flow = definition(over_time=OverTime.SUM)
    found: Any = standing(flow, QUARTER, said(jan=5, feb=7, mar=1))

    assert (found.state, found.reading.exact, found.reading.period, found.reading.seq) == ("reported", 13, QUARTER, 3)
    assert standing(flow, QUARTER, said(jan=5, mar=1)) == MISSING
    assert standing(flow, QUARTER, said(jan=5, feb="Q", mar=1)) == MISSING
    assert standing(flow, QUARTER, said(jan=5, feb="M", mar=1)) == MISSING
    assert standing(flow, QUARTER, said(jan="M", feb="M", mar="M")) == NOT_APPLICABLE


def test_a_mean_over_time_is_exact():
    found: Any = standing(definition(over_time=OverTime.MEAN), QUARTER, said(jan=1, feb=1, mar=0))

    assert found.reading.exact == Fraction(2, 3)


@pytest.mark.parametrize("over_time", [OverTime.SUM, OverTime.MEAN])
def test_a_ratio_over_time_is_that_of_its_summed_components(over_time):
    ratio = definition(measure=Measure.RATIO, over_time=over_time)
    found: Any = standing(ratio, QUARTER, said(jan=(1, 2), feb=(10, 100), mar=(900, 1000)))

    assert (found.reading.numerator, found.reading.denominator) == (911, 1102)
    assert found.reading.exact == Fraction(91100, 1102)
    assert standing(ratio, QUARTER, said(jan=50, feb=60, mar=70)) == MISSING


def test_a_total_carries_the_bound_of_its_months_and_opposed_bounds_give_none():
    flow = definition(over_time=OverTime.SUM)
    found: Any = standing(flow, QUARTER, said(jan="gt 5", feb=7, mar="ge 1"))

    assert (found.reading.exact, found.reading.qualifier) == (13, Qualifier.GT)
    assert standing(flow, QUARTER, said(jan="gt 5", feb=7, mar="lt 1")) == MISSING


def test_the_total_of_a_year_is_that_of_its_quarters():
    def holds(total, values):
        flow = definition(over_time=OverTime.SUM)
        words = history(reading("1", value, period=YEAR.parts(MARCH.frequency)[n]) for n, value in enumerate(values))
        quarters = [total(flow, quarter, words).reading.exact for quarter in YEAR.parts(QUARTER.frequency)]
        return total(flow, YEAR, words).reading.exact == sum(quarters)

    def last_alone(rules, period, words):
        return standing(definition(), period, words)

    law = Law(st.lists(st.integers(0, 10**6), min_size=12, max_size=12), holds)

    law.keeps(standing)
    assert law.refutes(last_alone)


def test_the_window_holds_every_word_that_can_matter():
    def holds(span, example):
        months, over_time, period, heard = example
        rules = definition(carry_forward=months, over_time=over_time)
        words = history(reading("1", n, period=month(n)) for n in heard)
        first, last = span(rules, period)
        seen = {p: r for p, r in words.items() if first <= p.ends <= last}
        return standing(rules, period, seen) == standing(rules, period, words)

    asked = st.sampled_from([month(0), month(9), QUARTER.step(3), YEAR, Period.parse("2026-S1")])
    examples = st.tuples(st.integers(0, 14), st.sampled_from(OverTime), asked, st.sets(st.integers(-12, 24)))
    law = Law(examples, holds)

    law.keeps(window)
    assert law.refutes(lambda rules, period: (period.ends - rules.carry_forward, period.ends))


# --- the city's own words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["M", "Q", (0, 0)])
def test_the_citys_newest_number_stands_however_old_and_whatever_came_after(last):
    found: Any = reported_standing(definition(carry_forward=0), Period.parse("2029-12"), said(jan=5, feb=last))

    assert found.exact == 5


def test_the_citys_flow_is_its_newest_whole_quarter():
    flow = definition(over_time=OverTime.SUM)
    words = said(jan=1, feb=2, mar=3, apr=4, jun=6)

    found: Any = reported_standing(flow, Period.parse("2025-Q3"), words)
    assert found.exact == 6
    assert reported_standing(flow, Period.parse("2024-Q4"), words) is None


@pytest.mark.parametrize("over_time", [OverTime.SUM, OverTime.MEAN])
def test_shares_that_the_city_reports_add_up_by_components_only(over_time):
    shares = definition(rollup=Rule.SHARE_REACHING, over_time=over_time)
    found: Any = reported_standing(shares, QUARTER, said(jan=(1, 2), feb=(10, 100), mar=(900, 1000)))

    assert found.exact == Fraction(91100, 1102)
    assert reported_standing(shares, QUARTER, said(jan=50, feb=60, mar=70)) is None
