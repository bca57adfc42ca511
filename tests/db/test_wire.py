"""Short reads that the event loop asks PostgreSQL itself: the same answers, through restarts and callers who leave."""

import asyncio
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Integer, bindparam, select, text

from app.db import wire
from app.db.aside import NotAside
from app.db.engine import Database
from tests.service import Service, running

SMARTPHONES = "adults_with_smartphone_rate"
ONE = f"/observations/{SMARTPHONES}.380-202501.2025-01"


@pytest.fixture(scope="module")
def city(databases: Any, tmp_path_factory: Any) -> Iterator[Service]:
    with databases.fresh("postgresql", tmp_path_factory.mktemp("wire")) as url, running(url) as service:
        yield service


def cut(city: Service) -> None:
    """End every other connection, as a restart of the server does."""
    with city.app.state.ledger.database.writes() as connection:
        ended = connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    assert ended > 0


@pytest.mark.parametrize(
    "path",
    [
        ONE,
        f"{ONE}?lang=en",
        f"{ONE}?as_of=1",
        f"/observations/{SMARTPHONES}.380-202501.2024-01",
        "/observations?limit=3",
        f"/observations?limit=3&indicator={SMARTPHONES}&indicator=commune_dx_completed",
        "/observations?area=380&period_from=2025-01&limit=2",
        "/observations?limit=2&as_of=1",
    ],
)
def test_the_loop_and_a_thread_tell_the_same(city: Service, monkeypatch: pytest.MonkeyPatch, path: str):
    def in_a_thread(*_: Any) -> None:
        raise NotAside

    by_the_loop = city.get(path)
    monkeypatch.setattr(Database, "aside", in_a_thread)
    # Another seq, or the answer would be the one kept.
    city.submit(city.ward("14758"), [{"indicator": "relics_digitised_3d", "value": len(path)}], period="2026-02")
    by_a_thread = city.get(path)

    def told(answer: Any) -> Any:
        return answer.status_code, {k: v for k, v in answer.json().items() if k not in ("trace_id", "seq", "next")}

    assert told(by_the_loop) == told(by_a_thread)


def test_one_cell_is_asked_without_a_thread(city: Service, monkeypatch: pytest.MonkeyPatch):
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a thread was asked")

    assert city.get(ONE).status_code == 200
    city.submit(city.ward("14758"), [{"indicator": "relics_digitised_3d", "value": 8}], period="2026-02")
    monkeypatch.setattr("app.web.routing.run_in_threadpool", never)

    assert city.get(f"{ONE}?lang=en").status_code == 200


def test_a_read_that_must_learn_the_registry_anew_goes_to_a_thread(city: Service):
    before = city.get(ONE).json()["area_name"]
    city.app.state.ledger.memo._kept.clear()

    assert city.get(f"{ONE}?lang=vi").json()["area_name"] == before


def test_after_a_restart_of_the_server_the_next_read_is_answered(city: Service):
    assert city.get(ONE).status_code == 200
    cut(city)

    for lang in ("vi", "en"):
        assert city.get(f"{ONE}?lang={lang}", headers={"Cache-Control": "no-cache"}).status_code == 200


def test_a_question_nobody_waits_for_spoils_no_other_answer(city: Service):
    wires = city.app.state.ledger.database.wires

    async def left_and_asked() -> list[Any]:
        first = asyncio.ensure_future(wires._answer("SELECT pg_sleep(0.3), 1", ()))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return [await wires._answer("SELECT $1::int + 1", (number,)) for number in range(20)]

    assert city.runner.run(left_and_asked()) == [[(number + 1,)] for number in range(20)]


def test_a_wrong_statement_is_an_error_and_the_next_is_answered(city: Service):
    wires = city.app.state.ledger.database.wires

    async def wrong() -> None:
        await wires._answer("SELECT nothing FROM nowhere", ())

    with pytest.raises(psycopg.errors.UndefinedTable):
        city.runner.run(wrong())
    assert city.get(f"{ONE}?lang=en").status_code == 200


def test_more_readers_than_wires_wait_their_turn(city: Service):
    ledger = city.app.state.ledger
    statement, asked = select(bindparam("number", type_=Integer)), range(40)

    async def crowd() -> list[Any]:
        return await asyncio.gather(*(ledger.database.wires.ask(statement, {"number": n}) for n in asked))

    assert [rows[0][0] for rows in city.runner.run(crowd())] == [*asked]
    assert len(ledger.database.wires._idle) == wire.WIRES


def test_a_server_that_is_away_is_a_problem_to_wait_out(city: Service, monkeypatch: pytest.MonkeyPatch):
    async def away(*_: Any) -> None:
        raise psycopg.OperationalError("connection refused")

    city.submit(city.ward("14758"), [{"indicator": "relics_digitised_3d", "value": 9}], period="2026-02")
    monkeypatch.setattr(city.app.state.ledger.database.wires, "_answer", away)
    answer = city.get(f"{ONE}?lang=en")

    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    assert answer.headers["Retry-After"]
