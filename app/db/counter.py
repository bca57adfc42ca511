"""The cheapest look at where the ledger stands, asked before every GET so that every answer is fresh."""

import asyncio
import sqlite3
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

import psycopg

from app.core.errors import Problem
from app.db.engine import Database
from app.db.session import Point

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
                self._point = Point(seq, registry_seq, datetime.fromisoformat(at), epoch)
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
        self._connection: psycopg.AsyncConnection[Any] | None = None
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
                if self._connection is None:
                    self._connection = await psycopg.AsyncConnection.connect(
                        self._conninfo, autocommit=True, prepare_threshold=1, connect_timeout=5
                    )
                async with asyncio.timeout(5):
                    row = await (await self._connection.execute(_SELECT)).fetchone()
                if row is None:
                    raise RuntimeError("the counter row is missing")
                return Point(*row)
            except (psycopg.OperationalError, TimeoutError):
                # The server may have restarted since; a fresh connection tells.
                await self._drop()
                if attempt == 2:
                    raise
        raise AssertionError

    async def _drop(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                await self._connection.close()
            self._connection = None

    async def close(self) -> None:
        if self._pump is not None and not self._pump.done():
            await asyncio.wait([self._pump], timeout=5)
        await self._drop()


def counter_reader(database: Database) -> CounterReader:
    return EmbeddedCounter(database) if database.is_sqlite else ServerCounter(database)
