"""Observations as a download of any size: one moment of the ledger, read in many short looks.

The moment is a seq, and what was known then never changes. So every look may be a transaction of its own: however
slowly a reader takes the rows, it keeps no connection from others and no old pages in the database.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Select, bindparam, literal_column, select, tuple_
from sqlmodel import col

from app.core.errors import Problem
from app.core.registry import View
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations import queries as observations
from app.observations.tables import Revision
from app.observations.views import viewer

Look = Callable[[int | datetime | None], AbstractContextManager[ReadSession]]
Row = dict[str, Any]
# Rows a look: enough that its overhead does not count, few enough that nobody waits for it.
TOGETHER = 2000


class Wish(Protocol):
    """What is asked for; what it means depends on the registry of the moment looked at."""

    def wanted(self, view: View) -> observations.Wanted: ...


@dataclass(frozen=True, slots=True)
class Download:
    """`total` rows as known at `as_of`; the newest change was `latest` when they were counted."""

    latest: int
    as_of: int
    total: int
    view: View
    rows: Iterator[Row]


def download(look: Look, as_of: int | datetime | None, selection: Wish, lang: str) -> Download:
    """The observations selected, one area after another, each by period. No row is read before it is asked for."""
    with look(as_of) as session:
        view = indicators.registry(session)
        wanted = selection.wanted(view)
        total = observations.count(session, wanted)
        rows = _rows(look, session.as_of, session.point.epoch, view, wanted, lang)
        return Download(session.latest, session.as_of, total, view, rows)


def _rows(look: Look, as_of: int, epoch: str, view: View, wanted: observations.Wanted, lang: str) -> Iterator[Row]:
    after: Sequence[str] = ()
    while True:
        with look(as_of) as session:
            if session.point.epoch != epoch:
                # Restored meanwhile: the same seq means something else now.
                raise Problem("database-unavailable")
            found = _step(session, wanted, after)
        # A viewer remembers the instants it has shown, so none may live as long as the download.
        yield from map(viewer(view, lang), found)
        if len(found) < TOGETHER:
            return
        after = (found[-1].area, found[-1].period, found[-1].indicator)


# The order of the table's own key. It holds every revision, whether it stands or is closed by now, so a step costs the
# same wherever it begins and however much is written meanwhile.
_KEY: tuple[Any, ...] = (col(Revision.area), col(Revision.period), col(Revision.indicator))


def _step(session: ReadSession, wanted: observations.Wanted, after: Sequence[str]) -> Sequence[Any]:
    if session.is_postgresql:
        # Before its statistics are fresh the planner would sort all that is left, at every step.
        session.connection.exec_driver_sql("SET LOCAL enable_sort = off")
    asked = wanted.parameters()
    beyond = {f"after_{place}": value for place, value in enumerate(after)}
    return session.rows(_statement(tuple(asked), bool(after), TOGETHER), {**asked, **beyond, "as_of": session.as_of})


@lru_cache(maxsize=64)
def _statement(asked: tuple[str, ...], goes_on: bool, most: int) -> Select[*tuple[Any, ...]]:
    columns = Revision.__table__.columns  # type: ignore[attr-defined]
    statement = select(*columns).where(*observations.known_and(False, asked))
    if goes_on:
        after: list[Any] = [bindparam(f"after_{place}", type_=column.type) for place, column in enumerate(_KEY)]
        statement = statement.where(tuple_(*_KEY) > tuple_(*after))
    # Written out: of a parameter PostgreSQL thinks that it takes a tenth of the table, and sorts that.
    return statement.order_by(*_KEY).limit(literal_column(str(most)))
