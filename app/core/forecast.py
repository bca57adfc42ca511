"""Where a figure goes on its present way: Theil–Sen, exact and deterministic (rules.md 6).

The slope is the median of the slopes between all pairs of readings, the level the median of what the readings leave
over; days are counted. A single outlier moves neither much.

The interval (nominal 90 %): Sen's rank interval of the slope (Sen 1968, Kendall's variance without ties, z = 1.645),
turned around the median day, widened on both sides by 1.645 × 1.4826 × the median absolute residual. Shares stay within
0 and 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from math import ceil, floor, isqrt
from typing import NamedTuple

from app.core.numbers import Qualifier, median

LEAST, MOST = 4, 12
LAST_DAY = date(2199, 12, 31)
Z = Fraction(1645, 1000)
SPREAD = Z * Fraction(14826, 10000)


class Point(NamedTuple):
    """A reading of the city figure: the last day of its period, and its exact value."""

    day: date
    value: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The line `level` + `slope` × days since `origin` (the median day), and how wide it may be.

    `slope_low` and `slope_high` are the ends of the slope's interval, `spread` the width the scatter adds. `share`
    keeps values within 0 and 100.
    """

    origin: Fraction
    level: Fraction
    slope: Fraction
    slope_low: Fraction
    slope_high: Fraction
    spread: Fraction
    share: bool

    def value(self, day: date) -> Fraction:
        return self._within(self._line(day))

    def interval(self, day: date) -> tuple[Fraction, Fraction]:
        ahead = day.toordinal() - self.origin
        ends = sorted((self.level + self.slope_low * ahead, self.level + self.slope_high * ahead))
        return self._within(ends[0] - self.spread), self._within(ends[1] + self.spread)

    def reached(self, comparator: Qualifier, goal: Fraction, up: int, after: date) -> date | None:
        """The first day after `after` on which the line satisfies the target; None when it never does (by 2199).

        An exact target is reached when the line gets there from the side it comes from (`up` 1 or -1).
        """
        if self.share and ((comparator is Qualifier.GT and goal >= 100) or (comparator is Qualifier.LT and goal <= 0)):
            return None
        strict = comparator.strict
        rest = up * (goal - self._line(after))
        if rest < 0 or (rest == 0 and not strict):
            return after + timedelta(days=1) if up * self.slope >= 0 else None
        speed = up * self.slope
        if speed <= 0:
            return None
        days = max(floor(rest / speed) + 1 if strict else ceil(rest / speed), 1)
        return after + timedelta(days=days) if days <= (LAST_DAY - after).days else None

    def _line(self, day: date) -> Fraction:
        return self.level + self.slope * (day.toordinal() - self.origin)

    def _within(self, value: Fraction) -> Fraction:
        return min(max(value, Fraction(0)), Fraction(100)) if self.share else value


def trend(points: Sequence[Point], *, share: bool) -> Trend:
    """The line through the last `MOST` points, on different days and at least two of them; their order is of no matter.

    That fewer than `LEAST` say too little is for the caller to refuse.
    """
    recent = sorted(points)[-MOST:]
    slopes = sorted((b.value - a.value) / (b.day - a.day).days for a, b in combinations(recent, 2))
    slope = median(slopes)
    origin = median([Fraction(p.day.toordinal()) for p in recent])
    rests = [p.value - slope * (p.day.toordinal() - origin) for p in recent]
    level = median(rests)
    low, high = _slope_interval(slopes, len(recent))
    return Trend(
        origin=origin,
        level=level,
        slope=slope,
        slope_low=low,
        slope_high=high,
        spread=SPREAD * median([abs(rest - level) for rest in rests]),
        share=share,
    )


def _slope_interval(slopes: Sequence[Fraction], count: int) -> tuple[Fraction, Fraction]:
    """The slopes whose ranks are (N - C)/2 and (N + C)/2 + 1, outwards to whole ranks; C = z √(n(n-1)(2n+5)/18)."""
    square = Z * Z * count * (count - 1) * (2 * count + 5) / 18
    # The whole number above the root: never narrower than it should be.
    reach = isqrt(ceil(square)) + 1
    below = max((len(slopes) - reach) // 2, 1)
    return slopes[below - 1], slopes[len(slopes) - below]
