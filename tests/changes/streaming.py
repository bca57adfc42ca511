"""A served instance to stream from, and readers of its events."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import uvicorn

from app.access import commands as access
from app.db.engine import Database
from app.db.session import Ledger
from app.main import create_app, open_ledger
from app.settings import Settings
from tests.web.serving import started


@dataclass
class Event:
    """One event as the browser would dispatch it; `id` only where the event itself had one."""

    type: str
    data: Any
    id: str | None


@dataclass
class Listener:
    """Reads a stream in a thread of its own until it ends."""

    address: str
    params: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    answer: httpx.Response | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    _begun: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> "Listener":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._begun.wait(30)
        return self

    def until(self, enough: Callable[[list[Event]], bool], seconds: float = 30) -> list[Event]:
        deadline = time.monotonic() + seconds
        while not enough(self.events):
            assert time.monotonic() < deadline, [(e.type, e.id) for e in self.events]
            time.sleep(0.01)
        return list(self.events)

    def count(self, number: int, seconds: float = 30) -> list[Event]:
        return self.until(lambda events: len(events) >= number, seconds)

    def leave(self) -> None:
        if self.answer is not None and not self.ended.is_set():
            self.answer.extensions["network_stream"].get_extra_info("socket").shutdown(2)
        assert self.ended.wait(30)

    def _run(self) -> None:
        try:
            with (
                httpx.Client(timeout=30) as client,
                client.stream("GET", f"{self.address}/api/v1/changes/stream", **self._asked()) as answer,
            ):
                self.answer = answer
                self._begun.set()
                read(answer.iter_lines(), self.events, self.comments)
        except httpx.TransportError:
            pass
        finally:
            self._begun.set()
            self.ended.set()

    def _asked(self) -> dict[str, Any]:
        return {"params": self.params, "headers": self.headers}


def read(lines: Iterator[str], events: list[Event], comments: list[str]) -> None:
    """The standard's parser, in short."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            if "data" in fields:
                data = msgspec.json.decode(fields["data"])
                events.append(Event(fields.get("event", "message"), data, fields.get("id")))
            fields = {}
        elif line.startswith(":"):
            comments.append(line)
        else:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")


@dataclass
class Served:
    """A served app. Its `ledger` is another than the server's own: what it writes comes from elsewhere."""

    address: str
    ledger: Ledger
    app: Any
    server: uvicorn.Server

    def listen(self, key: str | None = None, last: str | None = None, **params: Any) -> Listener:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if last is not None:
            headers["Last-Event-ID"] = last
        return Listener(self.address, params, headers).start()

    def get(self, path: str, key: str | None = None, **params: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.get(f"{self.address}/api/v1{path}", params=params, headers=headers, timeout=30)

    def key(self, *scopes: str, **more: Any) -> str:
        with self.ledger.write("test") as session:
            return access.create(session, name="listener", scopes=scopes, **more)[1]

    def change(self, *subjects: str, type: str = "observation.created", area: str | None = None, **more: Any) -> int:
        """One transaction with a change of each subject; its seq."""
        with self.ledger.write("test") as session:
            for subject in subjects:
                session.record(type, subject, {"of": subject}, area=area, **{"public": True, **more})
            return session.seq()


@contextmanager
def served(url: str, **settings: Any) -> Iterator[Served]:
    """The app over `url`, served from a thread until the block ends."""
    app = create_app(Settings(database_url=url, require_durable=False, **settings))
    ledger = open_ledger(Settings(database_url=url), database=Database(url, checkpoints=False))
    with closing(ledger.database), started(app, timeout_graceful_shutdown=5) as (address, server):
        yield Served(address, ledger, app, server)
