"""Verbs of areas. A place is never edited: what becomes known of it is a further version."""

from datetime import date

from app.areas import queries, views
from app.areas.tables import AreaRow, AreaVersion
from app.core.entities import Area, Level
from app.core.errors import Problem
from app.db.inserts import insert_rows
from app.db.session import WriteSession


def area_id(code: str, valid_from: date) -> str:
    """`14758-202507`: codes are reused after a reorganisation, so the month of the first day belongs to the key."""
    return f"{code}-{valid_from:%Y%m}"


def create(
    session: WriteSession,
    *,
    code: str,
    name_vi: str,
    name_en: str,
    level: Level,
    kind: str,
    type: str,
    parent: str | None,
    valid_from: date,
    valid_to: date | None = None,
) -> Area:
    """Make a place known. Raises `area-exists`, `unknown-area` for its parent."""
    made_id = area_id(code, valid_from)
    known = {a.id for a in queries.every_version(session)}
    if made_id in known:
        raise Problem("area-exists", given=made_id)
    if parent is not None and parent not in known:
        raise Problem("unknown-area", given=parent)
    area = Area(
        id=made_id,
        code=code,
        name_vi=name_vi,
        name_en=name_en,
        level=level,
        kind=kind,
        type=type,
        parent=parent,
        valid_from=valid_from,
        valid_to=valid_to,
        effective=valid_from,
        seq=session.seq(),
    )
    state = views.state(area)
    insert_rows(session.connection, AreaRow, [{"id": area.id, "code": area.code}])
    insert_rows(session.connection, AreaVersion, [state | {"withdrawn": False}])
    session.record("area.created", area.id, state, area=area.id, public=True, registry=True)
    return area
