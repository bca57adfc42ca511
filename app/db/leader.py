"""Which of several processes does what only one may do: whoever holds the database's lock for it.

On PostgreSQL an advisory lock of a connection, which ends with the connection, so with the process, however it dies.
SQLite serves one process.
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from app.db.engine import Database
from app.db.trouble import driver_errors


class Leader(Protocol):
    async def held(self) -> bool:
        """Whether this process is the one, now; it tries to become it."""
        ...

    async def close(self) -> None: ...


class Alone:
    async def held(self) -> bool:
        return True

    async def close(self) -> None:
        pass


class AdvisoryLock:
    """Lock `number`, on a connection of its own."""

    def __init__(self, database: Database, number: int) -> None:
        from psycopg import AsyncConnection

        self._connect = partial(AsyncConnection.connect, database.conninfo, autocommit=True, connect_timeout=5)
        self._number = number
        self._connection: AsyncConnection[Any] | None = None
        self._is_held = False

    async def held(self) -> bool:
        try:
            async with asyncio.timeout(5):
                if self._connection is None:
                    self._connection = await self._connect()
                # Once held, the question only finds out whether the connection still stands, and the lock with it.
                asked = "SELECT true" if self._is_held else f"SELECT pg_try_advisory_lock({self._number})"
                row = await (await self._connection.execute(asked)).fetchone()
            self._is_held = bool(row and row[0])
        except driver_errors(OSError, TimeoutError):
            await self.close()
        return self._is_held

    async def close(self) -> None:
        connection, self._connection, self._is_held = self._connection, None, False
        if connection is not None:
            with suppress(*driver_errors(OSError)):
                await connection.close()


def leader(database: Database, number: int) -> Leader:
    return Alone() if database.is_sqlite else AdvisoryLock(database, number)
