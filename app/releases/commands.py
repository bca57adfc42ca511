"""The verb of releases: name a moment. There is no other: what was released stays as it was."""

from dataclasses import asdict
from datetime import datetime

from app.core.clock import day_of, rfc3339
from app.core.errors import refuse
from app.db.inserts import insert_rows
from app.db.points import moment
from app.db.session import WriteSession
from app.releases.queries import Release, exists, state
from app.releases.tables import ReleaseRow


def create(
    session: WriteSession,
    name: str,
    as_of: int | datetime | None,
    *,
    title_vi: str | None = None,
    title_en: str | None = None,
    note: str | None = None,
) -> Release:
    """Name the moment `as_of`; without one, the moment of this very change.

    Raises `release-exists`, and `as-of-in-future` at `/as_of`.
    """
    # Nobody can still be writing what happened by that instant.
    session.hold()
    if exists(session, name):
        raise refuse("release-exists", pointer="/name", given=name)
    if as_of is None:
        seq = session.seq()
        known, today, said = seq, day_of(session.at), str(seq)
    else:
        known, today = moment(session.connection, session.point, as_of, session.clock, pointer="/as_of")
        said = rfc3339(as_of) if isinstance(as_of, datetime) else str(as_of)
    made = Release(
        name=name,
        seq=session.seq(),
        at=session.at,
        as_of=said,
        as_of_seq=known,
        today=today,
        title_vi=title_vi,
        title_en=title_en,
        note=note,
    )
    insert_rows(session.connection, ReleaseRow, [asdict(made)])
    session.record("release.created", name, state(made), public=True, registry=True)
    return made
