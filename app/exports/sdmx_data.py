"""Observations and city figures as SDMX data: a series key narrows the filters, each cell is a row of texts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec

from app.city import queries as city
from app.core.errors import Problem, refuse
from app.core.periods import Frequency, Period
from app.core.places import CITY_CODE
from app.core.registry import View
from app.db.session import ReadSession
from app.exports.publisher import active
from app.exports.sdmx_catalogue import CITY_FIGURES
from app.observations.queries import Wanted
from app.observations.selection import Selection, places_of
from app.web.negotiation import nearest

Cells = tuple[str, list[str]]
EVERY = ("", "*", "all")
_FORM = "FREQ.REF_AREA.INDICATOR"
# Nothing has this code: what a key and a filter that contradict each other leave.
_NONE = ("",)


class Keyed:
    """A selection of cells narrowed by an SDMX key (`M.14758.relics_digitised`) and by SDMX's own period filters."""

    def __init__(self, selection: Selection, key: str, first: Period | None, last: Period | None) -> None:
        self._selection = selection
        self._key = key
        self._first, self._last = first, last

    def wanted(self, view: View) -> Wanted:
        """Raises `sdmx-key-malformed` (400) with the nearest code, and what the selection raises.

        A code of several places is `area-code-ambiguous` in a key too where no period tells which is meant.
        """
        wanted = self._selection.wanted(view)
        dated = bool(wanted.periods or wanted.period_from or wanted.period_to or self._first or self._last)
        frequencies, areas, indicators = _codes(self._key)
        named = _known(indicators, [d.code for d in view.definitions()])
        if frequencies:
            known = _known(frequencies, [f.value for f in Frequency])
            rhythm = [d.code for d in view.definitions() if d.frequency.value in known]
            named = _both(named, tuple(rhythm) or _NONE)
        return replace(
            wanted,
            indicators=_both(wanted.indicators, named),
            areas=_both(wanted.areas, tuple(i for area in areas for i in _places(view, area, dated=dated))),
            period_from=max((p for p in (wanted.period_from, self._first) if p), default=None),
            period_to=min((p for p in (wanted.period_to, self._last) if p), default=None),
        )


def _codes(key: str) -> tuple[tuple[str, ...], ...]:
    """The codes of each dimension, none where all are meant."""
    if key in EVERY:
        return ((), (), ())
    parts = key.split(".")
    if len(parts) != 3:
        raise refuse("sdmx-key-malformed", parameter="key", given=key, expected=_FORM)
    return tuple(() if part in EVERY else tuple(part.split("+")) for part in parts)


def _known(codes: tuple[str, ...], every: list[str]) -> tuple[str, ...]:
    for code in codes:
        if code not in every:
            raise _unknown(code, every)
    return codes


def _unknown(code: str, every: list[str]) -> Problem:
    return refuse("sdmx-key-malformed", parameter="key", given=code, expected=_FORM, hint=nearest(code, every))


def _places(view: View, named: str, *, dated: bool) -> list[str]:
    """As `places_of`. Raises `sdmx-key-malformed` for what is no area at all."""
    if view.area(named) is None and not view.areas_of_code(named):
        raise _unknown(named, [area.code for area in view.places()])
    return places_of(view, named, dated=dated, parameter="key")


def _both(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """What both allow; an empty one allows everything."""
    if not some or not others:
        return some or others
    return tuple(code for code in some if code in others) or _NONE


def observed(view: View) -> Callable[[Mapping[str, Any]], Cells]:
    """What turns rows of `/observations` into rows of the dataflow OBSERVATIONS."""

    def cells(row: Mapping[str, Any]) -> Cells:
        return ("D" if row["withdrawn"] else "I"), [*_series(view, row), _text(row["note"])]

    return cells


def figures(session: ReadSession, view: View, wanted: Wanted, lang: str) -> Iterator[Cells]:
    """The rows of `/city/series` of the indicators wanted, one indicator after the other."""
    for row in city_rows(session, view, wanted, lang):
        yield "I", [*_series(view, row), *(_text(row[a.id.lower()]) for a in CITY_FIGURES.attributes[-7:])]


def city_rows(session: ReadSession, view: View, wanted: Wanted, lang: str) -> Iterator[dict[str, Any]]:
    """City rows (`/city/series`) of every indicator wanted; nothing where other areas than the city are."""
    place = next(iter(view.areas_of_code(CITY_CODE)), None)
    if place is None or (wanted.areas and place.id not in wanted.areas):
        return
    codes = [d.code for d in (view.definitions() if wanted.indicators else active(view))]
    asked = {str(period) for period in wanted.periods}
    first = max((p for p in (wanted.period_from, min(wanted.periods, default=None)) if p), default=None)
    last = min((p for p in (wanted.period_to, max(wanted.periods, default=None)) if p), default=None)
    for code in codes:
        if wanted.indicators and code not in wanted.indicators:
            continue
        rows = city.series(session, code=code, first=first, last=last, area=place.id, lang=lang, frequency=None)
        yield from (row for row in rows if not asked or row["period"] in asked)


def _series(view: View, row: Mapping[str, Any]) -> list[str]:
    """The cells that both dataflows begin with."""
    period = Period.parse(row["period"])
    definition = view.definition_for(row["indicator"], period) or view.versions(row["indicator"])[0]
    return [
        period.frequency.value,
        row["area"],
        row["indicator"],
        row["period"],
        _text(row["value"]),
        row["status"],
        _text(row["qualifier"]),
        _text(row["numerator"]),
        _text(row["denominator"]),
        row["unit"],
        str(definition.unit_mult),
        str(definition.decimals),
    ]


def _text(value: Any) -> str:
    """A number digit for digit, 1 and 0 for true and false; nothing for no value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    return bytes(value).decode() if isinstance(value, msgspec.Raw) else str(value)
