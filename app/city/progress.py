"""Targets, each with the figure it is held against and every input of the verdict."""

from collections.abc import Sequence
from typing import Any

from app.city.facts import Facts
from app.city.queries import in_use, needed, shown_periods, the_city
from app.city.rows import rounded, target_progress
from app.core.entities import Target
from app.core.figures import Figure
from app.core.periods import Period
from app.core.targets import Start, concerns_city
from app.db.session import ReadSession
from app.indicators import queries as indicators


def held_targets(
    session: ReadSession, *, period: Period | None, area: str, codes: Sequence[str], lang: str
) -> list[dict[str, Any]]:
    """Every target that concerns the city, its figure, its baseline and the way between; the earliest due first."""
    view = indicators.registry(session)
    if not view.area_ids:
        return []
    city = the_city(view, area, period)
    targets = [t for d in in_use(view, codes) for t in view.targets_of(d.code) if concerns_city(t)]
    facts = Facts(session, view, city)
    of_them = [d for d in view.definitions() if any(t.indicator == d.code for t in targets)]
    periods = shown_periods(facts, of_them, period)
    made = facts.figures([needed(view, d, periods[d.code]) for d in of_them])
    figures = {figure.definition.code: figure for figure in made}
    starts = facts.starts([figure.definition for figure in made])
    targets.sort(key=lambda t: (t.due, t.id))
    return [
        progress_row(
            session,
            t,
            figures[t.indicator],
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
