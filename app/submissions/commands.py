"""Verbs of submissions: take what a ward sends, all or nothing unless it says otherwise."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.access.callers import Caller
from app.core.clock import rfc3339
from app.core.errors import Fault, Problem
from app.core.registry import View
from app.core.screening import Cell, Context, Row, screen
from app.db.inserts import insert_rows
from app.db.session import ReadSession, WriteSession
from app.formats.plain_json import encoded
from app.indicators import queries as indicators
from app.observations import commands as observations
from app.observations import queries as cells
from app.submissions import unusual
from app.submissions.tables import SubmissionArea, SubmissionRow
from app.web.problems import fault_document

MAX_ROWS = 10_000
MAX_LISTED = 1_000

OnError = Literal["reject_all", "accept_valid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A submission as it came; rows are whatever JSON they were."""

    rows: list[Any]
    area: str | None
    period: str | None
    note: str | None


def validate(session: ReadSession, caller: Caller, sent: Sent, lang: str) -> dict[str, Any]:
    """What would become of each row; nothing is stored."""
    view = indicators.registry(session)
    rows = _screened(session, view, caller, sent)
    unusual.note(session, rows)
    valid = [r.cell for r in rows if r.cell]
    outcomes = observations.planned(valid, cells.live(session, valid))
    return _receipt(rows, outcomes, lang) | {"state": "accepted" if len(valid) == len(rows) else "rejected"}


def submit(session: WriteSession, caller: Caller, sent: Sent, on_error: OnError, lang: str) -> dict[str, Any]:
    """Store what is new and answer the receipt, with what became of each row.

    Raises `submission-rejected` with one fault a bad row: for any bad row, or with `accept_valid` when none is good.
    """
    view, rows = _settled(session, caller, sent)
    unusual.note(session, rows)
    bad = [r for r in rows if r.cell is None]
    valid = [r.cell for r in rows if r.cell]
    if bad and (on_error == "reject_all" or not valid):
        raise Problem(
            "submission-rejected",
            *(r.errors[0] for r in bad[:MAX_LISTED]),
            error_count=len(bad),
            count=len(bad),
            rows=len(rows),
        )
    return accept(session, view, sent, rows, lang)


def accept(
    session: WriteSession,
    view: View,
    sent: Sent,
    rows: list[Row],
    lang: str,
    *,
    sources: Sequence[str] | None = None,
    period_assumed: bool = False,
) -> dict[str, Any]:
    """Store the valid rows, whose areas are locked, and the receipt for all of them.

    `sources` say, for each valid row, where in a document or file it stood.
    """
    valid = [r.cell for r in rows if r.cell]
    identity = uuid.uuid4().hex
    outcomes = observations.append(
        session, view, valid, submission=identity, sources=sources, period_assumed=period_assumed
    )
    seq = session.seq()
    receipt: dict[str, Any] = {
        "id": identity,
        "state": "accepted",
        "area": _common(valid),
        "period": sent.period,
        "note": sent.note,
        "submitted_by": session.actor,
        "submitted_at": rfc3339(session.at),
        "seq": seq,
        **_receipt(rows, outcomes, lang),
    }
    _store(session, receipt, {c.area.id for c in valid})
    return receipt


def _settled(session: WriteSession, caller: Caller, sent: Sent) -> tuple[View, list[Row]]:
    """The rows screened against the registry as it is once their areas are locked."""
    while True:
        registry_seq = session.point.registry_seq
        view = indicators.registry(session)
        rows = _screened(session, view, caller, sent)
        observations.lock(session, {r.cell.area.id for r in rows if r.cell})
        if session.point.registry_seq == registry_seq:
            return view, rows


def _screened(session: ReadSession, view: View, caller: Caller, sent: Sent) -> list[Row]:
    if not sent.rows:
        raise Problem("no-rows", Fault(code="no-rows", pointer="/rows"))
    if len(sent.rows) > MAX_ROWS:
        raise Problem(
            "too-many-rows",
            Fault(code="too-many-rows", pointer="/rows", given=len(sent.rows), expected=f"≤ {MAX_ROWS}"),
        )
    own = None if caller.has("admin") and not caller.areas else frozenset(caller.areas)
    context = Context(view=view, today=session.today, own_areas=own, area=sent.area, period=sent.period)
    return screen(sent.rows, context)


def _receipt(rows: list[Row], outcomes: list[observations.Outcome], lang: str) -> dict[str, Any]:
    stored = iter(outcomes)
    results: list[dict[str, Any]] = []
    tally = {"rows": len(rows), "created": 0, "revised": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
    for row in rows:
        found = [fault_document(f, lang) for f in row.findings]
        tally["warnings"] += sum(f.severity == "warning" for f in row.findings)
        if row.cell is None:
            tally["rejected"] += 1
            results.append(
                {"index": row.index, "outcome": "rejected", "observation": None, "revision": None, "findings": found}
            )
            continue
        outcome = next(stored)
        tally[outcome.outcome] += 1
        results.append(
            {
                "index": row.index,
                "outcome": outcome.outcome,
                "observation": outcome.observation,
                "revision": outcome.revision,
                "findings": found,
            }
        )
    return {"summary": tally, "results": results}


def _common(valid: list[Cell]) -> str | None:
    areas = {c.area.id for c in valid}
    return areas.pop() if len(areas) == 1 else None


def _store(session: WriteSession, receipt: dict[str, Any], areas: set[str]) -> None:
    row = {name: receipt[name] for name in ("id", "seq", "state", "area", "period", "note")}
    written = {name: encoded(receipt[name]).decode() for name in ("summary", "results")}
    insert_rows(session.connection, SubmissionRow, [row | written | {"at": session.at, "actor": session.actor}])
    insert_rows(session.connection, SubmissionArea, [{"submission": receipt["id"], "area": a} for a in sorted(areas)])
    data = {name: receipt[name] for name in ("id", "state", "area", "period", "note", "summary")}
    session.record("submission.accepted", receipt["id"], data, area=receipt["area"])
