"""The city figure: the roll-up of its areas beside what the city itself reported, and which of them is the headline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from app.core.numbers import Qualifier
from app.core.periods import Period
from app.core.registry import Definition, Rule
from app.core.rollup import RollUp, roll_up
from app.core.series import History, Reading, Standing, own_period, parts, standing

Basis = Literal["rolled_up", "reported", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What the city shows for one indicator and period; values are exact, rounding waits for the edge.

    `period` is the one asked for, `value_period` the one the value comes from. `reported_reading` is the city's own
    newest figure not after the period, however old. `seq` is the newest change that the figure stands on.
    """

    definition: Definition
    period: Period
    value_period: Period
    basis: Basis
    value: Fraction | None
    qualifier: Qualifier
    quality: str
    status: str
    rolled_up: RollUp
    reported_reading: Reading | None
    headline_reading: Reading | None
    seq: int

    @property
    def day(self) -> date:
        """The figure's day t: the last day of the period its value comes from."""
        return self.value_period.last

    @property
    def bounded(self) -> bool:
        return self.qualifier is not Qualifier.EQ


def reported_standing(definition: Definition, period: Period, city: History) -> Reading | None:
    """The newest figure the city itself reported, not after `period`, however old; M and Q are none.

    A flow's or mean's longer period takes the newest longer period whose sub-periods are all reported.
    """
    if period.frequency is definition.frequency or definition.over_time.value == "latest":
        own = [r for p, r in city.items() if p.ends <= period.ends and r.counts]
        return max(own, key=lambda r: r.period.ends, default=None)
    if not city:
        return None
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
    """The figure of `period` from where each expected area stands (at the own period shown) and the city's own words.

    Headline: the roll-up when its quality is ok; else the newest reported figure; else the partial roll-up; else none.
    """
    shown = own_period(period, definition.frequency)
    reported = reported_standing(definition, shown, city)
    rolled = (
        _coverage_of_city(shown, reported)
        if definition.rollup is Rule.NONE
        else roll_up(definition.rollup, standings, criterion=definition.criterion, weights=weights)
    )
    quality = rolled.quality(definition.min_coverage)
    reported_value = reported.exact if reported else None
    by_roll_up = rolled.value is not None and (quality == "ok" or reported_value is None)
    sources = [s.reading for s in standings if s.reading] + ([reported] if reported else [])
    sources += list(weights.values()) if weights else []
    seq = max((r.seq for r in sources), default=0)
    if by_roll_up:
        basis: Basis = "rolled_up"
        value, qualifier, headline, value_period = rolled.value, rolled.qualifier, None, shown
    elif reported is not None and reported_value is not None:
        basis, value, qualifier, headline, value_period = (
            "reported",
            reported_value,
            reported.qualifier,
            reported,
            reported.period,
        )
    else:
        basis, value, qualifier, headline, value_period = "none", None, Qualifier.EQ, None, shown
    return Figure(
        definition=definition,
        period=period,
        value_period=value_period,
        basis=basis,
        value=value,
        qualifier=qualifier,
        quality=quality,
        status="P" if basis == "rolled_up" and rolled.missing else "A",
        rolled_up=rolled,
        reported_reading=reported,
        headline_reading=headline,
        seq=max(seq, definition.seq),
    )


def _coverage_of_city(period: Period, reported: Reading | None) -> RollUp:
    """For rule `none` the city itself is the one area expected: 1, and 1 or 0 reported."""
    return RollUp(expected=1, reported=int(reported is not None and reported.period == period), carried=0)


def change(figure: Figure, before: Figure) -> Fraction | None:
    """Exact value minus the exact value one step before; None when either is missing, bounded or of another basis."""
    if figure.value is None or before.value is None or figure.basis != before.basis:
        return None
    return None if figure.bounded or before.bounded else figure.value - before.value
