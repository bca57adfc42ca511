"""Documents and their clauses: the exact words that indicators and targets come from. Read only over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from app.core.errors import refuse
from app.db.inserts import insert_rows
from app.db.ledger import Change
from app.db.session import ReadSession, WriteSession
from app.indicators.tables import ClauseRow, DocumentRow

_DOCUMENT = tuple(DocumentRow.__table__.columns)  # type: ignore[attr-defined]
_CLAUSE = tuple(ClauseRow.__table__.columns)  # type: ignore[attr-defined]


def _known(session: ReadSession, table: Any) -> list[ColumnElement[bool]]:
    """Those that were known at the session's `as_of`: the log says when each came; nothing of them ever changes."""
    if session.is_now:
        return []
    kind = f"{table.__tablename__}.created"
    came = select(col(Change.subject)).where(col(Change.type) == kind, col(Change.seq) <= session.as_of)
    return [col(table.id).in_(came)]


def documents(session: ReadSession) -> list[dict[str, Any]]:
    wanted = select(*_DOCUMENT).where(*_known(session, DocumentRow)).order_by(col(DocumentRow.ordinal))
    return [dict(row._mapping) for row in session.rows(wanted)]


def document(session: ReadSession, document_id: str) -> dict[str, Any]:
    """Raises `document-not-found`."""
    row = session.row(select(*_DOCUMENT).where(col(DocumentRow.id) == document_id, *_known(session, DocumentRow)))
    if row is None:
        raise refuse("document-not-found", parameter="id", given=document_id)
    return dict(row._mapping)


def clause(session: ReadSession, clause_id: str) -> dict[str, Any]:
    """Raises `clause-not-found`."""
    row = session.row(select(*_CLAUSE).where(col(ClauseRow.id) == clause_id, *_known(session, ClauseRow)))
    if row is None:
        raise refuse("clause-not-found", parameter="id", given=clause_id)
    return dict(row._mapping)


def clauses_of(session: ReadSession, document_id: str) -> list[str]:
    """The ids of a document's clauses, in the order of the text."""
    wanted = select(col(ClauseRow.id)).where(col(ClauseRow.document) == document_id, *_known(session, ClauseRow))
    return [row.id for row in session.rows(wanted.order_by(col(ClauseRow.ordinal)))]


def clause_ids(session: ReadSession) -> set[str]:
    return {row.id for row in session.rows(select(col(ClauseRow.id)))}


def documents_citing(session: ReadSession, clause_id: str) -> list[str]:
    """The documents that the plan names in this clause."""
    wanted = select(col(DocumentRow.id)).where(col(DocumentRow.clause) == clause_id, *_known(session, DocumentRow))
    return [row.id for row in session.rows(wanted.order_by(col(DocumentRow.ordinal)))]


def add_documents(session: WriteSession, rows: Sequence[dict[str, Any]]) -> None:
    """Make documents known; `rows` are columns of `document`."""
    insert_rows(session.connection, DocumentRow, rows)
    for row in rows:
        session.record("document.created", row["id"], row, public=True)


def add_clauses(session: WriteSession, rows: Sequence[dict[str, Any]]) -> None:
    """Make clauses known; `rows` are columns of `clause`."""
    insert_rows(session.connection, ClauseRow, rows)
    for row in rows:
        session.record("clause.created", row["id"], row, public=True)
