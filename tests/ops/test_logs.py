"""The log: one line an answer, in the order of the answers; those of reads are written a moment later, together."""

import asyncio
import io
import json
import logging

import pytest

from app.ops import logs
from app.web.gathered import Gathered


@pytest.fixture
def logged():
    out = io.BytesIO()
    logs.configure("info", out)
    # The client tells of each request too, and so would hand over what waits.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    yield out
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    logging.basicConfig(handlers=[], level=logging.WARNING, force=True)
    logging.getLogger("dxi").setLevel(logging.NOTSET)


def told(out):
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return [line["trace_id"] for line in lines if line["event"] == "request"]


def test_answers_are_told_in_their_turn_reads_and_writes(service, logged):
    answers = [service.get("/areas"), service.get("/areas"), service.post("/keys", {}), service.get("/nothing")]
    assert told(logged) == [answer.headers["x-trace-id"] for answer in answers[:3]]

    service.app.state.answered.now()

    assert told(logged) == [answer.headers["x-trace-id"] for answer in answers]


def test_a_read_is_told_a_moment_later_although_nothing_follows(service, logged):
    read = service.get("/areas")
    assert told(logged) == []

    service.runner.run(asyncio.sleep(0.1))

    assert told(logged) == [read.headers["x-trace-id"]]


def test_what_is_gathered_is_handed_over_once_and_in_order():
    handed: list[list[int]] = []

    async def some() -> None:
        gathered = Gathered(handed.append)
        for number in range(5):
            gathered.add(number)
        gathered.now()
        gathered.now()
        gathered.add(5)
        await asyncio.sleep(0.1)

    asyncio.run(some())

    assert handed == [[0, 1, 2, 3, 4], [5]]
