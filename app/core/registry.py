"""The registry: every version there is, and what was known of it after each change.

A `Registry` holds every version there is. `Registry.at(seq)` is the registry as the service knew it then.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter

from app.core.entities import Area, Definition, Level, Link, Rule, Target, mark
from app.core.periods import Period


@dataclass(frozen=True)
class Registry:
    """Every version of every area, definition, target and link, in the order of `seq`."""

    areas: tuple[Area, ...]
    definitions: tuple[Definition, ...]
    targets: tuple[Target, ...]
    links: tuple[Link, ...] = ()
    _views: "dict[int, View]" = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _seqs(self) -> list[int]:
        dated = {a.seq for a in self.areas} | {k.seq for k in self.links}
        return sorted(dated | {d.seq for d in self.definitions} | {t.seq for t in self.targets})

    def at(self, seq: int) -> "View":
        """The registry as known after change `seq`; equal views are made once."""
        before = bisect_right(self._seqs, seq)
        known = self._seqs[before - 1] if before else 0
        if known not in self._views:
            if len(self._views) >= 32:
                self._views.pop(next(iter(self._views)))
            self._views[known] = View(
                [a for a in self.areas if a.seq <= seq],
                [d for d in self.definitions if d.seq <= seq],
                [t for t in self.targets if t.seq <= seq],
                [k for k in self.links if k.seq <= seq],
            )
        return self._views[known]


class View:
    """The registry at one `seq`."""

    def __init__(
        self,
        areas: Sequence[Area],
        definitions: Iterable[Definition],
        targets: Iterable[Target],
        links: Iterable[Link] = (),
    ) -> None:
        self._areas: dict[str, list[Area]] = defaultdict(list)
        newest_areas = {area.id: area for area in sorted(areas, key=attrgetter("seq"))}
        for area in sorted(areas, key=attrgetter("effective", "seq")):
            if not area.withdrawn and not newest_areas[area.id].withdrawn:
                self._areas[area.id].append(area)
        self._ids_of_code: dict[str, list[str]] = defaultdict(list)
        for versions in self._areas.values():
            self._ids_of_code[versions[-1].code].append(versions[-1].id)
        self._definitions: dict[str, list[Definition]] = defaultdict(list)
        self._newest: dict[str, Definition] = {}
        for definition in sorted(definitions, key=attrgetter("valid_from", "seq")):
            self._definitions[definition.code].append(definition)
        for code, versions_of in self._definitions.items():
            self._newest[code] = max(versions_of, key=attrgetter("seq"))
        newest_targets: dict[str, Target] = {}
        for target in sorted(targets, key=attrgetter("seq")):
            newest_targets[target.id] = target
        self._all_targets = newest_targets
        self._targets: dict[str, list[Target]] = defaultdict(list)
        for target in sorted(newest_targets.values(), key=attrgetter("due", "id")):
            if not target.retired:
                self._targets[target.indicator].append(target)
        days = {day for a in areas for day in (a.effective, a.valid_from, a.valid_to) if day is not None}
        # Between two of these days the map stays as it is.
        self._days = sorted(days)
        self._expected: dict[tuple[str, Level, int], tuple[Area, ...]] = {}
        self._marks: dict[tuple[str, Level, int], tuple[int, int]] = {}
        newest_links = {(k.old, k.new): k for k in sorted(links, key=attrgetter("seq"))}
        standing = [newest_links[key] for key in sorted(newest_links) if not newest_links[key].withdrawn]
        self._links = tuple(sorted(standing, key=attrgetter("day")))

    # -- areas -----------------------------------------------------------------------------------------------------

    @property
    def area_ids(self) -> list[str]:
        return list(self._areas)

    def area(self, area_id: str, day: date | None = None) -> Area | None:
        """The place as it is on `day` (as it is now, without one)."""
        versions = self._areas.get(area_id)
        if not versions:
            return None
        if day is None:
            return versions[-1]
        return next((v for v in reversed(versions) if v.effective <= day), versions[0])

    def places(self) -> list[Area]:
        """Every place, as it is now."""
        return [versions[-1] for versions in self._areas.values()]

    def area_versions(self, area_id: str) -> list[Area]:
        return self._areas.get(area_id, [])

    def areas_of_code(self, code: str) -> list[Area]:
        return [self._areas[i][-1] for i in self._ids_of_code.get(code, [])]

    def expected_areas(self, parent: str, level: Level, day: date) -> tuple[Area, ...]:
        """The areas of `level` below `parent` that are valid on `day`; the parent itself for its own level."""
        key = (parent, level, bisect_right(self._days, day))
        found = self._expected.get(key)
        if found is None:
            top = self.area(parent, day)
            if top is not None and top.level == level:
                found = (top,) if top.valid_on(day) else ()
            else:
                dated = (self.area(i, day) for i in sorted(self._areas))
                found = tuple(a for a in dated if a and a.level == level and a.parent == parent and a.valid_on(day))
            self._expected[key] = found
        return found

    def expected_mark(self, parent: str, level: Level, day: date) -> tuple[int, int]:
        """How many areas `expected_areas` gives, and the sum of their marks."""
        key = (parent, level, bisect_right(self._days, day))
        found = self._marks.get(key)
        if found is None:
            places = self.expected_areas(parent, level, day)
            found = self._marks[key] = len(places), sum(mark(place.id) for place in places)
        return found

    # -- area changes ----------------------------------------------------------------------------------------------

    def links(self, day: date | None = None) -> tuple[Link, ...]:
        """The arrows that stand, of the change of `day` or of all."""
        return self._links if day is None else tuple(k for k in self._links if k.day == day)

    def successors(self, area_id: str) -> tuple[Link, ...]:
        return tuple(k for k in self._links if k.old == area_id and not k.outside)

    def predecessors(self, area_id: str) -> tuple[Link, ...]:
        """Those outside the data included."""
        return tuple(k for k in self._links if k.new == area_id)

    def lineage(self, area_id: str) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """Every arrow that leads here and every one that leads on, through all area changes, the nearest first."""
        before, after = {area_id}, {area_id}
        came, went = [], []
        for link in sorted(self._links, key=attrgetter("day"), reverse=True):
            if link.new in before:
                before.add(link.old)
                came.append(link)
        for link in self._links:
            if link.old in after and not link.outside:
                after.add(link.new)
                went.append(link)
        return tuple(came), tuple(went)

    def all_ended(self, area_ids: Iterable[str], day: date) -> bool:
        """Whether there are areas among these and none of them is left on `day`: a key for them posts nothing."""
        known = [area for i in area_ids if (area := self.area(i))]
        return bool(known) and all(a.valid_to is not None and a.valid_to <= day for a in known)

    def heirs(self, area_ids: Iterable[str]) -> list[str]:
        """The ids of the areas that took the place of these."""
        return sorted({link.new for i in area_ids for link in self.successors(i)})

    def kin(self, area_ids: Iterable[str]) -> set[str]:
        """These areas with all that came before them and all that came after, each way as far as it goes."""
        within = [k for k in self._links if not k.outside]
        after, before = set(area_ids), set(area_ids)
        for link in within:
            if link.old in after:
                after.add(link.new)
        for link in reversed(within):
            if link.new in before:
                before.add(link.old)
        return after | before

    @cached_property
    def breaks(self) -> tuple[date, ...]:
        """The days on which an area change took effect."""
        return tuple(sorted({k.day for k in self._links}))

    # -- indicators ------------------------------------------------------------------------------------------------

    def definitions(self) -> list[Definition]:
        """The newest version of every indicator, retired ones included, by code."""
        return [self._newest[code] for code in sorted(self._newest)]

    def definition(self, code: str) -> Definition | None:
        """The version known last."""
        return self._newest.get(code)

    def definition_for(self, code: str, period: Period) -> Definition | None:
        """The version that applies to `period`; None before the first one."""
        day = period.last
        return next((d for d in reversed(self._definitions.get(code, [])) if d.valid_from <= day), None)

    def versions(self, code: str) -> list[Definition]:
        """Every version known, oldest first."""
        return sorted(self._definitions.get(code, []), key=attrgetter("seq", "version"))

    @cached_property
    def weighed(self) -> frozenset[str]:
        """The indicators that are, or ever were, weighted means."""
        every = self._definitions.items()
        return frozenset(code for code, versions in every if any(v.rollup is Rule.WEIGHTED_MEAN for v in versions))

    # -- targets ---------------------------------------------------------------------------------------------------

    def targets(self) -> list[Target]:
        return list(self._all_targets.values())

    def target(self, target_id: str) -> Target | None:
        return self._all_targets.get(target_id)

    def targets_of(self, indicator: str) -> list[Target]:
        """The targets of an indicator that stand, the earliest due first."""
        return self._targets.get(indicator, [])
