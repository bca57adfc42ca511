"""The numbered log under sixteen writers of whom one in twenty fails: no gap, no double, nothing of what failed."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import psycopg
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from app.core.errors import Problem
from app.db.ledger import Change
from app.db.session import Ledger
from app.observations.tables import Revision
from tests.service import Service, running

WRITERS, EACH = 16, 12


class Failed(Exception):
    """A transaction that was meant to fail."""


def write_all(ledger: Ledger, number: Callable[[object], int] | None = None) -> list[tuple[int, int]]:
    """Sixteen writers; (seq, how many changes) of every transaction that was acknowledged, in order of return."""
    acknowledged: list[tuple[int, int]] = []

    def writer(name: int) -> None:
        random = Random(name)
        for turn in range(EACH):
            size = random.randint(1, 4)
            try:
                with ledger.write(f"writer{name}") as session:
                    seq = session.seq() if number is None else number(session)
                    for part in range(size):
                        if number is None:
                            session.record("observation.created", f"{name}.{turn}.{part}", {"n": part}, public=True)
                    if random.random() < 0.05 or turn == 5:
                        raise Failed
            except Failed:
                continue
            acknowledged.append((seq, size))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(writer, range(WRITERS)))
    return acknowledged


def gaps(seqs: list[int]) -> list[int]:
    return sorted(set(range(min(seqs), max(seqs) + 1)) - set(seqs))


def test_seq_has_no_gap_and_no_double_whoever_fails(service: Service):
    ledger = service.app.state.ledger
    with ledger.read() as session:
        before = session.point.seq

    acknowledged = write_all(ledger)

    with ledger.read() as session:
        rows = session.rows(select(Change.seq, Change.ordinal, Change.at).where(Change.seq > before))  # type: ignore[call-overload]
        newest = session.point.seq
    seqs = [seq for seq, _ in acknowledged]
    assert sorted(seqs) == list(range(before + 1, newest + 1))
    assert len(seqs) < WRITERS * EACH  # some did fail
    assert sorted((row.seq, row.ordinal) for row in rows) == sorted(
        (s, n) for s, size in acknowledged for n in range(size)
    )
    instants = [row.at for row in sorted(rows)]
    assert instants == sorted(instants)


def test_a_databases_own_sequence_would_leave_gaps(databases, tmp_path):
    """The control: a number that a rollback does not give back."""
    with databases.fresh("postgresql", tmp_path) as url, running(url) as service:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE SEQUENCE other_seq")

        def number(session) -> int:
            return int(session.connection.exec_driver_sql("SELECT nextval('other_seq')").scalar())

        seqs = [seq for seq, _ in write_all(service.app.state.ledger, number)]

    assert gaps(seqs)


def test_commits_follow_seq(service: Service):
    """Whoever sees a seq sees all before it: what a feed reader counts on."""
    ledger = service.app.state.ledger
    holes: list[tuple[int, int]] = []
    done = False

    def reader() -> None:
        while not done:
            with ledger.read() as session:
                newest, seen = session.row(select(func.max(Change.seq), func.count(func.distinct(Change.seq))))
                if newest != seen or newest != session.point.seq:
                    holes.append((newest, seen))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(reader) for _ in range(2)]
        try:
            write_all(ledger)
        finally:
            done = True
        for future in readers:
            future.result()

    assert holes == []


def begin_and_fail(ledger: Ledger, error: Exception) -> None:
    with ledger.write("test") as session:
        session.record("observation.created", "x", {}, public=True)
        raise error


def test_a_transaction_that_fails_leaves_no_trace(service: Service):
    key, ledger = service.ward("14758"), service.app.state.ledger
    before = service.get("/changes?limit=1000").content

    refused = service.submit(
        key,
        [{"indicator": "commune_dx_completed", "value": True}, {"indicator": "x"}],
        headers={"Idempotency-Key": "k"},
    )
    for error in (Failed, Problem):
        with pytest.raises(error):
            begin_and_fail(ledger, error("internal-error"))

    assert refused.status_code == 422
    assert service.get("/changes?limit=1000").content == before
    assert service.get("/audit/verify", key=service.key("admin")).json()["intact"] is True
    with ledger.read() as session:
        assert (
            session.scalar(select(func.count()).select_from(Revision).where(col(Revision.area) == "14758-202501")) == 0
        )


def test_a_number_without_a_change_is_a_mistake_of_ours(service: Service):
    ledger = service.app.state.ledger
    with pytest.raises(RuntimeError, match="no change"), ledger.write("test") as session:
        session.seq()
    with ledger.write("test"):
        pass  # nothing written, no number taken

    with ledger.read() as session:
        assert session.point.seq == session.scalar(select(func.max(Change.seq)))


def test_changes_can_be_neither_edited_nor_removed(service: Service):
    ledger = service.app.state.ledger
    for statement in ("UPDATE change SET type = 'x'", "DELETE FROM change"):
        with (
            pytest.raises(Exception, match=r"(?i)append|change|refuse") as told,
            ledger.database.writes() as connection,
        ):
            connection.exec_driver_sql(statement)
        assert not isinstance(told.value, sqlite3.ProgrammingError)
