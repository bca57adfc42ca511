"""P15: connections left half open are closed, slow bodies told so, and no head of any size is kept in memory."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.access import commands as access
from app.main import open_ledger
from app.settings import Settings
from tests.changes.test_deaf import resident
from tests.ledger.serving import serving as serving_apart
from tests.web.serving import serving

HEAD = b"GET /api/v1/areas HTTP/1.1\r\nAccept-Language: en\r\nHost: city.test\r\n"


@dataclass
class Served:
    at: tuple[str, int]
    key: str

    def connect(self) -> socket.socket:
        return socket.create_connection(self.at, timeout=10)


@pytest.fixture(scope="module")
def served(databases: Any, tmp_path_factory: Any) -> Iterator[Served]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("heads")) as url:
        ledger = open_ledger(Settings(database_url=url))
        with closing(ledger), ledger.write("test") as session:
            _, key = access.create(session, name="ward", scopes=["submit"], areas=["14758"])
        with serving(url) as address:
            yield Served(("127.0.0.1", httpx.URL(address).port or 0), key)


def told(connection: socket.socket, *sent: bytes) -> tuple[int, dict[str, Any]]:
    """The status and document of what the server says before it closes; 0 when it says nothing."""
    connection.settimeout(20)
    for piece in sent:
        connection.sendall(piece)
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return (int(head.split()[1]), json.loads(body)) if answer else (0, {})


def test_half_a_head_is_waited_for_a_while_and_no_longer(served: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.web.protocol.HEAD_SECONDS", 0.3)
    monkeypatch.setattr("app.web.protocol.LINGER_SECONDS", 0.1)
    with ExitStack() as opened:
        half, silent, kept, blank = [opened.enter_context(closing(served.connect())) for _ in range(4)]
        kept.sendall(HEAD.replace(b"areas", b"me") + b"\r\n")
        assert b" 401 " in kept.recv(65536)
        began = time.monotonic()

        status, document = told(half, HEAD)
        assert (status, document["code"], document["title"]) == (408, "head-too-slow", "The head came too slowly")
        assert told(silent) == (0, {})
        # A connection that served one request has no more patience for the next.
        assert told(kept, HEAD)[0] == 408
        assert told(blank, b"\r\n")[0] == 0
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "head",
    [
        b"Cookie: " + b"x" * 70_000 + b"\r\n",
        b"".join(b"X-%d: %s\r\n" % (n, b"x" * 900) for n in range(80)),
        b"Cookie: " + b"x" * 2_000_000,
    ],
    ids=["one header", "many headers", "no end"],
)
def test_a_head_of_too_many_bytes_is_refused(served: Served, head: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.web.protocol.LINGER_SECONDS", 0.1)
    with closing(served.connect()) as connection:
        status, document = told(connection, HEAD + head + b"\r\n")

    assert (status, document["code"], document["status"]) == (431, "head-too-large", 431)


def test_a_head_that_just_fits_is_served(served: Served):
    host, port = served.at
    answer = httpx.get(f"http://{host}:{port}/api/v1/areas?limit=1", headers={"Cookie": "x" * 60_000})

    assert answer.status_code == 200


def test_a_head_in_pieces_after_a_large_body_is_served(served: Served):
    """What counts is the head alone, on a connection that goes on."""
    lot = b'{"rows": [' + b" " * 200_000 + b"]}"
    asked = b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" % served.key.encode()
    with closing(served.connect()) as connection:
        connection.sendall(asked + b"Content-Length: %d\r\n\r\n" % len(lot) + lot)
        assert b" 422 " in connection.recv(65536).splitlines()[0]
        connection.sendall(HEAD)
        time.sleep(0.1)
        connection.sendall(b"\r\n")
        assert b" 200 " in connection.recv(65536).splitlines()[0]


def test_a_body_that_trickles_is_told_so(served: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.web.edge.BODY_SECONDS", 0.3)
    monkeypatch.setattr("app.web.edge.DRAIN_SECONDS", 0.1)
    asked = b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" % served.key.encode()
    with closing(served.connect()) as connection:
        began = time.monotonic()
        status, document = told(connection, asked + b"Content-Length: 100\r\n\r\n", b"{")

    assert (status, document["code"]) == (408, "body-too-slow")
    assert time.monotonic() - began < 10


def test_what_is_no_request_gets_a_problem_document(served: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.web.protocol.LINGER_SECONDS", 0.1)
    with closing(served.connect()) as connection:
        status, document = told(connection, b"\x16\x03\x01\x02\x00 hello\r\n\r\n")

    assert (status, document["code"]) == (400, "malformed-request")
    assert document["type"] == "/problems/malformed-request"


def closed_within(at: tuple[str, int], seconds: float) -> int:
    """How many of 300 half-open heads are closed by then, while others are served."""
    with ExitStack() as opened:
        halves = [opened.enter_context(closing(socket.create_connection(at))) for _ in range(300)]
        for half in halves:
            half.sendall(HEAD)
        deadline = time.monotonic() + seconds
        closed = [0]

        def wait(half: socket.socket) -> None:
            try:
                half.settimeout(max(0.1, deadline - time.monotonic()))
                while half.recv(65536):
                    half.settimeout(max(0.1, deadline - time.monotonic()))
                closed[0] += 1
            except ConnectionError:
                closed[0] += 1
            except TimeoutError:
                pass

        assert httpx.get("http://{}:{}/healthz".format(*at), timeout=10).status_code == 200
        threads = [threading.Thread(target=wait, args=(half,)) for half in halves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return closed[0]


@pytest.mark.endurance
def test_300_half_open_heads_are_closed_and_a_block_of_100_mb_is_refused_at_no_cost(databases: Any, tmp_path: Path):
    with databases.fresh("sqlite", tmp_path) as url, serving_apart(url) as server:
        at = ("127.0.0.1", httpx.URL(server.url).port or 0)
        assert closed_within(at, 10.0) == 300

        before = resident(server)
        with closing(socket.create_connection(at)) as connection:
            connection.sendall(HEAD)
            try:
                for number in range(100):
                    connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 1_000_000))
            except ConnectionError:
                pass
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert resident(server) - before < 16 * 1024 * 1024


@pytest.mark.endurance
def test_without_the_deadline_they_stay_open(databases: Any, tmp_path: Path):
    forever = "import app.web.protocol as p; p.HEAD_SECONDS = 600.0"
    with databases.fresh("sqlite", tmp_path) as url, serving_apart(url, broken=forever) as server:
        assert closed_within(("127.0.0.1", httpx.URL(server.url).port or 0), 3.0) == 0
