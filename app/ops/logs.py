"""Logs: one JSON object a line on standard output, the server's own messages included; a key's secret never.

What a message is about goes into `extra`. A request's line carries the `trace_id` of its answer's `X-Trace-Id`.
"""

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO

import msgspec
from starlette.types import Scope

from app.ops.gathered import Gathered
from app.web.secrecy import without_secrets

_ENCODER = msgspec.json.Encoder(enc_hook=repr)
_FORMATTER = logging.Formatter()
_REQUESTS = logging.getLogger("dxi.request")
# What every record has, and what uvicorn adds for terminals; the rest came as `extra`.
_OWN = {*logging.makeLogRecord({}).__dict__, "message", "color_message"}

# When, the level, the logger, the event and what it is about.
_Line = tuple[datetime, str, str, str, dict[str, Any]]


class _Lines(logging.Handler):
    """Whole lines in the order they came; lost when the disk is full or the pipe closed, for requests must go on."""

    out: BinaryIO

    def __init__(self) -> None:
        super().__init__()
        self.soon = Gathered(self._write)

    def emit(self, record: logging.LogRecord) -> None:
        about = {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            about["exception"] = _FORMATTER.formatException(record.exc_info)
        self.write((datetime.now(UTC), record.levelname.lower(), record.name, record.getMessage(), about))

    def write(self, line: _Line) -> None:
        self.soon.now()
        self._write([line])

    def flush(self) -> None:
        self.soon.now()

    def _write(self, lines: list[_Line]) -> None:
        told = [
            {"at": at, "level": level, "logger": name, "event": event, **about}
            for at, level, name, event, about in lines
        ]
        with suppress(OSError, ValueError):
            self.out.write(without_secrets(b"".join([_ENCODER.encode(each) + b"\n" for each in told])))
            self.out.flush()


_LINES = _Lines()


def configure(level: str, out: BinaryIO | None = None) -> None:
    """Send everything at `level` and above to `out` (standard output), whoever logs it."""
    least = logging.getLevelNamesMapping()[level.upper()]
    _LINES.out = out or sys.stdout.buffer
    logging.basicConfig(handlers=[_LINES], level=max(least, logging.INFO), force=True)
    logging.getLogger("dxi").setLevel(least)
    # Six lines of what Alembic is made of, at every start that migrates.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)


def on_answer(scope: Scope, _: str, status: int, seconds: float) -> None:
    """A line for an answer, past the standard library's records, which cost more than the line.

    Those of reads are written together: to write one costs more than an answer that was kept.
    """
    if _REQUESTS.isEnabledFor(logging.INFO):
        about = {
            "trace_id": scope["dxi.trace_id"],
            "method": scope["method"],
            "path": scope.get("dxi.asked", scope["path"]),
            "status": status,
            "ms": round(seconds * 1000, 2),
            "key": getattr(scope.get("dxi.caller"), "id", None),
        }
        if _LINES in logging.root.handlers:
            write = _LINES.soon.add if scope["method"] in ("GET", "HEAD") else _LINES.write
            write((datetime.now(UTC), "info", "dxi.request", "request", about))
        else:
            # Whoever runs the app in a program of his own decides where its logs go.
            _REQUESTS.info("request", extra=about)


def flush() -> None:
    """Write what waits: the end of a worker is not the end of its interpreter."""
    _LINES.flush()
