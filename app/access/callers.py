"""Who is calling: from `Authorization: Bearer dxk_<id>_<secret>` to a `Caller`, and what an operation demands."""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy import Row, Select, select
from sqlmodel import col
from starlette.concurrency import run_in_threadpool

from app.access.tables import KeyRow
from app.core.errors import Fault, Problem
from app.db.points import Point
from app.db.session import Ledger, ReadSession
from app.web.answers import ANONYMOUS as ANONYMOUS_SCOPE
from app.web.negotiation import language
from app.web.paging import Paging, Position, position
from app.web.problems import unauthenticated
from app.web.sessions import AsOfQuery, FromQuery, LangQuery, Reader, ToQuery, ledger_of, parse_as_of

Scope = Literal["read", "submit", "review", "steward", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_KEY = re.compile(r"dxk_([a-z0-9]{4,32})_([A-Za-z0-9_-]{20,100})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """A key's holder, or nobody (`id` None). `areas` are the area ids the key may submit for."""

    id: str | None = None
    name: str = ""
    scopes: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ()
    expires: datetime | None = None

    @property
    def scope_id(self) -> str:
        """What answers are told apart by."""
        return self.id or ANONYMOUS_SCOPE

    def has(self, scope: str) -> bool:
        """Whether the key carries the scope; `admin` carries them all."""
        return scope in self.scopes or "admin" in self.scopes

    @property
    def sees_all(self) -> bool:
        """Whether other keys' submissions exist for this caller."""
        return self.has("review") or self.has("steward")


ANONYMOUS = Caller()


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(slots=True)
class Gate:
    """Tells callers apart.

    All keys that are not revoked are kept until the registry changes, as it does when a key is issued or revoked. So a
    flood of made-up keys asks the database nothing, and an unknown id takes as long as a wrong secret.
    """

    ledger: Ledger
    _kept: dict[str, tuple[str, Caller]] = field(default_factory=dict)
    _epoch: str = ""
    _registry_seq: int = -1

    async def identify(self, authorization: str | None, point: Point) -> Caller:
        """The caller behind an Authorization header; nobody without one. Raises `unauthenticated` for a bad one."""
        if authorization is None:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        form = _KEY.fullmatch(token.strip())
        if scheme.lower() != "bearer" or form is None:
            raise unauthenticated()
        if point.epoch != self._epoch or point.registry_seq > self._registry_seq:
            await run_in_threadpool(self._load, self.ledger.knowing(point))
        key_id, secret = form.groups()
        digest, caller = self._kept.get(key_id, ("0" * 64, ANONYMOUS))
        right = hmac.compare_digest(digest, digest_of(secret))
        late = caller.expires is not None and caller.expires <= self.ledger.clock.now()
        if not right or caller.id is None or late:
            raise unauthenticated()
        return caller

    def _load(self, ledger: Ledger) -> None:
        with ledger.read() as session:
            names = ("id", "digest", "name", "scopes", "areas", "expires")
            columns = [getattr(KeyRow, name) for name in names]
            rows = session.rows(select(*columns).where(col(KeyRow.revoked_at).is_(None)))
            point = session.point
        # Two loads may end in the other order; the later look must stay.
        if point.epoch == self._epoch and point.registry_seq < self._registry_seq:
            return
        self._kept = {
            row.id: (
                row.digest,
                Caller(row.id, row.name, frozenset(row.scopes.split()), tuple(row.areas.split()), row.expires),
            )
            for row in rows
        }
        self._epoch, self._registry_seq = point.epoch, point.registry_seq


def caller_of(request: Request) -> Caller:
    found: Caller = request.scope["dxi.caller"]
    return found


async def _public(request: Request) -> Caller:
    caller = caller_of(request)
    if caller.id is None and not request.app.state.public_read:
        raise unauthenticated()
    return caller


bearer = HTTPBearer(auto_error=False, scheme_name="key", bearerFormat="dxk_<id>_<secret>")


def _needs(*scopes: str) -> Callable[..., Awaitable[Caller]]:
    async def check(request: Request, _: Annotated[object, Depends(bearer)]) -> Caller:
        caller = caller_of(request)
        if caller.id is None:
            raise unauthenticated()
        if scopes and not any(caller.has(scope) for scope in scopes):
            raise Problem(
                "missing-scope", Fault(code="missing-scope", expected=" | ".join(scopes)), scopes=", ".join(scopes)
            )
        return caller

    return check


Anyone = Annotated[Caller, Depends(_public)]
Holder = Annotated[Caller, Depends(_needs())]
Submitter = Annotated[Caller, Depends(_needs("submit"))]
Corrector = Annotated[Caller, Depends(_needs("submit", "steward"))]
Steward = Annotated[Caller, Depends(_needs("steward"))]
Admin = Annotated[Caller, Depends(_needs("admin"))]


class Looking:
    """A read as it was asked: by whom, in which language, as of when."""

    def __init__(self, ledger: Ledger, caller: Caller, lang: str, as_of: int | datetime | None) -> None:
        self.caller = caller
        self.lang = lang
        self.as_of = as_of
        self.secret = ledger.secret
        self._ledger = ledger

    def __call__(self) -> AbstractContextManager[ReadSession]:
        return self._ledger.read(self.as_of)

    def at(self, as_of: int | datetime | None) -> AbstractContextManager[ReadSession]:
        """Another look, at a moment that an earlier one settled."""
        return self._ledger.read(as_of)

    def glance(
        self, statement: Select[Any], parameters: dict[str, Any], *, seq: int | None = None
    ) -> AbstractContextManager[tuple[ReadSession, Sequence[Row[Any]]]]:
        """What one statement finds now, or (when it asks so itself) at `seq`; for reads without `as_of`."""
        return self._ledger.glance(statement, parameters, as_of=seq)

    def from_page(self, page: Paging) -> tuple[AbstractContextManager[ReadSession], Position | None]:
        """The session of a list's page, pinned to its cursor's seq, and where the cursor stands."""
        return Reader(self._ledger).page(page, self.as_of)


async def _look(request: Request, lang: LangQuery = None, as_of: AsOfQuery = None) -> Looking:
    caller = await _public(request)
    when = None if as_of is None else parse_as_of(as_of)
    return Looking(ledger_of(request), caller, language(request.scope), when)


class Comparing:
    """A comparison as it was asked: by whom, in which language, of which two moments."""

    def __init__(
        self, ledger: Ledger, caller: Caller, lang: str, first: int | datetime, last: int | datetime | None
    ) -> None:
        self.caller = caller
        self.lang = lang
        self.secret = ledger.secret
        self._ledger = ledger
        self._first, self._last = first, last

    def __call__(self) -> AbstractContextManager[tuple[ReadSession, ReadSession]]:
        """The ledger as of `from`, and as of `to`."""
        return self._ledger.between(self._first, self._last)

    def from_page(
        self, page: Paging
    ) -> tuple[AbstractContextManager[tuple[ReadSession, ReadSession]], Position | None]:
        """Both moments for a list's page, the later one pinned to its cursor's seq, and where the cursor stands."""
        at = position(page, self.secret)
        return self._ledger.between(self._first, at.seq if at else self._last), at


async def _comparing(request: Request, first: FromQuery, last: ToQuery = None, lang: LangQuery = None) -> Comparing:
    caller = await _public(request)
    return Comparing(
        ledger_of(request),
        caller,
        language(request.scope),
        parse_as_of(first, parameter="from"),
        None if last is None else parse_as_of(last, parameter="to"),
    )


Compare = Annotated[Comparing, Depends(_comparing)]


# One dependency where three would do: each costs a read by key a tenth of its time.
Look = Annotated[Looking, Depends(_look)]
