"""A served instance: a real server on a port of its own, for browsers and for curl."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.main import create_app
from app.settings import Settings
from app.web.protocol import StreamingProtocol


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """The address of the app over `database_url`, served from a thread until the block ends."""
    app = create_app(Settings(database_url=database_url, require_durable=False))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", http=StreamingProtocol))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
