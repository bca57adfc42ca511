"""Statements that a connection to PostgreSQL has prepared: kept for as long as the server keeps them."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db.engine import Database, execute, rows_of
from app.db.prepared import Prepared
from app.db.trouble import trouble

NUMBER = text("SELECT 57 AS number")


@pytest.fixture
def database(databases: Any, tmp_path: Any) -> Iterator[Database]:
    with databases.fresh("postgresql", tmp_path) as url:
        opened = Database(url, readers=1)
        yield opened
        opened.close()


def undo_a_write(database: Database) -> None:
    """Psycopg has statements prepared by then too, and lets the server forget all that there are."""
    with suppress(ZeroDivisionError), database.writes() as connection:
        for _ in range(7):
            connection.execute(NUMBER)
        rows_of(connection, NUMBER, {})
        raise ZeroDivisionError


def test_what_the_server_forgot_with_a_write_undone_is_prepared_again(database: Database):
    undo_a_write(database)
    undo_a_write(database)

    with database.writes() as connection:
        assert rows_of(connection, NUMBER, {}) == [(57,)]


def test_without_forgetting_the_next_write_would_fail(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Prepared, "forget", lambda _: None)
    undo_a_write(database)

    with pytest.raises(psycopg.errors.InvalidSqlStatementName), database.writes() as connection:
        rows_of(connection, NUMBER, {})


def test_a_read_that_fails_leaves_a_connection_that_reads(database: Database):
    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero), database.reads() as connection:
            rows_of(connection, text("SELECT 1 / :by"), {"by": 0})

    with database.reads() as connection:
        assert rows_of(connection, NUMBER, {}) == [(57,)]


def test_a_connection_cut_in_the_middle_is_an_absence_and_no_defect(database: Database):
    with pytest.raises((psycopg.Error, DBAPIError)) as lost, database.writes() as connection:
        rows_of(connection, text("SELECT pg_terminate_backend(pg_backend_pid())"), {})

    told = trouble(lost.value)
    assert told is not None
    assert told.code == "database-unavailable"


@pytest.mark.parametrize(
    "value", ["Đông Thọ", "it's \\ \" {a,b}", "", None, ["a", "b,c", 'd"e', "NULL"], [1, 2], 57, True]
)
def test_a_value_arrives_as_it_was_sent(database: Database, value: Any):
    kind = {list: "int[]" if value == [1, 2] else "text[]", int: "int", bool: "bool"}.get(type(value), "text")
    with database.reads() as connection:
        assert rows_of(connection, text(f"SELECT CAST(:value AS {kind})"), {"value": value}) == [(value,)]


def test_a_write_tells_how_many_rows_it_touched(database: Database):
    with database.writes() as connection:
        touched = execute(connection, text("UPDATE counter SET seq = seq WHERE seq >= :least"), {"least": 0})

    assert touched == 1
