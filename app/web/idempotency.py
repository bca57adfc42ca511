"""`Idempotency-Key`: the same key and body get the stored answer; kept for seven days.

The key's row is the first statement of the business transaction, so a twin that runs at the same time waits for it and
then replays. A refusal leaves nothing behind.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Header, Request
from sqlalchemy import Column, LargeBinary, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, SQLModel, col

from app.core.errors import Fault, Problem
from app.db.session import WriteSession
from app.db.types import UTCInstant
from app.web.answers import Reply, reply

KEPT = timedelta(days=7)
LOCK_NOT_AVAILABLE = "55P03"


class IdempotencyRow(SQLModel, table=True):
    """`fingerprint` digests method, path, query and body; `body` is null only inside the transaction that runs."""

    __tablename__ = "idempotency"

    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False, index=True))
    status: int | None
    location: str | None
    seq: int | None
    body: bytes | None = Field(sa_column=Column(LargeBinary))


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A fresh random value for each new submission; repeat it when you retry.",
        examples=["3f1c2b7e-2025-03-14758"],
    ),
]

_CLAIM = text(
    "INSERT INTO idempotency (caller, key, fingerprint, at) VALUES (:caller, :key, :fingerprint, :at)"
    " ON CONFLICT (caller, key) DO NOTHING"
)


def once(session: WriteSession, request: Request, key: str | None, run: Callable[[], Reply]) -> Reply:
    """Run `run` unless this caller's `key` has an answer already; then give that, marked `Idempotent-Replayed: true`.

    Raises `idempotency-key-reused` (422) when the key came with another request. Only answers of 2xx are kept.
    """
    if key is None:
        return run()
    caller, now = session.actor or "", session.clock.now()
    table = IdempotencyRow.__table__  # type: ignore[attr-defined]
    # The route has read the body already.
    sent = [request.method.encode(), request.url.path.encode(), request.url.query.encode(), request._body]
    fingerprint = hashlib.sha256(b"\x1f".join(sent)).hexdigest()
    session.connection.execute(delete(table).where(table.c.at < now - KEPT))
    claim = {"caller": caller, "key": key, "fingerprint": fingerprint, "at": _stored(session, now)}
    if not _claimed(session, claim):
        return _replay(session, caller, key, fingerprint)
    response = run()
    session.connection.execute(
        update(table)
        .where(table.c.caller == caller, table.c.key == key)
        .values(
            status=response.status_code,
            location=response.headers.get("location"),
            seq=response.seq,
            body=response.body,
        )
    )
    return response


def _claimed(session: WriteSession, claim: dict[str, object]) -> bool:
    """Whether the key is ours now. Waits for a running twin; raises `idempotency-key-in-use` when it takes long."""
    try:
        return bool(session.connection.execute(_CLAIM, claim).rowcount)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise Problem("idempotency-key-in-use", headers={"Retry-After": "1"}) from None
        raise


def _stored(session: WriteSession, instant: datetime) -> object:
    return instant if session.is_postgresql else instant.isoformat(timespec="microseconds")


def _replay(session: WriteSession, caller: str, key: str, fingerprint: str) -> Reply:
    row = session.row(
        select(
            col(IdempotencyRow.fingerprint),
            col(IdempotencyRow.status),
            col(IdempotencyRow.location),
            col(IdempotencyRow.seq),
            col(IdempotencyRow.body),
        ).where(col(IdempotencyRow.caller) == caller, col(IdempotencyRow.key) == key)
    )
    if row is None:
        raise Problem("idempotency-key-in-use", headers={"Retry-After": "1"})
    if row.fingerprint != fingerprint:
        raise Problem(
            "idempotency-key-reused", Fault(code="idempotency-key-reused", header="Idempotency-Key", given=key)
        )
    headers = {"Idempotent-Replayed": "true"} | ({"Location": row.location} if row.location else {})
    return reply(row.body, row.seq, status=row.status, headers=headers)
