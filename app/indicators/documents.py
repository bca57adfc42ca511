"""Documents and their clauses: the exact words that indicators and targets come from. Read only over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.core.errors import refuse
from app.db.session import ReadSession, WriteSession, insert_rows
from app.indicators.tables import ClauseRow, DocumentRow

_DOCUMENT = tuple(DocumentRow.__table__.columns)  # type: ignore[attr-defined]
_CLAUSE = tuple(ClauseRow.__table__.columns)  # type: ignore[attr-defined]


def documents(session: ReadSession) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.rows(select(*_DOCUMENT).order_by(col(DocumentRow.ordinal)))]


def document(session: ReadSession, document_id: str) -> dict[str, Any]:
    """Raises `document-not-found`."""
    row = session.row(select(*_DOCUMENT).where(col(DocumentRow.id) == document_id))
    if row is None:
        raise refuse("document-not-found", parameter="id", given=document_id)
    return dict(row._mapping)


def clause(session: ReadSession, clause_id: str) -> dict[str, Any]:
    """Raises `clause-not-found`."""
    row = session.row(select(*_CLAUSE).where(col(ClauseRow.id) == clause_id))
    if row is None:
        raise refuse("clause-not-found", parameter="id", given=clause_id)
    return dict(row._mapping)


def clauses_of(session: ReadSession, document_id: str) -> list[str]:
    """The ids of a document's clauses, in the order of the text."""
    wanted = select(col(ClauseRow.id)).where(col(ClauseRow.document) == document_id).order_by(col(ClauseRow.ordinal))
    return [row.id for row in session.rows(wanted)]


def clause_ids(session: ReadSession) -> set[str]:
    return {row.id for row in session.rows(select(col(ClauseRow.id)))}


def documents_citing(session: ReadSession, clause_id: str) -> list[str]:
    """The documents that the plan names in this clause."""
    wanted = select(col(DocumentRow.id)).where(col(DocumentRow.clause) == clause_id)
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
