"""Read and write sessions: what a request holds while it looks at the ledger or changes it.

A command takes its locks, reads and checks, then calls `seq()` once; only rows that carry it follow. `record` notes
each change; the transaction's end writes them, chained, and moves the counter.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, Select, bindparam, select, text
from sqlmodel import col

from app.core.clock import Clock, rfc3339
from app.core.errors import refuse
from app.db.aside import NO_CONNECTION, NotAside, is_aside, told
from app.db.chain import chained, encode
from app.db.direct import Statement
from app.db.engine import Database, execute, rows_of
from app.db.inserts import insert_rows
from app.db.ledger import Change, Counter
from app.db.lists import one_of
from app.db.points import POINT, Point, moment, point_of
from app.db.replica import Replica
from app.db.trouble import reachable
from app.db.types import UTCInstant


class Memo:
    """Values that depend on the registry alone, kept until the registry changes."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[str, int], Any]] = {}

    def get(self, name: str, key: tuple[str, int], load: Callable[[], Any]) -> Any:
        kept = self._kept.get(name)
        if kept is not None and kept[0] == key:
            return kept[1]
        value = load()
        self._kept[name] = (key, value)
        return value


@dataclass
class ReadSession:
    """One consistent look at the ledger.

    `point` is where the ledger stands, `as_of` the seq whose knowledge is asked for (the newest without a wish), and
    `today` the service's day: with an `as_of`, the day of that change (or of the instant asked for).
    """

    connection: Connection
    point: Point
    memo: Memo
    as_of: int
    today: date

    @property
    def latest(self) -> int:
        """The newest seq this session knows: what its answer is true for."""
        return self.point.seq

    @property
    def is_now(self) -> bool:
        return self.as_of >= self.point.seq

    @property
    def is_postgresql(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def rows(self, statement: Executable, parameters: Any = None) -> Sequence[Any]:
        return self.connection.execute(statement, parameters).all()

    def asked(self, statement: Statement, parameters: dict[str, Any]) -> Sequence[Any]:
        """The rows of a statement that is made once and asked often; a bare text's are plain tuples."""
        return rows_of(self.connection, statement, parameters)

    def row(self, statement: Executable) -> Row[Any] | None:
        return self.connection.execute(statement).first()

    def scalar(self, statement: Executable) -> Any:
        return self.connection.execute(statement).scalar()

    def kept(self, name: str) -> dict[str, Any]:
        """A dict that lasts while the ledger stands at this seq and the day does not change; for what is costly."""
        at = (f"{self.point.epoch} {self.as_of} {self.today}", self.point.seq)
        found: dict[str, Any] = self.memo.get(name, at, dict)
        return found

    def remembered(self, name: str, load: Callable[[], Any]) -> Any:
        """`load()`, kept until the registry changes; for values of the registry's whole history only."""
        return self.memo.get(name, (self.point.epoch, self.point.registry_seq), load)


@dataclass(frozen=True, slots=True)
class _Noted:
    type: str
    subject: str
    area: str | None
    public: bool
    before: Any
    data: Any


@dataclass
class WriteSession(ReadSession):
    """A transaction that may change the ledger; at most one `seq`, taken after every other lock."""

    actor: str | None = None
    clock: Clock = field(kw_only=True)
    secret: bytes = field(kw_only=True, repr=False)
    _counter: Row[Any] | None = None
    _noted: list[_Noted] = field(default_factory=list)
    _registry_changed: bool = False
    at: datetime = field(init=False)

    @property
    def latest(self) -> int:
        return self.point.seq if self._counter is None else int(self._counter.seq)

    def remembered(self, name: str, load: Callable[[], Any]) -> Any:
        # What this transaction has written is nobody else's yet: it must not be kept for others.
        return super().remembered(name, load) if self._counter is None else load()

    def lock(self, table: Any, ids: Sequence[str]) -> None:
        """Wait for everybody else who changes these rows' things, always in the same order.

        Then look again where the ledger stands, for they may have moved it.
        """
        if self.is_postgresql and ids:
            self.asked(_locking(table), {"ids": ids})
            self._look_again()

    def hold(self) -> None:
        """Let every writer before this one finish; the others wait from here on."""
        self.connection.execute(select(col(Counter.seq)).with_for_update())
        self._look_again()

    def _look_again(self) -> None:
        self.point = Point.told(*self.asked(_POINT, {})[0])
        self.as_of = self.point.seq

    def seq(self) -> int:
        """This transaction's number. Take it after all other locks: from here on every other writer waits."""
        if self._counter is None:
            (self._counter,) = self.asked(_NEXT_SEQ, {})
            # Instants follow seq, each its own, even when the machine's clock steps back or stands still.
            self.at = max(self.clock.now(), self._counter.at + timedelta(microseconds=1))
        return int(self._counter.seq)

    def record(
        self,
        type: str,
        subject: str,
        data: Any,
        *,
        before: Any = None,
        area: str | None = None,
        public: bool = False,
        registry: bool = False,
    ) -> None:
        """Note a change of this transaction. `registry` marks what the registry's readers must load again."""
        if self._counter is None:
            self.seq()
        self._noted.append(_Noted(type, subject, area, public, before, data))
        self._registry_changed |= registry

    def close(self) -> None:
        """Write the noted changes, chained, and the counter; nothing when nothing changed."""
        if self._counter is None:
            return
        if not self._noted:
            raise RuntimeError("a seq was taken and no change recorded")
        seq, head = int(self._counter.seq), str(self._counter.head)
        rows: list[dict[str, Any]] = []
        for ordinal, noted in enumerate(self._noted):
            row = {
                "seq": seq,
                "ordinal": ordinal,
                "at": self.at,
                "type": noted.type,
                "subject": noted.subject,
                "area": noted.area,
                "actor": self.actor,
                "public": noted.public,
                "before": None if noted.before is None else encode(noted.before),
                "data": encode(noted.data),
            }
            head = chained(self.secret, head, row)
            rows.append(row | {"digest": head})
        insert_rows(self.connection, Change, rows)
        registry_seq = seq if self._registry_changed else self._counter.registry_seq
        execute(self.connection, _MOVED, {"head": head, "at": self.at, "registry_seq": registry_seq})


_POINT = text(POINT)
_COUNTED = [getattr(Counter, name) for name in ("seq", "registry_seq", "at", "head")]
_NEXT_SEQ = text("UPDATE counter SET seq = seq + 1 RETURNING seq, registry_seq, at, head").columns(*_COUNTED)
_MOVED = text("UPDATE counter SET registry_seq = :registry_seq, at = :at, head = :head").bindparams(
    bindparam("at", type_=UTCInstant)
)


@lru_cache
def _locking(table: Any) -> Select[Any]:
    key = table.__table__.c.id
    return select(key).where(one_of(key, "ids")).order_by(key).with_for_update(key_share=True)


@lru_cache(maxsize=512)
def _with_point(statement: Select[Any]) -> Select[Any]:
    """The statement's rows, each with the counter's columns behind its own."""
    counter = [getattr(Counter, name) for name in ("seq", "registry_seq", "at", "epoch")]
    # Joined to the counter, the rows would be sorted once more.
    return statement.add_columns(*(select(c).scalar_subquery().label(f"point_{c.key}") for c in counter))


@dataclass(frozen=True)
class Ledger:
    """Opens the sessions of one service: its database, its clock, what it remembers of the registry.

    `secret` signs the digest chain and the cursors. A look is taken from `database`; from the `replica` only when the
    look `needs` no more than the replica knows.
    """

    database: Database
    clock: Clock
    secret: bytes = field(repr=False)
    memo: Memo = field(default_factory=Memo)
    replica: Replica | None = None
    needs: Point | None = None

    @classmethod
    def over(cls, database: Database, clock: Clock, secret: str | None) -> "Ledger":
        """The ledger of a migrated database; without a secret of the service's own, with the one kept in there."""
        if secret is None:
            with database.reads() as connection:
                secret = connection.execute(select(col(Counter.secret))).scalar_one()
        return cls(database, clock, secret.encode())

    def close(self) -> None:
        self.database.close()
        if self.replica is not None:
            self.replica.database.close()

    def knowing(self, point: Point | None) -> "Ledger":
        """This ledger for looks that must know of `point`, and may come from a replica that does."""
        return self if self.replica is None or point is None else replace(self, needs=point)

    @contextmanager
    def read(self, as_of: int | datetime | None = None, *, parameter: str = "as_of") -> Iterator[ReadSession]:
        """A look at the newest state, or at what was known at a seq or an instant.

        Raises `as-of-in-future` at `parameter`. With an instant today is that instant's day, with a seq the day of that
        change.
        """
        ledger = self._settled(as_of) if isinstance(as_of, datetime) else self
        with reachable(), ledger._reads_from(POINT) as (connection, row):
            point = self._heard(Point.told(*row))
            seq, today = moment(connection, point, as_of, self.clock, parameter=parameter)
            yield ReadSession(connection, point, self.memo, seq, today)

    @contextmanager
    def between(self, first: int | datetime, last: int | datetime | None) -> Iterator[tuple[ReadSession, ReadSession]]:
        """Two looks at one state of the ledger: as of `first`, and as of `last` (the newest without one).

        Raises `as-of-in-future` at `from` or `to`, and `range-reversed` when `first` is the later one.
        """
        ledger = self._settled(first) if isinstance(first, datetime) else self
        with ledger.read(last, parameter="to") as session:
            seq, today = moment(session.connection, session.point, first, self.clock, parameter="from")
            if seq > session.as_of:
                said = rfc3339(first) if isinstance(first, datetime) else first
                raise refuse("range-reversed", parameter="from", given=said, expected=f"≤ {session.as_of}")
            yield replace(session, as_of=seq, today=today), session

    def glance(
        self,
        statement: Select[Any],
        parameters: dict[str, Any],
        *,
        as_of: int | None = None,
    ) -> AbstractContextManager[tuple[ReadSession, Sequence[Row[Any]]]]:
        """What one statement finds, and the session it was found in.

        One round trip instead of three: one statement sees one state, so that it needs no transaction, and where the
        ledger stands travels with its rows. `as_of` is for the session only: the statement is given its own. Raises
        `as-of-in-future`.
        """
        if self.needs is not None or not is_aside():
            return self._glancing(statement, parameters, as_of)
        found = told(_with_point(statement), parameters)
        if not found:
            raise NotAside
        return nullcontext((self._glanced(NO_CONNECTION, Point(*found[0][-4:]), as_of), found))

    @contextmanager
    def _glancing(
        self, statement: Select[Any], parameters: dict[str, Any], as_of: int | None
    ) -> Iterator[tuple[ReadSession, Sequence[Row[Any]]]]:
        with reachable(), self._asks(_with_point(statement), parameters) as (connection, found):
            if found:
                yield self._glanced(connection, self._heard(Point(*found[0][-4:])), as_of), found
                return
        # Nothing found tells nothing of where the ledger stands.
        with self.read() as session:
            yield self._glanced(session.connection, session.point, as_of), session.rows(statement, parameters)

    def _glanced(self, connection: Connection, point: Point, as_of: int | None) -> ReadSession:
        if as_of is not None and as_of > point.seq:
            point.await_primary(as_of, parameter="as_of")
            raise refuse("as-of-in-future", parameter="as_of", given=as_of, expected=f"0…{point.seq}")
        return ReadSession(connection, point, self.memo, point.seq if as_of is None else as_of, self.clock.today())

    def _reads_from(self, first: str) -> AbstractContextManager[tuple[Connection, tuple[Any, ...]]]:
        if self.replica is None or self.needs is None:
            return self.database.reads_from(first)
        return self.replica.look(
            self.database, lambda database: database.reads_from(first), lambda found: self._is_enough(*found[1])
        )

    def _asks(
        self, statement: Select[Any], parameters: Any
    ) -> AbstractContextManager[tuple[Connection, Sequence[Any]]]:
        if self.replica is None or self.needs is None:
            return self.database.asks(statement, parameters)
        return self.replica.look(
            self.database,
            lambda database: database.asks(statement, parameters),
            lambda found: not found[1] or self._is_enough(*found[1][0][-4:]),
        )

    def _is_enough(self, seq: int, _registry_seq: int, _at: Any, epoch: str) -> bool:
        """Whether a replica that stands there can take the look."""
        assert self.needs is not None
        return epoch == self.needs.epoch and seq >= self.needs.seq

    def _heard(self, point: Point) -> Point:
        """`point`, which nobody vouches for while the primary is out of reach."""
        return point if self.needs is None or self.needs.primary else replace(point, primary=False)

    def _settled(self, instant: datetime) -> "Ledger":
        """This ledger when no change can come any more that happened by `instant`: else one question gets two answers.

        A writer takes its instant before it commits. Whoever takes one later takes a later one.
        """
        with reachable():
            with self._reads_from(POINT) as (_, row):
                point = self._heard(Point.told(*row))
            if not point.at < instant <= self.clock.now():
                return self if self.needs is None else replace(self, needs=point)
            self.database.await_writers("counter")
            if self.needs is None:
                return self
            with self.database.reads() as connection:
                return replace(self, needs=point_of(connection))

    @contextmanager
    def write(self, actor: str | None) -> Iterator[WriteSession]:
        """A transaction in the name of `actor` (a key's id, `system` for the service itself).

        Committed when the block ends, so what is answered afterwards is true.
        """
        with reachable(), self.database.writes() as connection:
            point = Point.told(*rows_of(connection, _POINT, {})[0])
            session = WriteSession(
                connection,
                point,
                self.memo,
                point.seq,
                self.clock.today(),
                actor=actor,
                clock=self.clock,
                secret=self.secret,
            )
            yield session
            session.close()
