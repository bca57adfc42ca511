"""Delivers: one task in the app's life, in one process of all (`Leader`), a line at a time for each endpoint.

Nothing waits for it, and it holds little: a few messages of each endpoint. It may be killed at any moment. What was
sent and not yet noted is then sent again, under the same `webhook-id`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from app.changes.tail import LAST
from app.changes.webhooks import addresses, commands, queries
from app.changes.webhooks.addresses import Network, Resolve
from app.changes.webhooks.messages import Message, Outcome
from app.changes.webhooks.queries import Webhook
from app.core.errors import Problem
from app.db.counter import CounterReader
from app.db.leader import Leader
from app.db.session import Ledger

LOCK = 57058
TICK_SECONDS = 0.5
# How long what was delivered may stay unnoted: so much may come twice after a crash.
NOTE_SECONDS = 0.5
BATCH = 50
AT_ONCE = 8
# An endpoint that wants none of so many changes is noted as being past them.
PASS_OVER = 1000

if TYPE_CHECKING:
    from app.changes.webhooks.posting import Line

log = logging.getLogger("dxi.webhooks")
Sent = list[tuple[Message, Outcome]]


@dataclass
class Deliverer:
    """`on_delivery(delivered, seconds)` is told of every attempt (metrics)."""

    ledger: Ledger
    counter: Callable[[], CounterReader]
    leader: Leader
    allowed: Sequence[Network] = ()
    on_delivery: Callable[[bool, float], None] = lambda *_: None
    resolve: Resolve = addresses.resolved
    _looked_at: tuple[str, int] | None = None
    _known: list[Webhook] = field(default_factory=list)
    # Up to where there is nothing for an endpoint with its present filter; noted in the database only now and then.
    _passed: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    _lines: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self) -> None:
        """Deliver until cancelled; what was sent by then is noted first."""
        troubled = False
        try:
            while True:
                await asyncio.sleep(TICK_SECONDS)
                try:
                    await self._round()
                    troubled = False
                except Exception as error:
                    if not troubled:
                        # Once, and not twice a second until the database is back.
                        known = isinstance(error, Problem)
                        log.warning("deliveries wait", exc_info=None if known else error, extra={"reason": repr(error)})
                    troubled = True
        finally:
            for line in self._lines.values():
                line.cancel()
            await asyncio.gather(*self._lines.values(), return_exceptions=True)
            await self.leader.close()

    async def _round(self) -> None:
        """See who has something to send, and start a line for each that has none."""
        point = await self.counter().read()
        self._lines = {name: line for name, line in self._lines.items() if not line.done()}
        # Endpoints come and go by changes of the log, so without any there is nothing to look at until it moves.
        if not self._known and self._looked_at == (point.epoch, point.seq):
            return
        if self._looked_at is None or self._looked_at[0] != point.epoch:
            self._passed.clear()
        self._known, asked = await run_in_threadpool(self._look)
        self._looked_at = (point.epoch, point.seq)
        if not self._known or not await self.leader.held():
            return
        for webhook in self._known:
            own = [a for a in asked if a.webhook == webhook.id]
            if webhook.id not in self._lines and (own or self._is_due(webhook, point.seq)):
                self._lines[webhook.id] = asyncio.create_task(self._serve(webhook, own, point.seq))

    def _look(self) -> tuple[list[Webhook], list[Any]]:
        with self.ledger.read() as session:
            return queries.webhooks(session), list(queries.queued(session))

    def _is_due(self, webhook: Webhook, newest: int) -> bool:
        waits = webhook.next_at is not None and webhook.next_at > self.ledger.clock.now()
        at = max(webhook.at, self._passed.get((webhook.id, webhook.revision), (0, 0)))
        return webhook.enabled and not waits and at < (newest, LAST)

    async def _serve(self, webhook: Webhook, asked: Sequence[Any], newest: int) -> None:
        """One endpoint's line: what was asked for by hand, then what the log holds for it, in order, until it fails."""
        from app.changes.webhooks.posting import Line  # noqa: PLC0415  (a service without webhooks needs no client)

        try:
            async with self._slots, Line(webhook.url, self.allowed, self.resolve) as line:
                for one in asked:
                    await self._send_asked(webhook, line, one)
                going: Webhook | None = await run_in_threadpool(self._again, webhook.id)
                while going is not None and self._is_due(going, newest) and await self.leader.held():
                    going = await self._send_some(going, line, newest)
        except Problem as problem:
            log.warning("a delivery waits for the database", extra={"webhook": webhook.id, "reason": problem.code})
        except Exception as error:
            log.error("a delivery stumbled", exc_info=error, extra={"webhook": webhook.id})

    def _again(self, webhook_id: str) -> Webhook | None:
        with self.ledger.read() as session:
            return queries.webhook(session, webhook_id)

    async def _send_some(self, webhook: Webhook, line: "Line", newest: int) -> Webhook | None:
        """Send what comes next, note it; the endpoint as it stands then, None when there is nothing more to do."""
        found, looked_up_to = await run_in_threadpool(self._next, webhook, newest)
        if not found:
            await self._pass_over(webhook, looked_up_to)
            return None
        sent: Sent = []
        began = time.monotonic()
        try:
            for message in found:
                sent.append((message, await self._post(webhook, line, message)))
                if not sent[-1][1].delivered or time.monotonic() - began > NOTE_SECONDS:
                    break
        finally:
            # Also when the service leaves in the middle: what was delivered shall not come twice without need.
            after = await run_in_threadpool(self._settle, webhook, sent) if sent else None
        return after

    def _next(self, webhook: Webhook, newest: int) -> tuple[list[Message], int]:
        """What comes next, and up to which seq that was looked for: a replica may not know the newest yet."""
        with self.ledger.read() as session:
            upto = min(newest, session.point.seq)
            return queries.messages(session, webhook, upto, BATCH), upto

    def _settle(self, webhook: Webhook, sent: Sent) -> Webhook | None:
        with self.ledger.write("system") as session:
            return commands.settle(session, webhook, sent)

    async def _pass_over(self, webhook: Webhook, newest: int) -> None:
        self._passed[webhook.id, webhook.revision] = (newest, LAST)
        if newest - webhook.at_seq >= PASS_OVER:
            await run_in_threadpool(self._note_passed, webhook, newest)

    def _note_passed(self, webhook: Webhook, newest: int) -> None:
        with self.ledger.write("system") as session:
            commands.pass_over(session, webhook, newest)

    async def _send_asked(self, webhook: Webhook, line: "Line", asked: Any) -> None:
        message = await run_in_threadpool(self._asked_for, asked)
        outcome = Outcome(None, "change-not-found", 0.0)
        if message is not None:
            outcome = await self._post(webhook, line, message)
        await run_in_threadpool(self._settle_asked, webhook, asked, outcome)

    def _asked_for(self, asked: Any) -> Message | None:
        with self.ledger.read() as session:
            return queries.message_of(session, asked)

    def _settle_asked(self, webhook: Webhook, asked: Any, outcome: Outcome) -> None:
        with self.ledger.write("system") as session:
            commands.settle_asked(session, webhook, asked, outcome)

    async def _post(self, webhook: Webhook, line: "Line", message: Message) -> Outcome:
        now = self.ledger.clock.now()
        outcome = await line.post(message, webhook.secrets(self.ledger.secret, now), now.timestamp())
        self.on_delivery(outcome.delivered, outcome.seconds)
        return outcome
