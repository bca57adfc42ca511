"""uvicorn's HTTP protocol with what a stream needs to know of its connection, in the scope as `dxi.connection`."""

import asyncio
import socket
from typing import Any, Protocol, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SEND_BUFFER = 64 * 1024


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

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._sending = _HeadFirst(transport)
        self.transport = cast("asyncio.Transport", self._sending)

    def on_response_complete(self) -> None:
        self._sending.flush()
        super().on_response_complete()

    def on_message_begin(self) -> None:
        super().on_message_begin()
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
