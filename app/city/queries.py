"""Reads of the city: each answers one question of the contract."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.areas.geography import on_map
from app.city.facts import Facts, Need
from app.city.maps import facts_on
from app.city.rows import city_row, rounded
from app.core.entities import Area, Definition, Direction, Level, Measure
from app.core.errors import refuse
from app.core.figures import Figure
from app.core.periods import Frequency, Period
from app.core.places import CITY_CODE, resolve_area
from app.core.registry import View
from app.core.series import own_period
from app.core.succession import Retold
from app.core.targets import Start
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.web.negotiation import nearest

MAX_PERIODS = 1200


def the_city(view: View, named: str, period: Period | None, day: date | None = None) -> Area:
    """The city asked about, as on `day` or else at the end of `period`. Raises `area-not-a-city` for a ward."""
    area = resolve_area(view, named, day or (period.last if period else None), parameter="area")
    if area.level is not Level.CITY:
        raise refuse("area-not-a-city", parameter="area", given=named, expected=CITY_CODE)
    return area


def the_indicator(view: View, code: str) -> Definition:
    """The newest definition of an indicator. Raises `unknown-indicator` with the nearest code."""
    definition = view.definition(code)
    if definition is None:
        known = [d.code for d in view.definitions()]
        raise refuse("unknown-indicator", parameter="indicator", given=code, hint=nearest(code, known))
    return definition


def snapshot(
    session: ReadSession,
    *,
    period: Period | None,
    area: str,
    domains: Sequence[str],
    codes: Sequence[str],
    lang: str,
    geography: date | None = None,
) -> list[dict[str, Any]]:
    """Every active indicator's figure, by code: of `period`, or each of its newest period; nothing before the seeds.

    With `geography` on the map of that day.
    """
    view = indicators.registry(session)
    if not view.area_ids:
        # Asked as of a time before anything was known.
        return []
    city = the_city(view, area, period, geography)
    wanted = in_use(view, codes, domains)
    facts = facts_on(session, view, city, geography)
    periods = shown_periods(facts, wanted, period)
    needs = [needed(view, d, periods[d.code]) for d in wanted]
    before = [needed(view, d, n.period.previous()) for d, n in zip(wanted, needs, strict=True)]
    made = facts.figures([*needs, *before])
    starts = facts.starts([n.definition for n in needs if view.targets_of(n.definition.code)])
    figures = list(zip(made[: len(needs)], made[len(needs) :], strict=True))
    return city_rows(session, facts, figures, starts, lang)


def in_use(view: View, codes: Sequence[str], domains: Sequence[str] = ()) -> list[Definition]:
    """The indicators that are not retired, of these codes and domains. Raises `unknown-indicator` for another code."""
    for code in codes:
        the_indicator(view, code)
    return [
        d
        for d in view.definitions()
        if not d.retired and (not domains or d.domain in domains) and (not codes or d.code in codes)
    ]


def running_period(session: ReadSession, definition: Definition) -> Period:
    return Period.containing(session.today, definition.frequency)


def shown_periods(facts: Facts, definitions: Sequence[Definition], period: Period | None) -> dict[str, Period]:
    """For which period each indicator is shown: the one asked for, else its newest, else the one that is running."""
    newest = {} if period else facts.newest_periods(definitions)
    return {d.code: period or newest.get(d.code) or running_period(facts.session, d) for d in definitions}


def needed(view: View, definition: Definition, period: Period) -> Need:
    """With the version that applies to the own period shown; before the first one, that."""
    shown = own_period(period, definition.frequency)
    return Need(view.definition_for(definition.code, shown) or view.versions(definition.code)[0], period)


def city_rows(
    session: ReadSession,
    facts: Facts,
    figures: Sequence[tuple[Figure, Figure]],
    starts: dict[str, Start | None],
    lang: str,
) -> list[dict[str, Any]]:
    times = facts.instants(figure for figure, _ in figures)
    place = (facts.city.id, facts.city.name(lang))

    def made(figure: Figure, before: Figure | None, start: Start | None) -> dict[str, Any]:
        targets = facts.view.targets_of(figure.definition.code)
        return city_row(figure, before, place, lang, targets, start, session.today, times)

    return [
        facts.kept.row(lang, (figure, before, starts.get(figure.definition.code)), made) | facts.told(figure)
        for figure, before in figures
    ]


def series(
    session: ReadSession,
    *,
    code: str,
    first: Period | None,
    last: Period | None,
    frequency: Frequency | None,
    area: str,
    lang: str,
    geography: date | None = None,
) -> list[dict[str, Any]]:
    """The city row of each period from `first` to `last`: by default from the earliest reading to the newest.

    Periods are the indicator's own, or those of `frequency`.
    """
    view = indicators.registry(session)
    definition = the_indicator(view, code)
    city = the_city(view, area, last, geography)
    facts = facts_on(session, view, city, geography)
    periods = _range(facts, definition, first, last, frequency or definition.frequency)
    if not periods:
        return []
    needs = [needed(view, definition, p) for p in (periods[0].previous(), *periods)]
    made = facts.figures(needs)
    starts = facts.starts([definition]) if view.targets_of(code) else {}
    figures = list(zip(made[1:], made, strict=False))
    return city_rows(session, facts, figures, starts, lang)


def _range(
    facts: Facts, definition: Definition, first: Period | None, last: Period | None, frequency: Frequency
) -> list[Period]:
    """Periods of `frequency` inside `first` … `last`; where one is not given, to where readings reach."""
    begin: Period | None
    end: Period | None
    if first is None:
        earliest = facts.earliest_periods([definition]).get(definition.code)
        begin = Period.containing(earliest.last, frequency) if earliest else None
    else:
        begin = first if first.frequency is frequency else Period.containing(first.first, frequency)
    if last is None:
        newest = facts.newest_periods([definition]).get(definition.code)
        end = Period.containing(newest.last, frequency) if newest else None
    else:
        end = (
            own_period(last, frequency)
            if last.frequency.months <= frequency.months
            else Period.containing(last.last, frequency)
        )
    if begin is None or end is None or begin > end:
        return []
    count = (end.ends - begin.ends) // frequency.months + 1
    if count > MAX_PERIODS:
        raise refuse("too-many-periods", parameter="period_from", given=count, expected=f"≤ {MAX_PERIODS}")
    return [begin.step(n) for n in range(count)]


def ranking(
    session: ReadSession, *, code: str, period: Period | None, area: str, lang: str, geography: date | None = None
) -> list[dict[str, Any]]:
    """The expected areas, best first by the indicator's direction; ties share a rank, silent ones come last."""
    view = indicators.registry(session)
    newest = the_indicator(view, code)
    city = the_city(view, area, period, geography)
    facts = facts_on(session, view, city, geography)
    at = shown_periods(facts, [newest], period)[code]
    need = needed(view, newest, at)
    facts.load([need], singly=True)
    definition = need.definition
    shown = own_period(at, definition.frequency)
    up = definition.direction is Direction.UP
    # The decimals of a flag are those of the city's share; a ward has reached it, 1, or not, 0.
    decimals = 0 if definition.measure is Measure.FLAG else definition.decimals
    found = zip(facts.expected(definition, shown), facts.retold(definition, at), strict=True)
    ranked = [
        (place, told, told.stands.reading.exact if told.stands.reading else None)
        for place, told in found
        if told.stands.state != "not_applicable"
    ]
    ranked.sort(key=lambda r: (r[2] is None, 0 if r[2] is None else (-r[2] if up else r[2]), r[0].id))
    rows: list[dict[str, Any]] = []
    rank: int | None = None
    last = None
    for position, (place, told, value) in enumerate(ranked, start=1):
        if value is None:
            rank = None
        elif value != last:
            rank, last = position, value
        reading = told.stands.reading
        rows.append(
            {
                "rank": rank,
                "area": place.id,
                "area_name": place.name(lang),
                "type": place.type,
                "value": rounded(value, decimals),
                "numerator": reading.numerator if reading else None,
                "denominator": reading.denominator if reading else None,
                "qualifier": reading.qualifier.value if reading else None,
                "period": str(reading.period) if reading else None,
                "status": _ranked_status(told),
            }
            | (on_map(told, geography) if geography else {})
        )
    return rows


def _ranked_status(told: Retold) -> str:
    counted = "E" if told.comparability == "estimated" else "A"
    return {"withheld": "Q", "missing": "L"}.get(told.stands.state, counted)
