"""What a target still asks for: how many more areas, how much of a numerator, at which pace (rules.md 6)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from app.core.numbers import Qualifier

DAYS_A_MONTH = Fraction(1461, 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`days_left` is below 0 once the due day has passed; `months_left` are of 30.4375 days, None without any."""

    days_left: int
    months_left: Fraction | None
    value_per_month: Fraction | None


def areas_needed(comparator: Qualifier, goal: Fraction, expected: int, up: int) -> int:
    """How many of the expected areas must reach the criterion: the fewest to climb to, the most to fall to.

    May exceed `expected`, or fall below 0: then no number of areas will do.
    """
    return whole_needed(comparator, goal * expected / 100, up)


def whole_needed(comparator: Qualifier, exact: Fraction, up: int) -> int:
    """The nearest whole number that satisfies `comparator exact`: the lowest upwards, the highest downwards."""
    if up > 0:
        return floor(exact) + 1 if comparator.strict else ceil(exact)
    return ceil(exact) - 1 if comparator.strict else floor(exact)


def numerator_needed(goal: Fraction, denominator: Fraction) -> Fraction:
    """The numerator that gives `goal` percent of the present denominator, exactly."""
    return goal * denominator / 100


def pace(gap: Fraction, today: date, due: date) -> Pace:
    """What a month must still bring from today on; 0 when nothing is missing."""
    days = (due - today).days
    months = days / DAYS_A_MONTH if days > 0 else None
    each = Fraction(0) if gap == 0 else gap / months if months else None
    return Pace(days_left=days, months_left=months, value_per_month=each)
