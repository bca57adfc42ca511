"""Reads of submissions; a caller who may not see all sees its own, and what was sent for its own areas alone."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlmodel import col

from app.access.callers import Caller
from app.areas import queries as areas
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.db.session import ReadSession
from app.submissions.schemas import SubmissionItem
from app.submissions.tables import SubmissionArea, SubmissionRow

_COLUMNS = tuple(SubmissionRow.__table__.columns)  # type: ignore[attr-defined]
FIELDS = tuple(SubmissionItem.model_fields)


def visible(session: ReadSession, caller: Caller) -> ColumnElement[bool] | None:
    """The condition under which a submission exists for this caller; None when all do.

    A ward's key follows succession: what was sent for the areas its own came from, or became, is its history too.
    """
    if caller.sees_all:
        return None
    of_it = col(SubmissionArea.submission) == col(SubmissionRow.id)
    kin = areas.places(session).kin(caller.areas) if caller.areas else ()
    foreign = exists().where(of_it, col(SubmissionArea.area).not_in(kin))
    about_own = and_(exists().where(of_it), ~foreign)
    return or_(col(SubmissionRow.actor) == caller.id, about_own)


def one(session: ReadSession, caller: Caller, submission: str) -> dict[str, Any]:
    """A receipt with its results. Raises `submission-not-found`, for another's as for none."""
    # U+0000 is in no id, and PostgreSQL takes it in no parameter.
    if "\x00" in submission:
        raise refuse("submission-not-found", given=submission)
    statement = select(*_COLUMNS).where(col(SubmissionRow.id) == submission, col(SubmissionRow.seq) <= session.as_of)
    condition = visible(session, caller)
    row = session.row(statement if condition is None else statement.where(condition))
    if row is None:
        raise refuse("submission-not-found", given=submission)
    return shown(row) | {"results": msgspec.Raw(row.results.encode())}


def listed(
    session: ReadSession,
    caller: Caller,
    *,
    area: Sequence[str],
    period: Sequence[str],
    before: int | None,
    limit: int,
) -> list[Row[Any]]:
    """Up to `limit` + 1 receipts, the newest first, older than seq `before`."""
    statement = select(*_COLUMNS).where(*_conditions(session, caller, area, period))
    if before is not None:
        statement = statement.where(col(SubmissionRow.seq) < before)
    return list(session.rows(statement.order_by(col(SubmissionRow.seq).desc()).limit(limit + 1)))


def count(session: ReadSession, caller: Caller, *, area: Sequence[str], period: Sequence[str]) -> int:
    every = select(func.count()).select_from(SubmissionRow).where(*_conditions(session, caller, area, period))
    return int(session.scalar(every))


def _conditions(
    session: ReadSession, caller: Caller, area: Sequence[str], period: Sequence[str]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(SubmissionRow.seq) <= session.as_of]
    condition = visible(session, caller)
    if condition is not None:
        found.append(condition)
    if area:
        of_it = col(SubmissionArea.submission) == col(SubmissionRow.id)
        found.append(exists().where(of_it, col(SubmissionArea.area).in_(area)))
    if period:
        found.append(col(SubmissionRow.period).in_(period))
    return found


def shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "area": row.area,
        "period": row.period,
        "note": row.note,
        "submitted_by": row.actor,
        "submitted_at": rfc3339(row.at),
        "seq": row.seq,
        "summary": msgspec.Raw(row.summary.encode()),
    }
