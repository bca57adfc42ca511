"""What the API must answer, by rules.md and in exact fractions; written apart from `app/`, and never importing it.

`expected_*` give JSON-comparable dicts: rounded numbers where the API rounds, exact Decimals elsewhere. "Clause" in a
docstring is a section of rules.md; what rules.md leaves open is listed, with the choice made, in README.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tests.oracle.model import Known, Revision, Target, Version, World, known
from tests.oracle.periods import Period

Row = dict[str, Any]
Bounded = tuple[Fraction, str]
Baseline = tuple[Fraction, date]
UP, DOWN = {"gt", "ge"}, {"lt", "le"}
# Where x may stand to the threshold (-1 below, 0 on it, 1 above) for the comparator to hold.
HOLDS = {"gt": {1}, "ge": {0, 1}, "eq": {0}, "le": {-1, 0}, "lt": {-1}}


# --- numbers (clause 3) -----------------------------------------------------------------------------------------------


def decimal(whole: int, places: int) -> Decimal:
    """`whole` / 10**places, past any context precision; zero has no sign."""
    return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -places))


def rounded(x: Fraction | None, decimals: int) -> Decimal | None:
    """Half away from zero, at the edge only."""
    if x is None:
        return None
    whole = int(abs(x) * 10**decimals + Fraction(1, 2))
    return decimal(-whole if x < 0 else whole, decimals)


def exact(x: Fraction | None) -> Decimal | None:
    """Unrounded: components and thresholds are finite decimals, and so are their sums."""
    if x is None:
        return None
    places = next(n for n in range(200) if (x * 10**n).denominator == 1)
    return decimal(int(x * 10**places), places)


def sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


# --- bounds (clauses 5 and 6) -----------------------------------------------------------------------------------------


def meets(x: Bounded, comparator: str, threshold: Fraction) -> bool | None:
    """Whether x satisfies the comparison; None where its bound cannot decide."""
    value, qualifier = x
    side = sign(value - threshold)
    possible = {side}
    if qualifier in UP:
        possible = {1} if side > 0 else {-1, 0, 1}
        possible = ({1} if qualifier == "gt" else {0, 1}) if side == 0 else possible
    elif qualifier in DOWN:
        possible = {-1} if side < 0 else {-1, 0, 1}
        possible = ({-1} if qualifier == "lt" else {-1, 0}) if side == 0 else possible
    if possible <= HOLDS[comparator]:
        return True
    return None if possible & HOLDS[comparator] else False


def joined(qualifiers: Iterable[str]) -> str | None:
    """Bound of a sum or mean: strict when any is strict; None when bounds point both ways."""
    bounds = set(qualifiers) - {"eq"}
    if not bounds:
        return "eq"
    if bounds <= UP:
        return "gt" if "gt" in bounds else "ge"
    if bounds <= DOWN:
        return "lt" if "lt" in bounds else "le"
    return None


def extreme(readings: Sequence[Bounded], *, largest: bool) -> Bounded | None:
    """Min or max with an exact bound: carried only where it can change the result."""
    bound = joined(qualifier for _, qualifier in readings)
    if bound is None:
        return None
    value = (max if largest else min)(value for value, _ in readings)
    there = {qualifier for at, qualifier in readings if at == value}
    strict, loose = ("gt", "ge") if bound in UP else ("lt", "le")
    if bound == "eq":
        return value, "eq"
    if largest == (bound in UP):  # any bounded reading may reach past the outermost value
        return value, strict if strict in there else loose
    return value, "eq" if "eq" in there else loose if loose in there else strict


# --- readings (clauses 4 and 5) ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """`state`: value, inapplicable (M), withheld (Q) or silent. 0 of 0 is a value reading whose value is None."""

    state: str
    value: Fraction | None = None
    qualifier: str = "eq"
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    period: Period | None = None
    carried: bool = False

    @property
    def bounded(self) -> Bounded | None:
        return None if self.value is None else (self.value, self.qualifier)


SILENT = Reading("silent")


def percent(numerator: Fraction, denominator: Fraction) -> Fraction | None:
    return 100 * numerator / denominator if denominator else None


def as_sent(sent: Revision) -> Reading:
    """One live observation, read as it was sent."""
    if sent.status is not None:
        return Reading("inapplicable" if sent.status == "M" else "withheld", period=sent.period)
    value = sent.value
    if sent.numerator is not None and sent.denominator is not None:
        value = percent(sent.numerator, sent.denominator)
    return Reading("value", value, sent.qualifier, sent.numerator, sent.denominator, sent.period)


def total(version: Version, cells: dict[Period, Revision], period: Period, *, shares: bool) -> Reading:
    """Clause 4, over time: a flow or mean of a longer period needs every sub-period; shares go through components."""
    parts = [as_sent(cells[part]) if part in cells else SILENT for part in period.parts(version.frequency)]
    return together(version, parts, period, shares=shares)


def together(version: Version, parts: Sequence[Reading], period: Period, *, shares: bool) -> Reading:
    if all(part.state == "inapplicable" for part in parts):
        return Reading("inapplicable", period=period)
    qualifier = joined(part.qualifier for part in parts)
    if qualifier is None or any(part.state != "value" for part in parts):
        return SILENT
    numerators = [part.numerator for part in parts if part.numerator is not None]
    denominators = [part.denominator for part in parts if part.denominator is not None]
    if len(numerators) == len(denominators) == len(parts):
        over, under = sum(numerators, Fraction(0)), sum(denominators, Fraction(0))
        return Reading("value", percent(over, under), qualifier, over, under, period)
    values = [part.value for part in parts if part.value is not None]
    if len(values) < len(parts) or shares:  # percentages never add up
        return SILENT
    whole = sum(values, Fraction(0))
    return Reading("value", whole / len(values) if version.over_time == "mean" else whole, qualifier, period=period)


def effective(facts: Known, version: Version, area: str, period: Period) -> Reading:
    """Clauses 4 and 5: own at P, else carried, else none. The newest observation in the window is the last word."""
    cells = facts.own(version.indicator, area)
    if version.over_time != "latest" and period.frequency != version.frequency:
        return total(version, cells, period, shares=version.measure == "ratio")
    last = max((p for p in cells if p.last <= period.last), key=lambda p: p.end, default=None)
    if last is None:
        return SILENT
    reading = as_sent(cells[last])
    if last.first >= period.first:
        return reading
    if version.over_time == "latest" and period.end - last.end <= version.carry_forward:
        return replace(reading, carried=True)
    return SILENT


def city_reported(facts: Known, version: Version, period: Period) -> Reading | None:
    """Clause 5: the newest figure the city itself reported, not after P, however old; None without one."""
    cells = facts.own(version.indicator, facts.city)
    if version.over_time == "latest" or period.frequency == version.frequency:
        earlier = sorted((p for p in cells if p.last <= period.last), key=lambda p: -p.end)
        readings = [as_sent(cells[p]) for p in earlier]
    else:
        oldest = min((p.end for p in cells), default=period.end + 1)
        steps = 0
        readings = []
        shares = version.measure == "ratio" or version.rollup == "share_reaching"
        while period.step(-steps).end >= oldest:
            readings.append(total(version, cells, period.step(-steps), shares=shares))
            steps += 1
    for reading in readings:
        if reading.value is not None:
            return reading
    return None


# --- the city figure (clause 5) ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    value: Fraction
    qualifier: str = "eq"
    numerator: Fraction | None = None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class Figure:
    """A headline with everything beside it; `own` is the period computed, `period` the one asked for."""

    version: Version
    period: Period
    own: Period
    readings: dict[str, Reading]
    expected: int
    reported: int
    carried: int
    quality: str
    rolled_up: Outcome | None
    city: Reading | None
    basis: str
    headline: Outcome | None
    value_period: Period | None
    status: str

    @property
    def missing(self) -> int:
        return self.expected - self.reported - self.carried

    @property
    def bounded(self) -> Bounded | None:
        return None if self.headline is None else (self.headline.value, self.headline.qualifier)


def expected_areas(facts: Known, version: Version, period: Period) -> list[str]:
    """Clauses 1, 4 and 5: of the indicator's level, children of the city, valid on the last day of P, not exempt."""
    if version.rollup == "none":
        return [facts.city]
    return sorted(
        area.id
        for area in facts.areas.values()
        if area.level == version.level and area.parent == facts.city and area.valid_on(period.last)
        if area.id not in version.exempt
    )


def reached(version: Version, reading: Reading) -> bool:
    """Clause 5: 0 of 0 has not reached, and neither has a bound that cannot decide."""
    comparator, threshold = version.criterion or ("eq", Fraction(1))
    return reading.bounded is not None and meets(reading.bounded, comparator, threshold) is True


def ratio_of_sums(readings: Sequence[Reading]) -> Outcome | None:
    over = sum((r.numerator for r in readings if r.numerator is not None), Fraction(0))
    under = sum((r.denominator for r in readings if r.denominator is not None), Fraction(0))
    value, qualifier = percent(over, under), joined(r.qualifier for r in readings)
    return None if value is None or qualifier is None else Outcome(value, qualifier, over, under)


def weighted(pairs: Sequence[tuple[Bounded, Fraction]]) -> Outcome | None:
    """A mean is the case of equal weights; weights that sum to 0 give none."""
    weights = sum((weight for _, weight in pairs), Fraction(0))
    qualifier = joined(bounded[1] for bounded, _ in pairs)
    if not weights or qualifier is None:
        return None
    return Outcome(sum((bounded[0] * weight for bounded, weight in pairs), Fraction(0)) / weights, qualifier)


def roll_up(
    version: Version, readings: dict[str, Reading], weights: dict[str, Fraction], expected: int
) -> Outcome | None:
    """Clause 4: one operator per indicator, over the areas that have a reading."""
    pairs = [(reading.bounded, weights.get(area, Fraction(1))) for area, reading in readings.items()]
    known_pairs = [(bounded, weight) for bounded, weight in pairs if bounded is not None]
    if not readings or version.rollup == "none":
        return None
    if version.rollup == "ratio_of_sums":
        return ratio_of_sums(list(readings.values()))
    if version.rollup == "share_reaching":
        count = Fraction(sum(reached(version, reading) for reading in readings.values()))
        return Outcome(100 * count / expected, "eq", count, Fraction(expected))
    if not known_pairs:
        return None
    if version.rollup in {"min", "max"}:
        found = extreme([bounded for bounded, _ in known_pairs], largest=version.rollup == "max")
        return None if found is None else Outcome(*found)
    outcome = weighted(known_pairs)
    if version.rollup == "sum" and outcome is not None:
        return replace(outcome, value=outcome.value * len(known_pairs))
    return outcome


def weights_at(facts: Known, version: Version, areas: Iterable[str], period: Period) -> dict[str, Fraction]:
    """Clause 5: each area's weight at P, own or carried; a bounded weight is no weight."""
    if version.rollup != "weighted_mean" or version.weight is None:
        return {}
    weigh = next(iter(facts.versions.get(version.weight, [])), None)
    own = period if weigh is None else period.shown_as(weigh.frequency)
    definition = facts.version(version.weight, own.last)
    if definition is None:
        return {}
    readings = {area: effective(facts, definition, area, own) for area in areas}
    return {area: r.value for area, r in readings.items() if r.value is not None and r.qualifier == "eq"}


def counts(version: Version, reading: Reading, *, weighs: bool) -> bool:
    """Whether a reading can enter the rule; else its area is missing."""
    if reading.state != "value" or (version.rollup == "ratio_of_sums" and reading.numerator is None):
        return False
    return weighs or version.rollup != "weighted_mean"


def quality(version: Version, there: int, expected: int) -> str:
    if not there:
        return "none"
    return "ok" if Fraction(there, expected) >= version.min_coverage else "partial"


@lru_cache(maxsize=20_000)
def figure(facts: Known, indicator: str, period: Period) -> Figure | None:
    """Clause 5, the whole of it; None where no definition holds for the period."""
    versions = facts.versions.get(indicator)
    if not versions:
        return None
    own = period.shown_as(versions[0].frequency)
    version = facts.version(indicator, own.last)
    if version is None:
        return None
    readings = {area: effective(facts, version, area, own) for area in expected_areas(facts, version, own)}
    readings = {area: reading for area, reading in readings.items() if reading.state != "inapplicable"}
    weights = weights_at(facts, version, readings, own)
    there = {area: r for area, r in readings.items() if counts(version, r, weighs=area in weights)}
    rolled, city = roll_up(version, there, weights, len(readings)), city_reported(facts, version, own)
    grade = quality(version, len(there), len(readings))
    value_period: Period | None
    if rolled is not None and (grade == "ok" or city is None):
        basis, headline, value_period = "rolled_up", rolled, own
    elif city is not None and city.value is not None:
        basis, value_period = "reported", city.period
        headline = Outcome(city.value, city.qualifier, city.numerator, city.denominator)
    else:
        basis, headline, value_period = "none", None, None
    carried = sum(reading.carried for reading in there.values())
    short = basis == "rolled_up" and len(there) < len(readings)
    status = "B" if value_period and after_break(facts, value_period) else "P" if short else "A"
    return Figure(
        version, period, own, readings, len(readings), len(there) - carried, carried,
        grade, rolled, city, basis, headline, value_period, status,
    )  # fmt: skip


def after_break(facts: Known, period: Period) -> bool:
    """Clause 1: the first period after an area change, the only one whose step holds the day of the change."""
    return any(period.step(-1).last < day <= period.last for day in facts.breaks)


def newest_period(facts: Known, indicator: str) -> Period | None:
    return max(facts.periods_read(indicator), key=lambda period: period.end, default=None)


# --- targets (clause 6) -----------------------------------------------------------------------------------------------


def upward(target: Target, direction: str) -> bool:
    """The comparator points the way; an `eq` target takes the indicator's direction."""
    return direction == "up" if target.comparator == "eq" else target.comparator in UP


def shown_target(facts: Known, indicator: str, day: date) -> Target | None:
    """City or district targets, else commune ones: the earliest still due on `day`, else the one due last."""
    mine = [t for t in facts.targets if t.indicator == indicator and t.area in {None, facts.city}]
    pool = [t for t in mine if t.level in {"city", "district"}] or [t for t in mine if t.level == "commune"]
    open_ones = [target for target in pool if target.due >= day]
    if open_ones:
        return min(open_ones, key=lambda target: (target.due, target.id))
    return min(pool, key=lambda target: (-target.due.toordinal(), target.id), default=None)


def required(target: Target, baseline: Baseline, day: date) -> Fraction:
    """The line from baseline to target at `day`; the target itself where there is no line or it has ended."""
    start, since = baseline
    if target.due <= since or day >= target.due:
        return target.value
    return start + (target.value - start) * Fraction((day - since).days, (target.due - since).days)


def progress(
    target: Target, x: Bounded | None, day: date | None, today: date, baseline: Baseline | None, direction: str
) -> str:
    """Clause 6 and 8, the first that applies; `unknown` where a bound cannot decide."""
    if x is None or day is None:
        return "no_data"
    met = meets(x, target.comparator, target.value)
    if met is not False:
        return "met" if met else "unknown"
    if target.due < max(day, today):
        return "overdue"
    if baseline is None:
        return "no_baseline"
    way = 1 if upward(target, direction) else -1
    start = baseline[0]
    if way * (start - target.value) >= 0:
        return "off_track"
    needed = required(target, baseline, day)
    reaches = "ge" if way > 0 else "le"
    for verdict, line in (("on_track", needed), ("at_risk", start + Fraction(4, 5) * (needed - start))):
        reaches_line = meets(x, reaches, line)
        if reaches_line is not False:
            return verdict if reaches_line else "unknown"
    return "off_track"


def gap(target: Target, x: Bounded | None, direction: str) -> Fraction | None:
    if x is None or x[1] != "eq":
        return None
    way = 1 if upward(target, direction) else -1
    return max(way * (target.value - x[0]), Fraction(0))


@lru_cache(maxsize=10_000)
def earliest_figure(facts: Known, indicator: str) -> Baseline | None:
    """Clause 6: the baseline of a target that names none, in the indicator's own periods begun by today."""
    read = facts.periods_read(indicator)
    if not read:
        return None
    period = min(read, key=lambda p: p.end)
    while period.first <= facts.today:
        found = figure(facts, indicator, period)
        if found is not None and found.headline is not None and found.value_period is not None:
            return found.headline.value, found.value_period.last
        period = period.step(1)
    return None


def judged(facts: Known, target: Target, found: Figure | None, direction: str) -> Row:
    """One target against one figure, with every input of the verdict."""
    x = found.bounded if found else None
    day = found.value_period.last if found and found.value_period else None
    baseline = target.baseline or earliest_figure(facts, target.indicator)
    needed = required(target, baseline, day) if baseline and day else None
    return {
        "progress": progress(target, x, day, facts.today, baseline, direction),
        "gap": gap(target, x, direction),
        "baseline": baseline,
        "required": needed,
    }


# --- what the API must answer -----------------------------------------------------------------------------------------


def asked(period: Period | str | None) -> Period | None:
    return Period.parse(period) if isinstance(period, str) else period


def look(world: World, as_of: int | None, today: date | None) -> Known:
    """Clause 7: without `as_of` the newest seq; without `today` the day of that change."""
    seq = world.newest if as_of is None else as_of
    return known(world, seq, today or world.today(seq))


def no_period_yet(facts: Known, indicator: str) -> Figure | None:
    """An indicator nobody has read: counted on today's map, under the definition of today."""
    version = facts.version(indicator, facts.today)
    return figure(facts, indicator, Period.containing(facts.today, version.frequency)) if version else None


def target_part(facts: Known, found: Figure) -> Row:
    day = found.value_period.last if found.value_period else facts.today
    target = shown_target(facts, found.version.indicator, day)
    if target is None:
        return dict.fromkeys(("target_value", "target_comparator", "target_due", "progress", "gap"))
    verdict = judged(facts, target, found, found.version.direction)
    return {
        "target_value": exact(target.value),
        "target_comparator": target.comparator,
        "target_due": target.due.isoformat(),
        "progress": verdict["progress"],
        "gap": rounded(verdict["gap"], found.version.decimals),
    }


def change_part(facts: Known, found: Figure) -> Row:
    """Clause 5: exact minus exact, then rounded; none when bounded, missing or of another basis."""
    before = figure(facts, found.version.indicator, found.period.step(-1))
    now, then = found.headline, before.headline if before else None
    change = None
    if now and then and before and before.basis == found.basis and now.qualifier == then.qualifier == "eq":
        change = now.value - then.value
    places = found.version.decimals
    return {"previous_value": rounded(then.value if then else None, places), "change": rounded(change, places)}


def expected_row(
    world: World,
    indicator: str,
    period: Period | str | None = None,
    *,
    as_of: int | None = None,
    today: date | None = None,
) -> Row | None:
    """The City row of api.md without names, `updated_at` and `seq`; None where no definition holds.

    Without `period` the newest one that has any reading; without `as_of` the newest seq; without `today` its day.
    """
    facts = look(world, as_of, today)
    period = asked(period) or newest_period(facts, indicator)
    found = figure(facts, indicator, period) if period else no_period_yet(facts, indicator)
    if found is None:
        return None
    version, headline, places = found.version, found.headline, found.version.decimals
    row = {
        "indicator": indicator,
        "area": world.city,
        "period": str(period) if period else None,
        "value_period": str(found.value_period) if found.value_period else None,
        "time": period.last.isoformat() if period else None,
        "value": rounded(headline.value if headline else None, places),
        "numerator": exact(headline.numerator if headline else None),
        "denominator": exact(headline.denominator if headline else None),
        "unit": "PT" if version.rollup == "share_reaching" else version.unit,
        "qualifier": headline.qualifier if headline else None,
        "rule": version.rollup,
        "basis": found.basis,
        "quality": found.quality,
        "status": found.status,
        "rolled_up_value": rounded(found.rolled_up.value if found.rolled_up else None, places),
        "reported_value": rounded(found.city.value if found.city else None, places),
        "expected": found.expected,
        "reported": found.reported,
        "carried": found.carried,
        "missing": found.missing,
    }
    before = change_part(facts, found) if period else {"previous_value": None, "change": None}
    return row | target_part(facts, found) | before


def expected_snapshot(
    world: World, period: Period | str | None = None, *, as_of: int | None = None, today: date | None = None
) -> dict[str, Row]:
    """Every active indicator's row, by code."""
    facts = look(world, as_of, today)
    codes = sorted(set(facts.versions) - facts.retired)
    rows = {code: expected_row(world, code, period, as_of=as_of, today=today) for code in codes}
    return {code: row for code, row in rows.items() if row is not None}


def expected_series(
    world: World,
    indicator: str,
    start: Period | str,
    end: Period | str,
    *,
    as_of: int | None = None,
    today: date | None = None,
) -> list[Row]:
    """The same rows, one for each period from `start` to `end`, in the frequency of these two."""
    period, last = asked(start), asked(end)
    assert period is not None
    assert last is not None
    rows = []
    while period.end <= last.end:
        rows.append(expected_row(world, indicator, period, as_of=as_of, today=today))
        period = period.step(1)
    return [row for row in rows if row is not None]


def expected_ranking(
    world: World, indicator: str, period: Period | str, *, as_of: int | None = None, today: date | None = None
) -> list[Row]:
    """Clause 5: best first by direction, ties share a rank and the next skips; no reading, no rank. Ties by area id."""
    when = asked(period)
    assert when is not None
    found = figure(look(world, as_of, today), indicator, when)
    return ranked(found.version, found.readings) if found else []


def ranked(version: Version, readings: dict[str, Reading]) -> list[Row]:
    better = -1 if version.direction == "up" else 1
    values = [reading.value for reading in readings.values() if reading.value is not None]
    rows = []
    for area, reading in readings.items():
        value = reading.value
        ahead = None if value is None else sum(better * other < better * value for other in values)
        state = {"value": "A", "withheld": "Q"}.get(reading.state, "L")
        rows.append({
            "rank": None if ahead is None else ahead + 1,
            "area": area,
            "value": rounded(value, version.decimals),
            "numerator": exact(reading.numerator),
            "denominator": exact(reading.denominator),
            "period": str(reading.period) if reading.state == "value" else None,
            "status": state,
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["area"]))


def expected_completeness(
    world: World, period: Period | str, *, as_of: int | None = None, today: date | None = None
) -> dict[str, Any]:
    """Clause 5: `areas` by id (communes of the day), their `total`, and `city`, an area of its own level."""
    facts, when = look(world, as_of, today), asked(period)
    assert when is not None
    inforce = [facts.version(code, when.last) for code in sorted(set(facts.versions) - facts.retired)]
    due = [version for version in inforce if version is not None and version.frequency == when.frequency]

    def counted(area: str, level: str) -> dict[str, int]:
        mine = [version.indicator for version in due if version.level == level]
        return {"expected": len(mine), "reported": sum(when in facts.own(code, area) for code in mine)}

    areas = {
        area.id: counted(area.id, area.level)
        for area in sorted(facts.areas.values(), key=lambda area: area.id)
        if area.parent == facts.city and area.valid_on(when.last)
    }
    total_row = {key: sum(row[key] for row in areas.values()) for key in ("expected", "reported")}
    return {"areas": areas, "city": counted(facts.city, "city"), "total": total_row}


def expected_progress(
    world: World,
    target: str,
    period: Period | str | None = None,
    *,
    as_of: int | None = None,
    today: date | None = None,
) -> Row | None:
    """Clause 6: one target against the city figure, every input shown; None where the target is not known."""
    facts = look(world, as_of, today)
    aim = next((each for each in facts.targets if each.id == target), None)
    if aim is None or aim.indicator in facts.retired:
        return None
    when = asked(period) or newest_period(facts, aim.indicator)
    found = figure(facts, aim.indicator, when) if when else no_period_yet(facts, aim.indicator)
    if found is None:
        return None
    verdict, places = judged(facts, aim, found, found.version.direction), found.version.decimals
    baseline = verdict["baseline"]
    return {
        "target": aim.id,
        "indicator": aim.indicator,
        "period": str(when) if when else None,
        "value_period": str(found.value_period) if found.value_period else None,
        "value": rounded(found.headline.value if found.headline else None, places),
        "qualifier": found.headline.qualifier if found.headline else None,
        "target_value": exact(aim.value),
        "target_comparator": aim.comparator,
        "target_due": aim.due.isoformat(),
        "progress": verdict["progress"],
        "gap": rounded(verdict["gap"], places),
        "baseline_value": rounded(baseline[0], places) if baseline else None,
        "baseline_date": baseline[1].isoformat() if baseline else None,
        "required": rounded(verdict["required"], places),
    }
