"""A key's writes a minute are counted for all processes together; here each process is a `Limits` of its own."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import Problem
from app.web.limits import Limits
from tests.databases import Databases
from tests.service import START, Service, running


def spend(processes: list[Limits], caller: str, tries: int) -> int:
    """How many of the writes that come to the processes in turn are admitted."""

    async def try_all() -> int:
        admitted = 0
        for turn in range(tries):
            told = await asyncio.gather(processes[turn % len(processes)].take(caller), return_exceptions=True)
            admitted += not isinstance(told[0], Problem)
        return admitted

    return asyncio.run(try_all())


@pytest.mark.parametrize("most", [1, 7, 250])
def test_three_processes_together_admit_the_limit_and_a_new_minute_begins_anew(service: Service, most: int):
    processes = [Limits(service.app.state.ledger, most) for _ in range(3)]

    first = spend(processes, "ward", 3 * most + 3)
    service.now[0] += timedelta(seconds=60)
    second = spend(processes, "ward", 3 * most + 3)

    assert (first, second) == (most, most)
    assert spend(processes, "another", 1) == 1


def test_processes_that_ask_no_database_admit_it_once_each(service: Service, monkeypatch: pytest.MonkeyPatch):
    """The control of the test above."""
    monkeypatch.setattr(Limits, "_draw", lambda self, caller, lot: (self._minute(), lot))
    processes = [Limits(service.app.state.ledger, 1) for _ in range(3)]

    assert spend(processes, "ward", 6) > 1


def test_many_at_once_in_one_process_draw_no_more_than_they_spend(service: Service):
    limits = Limits(service.app.state.ledger, 40)

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*[limits.take("ward") for _ in range(60)], return_exceptions=True)

    told = asyncio.run(all_at_once())

    assert sum(isinstance(one, Problem) for one in told) == 20


def test_a_machine_whose_clock_is_behind_begins_no_minute_of_its_own(service: Service):
    ledger = service.app.state.ledger
    ahead, behind = Limits(ledger, 3), Limits(ledger, 3)
    service.now[0] = START + timedelta(seconds=60)
    assert spend([ahead], "ward", 2) == 2

    service.now[0] = START + timedelta(seconds=59)

    assert spend([behind], "ward", 3) == 1


def test_writes_are_limited_with_headers_that_tell_so_and_reads_are_not(databases: Databases, tmp_path: Any):
    with databases.fresh("sqlite", tmp_path) as url, running(url, writes_per_minute=2) as service:
        ward = service.ward("14758")
        row = {"indicator": "relics_digitised_3d", "value": 1}
        first, second, third = [service.submit(ward, [row | {"value": value}]) for value in range(3)]

        assert [a.status_code for a in (first, second, third)] == [201, 201, 429]
        assert [a.headers["ratelimit"] for a in (first, second, third)] == [
            '"writes";r=1;t=60',
            '"writes";r=0;t=60',
            '"writes";r=0;t=60',
        ]
        assert third.headers["ratelimit-policy"] == '"writes";q=2;w=60'
        assert (third.headers["retry-after"], third.json()["code"]) == ("60", "too-many-writes")
        assert third.headers["x-seq"] == second.headers["x-seq"]
        assert "2 lần ghi" in third.json()["detail"]
        # A refused body counts too, a read does not, nor does what nobody may do.
        assert service.get("/observations", key=ward).status_code == 200
        assert service.raw("OPTIONS", "/api/v1/submissions", key=ward).status_code == 204
        assert service.submit(service.ward("14797"), []).headers["ratelimit"] == '"writes";r=1;t=60'
        assert service.post("/submissions", {"rows": []}).status_code == 401
        assert service.raw("GET", "/version").json()["limits"]["writes_per_minute"] == 2

        service.now[0] += timedelta(seconds=60)
        assert service.submit(ward, [row | {"value": 9}]).status_code == 201


def test_without_a_limit_nothing_is_counted(databases: Databases, tmp_path: Any):
    with databases.fresh("sqlite", tmp_path) as url, running(url, writes_per_minute=0) as service:
        answer = service.submit(service.ward("14758"), [{"indicator": "relics_digitised_3d", "value": 1}])

    assert answer.status_code == 201
    assert "ratelimit" not in answer.headers
