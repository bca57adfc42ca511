"""`/city/forecast` and `/city/what-if`: where a figure goes, and what a target still asks for."""

from datetime import date
from fractions import Fraction
from typing import Any

from app.city import queries
from app.city.facts import Facts
from app.city.rows import beginning, components, rounded, target_progress
from app.core.entities import Definition, Rule, Target
from app.core.errors import refuse
from app.core.figures import Figure
from app.core.forecast import LEAST, MOST, Point, trend
from app.core.periods import Period
from app.core.registry import View
from app.core.targets import corners, next_point, required_on, shown_target, way
from app.core.what_if import Pace, areas_needed, numerator_needed, pace, whole_needed
from app.db.session import ReadSession
from app.indicators import queries as indicators

# Ten years of months: readings older than that say nothing about the way now.
FURTHEST = 120
SLOPE_DECIMALS = 6


def forecast(session: ReadSession, *, code: str, due: date | None, area: str, lang: str) -> dict[str, Any]:
    """The figure on `due` (the target's day by default), with its interval, and the day the target is reached."""
    view = indicators.registry(session)
    newest = queries.the_indicator(view, code)
    facts = Facts(session, view, queries.the_city(view, area, None))
    target = shown_target(view.targets_of(code), due or session.today)
    aim = due or (target.due if target else None)
    if aim is None:
        raise refuse("required", parameter="due", expected="2030-12-31")
    used = _readings(facts, view, newest)
    if len(used) < LEAST:
        raise refuse("too-few-readings", parameter="indicator", given=len(used), expected=f"≥ {LEAST}")
    points = [Point(f.day, f.value) for f in used if f.value is not None]
    found = trend(points, share=newest.figure_unit == "PT")
    low, high = found.interval(aim)
    last, decimals = used[-1], newest.decimals
    return {
        "indicator": code,
        "name": newest.name(lang),
        "unit": newest.figure_unit,
        "method": "theil_sen",
        "interval_method": "sen_rank_90_mad",
        "due": aim.isoformat(),
        "value": rounded(found.value(aim), decimals),
        "low": rounded(low, decimals),
        "high": rounded(high, decimals),
        "status": "F",
        "slope_per_day": rounded(found.slope, SLOPE_DECIMALS),
        "target": target.id if target else None,
        "target_value": target.value if target else None,
        "target_comparator": target.comparator.value if target else None,
        "target_due": target.due.isoformat() if target else None,
        "required_value": rounded(_required(facts, target, newest, aim), decimals) if target else None,
        "reached_on": _reached(found.reached, target, newest, last),
        "readings": [
            {
                "period": str(f.value_period),
                "day": f.day.isoformat(),
                "value": rounded(f.value, decimals),
                "basis": f.basis,
            }
            for f in used
        ],
        "seq": session.as_of,
    }


def _readings(facts: Facts, view: View, newest: Definition) -> list[Figure]:
    """The last exact figures, each of an own period with a value of that very period, under a like definition."""
    code = newest.code
    begin, end = (edge([newest]).get(code) for edge in (facts.earliest_periods, facts.newest_periods))
    if begin is None or end is None:
        return []
    count = min((end.ends - begin.ends) // newest.frequency.months + 1, FURTHEST)
    needs = [queries.needed(view, newest, end.step(-n)) for n in reversed(range(count))]
    needs = [n for n in needs if _like(n.definition, newest)]
    facts.load(needs)
    figures = [facts.figure(n.definition, n.period) for n in needs]
    own = [f for f in figures if f.value is not None and not f.bounded and f.value_period == f.period]
    return own[-MOST:]


def _like(one: Definition, other: Definition) -> bool:
    """Whether figures of both versions may stand on one line."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("measure", "rollup", "over_time", "unit", "unit_mult", "criterion", "weight", "frequency")
    )


def _required(facts: Facts, target: Target, newest: Definition, day: date) -> Fraction | None:
    """Where the way to the target, through its interim points, is on the day that is forecast."""
    start = beginning(target, facts.starts([newest])[newest.code])
    return required_on(corners(target, start), day) if start else None


def _reached(reached: Any, target: Target | None, definition: Definition, last: Figure) -> str | None:
    """The newest reading's own day when it has reached the target already."""
    if target is None:
        return None
    if target_progress(target, last, None, last.day).met:
        return last.day.isoformat()
    day = reached(target.comparator, Fraction(target.value), way(target, definition.direction), last.day)
    return day.isoformat() if day else None


def what_if(session: ReadSession, *, code: str, period: Period | None, area: str, lang: str) -> list[dict[str, Any]]:
    """For each target of an indicator what is still missing from the figure, the earliest due first."""
    view = indicators.registry(session)
    newest = queries.the_indicator(view, code)
    facts = Facts(session, view, queries.the_city(view, area, period))
    at = queries.shown_periods(facts, [newest], period)[code]
    need = queries.needed(view, newest, at)
    facts.load([need])
    figure = facts.figure(need.definition, need.period)
    targets = [t for t in view.targets_of(code) if t.area is None]
    return [_row(t, figure, session.today, lang) for t in targets]


def _row(target: Target, figure: Figure, today: date, lang: str) -> dict[str, Any]:
    definition, decimals = figure.definition, figure.definition.decimals
    found = target_progress(target, figure, None, today)
    numerator, denominator = components(figure)
    left: Pace | None = None if found.gap is None else pace(found.gap, today, target.due)
    coming = next_point(target, today)
    short = _short(figure, Fraction(coming.value), way(target, definition.direction))
    on_time = None if short is None else pace(short, today, coming.date)
    row = {
        "target": target.id,
        "indicator": definition.code,
        "name": definition.name(lang),
        "rule": definition.rollup.value,
        "unit": definition.figure_unit,
        "basis": figure.basis,
        "value_period": str(figure.value_period) if figure.value_period else None,
        "value": rounded(figure.value, decimals),
        "numerator": numerator,
        "denominator": denominator,
        "expected": figure.rolled_up.expected,
        "comparator": target.comparator.value,
        "target_value": target.value,
        "due": target.due.isoformat(),
        "today": today.isoformat(),
        "met": found.met,
        "gap": rounded(found.gap, decimals),
        "days_left": left.days_left if left else None,
        "months_left": rounded(left.months_left, 2) if left else None,
        "value_per_month": rounded(left.value_per_month, max(decimals, 4)) if left else None,
        "next_date": coming.date.isoformat(),
        "next_value": coming.value,
        "next_gap": rounded(short, decimals),
        "next_value_per_month": rounded(on_time.value_per_month, max(decimals, 4)) if on_time else None,
    }
    return row | _missing(target, figure, left)


def _short(figure: Figure, goal: Fraction, up: int) -> Fraction | None:
    """What an exact figure still lacks; never below 0."""
    return None if figure.value is None or figure.bounded else max(up * (goal - figure.value), Fraction(0))


def _missing(target: Target, figure: Figure, left: Pace | None) -> dict[str, Any]:
    """Whole areas for a share of areas, the numerator's rest for a ratio; null where the figure has no components."""
    definition = figure.definition
    up, goal = way(target, definition.direction), Fraction(target.value)
    numerator, denominator = components(figure)
    needed: Fraction | None = None
    areas: int | None = None
    if definition.rollup is Rule.SHARE_REACHING:
        of = int(denominator) if denominator else figure.rolled_up.expected
        areas = areas_needed(target.comparator, goal, of, up)
        needed = Fraction(areas)
    elif definition.figure_unit == "PT" and denominator:
        needed = numerator_needed(goal, Fraction(denominator))
        if numerator is not None and numerator == int(numerator) and denominator == int(denominator):
            needed = Fraction(whole_needed(target.comparator, needed, up))
    rest = None
    if needed is not None and numerator is not None:
        rest = max(up * (needed - Fraction(numerator)), Fraction(0))
    each = rest / left.months_left if rest is not None and left and left.months_left else None
    return {
        "areas_needed": areas,
        "areas_more": int(rest) if rest is not None and areas is not None else None,
        "numerator_needed": rounded(needed, 6),
        "numerator_more": rounded(rest, 6),
        "numerator_more_per_month": rounded(each, 2),
    }
