"""Reads of the city: each answers one question of the contract."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from app.areas.geography import on_map
from app.changes.queries import instants
from app.city.facts import Facts, Need
from app.city.maps import facts_on
from app.city.rows import city_row, rounded, target_progress
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.core.figures import Figure
from app.core.periods import Frequency, Period
from app.core.places import CITY_CODE, resolve_area
from app.core.registry import Area, Definition, Direction, Level, Measure, Target, View
from app.core.series import own_period
from app.core.succession import Retold
from app.core.targets import Start, concerns_city
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations import queries as observations
from app.observations.tables import Revision
from app.submissions.tables import SubmissionArea, SubmissionRow
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
    for code in codes:
        the_indicator(view, code)
    wanted = [
        d
        for d in view.definitions()
        if not d.retired and (not domains or d.domain in domains) and (not codes or d.code in codes)
    ]
    facts = facts_on(session, view, city, geography)
    newest = {} if period else facts.newest_periods(wanted)
    needs = [needed(view, d, period or newest.get(d.code) or running_period(session, d)) for d in wanted]
    before = [needed(view, d, n.period.previous()) for d, n in zip(wanted, needs, strict=True)]
    facts.load([*needs, *before])
    starts = facts.starts([n.definition for n in needs if view.targets_of(n.definition.code)])
    figures = [
        (facts.figure(n.definition, n.period), facts.figure(b.definition, b.period))
        for n, b in zip(needs, before, strict=True)
    ]
    return city_rows(session, facts, figures, starts, lang)


def running_period(session: ReadSession, definition: Definition) -> Period:
    """The period that is running: what an indicator without any reading is shown for."""
    return Period.containing(session.today, definition.frequency)


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
    times = facts.instants
    if unknown := {figure.seq for figure, _ in figures} - times.keys():
        times |= instants(session, unknown)
    place = (facts.city.id, facts.city.name(lang))
    return [
        city_row(
            figure,
            before,
            place,
            lang,
            facts.view.targets_of(figure.definition.code),
            starts.get(figure.definition.code),
            session.today,
            times,
        )
        | facts.told(figure)
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
    facts.load(needs)
    starts = facts.starts([definition]) if view.targets_of(code) else {}
    made = [facts.figure(n.definition, n.period) for n in needs]
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
    at = period or facts.newest_periods([newest]).get(code) or running_period(session, newest)
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


def completeness(
    session: ReadSession, *, period: Period, area: str, lang: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Who reported what was due for exactly `period`: a row an area, and the total.

    `expected` counts the active indicators of the area's level and the period's frequency, `reported` those with a live
    observation, `late` those still missing when the period has ended.
    """
    view = indicators.registry(session)
    city = the_city(view, area, period)
    due = [
        d
        for d in (view.definition_for(n.code, period) for n in view.definitions() if not n.retired)
        if d is not None and d.frequency is period.frequency and d.level is Level.COMMUNE
    ]
    counted = session.rows(
        select(col(Revision.area), func.count())
        .where(
            observations.known(session),
            col(Revision.withdrawn).is_(False),
            col(Revision.period) == str(period),
            col(Revision.indicator).in_([d.code for d in due]),
        )
        .group_by(col(Revision.area))
    )
    reported = {row[0]: int(row[1]) for row in counted}
    places = view.expected_areas(city.id, Level.COMMUNE, period.last)
    sent = _last_submissions(session)
    over = period.last < session.today
    rows = [
        _completeness_row(period, place, lang, len(due), reported.get(place.id, 0), sent.get(place.id), over=over)
        for place in places
    ]
    total = _completeness_row(
        period,
        city,
        lang,
        sum(r["expected"] for r in rows),
        sum(r["reported"] for r in rows),
        max((sent[p.id] for p in places if p.id in sent), default=None),
        over=over,
    )
    return rows, total


def last_month(session: ReadSession) -> Period:
    """The newest month that has ended."""
    return Period.containing(session.today, Frequency.MONTHLY).previous()


def _last_submissions(session: ReadSession) -> dict[str, datetime]:
    """When each area was last spoken of."""
    rows = session.rows(
        select(col(SubmissionArea.area), func.max(col(SubmissionRow.at)))
        .join(SubmissionRow, col(SubmissionRow.id) == col(SubmissionArea.submission))
        .where(col(SubmissionRow.seq) <= session.as_of)
        .group_by(col(SubmissionArea.area))
    )
    return {row[0]: row[1] for row in rows}


def _completeness_row(
    period: Period, area: Area, lang: str, expected: int, reported: int, sent: datetime | None, *, over: bool
) -> dict[str, Any]:
    return {
        "area": area.id,
        "area_name": area.name(lang),
        "period": str(period),
        "expected": expected,
        "reported": reported,
        "late": expected - reported if over else 0,
        "last_submission_at": rfc3339(sent) if sent else None,
    }


def progress(
    session: ReadSession, *, period: Period | None, area: str, codes: Sequence[str], lang: str
) -> list[dict[str, Any]]:
    """Every target that concerns the city, its figure, its baseline and the way between; the earliest due first."""
    view = indicators.registry(session)
    if not view.area_ids:
        return []
    city = the_city(view, area, period)
    for code in codes:
        the_indicator(view, code)
    targets = [
        t
        for d in view.definitions()
        if not d.retired and (not codes or d.code in codes)
        for t in view.targets_of(d.code)
        if concerns_city(t)
    ]
    facts = Facts(session, view, city)
    of_them = [d for d in view.definitions() if any(t.indicator == d.code for t in targets)]
    newest = {} if period else facts.newest_periods(of_them)
    needs = {d.code: needed(view, d, period or newest.get(d.code) or running_period(session, d)) for d in of_them}
    facts.load(needs.values())
    starts = facts.starts([n.definition for n in needs.values()])
    targets.sort(key=lambda t: (t.due, t.id))
    return [
        progress_row(
            session,
            t,
            facts.figure(needs[t.indicator].definition, needs[t.indicator].period),
            starts[t.indicator],
            lang,
        )
        for t in targets
    ]


def progress_row(
    session: ReadSession, target: Target, figure: Figure, start: Start | None, lang: str
) -> dict[str, Any]:
    """A target with the figure it is held against and every input of the verdict."""
    found = target_progress(target, figure, start, session.today)
    decimals = figure.definition.decimals
    baseline = found.baseline
    return {
        "target": target.id,
        "indicator": target.indicator,
        "name": figure.definition.name(lang),
        "level": target.level,
        "area": target.area,
        "comparator": target.comparator.value,
        "target_value": target.value,
        "due": target.due.isoformat(),
        "unit": figure.definition.figure_unit,
        "flags": list(target.flags),
        "clause": target.clause,
        "quote": target.quote,
        "value": rounded(figure.value, decimals),
        "qualifier": figure.qualifier.value if figure.value is not None else None,
        "basis": figure.basis,
        "value_period": str(figure.value_period) if figure.value_period else None,
        "baseline_value": rounded(baseline.value, decimals) if baseline else None,
        "baseline_date": baseline.day.isoformat() if baseline else None,
        "baseline_source": baseline.source if baseline else None,
        "trajectory": [{"date": p.date, "value": p.value} for p in target.trajectory],
        "required_value": rounded(found.required, decimals),
        "progress": found.status,
        "met": found.met,
        "gap": rounded(found.gap, decimals),
        "pace_per_year": rounded(found.pace_per_year, decimals),
        "today": session.today.isoformat(),
    }
