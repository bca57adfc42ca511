"""Which observations a caller asks for: the filters that lists and downloads share."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from app.areas.geography import check_map
from app.core.errors import refuse
from app.core.periods import Period, parse_at
from app.core.places import resolve_area
from app.core.registry import View
from app.observations.queries import Wanted, check_names


class Selection:
    """Filters as they were asked; what they mean depends on the registry of the moment looked at."""

    def __init__(
        self,
        indicators: list[str],
        areas: list[str],
        periods: tuple[Period, ...],
        period_from: Period | None,
        period_to: Period | None,
        *,
        withdrawn: bool,
    ) -> None:
        self._indicators = tuple(indicators)
        self._areas = areas
        self._periods = periods
        self._from = period_from
        self._to = period_to
        self.withdrawn = withdrawn

    @property
    def at_hand(self) -> bool:
        """Whether an index in the list's own order leads to the first rows, however many there are."""
        spans = self._from is not None or self._to is not None
        return not (self._areas or self._periods) and (len(self._indicators) == 1 or not (self._indicators or spans))

    def wanted(self, view: View) -> Wanted:
        """Raises `unknown-indicator` and `unknown-area`: a typing error must not look like "no data".

        Raises `area-code-ambiguous` for a code of several places where no period tells which is meant.
        """
        dated = bool(self._periods or self._from or self._to)
        wanted = self._wanted(tuple(i for named in self._areas for i in places_of(view, named, dated=dated)))
        check_names(view, wanted)
        return wanted

    def unchecked(self) -> Wanted:
        """For filters that name no area, the same before the registry is known."""
        return self._wanted(())

    def _wanted(self, areas: tuple[str, ...]) -> Wanted:
        return Wanted(
            indicators=self._indicators,
            areas=areas,
            periods=self._periods,
            period_from=self._from,
            period_to=self._to,
            withdrawn=self.withdrawn,
        )

    def on_map(self, view: View, day: date) -> Wanted:
        """The same on the map of a day. Raises `area-not-on-map`, `geography-without-areas` too."""
        check_map(view, day)
        wanted = self._wanted(())
        check_names(view, wanted)
        return replace(wanted, areas=tuple(_on_map(view, named, day) for named in self._areas))


def _on_map(view: View, named: str, day: date) -> str:
    """The area of the map that an id or code means."""
    known = [place] if (place := view.area(named)) else view.areas_of_code(named)
    if not known:
        resolve_area(view, named, day, parameter="area")
    on_it = next((a.id for a in known if a.valid_on(day)), None)
    if on_it is None:
        kin = view.kin(a.id for a in known)
        heirs = [i for i in sorted(kin) if (area := view.area(i)) and area.valid_on(day)]
        raise refuse(
            "area-not-on-map", parameter="area", given=named, expected=day.isoformat(), hint=", ".join(heirs) or None
        )
    return on_it


def places_of(view: View, named: str, *, dated: bool, parameter: str = "area") -> list[str]:
    """The ids a filter means; of the places of a code the row's own period says which.

    Raises `unknown-area`, and `area-code-ambiguous` for a code of several places in a question without a period.
    """
    places = view.areas_of_code(named) if dated else []
    return [a.id for a in places] or [resolve_area(view, named, None, parameter=parameter).id]


def _period(text: str | None, parameter: str) -> Period | None:
    return None if text is None else parse_at(text, parameter=parameter)


async def _cells(
    indicator: Annotated[list[str] | None, Query(description="Only these indicators.")] = None,
    area: Annotated[
        list[str] | None, Query(description="Only these areas, by id or code; a code of several places needs a period.")
    ] = None,
    period: Annotated[list[str] | None, Query(description="Only these periods.", examples=["2025-01"])] = None,
    period_from: Annotated[str | None, Query(description="Not before this period.", examples=["2025-01"])] = None,
    period_to: Annotated[str | None, Query(description="Not after this period.", examples=["2026-12"])] = None,
) -> Selection:
    return Selection(
        indicator or [],
        area or [],
        tuple(parse_at(text, parameter="period") for text in period or ()),
        _period(period_from, "period_from"),
        _period(period_to, "period_to"),
        withdrawn=True,
    )


Cells = Annotated[Selection, Depends(_cells)]


async def _selection(
    cells: Cells,
    withdrawn: Annotated[bool, Query(description="Whether withdrawn cells are listed too.")] = False,
) -> Selection:
    cells.withdrawn = withdrawn
    return cells


Selected = Annotated[Selection, Depends(_selection)]
