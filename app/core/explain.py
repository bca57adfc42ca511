"""A figure taken apart: what was said, and the arithmetic a clerk can redo with a calculator (rules.md 5).

Every number of a step is exact; its text (`exact_text`) is an integer, a decimal or a fraction `a/b`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from app.core.entities import Definition, Measure, OverTime, Rule
from app.core.figures import Figure
from app.core.numbers import round_half_up
from app.core.periods import Period
from app.core.rollup import reaches
from app.core.series import History, Reading, Standing, parts
from app.core.succession import Retold

Operation = Literal["sum", "mean", "percent", "divide", "sum_of_products", "lowest", "highest", "take", "round"]
MOST_PLACES = 30


class Term(NamedTuple):
    """A number of a step and whose it is; `times` is what it is multiplied by in a sum of products."""

    value: Fraction
    area: str | None = None
    period: Period | None = None
    times: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`result` comes from `terms` by `operation`; `percent` is 100 × the first ÷ the second. `area` if one's own."""

    gives: str
    operation: Operation
    terms: tuple[Term, ...]
    result: Fraction
    area: str | None = None


def exact_text(value: Fraction) -> str:
    """The number written out: a decimal where it ends, else `a/b`; `Fraction(exact_text(v)) == v`."""
    rest, places = value.denominator, 0
    for factor in (2, 5):
        count = 0
        while rest % factor == 0:
            rest, count = rest // factor, count + 1
        places = max(places, count)
    if rest != 1 or places > MOST_PLACES:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def words(definition: Definition, period: Period, history: History) -> tuple[Reading, ...]:
    """The live readings that decide where an area stands at `period`: its own, the last of a stock, a flow's parts."""
    own = history.get(period)
    if own is not None:
        return (own,)
    if definition.over_time is not OverTime.LATEST:
        if period.frequency is definition.frequency:
            return ()
        return tuple(history[part] for part in parts(period, definition.frequency) if part in history)
    reach = max(definition.carry_forward, period.frequency.months - 1)
    near = [r for p, r in history.items() if period.ends - reach <= p.ends <= period.ends]
    return (max(near, key=lambda r: r.period.ends),) if near else ()


def over_time(definition: Definition, stands: Standing, said: Sequence[Reading]) -> list[Step]:
    """How one area's sub-periods make its reading of the longer period; nothing where its reading is one word."""
    made = stands.reading
    if made is None or len(said) < 2:
        return []
    if definition.measure is Measure.RATIO:
        return [
            _total(name, [Term(Fraction(getattr(r, name)), r.area, r.period) for r in said], made.area)
            for name in ("numerator", "denominator")
        ]
    terms = tuple(Term(value, r.area, r.period) for r in said if (value := r.exact) is not None)
    operation: Operation = "sum" if definition.over_time is OverTime.SUM else "mean"
    return [Step(gives="value", operation=operation, terms=terms, result=made.exact or Fraction(0), area=made.area)]


def succession(definition: Definition, told: Retold, heard: Callable[[Retold], Sequence[Reading]]) -> list[Step]:
    """How the words of its predecessors make the reading of an area of the map; `heard` are an area's own words."""
    made = told.stands.reading
    if made is None:
        return []
    if told.is_own or not (told.parts or told.over):
        return over_time(definition, told.stands, heard(told))
    within = (*told.over, *(part for _, part in told.parts))
    before = [step for part in within for step in succession(definition, part, heard)]
    if told.over:
        said = [part.stands.reading for part in told.over if part.stands.reading is not None]
        return [*before, *over_time(definition, told.stands, said)]
    came = [(link.share, part.stands.reading) for link, part in told.parts if part.stands.reading is not None]
    if definition.measure is Measure.RATIO:
        pairs = {
            name: [(share, r, Fraction(getattr(r, name))) for share, r in came] for name in ("numerator", "denominator")
        }
        return [*before, *(_shared(name, heard_of, told.area) for name, heard_of in pairs.items())]
    values = [(share, r, r.exact or Fraction(0)) for share, r in came]
    if definition.rollup not in (Rule.MIN, Rule.MAX):
        return [*before, _shared("value", values, told.area)]
    operation: Operation = "lowest" if definition.rollup is Rule.MIN else "highest"
    terms = tuple(Term(value, r.area, r.period) for _, r, value in values)
    result = made.exact or Fraction(0)
    return [*before, Step(gives="value", operation=operation, terms=terms, result=result, area=told.area)]


def _shared(gives: str, heard: Sequence[tuple[Decimal | None, Reading, Fraction]], area: str) -> Step:
    """Numbers of predecessors added up, each times its share where one of them was divided."""
    if all(share is None for share, _, _ in heard):
        return _total(gives, [Term(value, r.area, r.period) for _, r, value in heard], area)
    terms = tuple(Term(value, r.area, r.period, Fraction(share or 1)) for share, r, value in heard)
    result = sum((t.value * (t.times or 0) for t in terms), Fraction(0))
    return Step(gives=gives, operation="sum_of_products", terms=terms, result=result, area=area)


def roll_up_steps(figure: Figure, standings: Iterable[Standing], weights: Mapping[str, Reading] | None) -> list[Step]:
    """From the areas to the roll-up; nothing when it has no value."""
    rolled, rule = figure.rolled_up, figure.definition.rollup
    if rolled.value is None:
        return []
    readings = [s.reading for s in standings if s.reading is not None]
    if rule is Rule.RATIO_OF_SUMS:
        pairs = [(r.area, r.numerator, r.denominator) for r in readings]
        above = _total("numerator", [Term(Fraction(n), area) for area, n, _ in pairs if n is not None])
        below = _total("denominator", [Term(Fraction(d), area) for area, _, d in pairs if d is not None])
        return [above, below, _percent(above.result, below.result)]
    if rule is Rule.SHARE_REACHING:
        reached = [Term(Fraction(1), r.area) for r in readings if reaches(r, figure.definition.criterion)]
        above = _total("areas_reached", reached)
        return [above, _percent(above.result, Fraction(rolled.expected))]
    numbers = [(value, r) for r in readings if (value := r.exact) is not None]
    if rule is Rule.WEIGHTED_MEAN:
        return _weighted(numbers, weights or {})
    terms = [Term(value, r.area) for value, r in numbers]
    if rule in (Rule.MIN, Rule.MAX):
        operation: Operation = "lowest" if rule is Rule.MIN else "highest"
        return [Step(gives="rolled_up", operation=operation, terms=tuple(terms), result=rolled.value)]
    if rule is Rule.SUM:
        return [_total("rolled_up", terms)]
    total = _total("sum", terms)
    return [total, _divided(total.result, Fraction(len(terms)))]


def headline_steps(figure: Figure) -> list[Step]:
    """Which of both is shown, and its rounding; nothing when the figure has no value."""
    if figure.value is None:
        return []
    chosen = figure.value
    steps = [Step(gives="value", operation="take", terms=(Term(chosen),), result=chosen)]
    reading = figure.reported_reading
    if figure.basis == "reported" and reading is not None and reading.numerator is not None:
        steps[:0] = [_percent(Fraction(reading.numerator), Fraction(reading.denominator or 1), "reported")]
    shown = Fraction(round_half_up(chosen, figure.definition.decimals))
    return [*steps, Step(gives="value", operation="round", terms=(Term(chosen),), result=shown)]


def _weighted(numbers: Sequence[tuple[Fraction, Reading]], weights: Mapping[str, Reading]) -> list[Step]:
    terms = [
        Term(value, r.area, times=weight)
        for value, r in numbers
        if r.area in weights and weights[r.area].qualifier == "eq" and (weight := weights[r.area].exact) is not None
    ]
    products = sum((t.value * (t.times or 0) for t in terms), Fraction(0))
    above = Step(gives="sum_of_products", operation="sum_of_products", terms=tuple(terms), result=products)
    below = _total("sum_of_weights", [Term(t.times or Fraction(0), t.area) for t in terms])
    return [above, below, _divided(above.result, below.result)]


def _total(gives: str, terms: Sequence[Term], area: str | None = None) -> Step:
    total = sum((t.value for t in terms), Fraction(0))
    return Step(gives=gives, operation="sum", terms=tuple(terms), result=total, area=area)


def _percent(above: Fraction, below: Fraction, gives: str = "rolled_up") -> Step:
    return Step(gives=gives, operation="percent", terms=(Term(above), Term(below)), result=100 * above / below)


def _divided(above: Fraction, below: Fraction) -> Step:
    return Step(gives="rolled_up", operation="divide", terms=(Term(above), Term(below)), result=above / below)
