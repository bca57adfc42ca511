"""What a database's errors mean to a caller: wait and try again, or (a defect of ours) nothing he can help."""

import sqlite3
import sys
from contextlib import AbstractContextManager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from app.core.errors import Problem
from app.db.engine import Busy

_BUSY_STATES = {"55P03", "57014", "40001", "40P01"}
_FULL_STATES = {"53100", "58030"}
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
# What SQLite says of a file it cannot use; of a statement that is wrong it says SQLITE_ERROR.
_SQLITE_AWAY = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


def driver_errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """What PostgreSQL's driver raises, and `others`: for an `except`.

    The driver takes 11 MB, so that a service on SQLite does without it.
    """
    loaded = sys.modules.get("psycopg")
    return others if loaded is None else (loaded.Error, *others)


class _Reachable(AbstractContextManager[None]):
    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, (Busy, NoConnectionInTime)):
            raise _busy() from error
        if isinstance(error, driver_errors(DBAPIError, sqlite3.Error)):
            found = trouble(error)
            if found is not None:
                raise found from error


_REACHABLE = _Reachable()


def reachable() -> AbstractContextManager[None]:
    """Turns a database that is busy, full or away into a problem the caller can wait out, never a 500."""
    return _REACHABLE


def trouble(error: BaseException) -> Problem | None:
    """The problem that an error of the database is; None for one that tells of a defect."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state, driver = sqlstate(error), sys.modules.get("psycopg")
    if state in _BUSY_STATES:
        return _busy()
    if state in _FULL_STATES:
        return _full()
    lost = lost or (driver is not None and isinstance(cause, driver.OperationalError))
    return _away() if lost or state.startswith(("08", "57P", "53")) else None


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of an error; empty where it gave none."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) or ""


def _of_sqlite(error: sqlite3.Error) -> Problem | None:
    # An extended code holds its plain one in the lowest byte.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _SQLITE_BUSY:
        return _busy()
    if code in _SQLITE_FULL:
        return _full()
    return _away() if code in _SQLITE_AWAY else None


def _busy() -> Problem:
    return Problem("database-busy", headers={"Retry-After": "1"})


def _full() -> Problem:
    return Problem("storage-full", headers={"Retry-After": "30"})


def _away() -> Problem:
    return Problem("database-unavailable", headers={"Retry-After": "2"})
