"""Numbers: kept digit for digit or refused, rounded half away from zero; bounds against every true value they allow."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import strategies as st

from app.core.numbers import (
    DIGITS,
    EXPONENT,
    NumberRefused,
    Qualifier,
    accepted,
    combined,
    decide,
    decimals_of,
    extreme,
    may_hold_exponent,
    plainly,
    round_half_up,
)
from tests.core.laws import Law

PLAIN = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,14})?", fullmatch=True)
LITERALS = st.one_of(PLAIN, st.from_regex(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,5})?[eE][+-]?[0-9]{1,4}", fullmatch=True))
EXACTS = st.builds(Fraction, st.integers(-(10**9), 10**9), st.integers(1, 10**6))


# --- literals ---------------------------------------------------------------------------------------------------------


def significant(literal: str) -> int:
    mantissa = literal.lower().partition("e")[0]
    return len(mantissa.lstrip("-").replace(".", "").lstrip("0"))


def exponent(literal: str) -> int:
    return int(literal.lower().partition("e")[2] or 0)


def test_a_number_is_kept_exactly_or_refused():
    def holds(read, literal):
        try:
            number = read(literal)
        except NumberRefused:
            return True
        return number.is_finite() and Fraction(number) == Fraction(literal)

    law = Law(LITERALS, holds)

    law.keeps(accepted)
    assert law.refutes(lambda literal: Decimal(repr(float(literal))))


def test_a_number_without_exponent_keeps_its_every_digit():
    def holds(read, literal):
        try:
            shown = format(read(literal), "f")
        except NumberRefused:
            return True
        return shown == (literal if Fraction(literal) else literal.lstrip("-"))

    law = Law(PLAIN, holds)

    law.keeps(accepted)
    assert law.refutes(lambda literal: Decimal(literal).normalize())


def test_28_digits_and_exponents_up_to_12_are_taken_and_nothing_beyond():
    def holds(read, literal):
        too_far, too_long = abs(exponent(literal)) > EXPONENT, significant(literal) > DIGITS
        try:
            read(literal)
        except NumberRefused as refused:
            return refused.code == ("number-out-of-range" if too_far else "number-too-precise") and (
                too_far or too_long
            )
        return not too_far and not too_long

    law = Law(LITERALS, holds)

    law.keeps(accepted)
    assert law.refutes(Decimal)


@pytest.mark.parametrize("literal", ["9" * 10**6, "0." + "0" * 10**6 + "1", "1e" + "9" * 10**6, "-" + "1" * 10**5])
def test_a_million_digits_cost_nothing(literal):
    with pytest.raises(NumberRefused):
        accepted(literal)


def test_minus_zero_is_zero():
    assert [str(accepted(literal)) for literal in ("-0", "-0.00", "0e5", "-0e-3")] == ["0", "0.00", "0", "0.000"]


def test_decimals_are_those_the_number_needs():
    law = Law(
        st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**6), max_value=10**6),
        lambda count, n: (
            (Fraction(n) * 10 ** count(n)).denominator == 1
            and (count(n) == 0 or (Fraction(n) * 10 ** (count(n) - 1)).denominator > 1)
        ),
    )

    law.keeps(decimals_of)
    assert law.refutes(lambda n: -n.as_tuple().exponent)


# --- rounding ---------------------------------------------------------------------------------------------------------

TIES = st.builds(lambda n, d: (Fraction(2 * n + 1, 2 * 10**d), d), st.integers(-(10**6), 10**6), st.integers(0, 6))
ROUNDED = st.one_of(st.tuples(EXACTS, st.integers(0, 8)), TIES)


def half_even(exact: Fraction, decimals: int) -> Decimal:
    with localcontext(prec=60, rounding=ROUND_HALF_EVEN):
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-decimals))


def half_upwards(exact: Fraction, decimals: int) -> Decimal:
    return Decimal((exact * 10**decimals + Fraction(1, 2)).__floor__()).scaleb(-decimals)


def test_rounding_is_the_same_on_both_sides_of_zero():
    law = Law(ROUNDED, lambda rounding, x: rounding(-x[0], x[1]) == -rounding(*x))

    law.keeps(round_half_up)
    assert law.refutes(half_upwards)


def test_a_tie_goes_away_from_zero():
    law = Law(TIES, lambda rounding, x: abs(rounding(*x)) > abs(x[0]))

    law.keeps(round_half_up)
    assert law.refutes(half_even)


def test_what_is_shown_is_the_nearest_with_exactly_so_many_decimals():
    def holds(rounding, x):
        exact, decimals = x
        shown = rounding(exact, decimals)
        return abs(Fraction(shown) - exact) <= Fraction(1, 2 * 10**decimals) and shown.as_tuple().exponent == -decimals

    law = Law(ROUNDED, holds)

    law.keeps(round_half_up)
    assert law.refutes(lambda exact, decimals: Decimal(int(exact * 10**decimals)).scaleb(-decimals))


def test_no_context_cuts_a_long_number():
    with localcontext(prec=3):
        assert str(round_half_up(Fraction(10**40 + 1, 2), 1)) == "5" + "0" * 39 + ".5"


# --- bounds -----------------------------------------------------------------------------------------------------------

# What a bounded value may truly be: whole numbers, and steps of a quarter around them.
GRID = [Fraction(n, 4) for n in range(-60, 61)]
BOUNDED = st.tuples(st.integers(-4, 4).map(Fraction), st.sampled_from(Qualifier))
SOME_BOUNDED = st.lists(BOUNDED, min_size=1, max_size=3)
STEPS = [Fraction(0), Fraction(1, 4), Fraction(3), Fraction(40)]


def allows(qualifier: Qualifier, bound: Fraction, value: Fraction) -> bool:
    """Whether the true `value` may hide behind the bound; written apart from the code under test."""
    return {"eq": value == bound, "gt": value > bound, "ge": value >= bound, "lt": value < bound, "le": value <= bound}[
        qualifier.value
    ]


def true_values(bounded: tuple[Fraction, Qualifier]) -> list[Fraction]:
    value, qualifier = bounded
    way = -1 if qualifier.value.startswith("l") else 1
    return [value + way * step for step in STEPS if allows(qualifier, value, value + way * step)]


def test_a_bound_decides_exactly_when_all_true_values_agree():
    def holds(decides, example):
        comparator, threshold, (value, qualifier) = example
        verdicts = {allows(comparator, threshold, true) for true in GRID if allows(qualifier, value, true)}
        return decides(comparator, threshold, value, qualifier) is (verdicts.pop() if len(verdicts) == 1 else None)

    law = Law(st.tuples(st.sampled_from(Qualifier), st.integers(-4, 4).map(Fraction), BOUNDED), holds)

    law.keeps(decide)
    assert law.refutes(lambda comparator, threshold, value, _: decide(comparator, threshold, value, Qualifier.EQ))


def claims(found: tuple[Fraction, Qualifier], outcomes: list[Fraction]) -> bool:
    """Whether (value, bound) is true of all outcomes, and says no less than they do."""
    value, qualifier = found
    true = all(allows(qualifier, value, outcome) for outcome in outcomes)
    reaches_on = any(outcome != value for outcome in outcomes)
    attained = value in outcomes
    tight = {"eq": not reaches_on, "gt": not attained, "lt": not attained}.get(qualifier.value, attained and reaches_on)
    return true and tight


def test_a_sum_carries_the_bound_of_its_parts():
    def holds(join, readings):
        outcomes = [sum(chosen, Fraction(0)) for chosen in product(*map(true_values, readings))]
        total = sum((value for value, _ in readings), Fraction(0))
        qualifier = join([q for _, q in readings])
        if qualifier is None:
            return min(outcomes) < total < max(outcomes)
        return claims((total, qualifier), outcomes)

    law = Law(SOME_BOUNDED, holds)

    law.keeps(combined)
    assert law.refutes(lambda qualifiers: max(set(qualifiers), key=qualifiers.count))


@pytest.mark.parametrize("highest", [True, False])
def test_an_extreme_carries_a_bound_only_where_it_can_change_it(highest):
    def holds(outermost, readings):
        found = outermost(readings, highest=highest)
        if found is None:
            return len({q.value[0] for _, q in readings} - {"e"}) == 2
        pick = max if highest else min
        return claims(found, [pick(chosen) for chosen in product(*map(true_values, readings))])

    def careless(readings, *, highest):
        joined = combined([q for _, q in readings])
        return None if joined is None else ((max if highest else min)(v for v, _ in readings), joined)

    law = Law(SOME_BOUNDED, holds)

    law.keeps(extreme)
    assert law.refutes(careless)


def test_no_decimal_is_written_with_an_exponent():
    tiny, huge = Decimal("0.00000001"), Decimal("1E+2")
    value = {"a": [tiny, {"b": (huge, Decimal("84.39"))}], "note": "E-mail 1E-8", "none": None}

    assert plainly(value, str) == {
        "a": ["0.00000001", {"b": ["100", Decimal("84.39")]}],
        "note": "E-mail 1E-8",
        "none": None,
    }
    assert may_hold_exponent(str(tiny).encode())
    assert may_hold_exponent(str(huge).encode())
    assert not may_hold_exponent(b'{"unit": "NUMBER", "value": 84.39}')
