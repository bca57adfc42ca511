"""Unusual changes, found by the median absolute deviation of changes (MAD): findings, never verdicts.

The change of a reading is its difference to the one before. It is unusual when it lies further from the median of the
changes before it than 3.5 × 1.4826 × their MAD (the modified z-score of Iglewicz and Hoaglin) and is more than a
twentieth of the reading before. One wild reading among the earlier ones moves neither median much. With a MAD of 0
(most changes were equal) any other change is unusual, so long as it is more than that twentieth. Fewer than `LEAST`
earlier readings say nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import pairwise

from app.core.entities import Definition
from app.core.numbers import DIGITS, EXACT, median
from app.core.periods import Period

METHOD = "mad_of_changes"
LEAST, MOST = 6, 12
CUTOFF = Decimal("5.1891")  # 3.5 × 1.4826
NOTABLE = 20

_SHARE = Context(prec=DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What changes were like after which `last` was read; exact."""

    last: Decimal
    median: Decimal
    mad: Decimal
    limit: Decimal
    readings: int

    @property
    def lowest(self) -> Decimal:
        """Where the usual changes begin, read from `last` on."""
        return EXACT.subtract(EXACT.add(self.last, self.median), self.limit)

    @property
    def highest(self) -> Decimal:
        return EXACT.add(EXACT.add(self.last, self.median), self.limit)

    def allows(self, value: Decimal) -> bool:
        """Whether `value` may follow `last` without being unusual."""
        return self.lowest <= value <= self.highest or not notable(self.last, value)


def usual(before: Sequence[Decimal]) -> Usual | None:
    """What the last `MOST` readings before, oldest first, say of the next change; None when they are too few."""
    if len(before) < LEAST:
        return None
    recent = before[-MOST:]
    with localcontext(EXACT):
        changes = [later - earlier for earlier, later in pairwise(recent)]
        middle = median(changes)
        mad = median([abs(change - middle) for change in changes])
        return Usual(last=recent[-1], median=middle, mad=mad, limit=CUTOFF * mad, readings=len(recent))


def first_month(definition: Definition, period: Period) -> int:
    """From which `Period.ends` on readings count before `period`: `MOST` periods, under the version that applies."""
    begin = definition.valid_from
    return max(period.ends - MOST * definition.frequency.months, begin.year * 12 + begin.month - 1)


def notable(last: Decimal, value: Decimal) -> bool:
    """Whether a change is more than a twentieth of the reading before; smaller ones are never unusual."""
    return abs(EXACT.subtract(value, last)) * NOTABLE > abs(last)


def number(value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """A reading as one number: its value, or its share in percent to 28 digits; None for 0 of 0 and for no number."""
    if numerator is None or denominator is None:
        return value
    return _SHARE.divide(numerator.scaleb(2, EXACT), denominator) if denominator else None
