"""Verbs of endpoints: create, revise, rotate the secret, delete, ask for a test or another attempt, settle attempts.

What an attempt came to is no change of the log, unless it ends the endpoint.
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from app.access import audit
from app.changes import queries as changes
from app.changes.tail import LAST
from app.changes.webhooks import addresses, queries
from app.changes.webhooks.messages import Message, Outcome
from app.changes.webhooks.queries import TEST, Webhook
from app.changes.webhooks.tables import DeliveryRow, WebhookRow
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.db.inserts import insert_rows
from app.db.session import WriteSession
from app.web.conditional import require_match

MAX_WEBHOOKS = 100
FORM = "https://ioc.example.org/dxi"
KEPT = 1000
# Seconds after the first, second … failure: about four days in all, each up to a fifth more or less.
SCHEDULE = (5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400, 86400)
MAX_WAIT = 86400
_WEBHOOKS = WebhookRow.__table__  # type: ignore[attr-defined]
_DELIVERIES = DeliveryRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an endpoint shall be; what is None stays as it is."""

    url: str | None = None
    types: Sequence[str] | None = None
    areas: Sequence[str] | None = None
    description: str | None = None
    enabled: bool | None = None


def create(session: WriteSession, wish: Wish, allowed: Sequence[addresses.Network]) -> Webhook:
    """A new endpoint. It gets what changes from now on.

    Raises `webhook-url-invalid`, `webhook-address-forbidden`, `not-one-of` for a type, `unknown-area`,
    `too-many-webhooks`.
    """
    if queries.count(session) >= MAX_WEBHOOKS:
        raise refuse("too-many-webhooks", given=MAX_WEBHOOKS)
    members = _members(session, wish, allowed)
    seq = session.seq()
    made = Webhook(
        **{"url": "", "description": "", "types": (), "areas": (), "enabled": True, **members},
        id=secrets.token_hex(6),
        reason=None,
        salt=secrets.token_hex(8),
        previous_salt=None,
        previous_until=None,
        actor=session.actor,
        created_at=session.at,
        seq=seq,
        revision=1,
        at_seq=seq,
        at_ordinal=LAST,
        attempts=0,
        next_at=None,
    )
    insert_rows(session.connection, WebhookRow, [_row(made)])
    session.record("webhook.created", made.id, state(made))
    return made


def revise(
    session: WriteSession, webhook_id: str, wish: Wish, allowed: Sequence[addresses.Network], if_match: str | None
) -> Webhook:
    """Change an endpoint; nothing changed makes no revision. Enabled again, it goes on where it stopped."""
    before = _held(session, webhook_id)
    require_match(if_match, before.revision)
    members = _members(session, wish, allowed)
    if all(getattr(before, name) == value for name, value in members.items()):
        return before
    afresh: dict[str, Any] = {"attempts": 0, "next_at": None}
    if members.get("enabled"):
        afresh["reason"] = None
    elif members.get("enabled") is False:
        afresh["reason"] = "switched-off"
    return _stored(session, "webhook.revised", before, replace(before, **members, **afresh))


def rotate(session: WriteSession, webhook_id: str, overlap: timedelta) -> Webhook:
    """A new secret. For `overlap` every message is signed with the old one too."""
    before = _held(session, webhook_id)
    session.seq()
    after = replace(
        before,
        salt=secrets.token_hex(8),
        previous_salt=before.salt if overlap else None,
        previous_until=session.at + overlap if overlap else None,
    )
    return _stored(session, "webhook.secret_rotated", before, after)


def remove(session: WriteSession, webhook_id: str) -> Webhook:
    """End an endpoint and forget its deliveries; the log keeps that it was."""
    before = _held(session, webhook_id)
    session.seq()
    session.connection.execute(delete(_DELIVERIES).where(_DELIVERIES.c.webhook == webhook_id))
    session.connection.execute(delete(_WEBHOOKS).where(_WEBHOOKS.c.id == webhook_id))
    session.record("webhook.deleted", webhook_id, state(before), before=state(before))
    return before


def try_out(session: WriteSession, webhook_id: str) -> str:
    """Ask for a test message; the id of the delivery."""
    _held(session, webhook_id)
    message = f"msg_test_{secrets.token_hex(8)}"
    return _ask(session, webhook_id, {"message": message, "type": TEST, "kind": "test", "seq": None, "ordinal": None})


def retry(session: WriteSession, webhook_id: str, delivery_id: str) -> str:
    """Ask for another attempt of a message; the id of the new delivery."""
    _held(session, webhook_id)
    found = queries.delivery(session, webhook_id, delivery_id)
    if found is None:
        raise refuse("delivery-not-found", parameter="delivery", given=delivery_id)
    asked = {name: getattr(found, name) for name in ("message", "type", "seq", "ordinal")}
    return _ask(session, webhook_id, {**asked, "kind": "manual"})


def _ask(session: WriteSession, webhook_id: str, asked: dict[str, Any]) -> str:
    now = session.clock.now()
    row = {**asked, "id": queries.fresh_id(now), "webhook": webhook_id, "state": "queued", "attempt": 1, "at": now}
    insert_rows(session.connection, DeliveryRow, [row | dict.fromkeys(("status", "error", "ms"))])
    return str(row["id"])


def settle(session: WriteSession, of: Webhook, sent: Sequence[tuple[Message, Outcome]]) -> Webhook | None:
    """Note attempts made in order, and move the endpoint on: past what was delivered, to a later time after a failure.

    None when the endpoint was deleted or moved meanwhile: whoever goes on must look again.
    """
    session.lock(WebhookRow, [of.id])
    now_is = queries.webhook(session, of.id)
    if now_is is None or now_is.at != of.at:
        return None
    now = session.clock.now()
    rows = [_attempt(of, n, message, outcome, now) for n, (message, outcome) in enumerate(sent)]
    insert_rows(session.connection, DeliveryRow, rows)
    delivered = [message.place for message, outcome in sent if outcome.delivered and message.place]
    after = replace(now_is, at_seq=delivered[-1][0], at_ordinal=delivered[-1][1]) if delivered else now_is
    last = sent[-1][1]
    if delivered:
        after = replace(after, attempts=0, next_at=None)
    if not last.delivered and now_is.revision == of.revision:
        # Changed meanwhile, the endpoint is tried afresh.
        after = replace(after, attempts=after.attempts + 1, next_at=now + _wait(after.attempts, last))
    _move(session, after)
    _forget(session, of.id)
    if last.delivered or now_is.revision != of.revision or not (last.gone or after.attempts > len(SCHEDULE)):
        return after
    session.seq()
    ended = replace(after, enabled=False, reason="gone" if last.gone else "exhausted", attempts=0, next_at=None)
    return _stored(session, "webhook.disabled", now_is, ended)


def settle_asked(session: WriteSession, of: Webhook, asked: Any, outcome: Outcome) -> None:
    """Note how an attempt that was asked for ended. If it delivered what the endpoint waits at, that is done with."""
    session.lock(WebhookRow, [of.id])
    now_is = queries.webhook(session, of.id)
    if now_is is None:
        return
    values = {"state": "delivered" if outcome.delivered else "failed", "at": session.clock.now(), **_came_to(outcome)}
    session.connection.execute(update(_DELIVERIES).where(_DELIVERIES.c.id == asked.id).values(**values))
    if outcome.delivered and asked.seq is not None and (asked.seq, asked.ordinal) > now_is.at:
        _move(session, replace(now_is, at_seq=asked.seq, at_ordinal=asked.ordinal, attempts=0, next_at=None))


def pass_over(session: WriteSession, of: Webhook, seq: int) -> None:
    """Move an endpoint on past changes that it does not want."""
    session.connection.execute(
        update(_WEBHOOKS)
        .where(_WEBHOOKS.c.id == of.id, _WEBHOOKS.c.at_seq == of.at_seq, _WEBHOOKS.c.at_ordinal == of.at_ordinal)
        .values(at_seq=seq, at_ordinal=LAST)
    )


def state(webhook: Webhook) -> dict[str, Any]:
    """An endpoint as the log and its readers see it: never a secret, nor where it stands."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "description": webhook.description,
        "types": webhook.types,
        "areas": webhook.areas,
        "enabled": webhook.enabled,
        "reason": webhook.reason,
        "created_by": webhook.actor,
        "created_at": rfc3339(webhook.created_at),
        "previous_secret_until": None if webhook.previous_until is None else rfc3339(webhook.previous_until),
        "seq": webhook.seq,
    }


def _held(session: WriteSession, webhook_id: str) -> Webhook:
    session.lock(WebhookRow, [webhook_id])
    found = queries.webhook(session, webhook_id)
    if found is None:
        raise refuse("webhook-not-found", parameter="id", given=webhook_id)
    return found


def _members(session: WriteSession, wish: Wish, allowed: Sequence[addresses.Network]) -> dict[str, Any]:
    """The members that were wished for, checked."""
    members: dict[str, Any] = {}
    if wish.url is not None:
        _check_url(wish.url, allowed)
        members["url"] = wish.url
    if wish.types is not None:
        audit.check_types(session, wish.types, pointer="/types/{}")
        members["types"] = tuple(sorted(set(wish.types)))
    if wish.areas is not None:
        members["areas"] = tuple(sorted(changes.area_ids(session, wish.areas, pointer="/areas/{}")))
    members |= {n: v for n in ("description", "enabled") if (v := getattr(wish, n)) is not None}
    return members


def _check_url(url: str, allowed: Sequence[addresses.Network]) -> None:
    try:
        addresses.target(url, allowed)
    except addresses.Malformed:
        # Not shown back: it may hold a password.
        raise refuse("webhook-url-invalid", pointer="/url", expected=FORM) from None
    except addresses.Forbidden:
        raise refuse("webhook-address-forbidden", pointer="/url", expected=FORM) from None


def _stored(session: WriteSession, type: str, before: Webhook, after: Webhook) -> Webhook:
    after = replace(after, seq=session.seq(), revision=before.revision + 1)
    row = _row(after)
    session.connection.execute(update(_WEBHOOKS).where(_WEBHOOKS.c.id == after.id).values(**row))
    session.record(type, after.id, state(after), before=state(before))
    return after


def _move(session: WriteSession, to: Webhook) -> None:
    where = {name: getattr(to, name) for name in ("at_seq", "at_ordinal", "attempts", "next_at")}
    session.connection.execute(update(_WEBHOOKS).where(_WEBHOOKS.c.id == to.id).values(**where))


def _row(webhook: Webhook) -> dict[str, Any]:
    row = {name: getattr(webhook, name) for name in WebhookRow.model_fields}
    return row | {"types": " ".join(webhook.types), "areas": " ".join(webhook.areas)}


def _attempt(of: Webhook, index: int, message: Message, outcome: Outcome, now: datetime) -> dict[str, Any]:
    seq, ordinal = message.place or (None, None)
    return {
        # Noted together, they still stand in the order in which they were made.
        "id": queries.fresh_id(now + timedelta(microseconds=index)),
        "webhook": of.id,
        "message": message.id,
        "seq": seq,
        "ordinal": ordinal,
        "type": message.type,
        "kind": "change",
        "state": "delivered" if outcome.delivered else "failed",
        "attempt": 1 if index else of.attempts + 1,
        "at": now,
        **_came_to(outcome),
    }


def _came_to(outcome: Outcome) -> dict[str, Any]:
    return {"status": outcome.status, "error": outcome.error, "ms": round(outcome.seconds * 1000)}


def _wait(failures: int, last: Outcome) -> timedelta:
    """How long to wait after one more failure: longer each time, not the same for all, longer still if asked for."""
    seconds = SCHEDULE[min(failures, len(SCHEDULE) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311
    return timedelta(seconds=max(seconds, min(last.retry_after or 0, MAX_WAIT)))


def _forget(session: WriteSession, webhook_id: str) -> None:
    """Keep the newest attempts of an endpoint only."""
    ids = select(col(DeliveryRow.id)).where(col(DeliveryRow.webhook) == webhook_id)
    oldest = session.scalar(ids.order_by(col(DeliveryRow.id).desc()).offset(KEPT).limit(1))
    if oldest is not None:
        old = (_DELIVERIES.c.webhook == webhook_id) & (_DELIVERIES.c.id <= oldest) & (_DELIVERIES.c.state != "queued")
        session.connection.execute(delete(_DELIVERIES).where(old))
