"""Reads of the numbered log."""

from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlmodel import col

from app.core.clock import rfc3339
from app.db.ledger import Change
from app.db.session import ReadSession
from app.web.paging import beyond_feed

_COLUMNS = (
    col(Change.seq),
    col(Change.ordinal),
    col(Change.at),
    col(Change.type),
    col(Change.subject),
    col(Change.area),
    col(Change.actor),
    col(Change.public),
    col(Change.before),
    col(Change.data),
)


def feed(
    session: ReadSession,
    after: int,
    limit: int,
    *,
    types: list[str] | None = None,
    areas: list[str] | None = None,
    everything: bool = False,
) -> tuple[list[dict[str, Any]], int | None]:
    """About `limit` changes after seq `after`, oldest first, and the seq to go on from (None at the end).

    The changes of one seq always come together, so a page may be longer than `limit`. Without `everything` only
    what is public, with nobody named. Raises `feed-cursor-gone` (410) for a seq that has not been given.
    """
    if after > session.point.seq:
        raise beyond_feed(after, session.point.seq)
    wanted = select(*_COLUMNS).where(col(Change.seq) > after)
    if not everything:
        wanted = wanted.where(col(Change.public).is_(True))
    if types:
        wanted = wanted.where(col(Change.type).in_(types))
    if areas:
        wanted = wanted.where(col(Change.area).in_(areas))
    rows = list(session.rows(wanted.order_by(col(Change.seq), col(Change.ordinal)).limit(limit + 1)))
    if len(rows) <= limit:
        return [_shown(r, everything) for r in rows], None
    last = rows[limit - 1].seq
    # The page ends with the whole of its last seq.
    page = [r for r in rows if r.seq <= last]
    if rows[limit].seq == last:
        rest = wanted.where(col(Change.seq) == last, col(Change.ordinal) > page[-1].ordinal).order_by(
            col(Change.ordinal)
        )
        page += session.rows(rest)
    return [_shown(r, everything) for r in page], last


def _shown(row: Row[Any], everything: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "seq": row.seq,
        "at": rfc3339(row.at),
        "type": row.type,
        "subject": row.subject,
        "area": row.area,
        "actor": row.actor if everything else None,
        "data": msgspec.Raw(row.data.encode()),
    }
    if everything:
        shown["before"] = msgspec.Raw(row.before.encode()) if row.before else None
    return shown
