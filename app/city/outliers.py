"""`/city/outliers`: readings that changed more than those before them usually do; findings, not verdicts."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.city import queries
from app.city.facts import Facts, Need
from app.city.rows import rounded
from app.core.entities import Area, Definition, Measure
from app.core.numbers import Qualifier
from app.core.outliers import METHOD, Usual, first_month, number, usual
from app.core.periods import Period
from app.core.series import Reading, own_period, parts
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations import readings
from app.observations.queries import cell_id


def outliers(
    session: ReadSession, *, period: Period | None, area: str, codes: Sequence[str], lang: str
) -> list[dict[str, Any]]:
    """The unusual changes of wards and of the city's own figures: of `period`, or of each indicator's newest one."""
    view = indicators.registry(session)
    if not view.area_ids:
        return []
    city = queries.the_city(view, area, period)
    wanted = [d for d in queries.in_use(view, codes) if d.measure is not Measure.FLAG]
    facts = Facts(session, view, city)
    newest = {} if period else facts.newest_periods(wanted)
    needs = [
        queries.needed(view, d, at)
        for d in wanted
        for at in _periods(d, period or newest.get(d.code))
        if at.first <= session.today
    ]
    return [_row(one, lang) for one in _unusual(session, _said(facts, needs))]


def _periods(definition: Definition, period: Period | None) -> tuple[Period, ...]:
    """The own periods that lie in the one asked for; of a longer frequency the last one that ended by then."""
    if period is None:
        return ()
    if period.frequency.months > definition.frequency.months:
        return parts(period, definition.frequency)
    return (own_period(period, definition.frequency),)


class _Said(NamedTuple):
    """An exact reading of a period that is asked for, and what is usual after those before it, once that is known."""

    definition: Definition
    place: Area
    reading: Reading
    value: Decimal
    last: int = 0
    usual: Usual | None = None

    @property
    def span(self) -> readings.Span:
        reading = self.reading
        return reading.indicator, reading.area, first_month(self.definition, reading.period), reading.period.ends


def _said(facts: Facts, needs: Sequence[Need]) -> list[_Said]:
    """What the city and its areas said in these periods, in exact numbers."""
    codes, ends = sorted({n.definition.code for n in needs}), sorted({n.period.ends for n in needs})
    found = readings.in_periods(facts.session, codes, ends) if needs else []
    said = {(r.indicator, r.area, r.period): r for r in found}
    return [
        _Said(need.definition, place, reading, value)
        for need in needs
        for place in dict.fromkeys((facts.city, *facts.expected(need.definition, need.period)))
        if (reading := said.get((need.definition.code, place.id, need.period)))
        and (value := _exact(reading)) is not None
    ]


def _unusual(session: ReadSession, said: Sequence[_Said]) -> Iterator[_Said]:
    """Those that changed unusually; few changed enough since the period before to cost a look at their history."""
    newest = [(*s.span[:2], s.reading.period.ends - s.definition.frequency.months, s.value) for s in said]
    moved = [said[n] for n in sorted(readings.moved(session, newest))] if newest else []
    histories = readings.before(session, [one.span for one in moved]) if moved else []
    for one, known in zip(moved, histories, strict=True):
        found = usual([known[ends] for ends in sorted(known)])
        if found is not None and not found.allows(one.value):
            yield one._replace(last=max(known), usual=found)


def _exact(reading: Reading) -> Decimal | None:
    """A bound is no reading of the series."""
    value = reading.value
    if reading.qualifier is not Qualifier.EQ or isinstance(value, Fraction):
        return None
    return number(value, reading.numerator, reading.denominator)


def _row(one: _Said, lang: str) -> dict[str, Any]:
    definition, place, reading, found = one.definition, one.place, one.reading, one.usual
    assert found is not None
    last = Period.containing(date(one.last // 12, one.last % 12 + 1, 1), definition.frequency)

    def shown(exact: Decimal) -> Decimal | None:
        return rounded(Fraction(exact), definition.decimals + 2)

    return {
        "indicator": definition.code,
        "name": definition.name(lang),
        "area": place.id,
        "area_name": place.name(lang),
        "period": str(reading.period),
        "time": reading.period.last.isoformat(),
        "observation": cell_id(definition.code, place.id, str(reading.period)),
        "value": shown(one.value),
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "unit": definition.unit,
        "previous_period": str(last),
        "previous_value": shown(found.last),
        "change": shown(one.value - found.last),
        "method": METHOD,
        "readings": found.readings,
        "median_change": shown(found.median),
        "mad": shown(found.mad),
        "limit": shown(found.limit),
        "lowest": shown(found.lowest),
        "highest": shown(found.highest),
        "seq": reading.seq,
    }
