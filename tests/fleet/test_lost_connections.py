"""A connection may fail at any moment: who asks gets an answer or is told, and never waits for ever."""

import asyncio
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.db.counter import ServerCounter
from app.db.engine import Database
from app.db.points import Point
from app.db.wire import Wire
from tests.databases import Databases
from tests.service import running


def cut_off(database: Database) -> None:
    """End every other connection, as a server that restarts does."""
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode())


def test_a_counter_whose_idle_connection_was_cut_asks_on_a_new_one(databases: Databases, tmp_path: Path):
    async def ask_and_cut(database: Database) -> list[int]:
        counter = ServerCounter(database)
        told = []
        for _ in range(3):
            async with asyncio.timeout(30):
                told.append((await counter.read()).seq)
            cut_off(database)
            # The socket's number is free now, and the next connection's.
            await asyncio.sleep(0.1)
        await counter.close()
        return told

    with databases.fresh("postgresql", tmp_path) as url, closing(Database(url)) as database:
        assert asyncio.run(ask_and_cut(database)) == [1, 1, 1]


def test_whoever_shares_a_question_that_fails_unforeseen_is_told_so_too(monkeypatch: pytest.MonkeyPatch):
    async def fails(*_: object, **__: object) -> Wire:
        await asyncio.sleep(0)
        raise RuntimeError("out of memory")

    async def ask_at_once(database: Database) -> list[Point | BaseException]:
        counter = ServerCounter(database)
        async with asyncio.timeout(30):
            return await asyncio.gather(*(counter.read() for _ in range(3)), return_exceptions=True)

    monkeypatch.setattr(Wire, "connect", fails)
    with closing(Database("postgresql://nobody@127.0.0.1:1/nowhere")) as database:
        told = asyncio.run(ask_at_once(database))

    assert [type(word) for word in told] == [RuntimeError] * 3


def test_a_write_after_the_server_has_restarted_is_taken(databases: Databases, tmp_path: Path):
    with databases.fresh("postgresql", tmp_path) as url, running(url) as service, closing(Database(url)) as database:
        key = service.ward("14758")
        statuses = []
        for value in (1, 2, 3):
            cut_off(database)
            time.sleep(0.1)
            statuses.append(service.submit(key, [{"indicator": "relics_digitised_3d", "value": value}]).status_code)

    assert statuses == [201, 201, 201]


def test_a_read_after_the_server_has_restarted_is_answered_also_where_one_before_was_refused(
    databases: Databases, tmp_path: Path
):
    with databases.fresh("postgresql", tmp_path) as url, running(url) as service, closing(Database(url)) as database:
        statuses = []
        for period in ("2025-01", "2025-02", "2025-03"):
            assert service.get("/city/ranking?indicator=nowhere").status_code == 422
            cut_off(database)
            time.sleep(0.1)
            statuses.append(service.get(f"/city/snapshot?period={period}").status_code)

    assert statuses == [200, 200, 200]
