"""`/city/outliers`: readings that changed more than those before them usually do; findings, not verdicts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.city import queries
from app.city.facts import Facts, Need
from app.city.rows import rounded
from app.core.numbers import Qualifier
from app.core.outliers import METHOD, Usual, first_month, number, usual
from app.core.periods import Period
from app.core.registry import Area, Definition, Measure
from app.core.series import Reading, own_period, parts
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations.queries import cell_id


def outliers(
    session: ReadSession, *, period: Period | None, area: str, codes: Sequence[str], lang: str
) -> list[dict[str, Any]]:
    """The unusual changes of wards and of the city's own figures: of `period`, or of each indicator's newest one."""
    view = indicators.registry(session)
    if not view.area_ids:
        return []
    city = queries.the_city(view, area, period)
    for code in codes:
        queries.the_indicator(view, code)
    wanted = [
        d
        for d in view.definitions()
        if not d.retired and d.measure is not Measure.FLAG and (not codes or d.code in codes)
    ]
    facts = Facts(session, view, city)
    newest = {} if period else facts.newest_periods(wanted)
    needs = [
        queries.needed(view, d, at)
        for d in wanted
        for at in _periods(d, period or newest.get(d.code))
        if at.first <= session.today
    ]
    _load(facts, needs)
    return [row for need in needs for row in _rows(facts, need, lang)]


def _periods(definition: Definition, period: Period | None) -> tuple[Period, ...]:
    """The own periods that lie in the one asked for; of a longer frequency the last one that ended by then."""
    if period is None:
        return ()
    if period.frequency.months > definition.frequency.months:
        return parts(period, definition.frequency)
    return (own_period(period, definition.frequency),)


def _load(facts: Facts, needs: Sequence[Need]) -> None:
    spans: dict[str, list[int]] = defaultdict(list)
    for need in needs:
        spans[need.definition.code] += first_month(need.definition, need.period), need.period.ends
    together: dict[tuple[int, int], list[str]] = defaultdict(list)
    for code, months in spans.items():
        together[min(months), max(months)].append(code)
    for (first, last), codes in together.items():
        facts.load_window(codes, first, last)


def _rows(facts: Facts, need: Need, lang: str) -> Iterator[dict[str, Any]]:
    definition, period = need.definition, need.period
    first = first_month(definition, period)
    for place in dict.fromkeys((facts.city, *facts.expected(definition, period))):
        history = facts.history(definition.code, place.id)
        reading = history.get(period)
        value = _exact(reading) if reading else None
        if reading is None or value is None:
            continue
        before = sorted(
            (p, n) for p, r in history.items() if first <= p.ends < period.ends and (n := _exact(r)) is not None
        )
        found = usual([n for _, n in before])
        if found is not None and not found.allows(value):
            yield _row(definition, place, reading, value, before[-1][0], found, lang)


def _exact(reading: Reading) -> Decimal | None:
    """A bound is no reading of the series."""
    value = reading.value
    if reading.qualifier is not Qualifier.EQ or isinstance(value, Fraction):
        return None
    return number(value, reading.numerator, reading.denominator)


def _row(
    definition: Definition, place: Area, reading: Reading, value: Decimal, last: Period, found: Usual, lang: str
) -> dict[str, Any]:
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
        "value": shown(value),
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "unit": definition.unit,
        "previous_period": str(last),
        "previous_value": shown(found.last),
        "change": shown(value - found.last),
        "method": METHOD,
        "readings": found.readings,
        "median_change": shown(found.median),
        "mad": shown(found.mad),
        "limit": shown(found.limit),
        "lowest": shown(found.lowest),
        "highest": shown(found.highest),
        "seq": reading.seq,
    }
