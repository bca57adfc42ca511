"""One `Database`: the engines, the writer's lock and what differs between SQLite and PostgreSQL."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, Engine, Select, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from app.db.aside import Answered, NotAside, aside, at_once, is_aside
from app.db.direct import Statement, direct
from app.db.types import exact_sum

if TYPE_CHECKING:
    from app.db.wire import Wires

LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 30_000
# Without jit: among millions of rows the planner fears the worst, and would compile for 400 ms what takes one.
OPTIONS = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC -c jit=off"
READERS = 40
POOL_TIMEOUT = 10


Begun = TypeVar("Begun")


class Busy(Exception):
    """The writer's lock was not to be had in time; trying again later helps."""


class Database:
    """A database by its URL. `reads()` and `writes()` give connections inside a transaction.

    Reads see one snapshot (SQLite: WAL; PostgreSQL: REPEATABLE READ READ ONLY). Writes on SQLite begin IMMEDIATE behind
    one in-process lock: a deferred writer that read first cannot wait, only fail. A command beside a running service
    leaves SQLite's checkpoints to it (`checkpoints=False`). `connect_seconds` is the patience with a server.
    """

    def __init__(self, url: str, *, readers: int = READERS, checkpoints: bool = True, connect_seconds: int = 5) -> None:
        self.url: URL = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        if not (self.is_sqlite or self.is_postgresql):
            raise ValueError("DXI_DATABASE_URL must name SQLite or PostgreSQL")
        self._checkpoints = checkpoints
        self._connect_seconds = connect_seconds
        self._writer = threading.Lock()
        self._ready: list[Connection] = []
        self._closed = False
        self._readers = threading.BoundedSemaphore(readers if self.is_sqlite else min(readers, 20))
        self._reading, self._writing = (
            self._sqlite_engines(readers) if self.is_sqlite else self._postgresql_engines(readers)
        )

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)})"

    @property
    def conninfo(self) -> str:
        """The address of a PostgreSQL server as psycopg itself takes it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.url.database or "")

    def _sqlite_engines(self, readers: int) -> tuple[Engine, Engine]:
        if not self.url.database or self.url.database == ":memory:":
            raise ValueError("an embedded database needs a file: sqlite:///path/to/file.db")

        def engine(size: int, *, writes: bool) -> Engine:
            made = create_engine(
                self.url,
                poolclass=QueuePool,
                pool_size=size,
                max_overflow=0,
                pool_timeout=POOL_TIMEOUT,
                # Errors are logged; what was written (digests of keys, notes) is not for the log.
                hide_parameters=True,
                connect_args={"check_same_thread": False},
            )

            @event.listens_for(made, "connect")
            def prepare(connection: sqlite3.Connection, record: Any) -> None:
                record.info[DRIVER] = Embedded(connection, made.dialect)
                # The driver's own transaction handling would defeat BEGIN IMMEDIATE.
                connection.isolation_level = None
                for pragma in SQLITE_PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}")
                if writes:
                    connection.create_function("exact_sum", 2, exact_sum, deterministic=True)
                if not (writes and self._checkpoints):
                    # Only the writer checkpoints: SQLite before 3.51.3 has a race when two reset the WAL.
                    connection.execute("PRAGMA wal_autocheckpoint = 0")

            if writes:

                @event.listens_for(made, "begin")
                def take_begin(connection: Connection) -> None:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")

            return made

        # One more for the event loop.
        return engine(readers + 1, writes=False), engine(1, writes=True)

    def _postgresql_engines(self, readers: int) -> tuple[Engine, Engine]:
        common: dict[str, Any] = {
            "pool_timeout": POOL_TIMEOUT,
            "max_overflow": 0,
            "hide_parameters": True,
            "connect_args": {
                "options": OPTIONS,
                "connect_timeout": self._connect_seconds,
                # A machine that has vanished acknowledges nothing, and says nothing either.
                "tcp_user_timeout": 10_000,
            },
        }
        reading = create_engine(
            self.url,
            pool_size=min(readers, 20),
            # Transactions are begun and ended in `reads_from`.
            isolation_level="AUTOCOMMIT",
            **common,
        )
        writing = create_engine(self.url, pool_size=10, isolation_level="READ COMMITTED", **common)
        gone: type[Exception] = writing.dialect.loaded_dbapi.Error

        def is_there(connection: Any, *_: Any) -> None:
            # The server may have restarted since. Its last words come before the end; to look takes no round trip.
            try:
                connection.pgconn.consume_input()
                connection.pgconn.consume_input()
            except gone as error:
                raise DisconnectionError from error

        from app.db.prepared import Prepared

        def prepare(connection: Any, record: Any) -> None:
            record.info[DRIVER] = Prepared(connection)

        def forget(_: Any, record: Any, __: Any) -> None:
            record.info[DRIVER].forget()

        def forget_these(connection: Connection) -> None:
            if not connection.invalidated:
                connection.info[DRIVER].forget()

        for made in (reading, writing):
            event.listen(made, "connect", prepare)
            event.listen(made, "reset", forget)
            event.listen(made, "rollback", forget_these)
            event.listen(made, "checkout", is_there)
        return reading, writing

    @cached_property
    def wires(self) -> "Wires":
        """What the loop itself asks PostgreSQL by."""
        from app.db.wire import Wires

        return Wires(self.conninfo, connect_seconds=self._connect_seconds, options=OPTIONS)

    @contextmanager
    def reads(self) -> Iterator[Connection]:
        """A connection in a read transaction."""
        with self.reads_from("SELECT 1") as (connection, _):
            yield connection

    @contextmanager
    def reads_from(self, first: str) -> Iterator[tuple[Connection, tuple[Any, ...]]]:
        """A connection in a read transaction, and the row that `first` gives in the same round trip."""
        with self._at_hand(lambda connection: self._begin(connection, first)) as (connection, row):
            yield connection, row
            self._end(connection)

    def asks(
        self, statement: Select[Any], parameters: dict[str, Any]
    ) -> AbstractContextManager[tuple[Connection, Sequence[Any]]]:
        """The rows of one statement, which sees one state without a transaction, and the connection it was asked on."""
        return self._at_hand(lambda connection: rows_of(connection, statement, parameters))

    async def aside(self, function: Callable[..., Answered], values: dict[str, Any]) -> Answered:
        """What a function that asks the database once answers, in the event loop. Raises NotAside."""
        if self.is_sqlite:
            return at_once(self._glance, function, values)
        return await aside(self.wires, function, values)

    def _glance(self, statement: Select[Any], parameters: dict[str, Any]) -> Sequence[Any]:
        connection, rows = self._begun(lambda connection: rows_of(connection, statement, parameters))
        self._keep(connection)
        return rows

    @contextmanager
    def _at_hand(self, begin: Callable[[Connection], Begun]) -> Iterator[tuple[Connection, Begun]]:
        """A connection of those kept ready, and what `begin` makes of it.

        The one used last comes first, for its pages are at hand. To check one out of SQLAlchemy's pool and to begin by
        its events would cost more than a read by key does.
        """
        if is_aside():
            raise NotAside
        if not self._readers.acquire(timeout=POOL_TIMEOUT):
            raise Busy
        try:
            connection, begun = self._begun(begin)
            try:
                yield connection, begun
            except BaseException:
                # Whatever state it is in, the pool puts it right.
                connection.close()
                raise
            self._keep(connection)
        finally:
            self._readers.release()

    def _keep(self, connection: Connection) -> None:
        if self._closed:
            connection.invalidate()
            connection.close()
        else:
            self._ready.append(connection)

    def _begun(self, begin: Callable[[Connection], Begun]) -> tuple[Connection, Begun]:
        while (connection := self._at_rest()) is not None:
            try:
                return connection, begin(connection)
            except BaseException:
                lost = connection.invalidated or (self.is_postgresql and driver_of(connection).closed)
                connection.invalidate()
                connection.close()
                if not lost:
                    raise
                # The server may have restarted since; a connection that is made now tells.
        connection = self._reading.connect()
        try:
            return connection, begin(connection)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise

    def _at_rest(self) -> Connection | None:
        try:
            # Looked at first, it might be empty by then: others take from it too.
            return self._ready.pop()
        except IndexError:
            return None

    def _begin(self, connection: Connection, first: str) -> tuple[Any, ...]:
        row: tuple[Any, ...]
        if self.is_sqlite:
            driver_of(connection).execute("BEGIN")
            row = driver_of(connection).execute(first).fetchone()
        else:
            begun = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {first}"
            (row,) = connection.info[DRIVER].run(begun.encode())
        return row

    def _end(self, connection: Connection) -> None:
        if self.is_sqlite:
            driver_of(connection).rollback()
        else:
            connection.info[DRIVER].run(b"ROLLBACK")

    @contextmanager
    def writes(self) -> Iterator[Connection]:
        """A connection in a write transaction: committed at the end, rolled back when an error leaves it."""
        if self.is_postgresql:
            with self._writing.begin() as connection:
                connection.info[DRIVER].run(b"BEGIN")
                yield connection
            return
        if not self._writer.acquire(timeout=LOCK_TIMEOUT_MS / 1000):
            raise Busy
        try:
            with self._writing.begin() as connection:
                yield connection
        finally:
            self._writer.release()

    def await_writers(self, table: str) -> None:
        """Wait until every transaction that is changing `table` now has ended.

        On PostgreSQL the lock of the table does it: it writes nothing and waits its turn among the writers.
        """
        with self.writes() as connection:
            if self.is_postgresql:
                connection.exec_driver_sql(f'LOCK TABLE "{table}" IN SHARE MODE')

    @contextmanager
    def schema_changes(self) -> Iterator[Connection]:
        """A connection for migrations; on PostgreSQL one migrator at a time."""
        with self.writes() as connection:
            if self.is_postgresql:
                connection.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(57057)"))
            yield connection

    def version(self) -> str:
        """The database library's or server's version, as `/version` shows it."""
        if self.is_sqlite:
            return f"SQLite {sqlite3.sqlite_version}"
        with self.reads() as connection:
            return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"

    def unsafe_settings(self) -> list[str]:
        """The server's settings under which an acknowledged write could be lost; none on SQLite."""
        if self.is_sqlite:
            return []
        with self.reads() as connection:
            shown = {
                name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in ("fsync", "synchronous_commit")
            }
        return [name for name, value in shown.items() if value == "off"]

    def close(self) -> None:
        self._closed = True
        while self._ready:
            self._ready.pop().close()
        self._reading.dispose()
        self._writing.dispose()


def driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


# Where a connection keeps how its statements are executed.
DRIVER = "dxi.driver"


class Driver(Protocol):
    """A connection without SQLAlchemy, which adds more to a statement than a row by its key costs."""

    dialect: Dialect

    def rows(self, sql: str, parameters: Any) -> Sequence[Sequence[Any]]: ...

    def count(self, sql: str, parameters: Any) -> int:
        """How many rows the statement touched."""
        ...


class Embedded:
    """SQLite's."""

    def __init__(self, connection: sqlite3.Connection, dialect: Dialect) -> None:
        self.dialect = dialect
        self._connection = connection

    def rows(self, sql: str, parameters: Any) -> Sequence[Sequence[Any]]:
        return self._connection.execute(sql, parameters).fetchall()

    def count(self, sql: str, parameters: Any) -> int:
        return self._connection.execute(sql, parameters).rowcount


def rows_of(connection: Connection, statement: Statement, parameters: dict[str, Any]) -> Sequence[Any]:
    """The statement's rows, by the driver alone where it can."""
    driver: Driver = connection.info[DRIVER]
    asked = direct(statement, driver.dialect)
    if not asked.possible:
        return connection.execute(statement, parameters).all()
    return asked.rows(driver.rows(asked.sql, asked.parameters(parameters)))


def execute(connection: Connection, statement: Statement, parameters: dict[str, Any]) -> int:
    """How many rows a statement touched of which none are wanted."""
    driver: Driver = connection.info[DRIVER]
    asked = direct(statement, driver.dialect)
    return driver.count(asked.sql, asked.parameters(parameters))


SQLITE_PRAGMAS = (
    "journal_mode = WAL",
    # NORMAL loses acknowledged rows in a power cut.
    "synchronous = FULL",
    # A page that many submissions touch is then copied back once for all of them: 16 MB of WAL between checkpoints.
    "wal_autocheckpoint = 4000",
    "foreign_keys = ON",
    "busy_timeout = 5000",
    # Half of it is SQLite's own measure, and too little for one read by key after another: each cost a fifth more.
    "cache_size = -4000",
    "temp_store = MEMORY",
)
