"""The counter's connection may fail at any moment: who asks gets an answer or is told, and never waits for ever."""

import asyncio
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.db.counter import ServerCounter
from app.db.engine import Database
from app.db.points import Point
from app.db.wire import Wire
from tests.databases import Databases


def test_a_counter_whose_idle_connection_was_cut_asks_on_a_new_one(databases: Databases, tmp_path: Path):
    async def ask_and_cut(database: Database) -> list[int]:
        counter = ServerCounter(database)
        told = []
        for _ in range(3):
            async with asyncio.timeout(30):
                told.append((await counter.read()).seq)
            with psycopg.connect(database.conninfo, autocommit=True) as connection:
                others = "datname = current_database() AND pid <> pg_backend_pid()"
                connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode())
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
