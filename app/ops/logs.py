"""Logs: one JSON object a line on standard output, the server's own messages included; a key's secret never.

A request's line carries the `trace_id` of its answer's `X-Trace-Id`.
"""

import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from app.web.secrecy import without_secrets

_ENCODER = msgspec.json.Encoder(enc_hook=repr)


def configure(level: str, out: BinaryIO | None = None) -> None:
    """Send everything at `level` and above to `out` (standard output), whoever logs it."""
    least = logging.getLevelNamesMapping()[level.upper()]
    lines = _Lines(out or sys.stdout.buffer)
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Forwarded()], level=max(least, logging.INFO), force=True)
    # Six lines of what Alembic is made of, at every start that migrates.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)


def _line(logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    event["level"] = method
    event["at"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    if "exc_info" in event:
        # Not the dictionary form: that one shows local variables, secrets among them.
        event = structlog.processors.format_exc_info(logger, method, event)
    return without_secrets(_ENCODER.encode(event))


class _Lines:
    """Whole lines, each written at once; lost when the disk is full or the pipe closed, for requests must go on."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, line: bytes) -> None:
        with suppress(OSError, ValueError):
            self._out.write(line + b"\n")
            self._out.flush()

    debug = info = warning = error = critical = exception = msg = write


class _Forwarded(logging.Handler):
    """Hands the standard library's records on: uvicorn and SQLAlchemy log there."""

    def emit(self, record: logging.LogRecord) -> None:
        logger: Any = structlog.get_logger()
        logger.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
