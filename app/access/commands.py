"""Verbs of API keys: issue one, revoke one. A key is never changed: issue another, then revoke the first."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from app.access import queries
from app.access.callers import SCOPES, digest_of
from app.access.queries import KeyRecord
from app.access.tables import KeyRow
from app.core.clock import rfc3339
from app.core.errors import Fault, Problem, refuse
from app.db.inserts import insert_rows
from app.db.session import WriteSession

MAX_NAME = 100


def create(
    session: WriteSession,
    *,
    name: str,
    scopes: Sequence[str],
    areas: Sequence[str] = (),
    expires: datetime | None = None,
) -> tuple[KeyRecord, str]:
    """Issue a key; the token is given here once and kept nowhere.

    `areas` are ids or bare codes. Raises `not-one-of` for a scope, `areas-required` for `submit` without areas,
    `expires-in-past`, `unknown-area`, `area-code-ambiguous`.
    """
    _check(session, name.strip(), scopes, areas, expires)
    bound = queries.area_ids(session, areas)
    secret = secrets.token_urlsafe(32)
    seq = session.seq()
    record = KeyRecord(
        id=secrets.token_hex(6),
        name=name.strip(),
        scopes=tuple(scope for scope in SCOPES if scope in scopes),
        areas=bound,
        expires=None if expires is None else expires.astimezone(UTC),
        created_at=session.at,
        revoked_at=None,
        seq=seq,
    )
    row = {
        "id": record.id,
        "name": record.name,
        "digest": digest_of(secret),
        "scopes": " ".join(record.scopes),
        "areas": " ".join(record.areas),
        "created_seq": seq,
        "created_at": record.created_at,
        "expires": record.expires,
        "revoked_at": None,
    }
    insert_rows(session.connection, KeyRow, [row])
    session.record("key.created", record.id, state(record), registry=True)
    return record, f"dxk_{record.id}_{secret}"


def first_admin(session: WriteSession) -> str | None:
    """The token of an admin key for a service that never had a key; None for every other one.

    Of several processes that start at once only one issues it: they wait at the counter.
    """
    session.hold()
    if queries.any_key(session):
        return None
    _, token = create(session, name="Quản trị viên đầu tiên (first admin)", scopes=("admin",))
    return token


def revoke(session: WriteSession, key_id: str) -> KeyRecord:
    """End a key; from this change on it opens nothing. Revoking it again changes nothing. Raises `not-found`."""
    session.lock(KeyRow, [key_id])
    record = queries.key(session, key_id)
    if record is None:
        raise refuse("not-found", parameter="id", given=key_id)
    if record.revoked_at is not None:
        return record
    session.seq()
    revoked = replace(record, revoked_at=session.at)
    keys = KeyRow.__table__  # type: ignore[attr-defined]
    session.connection.execute(update(keys).where(keys.c.id == key_id).values(revoked_at=session.at))
    session.record("key.revoked", key_id, state(revoked), before=state(record), registry=True)
    return revoked


def state(record: KeyRecord) -> dict[str, Any]:
    """A key as the log and its readers see it: never the secret, nor its digest."""
    return {
        "id": record.id,
        "name": record.name,
        "scopes": record.scopes,
        "areas": record.areas,
        "expires": None if record.expires is None else rfc3339(record.expires),
        "created_at": rfc3339(record.created_at),
        "revoked_at": None if record.revoked_at is None else rfc3339(record.revoked_at),
    }


def _check(
    session: WriteSession, name: str, scopes: Sequence[str], areas: Sequence[str], expires: datetime | None
) -> None:
    faults = [
        Fault(code="not-one-of", pointer=f"/scopes/{index}", given=scope, expected=", ".join(SCOPES))
        for index, scope in enumerate(scopes)
        if scope not in SCOPES
    ]
    if not name:
        faults.append(Fault(code="text-too-short", pointer="/name", given=name, expected="≥ 1"))
    if len(name) > MAX_NAME:
        faults.append(Fault(code="text-too-long", pointer="/name", given=name, expected=f"≤ {MAX_NAME}"))
    if not scopes:
        faults.append(Fault(code="list-too-short", pointer="/scopes", expected="≥ 1"))
    if "submit" in scopes and "admin" not in scopes and not areas:
        faults.append(Fault(code="areas-required", pointer="/areas"))
    if expires is not None and expires <= session.clock.now():
        faults.append(Fault(code="expires-in-past", pointer="/expires", given=rfc3339(expires)))
    if faults:
        raise Problem("invalid-body", *faults)
