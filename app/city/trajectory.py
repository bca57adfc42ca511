"""`/targets/{id}/trajectory`: what a target requires period by period, beside what was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.city import queries
from app.city.facts import Facts, Need
from app.city.progress import progress_row
from app.city.rows import beginning, components, rounded
from app.core.entities import Definition, Level, Rule, Target
from app.core.explain import exact_text
from app.core.figures import Figure
from app.core.numbers import Qualifier, decide, round_half_up
from app.core.periods import FIRST_YEAR, LAST_YEAR, Period
from app.core.places import CITY_CODE
from app.core.targets import Corner, Start, corners, required_on, stretch, way
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations import readings


def trajectory(session: ReadSession, *, target_id: str, lang: str) -> dict[str, Any]:
    """The target with the inputs of its progress, the corners of its way, and a row for each own period of the way."""
    view = indicators.registry(session)
    target = indicators.the_target(view, target_id)
    newest = queries.the_indicator(view, target.indicator)
    place = queries.the_city(view, CITY_CODE, None) if target.area is None else view.area(target.area)
    assert place is not None
    facts = Facts(session, view, place)
    alone = place.level is Level.COMMUNE
    start = _start(facts, target, newest, alone=alone)
    latest = queries.shown_periods(facts, [newest], None)[newest.code]
    periods = _periods(target, newest, start)
    begun = [p for p in periods if p.first <= session.today]
    needs = {p: _need(facts, newest, p, alone=alone) for p in (*begun, latest)}
    facts.load(needs.values())
    figures = {p: facts.figure(need.definition, p) for p, need in needs.items()}
    line = corners(target, start)
    return {
        "target": progress_row(session, target, figures[latest], start, lang),
        "line": [_corner(c, newest) for c in line],
        "data": [_row(target, newest, line, p, figures.get(p)) for p in periods],
        "next": None,
        "seq": session.as_of,
    }


def _start(facts: Facts, target: Target, newest: Definition, *, alone: bool) -> Start | None:
    """Where the way begins: what the target names, else the earliest figure of the city, or of the ward it is for."""
    if not alone or target.baseline is not None:
        return beginning(target, facts.starts([newest])[newest.code])
    running = queries.running_period(facts.session, newest).ends
    said = readings.of_area(facts.session, [newest.code], facts.city.id, 0, running)
    figures = [(r.period.last, value) for r in said if (value := r.exact) is not None]
    if not figures:
        return None
    day, value = min(figures)
    return Start(value=value, day=day, source="earliest_figure")


def _need(facts: Facts, newest: Definition, period: Period, *, alone: bool) -> Need:
    """The figure of a period; a ward's own is its own word, as the city's is under rule `none`."""
    need = queries.needed(facts.view, newest, period)
    if not alone:
        return need
    return Need(replace(need.definition, rollup=Rule.NONE, criterion=None, weight=None), period)


def _periods(target: Target, newest: Definition, start: Start | None) -> list[Period]:
    """Own periods from the baseline's to the due day's, at most as many as a series has."""
    if start is None:
        return []
    days = max(start.day, date(FIRST_YEAR, 1, 1)), min(target.due, date(LAST_YEAR, 12, 31))
    begin, end = (Period.containing(day, newest.frequency) for day in days)
    count = (end.ends - begin.ends) // newest.frequency.months + 1
    return [begin.step(n) for n in range(min(count, queries.MAX_PERIODS))]


def _corner(corner: Corner, definition: Definition) -> dict[str, Any]:
    value = corner.value
    return {"date": corner.day, "value": _shown(value, definition), "exact": exact_text(value), "kind": corner.kind}


def _shown(value: Fraction, definition: Definition) -> Decimal:
    """A corner as the registry holds it; a baseline that is a figure with no end of digits is rounded like one."""
    text = exact_text(value)
    return round_half_up(value, definition.decimals) if "/" in text else Decimal(text)


def _row(
    target: Target, newest: Definition, line: tuple[Corner, ...], period: Period, figure: Figure | None
) -> dict[str, Any]:
    """What is required on the period's last day, and the figure of that very period, where there is one."""
    decimals, day = newest.decimals, period.last
    required, (one, other) = required_on(line, day), stretch(line, day)
    own = figure if figure is not None and figure.value_period == period else None
    value = own.value if own else None
    up = way(target, newest.direction)
    reached = ahead = None
    if own is not None and value is not None:
        reached = decide(Qualifier.GE if up > 0 else Qualifier.LE, required, value, own.qualifier)
        ahead = None if own.bounded else up * (value - required)
    numerator, denominator = components(own) if own else (None, None)
    return {
        "period": str(period),
        "time": day.isoformat(),
        "required_value": rounded(required, decimals),
        "from_date": one.day.isoformat(),
        "from_value": _shown(one.value, newest),
        "to_date": other.day.isoformat(),
        "to_value": _shown(other.value, newest),
        "value": rounded(value, decimals),
        "numerator": numerator,
        "denominator": denominator,
        "qualifier": own.qualifier.value if own else None,
        "basis": own.basis if own else "none",
        "reached": reached,
        "ahead": rounded(ahead, decimals),
    }
