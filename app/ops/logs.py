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

from app.web.secrecy import without_secrets

_ENCODER = msgspec.json.Encoder(enc_hook=repr)
_FORMATTER = logging.Formatter()
_REQUESTS = logging.getLogger("dxi.request")
# What every record has, and what uvicorn adds for terminals; the rest came as `extra`.
_OWN = {*logging.makeLogRecord({}).__dict__, "message", "color_message"}


class _Lines(logging.Handler):
    """Whole lines, each written at once; lost when the disk is full or the pipe closed, for requests must go on."""

    out: BinaryIO

    def emit(self, record: logging.LogRecord) -> None:
        about = {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            about["exception"] = _FORMATTER.formatException(record.exc_info)
        self.write(record.levelname.lower(), record.name, record.getMessage(), about)

    def write(self, level: str, logger: str, event: str, about: dict[str, Any]) -> None:
        line = {"at": datetime.now(UTC), "level": level, "logger": logger, "event": event, **about}
        with suppress(OSError, ValueError):
            self.out.write(without_secrets(_ENCODER.encode(line)) + b"\n")
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
    """A line for an answer, past the standard library's records, which cost more than the line."""
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
            _LINES.write("info", "dxi.request", "request", about)
        else:
            # Whoever runs the app in a program of his own decides where its logs go.
            _REQUESTS.info("request", extra=about)
