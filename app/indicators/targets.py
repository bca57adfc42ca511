"""Verbs of targets: create, revise, retire."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from app.changes.verbs import verb
from app.core.entities import Measure, Rule, Target
from app.core.errors import Fault, Problem, refuse
from app.core.places import resolve_area
from app.core.registry import View
from app.db.inserts import insert_rows
from app.db.session import WriteSession
from app.indicators import documents
from app.indicators.checks import clause_faults, trajectory_faults
from app.indicators.queries import registry_within
from app.indicators.tables import TargetRow, TargetVersion
from app.indicators.views import target_state
from app.web.conditional import require_match
from app.web.negotiation import nearest


def create(session: WriteSession, values: Mapping[str, Any]) -> Target:
    """The first version of a target; `values` are members of Target, `id` may be None.

    Raises `target-exists`, or `invalid-body` with everything that does not fit.
    """
    view = registry_within(session)
    target_id = values["id"] or _free_id(view, values)
    if view.target(target_id) is not None:
        raise refuse("target-exists", pointer="/id", given=target_id)
    draft = _checked(session, view, Target(**{**values, "id": target_id, "version": 1, "seq": 0}))
    insert_rows(session.connection, TargetRow, [{"id": target_id}])
    return _append(session, replace(draft, seq=session.seq()), None)


def revise(session: WriteSession, target_id: str, changes: Mapping[str, Any], if_match: str | None) -> Target:
    """A further version with `changes` (members of Target); none when they change nothing.

    Raises `target-not-found`, the refusals of If-Match, `invalid-body`.
    """
    view = registry_within(session)
    before = view.target(target_id)
    if before is None:
        raise refuse("target-not-found", parameter="id", given=target_id)
    require_match(if_match, before.version)
    after = _checked(session, view, replace(before, **changes))
    if all(getattr(before, f.name) == getattr(after, f.name) for f in fields(before)):
        return before
    return _append(session, replace(after, version=before.version + 1, seq=session.seq()), before)


def retire(session: WriteSession, target_id: str, if_match: str | None) -> Target:
    """Take a target back; it stays readable. Twice is the same as once."""
    return revise(session, target_id, {"retired": True}, if_match)


def _free_id(view: View, values: Mapping[str, Any]) -> str:
    """`<indicator>-<due>-<level>`, numbered from the second one on."""
    plain = f"{values['indicator']}-{values['due']}-{values['level']}"
    number, found = 1, plain
    while view.target(found) is not None:
        number += 1
        found = f"{plain}-{number}"
    return found


def _checked(session: WriteSession, view: View, draft: Target) -> Target:
    """`draft` with its area as an id. Raises `invalid-body` with everything that does not fit."""
    faults = [
        *_indicator_faults(view, draft),
        *clause_faults(draft.clause, documents.clause_ids(session)),
        *([] if draft.retired else trajectory_faults(draft, view.definition(draft.indicator))),
    ]
    area = draft.area
    if area is not None:
        try:
            place = resolve_area(view, area, draft.due, pointer="/area")
            area = place.id
            if place.level != draft.level:
                faults.append(
                    Fault(code="target-level-differs", pointer="/level", given=draft.level, expected=place.level.value)
                )
        except Problem as problem:
            if problem.code != "unknown-area":
                raise
            faults += problem.faults
    if faults:
        raise Problem("invalid-body", *faults)
    return replace(draft, area=area)


def _indicator_faults(view: View, draft: Target) -> list[Fault]:
    indicator = view.definition(draft.indicator)
    if indicator is None:
        codes = [d.code for d in view.definitions()]
        hint = nearest(draft.indicator, codes)
        return [Fault(code="unknown-indicator", pointer="/indicator", given=draft.indicator, hint=hint)]
    of_one_area = indicator.rollup is Rule.NONE or draft.level == "commune"
    if indicator.measure is Measure.FLAG and of_one_area and draft.value != 1:
        return [Fault(code="flag-target-not-one", pointer="/value", given=draft.value, expected=1)]
    return []


def _append(session: WriteSession, made: Target, before: Target | None) -> Target:
    state = target_state(made)
    stored = state | {
        "flags": " ".join(made.flags),
        "baseline_value": made.baseline.value if made.baseline else None,
        "baseline_date": made.baseline.date if made.baseline else None,
        "trajectory": json.dumps([[p.date.isoformat(), format(p.value, "f")] for p in made.trajectory]),
    }
    insert_rows(session.connection, TargetVersion, [stored])
    previous, done = target_state(before) if before else None, verb(before, made)
    session.record(f"target.{done}", made.id, state, before=previous, area=made.area, public=True, registry=True)
    return made
