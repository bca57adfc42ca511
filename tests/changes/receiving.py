"""An endpoint that receives webhooks: it keeps what comes and answers as it is told to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
FINE: Answer = (204, {}, b"")


@dataclass
class Got:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def change(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answer` says how each request is answered; slow ones sleep in it."""

    port: int
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Answer] = lambda got: FINE
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait(self, number: int, seconds: float = 30) -> list[Got]:
        deadline = time.monotonic() + seconds
        while len(self.got) < number:
            assert time.monotonic() < deadline, f"{len(self.got)} of {number}: {[g.change for g in self.got][-3:]}"
            time.sleep(0.01)
        return list(self.got)


@contextmanager
def receiving(wrap: Callable[[Any], Any] | None = None) -> Iterator[Receiver]:
    """A receiver on a port of its own; `wrap` may put TLS around its socket."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            receiver.connections += 1
            super().setup()

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                # Who sent it was killed over it: that was no delivery.
                self.close_connection = True
                return
            got = Got({k.lower(): v for k, v in self.headers.items()}, body, self.path)
            receiver.got.append(got)
            status, headers, text = receiver.answer(got)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                # The sender has gone.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if wrap is not None:
        server.socket = wrap(server.socket)
    receiver = Receiver(server.server_address[1])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
