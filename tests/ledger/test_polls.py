"""P7: polls while tagged lots of all 47 wards are written: no answer is torn, no ETag ever stands for two bodies."""

import bisect
import hashlib
import http.client
import json
import threading
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.access import commands as access
from app.db.engine import Database
from app.main import open_ledger
from app.settings import Settings
from tests.ledger.serving import Server, at_once, serving

pytestmark = pytest.mark.endurance
COUNT, MONTH = "relics_digitised_3d", "2025-03"
PATHS = (
    f"/api/v1/observations?indicator={COUNT}&period={MONTH}&fields=value,seq&limit=100",
    f"/api/v1/city/ranking?indicator={COUNT}&period={MONTH}",
    f"/api/v1/city/snapshot?indicator={COUNT}&period={MONTH}",
)
# The control: each statement of a read sees what was committed by then, and there is time for another lot.
READ_COMMITTED = """
import time
import app.db.engine as engine
def begin(database, connection, first):
    answers = engine.driver_of(connection).execute(f"BEGIN READ ONLY; {first}")
    answers.nextset()
    row = answers.fetchone()
    time.sleep(0.05)
    return row
engine.Database._begin = begin
"""


@dataclass
class Seen:
    """What the polls saw. `tags` are the lots by their seq."""

    tags: dict[int, int] = field(default_factory=dict)
    bodies: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    torn: int = 0
    told: list[tuple[int, int]] = field(default_factory=list)
    polls: int = 0
    unchanged: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def two_bodies(self) -> int:
        return sum(len(found) > 1 for found in self.bodies.values())

    @property
    def untrue(self) -> int:
        """Answers that say one seq and hold the lot of another."""
        seqs = sorted(self.tags)
        return sum(
            self.tags[seqs[bisect.bisect_right(seqs, seq) - 1]] != tag for seq, tag in self.told if seq >= seqs[0]
        )


def bulk_key(url: str, server: Server) -> str:
    ledger = open_ledger(Settings(database_url=url), database=Database(url, checkpoints=False))
    with closing(ledger.database), ledger.write("test") as session:
        return access.create(session, name="bulk", scopes=["submit"], areas=list(server.wards))[1]


def write(server: Server, key: str, seen: Seen, finished: threading.Event) -> None:
    tag = 0
    with server.client(key) as client:
        while not finished.is_set():
            tag += 1
            rows = [{"indicator": COUNT, "area": area, "value": tag} for area in server.wards]
            answer = client.post("/submissions", json={"period": MONTH, "rows": rows})
            assert answer.status_code == 201, answer.text
            seen.tags[answer.json()["seq"]] = tag
            finished.wait(0.02)


def poll(server: Server, number: int, seen: Seen) -> None:
    """Poll as the IOC does: with the last tag of each path."""
    last: dict[str, str] = {}
    with closing(http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)) as connection:
        for turn in range(number):
            path = PATHS[turn % len(PATHS)]
            connection.request("GET", path, headers={"If-None-Match": last[path]} if path in last else {})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status in (200, 304), body
            with seen.guard:
                seen.polls += 1
                seen.unchanged += answer.status == 304
                if answer.status == 200:
                    last[path] = answer.headers["ETag"]
                    _note(seen, path, answer.headers["ETag"], int(answer.headers["X-Seq"]), body)


def _note(seen: Seen, path: str, etag: str, seq: int, body: bytes) -> None:
    seen.bodies[etag].add(hashlib.sha256(body).digest())
    rows: list[dict[str, Any]] = json.loads(body)["data"]
    values = {row["rolled_up_value"] / 47 if "snapshot" in path else row["value"] for row in rows}
    seen.torn += len(values) != 1
    if len(values) == 1:
        seen.told.append((seq, round(values.pop())))


def polled(url: str, polls: int, broken: str = "") -> Seen:
    seen, finished = Seen(), threading.Event()
    with serving(url, broken=broken) as server:
        key = bulk_key(url, server)
        first = [{"indicator": COUNT, "area": area, "value": 0} for area in server.wards]
        with server.client(key) as client:
            seen.tags[client.post("/submissions", json={"period": MONTH, "rows": first}).json()["seq"]] = 0
        writing = threading.Thread(target=write, args=(server, key, seen, finished))
        writing.start()
        at_once(lambda _: poll(server, polls // 4, seen), range(4))
        finished.set()
        writing.join()
    return seen


def test_10_000_polls_beside_a_writer_see_whole_lots_and_one_body_a_tag(database_url: str):
    seen = polled(database_url, 10_000)

    assert (seen.polls, seen.torn, seen.two_bodies, seen.untrue) == (10_000, 0, 0, 0)
    assert len(seen.tags) > 20
    assert len(seen.bodies) > 20
    assert seen.unchanged


def test_with_read_committed_answers_are_untrue(databases: Any, tmp_path: Any):
    with databases.fresh("postgresql", tmp_path) as url:
        seen = polled(url, 300, READ_COMMITTED)

    assert seen.torn + seen.two_bodies + seen.untrue > 0
