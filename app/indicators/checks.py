"""What a definition must satisfy beyond types: measure, rule, level, criterion and weight fit (rules.md 4)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from datetime import date

from app.core.entities import Definition, Level, Measure, OverTime, Rule, Target
from app.core.errors import Fault

RULES: dict[Measure, list[Rule]] = {
    Measure.RATIO: [r for r in Rule if r is not Rule.SUM],
    Measure.COUNT: [r for r in Rule if r is not Rule.RATIO_OF_SUMS],
    Measure.AMOUNT: [r for r in Rule if r is not Rule.RATIO_OF_SUMS],
    Measure.FLAG: [Rule.SHARE_REACHING, Rule.NONE],
}


def definition_faults(
    definition: Definition, others: Mapping[str, Definition], *, clauses: Collection[str]
) -> list[Fault]:
    """Everything wrong with `definition` among the newest versions of all indicators."""
    return [
        *_rule_faults(definition),
        *_criterion_faults(definition),
        *_weight_faults(definition, others),
        *clause_faults(definition.clause, clauses),
    ]


def clause_faults(clause: str | None, clauses: Collection[str]) -> list[Fault]:
    if clause is None or clause in clauses:
        return []
    return [Fault(code="unknown-clause", pointer="/clause", given=clause)]


def trajectory_faults(target: Target, indicator: Definition | None) -> list[Fault]:
    """Interim points not strictly between baseline and due, out of order, or beyond what the unit can hold."""
    return [*_day_faults(target), *_value_faults(target, indicator)]


def _day_faults(target: Target) -> Iterator[Fault]:
    begin = target.baseline.date if target.baseline else None
    last: date | None = None
    for index, point in enumerate(target.trajectory):
        place, given = f"/trajectory/{index}/date", point.date.isoformat()
        if point.date >= target.due or (begin is not None and point.date <= begin):
            expected = f"{f'> {begin.isoformat()}, ' if begin else ''}< {target.due.isoformat()}"
            yield Fault(code="interim-outside-way", pointer=place, given=given, expected=expected)
        elif last is not None and point.date <= last:
            yield Fault(code="interim-out-of-order", pointer=place, given=given, expected=f"> {last.isoformat()}")
        last = point.date


def _value_faults(target: Target, indicator: Definition | None) -> Iterator[Fault]:
    lowest, highest = _span(target, indicator)
    for index, point in enumerate(target.trajectory):
        if (lowest is not None and point.value < lowest) or (highest is not None and point.value > highest):
            expected = f"{lowest} … {highest}" if highest is not None else f"≥ {lowest}"
            yield Fault(code="out-of-range", pointer=f"/trajectory/{index}/value", given=point.value, expected=expected)


def _span(target: Target, indicator: Definition | None) -> tuple[int | None, int | None]:
    """What figures held against the target can be: shares 0 to 100, flags of one place 0 to 1, only amounts below 0."""
    if indicator is None:
        return None, None
    unit = indicator.unit if target.level == "commune" else indicator.figure_unit
    if unit in ("PT", "BOOL"):
        return 0, 100 if unit == "PT" else 1
    return (None if indicator.measure is Measure.AMOUNT else 0), None


def _rule_faults(d: Definition) -> list[Fault]:
    faults: list[Fault] = []
    allowed = RULES[d.measure]
    if d.rollup not in allowed:
        faults.append(
            Fault(
                code="rollup-not-for-measure",
                pointer="/rollup",
                given=d.rollup.value,
                expected=", ".join(allowed),
                hint=(Rule.RATIO_OF_SUMS if d.measure is Measure.RATIO else allowed[0]).value,
                params={"measure": d.measure.value},
            )
        )
    if (d.level is Level.CITY) != (d.rollup is Rule.NONE):
        # Either member may be meant; the level decides, since the rule follows from where the figures are collected.
        of_level = [Rule.NONE] if d.level is Level.CITY else [r for r in allowed if r is not Rule.NONE]
        faults.append(
            Fault(
                code="rollup-not-for-level",
                pointer="/rollup",
                given=d.rollup.value,
                expected=", ".join(of_level),
                hint=of_level[0].value,
                params={"level": d.level.value},
            )
        )
    if d.measure is Measure.FLAG and d.over_time is not OverTime.LATEST:
        faults.append(
            Fault(code="over-time-not-for-flag", pointer="/over_time", given=d.over_time.value, expected="latest")
        )
    if d.measure is Measure.RATIO and d.unit != "PT":
        faults.append(Fault(code="unit-not-for-ratio", pointer="/unit", given=d.unit, expected="PT"))
    return faults


def _criterion_faults(d: Definition) -> list[Fault]:
    if d.rollup is Rule.SHARE_REACHING:
        if d.criterion is None and d.measure is not Measure.FLAG:
            example = {"comparator": "ge", "value": 80}
            return [Fault(code="criterion-required", pointer="/criterion", hint=example)]
    elif d.criterion is not None:
        return [
            Fault(code="criterion-not-used", pointer="/criterion", expected="null", params={"rule": d.rollup.value})
        ]
    return []


def _weight_faults(d: Definition, others: Mapping[str, Definition]) -> list[Fault]:
    if d.rollup is not Rule.WEIGHTED_MEAN:
        if d.weight is None:
            return []
        return [Fault(code="weight-not-used", pointer="/weight", given=d.weight, expected="null")]
    if d.weight is None:
        return [Fault(code="weight-required", pointer="/weight", hint=_weight_like(d, others))]
    weight = d if d.weight == d.code else others.get(d.weight)
    if weight is None or weight.retired:
        return [Fault(code="unknown-weight", pointer="/weight", given=d.weight, hint=_weight_like(d, others))]
    if _weighs_itself(d, others):
        return [Fault(code="weight-cycle", pointer="/weight", given=d.weight)]
    wanted = (d.level.value, d.frequency.value)
    if (weight.level.value, weight.frequency.value) != wanted:
        given = f"{d.weight}: {weight.level.value}, {weight.frequency.value}"
        return [Fault(code="weight-differs", pointer="/weight", given=given, expected=", ".join(wanted))]
    return []


def _weight_like(d: Definition, others: Mapping[str, Definition]) -> str | None:
    """The first count that could weigh `d`."""
    fitting = (
        o.code
        for o in others.values()
        if o.measure is Measure.COUNT and not o.retired and (o.level, o.frequency) == (d.level, d.frequency)
    )
    return next((code for code in sorted(fitting) if code != d.code), None)


def _weighs_itself(d: Definition, others: Mapping[str, Definition]) -> bool:
    seen, code = {d.code}, d.weight
    while code is not None:
        if code in seen:
            return True
        seen.add(code)
        following = others.get(code)
        code = following.weight if following else None
    return False


def dependants(code: str, others: Mapping[str, Definition]) -> list[Definition]:
    """The indicators in use that take `code` as their weight."""
    return [o for o in others.values() if o.weight == code and o.code != code and not o.retired]


def changed(before: Definition, after: Definition) -> set[str]:
    """The members in which two versions differ, numbers compared as numbers."""
    return {f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name)}
