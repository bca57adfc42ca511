"""P8: whoever follows the feed while sixteen writers pause, fail and commit misses nothing and gets nothing twice."""

import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest

from app.access.callers import Caller
from app.changes import queries
from app.core.errors import Problem
from app.db.session import Ledger
from app.main import open_ledger
from app.settings import Settings
from app.submissions.commands import Sent, submit

WRITERS = 16
ADMIN = Caller("test", "test", frozenset({"admin"}))
WARDS = ("14758", "14761", "14764", "14767")
EVERYTHING = queries.Filter(everything=True)


class Failed(Exception):
    """A transaction that was meant to fail."""


def write(ledger: Ledger, random: Random, each: int) -> int:
    """Lots of one to four rows, a few cells for everybody; how many were acknowledged."""
    acknowledged = 0
    for _ in range(each):
        months = random.sample(range(1, 7), random.randint(1, 4))
        rows = [
            {"indicator": "relics_digitised_3d", "period": f"2025-{m:02d}", "value": Decimal(random.randrange(10**6))}
            for m in months
        ]
        try:
            with ledger.write("test") as session:
                time.sleep(random.choice([0, 0, 0.002]))
                submit(
                    session,
                    ADMIN,
                    Sent(rows=rows, area=random.choice(WARDS), period=None, note=None),
                    "reject_all",
                    "vi",
                )
                time.sleep(random.choice([0, 0, 0.001]))
                if random.random() < 0.05:
                    raise Failed
        except Failed:
            continue
        except Problem as problem:
            # Too many in the queue: nothing was stored, as nothing was acknowledged.
            if problem.code != "database-busy":
                raise
            continue
        acknowledged += 1
    return acknowledged


def follow(ledger: Ledger, start: int, finished: threading.Event) -> list[dict[str, Any]]:
    """Everything a reader sees who asks for pages of odd sizes all the while."""
    random, seen, after = Random(1), [], start
    while True:
        ending = finished.is_set()
        with ledger.read() as session:
            page, following = queries.feed(session, after, random.randint(1, 7), EVERYTHING)
        seen += page
        after = page[-1]["seq"] if page else after
        if ending and following is None:
            return seen


def storm(url: str, each: int) -> None:
    ledger, reading = (open_ledger(Settings(database_url=url)) for _ in range(2))
    with closing(ledger.database), closing(reading.database), ThreadPoolExecutor(WRITERS + 1) as pool:
        with reading.read() as session:
            start = session.point.seq
        finished = threading.Event()
        reader = pool.submit(follow, reading, start, finished)
        try:
            done = [pool.submit(write, ledger, Random(name), each) for name in range(WRITERS)]
            acknowledged = sum(job.result() for job in done)
        finally:
            finished.set()
        seen = reader.result()
        with reading.read() as session:
            whole, _ = queries.feed(session, start, 10**6, EVERYTHING)

    assert seen == whole
    assert sorted({c["seq"] for c in seen}) == list(range(start + 1, start + 1 + acknowledged))
    assert acknowledged < WRITERS * each  # some did fail
    revisions = defaultdict(list)
    for change in seen:
        if change["type"].startswith("observation."):
            revisions[change["subject"]].append(msgspec.json.decode(bytes(change["data"]))["revision"])
    assert all(found == list(range(1, len(found) + 1)) for found in revisions.values())
    assert max(map(len, revisions.values())) > 5


def test_a_reader_beside_sixteen_writers_misses_nothing(database_url: str):
    storm(database_url, each=6)


@pytest.mark.endurance
def test_a_reader_beside_sixteen_writers_misses_nothing_for_long(database_url: str):
    storm(database_url, each=30)


def test_a_databases_own_sequence_as_cursor_misses_some(databases: Any, tmp_path: Any):
    """The control: the same storm with numbers that are taken before the commit."""
    with databases.fresh("postgresql", tmp_path, prepared=False) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE log (id bigserial PRIMARY KEY)")
        finished = threading.Event()

        def writer(name: int) -> None:
            random = Random(name)
            with psycopg.connect(url) as connection:
                for _ in range(12):
                    connection.execute("INSERT INTO log DEFAULT VALUES")
                    time.sleep(random.choice([0, 0.002, 0.004]))
                    connection.commit()

        def reader() -> set[int]:
            seen: set[int] = set()
            last = 0
            with psycopg.connect(url, autocommit=True) as connection:
                while True:
                    ending = finished.is_set()
                    found = connection.execute("SELECT id FROM log WHERE id > %s ORDER BY id", [last]).fetchall()
                    seen |= {row[0] for row in found}
                    last = max(seen, default=0)
                    if ending:
                        return seen

        with ThreadPoolExecutor(WRITERS + 1) as pool:
            reading = pool.submit(reader)
            list(pool.map(writer, range(WRITERS)))
            finished.set()

        assert len(reading.result()) < WRITERS * 12
