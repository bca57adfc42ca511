"""The rules over areas: laws of order, grouping, silence and bounds, and the plan's own examples."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import pytest
from hypothesis import strategies as st

from app.core.entities import Measure, Rule
from app.core.numbers import Qualifier
from app.core.rollup import RollUp, Totals, by_totals, reaches, roll_up
from app.core.series import MISSING, WITHHELD, Reading, Standing
from tests.core.laws import Law
from tests.core.samples import criterion, definition, reading, stands, wards, weights

NUMBERS = st.decimals(-1000, 1000, places=3, allow_nan=False)
BOUNDS = st.builds("{} {}".format, st.sampled_from(["gt", "ge", "eq"]), NUMBERS)
PAIRS = st.integers(0, 50).flatmap(lambda under: st.tuples(st.integers(0, under), st.just(under)))
SILENCES = st.sampled_from([None, "M", "Q"])
SAID = {
    Rule.SUM: st.one_of(NUMBERS, BOUNDS, SILENCES),
    Rule.MEAN: st.one_of(NUMBERS, BOUNDS, SILENCES),
    Rule.MIN: st.one_of(NUMBERS, BOUNDS, SILENCES),
    Rule.MAX: st.one_of(NUMBERS, BOUNDS, SILENCES),
    Rule.RATIO_OF_SUMS: st.one_of(PAIRS, SILENCES),
    Rule.SHARE_REACHING: st.one_of(PAIRS, BOUNDS, NUMBERS, SILENCES),
    Rule.WEIGHTED_MEAN: st.one_of(NUMBERS, BOUNDS, PAIRS, SILENCES),
}
RULES = list(SAID)
MEASURED = criterion("ge 50")


@st.composite
def cities(draw, rules=tuple(RULES), least=1):
    """A rule, where some wards stand, and their weights."""
    rule = draw(st.sampled_from(rules))
    said = draw(st.lists(st.tuples(SAID[rule], st.booleans()), min_size=least, max_size=8))
    standings = [stands(number, what, carried=carried) for number, (what, carried) in enumerate(said)]
    weighs = st.one_of(st.none(), st.integers(0, 9), st.just("ge 4"), st.just((0, 0)))
    return rule, standings, weights(*(draw(weighs) for _ in said))


def rolled(rule: Rule, standings: list[Standing], by: dict[str, Reading]) -> RollUp:
    return roll_up(
        rule,
        standings,
        criterion=MEASURED if rule is Rule.SHARE_REACHING else None,
        weights=by if rule is Rule.WEIGHTED_MEAN else None,
    )


def silent(standings: list[Standing], but: int) -> list[Standing]:
    return [s if number < but else MISSING for number, s in enumerate(standings)]


# --- order and grouping -----------------------------------------------------------------------------------------------


def test_the_order_of_arrival_does_not_matter():
    def holds(roll, example):
        (rule, standings, by), random = example
        later = random.sample(standings, len(standings))
        return roll(rule, later, by) == roll(rule, standings, by)

    def by_steps(rule, standings, by):
        """A mean that is carried along as the readings come in."""
        values = [s.reading.exact for s in standings if s.reading and s.reading.exact is not None]
        return reduce(lambda mean, value: (mean + value) / 2, values) if values else None

    law = Law(st.tuples(cities(), st.randoms(use_true_random=False)), holds)

    law.keeps(rolled)
    assert law.refutes(by_steps)


def joined(rule: Rule, one: RollUp, other: RollUp) -> Any:
    """The value of two groups of wards, from the groups' own roll-ups."""
    if rule in (Rule.RATIO_OF_SUMS, Rule.SHARE_REACHING):
        over = (one.numerator or 0) + (other.numerator or 0)
        under = (one.denominator or 0) + (other.denominator or 0)
        if rule is Rule.SHARE_REACHING:
            under = one.expected + other.expected
        return Fraction(over) * 100 / Fraction(under) if under else None
    if one.value is None or other.value is None:
        return other.value if one.value is None else one.value
    pick: Any = {Rule.SUM: lambda a, b: a + b, Rule.MIN: min, Rule.MAX: max}[rule]
    return pick(one.value, other.value)


def grouping(join):
    def holds(roll, example):
        (rule, standings, by), cut = example
        groups = [standings[:cut], standings[cut:]]
        return roll(rule, standings, by).value == join(rule, *(roll(rule, group, by) for group in groups))

    return holds


def mean_of_groups(rule: Rule, one: RollUp, other: RollUp) -> Any:
    values = [group.value for group in (one, other) if group.value is not None]
    return sum(values, Fraction(0)) / len(values) if values else None


@pytest.mark.parametrize("rule", [Rule.SUM, Rule.MIN, Rule.MAX, Rule.RATIO_OF_SUMS, Rule.SHARE_REACHING])
def test_wards_may_be_grouped_first(rule):
    heard = cities(rules=(rule,), least=2).filter(
        lambda city: rule is not Rule.SHARE_REACHING or rolled(*city).value is not None
    )
    examples = st.tuples(heard, st.integers(1, 7))

    Law(examples, grouping(joined)).keeps(rolled)
    assert Law(examples, grouping(mean_of_groups)).refutes(rolled)


# --- silence ----------------------------------------------------------------------------------------------------------

HEARD = tuple(r for r in RULES if r is not Rule.SHARE_REACHING)
SILENT_ONES = st.tuples(cities(rules=HEARD), st.lists(st.sampled_from([MISSING, WITHHELD]), min_size=1, max_size=5))


def test_a_silent_ward_lowers_coverage_and_no_value():
    def holds(roll, example):
        (rule, standings, by), more = example
        alone, among = roll(rule, standings, by), roll(rule, [*standings, *more], by)
        return among == replace(alone, expected=alone.expected + len(more))

    def over_all_expected(rule, standings, by):
        found = rolled(rule, standings, by)
        if found.value is None:
            return found
        return replace(found, value=found.value * (found.reported + found.carried) / found.expected)

    law = Law(SILENT_ONES, holds)

    law.keeps(rolled)
    assert law.refutes(over_all_expected)


def test_a_silent_ward_counts_as_not_reached():
    def holds(roll, example):
        (rule, standings, by), more = example
        alone, among = roll(rule, standings, by), roll(rule, [*standings, *more], by)
        if alone.value is None:
            return among.value is None
        return among.numerator == alone.numerator and among.value == Fraction(
            100 * int(alone.numerator), among.expected
        )

    def over_those_heard(rule, standings, by):
        heard = [s for s in standings if s.reading]
        return replace(rolled(rule, standings, by), value=rolled(rule, heard, by).value)

    shares = cities(rules=(Rule.SHARE_REACHING,))
    law = Law(st.tuples(shares, st.lists(st.just(MISSING), min_size=1, max_size=5)), holds)

    law.keeps(rolled)
    assert law.refutes(over_those_heard)


def test_everyone_expected_is_reported_carried_or_missing():
    def holds(roll, example):
        rule, standings, by = example
        found = roll(rule, standings, by)
        applicable = [s for s in standings if s.state != "not_applicable"]
        return (
            found.expected == len(applicable)
            and found.missing >= 0
            and found.reported <= sum(s.state == "reported" for s in applicable)
            and found.carried <= sum(s.state == "carried" for s in applicable)
        )

    law = Law(cities(), holds)

    law.keeps(rolled)
    assert law.refutes(lambda rule, standings, by: replace(rolled(rule, standings, by), expected=len(standings)))


# --- sums alone -------------------------------------------------------------------------------------------------------

SUMMED = (Rule.SUM, Rule.MEAN, Rule.RATIO_OF_SUMS, Rule.SHARE_REACHING)
EXACTLY = {
    Rule.SUM: NUMBERS,
    Rule.MEAN: st.one_of(NUMBERS, PAIRS),
    Rule.RATIO_OF_SUMS: PAIRS,
    Rule.SHARE_REACHING: st.integers(0, 1),
}


@st.composite
def all_heard(draw):
    rule = draw(st.sampled_from(SUMMED))
    measure = Measure.FLAG if rule is Rule.SHARE_REACHING else Measure.COUNT
    return definition(rollup=rule, measure=measure), wards(*draw(st.lists(EXACTLY[rule], min_size=1, max_size=8)))


def test_sums_give_what_the_single_readings_give():
    def holds(summed, example):
        rules, standings = example
        found = summed(rules, [s.reading for s in standings])
        return found is None or found == roll_up(rules.rollup, standings)

    law = Law(all_heard(), holds)

    law.keeps(lambda rules, readings: by_totals(rules, Totals.of(readings)))
    assert law.refutes(lambda rules, readings: by_totals(rules, Totals.of(readings[:-1])))
    assert law.refutes(lambda rules, readings: by_totals(rules, replace(Totals.of(readings), values=len(readings) + 1)))


@st.composite
def partly_heard(draw):
    """Wards of which some were heard before and some not at all, or stand outside."""
    rule = draw(st.sampled_from(SUMMED))
    measure = Measure.FLAG if rule is Rule.SHARE_REACHING else Measure.COUNT
    said = draw(st.lists(st.tuples(st.one_of(EXACTLY[rule], SILENCES), st.booleans()), max_size=8))
    standings = [stands(number, what, carried=carried) for number, (what, carried) in enumerate(said)]
    return definition(rollup=rule, measure=measure), standings


def test_sums_give_the_same_where_some_are_carried_or_silent():
    def holds(summed, example):
        rules, standings = example
        heard = [s for s in standings if s.reading is not None]
        found = summed(
            rules,
            Totals.of([s.reading for s in heard]),
            carried=sum(s.state == "carried" for s in heard),
            missing=sum(s.state in ("missing", "withheld") for s in standings),
        )
        return found is None or found == roll_up(rules.rollup, standings)

    law = Law(partly_heard(), holds)

    law.keeps(by_totals)
    assert law.refutes(lambda rules, totals, carried, missing: by_totals(rules, totals, carried=carried))
    assert law.refutes(lambda rules, totals, carried, missing: by_totals(rules, totals, missing=missing))


def test_sums_are_not_enough_for_extremes_criteria_and_weights():
    totals = Totals.of([reading("1", 3), reading("2", 5)])

    for rule in (Rule.MIN, Rule.MAX, Rule.WEIGHTED_MEAN):
        assert by_totals(definition(rollup=rule), totals) is None
    assert by_totals(definition(rollup=Rule.SHARE_REACHING, criterion=MEASURED), totals) is None


# --- the plan's own examples ------------------------------------------------------------------------------------------


def test_a_ratio_of_three_wards_is_911_of_1102_and_never_a_mean_of_percentages():
    found: Any = roll_up(Rule.RATIO_OF_SUMS, wards((1, 2), (10, 100), (900, 1000)))

    assert (found.value, found.numerator, found.denominator) == (Fraction(91100, 1102), 911, 1102)
    assert found.value != roll_up(Rule.MEAN, wards((1, 2), (10, 100), (900, 1000))).value


def test_33_of_47_wards_have_finished():
    found: Any = roll_up(Rule.SHARE_REACHING, wards(*[1] * 33, *[0] * 10, *[None] * 4))

    assert (found.value, found.numerator, found.denominator) == (Fraction(3300, 47), 33, 47)
    assert (found.reported, found.missing) == (43, 4)


def test_38_of_47_are_enough_and_37_are_not():
    def quality(heard: int) -> str:
        return roll_up(Rule.SUM, wards(*[1] * heard, *[None] * (47 - heard))).quality(Decimal("0.8"))

    assert [quality(n) for n in (0, 1, 37, 38, 47)] == ["none", "partial", "partial", "ok", "ok"]


def test_carried_readings_count_for_coverage_and_apart():
    standings = [stands(1, 5), stands(2, 7, carried=True), MISSING]
    found: Any = roll_up(Rule.SUM, standings)

    assert (found.value, found.reported, found.carried, found.missing) == (12, 1, 1, 1)
    assert found.quality(Decimal("0.66")) == "ok"


def test_not_applicable_leaves_expected_and_withheld_stays_as_missing():
    found: Any = roll_up(Rule.SUM, wards(4, "M", "Q", None))

    assert (found.expected, found.reported, found.missing, found.value) == (3, 1, 2, 4)


def test_nobody_expected_gives_no_value_and_no_quality():
    found: Any = roll_up(Rule.SHARE_REACHING, wards("M", "M"))

    assert (found.expected, found.value, found.quality(Decimal(0))) == (0, None, "none")


def test_a_zero_is_a_value_and_silence_is_none():
    assert roll_up(Rule.SUM, wards(0, 0)).value == 0
    assert roll_up(Rule.SUM, wards(None, None)).value is None


def test_nothing_of_nothing_is_reported_and_not_reached():
    found: Any = roll_up(Rule.SHARE_REACHING, wards((0, 0), (9, 10)), criterion=MEASURED)

    assert (found.reported, found.numerator, found.value) == (2, 1, 50)
    # Nor where the criterion is one that 0 would meet.
    assert reaches(reading("1", (0, 0)), criterion("le 50")) is False


def test_nothing_of_nothing_adds_nothing_to_a_ratio_and_all_of_it_gives_none():
    assert roll_up(Rule.RATIO_OF_SUMS, wards((0, 0), (3, 4))).value == 75
    nothing = roll_up(Rule.RATIO_OF_SUMS, wards((0, 0), (0, 0)))
    assert (nothing.value, nothing.reported, nothing.quality(Decimal("0.8"))) == (None, 2, "ok")


def test_a_mean_of_ratios_passes_over_nothing_of_nothing():
    found: Any = roll_up(Rule.MEAN, wards((1, 2), (0, 0), (1, 1)))

    assert (found.value, found.reported) == (75, 3)


@pytest.mark.parametrize(
    ("said", "rule", "value", "qualifier"),
    [
        ((5, "ge 3"), Rule.SUM, 8, Qualifier.GE),
        (("gt 5", "ge 3"), Rule.SUM, 8, Qualifier.GT),
        (("lt 5", 3), Rule.MEAN, 4, Qualifier.LT),
        (("gt 5", "lt 3"), Rule.SUM, None, Qualifier.EQ),
        (("gt 5", 3), Rule.MIN, 3, Qualifier.EQ),
        (("gt 5", 3), Rule.MAX, 5, Qualifier.GT),
        (("gt 5", "le 9"), Rule.MAX, None, Qualifier.EQ),
    ],
)
def test_a_bound_is_carried_when_all_point_one_way(said, rule, value, qualifier):
    found: Any = roll_up(rule, wards(*said))

    assert (found.value, found.qualifier, found.reported) == (value, qualifier, 2)


def test_a_bound_that_cannot_decide_has_not_reached_and_is_named():
    found: Any = roll_up(Rule.SHARE_REACHING, wards("gt 40", "gt 60", "lt 50", "lt 90"), criterion=MEASURED)

    assert (found.numerator, found.value, found.undecided) == (1, 25, ("0", "3"))


def test_a_mean_is_weighted_and_an_area_without_a_weight_is_missing():
    found: Any = roll_up(Rule.WEIGHTED_MEAN, wards(10, 20, 90), weights=weights(1, 3, None))

    assert (found.value, found.reported, found.missing) == (Fraction(70, 4), 2, 1)


def test_a_bounded_weight_or_nothing_of_nothing_is_no_weight():
    found: Any = roll_up(Rule.WEIGHTED_MEAN, wards(10, 20, 90), weights=weights(2, "ge 3", (0, 0)))

    assert (found.value, found.reported, found.missing) == (10, 1, 2)


def test_weights_that_sum_to_zero_give_no_value():
    found: Any = roll_up(Rule.WEIGHTED_MEAN, wards(10, 20), weights=weights(0, 0))

    assert (found.value, found.reported) == (None, 2)


def test_rule_none_has_coverage_alone():
    found: Any = roll_up(Rule.NONE, wards(7))

    assert (found.expected, found.reported, found.value) == (1, 1, None)


def test_a_ratio_without_components_is_never_averaged_into_one():
    assert roll_up(Rule.RATIO_OF_SUMS, wards((1, 2), 80)).value is None


def test_sums_of_28_digits_stay_exact():
    big = "1234567890123456.789012345678"
    found: Any = roll_up(Rule.SUM, wards(*[big] * 1000))

    assert found.value == Fraction(big) * 1000
