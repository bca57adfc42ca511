"""Where a reader of the feed stands: a seq, within the epoch of the database that gave it.

A seq alone does not tell a database from the one it was restored from; a cursor does. It holds the epoch, which a
restore renews, and when the change at its seq was made: a copy put back by hand keeps the epoch and goes on with other
changes under the same numbers.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import bindparam, func, select
from sqlmodel import col

from app.core.errors import refuse
from app.db.ledger import Change
from app.db.points import Point
from app.db.session import ReadSession
from app.web.answers import PREFIX
from app.web.paging import feed_gone
from app.web.sealed import opened, sealed

FEED = f"{PREFIX}/changes"
_PURPOSE = b"feed"
_CURSOR = r"[A-Za-z0-9_-]{20,200}"

After = Annotated[
    str | None,
    Query(
        pattern=rf"^([0-9]{{1,16}}|{_CURSOR})$",
        description="The seq of the last change you have; a cursor will do as well.",
        examples=["0"],
    ),
]
Cursor = Annotated[
    str | None,
    Query(description="`next` or `cursor` of an answer before; unlike a seq it notices a restored database."),
]


@dataclass(frozen=True, slots=True)
class Place:
    """After which seq to go on; `epoch`, and when that change was made, where a cursor told it."""

    seq: int
    epoch: str | None = None
    at: datetime | None = None

    def gone(self, point: Point, log: "Log") -> "Gone | None":
        """Why one cannot go on from here."""
        if self.epoch is not None and self.epoch != point.epoch:
            return "epoch"
        if self.seq > point.seq:
            return "beyond"
        if self.seq + 1 < log.oldest:
            return "pruned"
        return "epoch" if self.at and log.at and self.at != log.at else None

    def furthest(self, other: "Place") -> "Place":
        """Whichever is further, in the epoch that either knows, the other's first."""
        further = max(other, self, key=lambda place: place.seq)
        return replace(further, epoch=other.epoch or self.epoch)


@dataclass(frozen=True, slots=True)
class Log:
    """The first seq that the log still holds, and when it says the change that a reader has last was made."""

    oldest: int
    at: datetime | None = None


Gone = Literal["epoch", "beyond", "pruned"]


def cursor_of(epoch: str, seq: int, at: datetime | None, secret: bytes) -> str:
    """`at`: when the change `seq` was made; None where the log holds none."""
    return sealed((epoch, seq, at), _PURPOSE, secret)


def place_of(secret: bytes, *, after: str | None = None, cursor: str | None = None) -> Place:
    """The furthest of what was given; the epoch is checked whichever it is. Raises `cursor-invalid` (400)."""
    place = Place(0)
    for parameter, given in (("after", after), ("cursor", cursor)):
        if given is None:
            continue
        told = Place(int(given)) if given.isdigit() and parameter == "after" else _read(given, secret, parameter)
        place = place.furthest(told)
    return place


def _read(given: str, secret: bytes, parameter: str) -> Place:
    try:
        epoch, seq, at = opened(given, tuple[str, int, datetime | None], _PURPOSE, secret)
    except ValueError:
        raise refuse("cursor-invalid", parameter=parameter, given=given) from None
    return Place(seq, epoch, at)


def log_at(session: ReadSession, seq: int) -> Log:
    """The log as far as it matters to whoever has read up to `seq`."""
    # Of a seq beyond its end, which may be any number, there is nothing to ask.
    oldest, at = session.rows(_LOG, {"seq": min(seq, session.point.seq)})[0]
    # A log that holds nothing begins with the next one to come.
    return Log(session.point.seq + 1 if oldest is None else oldest, at)


_LOG = select(
    select(func.min(col(Change.seq))).scalar_subquery(),
    select(col(Change.at)).where(col(Change.seq) == bindparam("seq"), col(Change.ordinal) == 0).scalar_subquery(),
)


def start(oldest: int) -> str:
    """Where whoever cannot go on starts over."""
    return f"{FEED}?after={oldest - 1}"


def check(session: ReadSession, place: Place) -> None:
    """Raises `feed-cursor-gone` (410) with the way to start over; `replica-behind` where that may be too early."""
    session.point.await_primary(place.seq, parameter="after")
    log = log_at(session, place.seq)
    if place.gone(session.point, log):
        raise feed_gone(place.seq, log.oldest, session.point.seq, start(log.oldest))
