"""The outermost wrapper: a trace id for each request, limits of bodies, word of every answer, no naked exception."""

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from random import getrandbits
from typing import NamedTuple

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import Problem
from app.web.answers import PREFIX
from app.web.gathered import Gathered
from app.web.negotiation import headers_of, language
from app.web.problems import address, render

MAX_BODY = 8 * 1024 * 1024
DRAIN_SECONDS = 1.0
# A body has so long, and a second more for each so many bytes of it that have come.
BODY_SECONDS = 10.0
SLOWEST = 16 * 1024
DRAIN_BYTES = 3 * MAX_BODY

_NOSNIFF = (b"x-content-type-options", b"nosniff")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")

log = logging.getLogger("dxi.request")


class Answered(NamedTuple):
    """An answer that was given: when (seconds since 1970), to what request, its status, and how long it took."""

    at: float
    scope: Scope
    status: int
    seconds: float


def trace_id_of(headers: Mapping[bytes, str]) -> str:
    """The caller's W3C trace id, else a fresh one."""
    sent = headers.get(b"traceparent")
    found = _TRACEPARENT.fullmatch(sent) if sent is not None else None
    return found[1] if found and found[1] != "0" * 32 else f"{getrandbits(128):032x}"


class Edge:
    """Tells `answered` of each answer; whoever listens there is told of reads a moment later."""

    def __init__(self, app: ASGIApp, answered: Gathered[Answered]) -> None:
        self.app = app
        self.answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = headers_of(scope)
        trace_id = scope["dxi.trace_id"] = trace_id_of(headers)
        status = 0
        body = _Limited.of(headers, receive)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-trace-id", trace_id.encode()), _NOSNIFF]
            elif status >= 400 and body is not None and body.unread and not message.get("more_body", False):
                # The server closes as soon as the answer is whole, and a client that still sends would see a reset
                # instead of the answer: so read on a little before its last, empty part.
                await send({**message, "more_body": True})
                await body.drain()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        try:
            # Raised one wrapper further in, where the seq is known that this answer carries too.
            scope["dxi.refusal"] = body.refusal() if body is not None else None
            await self.app(scope, body or receive, sending)
        except Problem as problem:
            if not status:
                await send_problem(scope, sending, problem)
        except ClientDisconnect:
            # Nobody is there to be told; noted as other servers do.
            status = status or 499
        except Exception as error:
            log.error("unhandled", exc_info=error, extra={"trace_id": trace_id})
            if not status:
                await send_problem(scope, sending, Problem("internal-error"))
        finally:
            self.answered.add(Answered(time.time(), scope, status, time.perf_counter() - started))
            if scope["method"] not in ("GET", "HEAD"):
                self.answered.now()


def template(answered: Answered) -> str:
    """The path's template, which unlike the path is one of a few; `cached` when no route was asked."""
    scope = answered.scope
    route = scope.get("route")
    if route is None:
        return "cached" if answered.status in (200, 304) else "none"
    path: str = route.path
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

    def __init__(self, receive: Receive, declared: int | None) -> None:
        self._receive = receive
        self._declared = declared
        self._read = 0
        self._ended = False
        self._began: float | None = None

    @classmethod
    def of(cls, headers: Mapping[bytes, str], receive: Receive) -> "_Limited | None":
        """None for a request without a body, which needs no care."""
        declared = headers.get(b"content-length")
        if declared is not None and declared.isdigit():
            return cls(receive, int(declared)) if int(declared) else None
        return cls(receive, None) if b"transfer-encoding" in headers else None

    def refusal(self) -> Problem | None:
        """Why the body is refused before any of it is read."""
        if self._declared is not None and self._declared > MAX_BODY:
            return Problem("body-too-large", limit=MAX_BODY, headers={"Connection": "close"})
        return None

    @property
    def unread(self) -> bool:
        return not self._ended

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
