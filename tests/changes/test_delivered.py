"""Webhooks through kill -9 of the service, and between two of them: every change arrives, in order, nothing made up."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

import httpx
import pytest

from tests.changes.receiving import FINE, Answer, Got, receiving
from tests.ledger.serving import Server, at_once, every_change, serving

pytestmark = pytest.mark.endurance
COUNT = "relics_digitised_3d"
# Failures are tried again at once, or the test would wait for nothing.
SOON = "import app.changes.webhooks.commands as c; c.SCHEDULE = (0.1,) * 12"


@contextmanager
def services(url: str, number: int) -> Iterator[list[Server]]:
    """Services over one database, each a process of its own."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(url, broken=SOON)) for _ in range(number)]


def write(server: Server, name: int, finished: threading.Event) -> None:
    random, ward = Random(name), list(server.wards)[name]
    with server.client(server.wards[ward]) as client:
        while not finished.is_set():
            rows = [
                {"indicator": COUNT, "period": f"2025-{m:02d}", "value": random.randrange(10**6)} for m in (1, 2, 3)
            ]
            try:
                client.post("/submissions", json={"rows": rows})
            except httpx.TransportError:
                time.sleep(0.05)
            time.sleep(0.03)


def check(url: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DXI_WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8")
    random = Random(3)

    def answer(got: Got) -> Answer:
        return (500, {}, b"") if random.random() < 0.01 else FINE

    with receiving() as ioc, services(url, number) as servers:
        ioc.answer = answer
        first = servers[0]
        with first.client(first.steward) as client:
            made = client.post("/webhooks", json={"url": ioc.url})
            assert made.status_code == 201, made.text
        finished = threading.Event()

        def killer() -> None:
            for turn in range(2):
                time.sleep(1.2)
                servers[turn % number].kill()
                servers[turn % number].start()
            time.sleep(1.0)
            finished.set()

        at_once(lambda job: job(), [killer, *(lambda n=n: write(servers[n % number], n, finished) for n in range(3))])
        public = [c for c in every_change(first) if c["seq"] > made.json()["seq"] and c["type"].startswith("observ")]
        deadline = time.monotonic() + 60
        while {g.change["seq"] for g in ioc.got} != {c["seq"] for c in public} and time.monotonic() < deadline:
            time.sleep(0.1)

    expected = [(c["seq"], c["subject"]) for c in public]
    arrived = [(g.change["seq"], g.change["subject"]) for g in ioc.got]
    once = list(dict.fromkeys(arrived))
    assert len(expected) > 30
    assert once == expected
    names = {g.id for g in ioc.got}
    assert len(names) == len(once)
    # What comes again begins a little earlier and goes on from there.
    back = [expected.index(a) - expected.index(b) for a, b in itertools.pairwise(arrived)]
    assert max(-step for step in back) <= 1


def test_every_change_arrives_through_kills_of_the_service(database_url: str, monkeypatch: pytest.MonkeyPatch):
    check(database_url, 1, monkeypatch)


def test_of_two_services_one_delivers_and_the_other_takes_over(databases: Any, tmp_path: Any, monkeypatch: Any):
    with databases.fresh("postgresql", tmp_path) as url:
        check(url, 2, monkeypatch)
