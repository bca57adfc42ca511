"""Where a reader of the feed stands: a seq, within the epoch of the database that gave it.

A seq alone does not tell a database from the one it was
restored from; a cursor does.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import func, select
from sqlmodel import col

from app.core.errors import Problem, refuse
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
    """After which seq to go on; `epoch` where a cursor told it."""

    seq: int
    epoch: str | None = None

    def gone(self, point: Point, oldest: int) -> "Gone | None":
        """Why one cannot go on from here; `oldest` is the first seq that the log still holds."""
        if self.epoch is not None and self.epoch != point.epoch:
            return "epoch"
        if self.seq > point.seq:
            return "beyond"
        return "pruned" if self.seq + 1 < oldest else None


Gone = Literal["epoch", "beyond", "pruned"]


def cursor_of(epoch: str, seq: int, secret: bytes) -> str:
    return sealed((epoch, seq), _PURPOSE, secret)


def place_of(secret: bytes, *, after: str | None = None, cursor: str | None = None) -> Place:
    """The furthest of what was given; the epoch is checked whichever it is. Raises `cursor-invalid` (400)."""
    seqs, epoch = [0], None
    for parameter, given in (("after", after), ("cursor", cursor)):
        if given is None:
            continue
        if given.isdigit() and parameter == "after":
            seqs.append(int(given))
        else:
            epoch, seq = _read(given, secret, parameter)
            seqs.append(seq)
    return Place(max(seqs), epoch)


def _read(given: str, secret: bytes, parameter: str) -> tuple[str, int]:
    try:
        return opened(given, tuple[str, int], _PURPOSE, secret)
    except ValueError:
        raise refuse("cursor-invalid", parameter=parameter, given=given) from None


def oldest_seq(session: ReadSession) -> int:
    """The first seq that the log still holds; the next one to come where it holds none."""
    found = session.scalar(select(func.min(col(Change.seq))))
    return session.point.seq + 1 if found is None else int(found)


def start(oldest: int) -> str:
    """Where whoever cannot go on starts over."""
    return f"{FEED}?after={oldest - 1}"


def check(session: ReadSession, place: Place) -> None:
    """Raises `feed-cursor-gone` (410) with the way to start over."""
    oldest = oldest_seq(session)
    if place.gone(session.point, oldest):
        raise _gone(place, session.point, oldest)


def _gone(place: Place, point: Point, oldest: int) -> Problem:
    return feed_gone(place.seq, oldest, point.seq, start(oldest))
