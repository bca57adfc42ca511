"""The city figure: the roll-up of its areas beside what the city itself reported, and which of them is the headline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from app.core.entities import Definition, Measure, Rule
from app.core.numbers import Qualifier
from app.core.periods import Period
from app.core.rollup import RollUp, roll_up
from app.core.series import History, Reading, Standing, own_period, parts, standing

Basis = Literal["rolled_up", "reported", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What the city shows for one indicator and period; values are exact, rounding waits for the edge.

    `period` is the one asked for, `value_period` the one the value comes from (None without a value).
    `reported_reading` is the city's own newest figure not after the period, however old. `seq` is the newest change
    that the figure stands on.
    """

    definition: Definition
    period: Period
    value_period: Period | None
    basis: Basis
    value: Fraction | None
    qualifier: Qualifier
    quality: str
    status: str
    rolled_up: RollUp
    reported_reading: Reading | None
    seq: int

    @property
    def day(self) -> date:
        """The figure's day t: the last day of the period its value comes from."""
        return (self.value_period or self.period).last

    @property
    def bounded(self) -> bool:
        return self.qualifier is not Qualifier.EQ


def is_break(period: Period, days: Iterable[date]) -> bool:
    """Whether `period` is the first of its frequency that ends on or after one of these days, area changes each."""
    return any(period.first <= day <= period.last for day in days)


def reported_standing(definition: Definition, period: Period, city: History) -> Reading | None:
    """The newest figure the city itself reported, not after `period`, however old; M, Q and 0 of 0 are none.

    A flow's or mean's longer period takes the newest longer period whose sub-periods are all reported; what the city
    says of a `share_reaching` is a share, so it adds up by components only.
    """
    if period.frequency is definition.frequency or definition.over_time.value == "latest":
        own = [r for p, r in city.items() if p.ends <= period.ends and r.exact is not None]
        return max(own, key=lambda r: r.period.ends, default=None)
    if not city:
        return None
    if definition.rollup is Rule.SHARE_REACHING:
        definition = replace(definition, measure=Measure.RATIO)
    earliest = min(p.ends for p in city)
    at = period
    while at.ends >= earliest:
        if all(part in city for part in parts(at, definition.frequency)):
            found = standing(definition, at, city)
            if found.state == "reported":
                return found.reading
        at = at.previous()
    return None


def city_figure(
    definition: Definition,
    period: Period,
    standings: Sequence[Standing],
    city: History,
    weights: Mapping[str, Reading] | None = None,
) -> Figure:
    """The figure of `period` from where each expected area stands (at the own period shown) and the city's words."""
    rolled = roll_up(definition.rollup, standings, criterion=definition.criterion, weights=weights)
    heard = [s.reading.seq for s in standings if s.reading] + [r.seq for r in (weights or {}).values()]
    return headline(definition, period, rolled, city, max(heard, default=0))


def headline(definition: Definition, period: Period, rolled: RollUp, city: History, seq: int) -> Figure:
    """Which of the roll-up and the city's own words is shown.

    The roll-up when its quality is ok; else the newest reported figure; else the partial roll-up; else none. `seq` is
    the newest change behind the roll-up.
    """
    shown = own_period(period, definition.frequency)
    reported = reported_standing(definition, shown, city)
    quality = rolled.quality(definition.min_coverage)
    if rolled.value is not None and (quality == "ok" or reported is None):
        head = _Headline("rolled_up", rolled.value, rolled.qualifier, shown)
    elif reported is not None:
        head = _Headline("reported", reported.exact, reported.qualifier, reported.period)
    else:
        head = _Headline("none", None, Qualifier.EQ, None)
    return Figure(
        definition=definition,
        period=period,
        value_period=head.period,
        basis=head.basis,
        value=head.value,
        qualifier=head.qualifier,
        quality=quality,
        status="P" if head.basis == "rolled_up" and rolled.missing else "A",
        rolled_up=rolled,
        reported_reading=reported,
        seq=max(seq, reported.seq if reported else 0) or definition.seq,
    )


class _Headline(NamedTuple):
    basis: Basis
    value: Fraction | None
    qualifier: Qualifier
    period: Period | None


def change(figure: Figure, before: Figure) -> Fraction | None:
    """Exact value minus the exact value one step before; None when either is missing, bounded or of another basis."""
    if figure.value is None or before.value is None or figure.basis != before.basis:
        return None
    return None if figure.bounded or before.bounded else figure.value - before.value
