"""Reads of API keys, and of the areas a key may be bound to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Date, Row, column, or_, select, table
from sqlmodel import col

from app.access.tables import KeyRow
from app.core.errors import refuse
from app.db.session import ReadSession

# Areas stand above access in the order of imports; of them a key needs only id, code, span and whether they stand.
_AREA = table("area", column("id"), column("code"))
_VERSION = table(
    "area_version",
    column("id"),
    column("version"),
    column("valid_from", Date),
    column("valid_to", Date),
    column("withdrawn", Boolean),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An API key without its secret, which nobody knows but its holder."""

    id: str
    name: str
    scopes: tuple[str, ...]
    areas: tuple[str, ...]
    expires: datetime | None
    created_at: datetime
    revoked_at: datetime | None
    seq: int


_COLUMNS: tuple[Any, ...] = (
    col(KeyRow.id),
    col(KeyRow.name),
    col(KeyRow.scopes),
    col(KeyRow.areas),
    col(KeyRow.expires),
    col(KeyRow.created_at),
    col(KeyRow.revoked_at),
    col(KeyRow.created_seq).label("seq"),
)


def _record(row: Row[Any]) -> KeyRecord:
    return KeyRecord(**{**row._mapping} | {"scopes": tuple(row.scopes.split()), "areas": tuple(row.areas.split())})


def keys(session: ReadSession) -> list[KeyRecord]:
    """Every key issued up to the session's seq, revoked ones included, the oldest first."""
    issued = select(*_COLUMNS).where(col(KeyRow.created_seq) <= session.as_of)
    return [_record(row) for row in session.rows(issued.order_by(col(KeyRow.created_seq), col(KeyRow.id)))]


def key(session: ReadSession, key_id: str) -> KeyRecord | None:
    row = session.row(select(*_COLUMNS).where(col(KeyRow.id) == key_id))
    return None if row is None else _record(row)


def any_key(session: ReadSession) -> bool:
    """Whether a key was ever issued."""
    return session.scalar(select(col(KeyRow.id)).limit(1)) is not None


def area_ids(session: ReadSession, named: Sequence[str]) -> tuple[str, ...]:
    """The ids of the areas named by id or by bare code, each once; a code means its place of today.

    Raises `unknown-area`, or `area-code-ambiguous` for a code of several places of which not just one is valid today.
    """
    return tuple(dict.fromkeys(_area_id(session, name, f"/areas/{index}") for index, name in enumerate(named)))


def _area_id(session: ReadSession, named: str, pointer: str) -> str:
    places = session.rows(select(_AREA.c.id).where(or_(_AREA.c.id == named, _AREA.c.code == named)))
    newest = {str(row.id): _newest(session, str(row.id)) for row in places}
    ids = sorted(i for i, row in newest.items() if row is not None and not row.withdrawn)
    if not ids:
        raise refuse("unknown-area", pointer=pointer, given=named)
    if len(ids) > 1:
        valid = [i for i in ids if _valid_today(session, newest[i])]
        if len(valid) != 1:
            raise refuse("area-code-ambiguous", pointer=pointer, given=named, expected=", ".join(ids))
        ids = valid
    return ids[0]


def _newest(session: ReadSession, area_id: str) -> Row[Any] | None:
    versions = select(_VERSION.c.valid_from, _VERSION.c.valid_to, _VERSION.c.withdrawn)
    return session.row(versions.where(_VERSION.c.id == area_id).order_by(_VERSION.c.version.desc()).limit(1))


def _valid_today(session: ReadSession, row: Row[Any] | None) -> bool:
    return (
        row is not None and row.valid_from <= session.today and (row.valid_to is None or session.today < row.valid_to)
    )
