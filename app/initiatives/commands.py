"""Verbs of initiatives: add, create, revise, retire. A status is a version like any other change."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from app.changes.verbs import verb
from app.core.errors import Fault, Problem, refuse
from app.db.inserts import insert_rows
from app.db.session import WriteSession
from app.indicators import documents
from app.indicators.queries import registry_within
from app.initiatives.checks import Surroundings, faults_of
from app.initiatives.initiative import Initiative, Initiatives
from app.initiatives.queries import initiatives_within
from app.initiatives.tables import InitiativeRow, InitiativeVersion
from app.initiatives.views import state
from app.web.conditional import require_match


def create(session: WriteSession, draft: Initiative) -> Initiative:
    """The first version of an initiative.

    Raises `initiative-exists`, or `invalid-body` with everything that does not fit.
    """
    around = _surroundings(session)
    if around.known.get(draft.code) is not None:
        raise refuse("initiative-exists", pointer="/code", given=draft.code)
    dated = _dated(draft, None, around)
    _check(dated, around)
    return _first(session, [dated])[0]


def add(session: WriteSession, drafts: Sequence[Initiative]) -> list[Initiative]:
    """Those of `drafts` that are not there yet, in one step; they may refer to each other in any order.

    What the plan says of a status has no day of its own. Raises `invalid-body`.
    """
    around = _surroundings(session)
    new = [draft for draft in drafts if around.known.get(draft.code) is None]
    together = Initiatives({i.code: [i] for i in (*around.known, *new)})
    for draft in new:
        _check(draft, replace(around, known=together))
    return _first(session, new) if new else []


def revise(session: WriteSession, code: str, changes: Mapping[str, Any], if_match: str | None) -> Initiative:
    """A further version with `changes` (members of Initiative); none when they change nothing.

    Another status is one of today and without a note unless `changes` say otherwise. Raises `initiative-not-found`, the
    refusals of If-Match, `initiative-has-children`, `invalid-body`.
    """
    around = _surroundings(session)
    before = around.known.get(code)
    if before is None:
        raise refuse("initiative-not-found", parameter="code", given=code)
    require_match(if_match, before.version)
    changed = dict(changes)
    if changed.get("status", before.status) != before.status:
        changed = {"status_date": None, "status_note": None, **changed}
    after = _dated(replace(before, **changed), before, around)
    if after == before:
        return before
    if after.retired:
        _check_childless(around.known, after)
    if not (after.retired and before == replace(after, retired=before.retired)):
        _check(after, around)
    made = replace(after, version=before.version + 1, seq=session.seq())
    _append(session, [made])
    change = f"initiative.{verb(before, made)}"
    session.record(change, code, state(made), before=state(before), public=True, registry=True)
    return made


def retire(session: WriteSession, code: str, if_match: str | None) -> Initiative:
    """Take an initiative out of lists and sums; it stays readable. Twice is the same as once."""
    return revise(session, code, {"retired": True}, if_match)


def _surroundings(session: WriteSession) -> Surroundings:
    """What there is now; every other writer of the registry waits from here on."""
    targets = {t.id for t in registry_within(session).targets()}
    return Surroundings(initiatives_within(session), documents.clause_ids(session), targets, session.today)


def _dated(after: Initiative, before: Initiative | None, around: Surroundings) -> Initiative:
    """`after` with the day of a status that was given without one."""
    if after.status is None or after.status_date or (before and before.status == after.status):
        return after
    return replace(after, status_date=around.today)


def _check(draft: Initiative, around: Surroundings) -> None:
    faults = faults_of(draft, around)
    if faults:
        raise Problem("invalid-body", *faults)


def _check_childless(known: Initiatives, after: Initiative) -> None:
    children = ", ".join(child.code for child in known.children(after.code))
    if children:
        fault = Fault(code="initiative-has-children", given=after.code, expected=children)
        raise Problem("initiative-has-children", fault, children=children)


def _first(session: WriteSession, drafts: Sequence[Initiative]) -> list[Initiative]:
    made = [replace(draft, version=1, seq=session.seq(), retired=False) for draft in drafts]
    insert_rows(session.connection, InitiativeRow, [{"id": i.code} for i in made])
    _append(session, made)
    for initiative in made:
        session.record("initiative.created", initiative.code, state(initiative), public=True, registry=True)
    return made


def _append(session: WriteSession, made: Sequence[Initiative]) -> None:
    insert_rows(session.connection, InitiativeVersion, [asdict(i) | {"flags": " ".join(i.flags)} for i in made])
