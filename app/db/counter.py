"""The cheapest look at where the ledger stands, asked before every GET so that every answer is fresh."""

import asyncio
import sqlite3
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

import psycopg
from psycopg import pq

from app.core.errors import Problem
from app.db.engine import Database
from app.db.replica import Replica
from app.db.session import Point
from app.db.types import instant_of

# How long a primary that was away is waited for before its replica is asked.
PATIENCE_SECONDS = 0.25

_SELECT = "SELECT seq, registry_seq, at, epoch FROM counter"


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
                seq, registry_seq, at, epoch = self._connection.execute(_SELECT).fetchone()
                self._point = Point(seq, registry_seq, instant_of(at), epoch)
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
        self._conninfo = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._probe: _Probe | None = None
        self._next: asyncio.Future[Point] | None = None
        self._pump: asyncio.Task[None] | None = None

    async def read(self) -> Point:
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        waiting = self._next
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        return await asyncio.shield(waiting)

    async def _run(self) -> None:
        while self._next is not None:
            waiting, self._next = self._next, None
            try:
                waiting.set_result(await self._ask())
            except Exception as error:  # noqa: BLE001  (whatever it is, those who wait must be told)
                await self._drop()
                problem = Problem("database-unavailable", headers={"Retry-After": "2"})
                problem.__cause__ = error
                waiting.set_exception(problem)
                # Consumed here too: nobody may be left waiting for it.
                waiting.exception()

    async def _ask(self) -> Point:
        for attempt in (1, 2):
            try:
                if self._probe is None:
                    self._probe = await _Probe.connect(self._conninfo)
                async with asyncio.timeout(5):
                    return await self._probe.ask()
            except (psycopg.OperationalError, TimeoutError):
                # The server may have restarted since; a fresh connection tells.
                await self._drop()
                if attempt == 2:
                    raise
        raise AssertionError

    async def _drop(self) -> None:
        if self._probe is not None:
            await self._probe.close()
            self._probe = None

    async def close(self) -> None:
        if self._pump is not None and not self._pump.done():
            await asyncio.wait([self._pump], timeout=5)
        await self._drop()


class _Probe:
    """One prepared statement on a connection whose socket the loop watches all the time.

    psycopg's own way makes a cursor and registers the socket for each question, which costs four times the question.
    """

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._wire = connection.pgconn
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Point] | None = None
        self._row: tuple[str, ...] = ()
        # A connection that is lost no longer tells its number, and left in the loop that would pass for the next one's.
        self._socket = self._wire.socket
        self._loop.add_reader(self._socket, self._on_readable)

    @classmethod
    async def connect(cls, conninfo: str) -> "_Probe":
        options = "-c timezone=UTC -c datestyle=ISO"
        connection = await psycopg.AsyncConnection.connect(
            conninfo, autocommit=True, connect_timeout=5, options=options
        )
        try:
            await connection.execute(f"PREPARE dxi_point AS {_SELECT}")
        except BaseException:
            await connection.close()
            raise
        return cls(connection)

    async def ask(self) -> Point:
        self._answer = self._loop.create_future()
        self._row = ()
        self._wire.send_query_prepared(b"dxi_point", None)
        if self._wire.flush():
            # Not even these few bytes were taken: nobody reads on the other side.
            raise psycopg.OperationalError("the server does not read")
        return await self._answer

    def _on_readable(self) -> None:
        answer = self._answer
        try:
            self._wire.consume_input()
            while not self._wire.is_busy():
                result = self._wire.get_result()
                if result is None:
                    break
                if result.status != pq.ExecStatus.TUPLES_OK:
                    raise psycopg.OperationalError(result.error_message.decode(errors="replace"))
                self._row = tuple([(result.get_value(0, i) or b"").decode() for i in range(4)])
            else:
                return
            if answer is not None and not answer.done():
                seq, registry_seq, at, epoch = self._row
                answer.set_result(Point(int(seq), int(registry_seq), instant_of(at), epoch))
        except (psycopg.Error, ValueError) as error:
            # Watched on, a broken connection would be readable for ever.
            self._leave()
            if answer is not None and not answer.done():
                answer.set_exception(psycopg.OperationalError(str(error)))

    def _leave(self) -> None:
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._socket = -1

    async def close(self) -> None:
        self._leave()
        with suppress(psycopg.Error):
            await self._connection.close()


class StandbyCounter:
    """Where the primary stands; while that is out of reach, where its replica does, which says so (`Point.primary`)."""

    def __init__(self, primary: CounterReader, replica: CounterReader) -> None:
        self._primary = primary
        self._replica = replica
        self._was_away = False

    async def read(self) -> Point:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS if self._was_away else None):
                point = await self._primary.read()
        except (Problem, TimeoutError):
            self._was_away = True
            return replace(await self._replica.read(), primary=False)
        self._was_away = False
        return point

    async def close(self) -> None:
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
