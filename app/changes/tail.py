"""The end of the log as the streams of one process follow it: one poll and one reading for all of them.

The counter is asked, never a bus in memory: what another process writes is seen as well, and nothing is lost with a
process. A stream holds a place in the log and no queue: a slow reader is behind, and costs no more than a fast one.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from starlette.concurrency import run_in_threadpool

from app.changes import places, queries
from app.core.errors import Problem
from app.db.counter import CounterReader
from app.db.points import Point
from app.db.session import Ledger

POLL_SECONDS = 0.2
PAGE = 200
PAGES_KEPT = 8
READING_AT_ONCE = 2
MAX_STREAMS = 500
# The ordinal after every other of its seq.
LAST = 2**31 - 1

log = logging.getLogger("dxi.stream")


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in order, whoever may see them; `end` is where to go on. `whole`: their last seq ends here."""

    rows: tuple[Row[Any], ...]
    end: tuple[int, int]
    whole: bool


class Tail:
    """`on_stream` is told of each stream that opens (1) and ends (-1), for metrics."""

    def __init__(
        self, ledger: Ledger, counter: Callable[[], CounterReader], on_stream: Callable[[int], None] = lambda _: None
    ) -> None:
        self._ledger = ledger
        self._counter = counter
        self._on_stream = on_stream
        self._open = 0
        self._point: Point | None = None
        self._moved = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._reading = asyncio.Semaphore(READING_AT_ONCE)
        self._running: set[asyncio.Task[Page]] = set()
        self._pages: OrderedDict[tuple[Any, ...], asyncio.Task[Page]] = OrderedDict()

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[Point]:
        """Where the ledger stands now; it is followed while anybody is in here. Raises `too-many-streams` (503)."""
        if self._open >= MAX_STREAMS:
            raise Problem("too-many-streams", headers={"Retry-After": "10"}, limit=MAX_STREAMS)
        point = await self._counter().read()
        self._open += 1
        self._on_stream(1)
        self._notice(point)
        if self._following is None:
            self._following = asyncio.create_task(self._follow())
        try:
            yield point
        finally:
            self._open -= 1
            self._on_stream(-1)
            if not self._open:
                self._following.cancel()
                self._following = None
                self._pages.clear()

    async def moved(self, seen: Point, seconds: float) -> Point:
        """Where the ledger stands, as soon as that is elsewhere than `seen`; at the latest after `seconds`."""
        if self._point == seen:
            try:
                async with asyncio.timeout(seconds):
                    await self._moved.wait()
            except TimeoutError:
                return seen
        return self._point or seen

    async def page(self, after: tuple[int, int], point: Point) -> Page:
        """The changes after (seq, ordinal) up to `point`, a limited number of them."""
        key = (after, point.epoch, point.seq)
        reading = self._pages.get(key)
        if reading is None or (reading.done() and reading.exception() is not None):
            self._pages[key] = reading = asyncio.create_task(self._read(after, point))
            self._running.add(reading)
            reading.add_done_callback(self._ended)
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        # Others wait for the same reading: whoever leaves must not end it.
        return await asyncio.shield(reading)

    def _ended(self, reading: asyncio.Task[Page]) -> None:
        self._running.discard(reading)
        if not reading.cancelled():
            # Looked at, for whoever asked may have left.
            reading.exception()

    async def close(self) -> None:
        """Wait for what still reads from the database."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def log_at(self, seq: int) -> places.Log:
        """The log as far as it matters to whoever has read up to `seq`."""
        return await run_in_threadpool(self._log_at, seq)

    def _log_at(self, seq: int) -> places.Log:
        with self._ledger.read() as session:
            return places.log_at(session, seq)

    async def _follow(self) -> None:
        troubled = False
        while True:
            try:
                self._notice(await self._counter().read())
                troubled = False
            except Exception as error:  # noqa: BLE001  (the streams live on, whatever is wrong with the database)
                if not troubled:
                    # Once, and not five times a second until the database is back.
                    log.warning("streams wait for the database", extra={"reason": repr(error)})
                troubled = True
            await asyncio.sleep(POLL_SECONDS)

    def _notice(self, point: Point) -> None:
        if point != self._point:
            self._point = point
            self._moved.set()
            self._moved = asyncio.Event()

    async def _read(self, after: tuple[int, int], point: Point) -> Page:
        async with self._reading:
            return await run_in_threadpool(self._load, after, point)

    def _load(self, after: tuple[int, int], point: Point) -> Page:
        with self._ledger.read() as session:
            if session.point.epoch != point.epoch or session.point.seq < point.seq:
                # Restored just now, or a replica that is behind: `point` cannot be told from here.
                return Page((), after, whole=False)
            rows = tuple(queries.rows_after(session, after, point.seq, PAGE))
        if len(rows) < PAGE:
            return Page(rows, (point.seq, LAST), whole=True)
        return Page(rows, (rows[-1].seq, rows[-1].ordinal), whole=False)
