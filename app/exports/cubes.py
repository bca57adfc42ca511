"""Observations and city figures as cubes of frequency, indicator, area and period."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from app.core.cube import Cell, Cube, Dimension, Unit
from app.core.entities import Definition
from app.core.errors import Problem, refuse
from app.core.periods import Period
from app.core.registry import View
from app.exports.publisher import UNITS, spoken
from app.exports.sdmx_catalogue import DIMENSIONS, FREQUENCIES, MEASURES

# A cube is made whole, and most of a wide one is empty: more than this comes as SDMX or as a download.
MAX_CELLS = 50_000


def too_many(count: int) -> Problem:
    return refuse("too-many-cells", parameter="indicator", given=count, expected=f"≤ {MAX_CELLS}")


def cube(view: View, rows: Iterable[Mapping[str, Any]], lang: str, *, of_city: bool) -> Cube:
    """Rows as `/observations` or `/city/series` show them. Raises `too-many-cells`."""
    units: dict[str, Unit] = {}
    cells: dict[tuple[str, ...], Cell] = {}
    updated = ""
    for row in rows:
        updated = max(updated, row["updated_at"] or "")
        code = row["indicator"]
        if code not in units:
            units[code] = _unit(view, code, lang, of_city=of_city)
        frequency = Period.parse(row["period"]).frequency.value
        cells[frequency, row["area"], code, row["period"]] = _cell(row, units[code])
    frequencies, areas, codes, periods = ({key[n] for key in cells} for n in range(4))
    size = prod(map(len, (frequencies, areas, codes, periods)))
    if size > MAX_CELLS:
        raise too_many(size)
    labels: tuple[dict[str, str], ...] = (
        {code: spoken(FREQUENCIES[code], lang) for code in sorted(frequencies)},
        {area: place.name(lang) if (place := view.area(area)) else area for area in sorted(areas)},
        {code: _definition(view, code).name(lang) for code in sorted(codes)},
        {text: text for text in sorted(periods, key=Period.parse)},
    )
    named = zip((*DIMENSIONS, MEASURES[0]), labels, (None, "geo", "metric", "time"), strict=True)
    dimensions = (
        Dimension(concept.id, spoken(concept.name, lang), categories, role, units if role == "metric" else {})
        for concept, categories, role in named
    )
    return Cube(tuple(dimensions), cells, updated or None)


def _definition(view: View, code: str) -> Definition:
    found = view.definition(code)
    assert found is not None, "rows are of indicators that the registry holds"
    return found


def _unit(view: View, code: str, lang: str, *, of_city: bool) -> Unit:
    found = _definition(view, code)
    unit = found.figure_unit if of_city else found.unit
    return Unit(unit, spoken(UNITS.get(unit, (unit, unit)), lang), found.decimals, found.unit_mult)


def _cell(row: Mapping[str, Any], unit: Unit) -> Cell:
    """What is said of a value only where it is not what one would take for granted."""
    value = int(row["value"]) if isinstance(row["value"], bool) else row["value"]
    more = {
        "qualifier": None if row["qualifier"] == "eq" else row["qualifier"],
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "unit": None if row["unit"] == unit.id else row["unit"],
    }
    return Cell(value, row["status"], {name: known for name, known in more.items() if known is not None})
