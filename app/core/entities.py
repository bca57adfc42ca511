"""What the registry holds, as values: dated areas, versioned definitions, targets.

Each version knows the `seq` that made it known.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from app.core.numbers import Qualifier
from app.core.periods import Frequency


class Measure(StrEnum):
    RATIO = "ratio"
    COUNT = "count"
    AMOUNT = "amount"
    FLAG = "flag"


class Rule(StrEnum):
    """How the city figure comes from its areas (`rollup`); rules.md 4."""

    SUM = "sum"
    RATIO_OF_SUMS = "ratio_of_sums"
    SHARE_REACHING = "share_reaching"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    MIN = "min"
    MAX = "max"
    NONE = "none"


class OverTime(StrEnum):
    LATEST = "latest"
    SUM = "sum"
    MEAN = "mean"


class Level(StrEnum):
    CITY = "city"
    COMMUNE = "commune"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What an area must reach to count in `share_reaching`."""

    comparator: Qualifier
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place during a span of time. `valid_to` is exclusive, null while it is still valid.

    `effective` is the day from which this version of the place holds (its kind may change on a day), `seq` the change
    that made it known. A `withdrawn` version takes the place back: the change that made it was undone.
    """

    id: str
    code: str
    name_vi: str
    name_en: str
    level: Level
    kind: str
    type: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    effective: date
    seq: int
    version: int = 1
    withdrawn: bool = False

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_vi


@lru_cache(maxsize=16_384)
def mark(area: str) -> int:
    """A number that stands for an area in a sum: two sets of areas whose sums are equal are the same set.

    48 bits of a hash, so that thousands of areas add up within 64.
    """
    return int.from_bytes(blake2b(area.encode(), digest_size=6).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One arrow of an area change: from `day` on `old`, or a part of it, lies in `new`.

    `extent` is `whole` or `part`, None where no source says. `share` is how much of a part came over, above 0 and below
    1, None until somebody enters it with its basis. An `outside` predecessor is no area of the data: `old` is its
    official code, its name stands here.
    """

    old: str
    new: str
    version: int
    seq: int
    extent: str | None
    share: Decimal | None
    share_basis: str | None
    day: date
    document: str
    clause: str | None
    outside: bool
    old_name_vi: str | None
    old_name_en: str | None
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of an indicator; it applies to periods whose last day is on or after `valid_from`."""

    code: str
    version: int
    seq: int
    valid_from: date
    name_vi: str
    name_en: str
    domain: str
    measure: Measure
    rollup: Rule
    over_time: OverTime
    carry_forward: int
    min_coverage: Decimal
    frequency: Frequency
    level: Level
    unit: str
    unit_mult: int
    decimals: int
    direction: Direction
    criterion: Criterion | None
    weight: str | None
    definition_vi: str
    definition_en: str
    clause: str | None
    quote: str | None
    retired: bool = False

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_vi

    @property
    def carries(self) -> int:
        """For how many months a silent area's reading stands; only a stock carries."""
        return self.carry_forward if self.over_time is OverTime.LATEST else 0

    @property
    def figure_unit(self) -> str:
        return "PT" if self.rollup is Rule.SHARE_REACHING else self.unit


@dataclass(frozen=True, slots=True)
class Baseline:
    value: Decimal
    date: date


@dataclass(frozen=True, slots=True)
class Interim:
    """What must be reached on a day on the way to a target."""

    date: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the city must reach: `comparator value` by `due`, inclusive (rules.md 6).

    `trajectory` are the interim points between baseline and due, oldest first; without them the way is straight.
    """

    id: str
    version: int
    seq: int
    indicator: str
    level: str
    area: str | None
    comparator: Qualifier
    value: Decimal
    due: date
    baseline: Baseline | None
    clause: str | None
    quote: str | None
    flags: tuple[str, ...]
    note_vi: str | None
    note_en: str | None
    trajectory: tuple[Interim, ...] = ()
    retired: bool = False
