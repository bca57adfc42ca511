"""Two servers on two ports over one PostgreSQL and its streaming replica: whoever is asked, the answer is the same.

Each has its control: the same storm with what keeps the promise taken away.
"""

import http.client
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx
import pytest

from app.access import commands as access
from app.main import open_ledger
from app.settings import Settings
from tests.conftest import prepare
from tests.databases import Cluster, find_binaries
from tests.ledger.serving import Server, at_once, beside, every_change, serving

pytestmark = pytest.mark.endurance
COUNT, MONTH = "relics_digitised_3d", "2025-03"
# A key's writes a minute.
LIMIT = 120
NO_REPLICA = "DXI_TEST_DATABASE_URL is set, or no PostgreSQL is installed: nothing was tried on a streaming replica"

# The controls.
TAKES_ANY_REPLICA = """
import app.db.session as session
session.Ledger._is_enough = lambda *_: True
"""
NO_CLAIM = """
import app.web.idempotency as idempotency
idempotency._claimed = lambda session, claim: True
"""
EACH_FOR_ITSELF = """
from app.web.limits import Limits
def draw(self, caller, lot, drawn={}):
    key = caller, self._minute()
    drawn[key] = drawn.get(key, 0) + lot
    return self._minute(), drawn[key]
Limits._draw = draw
"""


@dataclass
class City:
    """Two servers over a primary and its streaming replica; `keys` may all write for `area`."""

    primary: Cluster
    replica: Cluster
    database: str
    servers: tuple[Server, Server]
    area: str
    keys: list[str]

    def seq_of_replica(self) -> int:
        return int(self.replica.ask("SELECT seq FROM counter", self.database))

    def await_replica(self, seq: int) -> None:
        deadline = time.monotonic() + 30
        while self.seq_of_replica() < seq:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def settle(self) -> "City":
        """Wait until both servers write, and read at the replica, whatever the test before has stopped."""
        self.replica.ask("SELECT pg_wal_replay_resume()")
        deadline = time.monotonic() + 60
        for server in self.servers:
            while True:
                known = httpx.get(f"{server.url}/readyz", timeout=10).json()
                if self.write(server, 0).is_success and known.get("replica", {}).get("reachable"):
                    break
                assert time.monotonic() < deadline, known
                time.sleep(0.1)
        return self

    @property
    def cell(self) -> str:
        return f"/observations/{COUNT}.{self.area}.{MONTH}"

    def write(self, server: Server, value: int) -> httpx.Response:
        with server.client(self.keys[value % 20]) as client:
            return client.post("/submissions", json=self.lot(value))

    def lot(self, value: int) -> dict[str, Any]:
        return {"period": MONTH, "rows": [{"indicator": COUNT, "area": self.area, "value": value}]}

    def read(self, server: Server, **parameters: Any) -> httpx.Response:
        with server.client() as client:
            return client.get(self.cell, params=parameters)


@pytest.fixture(scope="module")
def clusters() -> Iterator[tuple[Cluster, Cluster]]:
    if os.environ.get("DXI_TEST_DATABASE_URL") or find_binaries() is None:
        pytest.skip(NO_REPLICA)
    primary = Cluster.create()
    try:
        primary.ask("CREATE DATABASE city TEMPLATE template0")
        prepare(primary.address("city"), "seeded")
        primary.ask("CREATE DATABASE broken TEMPLATE city")
        replica = primary.replica()
        try:
            yield primary, replica
        finally:
            replica.remove()
    finally:
        primary.remove()


@pytest.fixture(scope="module")
def kept_city(clusters: tuple[Cluster, Cluster]) -> Iterator[City]:
    with running("city", *clusters) as found:
        yield found


@pytest.fixture
def city(kept_city: City) -> City:
    return kept_city.settle()


@pytest.fixture(scope="module")
def kept_broken_city(clusters: tuple[Cluster, Cluster]) -> Iterator[City]:
    with running("broken", *clusters, broken=TAKES_ANY_REPLICA + NO_CLAIM + EACH_FOR_ITSELF) as found:
        yield found


@pytest.fixture
def broken_city(kept_broken_city: City) -> City:
    """A city for the controls: all that is promised is taken away."""
    return kept_broken_city.settle()


@contextmanager
def running(database: str, primary: Cluster, replica: Cluster, broken: str = "") -> Iterator[City]:
    url = primary.address(database)
    settings = {"DXI_DATABASE_READ_URL": replica.address(database), "DXI_WRITES_PER_MINUTE": str(LIMIT)}
    ledger = open_ledger(Settings(database_url=url))
    with closing(ledger), ledger.write("test") as session:
        keys = [access.create(session, name=str(n), scopes=["submit"], areas=["14758"])[1] for n in range(22)]
    with serving(url, broken=broken, **settings) as first, beside(first) as second:
        yield City(primary, replica, database, (first, second), "14758-202501", keys)


# -- a replica that is behind, or gone ---------------------------------------------------------------------------------


def test_who_wrote_at_one_server_reads_it_at_the_other_while_the_replica_stands_still(city: City):
    first, second = city.servers
    seq = city.write(first, 1).json()["seq"]
    city.await_replica(seq)
    assert city.read(second).json()["value"] == 1
    readers = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'city' AND backend_type = 'client backend'"
    assert city.replica.ask(readers) > 0

    city.replica.ask("SELECT pg_wal_replay_pause()")
    later = city.write(first, 2).json()["seq"]
    plain, asked = city.read(second), city.read(second, min_seq=later)
    known = httpx.get(f"{second.url}/readyz").json()["replica"]
    future = city.read(second, min_seq=later + 1)
    city.replica.ask("SELECT pg_wal_replay_resume()")
    city.await_replica(later)

    assert (asked.status_code, asked.json()["value"], int(asked.headers["x-seq"])) == (200, 2, later)
    assert plain.json() == asked.json()
    assert known == {"reachable": True, "seq": seq, "behind": 1}
    assert (future.status_code, future.json()["code"]) == (422, "min-seq-in-future")
    assert city.read(second, lang="en").headers["x-seq"] == str(later)


def test_a_primary_that_is_away_leaves_reads_and_min_seq_says_when_they_are_too_old(city: City):
    seq = city.write(city.servers[0], 3).json()["seq"]
    city.await_replica(seq)
    city.replica.ask("SELECT pg_wal_replay_pause()")
    later = city.write(city.servers[1], 4).json()["seq"]
    city.primary.kill()
    try:
        for server in city.servers:
            stood, behind = city.read(server), city.read(server, min_seq=later)
            assert (stood.status_code, stood.json()["value"], int(stood.headers["x-seq"])) == (200, 3, seq)
            assert (behind.status_code, behind.json()["code"]) == (503, "replica-behind")
            assert behind.headers["retry-after"]
            assert city.write(server, 5).status_code == 503
            assert httpx.get(f"{server.url}/readyz").json()["status"] == "read-only"
    finally:
        city.primary.start()
        city.replica.ask("SELECT pg_wal_replay_resume()")

    for server in city.servers:
        assert city.read(server, min_seq=later).json()["value"] == 4
    newest = city.write(city.servers[0], 6).json()["seq"]
    city.await_replica(newest)


def test_a_replica_killed_and_started_again_is_not_noticed(city: City):
    statuses: Counter[int] = Counter()
    finished = threading.Event()

    def poll(server: Server) -> None:
        with server.client() as client:
            for number in cycle(range(1000)):
                # Another question each time, so that none is answered from memory.
                asked = client.get(f"/observations?indicator={COUNT}&limit={number % 900 + 1}")
                statuses[asked.status_code] += 1
                if finished.is_set():
                    return

    polls = [threading.Thread(target=poll, args=(server,)) for server in city.servers]
    for thread in polls:
        thread.start()
    time.sleep(0.7)
    city.replica.kill()
    time.sleep(0.7)
    city.replica.start()
    time.sleep(0.7)
    finished.set()
    for thread in polls:
        thread.join()

    assert set(statuses) == {200}
    assert statuses[200] > 20


# -- no stale answer ---------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """`acknowledged` is the newest write that was answered, `values` what each seq said."""

    acknowledged: int = 0
    values: dict[int, int] = field(default_factory=dict)
    checked: int = 0
    stale: int = 0
    unchanged: int = 0
    told: list[tuple[int, int]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def untrue(self) -> int:
        """Answers that say one seq and hold the value of another."""
        return sum(self.values.get(seq) != value for seq, value in self.told)


def write(city: City, seen: Seen, finished: threading.Event) -> None:
    clients = [server.client() for server in city.servers]
    value = 100
    while not finished.is_set():
        value += 1
        headers = {"Authorization": f"Bearer {city.keys[value % 20]}"}
        answer = clients[value % 2].post("/submissions", json=city.lot(value), headers=headers)
        assert answer.status_code == 201, answer.text
        seq = answer.json()["seq"]
        with seen.guard:
            seen.values[seq] = value
            seen.acknowledged = seq
        finished.wait(0.02)
    for client in clients:
        client.close()


def poll(city: City, number: int, seen: Seen) -> None:
    """Ask the two in turn, each with the tag that the other gave."""
    addresses = [server.url.removeprefix("http://") for server in city.servers]
    connections = [http.client.HTTPConnection(address, timeout=60) for address in addresses]
    tag = ""
    for turn in range(number):
        connection = connections[turn % 2]
        before = seen.acknowledged
        connection.request("GET", f"/api/v1{city.cell}", headers={"If-None-Match": tag} if tag else {})
        answer = connection.getresponse()
        body = answer.read()
        # Somebody who has not even seen the first write has no such cell.
        assert answer.status in (200, 304, 404), body
        seq = int(answer.headers["X-Seq"])
        with seen.guard:
            seen.checked += 1
            seen.stale += seq < before or answer.status == 404
            seen.unchanged += answer.status == 304
            if answer.status == 200:
                seen.told.append((seq, json.loads(body)["value"]))
        tag = answer.headers["ETag"] or ""
    for connection in connections:
        connection.close()


def polled(city: City, polls: int) -> Seen:
    seen, finished = Seen(), threading.Event()
    seen.values[city.write(city.servers[0], 100).json()["seq"]] = 100
    writing = threading.Thread(target=write, args=(city, seen, finished))
    writing.start()
    at_once(lambda _: poll(city, polls // 4, seen), range(4))
    finished.set()
    writing.join()
    return seen


def test_none_of_10_000_answers_of_two_servers_is_stale_or_untrue(city: City):
    seen = polled(city, 10_000)

    assert (seen.checked, seen.stale, seen.untrue) == (10_000, 0, 0)
    assert len(seen.values) > 50
    assert seen.unchanged > 0


def test_with_a_replica_that_is_asked_whatever_it_knows_answers_are_stale(broken_city: City):
    broken_city.replica.ask("ALTER SYSTEM SET recovery_min_apply_delay = '100ms'")
    broken_city.replica.ask("SELECT pg_reload_conf()")
    try:
        seen = polled(broken_city, 3_000)
    finally:
        broken_city.replica.ask("ALTER SYSTEM RESET recovery_min_apply_delay")
        broken_city.replica.ask("SELECT pg_reload_conf()")

    assert seen.stale > 0


# -- twins, and limits -------------------------------------------------------------------------------------------------


def twins(city: City) -> tuple[int, int]:
    """How many submissions were stored of 20 keys sent to both servers at once, and how many answers differed."""
    before = len(receipts(city.servers[0]))
    clients = [server.client(city.keys[20]) for server in city.servers]

    def send(job: tuple[httpx.Client, int]) -> bytes:
        client, number = job
        headers = {"Idempotency-Key": f"twin-{number}"}
        answer = client.post("/submissions", json=city.lot(1000 + number), headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.content

    pairs = [at_once(send, [(client, number) for client in clients]) for number in range(20)]
    for client in clients:
        client.close()
    return len(receipts(city.servers[0])) - before, sum(one != other for one, other in pairs)


def receipts(server: Server) -> list[dict[str, Any]]:
    return [change for change in every_change(server) if change["type"] == "submission.accepted"]


def test_a_key_sent_to_two_servers_at_once_is_stored_once_and_answered_alike(city: City):
    assert twins(city) == (20, 0)


def test_without_the_claim_twins_are_stored_twice(broken_city: City):
    stored, differing = twins(broken_city)

    assert stored > 20
    assert differing > 0


def within_a_minute(send: Callable[[], list[httpx.Response]]) -> list[httpx.Response]:
    """What is answered within one minute of the clock: with the next one the allowance begins anew."""
    while True:
        if time.time() % 60 > 50:
            time.sleep(61 - time.time() % 60)
        begun = time.time() // 60
        answers = send()
        if time.time() // 60 == begun:
            return answers
        time.sleep(61 - time.time() % 60)


def admitted(city: City) -> tuple[int, set[int]]:
    """Of 240 writes of one key to two servers within a minute, how many were admitted, and every status."""

    def send(server: Server) -> list[httpx.Response]:
        with server.client(city.keys[21]) as client:
            # A lot that is refused counts too.
            return [client.post("/submissions", json={"rows": []}) for _ in range(LIMIT)]

    answers = within_a_minute(lambda: [answer for sent in at_once(send, city.servers) for answer in sent])
    assert all(1 <= int(a.headers["retry-after"]) <= 60 for a in answers if a.status_code == 429)
    statuses = Counter(answer.status_code for answer in answers)
    return statuses[422], set(statuses)


def test_a_keys_writes_are_limited_over_both_servers(city: City):
    assert admitted(city) == (LIMIT, {422, 429})


def test_servers_that_count_for_themselves_admit_more(broken_city: City):
    assert admitted(broken_city)[0] == 2 * LIMIT
