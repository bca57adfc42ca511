"""Logs: one JSON object a line on standard output, the server's own messages included; a key's secret never.

What a message is about goes into `extra`. A request's line carries the `trace_id` of its answer's `X-Trace-Id`.
"""

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO

import msgspec

from app.web.edge import Answered
from app.web.secrecy import without_secrets

_ENCODER = msgspec.json.Encoder(enc_hook=repr)
_FORMATTER = logging.Formatter()
_REQUESTS = logging.getLogger("dxi.request")
# What every record has, and what uvicorn adds for terminals; the rest came as `extra`.
_OWN = {*logging.makeLogRecord({}).__dict__, "message", "color_message"}


class _Lines(logging.Handler):
    """Whole lines; lost when the disk is full or the pipe closed, for requests must go on."""

    out: BinaryIO

    def emit(self, record: logging.LogRecord) -> None:
        about = {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            about["exception"] = _FORMATTER.formatException(record.exc_info)
        self.write([_line(datetime.now(UTC), record.levelname.lower(), record.name, record.getMessage(), about)])

    def write(self, lines: list[bytes]) -> None:
        with suppress(OSError, ValueError):
            self.out.write(without_secrets(b"".join(lines)))
            self.out.flush()


def _line(at: datetime, level: str, logger: str, event: str, about: dict[str, Any]) -> bytes:
    return _ENCODER.encode({"at": at, "level": level, "logger": logger, "event": event, **about}) + b"\n"


_LINES = _Lines()


def configure(level: str, out: BinaryIO | None = None) -> None:
    """Send everything at `level` and above to `out` (standard output), whoever logs it."""
    least = logging.getLevelNamesMapping()[level.upper()]
    _LINES.out = out or sys.stdout.buffer
    logging.basicConfig(handlers=[_LINES], level=max(least, logging.INFO), force=True)
    logging.getLogger("dxi").setLevel(least)
    # Six lines of what Alembic is made of, at every start that migrates.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)


def on_answers(answers: list[Answered]) -> None:
    """A line for each answer, past the standard library's records, which cost more than the line."""
    if not _REQUESTS.isEnabledFor(logging.INFO):
        return
    if _LINES in logging.root.handlers:
        moments = [datetime.fromtimestamp(each.at, UTC) for each in answers]
        lines = [
            _line(at, "info", _REQUESTS.name, "request", _about(each))
            for at, each in zip(moments, answers, strict=True)
        ]
        _LINES.write(lines)
        return
    # Whoever runs the app in a program of his own decides where its logs go.
    for each in answers:
        _REQUESTS.info("request", extra=_about(each))


def _about(answered: Answered) -> dict[str, Any]:
    scope = answered.scope
    return {
        "trace_id": scope["dxi.trace_id"],
        "method": scope["method"],
        "path": scope.get("dxi.asked", scope["path"]),
        "status": answered.status,
        "ms": round(answered.seconds * 1000, 2),
        "key": getattr(scope.get("dxi.caller"), "id", None),
    }
