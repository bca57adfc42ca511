"""uvicorn's HTTP protocol with what a stream needs to know of its connection, in the scope as `dxi.connection`."""

import asyncio
import socket
from typing import Any, Protocol

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SEND_BUFFER = 64 * 1024


class Connection(Protocol):
    """What a stream asks of the connection it writes to."""

    leaving: asyncio.Event

    def drop(self) -> None: ...

    def keep_little(self) -> None: ...


class StreamingProtocol(HttpToolsProtocol):
    """`leaving` is set when the server begins to stop, which uvicorn tells no running request of."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.leaving = asyncio.Event()

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
