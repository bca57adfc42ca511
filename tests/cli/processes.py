"""`dxi` as a real process, and a server of it on a free port."""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx

from app.cli import main

COMMAND = (sys.executable, "-m", "app")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


def environment(url: str, **settings: str) -> dict[str, str]:
    # Compiled modules halve the start of every process.
    dropped = ("DXI_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    given = {"DXI_DATABASE_URL": url, "DXI_REQUIRE_DURABLE": "false", "PYTHONPATH": str(ROOT), **settings}
    return kept | given


def process(*arguments: str, url: str, **settings: str) -> Ended:
    """Run one command to its end, as a process of its own."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(url, **settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def dxi(*arguments: str, url: str, **settings: str) -> Ended:
    """Run one command to its end in this process: the same, without a second for its start."""
    out, err = io.StringIO(), io.StringIO()
    # A process of its own would not have the logging that other tests have set up in this one.
    logging.disable(logging.CRITICAL)
    with (
        patch.dict(os.environ, environment(url, **settings), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        finally:
            logging.disable(logging.NOTSET)
    return Ended(code, out.getvalue(), err.getvalue())


@dataclass
class Server:
    """A running `dxi serve`; `out` and `err` are the files it writes to."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    address: str = ""

    def lines(self) -> list[dict[str, object]]:
        """The log, line by line; a line that is no JSON fails."""
        return [json.loads(line) for line in self.out.read_text("utf-8").splitlines()]

    def get(self, path: str, **more: object) -> httpx.Response:
        return httpx.get(self.address + path, timeout=10, **more)  # type: ignore[arg-type]

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Exit code, and how long leaving took."""
        began = time.monotonic()
        self.process.send_signal(sig)
        return self.process.wait(timeout=30), time.monotonic() - began

    def await_address(self) -> None:
        deadline = time.monotonic() + 30
        while not self.address:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no server: {self.err.read_text('utf-8')}{self.out.read_text('utf-8')}")
            for line in self.out.read_bytes().splitlines():
                if b'"listening"' in line:
                    self.address = str(json.loads(line)["url"])
            time.sleep(0.02)


@contextmanager
def serving(url: str, folder: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """A server on a free port; killed at the end if it still runs."""
    out, err = (folder / f"{time.monotonic_ns()}.{name}" for name in ("out", "err"))
    with out.open("wb") as writing, err.open("wb") as complaining:
        command = [*COMMAND, "serve", "--port", "0", *arguments]
        process = subprocess.Popen(command, env=environment(url, **settings), stdout=writing, stderr=complaining)
    server = Server(process, out, err)
    try:
        server.await_address()
        server.get("/healthz")
        yield server
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
