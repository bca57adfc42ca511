"""Reads of initiatives: all versions as values, kept in memory until the registry changes."""

import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col

from app.db.session import ReadSession, WriteSession
from app.initiatives.initiative import Initiative, Initiatives
from app.initiatives.tables import InitiativeVersion


def initiatives(session: ReadSession) -> Initiatives:
    """As known at the session's `as_of`."""
    whole: tuple[Initiative, ...] = session.remembered("initiatives", lambda: _load(session))
    return _known(whole, session.as_of)


def initiatives_within(session: WriteSession) -> Initiatives:
    """As this transaction sees them, its own changes included; not kept, for a rollback would leave it there."""
    return _known(_load(session), sys.maxsize)


def _known(versions: Sequence[Initiative], seq: int) -> Initiatives:
    found: dict[str, list[Initiative]] = {}
    for version in versions:
        if version.seq <= seq:
            found.setdefault(version.code, []).append(version)
    return Initiatives(found)


def _load(session: ReadSession) -> tuple[Initiative, ...]:
    columns = InitiativeVersion.__table__.columns  # type: ignore[attr-defined]
    ordered = select(*columns).order_by(col(InitiativeVersion.code), col(InitiativeVersion.version))
    return tuple(_initiative(row) for row in session.rows(ordered))


def _initiative(row: Row[Any]) -> Initiative:
    return Initiative(**{**row._mapping, "flags": tuple(row.flags.split())})
