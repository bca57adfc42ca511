"""An answer depends only on (seq, request, caller's scope, day): so one wrapper outside the router serves any GET.

It reads the counter, looks into a cache bounded in bytes, compares `If-None-Match`, and only then runs the app. The tag
of an answer is made from the seq its body was read at, which the app says in `X-Seq`. Plain and gzip are two answers,
each with its own tag and its own place in the cache.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import anyio.to_thread
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.clock import Clock
from app.db.counter import CounterReader
from app.db.points import Point
from app.db.replica import ReplicaLost
from app.db.session import ReadSession
from app.formats import plain_json
from app.web import coding
from app.web.conditional import answer_tag, not_modified, wants_none
from app.web.freshness import check_min_seq
from app.web.limits import Headers, Limits
from app.web.negotiation import header, headers_of

PREFIX = "/api/v1"
VARY = b"Accept, Accept-Encoding, Accept-Language, Authorization"
# Longer bodies are packed beside the loop: it would stand still for more than a millisecond.
_PACKED_INLINE = 256 * 1024

encoded = plain_json.encoded


def answer(
    session: ReadSession,
    value: Any,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The bytes of `value`, with the seq they were read at (or written as); `revision` goes into the tag."""
    return reply(encoded(value), session.latest, status=status, revision=revision, headers=headers)


def reply(
    body: bytes,
    seq: int,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: dict[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    told = {**(headers or {}), "X-Seq": str(seq)}
    if revision is not None:
        told["X-Revision"] = str(revision)
    return Response(body, status_code=status, media_type=media_type, headers=told)


def unnumbered(value: Any) -> Response:
    """The bytes of a `value` that may change without a seq: never kept here, and tagged by what they are."""
    body = encoded(value)
    return Response(body, media_type="application/json", headers={"ETag": f'"{answer_tag(body)}"'})


# The scope of whoever calls without a key.
ANONYMOUS = "-"


class Known(Protocol):
    """Who is calling, as far as an answer depends on it."""

    @property
    def scope_id(self) -> str: ...


Identify = Callable[[str | None, Point], Awaitable[Known]]
# Turns a read that goes by another name (a release's) into the one that is meant, in the request itself.
Resolve = Callable[[Scope, Point], Awaitable[None]]


Pairs = list[tuple[bytes, bytes]]
# What an answer depends on beside the request: epoch, seq, the seq's instant and the day; of an answer as of a moment,
# the epoch alone. The instant tells a copy of the database that was put back and written on to the same seq.
Moment = tuple[object, ...]
# What an answer depends on of its request: path, query, Accept, Accept-Language, caller and coding.
Asked = tuple[str | bytes | None, ...]


@dataclass(slots=True)
class Kept:
    """An answer with all its headers but `X-Seq`, and the moment at which it is the right one.

    One as of a moment outlives the seq it was made at.
    """

    moment: Moment
    tag: str
    etag: str
    validators: Pairs
    headers: Pairs
    body: bytes


async def _gzipped(body: bytes, headers: Pairs) -> bytes:
    """The body as gzip, and `headers` saying so, where that pays."""
    kind = next((str(value, "latin-1") for key, value in headers if key == b"content-type"), "")
    if len(body) < coding.LEAST or not coding.is_text(kind):
        return body
    headers.append((b"content-encoding", b"gzip"))
    if len(body) < _PACKED_INLINE:
        return coding.packed(body)
    return await anyio.to_thread.run_sync(coding.packed, body)


class AnswerCache:
    """The newest answer of each request, least recently used out first, at most `limit` bytes of both."""

    def __init__(self, limit: int = 4 * 1024 * 1024) -> None:
        self._kept: OrderedDict[Asked, Kept] = OrderedDict()
        self._limit = limit
        self._size = 0

    def get(self, asked: Asked, moment: Moment) -> Kept | None:
        kept = self._kept.get(asked)
        if kept is None or kept.moment != moment:
            return None
        self._kept.move_to_end(asked)
        return kept

    def put(self, asked: Asked, kept: Kept) -> None:
        if len(kept.body) > self._limit // 8:
            return
        before = self._kept.pop(asked, None)
        if before is not None:
            self._size -= _weight(asked, before)
        # A copy, for a body lies among what its thread holds, where nothing can follow it: megabytes of holes.
        kept.body = bytes(memoryview(kept.body))
        self._kept[asked] = kept
        self._size += _weight(asked, kept)
        while self._size > self._limit:
            self._size -= _weight(*self._kept.popitem(last=False))


def _weight(asked: Asked, kept: Kept) -> int:
    return len(kept.body) + sum(len(part) for part in asked if part) + 512


class Answers:
    """The wrapper: GET and HEAD under the prefix are tagged, compared, cached; other methods only get their `X-Seq`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        counter: Callable[[], CounterReader],
        identify: Identify,
        resolve: Resolve,
        clock: Clock,
        build: str,
        limits: Limits,
    ) -> None:
        self.app = app
        self.counter = counter
        self.identify = identify
        self.resolve = resolve
        self.clock = clock
        self.build = build
        self.limits = limits
        self.cache = AnswerCache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = scope.get("dxi.refusal")
        if not scope["path"].startswith(PREFIX):
            if refusal is not None:
                raise refusal
            await self._outside(scope, receive, send)
            return
        point = await self.counter().read()
        scope["dxi.point"] = point
        if refusal is not None:
            raise refusal
        if scope["method"] not in ("GET", "HEAD"):
            caller = scope["dxi.caller"] = await self.identify(header(scope, b"authorization"), point)
            counts = caller.scope_id != ANONYMOUS and scope["method"] != "OPTIONS"
            told = scope["dxi.allowance"] = await self.limits.take(caller.scope_id) if counts else ()
            await self.app(scope, receive, _with_seq(send, point.seq, told))
            return
        await self._get(scope, receive, send, point)

    async def _outside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pages and health: no tags of ours, but HEAD wherever GET is."""
        if scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if "body" in message else message)

        await self._as_get(scope, receive, without_body, bodyless=True)

    async def _as_get(self, scope: Scope, receive: Receive, send: Send, *, bodyless: bool) -> None:
        """Run the app as for GET, the only method the router knows; the route found is told to whoever measures.

        A stream is told (`dxi.head`) that it need not begin.
        """
        asked = {**scope, "method": "GET", "dxi.head": bodyless}
        try:
            await self.app(asked, receive, send)
        finally:
            if "route" in asked:
                scope["route"] = asked["route"]

    async def _get(self, scope: Scope, receive: Receive, send: Send, point: Point) -> None:
        headers = headers_of(scope)
        authorization, wanted = headers.get(b"authorization"), headers.get(b"if-none-match")
        caller = scope["dxi.caller"] = await self.identify(authorization, point)
        check_min_seq(scope, point)
        await self.resolve(scope, point)
        form = scope["dxi.coding"] = coding.coding(headers.get(b"accept-encoding"))
        query: bytes = scope["query_string"]
        accepted = headers.get(b"accept"), headers.get(b"accept-language")
        asked = (scope["path"], query, *accepted, caller.scope_id, form)
        # An answer as of a moment is right for ever; the others are on their seq and day.
        eternal = query.startswith(b"as_of=") or b"&as_of=" in query
        moment: Moment = (point.epoch,) if eternal else (point.epoch, point.seq, point.at, self.clock.today())
        kept = self.cache.get(asked, moment)
        if wanted is not None:
            if kept is not None and wanted == kept.etag:
                await _send(send, 304, [_seq(point.seq), *kept.validators], b"")
                return
            same = not_modified(wanted, kept.tag if kept else self._tag(asked, moment))
            if same is not None:
                await _send(send, 304, [_seq(point.seq), *_validators(f'"{same}"', authorization)], b"")
                return
        unwanted = wants_none(wanted)
        bodyless = unwanted or scope["method"] == "HEAD"
        if kept is None:

            async def settle(seq: int) -> tuple[Moment, str]:
                settled = moment if eternal or seq == point.seq else await self._later(seq, moment)
                return settled, self._tag(asked, settled)

            collected = _Collected(send, point.seq, authorization, settle, wanted, bodyless=bodyless)
            try:
                await self._as_get(scope, receive, collected, bodyless=bodyless)
            except ReplicaLost:
                if collected.passed:
                    raise
                # It rests now, so this goes to the primary.
                await self._as_get(scope, receive, collected, bodyless=bodyless)
            kept = await collected.finish(packed=form is not None)
            if kept is None:
                return
            self.cache.put(asked, kept)
            if collected.seq != point.seq:
                point = replace(point, seq=collected.seq)
        if unwanted:
            await _send(send, 304, [_seq(point.seq), *_validators(kept.etag, authorization)], b"")
            return
        await _send(send, 200, [_seq(point.seq), *kept.headers], b"" if bodyless else kept.body)

    async def _later(self, seq: int, moment: Moment) -> Moment:
        """The moment of an answer that knew more than the counter had told; without its instant once that is past."""
        point = await self.counter().read()
        return (point.epoch, seq, point.at if point.seq == seq else None, moment[-1])

    def _tag(self, asked: Asked, moment: Moment) -> str:
        return answer_tag(self.build, *moment, *asked)


def _seq(seq: int) -> tuple[bytes, bytes]:
    return b"x-seq", b"%d" % seq


def _validators(etag: str, authorization: str | None) -> Pairs:
    return [
        (b"etag", etag.encode("latin-1")),
        (b"vary", VARY),
        (b"cache-control", b"private, no-cache" if authorization else b"no-cache"),
    ]


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with_seq(send: Send, seq: int, more: Headers = ()) -> Send:
    """Adds `X-Seq` where the app did not, the tag of the resource that a write answered with, and `more` headers."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            said = headers.setdefault(b"x-seq", str(seq).encode())
            revision = headers.pop(b"x-revision", None)
            if revision is not None:
                headers[b"etag"] = b'"' + said + b"." + revision + b'"'
            message["headers"] = [*headers.items(), *more]
        await send(message)

    return sending


class _Collected:
    """Takes an answer of one piece; passes errors and streams through as they come, streams with their tag."""

    def __init__(
        self,
        send: Send,
        seq: int,
        authorization: str | None,
        settle: Callable[[int], Awaitable[tuple[Moment, str]]],
        wanted: str | None,
        *,
        bodyless: bool,
    ) -> None:
        self.seq = seq
        self._send = send
        self._authorization = authorization
        self._settle = settle
        self._bodyless = bodyless
        self._wanted = wanted
        self._start: Message | None = None
        self._body: bytes | None = None
        self.passed = False

    async def __call__(self, message: Message) -> None:
        if self.passed:
            await self._pass(message)
        elif message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            assert self._start is not None
            ours = self._start["status"] == 200 and self._read_seq()
            if ours and not message.get("more_body"):
                self._body = message.get("body", b"")
                return
            self.passed = True
            if ours:
                await self._send(await self._tagged(self._start))
            else:
                await _with_seq(self._send, self.seq)(self._unnumbered(self._start))
            await self._pass(message)

    async def _pass(self, message: Message) -> None:
        await self._send({**message, "body": b""} if self._bodyless and "body" in message else message)

    async def _tagged(self, start: Message) -> Message:
        """The head of a stream with its validators; 304 for a caller who wants none of whatever there is."""
        _, tag = await self._settle(self.seq)
        validators = [_seq(self.seq), *_validators(f'"{tag}"', self._authorization)]
        if wants_none(self._wanted):
            return {**start, "status": 304, "headers": validators}
        return {**start, "headers": [*_foreign(start), *validators]}

    def _unnumbered(self, start: Message) -> Message:
        """The head of an answer that no seq numbers; 304 where it brought a tag of its own and the caller has that."""
        tag = next((str(value, "latin-1") for key, value in start["headers"] if key == b"etag"), None)
        if tag is None:
            return start
        validators = _validators(tag, self._authorization)
        if wants_none(self._wanted) or not_modified(self._wanted, tag.strip('"')):
            self._bodyless = True
            return {**start, "status": 304, "headers": validators}
        return {**start, "headers": [*(pair for pair in start["headers"] if pair[0] != b"etag"), *validators]}

    def _read_seq(self) -> bool:
        assert self._start is not None
        for key, value in self._start["headers"]:
            if key == b"x-seq":
                self.seq = int(value)
                return True
        return False

    async def finish(self, *, packed: bool) -> Kept | None:
        """The answer, with the moment it was made at, as gzip where `packed` pays; None when it was passed through."""
        if self._body is None or self._start is None:
            return None
        revision = next((v.decode() for k, v in self._start["headers"] if k == b"x-revision"), None)
        moment, tag = await self._settle(self.seq)
        etag = f'"{tag}.{revision}"' if revision else f'"{tag}"'
        headers = _foreign(self._start)
        body = await _gzipped(self._body, headers) if packed else self._body
        validators = _validators(etag, self._authorization)
        headers += [*validators, (b"content-length", b"%d" % len(body))]
        return Kept(moment, tag, etag, validators, headers, body)


_OWN = (b"x-seq", b"x-revision", b"content-length", b"vary", b"cache-control", b"etag")


def _foreign(start: Message) -> Pairs:
    """The headers that are not set here."""
    return [(key, value) for key, value in start["headers"] if key not in _OWN]
