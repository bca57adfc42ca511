"""P9: a stream resumed by its last id across kill -9 misses nothing."""

import threading
import time
from random import Random
from typing import Any

import httpx
import pytest

from tests.changes.streaming import Event, read
from tests.ledger.serving import Server, at_once, every_change, serving

pytestmark = pytest.mark.endurance
COUNT = "relics_digitised_3d"


def listen(server: Server, start: int, finished: threading.Event, *, resumes: bool) -> list[dict[str, Any]]:
    """What a reader has applied. What comes before an id is kept apart: another connection brings it again."""
    applied: list[dict[str, Any]] = []
    last = str(start)
    while not finished.is_set():
        events: list[Event] = []
        try:
            headers = {"Last-Event-ID": last} if resumes else {}
            with (
                httpx.Client(timeout=httpx.Timeout(20, connect=1)) as client,
                client.stream("GET", f"{server.url}/api/v1/changes/stream", headers=headers) as answer,
            ):
                read(_until(answer.iter_lines(), finished), events, [])
        except httpx.TransportError:
            time.sleep(0.02)
        whole = max((n + 1 for n, event in enumerate(events) if event.id), default=0)
        applied += [event.data for event in events[:whole]]
        last = events[whole - 1].id or last if whole else last
    return applied


def _until(lines: Any, finished: threading.Event) -> Any:
    for line in lines:
        yield line
        if not line and finished.is_set():
            return


def write(server: Server, name: int, finished: threading.Event) -> int:
    random, ward = Random(name), list(server.wards)[name]
    sent = 0
    with server.client(server.wards[ward]) as client:
        while not finished.is_set():
            rows = [
                {"indicator": COUNT, "period": f"2025-{m:02d}", "value": random.randrange(10**6)}
                for m in random.sample(range(1, 13), 3)
            ]
            try:
                sent += client.post("/submissions", json={"rows": rows}).status_code == 201
            except httpx.TransportError:
                time.sleep(0.02)
            time.sleep(0.01)
    return sent


def follow_through_kills(server: Server, *, resumes: bool, kills: int = 3) -> tuple[list[Any], list[Any]]:
    """What the reader has, and what the feed holds since it began."""
    start = max(c["seq"] for c in every_change(server))
    writing, listening = threading.Event(), threading.Event()

    def killer(_: int) -> None:
        for _ in range(kills):
            time.sleep(0.8)
            server.kill()
            server.start()
        time.sleep(0.8)
        writing.set()
        time.sleep(1.5)
        listening.set()
        # One more change lets the reader see that it is over.
        with server.client(server.wards[next(iter(server.wards))]) as client:
            client.post("/submissions", json={"rows": [{"indicator": COUNT, "period": "2025-01", "value": 1_234_567}]})

    jobs: list[Any] = [
        lambda: listen(server, start, listening, resumes=resumes),
        *(lambda n=n: write(server, n, writing) for n in range(4)),
        lambda: killer(0),
    ]
    applied = at_once(lambda job: job(), jobs)[0]
    public = [c for c in every_change(server) if c["seq"] > start and c["type"].startswith("observation.")]
    upto = applied[-1]["seq"] if applied else start
    return [(c["seq"], c["subject"]) for c in applied], [(c["seq"], c["subject"]) for c in public if c["seq"] <= upto]


def test_a_stream_resumed_across_kills_misses_nothing(database_url: str):
    with serving(database_url) as server:
        applied, whole = follow_through_kills(server, resumes=True)

    assert applied == whole
    assert len(whole) > 30


def test_a_reader_of_what_happens_only_while_it_listens_misses_some(databases: Any, tmp_path: Any):
    """The control: without an id a stream gives what a bus in memory would give."""
    with databases.fresh("sqlite", tmp_path) as url, serving(url) as server:
        applied, whole = follow_through_kills(server, resumes=False)

    assert set(applied) < set(whole)
