"""Reads of the numbered log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, column, literal, select, table, tuple_
from sqlmodel import col

from app.access import audit
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.db.ledger import Change
from app.db.lists import one_of
from app.db.session import ReadSession
from app.web.negotiation import nearest

_COLUMNS: tuple[Any, ...] = (
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
# Areas stand above the log in the order of imports; of them a filter needs only id and code.
_AREA = table("area", column("id"), column("code"))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes a reader wants and may see. Nothing named is everything; `everything` is what is not public too."""

    types: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    everything: bool = False

    def takes(self, row: Row[Any]) -> bool:
        """Whether the change passes; the same as `among` says in SQL."""
        return (
            (self.everything or row.public)
            and (not self.types or row.type in self.types)
            and (not self.areas or row.area in self.areas)
        )

    def among(self, wanted: Select[Any]) -> Select[Any]:
        if not self.everything:
            wanted = wanted.where(col(Change.public).is_(True))
        if self.types:
            wanted = wanted.where(col(Change.type).in_(sorted(self.types)))
        if self.areas:
            wanted = wanted.where(col(Change.area).in_(sorted(self.areas)))
        return wanted


def area_ids(session: ReadSession, named: Sequence[str], **where: str) -> frozenset[str]:
    """The ids a filter means: an id itself, a bare code every place that ever had it. Raises `unknown-area`.

    `where` names the place of the fault; `{}` in it becomes the index of the area.
    """
    if not named:
        return frozenset()
    known = session.rows(select(_AREA.c.id, _AREA.c.code))
    found: set[str] = set()
    for index, name in enumerate(named):
        ids = {row.id for row in known if name in (row.id, row.code)}
        if not ids:
            hint = nearest(name, sorted({row.id for row in known}))
            place: Any = {kind: path.format(index) for kind, path in where.items()}
            raise refuse("unknown-area", given=name, hint=hint, **place)
        found |= ids
    return frozenset(found)


def feed(
    session: ReadSession, after: int, limit: int, wanted: Filter
) -> tuple[list[dict[str, Any]], tuple[int, datetime] | None]:
    """About `limit` changes after seq `after`, as `audit.whole_seqs`; of the seq to go on from, its time too."""
    chosen = wanted.among(select(*_COLUMNS).where(col(Change.seq) > after))
    rows, following = audit.whole_seqs(session, chosen, limit)
    told = [shown(row, everything=wanted.everything) for row in rows]
    return told, None if following is None else (following, rows[-1].at)


def rows_after(
    session: ReadSession, after: tuple[int, int], upto: int, limit: int, wanted: Filter | None = None
) -> Sequence[Row[Any]]:
    """Changes after (seq, ordinal), up to the seq `upto`, in order; all of them without a filter."""
    key = tuple_(col(Change.seq), col(Change.ordinal))
    chosen = select(*_COLUMNS).where(
        key > tuple_(literal(after[0]), literal(after[1])),
        # Implied by the line above. SQLite searches the index by it, and not by a pair.
        col(Change.seq) >= after[0],
        col(Change.seq) <= upto,
    )
    if wanted is not None:
        chosen = wanted.among(chosen)
    return session.rows(chosen.order_by(col(Change.seq), col(Change.ordinal)).limit(limit))


_INSTANTS = select(col(Change.seq), col(Change.at)).where(one_of(col(Change.seq), "seqs"), col(Change.ordinal) == 0)


def instants(session: ReadSession, seqs: Iterable[int]) -> dict[int, datetime]:
    """When these changes were made."""
    return {row.seq: row.at for row in session.asked(_INSTANTS, {"seqs": sorted(seqs)})}


def row_at(session: ReadSession, seq: int, ordinal: int) -> Row[Any] | None:
    return session.row(select(*_COLUMNS).where(col(Change.seq) == seq, col(Change.ordinal) == ordinal))


def shown(row: Row[Any], *, everything: bool) -> dict[str, Any]:
    """A change as the feed tells it; who did it and what was before only with `everything`."""
    told: dict[str, Any] = {
        "seq": row.seq,
        "at": rfc3339(row.at),
        "type": row.type,
        "subject": row.subject,
        "area": row.area,
        "actor": row.actor if everything else None,
        "data": msgspec.Raw(row.data.encode()),
    }
    if everything:
        told["before"] = msgspec.Raw(row.before.encode()) if row.before else None
    return told
