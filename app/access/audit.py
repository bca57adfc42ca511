"""The log in full, and the proof that nobody tampered with it.

Each row's digest is an HMAC over the digest before and the row. Whoever has no secret cannot edit, drop, insert or swap
a row unseen. Cutting off the newest rows together with the counter is seen against a head exported before.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Text, cast, select, tuple_
from sqlmodel import col

from app.core.clock import rfc3339
from app.core.errors import refuse
from app.db.chain import chained
from app.db.ledger import Change, Counter
from app.db.session import ReadSession
from app.web.negotiation import nearest
from app.web.paging import feed_gone

PAGE = 2_000

# What can happen. A filter that names something else is a slip of the pen, and must not look like "nothing happened".
_VERBS = {
    "area": "created revised ended restored withdrawn",
    "area_change": "applied undone shares_entered shares_withdrawn",
    "clause": "created",
    "document": "created",
    "indicator": "created revised retired restored",
    "initiative": "created revised retired restored",
    "key": "created revoked",
    "observation": "created revised withdrawn",
    "release": "created",
    "submission": "accepted",
    "tally": "repaired",
    "target": "created revised retired restored",
    "webhook": "created revised disabled deleted secret_rotated",
}
TYPES = tuple(f"{thing}.{verb}" for thing, verbs in _VERBS.items() for verb in verbs.split())
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

_PLAIN = (
    col(Change.seq),
    col(Change.ordinal),
    col(Change.type),
    col(Change.subject),
    col(Change.area),
    col(Change.actor),
    col(Change.before),
    col(Change.data),
    col(Change.digest),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain found: `checked` rows are right, up to `seq`, and `head` is the digest of the last."""

    intact: bool
    checked: int
    seq: int
    head: str
    first_broken: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    types: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


def check_types(session: ReadSession, types: Sequence[str], **where: str) -> None:
    """Refuse a type of change that there is not. Raises `not-one-of` with those there are.

    `where` names the place of the fault, the parameter `type` without it; `{}` in it becomes the index of the type.
    """
    unknown = [name for name in types if name not in TYPES]
    if not unknown:
        return
    found = session.rows(select(col(Change.type)).where(col(Change.type).in_(unknown)).distinct())
    happened = {row.type for row in found}
    for name in unknown:
        if name not in happened:
            hint = nearest(name, TYPES)
            place: Any = {
                kind: path.format(types.index(name)) for kind, path in (where or {"parameter": "type"}).items()
            }
            raise refuse("not-one-of", **place, given=name, expected=", ".join(TYPES), hint=hint)


def entries(session: ReadSession, after: int, limit: int, wanted: Filter) -> tuple[list[dict[str, Any]], int | None]:
    """About `limit` rows of the log after seq `after`, as `whole_seqs`.

    Raises `feed-cursor-gone` (410) for a seq that has not been given, `replica-behind` where that is not known.
    """
    session.point.await_primary(after, parameter="after")
    if after > session.point.seq:
        raise feed_gone(after, 1, session.point.seq, "/api/v1/audit?after=0")
    chosen = select(*_PLAIN, col(Change.at), col(Change.public)).where(col(Change.seq) > after)
    for column, values in (
        (Change.type, wanted.types),
        (Change.actor, wanted.actors),
        (Change.subject, wanted.subjects),
    ):
        if values:
            chosen = chosen.where(col(column).in_(values))
    rows, following = whole_seqs(session, chosen, limit)
    return [_shown(row) for row in rows], following


def whole_seqs(session: ReadSession, chosen: Select[*tuple[Any, ...]], limit: int) -> tuple[list[Row[Any]], int | None]:
    """About `limit` of the changes chosen, oldest first, and the seq to go on from (None at the end).

    The changes of one seq always come together, so there may be more.
    """
    ordered = chosen.order_by(col(Change.seq), col(Change.ordinal))
    rows = list(session.rows(ordered.limit(limit + 1)))
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1].seq
    page = [row for row in rows if row.seq <= last]
    if rows[limit].seq == last:
        page += session.rows(ordered.where(col(Change.seq) == last, col(Change.ordinal) > page[-1].ordinal))
    return page, last


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "ordinal": row.ordinal,
        "at": rfc3339(row.at),
        "type": row.type,
        "subject": row.subject,
        "area": row.area,
        "actor": row.actor,
        "public": row.public,
        "before": msgspec.Raw(row.before.encode()) if row.before else None,
        "data": msgspec.Raw(row.data.encode()),
        "digest": row.digest,
    }


def verify(session: ReadSession, secret: bytes, *, seq: int | None = None, head: str | None = None) -> Verdict:
    """Compute the chain anew, page by page, up to the first row that is wrong or missing.

    With the `head` exported at `seq` (the newest, without one), a log cut off or made anew since is found too.
    """
    checked, last, reached, exported = 0, 0, "", ""
    for row in _rows(session):
        if not _genuine(row, secret, reached, postgresql=session.is_postgresql):
            return Verdict(False, checked, last, reached, (row.seq, row.ordinal))
        checked, last, reached = checked + 1, row.seq, row.digest
        if seq is None or last <= seq:
            exported = reached
    counter = session.row(select(col(Counter.seq), col(Counter.head)))
    if counter is None or (counter.seq, counter.head) != (last, reached) or (seq is not None and seq > last):
        return Verdict(False, checked, last, reached, (last + 1, 0))
    if head is not None and not hmac.compare_digest(exported, head):
        return Verdict(False, checked, last, reached, (last if seq is None else seq, 0))
    return Verdict(True, checked, last, reached)


def _rows(session: ReadSession) -> Iterator[Row[Any]]:
    """Every row in order, in pages.

    Instants and booleans come as they are stored: what a reader takes for the same need not be the same to a filter.
    """
    key = tuple_(col(Change.seq), col(Change.ordinal))
    stored = (cast(col(Change.at), Text).label("at"), cast(col(Change.public), Text).label("public"))
    ordered = select(*_PLAIN, *stored).order_by(col(Change.seq), col(Change.ordinal)).limit(PAGE)
    page = session.rows(ordered)
    while page:
        yield from page
        at = (page[-1].seq, page[-1].ordinal)
        page = session.rows(ordered.where(key > at)) if len(page) == PAGE else ()


def _genuine(row: Row[Any], secret: bytes, before: str, *, postgresql: bool) -> bool:
    try:
        at = datetime.fromisoformat(row.at).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return False
    if row.public not in _BOOLEANS or not (postgresql or at.isoformat(timespec="microseconds") == row.at):
        return False
    digest = chained(secret, before, {**row._mapping, "at": at, "public": _BOOLEANS[row.public]})
    return isinstance(row.digest, str) and hmac.compare_digest(digest.encode(), row.digest.encode())
