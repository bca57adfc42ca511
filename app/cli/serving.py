"""`dxi serve`: one process, or several behind one socket."""

import argparse
import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from contextlib import closing
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from prometheus_client import values
from uvicorn import _subprocess
from uvicorn.supervisors import Multiprocess

from app.access import commands as access
from app.cli.database import opened, prepare
from app.cli.said import Failed, say
from app.main import create_app, open_ledger
from app.ops import logs
from app.settings import Settings
from app.web.protocol import StreamingProtocol

BACKLOG = 2048


def serve(asked: argparse.Namespace, settings: Settings) -> int:
    if settings.workers > 1 and settings.embedded:
        raise Failed(
            "SQLite chỉ chạy được một tiến trình. Hãy bỏ --workers, hoặc đặt DXI_DATABASE_URL tới PostgreSQL.",
            "SQLite runs in one process only. Leave --workers out, or set DXI_DATABASE_URL to a PostgreSQL server.",
            2,
        )
    logs.configure(settings.log_level)
    _heed_signals()
    listening = _listen(settings.host, settings.port)
    with listening:
        _introduce(settings)
        if settings.workers == 1:
            return _serve_alone(settings, listening)
        return _serve_together(settings, listening)


def _introduce(settings: Settings) -> None:
    """Prepare the embedded database; print the first admin key of a service that never had one."""
    with closing(opened(settings, checkpoints=True)) as database:
        prepare(database, settings)
        with open_ledger(settings, database=database).write("system") as session:
            token = access.first_admin(session)
    if token is not None:
        # Printed and never logged: it must not end up where logs are kept.
        say(
            "Khóa quản trị đầu tiên, chỉ hiện một lần này; hãy cất giữ nó ngay:",
            "The first admin key, shown this once; keep it now:",
        )
        print(f"\n    {token}\n", file=sys.stderr, flush=True)


def _serve_alone(settings: Settings, listening: socket.socket) -> int:
    server = uvicorn.Server(uvicorn.Config(create_app(settings), **server_settings(settings)))
    _log_address(listening)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _leave(_: int, __: FrameType | None) -> None:
    """Being asked to stop is no failure. uvicorn raises its signal again once every request has ended."""
    raise SystemExit(0)


def _serve_together(settings: Settings, listening: socket.socket) -> int:
    with tempfile.TemporaryDirectory(prefix="dxi-metrics-") as folder:
        # The metrics library adds up what the workers write here.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        how = server_settings(settings)
        config = uvicorn.Config("app.cli.serving:worker", factory=True, workers=settings.workers, **how)
        _log_address(listening)
        if sys.platform == "linux":
            _copy_workers()
        Multiprocess(config, sockets=[listening]).run()
    return 0


def _copy_workers() -> None:
    """Let workers be copies of this process, which start at once and share what it has loaded.

    uvicorn would load all of it anew for each. There is nothing yet that a copy must not have: no thread and no
    connection.
    """
    _subprocess.spawn = multiprocessing.get_context("fork")  # type: ignore[assignment]
    # Else each copy would sooner or later write to all of it, looking for garbage.
    gc.freeze()
    # Until its server listens to signals, a copy would take one for its parent's, and go on.
    os.register_at_fork(after_in_child=_heed_signals)


def _heed_signals() -> None:
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, _leave)


def worker() -> FastAPI:
    """The app of one of several workers, with the settings of the environment."""
    # The library looks for the folder when it is loaded, and a copy has loaded it before there was one.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    settings = Settings()
    logs.configure(settings.log_level)
    return create_app(settings)


def _leave_with_parent() -> None:
    """Stop this worker once its parent is gone, however that went: it would keep the port that a new start needs."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def server_settings(settings: Settings) -> dict[str, Any]:
    return {
        # With uvloop the accept queue stays in the kernel, where no load shedder sees it.
        "loop": "asyncio",
        "http": StreamingProtocol,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "backlog": BACKLOG,
        # A second is left for the way out.
        "timeout_graceful_shutdown": max(1, settings.shutdown_seconds - 1),
    }


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Failed(
            f"Không mở được cổng {port} trên {host} ({error.strerror}). Hãy chọn cổng khác bằng --port hoặc DXI_PORT.",
            f"Cannot listen on {host} port {port} ({error.strerror}). Choose another with --port or DXI_PORT.",
        ) from None


def _log_address(listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    logging.getLogger("dxi").info("listening", extra={"url": f"http://{shown}:{port}"})
