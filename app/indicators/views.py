"""Indicators and targets as clients and the log see them."""

from typing import Any

from app.core.entities import Definition, Target


def definition_state(d: Definition) -> dict[str, Any]:
    """One version of an indicator, complete."""
    criterion = d.criterion and {"comparator": d.criterion.comparator.value, "value": d.criterion.value}
    return {
        "code": d.code,
        "name_vi": d.name_vi,
        "name_en": d.name_en,
        "domain": d.domain,
        "measure": d.measure.value,
        "rollup": d.rollup.value,
        "over_time": d.over_time.value,
        "carry_forward": d.carry_forward,
        "min_coverage": d.min_coverage,
        "frequency": d.frequency.value,
        "level": d.level.value,
        "unit": d.unit,
        "unit_mult": d.unit_mult,
        "decimals": d.decimals,
        "direction": d.direction.value,
        "criterion": criterion,
        "weight": d.weight,
        "definition_vi": d.definition_vi,
        "definition_en": d.definition_en,
        "clause": d.clause,
        "quote": d.quote,
        "valid_from": d.valid_from,
        "retired": d.retired,
        "version": d.version,
        "seq": d.seq,
    }


def definition_single(d: Definition, lang: str) -> dict[str, Any]:
    return {"code": d.code, "name": d.name(lang), **definition_state(d)}


def definition_row(d: Definition, lang: str) -> dict[str, Any]:
    """The indicator as one of a list: name and definition in the asked language only."""
    shown = definition_single(d, lang)
    shown["definition"] = shown[f"definition_{lang}"]
    return _without(shown, "name_vi", "name_en", "definition_vi", "definition_en")


def target_state(t: Target) -> dict[str, Any]:
    """One version of a target, complete."""
    return {
        "id": t.id,
        "indicator": t.indicator,
        "level": t.level,
        "area": t.area,
        "comparator": t.comparator.value,
        "value": t.value,
        "due": t.due,
        "baseline": t.baseline and {"value": t.baseline.value, "date": t.baseline.date},
        "clause": t.clause,
        "quote": t.quote,
        "flags": list(t.flags),
        "note_vi": t.note_vi,
        "note_en": t.note_en,
        "trajectory": [{"date": p.date, "value": p.value} for p in t.trajectory],
        "retired": t.retired,
        "version": t.version,
        "seq": t.seq,
    }


def target_single(t: Target, indicator_name: str, lang: str) -> dict[str, Any]:
    return {"id": t.id, "indicator_name": indicator_name, "note": _note(t, lang), **target_state(t)}


def target_row(t: Target, indicator_name: str, lang: str) -> dict[str, Any]:
    return _without(target_single(t, indicator_name, lang), "note_vi", "note_en")


def _note(t: Target, lang: str) -> str | None:
    return t.note_en if lang == "en" else t.note_vi


def _without(shown: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}
