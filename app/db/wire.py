"""PostgreSQL asked by the event loop itself: for reads so short that the way to a thread and back costs more.

psycopg's own coroutines make a cursor and register the socket for each question, which costs four times the question.
So the loop watches the socket all the time, and a statement is prepared the first time it is asked.

The driver is loaded with this module, so it is imported where there is a PostgreSQL (app/db/aside.py is for all).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from sqlalchemy import Select

from app.db.aside import NotAside
from app.db.direct import direct
from app.db.prepared import DIALECT, FINE

ANSWER_SECONDS = 30
WIRES = 8


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
        # When the answer is late, and the timer that looks whether it is.
        self._until = 0.0
        self._watch: asyncio.TimerHandle | None = None
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

    async def ask(
        self, sql: str, parameters: Sequence[str | int | None] = (), *, seconds: float = ANSWER_SECONDS
    ) -> Sequence[Any]:
        """The rows of a statement with $1, $2 …; what was asked and not waited for leaves the wire of no use.

        Raises psycopg.Error, also when there is no answer in so many seconds.
        """
        name = self._prepared.get(sql)
        if name is None:
            name = b"dxi_%d" % len(self._prepared)
            self._raw.send_prepare(name, sql.encode())
            await self._sent(seconds)
            self._prepared[sql] = name
        self._raw.send_query_prepared(name, [None if p is None else str(p).encode() for p in parameters])
        return await self._sent(seconds)

    def _sent(self, seconds: float) -> asyncio.Future[Sequence[Any]]:
        """What was just asked is on its way; its answer's rows."""
        answer: asyncio.Future[Sequence[Any]] = self._loop.create_future()
        self._answer = answer
        self._rows = ()
        if self._raw.flush():
            # Not even these few bytes were taken: nobody reads on the other side.
            raise psycopg.OperationalError("the server does not read")
        self._until = self._loop.time() + seconds
        if self._watch is None or self._watch.when() > self._until:
            self._watch_for_silence()
        return answer

    def _watch_for_silence(self) -> None:
        """One timer for many questions: a timer for each would cost as much as its answer's way through the loop."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._answer is None or self._answer.done():
            return
        if self._loop.time() < self._until:
            self._watch = self._loop.call_at(self._until, self._watch_for_silence)
        else:
            self._answer.set_exception(psycopg.OperationalError("the server does not answer"))

    def _on_readable(self) -> None:
        answer = self._answer
        try:
            self._raw.consume_input()
            while not self._raw.is_busy():
                result = self._raw.get_result()
                if result is None:
                    break
                if result.status not in FINE:
                    raise psycopg.errors.error_from_result(result)
                self._reader.set_pgresult(result)
                self._rows = self._reader.load_rows(0, result.ntuples, tuple)
            else:
                return
            if answer is not None and not answer.done():
                answer.set_result(self._rows)
        except psycopg.Error as error:
            # Watched on, a broken connection would be readable for ever.
            self._leave()
            if answer is not None and not answer.done():
                answer.set_exception(error)

    def _leave(self) -> None:
        # Once: the number of a lost connection's socket may be another's by now.
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._socket = -1
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    async def close(self) -> None:
        self._leave()
        with suppress(psycopg.Error):
            await self._connection.close()


class Wires:
    """Some wires to one database, made when they are needed."""

    def __init__(self, conninfo: str, *, connect_seconds: int, options: str) -> None:
        self._connect: Callable[[], Awaitable[Wire]] = lambda: Wire.connect(
            conninfo, connect_seconds=connect_seconds, options=options
        )
        self._free = asyncio.Semaphore(WIRES)
        self._idle: list[Wire] = []

    async def ask(self, statement: Select[Any], parameters: dict[str, Any]) -> Sequence[Any]:
        """The rows of a statement that takes no list. Raises NotAside for one that does, and psycopg.Error."""
        asked = direct(statement, DIALECT)
        if not asked.possible:
            raise NotAside
        async with self._free:
            return asked.rows(await self._answer(asked.sql, asked.parameters(parameters)))

    async def _answer(self, sql: str, parameters: Any) -> Sequence[Any]:
        while True:
            kept = self._idle.pop() if self._idle else None
            wire = kept or await self._connect()
            try:
                rows = await wire.ask(sql, parameters)
            except BaseException as error:
                await wire.close()
                if kept is None or not isinstance(error, psycopg.OperationalError):
                    raise
                # The server may have restarted since; a wire that is made now tells.
            else:
                self._idle.append(wire)
                return rows

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()
