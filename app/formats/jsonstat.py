"""JSON-stat 2.0: a cube as a dataset, and datasets as a collection."""

from collections.abc import Iterable
from math import prod
from typing import Any

from app.core.cube import Cube, Dimension, Unit

VERSION = "2.0"
_SYMBOLS = {"PT": "%", "VND": "₫"}


def dataset(cube: Cube, *, label: str, source: str, href: str) -> dict[str, Any]:
    """The cube as a dataset: values row by row, null where there is none.

    What else is known of cells stands in `extension`, keyed by position like `status`.
    """
    placed = cube.positions()
    values: list[Any] = [None] * prod(cube.size)
    more: dict[str, dict[str, Any]] = {}
    for place, cell in placed.items():
        values[place] = cell.value
        for name, known in cell.more.items():
            more.setdefault(name, {})[str(place)] = known
    roles: dict[str, list[str]] = {}
    for dimension in cube.dimensions:
        if dimension.role is not None:
            roles.setdefault(dimension.role, []).append(dimension.id)
    made: dict[str, Any] = {
        "version": VERSION,
        "class": "dataset",
        "href": href,
        "label": label,
        "source": source,
        "updated": cube.updated,
        "id": [dimension.id for dimension in cube.dimensions],
        "size": cube.size,
        "role": roles,
        "dimension": {dimension.id: _dimension(dimension) for dimension in cube.dimensions},
        "value": values,
        "status": {str(place): cell.status for place, cell in placed.items()},
        "extension": more,
    }
    return {name: held for name, held in made.items() if held is not None}


def collection(items: Iterable[tuple[str, str]], *, label: str, source: str, href: str) -> dict[str, Any]:
    """A collection of datasets, each an address and a label."""
    return {
        "version": VERSION,
        "class": "collection",
        "href": href,
        "label": label,
        "source": source,
        "link": {"item": [{"class": "dataset", "href": address, "label": name} for address, name in items]},
    }


def _dimension(dimension: Dimension) -> dict[str, Any]:
    category: dict[str, Any] = {"index": list(dimension.categories), "label": dict(dimension.categories)}
    if dimension.units:
        category["unit"] = {code: _unit(unit) for code, unit in dimension.units.items()}
    return {"label": dimension.label, "category": category}


def _unit(unit: Unit) -> dict[str, Any]:
    made: dict[str, Any] = {"label": unit.label, "decimals": unit.decimals}
    if unit.multiplier:
        made["multiplier"] = unit.multiplier
    if unit.id in _SYMBOLS:
        made |= {"symbol": _SYMBOLS[unit.id], "position": "end"}
    return made
