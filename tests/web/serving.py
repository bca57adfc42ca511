"""A served instance: a real server on a port of its own, for whatever needs a wire."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from app.main import create_app
from app.settings import Settings
from app.web.protocol import StreamingProtocol


@contextmanager
def started(app: Any, **config: Any) -> Iterator[tuple[str, uvicorn.Server]]:
    """The address of a server of `app`, which runs in a thread until the block ends, and the server."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", http=StreamingProtocol, **config)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """The address of the app over `database_url`."""
    with started(create_app(Settings(database_url=database_url, require_durable=False))) as (address, _):
        yield address
