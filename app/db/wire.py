"""PostgreSQL asked by the event loop itself: for reads so short that the way to a thread and back costs more.

psycopg's own coroutines make a cursor and register the socket for each question, which costs four times the question.
So the loop watches the socket all the time, and a statement is prepared the first time it is asked.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

ANSWER_SECONDS = 30
_FINE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Wire:
    """One connection, which is asked one thing at a time."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._raw = connection.pgconn
        self._socket = self._raw.socket
        self._loop = asyncio.get_running_loop()
        self._reader = Transformer(connection)
        self._prepared: dict[str, bytes] = {}
        self._answer: asyncio.Future[Sequence[Any]] | None = None
        self._rows: Sequence[Any] = ()
        self._loop.add_reader(self._socket, self._on_readable)

    @classmethod
    async def connect(cls, conninfo: str, *, connect_seconds: int, options: str) -> "Wire":
        """Raises psycopg.OperationalError."""
        return cls(
            await psycopg.AsyncConnection.connect(
                conninfo, autocommit=True, connect_timeout=connect_seconds, options=f"{options} -c datestyle=ISO"
            )
        )

    async def ask(self, sql: str, parameters: Sequence[str | int | None] = ()) -> Sequence[Any]:
        """The rows of a statement with $1, $2 …; what was asked and not waited for leaves the wire of no use.

        Raises psycopg.Error.
        """
        name = self._prepared.get(sql)
        if name is None:
            name = b"dxi_%d" % len(self._prepared)
            self._raw.send_prepare(name, sql.encode())
            await self._answered()
            self._prepared[sql] = name
        self._raw.send_query_prepared(name, [None if p is None else str(p).encode() for p in parameters])
        return await self._answered()

    async def _answered(self) -> Sequence[Any]:
        self._answer = self._loop.create_future()
        self._rows = ()
        if self._raw.flush():
            # Not even these few bytes were taken: nobody reads on the other side.
            raise psycopg.OperationalError("the server does not read")
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self._answer

    def _on_readable(self) -> None:
        answer = self._answer
        try:
            self._raw.consume_input()
            while not self._raw.is_busy():
                result = self._raw.get_result()
                if result is None:
                    break
                if result.status not in _FINE:
                    raise psycopg.errors.error_from_result(result)
                self._reader.set_pgresult(result)
                self._rows = self._reader.load_rows(0, result.ntuples, tuple)
            else:
                return
            if answer is not None and not answer.done():
                answer.set_result(self._rows)
        except psycopg.Error as error:
            # Watched on, a broken connection would be readable for ever.
            self._loop.remove_reader(self._socket)
            if answer is not None and not answer.done():
                answer.set_exception(error)

    async def close(self) -> None:
        with suppress(ValueError, OSError):
            self._loop.remove_reader(self._socket)
        with suppress(psycopg.Error):
            await self._connection.close()
