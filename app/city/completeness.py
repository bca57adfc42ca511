"""Who reported what was due."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from app.city.queries import the_city
from app.core.clock import rfc3339
from app.core.entities import Area, Level
from app.core.periods import Frequency, Period
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations import queries as observations
from app.observations.tables import Revision
from app.submissions.tables import SubmissionArea, SubmissionRow


def who_reported(
    session: ReadSession, *, period: Period, area: str, lang: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Who reported what was due for exactly `period`: a row an area, and the total.

    `expected` counts the active indicators of the area's level and the period's frequency, `reported` those with a live
    observation, `late` those still missing when the period has ended.
    """
    view = indicators.registry(session)
    city = the_city(view, area, period)
    due = [
        d
        for d in (view.definition_for(n.code, period) for n in view.definitions() if not n.retired)
        if d is not None and d.frequency is period.frequency and d.level is Level.COMMUNE
    ]
    counted = session.rows(
        select(col(Revision.area), func.count())
        .where(
            observations.known(session),
            col(Revision.withdrawn).is_(False),
            col(Revision.period) == str(period),
            col(Revision.indicator).in_([d.code for d in due]),
        )
        .group_by(col(Revision.area))
    )
    reported = {row[0]: int(row[1]) for row in counted}
    places = view.expected_areas(city.id, Level.COMMUNE, period.last)
    sent = _last_submissions(session)
    over = period.last < session.today
    rows = [
        _row(period, place, lang, len(due), reported.get(place.id, 0), sent.get(place.id), over=over)
        for place in places
    ]
    total = _row(
        period,
        city,
        lang,
        sum(r["expected"] for r in rows),
        sum(r["reported"] for r in rows),
        max((sent[p.id] for p in places if p.id in sent), default=None),
        over=over,
    )
    return rows, total


def last_month(session: ReadSession) -> Period:
    """The newest month that has ended."""
    return Period.containing(session.today, Frequency.MONTHLY).previous()


def _last_submissions(session: ReadSession) -> dict[str, datetime]:
    """When each area was last spoken of."""
    rows = session.rows(
        select(col(SubmissionArea.area), func.max(col(SubmissionRow.at)))
        .join(SubmissionRow, col(SubmissionRow.id) == col(SubmissionArea.submission))
        .where(col(SubmissionRow.seq) <= session.as_of)
        .group_by(col(SubmissionArea.area))
    )
    return {row[0]: row[1] for row in rows}


def _row(
    period: Period, area: Area, lang: str, expected: int, reported: int, sent: datetime | None, *, over: bool
) -> dict[str, Any]:
    return {
        "area": area.id,
        "area_name": area.name(lang),
        "period": str(period),
        "expected": expected,
        "reported": reported,
        "late": expected - reported if over else 0,
        "last_submission_at": rfc3339(sent) if sent else None,
    }
