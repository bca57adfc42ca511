"""Reads of releases: few and never changed, so they are kept in memory."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.core.clock import rfc3339
from app.db.session import ReadSession
from app.releases.tables import ReleaseRow

_COLUMNS = tuple(ReleaseRow.__table__.columns)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    name: str
    seq: int
    at: datetime
    as_of: str
    as_of_seq: int
    today: date
    title_vi: str | None
    title_en: str | None
    note: str | None

    def title(self, lang: str) -> str:
        """The title in the asked language, else in the other one, else the name."""
        titles = (self.title_en, self.title_vi) if lang == "en" else (self.title_vi, self.title_en)
        return next((title for title in titles if title), self.name)


def releases(session: ReadSession) -> dict[str, Release]:
    """Every release known at the session's `as_of`, the oldest first."""
    every: tuple[Release, ...] = session.remembered("releases", lambda: _load(session))
    return {release.name: release for release in every if release.seq <= session.as_of}


def _load(session: ReadSession) -> tuple[Release, ...]:
    return tuple(Release(**row._mapping) for row in session.rows(select(*_COLUMNS).order_by(col(ReleaseRow.seq))))


def exists(session: ReadSession, name: str) -> bool:
    return session.row(select(col(ReleaseRow.seq)).where(col(ReleaseRow.name) == name)) is not None


def state(release: Release) -> dict[str, Any]:
    """A release as the log and its readers see it."""
    return {
        "name": release.name,
        "title_vi": release.title_vi,
        "title_en": release.title_en,
        "note": release.note,
        "as_of": int(release.as_of) if release.as_of.isdigit() else release.as_of,
        "as_of_seq": release.as_of_seq,
        "today": release.today.isoformat(),
        "created_at": rfc3339(release.at),
        "seq": release.seq,
    }
