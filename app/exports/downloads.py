"""Observations as a download of any size: one moment of the ledger, read in many short looks.

The moment is a seq, and what was known then never changes. So every look may be a transaction of its own: however
slowly a reader takes the rows, it keeps no connection from others and no old pages in the database.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.core.errors import Problem
from app.core.registry import View
from app.db.session import ReadSession
from app.indicators import queries as indicators
from app.observations import queries as observations

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
    """The observations selected, ordered as lists are. Nothing is read before the first row is asked for."""
    with look(as_of) as session:
        view = indicators.registry(session)
        wanted = selection.wanted(view)
        total = observations.count(session, wanted)
        rows = _rows(look, session.as_of, session.point.epoch, view, wanted, lang)
        return Download(session.latest, session.as_of, total, view, rows)


def _rows(look: Look, as_of: int, epoch: str, view: View, wanted: observations.Wanted, lang: str) -> Iterator[Row]:
    after: list[Any] | None = None
    while True:
        with look(as_of) as session:
            if session.point.epoch != epoch:
                # Restored meanwhile: the same seq means something else now.
                raise Problem("database-unavailable")
            found = observations.listed(session, wanted, observations.DEFAULT_SORT, after, TOGETHER)
        # A viewer remembers the instants it has shown, so none may live as long as the download.
        yield from map(observations.viewer(view, lang), found[:TOGETHER])
        if len(found) <= TOGETHER:
            return
        after = observations.sort_key(found[TOGETHER - 1], observations.DEFAULT_SORT)
