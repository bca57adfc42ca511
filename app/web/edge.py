"""The outermost wrapper: a trace id for each request, the size limit of bodies, one log line, no naked exception."""

import asyncio
import re
import time
from random import getrandbits
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import Problem
from app.web.answers import PREFIX
from app.web.negotiation import header, language
from app.web.problems import address, render

MAX_BODY = 8 * 1024 * 1024
DRAIN_SECONDS = 1.0
# A body has so long, and a second more for each so many bytes of it that have come.
BODY_SECONDS = 10.0
SLOWEST = 16 * 1024
DRAIN_BYTES = 3 * MAX_BODY

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")

log = structlog.get_logger("dxi.request")


def trace_id_of(scope: Scope) -> str:
    """The caller's W3C trace id, else a fresh one."""
    found = _TRACEPARENT.fullmatch(header(scope, b"traceparent") or "")
    return found[1] if found and found[1] != "0" * 32 else f"{getrandbits(128):032x}"


class Edge:
    """`on_answer(method, route, status, seconds)` is told of every answer (metrics)."""

    def __init__(self, app: ASGIApp, on_answer: Any = None) -> None:
        self.app = app
        self.on_answer = on_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["dxi.trace_id"] = trace_id_of(scope)
        started = time.perf_counter()
        status = 0
        body = _Limited(scope, receive)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [
                    *message["headers"],
                    (b"x-trace-id", scope["dxi.trace_id"].encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
                message = {**message, "headers": headers}
            elif status >= 400 and body.unread and not message.get("more_body", False):
                # The server closes as soon as the answer is whole, and a client that still sends would see a reset
                # instead of the answer: so read on a little before its last, empty part.
                await send({**message, "more_body": True})
                await body.drain()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        try:
            # Raised one wrapper further in, where the seq is known that this answer carries too.
            scope["dxi.refusal"] = body.refusal()
            await self.app(scope, body, sending)
        except Problem as problem:
            if not status:
                await send_problem(scope, sending, problem)
        except ClientDisconnect:
            # Nobody is there to be told; noted as other servers do.
            status = status or 499
        except Exception as error:
            log.error("unhandled", trace_id=scope["dxi.trace_id"], exc_info=error)
            if not status:
                await send_problem(scope, sending, Problem("internal-error"))
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        caller = scope.get("dxi.caller")
        log.info(
            "request",
            trace_id=scope["dxi.trace_id"],
            method=scope["method"],
            path=scope.get("dxi.asked", scope["path"]),
            status=status,
            ms=round(seconds * 1000, 2),
            key=getattr(caller, "id", None),
        )
        if self.on_answer is not None:
            self.on_answer(scope["method"], _template(scope, status), status, seconds)


def _template(scope: Scope, status: int) -> str:
    """The path's template, which unlike the path is one of a few; `cached` when no route was asked."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return "cached" if status in (200, 304) else "none"
    # An included router's route does not know the prefix it was included with.
    return PREFIX + path if scope["path"].startswith(f"{PREFIX}/") and not path.startswith(PREFIX) else path


async def send_problem(scope: Scope, send: Send, problem: Problem) -> None:
    status, headers, body = render(
        problem, lang=language(scope), instance=address(scope), trace_id=scope["dxi.trace_id"]
    )
    if "dxi.point" in scope:
        headers = {**headers, "x-seq": str(scope["dxi.point"].seq)}
    headers = {**headers, "content-length": str(len(body))}
    pairs = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    pairs += scope.get("dxi.allowance", ())
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class _Limited:
    """The request's body, counted: more than 8 MB is refused, declared or not."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._declared = header(scope, b"content-length") or ""
        self._has_body = (
            bool(self._declared.isdigit() and int(self._declared)) or header(scope, b"transfer-encoding") is not None
        )
        self._read = 0
        self._ended = False
        self._began: float | None = None

    def refusal(self) -> Problem | None:
        """Why the body is refused before any of it is read."""
        if self._declared.isdigit() and int(self._declared) > MAX_BODY:
            return Problem("body-too-large", limit=MAX_BODY, headers={"Connection": "close"})
        return None

    @property
    def unread(self) -> bool:
        return self._has_body and not self._ended

    async def __call__(self) -> Message:
        message = await (self._in_time() if self.unread else self._receive())
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)
            if self._read > MAX_BODY:
                raise Problem("body-too-large", limit=MAX_BODY, headers={"Connection": "close"})
        else:
            self._ended = True
        return message

    async def _in_time(self) -> Message:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        try:
            async with asyncio.timeout_at(self._began + BODY_SECONDS + self._read / SLOWEST):
                return await self._receive()
        except TimeoutError:
            raise Problem("body-too-slow", headers={"Connection": "close"}) from None

    async def drain(self) -> None:
        """Read on a little and throw it away."""
        drained = 0
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._ended and drained <= DRAIN_BYTES:
                    message = await self._receive()
                    drained += len(message.get("body", b""))
                    self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        except TimeoutError:
            return
