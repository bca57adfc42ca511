"""The counter's connection may be cut at any moment: the next question is asked on a new one, and answered."""

import asyncio
from contextlib import closing
from pathlib import Path

import psycopg

from app.db.counter import ServerCounter
from app.db.engine import Database
from tests.databases import Databases


def test_a_counter_whose_idle_connection_was_cut_asks_on_a_new_one(databases: Databases, tmp_path: Path):
    async def ask_and_cut(database: Database, conninfo: str) -> list[int]:
        counter = ServerCounter(database)
        told = []
        for _ in range(3):
            async with asyncio.timeout(4):
                told.append((await counter.read()).seq)
            with psycopg.connect(conninfo, autocommit=True) as connection:
                others = "datname = current_database() AND pid <> pg_backend_pid()"
                connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode())
                # The socket's number is free now, and the next connection's.
                await asyncio.sleep(0.1)
        await counter.close()
        return told

    with databases.fresh("postgresql", tmp_path) as url, closing(Database(url)) as database:
        conninfo = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        assert asyncio.run(ask_and_cut(database, conninfo)) == [1, 1, 1]
