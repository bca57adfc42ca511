"""`/city/compare`: which figures of the city say something else at a later moment, before and after, and why.

A cause is named when it touched what this very figure stands on; the passing of days is none.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from app.changes.queries import instants
from app.city import queries
from app.city.causes import CAUSES, Touched, touched
from app.city.moments import SAID, Moment, Pair
from app.city.rows import rounded
from app.core.explain import exact_text
from app.core.figures import Figure
from app.core.periods import Period
from app.db.session import ReadSession
from app.indicators import queries as indicators


def compare(
    sessions: tuple[ReadSession, ReadSession],
    *,
    periods: Sequence[Period],
    area: str,
    domains: Sequence[str],
    codes: Sequence[str],
    lang: str,
) -> list[dict[str, Any]]:
    """A row for each figure that differs, by code and period.

    Without `periods` each indicator's newest period, as known at either moment.
    """
    view = indicators.registry(sessions[1])
    if not view.area_ids:
        return []
    city = queries.the_city(view, area, periods[0] if periods else None)
    for code in codes:
        queries.the_indicator(view, code)
    earlier, later = (Moment(session, city.id) for session in sessions)
    asked = sorted(_asked(earlier, later, periods, domains, codes), key=lambda p: (p[0], p[1]))
    for moment in (earlier, later):
        moment.load(asked)
    changed = [*_changed(earlier, later, asked)]
    causes = touched(earlier, later, [pair for pair, _, _ in changed])
    return [
        _row(later, city.id, pair, before, after, causes[pair], lang)
        for pair, before, after in changed
        if causes[pair].causes
    ]


def _asked(
    earlier: Moment, later: Moment, periods: Sequence[Period], domains: Sequence[str], codes: Sequence[str]
) -> set[Pair]:
    both = [moment.definitions(domains, codes) for moment in (earlier, later)]
    if periods:
        return {(code, period) for known in both for code in known for period in periods}
    return {pair for moment, known in zip((earlier, later), both, strict=True) for pair in moment.newest(known).items()}


class Side:
    """A figure and what it said."""

    def __init__(self, figure: Figure | None, said: Any) -> None:
        self.figure = figure
        self.said = said

    @property
    def exact(self) -> Any:
        """All of it that is compared, unrounded."""
        if self.figure is None:
            return None
        reported = self.figure.reported_reading
        numbers = (self.figure.value, self.figure.rolled_up.value, reported.exact if reported else None)
        return numbers, [self.said[name] for name in SAID]


def _changed(earlier: Moment, later: Moment, asked: Sequence[Pair]) -> Iterator[tuple[Pair, Side, Side]]:
    sides = [_sides(moment, asked) for moment in (earlier, later)]
    for pair, before, after in zip(asked, *sides, strict=True):
        if before.exact != after.exact:
            yield pair, before, after


def _sides(moment: Moment, asked: Sequence[Pair]) -> list[Side]:
    starts = moment.starts(code for code, _ in asked)
    figures = [moment.figure(code, period) for code, period in asked]
    times = instants(moment.session, {figure.seq for figure in figures if figure})
    return [
        Side(figure, moment.side(code, figure, starts.get(code), times))
        for (code, _), figure in zip(asked, figures, strict=True)
    ]


def _row(later: Moment, city: str, pair: Pair, before: Side, after: Side, found: Touched, lang: str) -> dict[str, Any]:
    code, period = pair
    definition = later.view.definition(code)
    place = later.view.area(city)
    assert definition is not None
    assert place is not None
    difference = _difference(before.figure, after.figure)
    causes = sorted(found.causes, key=CAUSES.index)
    return {
        "indicator": code,
        "name": definition.name(lang),
        "domain": definition.domain,
        "area": place.id,
        "area_name": place.name(lang),
        "period": str(period),
        "cause": causes[0],
        "causes": causes,
        "late_reports": found.late_reports,
        "corrections": found.corrections,
        "before": before.said,
        "after": after.said,
        "difference": rounded(difference, (after.figure.definition if after.figure else definition).decimals),
        "difference_exact": None if difference is None else exact_text(difference),
        "seq": (after.figure or definition).seq,
    }


def _difference(before: Figure | None, after: Figure | None) -> Fraction | None:
    """After minus before; None where one is missing or only a bound, or their units differ."""
    if before is None or after is None or before.value is None or after.value is None:
        return None
    units = {(figure.definition.figure_unit, figure.definition.unit_mult) for figure in (before, after)}
    return after.value - before.value if len(units) == 1 and not (before.bounded or after.bounded) else None
