"""Old figures on the map of one day (rules.md 1): ranked as the API must rank them, in exact fractions.

Random worlds enter no shares, so that what is told is exact or not comparable.
"""

from datetime import date
from fractions import Fraction

from tests.oracle.model import Known, Version, World
from tests.oracle.periods import Period
from tests.oracle.rules import (
    SILENT,
    Reading,
    Row,
    effective,
    extreme,
    figure,
    joined,
    look,
    percent,
    ranked,
    together,
)

Told = tuple[bool, Reading]
UNTOLD = (False, SILENT)


def retold(facts: Known, version: Version, area: str, period: Period) -> Told:
    """Whether the area of a newer map can be told at `period`, and what is told."""
    place = facts.areas[area]
    if place.valid_on(period.last):
        return over_the_change(facts, version, area, period) or (True, effective(facts, version, area, period))
    arrows = [link for link in facts.links if link.new == area]
    if place.valid_from <= period.last or not arrows or any(link.extent != "whole" for link in arrows):
        return UNTOLD
    told = [retold(facts, version, link.old, period) for link in arrows]
    readings = [reading for is_told, reading in told if is_told and reading.state == "value" and not reading.carried]
    return merged(version, readings, period) if len(readings) == len(arrows) else UNTOLD


def merged(version: Version, readings: list[Reading], period: Period) -> Told:
    """The whole of its parts: sums of components and of counts, the lowest, the highest; nothing else follows."""
    bound = joined(reading.qualifier for reading in readings)
    if bound is None:
        return UNTOLD
    if version.measure == "ratio":
        if any(reading.numerator is None for reading in readings):
            return UNTOLD
        above = sum((r.numerator for r in readings if r.numerator is not None), Fraction(0))
        below = sum((r.denominator for r in readings if r.denominator is not None), Fraction(0))
        return True, Reading("value", percent(above, below), bound, above, below, period)
    if version.rollup in {"min", "max"} and version.measure in {"count", "amount"}:
        pairs = [reading.bounded for reading in readings if reading.bounded is not None]
        found = extreme(pairs, largest=version.rollup == "max")
        return UNTOLD if found is None else (True, Reading("value", *found, period=period))
    if version.measure != "count" or version.rollup in {"mean", "weighted_mean"}:
        return UNTOLD
    total = sum((reading.value for reading in readings if reading.value is not None), Fraction(0))
    return True, Reading("value", total, bound, period=period)


def over_the_change(facts: Known, version: Version, area: str, period: Period) -> Told | None:
    """A flow or mean over the change that began the area: its months before are told on the map too."""
    begun, changed = facts.areas[area].valid_from, any(link.new == area for link in facts.links)
    if version.over_time == "latest" or period.frequency == version.frequency:
        return None
    if begun <= period.first or not changed:
        return None
    parts = [retold(facts, version, area, part) for part in period.parts(version.frequency)]
    # What is not applicable to a part of the time is no number of it.
    whole = together(version, [reading for _, reading in parts], period, shares=version.measure == "ratio")
    if whole.state == "value":
        return True, whole
    return None if all(is_told for is_told, _ in parts) else UNTOLD


def expected_ranking_on(
    world: World, indicator: str, period: Period, day: date, *, as_of: int, today: date
) -> list[Row] | None:
    """The areas of `day` at `period`; None where no definition holds, or where the city alone is asked."""
    facts = look(world, as_of, today)
    found = figure(facts, indicator, period)
    if found is None or found.version.rollup == "none":
        return None
    places = [
        area.id
        for area in facts.areas.values()
        if area.level == found.version.level and area.parent == facts.city and area.valid_on(day)
    ]
    told = {area: retold(facts, found.version, area, found.own) for area in sorted(places)}
    rows = ranked(found.version, {a: reading for a, (_, reading) in told.items() if reading.state != "inapplicable"})
    for row in rows:
        is_told, reading = told[row["area"]]
        stands = is_told and reading.state != "silent"
        row |= {"comparability": "exact" if stands else "not_comparable", "shares": []}
    return rows
