"""`/changes/stream`: the feed as server-sent events.

Each change is an event of its type with the change as data. Only the last event of a seq carries `id: <seq>`, so
whoever resumes after an id never gets half a transaction. `event: reset` says that the reader's place is not in this
log (a restore, a pruned log, a slip): its copy must go, and the whole log follows.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.changes import places
from app.changes.queries import Filter, shown
from app.changes.tail import LAST, Tail
from app.core.errors import Problem
from app.db.points import Point
from app.web.answers import encoded
from app.web.protocol import Connection, connection_of

BEAT_SECONDS = 15.0
# A key that expired is noticed this late; one that was revoked moves the ledger and is noticed at once.
CHECK_SECONDS = 2.0
STALL_SECONDS = 30.0
CHUNK = 32 * 1024
HELLO = b"retry: 2000\n\n"
BEAT = b": still here\n\n"

Put = Callable[[bytes], Awaitable[None]]


class Stalled(Exception):
    """The reader does not read."""


@dataclass
class Reading:
    """One reader's way along the log. `still` raises `unauthenticated` once the reader's key has ended."""

    tail: Tail
    wanted: Filter
    place: places.Place | None
    still: Callable[[Point], Awaitable[object]]
    secret: bytes

    async def run(self, point: Point, put: Put, *, endless: bool) -> None:
        """Send what there is; then, if `endless`, what comes, until the key ends."""
        await put(HELLO)
        at = (point.seq, LAST) if self.place is None else await self._begin(point, self.place, put)
        said = time.monotonic()
        with suppress(_Ended):
            while True:
                if at < (point.seq, LAST):
                    at = await self._send_up_to(point, at, put)
                    said = time.monotonic()
                if not endless:
                    return
                if time.monotonic() - said >= BEAT_SECONDS:
                    await put(BEAT)
                    said = time.monotonic()
                before, point = point, await self.tail.moved(point, CHECK_SECONDS)
                if point.epoch != before.epoch:
                    at = await self._reset("epoch", point, put)
                await self._check(point)

    async def _begin(self, point: Point, place: places.Place, put: Put) -> tuple[int, int]:
        reason = place.gone(point, await self.tail.log_at(place.seq))
        return (place.seq, LAST) if reason is None else await self._reset(reason, point, put)

    async def _reset(self, reason: str, point: Point, put: Put) -> tuple[int, int]:
        oldest = (await self.tail.log_at(0)).oldest
        told = {
            "reason": reason,
            "start": places.start(oldest),
            "seq": point.seq,
            "cursor": places.cursor_of(point.epoch, oldest - 1, None, self.secret),
        }
        await put(b"id: %d\nevent: reset\ndata: %s\n\n" % (oldest - 1, encoded(told)))
        return (oldest - 1, LAST)

    async def _send_up_to(self, point: Point, at: tuple[int, int], put: Put) -> tuple[int, int]:
        """Send everything up to `point`; where the reader stands then."""
        held: Row[Any] | None = None
        while at < (point.seq, LAST):
            try:
                page = await self.tail.page(at, point)
            except Problem:
                # The database is busy or away: the same place is tried again.
                await put(BEAT)
                await asyncio.sleep(1.0)
                await self._check(point)
                continue
            blocks: list[bytes] = []
            for row in page.rows:
                if self.wanted.takes(row):
                    # One event is held back until it is known whether its seq goes on.
                    blocks += [] if held is None else [self._block(held, last=held.seq != row.seq)]
                    held = row
            if page.whole and held is not None:
                blocks.append(self._block(held, last=True))
            await self._check(point)
            for chunk in _chunks(blocks):
                await put(chunk)
            if page.end == at:
                # Read from a replica that is behind, or from a database restored meanwhile: the next look will tell.
                await asyncio.sleep(CHECK_SECONDS)
                return at if held is None else (held.seq - 1, LAST)
            at = page.end
        return at

    async def _check(self, point: Point) -> None:
        try:
            await self.still(point)
        except Problem as problem:
            if problem.code == "unauthenticated":
                raise _Ended from None

    def _block(self, row: Row[Any], *, last: bool) -> bytes:
        data = encoded(shown(row, everything=self.wanted.everything))
        named = b"id: %d\n" % row.seq if last else b""
        return b"%sevent: %s\ndata: %s\n\n" % (named, row.type.encode(), data)


class _Ended(Exception):
    """The reader's key was revoked or has expired."""


def _chunks(blocks: list[bytes]) -> list[bytes]:
    """The blocks put together into pieces of about CHUNK bytes."""
    made: list[bytes] = []
    piece: list[bytes] = []
    size = 0
    for block in blocks:
        piece.append(block)
        size += len(block)
        if size >= CHUNK:
            made.append(b"".join(piece))
            piece, size = [], 0
    return [*made, b"".join(piece)] if piece else made


class EventStream(StreamingResponse):
    """Sends a reading until it ends, the reader leaves, the server stops, or the reader has not read for too long.

    Under a server that cannot tell when it stops (no `dxi.connection`) a stream gives what there is and ends: its
    reader comes back by itself.
    """

    media_type = "text/event-stream"

    def __init__(self, reading: Reading, on_drop: Callable[[], None] = lambda: None) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(iter(()), headers=headers, media_type=self.media_type)
        self.reading = reading
        self.on_drop = on_drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self.reading.tail.followed() as point:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            connection = connection_of(scope)
            if not scope.get("dxi.head"):
                await self._stream(point, receive, send, connection)
            try:
                async with asyncio.timeout(1.0):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            except TimeoutError:
                if connection is not None:
                    connection.drop()

    async def _stream(self, point: Point, receive: Receive, send: Send, connection: Connection | None) -> None:
        async def put(block: bytes) -> None:
            try:
                async with asyncio.timeout(STALL_SECONDS):
                    await send({"type": "http.response.body", "body": block, "more_body": True})
            except TimeoutError:
                raise Stalled from None

        if connection is not None:
            connection.keep_little()
        sending = asyncio.create_task(self.reading.run(point, put, endless=connection is not None))
        until = [sending, asyncio.create_task(_left(receive))]
        if connection is not None:
            until.append(asyncio.create_task(_leaving(connection)))
        try:
            await asyncio.wait(until, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in until:
                task.cancel()
            ended = await asyncio.gather(*until, return_exceptions=True)
        if isinstance(ended[0], Stalled):
            self.on_drop()
            if connection is not None:
                connection.drop()
        elif isinstance(ended[0], Exception):
            raise ended[0]


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _leaving(connection: Connection) -> None:
    await connection.leaving.wait()
