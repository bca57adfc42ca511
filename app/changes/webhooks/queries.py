"""Reads of endpoints and of their deliveries; the next messages of an endpoint, straight from the log."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import col

from app.changes import queries as changes
from app.changes.webhooks.messages import Message, secret_of
from app.changes.webhooks.tables import DeliveryRow, WebhookRow
from app.core.clock import rfc3339
from app.db.session import ReadSession
from app.web.answers import encoded

TEST = "webhook.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint: what it is, and where it stands."""

    id: str
    url: str
    description: str
    types: tuple[str, ...]
    areas: tuple[str, ...]
    enabled: bool
    reason: str | None
    salt: str
    previous_salt: str | None
    previous_until: datetime | None
    actor: str | None
    created_at: datetime
    seq: int
    revision: int
    at_seq: int
    at_ordinal: int
    attempts: int
    next_at: datetime | None

    @property
    def at(self) -> tuple[int, int]:
        return self.at_seq, self.at_ordinal

    @property
    def wanted(self) -> changes.Filter:
        """Everything public; of what is not, only types that are named."""
        return changes.Filter(frozenset(self.types), frozenset(self.areas), everything=bool(self.types))

    def secrets(self, master: bytes, now: datetime) -> list[bytes]:
        """What to sign with: the secret, and the one before while they overlap."""
        salts = [self.salt]
        if self.previous_salt and self.previous_until is not None and now < self.previous_until:
            salts.append(self.previous_salt)
        return [secret_of(master, self.id, salt) for salt in salts]


_WEBHOOK: tuple[Any, ...] = tuple(getattr(WebhookRow, name) for name in WebhookRow.model_fields)
_DELIVERY: tuple[Any, ...] = tuple(getattr(DeliveryRow, name) for name in DeliveryRow.model_fields)


def _webhook(row: Row[Any]) -> Webhook:
    lists = {name: tuple(getattr(row, name).split()) for name in ("types", "areas")}
    return Webhook(**{**row._mapping, **lists})


def webhooks(session: ReadSession) -> list[Webhook]:
    """Every endpoint, the oldest first."""
    ordered = select(*_WEBHOOK).order_by(col(WebhookRow.created_at), col(WebhookRow.id))
    return [_webhook(row) for row in session.rows(ordered)]


def webhook(session: ReadSession, webhook_id: str) -> Webhook | None:
    row = session.row(select(*_WEBHOOK).where(col(WebhookRow.id) == webhook_id))
    return None if row is None else _webhook(row)


def count(session: ReadSession) -> int:
    return int(session.scalar(select(func.count()).select_from(WebhookRow)))


def deliveries(session: ReadSession, webhook_id: str) -> Sequence[Row[Any]]:
    """The attempts that are kept, the newest first."""
    found = select(*_DELIVERY).where(col(DeliveryRow.webhook) == webhook_id)
    return session.rows(found.order_by(col(DeliveryRow.id).desc()))


def delivery(session: ReadSession, webhook_id: str, delivery_id: str) -> Row[Any] | None:
    chosen = select(*_DELIVERY).where(col(DeliveryRow.webhook) == webhook_id, col(DeliveryRow.id) == delivery_id)
    return session.row(chosen)


def queued(session: ReadSession) -> Sequence[Row[Any]]:
    """What was asked for by hand and not sent yet, the oldest first."""
    return session.rows(select(*_DELIVERY).where(col(DeliveryRow.state) == "queued").order_by(col(DeliveryRow.id)))


def messages(session: ReadSession, of: Webhook, upto: int, limit: int) -> list[Message]:
    """What comes next for the endpoint, up to the seq `upto`."""
    rows = changes.rows_after(session, of.at, upto, limit, of.wanted)
    return [_message(session.point.epoch, row) for row in rows]


def message_of(session: ReadSession, asked: Row[Any]) -> Message | None:
    """The message of a queued delivery; None when its change is not in the log."""
    if asked.type == TEST:
        body = {"type": TEST, "timestamp": rfc3339(asked.at), "data": {"webhook": asked.webhook}}
        return Message(asked.message, TEST, encoded(body))
    row = changes.row_at(session, asked.seq, asked.ordinal)
    return None if row is None else _message(session.point.epoch, row)


def _message(epoch: str, row: Row[Any]) -> Message:
    told = changes.shown(row, everything=False)
    body = encoded({**told, "timestamp": told["at"]})
    # After a restore the same numbers may be other changes, so the epoch is part of the name.
    return Message(f"msg_{epoch[:12]}_{row.seq}_{row.ordinal}", row.type, body, (row.seq, row.ordinal))


def standing(session: ReadSession) -> tuple[int, int, int]:
    """For metrics: how many endpoints are enabled, how many not, how many seqs the slowest failing one is behind."""
    known = webhooks(session)
    enabled = [w for w in known if w.enabled]
    behind = max((session.point.seq - w.at_seq for w in enabled if w.attempts), default=0)
    return len(enabled), len(known) - len(enabled), behind


def fresh_id(now: datetime) -> str:
    """An id that begins with the time: ids in order are attempts in order."""
    return f"{int(now.timestamp() * 1_000_000):014x}{secrets.token_hex(4)}"
