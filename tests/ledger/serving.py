"""The service as its users run it: `dxi serve` in a process of its own, which can be killed and started again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx

from app.access import commands as access
from app.areas.queries import every_version
from app.main import open_ledger
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
Answer = TypeVar("Answer")


@dataclass
class Server:
    """`wards` are the keys of the 47 by area id, `reviewer` sees everything, `steward` keeps the registry."""

    url: str
    database_url: str
    wards: dict[str, str]
    reviewer: str
    steward: str
    process: subprocess.Popen[bytes] | None = None
    program: tuple[str, ...] = ("-m", "app", "serve")
    settings: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        port = self.url.rpartition(":")[2]
        environment = os.environ | {
            "DXI_DATABASE_URL": self.database_url,
            "DXI_PORT": port,
            "DXI_REQUIRE_DURABLE": "false",
            "DXI_LOG_LEVEL": "error",
            **self.settings,
        }
        self.process = subprocess.Popen(
            [sys.executable, *self.program],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {self.process.poll()}")
            time.sleep(0.03)

    def kill(self) -> None:
        """What `kill -9` does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def client(self, key: str | None = None, **more: Any) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60, **more)


@contextmanager
def serving(database_url: str, *, broken: str = "", **settings: str) -> Iterator[Server]:
    """A running server over a migrated and seeded database, with a key for each of the 47.

    `broken` is what a control runs before it serves, to take away what keeps the promise.
    """
    ledger = open_ledger(Settings(database_url=database_url))
    with closing(ledger.database), ledger.write("test") as session:
        communes = sorted(area.id for area in every_version(session) if area.level == "commune")
        wards = {
            area: access.create(session, name=area, scopes=["submit"], areas=[area], expires=None)[1]
            for area in communes
        }
        _, reviewer = access.create(session, name="reviewer", scopes=["review"], areas=[], expires=None)
        _, steward = access.create(session, name="steward", scopes=["steward"], areas=[], expires=None)
    server = Server(_free_address(), database_url, wards, reviewer, steward, settings=settings)
    if broken:
        server.program = ("-c", f"{broken}\nimport sys\nfrom app.cli import main\nsys.exit(main(['serve']))")
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def beside(first: Server) -> Iterator[Server]:
    """Another server like the `first`, on the same database and on a port of its own."""
    server = replace(first, url=_free_address(), process=None)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def at_once(work: Callable[..., Answer], things: Iterable[Any]) -> list[Answer]:
    """What `work` gives for each thing, each in a thread of its own, all started together."""
    things = list(things)
    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(work, things))


def every_change(server: Server) -> list[dict[str, Any]]:
    """The whole feed as a reviewer sees it."""
    found: list[dict[str, Any]] = []
    after: int | None = 0
    with server.client(server.reviewer) as client:
        while after is not None:
            page = client.get(f"/changes?after={after}&limit=1000").json()
            found += page["data"]
            after = page["next"]
    return found
