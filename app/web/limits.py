"""How many writes a key may make in a minute, whichever process takes them.

A process draws a lot of them from the database and spends it from memory. What is drawn counts as spent, so the
processes together never pass the limit; what they hold unspent, a hundredth of it each, is the price.
"""

import asyncio
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Field, SQLModel
from starlette.concurrency import run_in_threadpool

from app.core.errors import Problem
from app.db.session import Ledger
from app.db.trouble import reachable

WINDOW_SECONDS = 60
LOTS = 100

Headers = tuple[tuple[bytes, bytes], ...] | tuple[()]


class AllowanceRow(SQLModel, table=True):
    """What was drawn for a caller in the newest minute that anybody drew in; on PostgreSQL unlogged."""

    __tablename__ = "allowance"

    caller: str = Field(primary_key=True)
    minute: int
    drawn: int


# Of machines whose clocks differ, the one that is ahead says which minute it is.
_DRAW = text(
    "INSERT INTO allowance (caller, minute, drawn) VALUES (:caller, :minute, :lot)"
    " ON CONFLICT (caller) DO UPDATE SET"
    " drawn = CASE WHEN excluded.minute > allowance.minute THEN 0 ELSE allowance.drawn END + :lot,"
    " minute = CASE WHEN excluded.minute > allowance.minute THEN excluded.minute ELSE allowance.minute END"
    " RETURNING minute, drawn"
)


@dataclass(slots=True)
class _Purse:
    """What a caller may still spend here in a minute, and how much was drawn for him everywhere by the last draw."""

    minute: int = -1
    left: int = 0
    drawn: int = 0
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Limits:
    """`most` writes a minute for each caller; 0 sets no limit."""

    def __init__(self, ledger: Ledger, most: int) -> None:
        self._ledger = ledger
        self._most = most
        self._lot = max(1, most // LOTS)
        self._purses: dict[str, _Purse] = {}
        self._policy = b'"writes";q=%d;w=%d' % (most, WINDOW_SECONDS)

    async def take(self, caller: str) -> Headers:
        """Count a write of a known caller; the headers that tell how he stands. Raises `too-many-writes` (429)."""
        if not self._most:
            return ()
        purse = self._purses.setdefault(caller, _Purse())
        if not self._has_some(purse):
            async with purse.drawing:
                if not self._has_some(purse) and (purse.minute < self._minute() or purse.drawn < self._most):
                    await self._fill(purse, caller)
        wait = max(1, round((purse.minute + 1) * WINDOW_SECONDS - self._now()))
        if purse.left <= 0:
            told = {name.decode(): value.decode() for name, value in self._told(purse, wait)}
            raise Problem("too-many-writes", headers={"Retry-After": str(wait), **told}, limit=self._most, wait=wait)
        purse.left -= 1
        return self._told(purse, wait)

    def _has_some(self, purse: _Purse) -> bool:
        return purse.left > 0 and purse.minute >= self._minute()

    async def _fill(self, purse: _Purse, caller: str) -> None:
        minute, drawn = await run_in_threadpool(self._draw, caller, self._lot)
        got = max(0, self._lot - max(0, drawn - self._most))
        purse.minute, purse.left, purse.drawn = minute, got, drawn

    def _draw(self, caller: str, lot: int) -> tuple[int, int]:
        with reachable(), self._ledger.database.writes() as connection:
            asked = {"caller": caller, "minute": self._minute(), "lot": lot}
            minute, drawn = connection.execute(_DRAW, asked).one()
        return minute, drawn

    def _told(self, purse: _Purse, wait: int) -> Headers:
        left = purse.left + max(0, self._most - purse.drawn)
        return (b"ratelimit-policy", self._policy), (b"ratelimit", b'"writes";r=%d;t=%d' % (left, wait))

    def _now(self) -> float:
        return self._ledger.clock.now().timestamp()

    def _minute(self) -> int:
        return int(self._now()) // WINDOW_SECONDS
