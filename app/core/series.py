"""What an area says about a period: its own reading, a carried one, or one made over time (rules.md 4 and 5)."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from app.core.entities import Definition, Measure, OverTime
from app.core.numbers import EXACT, Qualifier, combined, percent
from app.core.periods import Frequency, Period


class Reading(NamedTuple):
    """A live observation as the rules see it.

    Either `value` or both components are set, or `status` says why there is no number: `M` not applicable,
    `Q` withheld. A flag is 1 or 0. `seq` is the change that brought it. Only a mean over time is a Fraction.
    """

    indicator: str
    area: str
    period: Period
    value: Decimal | Fraction | None
    numerator: Decimal | None
    denominator: Decimal | None
    qualifier: Qualifier
    status: str | None
    seq: int

    @property
    def exact(self) -> Fraction | None:
        """The number, unrounded: 100 × numerator / denominator for a ratio; None for 0 of 0 and for M and Q."""
        if self.numerator is not None and self.denominator is not None:
            return percent(self.numerator, self.denominator) if self.denominator else None
        return None if self.value is None else Fraction(self.value)

    @property
    def counts(self) -> bool:
        """Whether it holds a number (0 of 0 does)."""
        return self.status is None


class Standing(NamedTuple):
    """Where one area stands at a period; a withheld reading counts as missing."""

    state: Literal["reported", "carried", "missing", "withheld", "not_applicable"]
    reading: Reading | None = None


MISSING = Standing("missing")
WITHHELD = Standing("withheld")
NOT_APPLICABLE = Standing("not_applicable")

History = Mapping[Period, Reading]


@lru_cache(maxsize=4096)
def parts(period: Period, frequency: Frequency) -> tuple[Period, ...]:
    return tuple(period.parts(frequency))


@lru_cache(maxsize=4096)
def own_period(period: Period, frequency: Frequency) -> Period:
    """The period in which an indicator of `frequency` is looked up when `period` is asked for.

    A longer one stays itself (it follows `over_time`); a shorter one becomes the last own period that ended by then.
    """
    return period if period.frequency.months >= frequency.months else period.last_ended(frequency)


def window(definition: Definition, period: Period) -> tuple[int, int]:
    """The first and last `Period.ends` whose readings can matter for `period`, both inclusive."""
    return min(period.ends - definition.carries, period.ends - period.frequency.months + 1), period.ends


def standing(definition: Definition, period: Period, history: History) -> Standing:
    """Where an area stands at `period` (an own or longer one), given its live readings of the window.

    The last live word of a stock stands for `carry_forward` months, be it a number, "not applicable" or "withheld";
    nothing is carried over a withheld one. Flows and means need every sub-period.
    """
    own = history.get(period)
    if own is not None:
        return _stands(own, carried=False)
    if definition.over_time is not OverTime.LATEST:
        if period.frequency is definition.frequency:
            return MISSING
        return _over_time(definition, period, history)
    earliest = period.ends - max(definition.carry_forward, 0)
    starts = period.ends - period.frequency.months
    last: Reading | None = None
    for reading in history.values():
        ends = reading.period.ends
        if (starts < ends or earliest <= ends) and ends <= period.ends and (last is None or ends > last.period.ends):
            last = reading
    return MISSING if last is None else _stands(last, carried=last.period.ends <= starts)


def _stands(reading: Reading, *, carried: bool) -> Standing:
    if reading.status == "M":
        return NOT_APPLICABLE
    if reading.status is not None:
        return WITHHELD
    return Standing("carried" if carried else "reported", reading)


def _over_time(definition: Definition, period: Period, history: History) -> Standing:
    """A flow's total, or a mean, over the sub-periods of `period`.

    A ratio is that of its summed components; percentages alone are never added or averaged.
    """
    readings = [history.get(part) for part in parts(period, definition.frequency)]
    if all(r is not None and r.status == "M" for r in readings):
        return NOT_APPLICABLE
    present = [r for r in readings if r is not None and r.counts]
    if len(present) < len(readings):
        return MISSING
    qualifier = combined([r.qualifier for r in present])
    if qualifier is None:
        return MISSING
    last = present[-1]
    whole = last._replace(period=period, qualifier=qualifier, seq=max(r.seq for r in present))
    with localcontext(EXACT):
        if definition.measure is Measure.RATIO:
            if any(r.numerator is None for r in present):
                return MISSING
            return Standing(
                "reported",
                whole._replace(
                    value=None,
                    numerator=sum((r.numerator or Decimal(0) for r in present), Decimal(0)),
                    denominator=sum((r.denominator or Decimal(0) for r in present), Decimal(0)),
                ),
            )
    values = [r.exact for r in present]
    if any(v is None for v in values):
        return MISSING
    total = sum((v for v in values if v is not None), Fraction(0))
    value = total if definition.over_time is OverTime.SUM else total / len(values)
    return Standing("reported", whole._replace(value=value, numerator=None, denominator=None))
