"""What a database says when it fails: what can be waited out is told so, a defect of ours is not hidden behind it."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.errors import Problem
from app.db.trouble import reachable, trouble
from tests.service import Service


def code_of(error: BaseException) -> str | None:
    found = trouble(error)
    return None if found is None else found.code


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("whatever it says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, "database-busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "database-busy"),
        (sqlite3.SQLITE_FULL, "storage-full"),
        (sqlite3.SQLITE_IOERR_WRITE, "storage-full"),
        (sqlite3.SQLITE_CANTOPEN, "database-unavailable"),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_CONSTRAINT, None),
    ],
)
def test_what_sqlite_says(code: int, expected: str | None):
    assert code_of(sqlite_error(code)) == expected
    assert code_of(DBAPIError(None, None, sqlite_error(code))) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.LockNotAvailable, "database-busy"),
        (psycopg.errors.QueryCanceled, "database-busy"),
        (psycopg.errors.DiskFull, "storage-full"),
        (psycopg.errors.AdminShutdown, "database-unavailable"),
        (psycopg.errors.TooManyConnections, "database-unavailable"),
        (psycopg.OperationalError, "database-unavailable"),
        (psycopg.errors.UndefinedColumn, None),
        (psycopg.errors.UniqueViolation, None),
    ],
)
def test_what_postgresql_says(error: type[psycopg.Error], expected: str | None):
    assert code_of(error()) == expected
    assert code_of(DBAPIError(None, None, error())) == expected


def test_a_statement_that_is_wrong_is_a_defect_on_both(service: Service):
    with pytest.raises(DBAPIError, match="nothing"), service.app.state.ledger.read() as session:
        session.rows(text("SELECT nothing FROM counter"))


def test_a_connection_that_was_lost_is_no_defect():
    with pytest.raises(Problem) as refused, reachable():
        raise DBAPIError(None, None, Exception("gone"), connection_invalidated=True)

    assert refused.value.code == "database-unavailable"
