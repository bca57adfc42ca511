"""Verbs of observations: append, correct, withdraw. Each is a revision that closes the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from app.areas.tables import AreaRow
from app.core.errors import Fault, Problem
from app.core.registry import View
from app.core.screening import Cell, Content
from app.db.chain import encode
from app.db.engine import execute
from app.db.inserts import insert_rows
from app.db.session import WriteSession
from app.observations import queries, tallies, views
from app.observations.tables import Revision

_COLUMNS = [c.name for c in Revision.__table__.columns]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a cell: `created`, `revised` or `unchanged`, and its newest revision."""

    outcome: str
    observation: str
    revision: int


def lock(session: WriteSession, areas: set[str]) -> None:
    """Wait for everybody else who writes about these areas."""
    session.lock(AreaRow, sorted(areas))


def append(
    session: WriteSession,
    view: View,
    cells: Sequence[Cell],
    *,
    submission: str | None,
    sources: Sequence[str | None] | None = None,
    period_assumed: bool = False,
) -> list[Outcome]:
    """Store what is new among `cells`, whose areas the caller has locked; equal content makes no revision.

    Content is equal when value and components are numerically equal and qualifier and status the same; a note that
    differs is a revision, one not sent is not. A row after a withdrawal is a revision.
    """
    known = queries.live(session, cells)
    outcomes = planned(cells, known)
    rows = [
        _row(cell.key, cell.period.ends, outcome.revision, cell.content)
        | {
            "note": cell.note,
            "submission": submission,
            "period_assumed": period_assumed,
            "source": sources[index] if sources else None,
        }
        for index, (cell, outcome) in enumerate(zip(cells, outcomes, strict=True))
        if outcome.outcome != "unchanged"
    ]
    closed = [known[c.key] for c, o in zip(cells, outcomes, strict=True) if o.outcome == "revised"]
    _store(session, view, rows, closed, "revised")
    return outcomes


def planned(cells: Sequence[Cell], known: Mapping[tuple[str, str, str], Row[Any]]) -> list[Outcome]:
    """What storing `cells` would do to each, given the newest revisions there are."""
    outcomes: list[Outcome] = []
    for cell in cells:
        before, identity = known.get(cell.key), queries.cell_id(*cell.key)
        if before is None:
            outcomes.append(Outcome(outcome="created", observation=identity, revision=1))
        elif _same(before, cell):
            outcomes.append(Outcome(outcome="unchanged", observation=identity, revision=before.revision))
        else:
            outcomes.append(Outcome(outcome="revised", observation=identity, revision=before.revision + 1))
    return outcomes


def correct(session: WriteSession, view: View, before: Row[Any], cell: Cell) -> None:
    """A revision with other content, which keeps the note unless another was sent; none when it says the same."""
    if not _same(before, cell):
        row = _row(cell.key, cell.period.ends, before.revision + 1, cell.content)
        note = before.note if cell.note is None else cell.note
        _store(session, view, [row | {"note": note, "source": None}], [before], "revised")


def withdraw(session: WriteSession, view: View, before: Row[Any], note: str | None) -> None:
    """A revision that takes the cell back: it counts as never sent. Withdrawing twice is the same as once."""
    if not before.withdrawn:
        row = _row((before.indicator, before.area, before.period), before.ends, before.revision + 1, Content())
        _store(session, view, [row | {"withdrawn": True, "note": note, "source": None}], [before], "withdrawn")


def _same(before: Row[Any], cell: Cell) -> bool:
    content = cell.content
    return not before.withdrawn and (
        (before.value, before.numerator, before.denominator, before.qualifier, before.status)
        == (content.value, content.numerator, content.denominator, content.qualifier.value, content.status)
        and (cell.note is None or cell.note == before.note)
    )


def _row(key: tuple[str, str, str], ends: int, revision: int, content: Content) -> dict[str, Any]:
    indicator, area, period = key
    return {
        "indicator": indicator,
        "area": area,
        "period": period,
        "revision": revision,
        "ends": ends,
        "closed_seq": None,
        "value": content.value,
        "numerator": content.numerator,
        "denominator": content.denominator,
        "qualifier": content.qualifier.value,
        "status": content.status,
        "withdrawn": False,
        "period_assumed": False,
        "submission": None,
    }


def _store(
    session: WriteSession, view: View, rows: list[dict[str, Any]], closed: Sequence[Row[Any]], verb: str
) -> None:
    if not rows:
        return
    seq = session.seq()
    rows = [row | {"seq": seq, "at": session.at} for row in rows]
    _close(session, closed, seq)
    insert_rows(session.connection, Revision, rows)
    tallies.move(session, view, rows, closed)
    shown = views.viewer(view, "vi")
    before = {(r.indicator, r.area, r.period): r for r in closed}
    for row in rows:
        last = before.get((row["indicator"], row["area"], row["period"]))
        after = shown([row[name] for name in _COLUMNS])
        session.record(
            f"observation.{verb if last is not None else 'created'}",
            after["id"],
            after,
            before=shown(last) if last is not None else None,
            area=row["area"],
            public=True,
        )


# A list of row values is no index search on SQLite, so the cells come as a table: one JSON parameter.
_CLOSE = {
    "sqlite": text(
        "UPDATE revision SET closed_seq = :seq FROM (SELECT json_extract(value, '$.indicator') AS indicator,"
        " json_extract(value, '$.area') AS area, json_extract(value, '$.period') AS period,"
        " json_extract(value, '$.revision') AS revision FROM json_each(:cells)) AS sent"
        " WHERE revision.indicator = sent.indicator AND revision.area = sent.area AND revision.period = sent.period"
        " AND revision.revision = sent.revision AND revision.closed_seq IS NULL"
    ),
    "postgresql": text(
        "UPDATE revision SET closed_seq = :seq FROM json_to_recordset(CAST(:cells AS json))"
        " AS sent (indicator varchar, area varchar, period varchar, revision integer)"
        " WHERE revision.indicator = sent.indicator AND revision.area = sent.area AND revision.period = sent.period"
        " AND revision.revision = sent.revision AND revision.closed_seq IS NULL"
    ),
}


def _close(session: WriteSession, closed: Sequence[Row[Any]], seq: int) -> None:
    """End the revisions that stood. Raises `if-match-stale` when somebody ended one first: nothing is stored then."""
    if not closed:
        return
    cells = [{"indicator": r.indicator, "area": r.area, "period": r.period, "revision": r.revision} for r in closed]
    statement = _CLOSE[session.connection.dialect.name]
    ended = execute(session.connection, statement, {"seq": seq, "cells": encode(cells)})
    if ended != len(closed):
        raise Problem("if-match-stale", Fault(code="if-match-stale", header="If-Match"))
