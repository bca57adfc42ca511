"""The cheapest look at where the ledger stands, asked before every GET so that every answer is fresh."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, Protocol

from app.core.errors import Problem
from app.db.engine import Database
from app.db.points import POINT, Point
from app.db.replica import Replica
from app.db.trouble import driver_errors

# How long a primary that was away is waited for before its replica is asked.
PATIENCE_SECONDS = 0.25


class CounterReader(Protocol):
    async def read(self) -> Point: ...

    async def close(self) -> None: ...


class EmbeddedCounter:
    """SQLite: `PRAGMA data_version` on a connection that never writes tells whether anybody else committed."""

    def __init__(self, database: Database) -> None:
        self._connection = sqlite3.connect(database.path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA wal_autocheckpoint = 0")
        self._version: Any = None
        self._point: Point | None = None

    async def read(self) -> Point:
        try:
            version = self._connection.execute("PRAGMA data_version").fetchone()
            if self._point is None or version != self._version:
                self._point = Point.told(*self._connection.execute(POINT).fetchone())
                self._version = version
        except sqlite3.Error as error:
            raise Problem("database-unavailable", headers={"Retry-After": "2"}) from error
        return self._point

    async def close(self) -> None:
        self._connection.close()


class ServerCounter:
    """PostgreSQL: one query at a time, shared by all requests that wait.

    A request must not share a query that was sent before it came: it could miss a write acknowledged in between. So it
    waits for the next one.
    """

    def __init__(self, database: Database) -> None:
        from app.db.wire import Wire

        self._connect = partial(Wire.connect, database.conninfo, connect_seconds=5, options="-c timezone=UTC")
        self._wire: Wire | None = None
        self._row: Sequence[Any] = ()
        self._point: Point
        self._asking = False
        self._next: asyncio.Future[Point] | None = None
        self._serving: asyncio.Task[None] | None = None

    async def read(self) -> Point:
        """Raises `database-unavailable`."""
        if not self._asking:
            return await self._ask()
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._next)

    async def _ask(self) -> Point:
        """A wire that fails, or whose caller leaves, is of no use any more."""
        self._asking = True
        try:
            for attempt in (1, 2):
                try:
                    wire = self._wire = self._wire or await self._connect()
                    (row,) = await wire.ask(POINT, seconds=5)
                    return self._told(row)
                except driver_errors() as error:
                    # The server may have restarted since; a fresh connection tells.
                    await self._drop()
                    if attempt == 2:
                        raise Problem("database-unavailable", headers={"Retry-After": "2"}) from error
                except BaseException:
                    await self._drop()
                    raise
            raise AssertionError
        finally:
            waiting, self._next = self._next, None
            self._asking = waiting is not None
            if waiting is not None:
                self._serving = asyncio.create_task(self._serve(waiting))

    def _told(self, row: Sequence[Any]) -> Point:
        if row != self._row:
            self._row, self._point = row, Point(*row)
        return self._point

    async def _serve(self, waiting: asyncio.Future[Point]) -> None:
        try:
            waiting.set_result(await self._ask())
        except Exception as error:  # noqa: BLE001  (whatever it is, nobody may be left waiting)
            waiting.set_exception(error)
            # Looked at here, for nobody may be waiting any more.
            waiting.exception()

    async def _drop(self) -> None:
        if self._wire is not None:
            wire, self._wire = self._wire, None
            await wire.close()

    async def close(self) -> None:
        if self._serving is not None and not self._serving.done():
            await asyncio.wait([self._serving], timeout=5)
        await self._drop()


class StandbyCounter:
    """Where the primary stands; while that is out of reach, where its replica does, which says so (`Point.primary`)."""

    def __init__(self, primary: CounterReader, replica: CounterReader) -> None:
        self._primary = primary
        self._replica = replica
        self._was_away = False
        self._coming_back: asyncio.Task[Point] | None = None

    async def read(self) -> Point:
        try:
            if self._was_away:
                await self._is_back()
            return await self._primary.read()
        except (Problem, TimeoutError):
            self._was_away = True
        return replace(await self._replica.read(), primary=False)

    async def _is_back(self) -> None:
        """Wait a little for the primary; an attempt that takes longer goes on for whoever comes next.

        Raises Problem or TimeoutError while it is away.
        """
        if self._coming_back is None or self._coming_back.done():
            self._coming_back = asyncio.create_task(self._primary.read())
            # Looked at, for nobody may be waiting any more.
            self._coming_back.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.shield(self._coming_back)
        self._was_away = False

    async def close(self) -> None:
        if self._coming_back is not None:
            self._coming_back.cancel()
        await self._replica.close()


class Counters:
    """The readers of one app, each made when it is first asked, in the loop that it then belongs to."""

    def __init__(self, database: Database, replica: Replica | None) -> None:
        self._database = database
        self._replica = replica
        self._made: list[CounterReader] = []

    @cached_property
    def primary(self) -> CounterReader:
        """For what waits for the primary: streams and deliveries."""
        return self._kept(
            EmbeddedCounter(self._database) if self._database.is_sqlite else ServerCounter(self._database)
        )

    @cached_property
    def nearest(self) -> CounterReader:
        """For answers: a replica is asked while the primary is away."""
        if self._replica is None:
            return self.primary
        return self._kept(StandbyCounter(self.primary, ServerCounter(self._replica.database)))

    def _kept(self, reader: CounterReader) -> CounterReader:
        self._made.append(reader)
        return reader

    async def close(self) -> None:
        while self._made:
            await self._made.pop().close()
