"""P16: fifty readers that never read are cut off, cost no memory, and keep no writer waiting."""

import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.ledger.serving import Server, serving

pytestmark = pytest.mark.endurance
READERS = 50
# Half a minute is what the service gives them; the test gives them less.
SOONER = "import app.changes.stream as s; s.STALL_SECONDS = 4.0"
# The control: whatever is sent is taken, as into a queue without bounds.
UNBOUNDED = "import uvicorn.protocols.http.flow_control as f; f.FlowControl.pause_writing = lambda self: None"


def resident(server: Server) -> int:
    """Bytes of memory that the server holds by itself."""
    assert server.process is not None
    for line in Path(f"/proc/{server.process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    raise AssertionError


def streams(server: Server) -> int:
    told = httpx.get(f"{server.url}/metrics", timeout=30).text
    return int(float(next(line.split()[1] for line in told.splitlines() if line.startswith("dxi_streams "))))


def write(server: Server, random: Random) -> float:
    """A lot of twelve rows, some 15 KB of events for each reader; how long the service took."""
    rows = [
        {
            "indicator": "relics_digitised_3d",
            "period": f"2025-{month:02d}",
            "value": random.randrange(10**6),
            "note": "x" * 300,
        }
        for month in range(1, 13)
    ]
    ward, key = random.choice(list(server.wards.items()))
    began = time.monotonic()
    with server.client(key) as client:
        answer = client.post("/submissions", json={"rows": rows})
    assert answer.status_code == 201, (ward, answer.text)
    return time.monotonic() - began


@contextmanager
def deaf(server: Server) -> Iterator[None]:
    """Fifty readers of the whole log that never read."""
    host, port = server.url.removeprefix("http://").split(":")
    with ExitStack() as open_ones:
        for _ in range(READERS):
            reader = open_ones.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect((host, int(port)))
            reader.sendall(f"GET /api/v1/changes/stream?after=0 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        yield


def grown_and_left(url: str, broken: str, seconds: float) -> tuple[int, int, float, float]:
    """Bytes grown, streams left, and how long a write took alone and beside the deaf, at the median."""
    random = Random(16)
    with serving(url, broken=broken) as server:
        alone = [write(server, random) for _ in range(60)]
        before = resident(server)
        with deaf(server):
            deadline = time.monotonic() + 30
            while streams(server) < READERS:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            deadline = time.monotonic() + seconds
            beside: list[float] = []
            while time.monotonic() < deadline and streams(server):
                beside.append(write(server, random))
            return (
                resident(server) - before,
                streams(server),
                statistics.median(alone),
                statistics.median(beside),
            )


def test_readers_that_never_read_are_cut_off_and_nobody_waits_for_them(database_url: str):
    grown, left, alone, beside = grown_and_left(database_url, SOONER, seconds=30)

    assert left == 0
    assert grown < 48 * 1024 * 1024
    assert beside < 5 * alone + 0.05


def test_without_a_bound_they_stay_and_take_memory(databases: Any, tmp_path: Path):
    with databases.fresh("sqlite", tmp_path) as url:
        grown, left, _, _ = grown_and_left(url, f"{SOONER}\n{UNBOUNDED}", seconds=12)

    assert left == READERS
    assert grown > 64 * 1024 * 1024
