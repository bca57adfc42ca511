"""How handlers reach the ledger: `Reads` looks, `Writes` changes; the signature tells which.

    def show(reads: Reads, code: str) -> Response:
        with reads() as session: ...

Opening the session inside the handler keeps the whole transaction in one thread: it is committed before the handler
returns, and no request holds the writer's lock while it waits for a thread.
"""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, Query, Request

from app.core.errors import refuse
from app.db.session import Ledger, ReadSession, WriteSession
from app.web.negotiation import language
from app.web.paging import Paging, Position, position

AS_OF_FORMS = "a seq (57) or an instant with offset (2025-03-31T17:00:00Z)"


def parse_as_of(text: str, **where: str) -> int | datetime:
    """A seq or an RFC 3339 instant. Raises `as-of-malformed` (422), an instant without offset included.

    `where` is the place of the fault, the parameter `as_of` unless it is another.
    """
    where = where or {"parameter": "as_of"}
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    try:
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if instant.tzinfo is not None:
            # Near the years 1 and 9999 an instant may have no UTC.
            instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refuse("as-of-malformed", given=text, expected=AS_OF_FORMS, **where) from None
    if instant.tzinfo is None or "T" not in text:
        raise refuse("as-of-malformed", given=text, expected=AS_OF_FORMS, **where)
    return instant


AsOfQuery = Annotated[
    str | None, Query(description="Answer as the service would have answered at this seq or instant.", examples=["1"])
]
FromQuery = Annotated[
    str, Query(alias="from", description="The earlier moment: a seq, or an instant with offset.", examples=["1"])
]
ToQuery = Annotated[
    str | None, Query(alias="to", description="The later moment, like `from`; now without it.", examples=["1"])
]
LangQuery = Annotated[
    Literal["vi", "en"] | None, Query(description="Language of names and messages: `vi` (default) or `en`.")
]


async def _as_of(as_of: AsOfQuery = None) -> int | datetime | None:
    return None if as_of is None else parse_as_of(as_of)


AsOf = Annotated[int | datetime | None, Depends(_as_of)]


def ledger_of(request: Request) -> Ledger:
    """The ledger, whose looks know at least what was known when the request came."""
    found: Ledger = request.app.state.ledger
    return found.knowing(request.scope.get("dxi.point"))


class Reader:
    """Opens a read session, at an `as_of` or at the seq a cursor is pinned to."""

    def __init__(self, ledger: Ledger) -> None:
        self.secret = ledger.secret
        self._ledger = ledger

    def __call__(self, as_of: int | datetime | None = None) -> AbstractContextManager[ReadSession]:
        return self._ledger.read(as_of)

    def page(
        self, page: Paging, as_of: int | datetime | None = None
    ) -> tuple[AbstractContextManager[ReadSession], Position | None]:
        at = position(page, self.secret)
        return self._ledger.read(at.seq if at else as_of), at


async def _reads(request: Request) -> Reader:
    return Reader(ledger_of(request))


Reads = Annotated[Reader, Depends(_reads)]


class Writer:
    """Opens a write transaction in the name of an actor (a key's id)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, actor: str | None) -> AbstractContextManager[WriteSession]:
        return self._ledger.write(actor)


async def _writes(request: Request) -> Writer:
    return Writer(ledger_of(request))


Writes = Annotated[Writer, Depends(_writes)]


async def _lang(request: Request, lang: LangQuery = None) -> str:
    return language(request.scope)


Lang = Annotated[str, Depends(_lang)]
