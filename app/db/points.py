"""Where the ledger stands, and which of its seqs an `as_of` means."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from app.core.clock import Clock, day_of, rfc3339
from app.core.errors import Fault, Problem, refuse
from app.db.ledger import Change
from app.db.types import instant_of

POINT = "SELECT seq, registry_seq, at, epoch FROM counter"


@dataclass(frozen=True, slots=True)
class Point:
    """Where the ledger stands: the newest seq, its time, and the newest seq that touched the registry.

    Without `primary` it is a replica's word, for the primary was out of reach and may know more.
    """

    seq: int
    registry_seq: int
    at: datetime
    epoch: str
    primary: bool = True

    @classmethod
    def told(cls, seq: int, registry_seq: int, at: Any, epoch: str) -> "Point":
        """From the row that `POINT` gives, by either database's driver."""
        return cls(seq, registry_seq, instant_of(at) if isinstance(at, str) else at.astimezone(UTC), epoch)

    def await_primary(self, seq: int, **where: Any) -> None:
        """Raises `replica-behind` (503): a seq that a replica has not heard of may well have been given out."""
        if seq > self.seq and not self.primary:
            behind = Fault(code="replica-behind", given=seq, expected=f"≤ {self.seq}", **where)
            raise Problem("replica-behind", behind, headers={"Retry-After": "2"})


def point_of(connection: Connection) -> Point:
    return Point.told(*connection.exec_driver_sql(POINT).one())


def moment(
    connection: Connection, point: Point, as_of: int | datetime | None, clock: Clock, **where: str
) -> tuple[int, date]:
    """The seq that an `as_of` means, and the day on which it asks.

    Raises `as-of-in-future` or `replica-behind`, at the place `where`.
    """
    if as_of is None:
        return point.seq, clock.today()
    if isinstance(as_of, datetime):
        # A change's own instant may be ahead of a clock that stepped back.
        if as_of > max(clock.now(), point.at):
            raise refuse("as-of-in-future", given=rfc3339(as_of), **where)
        known = connection.execute(
            select(col(Change.seq))
            .where(col(Change.at) <= as_of)
            .order_by(col(Change.at).desc(), col(Change.seq).desc())
            .limit(1)
        ).scalar()
        return int(known or 0), day_of(as_of)
    if as_of > point.seq:
        point.await_primary(as_of, **where)
        raise refuse("as-of-in-future", given=as_of, expected=f"0…{point.seq}", **where)
    at = connection.execute(
        select(col(Change.at)).where(col(Change.seq) >= as_of).order_by(col(Change.seq)).limit(1)
    ).scalar()
    return as_of, day_of(at or point.at)
