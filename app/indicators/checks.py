"""What a definition must satisfy beyond types: measure, rule, level, criterion and weight fit (rules.md 4)."""

from collections.abc import Collection, Mapping
from dataclasses import fields

from app.core.errors import Fault
from app.core.registry import Definition, Level, Measure, OverTime, Rule

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
