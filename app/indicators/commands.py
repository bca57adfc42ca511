"""Verbs of indicators: create, revise, retire. A definition is never changed in place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import column, select, table
from sqlmodel import col

from app.areas.tables import AreaRow
from app.changes.verbs import verb
from app.core.entities import Definition
from app.core.errors import Fault, Problem, refuse
from app.core.registry import View
from app.db.inserts import insert_rows
from app.db.session import WriteSession
from app.indicators import documents
from app.indicators.checks import changed, definition_faults, dependants
from app.indicators.queries import registry_within
from app.indicators.tables import DefinitionVersion, IndicatorRow
from app.indicators.views import definition_state
from app.web.conditional import require_match

# What readings mean hangs on these: they cannot change under readings that stand.
FIXED = ("measure", "frequency", "level")

# Observations stand above the registry, so their table is only looked at by name.
_REVISIONS = table("revision", column("indicator"), column("closed_seq"), column("withdrawn"))


def create(session: WriteSession, draft: Definition) -> Definition:
    """The first version of an indicator.

    Raises `indicator-exists`, or `invalid-body` with everything that does not fit.
    """
    view = registry_within(session)
    if view.definition(draft.code) is not None:
        raise refuse("indicator-exists", pointer="/code", given=draft.code)
    _check(session, view, draft)
    insert_rows(session.connection, IndicatorRow, [{"id": draft.code}])
    return _append(session, replace(draft, version=1, seq=session.seq(), retired=False), None)


def revise(session: WriteSession, code: str, changes: Mapping[str, Any], if_match: str | None) -> Definition:
    """A further version with `changes` (members of Definition); none when they change nothing.

    Raises `indicator-not-found`, the refusals of If-Match, `definition-fixed`, `indicator-in-use`, `invalid-body`.
    """
    _await_submissions(session)
    view = registry_within(session)
    before = view.definition(code)
    if before is None:
        raise refuse("indicator-not-found", parameter="code", given=code)
    require_match(if_match, before.version)
    after = replace(before, **changes)
    differing = changed(before, after)
    if not differing:
        return before
    _check_fixed(session, differing, after)
    if differing & {"level", "frequency", "retired"}:
        _check_dependants(view, code)
    if differing != {"retired"} or before.retired:
        _check(session, view, after)
    return _append(session, replace(after, version=before.version + 1, seq=session.seq()), before)


def retire(session: WriteSession, code: str, if_match: str | None) -> Definition:
    """Take an indicator out of use; its readings, figures and versions stay. Twice is the same as once."""
    return revise(session, code, {"retired": True}, if_match)


def _await_submissions(session: WriteSession) -> None:
    """Let those finish that screened their rows against the version that stands; later ones look again."""
    session.lock(AreaRow, [row.id for row in session.rows(select(col(AreaRow.id)))])


def _append(session: WriteSession, made: Definition, before: Definition | None) -> Definition:
    state = definition_state(made)
    criterion = made.criterion
    stored = state | {
        "criterion_comparator": criterion.comparator.value if criterion else None,
        "criterion_value": criterion.value if criterion else None,
    }
    insert_rows(session.connection, DefinitionVersion, [stored])
    previous = definition_state(before) if before else None
    session.record(f"indicator.{verb(before, made)}", made.code, state, before=previous, public=True, registry=True)
    return made


def _check(session: WriteSession, view: View, draft: Definition) -> None:
    newest = {d.code: d for d in view.definitions()} | {draft.code: draft}
    faults = definition_faults(draft, newest, clauses=documents.clause_ids(session))
    if faults:
        raise Problem("invalid-body", *faults)


def _check_fixed(session: WriteSession, differing: set[str], after: Definition) -> None:
    """Refuse another measure, frequency or level while readings stand that were sent under the old one."""
    fixed = [name for name in FIXED if name in differing]
    if not fixed:
        return
    standing = select(_REVISIONS.c.indicator).where(
        _REVISIONS.c.indicator == after.code, _REVISIONS.c.closed_seq.is_(None), _REVISIONS.c.withdrawn.is_(False)
    )
    if session.row(standing.limit(1)) is not None:
        faults = [
            Fault(code="definition-fixed", pointer=f"/{name}", given=str(getattr(after, name)), params={"member": name})
            for name in fixed
        ]
        raise Problem("definition-fixed", *faults, members=", ".join(fixed))


def _check_dependants(view: View, code: str) -> None:
    """A weight in use cannot retire or move to another level or frequency."""
    users = dependants(code, {d.code: d for d in view.definitions()})
    if users:
        named = ", ".join(d.code for d in users)
        raise Problem("indicator-in-use", Fault(code="indicator-in-use", given=code, expected=named), users=named)
