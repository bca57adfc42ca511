"""Numbers: exact decimals from wire to disk and back, never through a binary float.

A number that the service accepts has at most 28 significant digits and an exponent within ±12. What is computed from
such numbers is a `Fraction`; only what is shown is rounded (half away from zero).
"""

import operator
import re
from collections.abc import Callable, Sequence
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

Number = TypeVar("Number", Decimal, Fraction)

DIGITS = 28
EXPONENT = 12

# Sums of accepted numbers stay exact: 28 digits, ±12 places and ten thousand terms fit well into 100 digits.
EXACT = Context(prec=100, traps=[Inexact])


_ONE = Decimal(1)


class NumberRefused(ValueError):
    """A literal that is not an accepted number; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def accepted(literal: str) -> Decimal:
    """The exact decimal that a JSON number literal stands for; -0 is 0, 1e3 is 1000.

    Raises NumberRefused `number-too-precise` (more than 28 significant digits, trailing zeros counted) or
    `number-out-of-range` (a written exponent beyond ±12).
    """
    mantissa, _, exponent = literal.lower().partition("e")
    # Cut before int() and Decimal(): a literal of a million digits must cost nothing.
    if len(exponent.lstrip("+-0")) > 3 or abs(int(exponent or 0)) > EXPONENT:
        raise NumberRefused("number-out-of-range")
    if len(mantissa) > 3 * DIGITS or len(mantissa.lstrip("-0.").replace(".", "")) > DIGITS:
        raise NumberRefused("number-too-precise")
    number = Decimal(format(Decimal(literal), "f"))
    return number or abs(number)


def decimals_of(number: Decimal) -> int:
    """How many digits after the point the number needs."""
    return max(0, -int(number.normalize(EXACT).as_tuple().exponent))


def shortest(number: Decimal) -> Decimal:
    """The number in the fewest digits, whatever sums it came from: 3.50 is 3.5, and 100 stays 100."""
    short = number.normalize(EXACT)
    return short if int(short.as_tuple().exponent) <= 0 else short.quantize(_ONE, context=EXACT)


def round_half_up(exact: Fraction, decimals: int) -> Decimal:
    """`exact` with `decimals` digits after the point, ties away from zero (ROUND_HALF_UP)."""
    scale = 10**decimals
    doubled = abs(exact.numerator) * scale * 2 // exact.denominator
    whole = (doubled + 1) // 2
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals, EXACT)


def percent(numerator: Decimal, denominator: Decimal) -> Fraction:
    """100 × numerator / denominator, exactly; the denominator is not 0."""
    above, of = numerator.as_integer_ratio()
    below, by = denominator.as_integer_ratio()
    # One fraction brought down, not four.
    return Fraction(100 * above * by, of * below)


def median(values: Sequence[Number]) -> Number:
    """The middle one, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


# Python writes some decimals with an exponent: 1E-8, 1E+2. Words may look so too, and a second look costs little.
_EXPONENT = re.compile(rb"E[-+]")


def may_hold_exponent(written: bytes) -> bool:
    return _EXPONENT.search(written) is not None


def plainly(value: Any, write: Callable[[str], Any]) -> Any:
    """`value` with each decimal that Python would write with an exponent handed to `write`, digit by digit."""
    if isinstance(value, Decimal):
        return write(format(value, "f")) if "E" in str(value) else value
    if isinstance(value, dict):
        return {name: plainly(inner, write) for name, inner in value.items()}
    return [plainly(inner, write) for inner in value] if isinstance(value, list | tuple) else value


class Qualifier(StrEnum):
    """How a value is meant: "trên 99%" is `gt` 99."""

    EQ = "eq"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"

    @property
    def direction(self) -> int:
        """1 when the true value lies above, -1 when below, 0 when the value is exact."""
        return _DIRECTION[self]

    @property
    def strict(self) -> bool:
        return self in (Qualifier.GT, Qualifier.LT)


_DIRECTION = {Qualifier.EQ: 0, Qualifier.GT: 1, Qualifier.GE: 1, Qualifier.LT: -1, Qualifier.LE: -1}


@lru_cache(maxsize=1024)
def _bound(direction: int, strict: bool) -> Qualifier:
    if direction > 0:
        return Qualifier.GT if strict else Qualifier.GE
    if direction < 0:
        return Qualifier.LT if strict else Qualifier.LE
    return Qualifier.EQ


def combined(qualifiers: "list[Qualifier]") -> Qualifier | None:
    """The bound of a sum or mean of such values; None when bounds point both ways."""
    directions = {q.direction for q in qualifiers} - {0}
    if len(directions) > 1:
        return None
    return _bound(directions.pop() if directions else 0, any(q.strict for q in qualifiers))


def extreme(values: "list[tuple[Fraction, Qualifier]]", *, highest: bool) -> tuple[Fraction, Qualifier] | None:
    """The minimum or maximum of values that may be bounds; None when bounds point both ways.

    A bound is carried only where it can change the result: the lowest of "over 5" and 3 is exactly 3, the highest of
    "over 5" and 7 is at least 7.
    """
    if combined([q for _, q in values]) is None:
        return None
    way = 1 if highest else -1
    best = max(values, key=lambda v: way * v[0])[0]
    toward = next((q.direction for _, q in values if q.direction), 0)
    at_best = [q for value, q in values if value == best]
    if toward == 0 or (toward != way and Qualifier.EQ in at_best):
        return best, Qualifier.EQ
    if toward != way:
        return best, _bound(toward, all(q.strict for q in at_best))
    return best, _bound(toward, any(q.strict for q in at_best))


_COMPARE: dict[Qualifier, Callable[[Fraction, Fraction], bool]] = {
    Qualifier.GT: operator.gt,
    Qualifier.GE: operator.ge,
    Qualifier.EQ: operator.eq,
    Qualifier.LE: operator.le,
    Qualifier.LT: operator.lt,
}
_MIRROR = {
    Qualifier.LT: Qualifier.GT,
    Qualifier.LE: Qualifier.GE,
    Qualifier.GT: Qualifier.LT,
    Qualifier.GE: Qualifier.LE,
}


def decide(comparator: Qualifier, threshold: Fraction, value: Fraction, qualifier: Qualifier) -> bool | None:
    """Whether a value satisfies `comparator threshold`; None when its bound cannot decide.

    A result exactly at a `gt` threshold has not met it.
    """
    if qualifier is Qualifier.EQ:
        return _COMPARE[comparator](value, threshold)
    if qualifier.direction < 0:
        # "Under 5" against "at most 3" is "over -5" against "at least -3".
        mirrored = _MIRROR.get(comparator, comparator)
        return decide(mirrored, -threshold, -value, _MIRROR[qualifier])
    if comparator is Qualifier.EQ:
        return False if value > threshold or (value == threshold and qualifier.strict) else None
    if comparator.direction > 0:
        enough = value > threshold or (value == threshold and (qualifier.strict or comparator is Qualifier.GE))
        return True if enough else None
    beyond = value > threshold or (value == threshold and (qualifier.strict or comparator is Qualifier.LT))
    return False if beyond else None
