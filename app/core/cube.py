"""A cube: figures by several dimensions, as statistical formats hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any


@dataclass(frozen=True, slots=True)
class Unit:
    """What the figures of a category are measured in; `decimals` is how many digits after the point are shown."""

    id: str
    label: str
    decimals: int
    multiplier: int


@dataclass(frozen=True, slots=True)
class Dimension:
    """`categories` are its codes with their labels, in order; `role` is `time`, `geo`, `metric` or None."""

    id: str
    label: str
    categories: Mapping[str, str]
    role: str | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure with what must be known of it; `more` holds whatever else belongs to it, by name."""

    value: Any
    status: str
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cube:
    """`cells` are keyed by one code of each dimension; a key that is missing has no figure.

    `updated` is when the newest of them changed.
    """

    dimensions: tuple[Dimension, ...]
    cells: Mapping[tuple[str, ...], Cell]
    updated: str | None = None

    @property
    def size(self) -> list[int]:
        return [len(dimension.categories) for dimension in self.dimensions]

    def positions(self) -> dict[int, Cell]:
        """The cells by their place in row-major order: the last dimension changes fastest."""
        size = self.size
        steps = [prod(size[n + 1 :]) for n in range(len(size))]
        ranks = [
            {code: n * step for n, code in enumerate(d.categories)}
            for d, step in zip(self.dimensions, steps, strict=True)
        ]
        found = {
            sum(rank[code] for rank, code in zip(ranks, key, strict=True)): cell for key, cell in self.cells.items()
        }
        return dict(sorted(found.items()))
