"""Reads of areas: every version as a value, kept in memory until the registry changes."""

from sqlalchemy import select
from sqlmodel import col

from app.areas.tables import AreaLink, AreaVersion
from app.core.entities import Area, Level, Link
from app.core.registry import Registry, View
from app.db.session import ReadSession


def every_version(session: ReadSession) -> tuple[Area, ...]:
    """Every version of every area, whatever the session's `as_of`."""
    names = ("id", "version", "seq", "code", "name_vi", "name_en", "level", "kind", "type", "parent")
    dated = ("valid_from", "valid_to", "effective", "withdrawn")
    columns = [getattr(AreaVersion, name) for name in (*names, *dated)]
    rows = session.rows(select(*columns).order_by(col(AreaVersion.seq), col(AreaVersion.id)))
    return tuple(Area(**{**row._mapping, "level": Level(row.level)}) for row in rows)


def every_link(session: ReadSession) -> tuple[Link, ...]:
    """Every version of every arrow of the area changes, whatever the session's `as_of`."""
    columns = AreaLink.__table__.columns  # type: ignore[attr-defined]
    ordered = select(*columns).order_by(col(AreaLink.seq), col(AreaLink.old), col(AreaLink.new))
    return tuple(Link(**row._mapping) for row in session.rows(ordered))


def places(session: ReadSession) -> View:
    """The areas and their changes alone, as known at the session's `as_of`."""
    whole: Registry = session.remembered(
        "places", lambda: Registry(every_version(session), (), (), every_link(session))
    )
    return whole.at(session.as_of)
