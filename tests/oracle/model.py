"""A world: everything the service was ever told, each fact with the seq from which it was known (rules.md 7)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from tests.oracle.periods import Period

LOCAL = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh has kept one offset since 1975


@dataclass(frozen=True)
class Area:
    """rules.md 1; a later `seq` of the same id replaces the earlier row (an end that became known).

    `standing=False` takes it away: the area change that began it was undone.
    """

    id: str
    code: str
    level: str
    parent: str | None
    valid_from: date
    valid_to: date | None = None
    seq: int = 1
    standing: bool = True

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Link:
    """rules.md 1: one arrow of an area change that takes effect on `day`; the first figure after it is a break.

    `standing=False` takes the arrow away (undone); an `old` from outside the city has no extent.
    """

    old: str
    new: str
    extent: str | None
    day: date
    seq: int = 1
    standing: bool = True

    @property
    def id(self) -> str:
        return f"{self.old} → {self.new}"


@dataclass(frozen=True)
class Version:
    """rules.md 4: one definition; it rules the periods whose last day is on or after `valid_from`."""

    indicator: str
    measure: str
    rollup: str
    over_time: str = "latest"
    frequency: str = "M"
    level: str = "commune"
    unit: str = "NUMBER"
    decimals: int = 2
    direction: str = "up"
    carry_forward: int = 12
    min_coverage: Fraction = Fraction(4, 5)
    criterion: tuple[str, Fraction] | None = None
    weight: str | None = None
    valid_from: date = date(2025, 1, 1)
    seq: int = 1
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Target:
    """rules.md 6; a later `seq` of the same id replaces the earlier row, `active=False` takes it away."""

    id: str
    indicator: str
    comparator: str
    value: Fraction
    due: date
    level: str = "city"
    area: str | None = None
    baseline: tuple[Fraction, date] | None = None
    seq: int = 1
    active: bool = True


@dataclass(frozen=True)
class Revision:
    """One row of a submission, a correction, or a withdrawal. A flag's value is 1 or 0."""

    seq: int
    indicator: str
    area: str
    period: Period
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    qualifier: str = "eq"
    status: str | None = None
    withdrawn: bool = False


Fact = TypeVar("Fact", Area, Link, Target)


@dataclass(frozen=True, eq=False)
class World:
    """`instants` gives the UTC moment of every seq; facts of one transaction share a seq."""

    city: str
    instants: dict[int, datetime]
    areas: tuple[Area, ...]
    versions: tuple[Version, ...]
    targets: tuple[Target, ...] = ()
    revisions: tuple[Revision, ...] = ()
    links: tuple[Link, ...] = ()
    retired: tuple[tuple[int, str], ...] = ()
    restored: tuple[tuple[int, str], ...] = ()

    @property
    def newest(self) -> int:
        return max(self.instants)

    def today(self, seq: int) -> date:
        """The day of that change in the service's zone: what `as_of=<seq>` takes for today."""
        return self.instants[seq].astimezone(LOCAL).date()

    def seq_at(self, instant: datetime) -> int:
        """What `as_of=<instant>` means: the newest change not after it; 0 before the first."""
        return max((seq for seq, at in self.instants.items() if at <= instant), default=0)


@dataclass(frozen=True, eq=False)
class Known:
    """The world as known at one seq, looked at on one day. Withdrawn observations are gone: "as never sent"."""

    city: str
    today: date
    areas: dict[str, Area]
    versions: dict[str, list[Version]]
    targets: list[Target]
    cells: dict[tuple[str, str], dict[Period, Revision]]
    links: list[Link]
    retired: frozenset[str]

    @property
    def breaks(self) -> list[date]:
        return sorted({link.day for link in self.links})

    def members(self) -> set[str]:
        return {self.city} | {area.id for area in self.areas.values() if area.parent == self.city}

    def own(self, indicator: str, area: str) -> dict[Period, Revision]:
        return self.cells.get((indicator, area), {})

    def periods_read(self, indicator: str) -> set[Period]:
        """Periods with a live reading that bears a value, of the city or any area of it, begun by today."""
        cells = (self.own(indicator, area) for area in self.members())
        return {p for cell in cells for p, sent in cell.items() if sent.status is None and p.first <= self.today}

    def version(self, indicator: str, day: date) -> Version | None:
        """rules.md 4: the newest definition that had begun by `day`."""
        begun = [version for version in self.versions.get(indicator, []) if version.valid_from <= day]
        return max(begun, key=lambda version: (version.valid_from, version.seq), default=None)


def newest_by_id(facts: Iterable[Fact], as_of: int) -> dict[str, Fact]:
    return {fact.id: fact for fact in sorted(facts, key=lambda fact: fact.seq) if fact.seq <= as_of}


def out_of_use(world: World, as_of: int) -> frozenset[str]:
    """The indicators whose retirement is the last that was said of their use."""
    said = sorted([(*event, True) for event in world.retired] + [(*event, False) for event in world.restored])
    last = {indicator: gone for seq, indicator, gone in said if seq <= as_of}
    return frozenset(indicator for indicator, gone in last.items() if gone)


@lru_cache(maxsize=256)
def known(world: World, as_of: int, today: date) -> Known:
    """rules.md 7: values, definitions, targets and areas together, as the service knew them at `as_of`."""
    versions: dict[str, list[Version]] = defaultdict(list)
    for version in world.versions:
        if version.seq <= as_of:
            versions[version.indicator].append(version)
    cells: dict[tuple[str, str], dict[Period, Revision]] = defaultdict(dict)
    for sent in sorted(world.revisions, key=lambda sent: sent.seq):
        if sent.seq <= as_of:
            cells[sent.indicator, sent.area][sent.period] = sent
    live = {key: {p: sent for p, sent in cell.items() if not sent.withdrawn} for key, cell in cells.items()}
    return Known(
        city=world.city,
        today=today,
        areas={area.id: area for area in newest_by_id(world.areas, as_of).values() if area.standing},
        versions=dict(versions),
        targets=[target for target in newest_by_id(world.targets, as_of).values() if target.active],
        cells=live,
        links=[link for link in newest_by_id(world.links, as_of).values() if link.standing],
        retired=out_of_use(world, as_of),
    )
