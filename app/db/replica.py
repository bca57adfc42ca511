"""Reads from a streaming replica of PostgreSQL, where it knows enough; from the primary otherwise.

How much is enough is where the primary stood when the request came, so an answer is as fresh as without a replica.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from app.core.errors import Problem
from app.db.aside import NotAside, is_aside
from app.db.engine import Busy, Database
from app.db.trouble import driver_errors, sqlstate, trouble

# A replica that is away costs one request in so many seconds the try.
REST_SECONDS = 5.0
CONNECT_SECONDS = 2
# "canceling statement due to conflict with recovery"
_CONFLICT = "40001"

Found = TypeVar("Found")


class ReplicaLost(Problem):
    """The replica went away, or took its pages back, in the middle of a look: the primary can still answer."""

    def __init__(self) -> None:
        super().__init__("database-unavailable", headers={"Retry-After": "1"})


class Replica:
    """The replica at `url`."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, connect_seconds=CONNECT_SECONDS)
        self._rests_until = 0.0

    def look(
        self,
        primary: Database,
        open_at: Callable[[Database], AbstractContextManager[Found]],
        is_enough: Callable[[Found], bool],
    ) -> AbstractContextManager[Found]:
        """What is opened at the replica when that can be and `is_enough`, else at the primary. Raises ReplicaLost.

        Aside there is one answer, and it would have to be known beforehand whose.
        """
        if is_aside():
            raise NotAside
        return self._look(open_at, is_enough, primary) if self.is_asked() else open_at(primary)

    @contextmanager
    def _look(
        self,
        open_at: Callable[[Database], AbstractContextManager[Found]],
        is_enough: Callable[[Found], bool],
        primary: Database,
    ) -> Iterator[Found]:
        looking = False
        try:
            with open_at(self.database) as found:
                self._rests_until = 0.0
                if is_enough(found):
                    looking = True
                    yield found
                    return
        except driver_errors(DBAPIError) as error:
            if looking and not _is_lost(error):
                raise
            self.rest()
            if looking:
                raise ReplicaLost from error
        except (Busy, NoConnectionInTime):
            if looking:
                raise
        with open_at(primary) as found:
            yield found

    def seq(self) -> int | None:
        """The newest seq it knows; None while it is out of reach."""
        if not self.is_asked():
            return None
        try:
            with self.database.reads_from("SELECT seq FROM counter") as (_, row):
                self._rests_until = 0.0
                return int(row[0])
        except driver_errors(DBAPIError, Busy, NoConnectionInTime):
            self.rest()
            return None

    def is_asked(self) -> bool:
        """Whether it is worth a try; of those who come when it has rested, one tries."""
        if self._rests_until == 0.0:
            return True
        now = time.monotonic()
        if now < self._rests_until:
            return False
        self._rests_until = now + REST_SECONDS
        return True

    def rest(self) -> None:
        self._rests_until = time.monotonic() + REST_SECONDS


def _is_lost(error: BaseException) -> bool:
    problem = trouble(error)
    return sqlstate(error) == _CONFLICT or (problem is not None and problem.code == "database-unavailable")
