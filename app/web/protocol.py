"""uvicorn's HTTP protocol with limits for heads, and with what a stream needs to know of its connection.

A head has a time and a size; the stock server waits for ever and takes any. What it cannot read is told in a problem
document too. A stream finds its connection in the scope as `dxi.connection`.
"""

import asyncio
import logging
import secrets
import socket
from http import HTTPStatus
from typing import Any, Protocol, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.core.errors import Problem
from app.web.negotiation import preferred
from app.web.problems import render

SEND_BUFFER = 64 * 1024
HEAD_SECONDS = 8.0
MAX_HEAD = 64 * 1024
# How long a refused client may go on sending before it is cut off: cut off at once it would not see the answer.
LINGER_SECONDS = 1.0

log = logging.getLogger("dxi.request")


class Connection(Protocol):
    """What a stream asks of the connection it writes to."""

    leaving: asyncio.Event

    def drop(self) -> None: ...

    def keep_little(self) -> None: ...


class _HeadFirst:
    """A transport that sends an answer's head together with the first of its body: one packet, one system call.

    ASGI lets a server wait with the head for the first event of the body.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100"):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        self.flush()
        self._transport.close()


class StreamingProtocol(HttpToolsProtocol):
    """`leaving` is set when the server begins to stop, which uvicorn tells no running request of."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.leaving = asyncio.Event()
        self._in_head = False
        # Bytes that came since the head began, and of them the newest.
        self._head_size = 0
        self._piece = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._sending = _HeadFirst(transport)
        self.transport = cast("asyncio.Transport", self._sending)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._piece = len(data)
        super().data_received(data)
        self._head_size += len(data)
        if self._in_head and self._head_size > MAX_HEAD:
            self._refuse(Problem("head-too-large", limit=MAX_HEAD))
        elif self._deadline is None and (self._in_head or not self._is_answering()):
            # A head that comes whole, as nearly all do, needs no timer.
            self._await_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_came()
        may_be_large = self._head_size + self._piece > MAX_HEAD
        if may_be_large and len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            self._refuse(Problem("head-too-large", limit=MAX_HEAD))
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            super().on_message_complete()

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _head_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        if self._in_head:
            self._refuse(Problem("head-too-slow", limit=round(HEAD_SECONDS)))
        else:
            # Nothing was asked, so nothing is told.
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self._refuse(Problem("malformed-request"))

    def _refuse(self, problem: Problem) -> None:
        """Answer what never became a request, and close."""
        if self._refused:
            return
        self._refused = True
        self._head_came()
        if self._is_answering():
            # In the middle of another answer this one cannot be told.
            self.transport.abort()
            return
        trace_id = secrets.token_hex(16)
        lang = preferred(str(dict(self.headers or ()).get(b"accept-language", b""), "latin-1"))
        status, headers, body = render(problem, lang=lang, instance="", trace_id=trace_id)
        headers |= {"x-trace-id": trace_id, "content-length": str(len(body)), "connection": "close"}
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *[f"{k}: {v}" for k, v in headers.items()], "", ""]
        self.transport.write("\r\n".join(lines).encode("latin-1") + body)
        self._sending.flush()
        log.info("refused", extra={"trace_id": trace_id, "status": status, "code": problem.code})
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def on_response_complete(self) -> None:
        self._sending.flush()
        super().on_response_complete()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_size = 0
        extensions: dict[str, Any] = {"dxi.connection": self}
        self.scope["extensions"] = extensions

    def shutdown(self) -> None:
        self.leaving.set()
        super().shutdown()

    def drop(self) -> None:
        """Cut the connection off. Closing it would wait for a reader that does not read."""
        self.transport.abort()

    def keep_little(self) -> None:
        """Let the kernel hold little for this reader: it would take megabytes before one that does not read shows."""
        connected: socket.socket | None = self.transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def connection_of(scope: Scope) -> Connection | None:
    """The connection of a request; None under a server without our protocol."""
    found: Connection | None = scope.get("extensions", {}).get("dxi.connection")
    return found
