"""Observations on the map of one day: stored cells of areas that were there, the others told from their predecessors.

Nothing of it is stored. A row is there where the area, or one that it comes from or went into, spoke of the period.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cmp_to_key
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlmodel import col

from app.areas.geography import on_map
from app.core.clock import rfc3339
from app.core.entities import Area, Definition, Level
from app.core.numbers import Qualifier
from app.core.periods import Period
from app.core.registry import View
from app.core.series import MISSING, Reading, Standing, standing
from app.core.succession import Retold, retell
from app.db.session import ReadSession
from app.observations import queries, views
from app.observations.queries import Wanted, known_and
from app.observations.tables import Revision

SORTS = ("indicator", "area", "period")
_TOGETHER = 500
_ROWS = (col(Revision.indicator), col(Revision.period), col(Revision.ends))


class Cell(NamedTuple):
    """A cell that may be told; its names are those that lists are sorted by, `period` being the month of its end."""

    indicator: str
    area: str
    period: int
    text: str

    def key(self, order: Sequence[tuple[str, bool]]) -> list[Any]:
        return [getattr(self, name) for name, _ in order]


class MapReader:
    """The rows of one question on the map of `day`, in its order."""

    def __init__(
        self, session: ReadSession, view: View, wanted: Wanted, day: date, order: Sequence[tuple[str, bool]], lang: str
    ) -> None:
        self._session, self._view, self._day, self._lang = session, view, day, lang
        self._asked = replace(wanted, areas=(), withdrawn=False).parameters()
        every = (view.area(i, day) for i in view.area_ids)
        self._places = {a.id: a for a in every if a and a.valid_on(day) and a.id in (wanted.areas or (a.id,))}
        self._order = order
        self._stored = views.viewer(view, lang)
        self._kin: dict[str, set[str]] = {}

    def rows(self, after: list[Any] | None = None) -> Iterator[tuple[Cell, dict[str, Any]]]:
        """Every row beyond the sort key `after`."""
        cells = self._cells()
        if after is not None:
            cells = [c for c in cells if self._compared(c.key(self._order), after) > 0]
        for start in range(0, len(cells), _TOGETHER):
            some = cells[start : start + _TOGETHER]
            said = self._said(some)
            for cell in some:
                row = self._row(cell, said.get((cell.indicator, cell.text), {}))
                if row is not None:
                    yield cell, row

    def _cells(self) -> list[Cell]:
        pairs = self._session.rows(
            select(*_ROWS).where(*known_and(self._session.is_now, self._asked)).distinct(),
            {**self._asked, "as_of": self._session.as_of},
        )
        cells = [Cell(code, area, ends, text) for code, text, ends in pairs for area in self._places]

        def order(one: Cell, other: Cell) -> int:
            return self._compared(one.key(self._order), other.key(self._order))

        return sorted(cells, key=cmp_to_key(order))

    def _compared(self, one: Sequence[Any], other: Sequence[Any]) -> int:
        for (_, down), mine, theirs in zip(self._order, one, other, strict=True):
            if mine != theirs:
                return -1 if (mine < theirs) != down else 1
        return 0

    def _said(self, cells: Sequence[Cell]) -> dict[tuple[str, str], dict[str, Row[Any]]]:
        """What each area said, by indicator and period."""
        asked = {"indicators": sorted({c.indicator for c in cells}), "ends": sorted({c.period for c in cells})}
        conditions = known_and(self._session.is_now, (*asked, "withdrawn"))
        columns = Revision.__table__.columns  # type: ignore[attr-defined]
        found: dict[tuple[str, str], dict[str, Row[Any]]] = defaultdict(dict)
        given = {**asked, "withdrawn": False, "as_of": self._session.as_of}
        for row in self._session.rows(select(*columns).where(*conditions), given):
            found[row.indicator, row.period][row.area] = row
        return found

    def _row(self, cell: Cell, said: dict[str, Row[Any]]) -> dict[str, Any] | None:
        place, period = self._places[cell.area], Period.parse(cell.text)
        if place.valid_on(period.last):
            own = said.get(place.id)
            if own is None:
                return None
            shown = self._stored(own) | on_map(Retold(place.id, period, Standing("reported")), self._day)
            return shown | ({"comparability": "unaffected"} if place.level is Level.CITY else {})
        if place.id not in self._kin:
            self._kin[place.id] = self._view.kin({place.id})
        sources = [row for area, row in said.items() if area in self._kin[place.id]]
        definition = self._view.definition_for(cell.indicator, period) or self._view.definition(cell.indicator)
        if not sources or definition is None or place.level is not definition.level:
            return None
        told = retell(self._view, definition, place, period, _standings(definition, said))
        return self._told(definition, place, period, told, sources)

    def _told(
        self, definition: Definition, place: Area, period: Period, told: Retold, sources: Sequence[Row[Any]]
    ) -> dict[str, Any]:
        """A row that is stored nowhere, in the shape of one that is."""
        made = told.stands.reading
        values = (made.value, made.numerator, made.denominator) if made else (None, None, None)
        status = ("E" if told.comparability == "estimated" else "A") if made else "L"
        newest = max(sources, key=lambda row: row.seq)
        return {
            "id": queries.cell_id(definition.code, place.id, str(period)),
            "indicator": definition.code,
            "area": place.id,
            "area_name": place.name(self._lang),
            "period": str(period),
            **views.numbers(*values),
            "qualifier": (made.qualifier if made else Qualifier.EQ).value,
            "status": status,
            "unit": definition.unit,
            "note": None,
            "revision": 0,
            "withdrawn": False,
            "period_assumed": any(row.period_assumed for row in sources),
            "submission": None,
            "updated_at": rfc3339(newest.at),
            "seq": max(newest.seq, made.seq if made else 0),
        } | on_map(told, self._day)


def _standings(definition: Definition, said: dict[str, Row[Any]]) -> Callable[[str, Period], Standing]:
    def stands(area: str, period: Period) -> Standing:
        row = said.get(area)
        if row is None:
            return MISSING
        numbers = (row.value, row.numerator, row.denominator)
        reading = Reading(row.indicator, area, period, *numbers, Qualifier(row.qualifier), row.status, row.seq)
        return standing(definition, period, {period: reading})

    return stands
