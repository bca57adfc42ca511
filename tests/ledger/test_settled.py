"""What was answered for an instant stays true: a writer under way may not come to lie before it afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.core.errors import Problem
from app.db.engine import Database
from app.db.ledger import Change
from app.db.session import Ledger
from tests.service import START, Service


def known_at(ledger: Ledger, instant) -> int:
    with ledger.read(instant) as session:
        return session.as_of


def test_an_instant_is_answered_after_the_writers_that_began_before_it(service: Service):
    ledger = service.app.state.ledger
    numbered, asked = Event(), Event()

    def write() -> int:
        with ledger.write("test") as session:
            seq: int = session.seq()
            session.record("observation.created", "a.b.c", {}, public=True)
            numbered.set()
            asked.wait(0.5)
        return seq

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        assert numbered.wait(30)
        service.now[0] = START + timedelta(seconds=10)
        first = pool.submit(known_at, ledger, START + timedelta(seconds=5))
        assert first.result(30) == writing.result(30)
        asked.set()

    assert known_at(ledger, START + timedelta(seconds=5)) == first.result()


def test_an_instant_before_the_last_change_waits_for_nobody(service: Service):
    ledger = service.app.state.ledger
    with ledger.write("test") as session:
        session.record("observation.created", "a.b.c", {}, public=True)
        before = session.seq()

    with ledger.write("test") as session:
        session.record("observation.created", "a.b.d", {}, public=True)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(known_at, ledger, START).result(30) == before


def test_every_change_has_an_instant_of_its_own_though_the_clock_stands_still(service: Service):
    ledger = service.app.state.ledger
    for turn in range(3):
        with ledger.write("test") as session:
            session.record("observation.created", f"a.b.{turn}", {}, public=True)

    with ledger.read() as session:
        newest = session.rows(select(col(Change.at)).order_by(col(Change.seq).desc()).limit(3))

    assert len({row.at for row in newest}) == 3


def test_a_pool_that_is_used_up_is_busy_and_no_defect(service: Service, monkeypatch: pytest.MonkeyPatch):
    ledger = service.app.state.ledger
    small = Database(str(ledger.database.url.render_as_string(hide_password=False)), readers=1)
    monkeypatch.setattr("app.db.engine.POOL_TIMEOUT", 0.05)
    crowded = Ledger(small, ledger.clock, ledger.secret)

    with crowded.read(), pytest.raises(Problem) as refused, crowded.read():
        pass

    assert refused.value.code == "database-busy"
    small.close()
