"""An answer depends only on (seq, request, caller's scope, day): so one wrapper outside the router serves any GET.

It reads the counter, looks into a cache bounded in bytes, compares `If-None-Match`, and only then runs the app. The tag
of an answer is made from the seq its body was read at, which the app says (`Reply`). Plain and gzip are two answers,
each with its own tag and its own place in the cache.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
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


class Reply(Response):
    """An answer of one piece, with the seq it was read at (or written as)."""

    body: bytes

    def __init__(
        self, body: bytes, seq: int, status: int, revision: int | None, headers: Mapping[str, str], media_type: str
    ) -> None:
        # Past Starlette's own, whose care for every kind of content costs a read by key a twentieth.
        self.status_code, self.body, self.background = status, body, None
        self.seq, self.revision = seq, revision
        self.raw_headers = [(b"content-type", media_type.encode("latin-1"))]
        self.raw_headers += [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whole to the wrapper that keeps answers, if it waits for one; else as any response."""
        collected: _Collected | None = scope.get("dxi.collected")
        if collected is not None and self.status_code == 200:
            collected.reply = self
            return
        etag = [] if self.revision is None else [(b"etag", b'"%d.%d"' % (self.seq, self.revision))]
        length = (b"content-length", b"%d" % len(self.body))
        await _send(send, self.status_code, [*self.raw_headers, length, _seq(self.seq), *etag], self.body)


def reply(
    body: bytes,
    seq: int,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Reply:
    """`revision` goes into the tag."""
    return Reply(body, seq, status, revision, headers or {}, media_type)


def answer(
    session: ReadSession,
    value: Any,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """The bytes of `value`, with the seq they were read at (or written as); `revision` goes into the tag."""
    return reply(encoded(value), session.latest, status=status, revision=revision, headers=headers)


def unnumbered(value: Any) -> Response:
    """The bytes of a `value` that may change without a seq: never kept here, and tagged by what they are."""
    return tagged(encoded(value))


def tagged(body: bytes, *, headers: Mapping[str, str] | None = None, media_type: str = "application/json") -> Response:
    return Response(body, media_type=media_type, headers={**(headers or {}), "ETag": f'"{answer_tag(body)}"'})


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
    weight: int = 0


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
            self._size -= before.weight
        # A copy, for a body lies among what its thread holds, where nothing can follow it: megabytes of holes.
        kept.body = bytes(memoryview(kept.body))
        kept.weight = len(kept.body) + sum(len(part) for part in asked if part) + 512
        self._kept[asked] = kept
        self._size += kept.weight
        while self._size > self._limit:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.weight


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

        await self._as_get(scope, receive, without_body, {"dxi.head": True})

    async def _as_get(self, scope: Scope, receive: Receive, send: Send, more: dict[str, Any]) -> None:
        """Run the app as for GET, the only method the router knows; the route found is told to whoever measures.

        A stream is told (`dxi.head`) that it need not begin.
        """
        # Not in the server's own scope: what leads back to the server would be a circle, and stay for a while.
        asked = {**scope, "method": "GET", **more}
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
            more = {"dxi.head": bodyless, "dxi.collected": collected}
            try:
                await self._as_get(scope, receive, collected, more)
            except ReplicaLost:
                if collected.passed:
                    raise
                # It rests now, so this goes to the primary.
                await self._as_get(scope, receive, collected, more)
            if collected.reply is None:
                return
            kept = await collected.kept(packed=form is not None)
            self.cache.put(asked, kept)
            if collected.reply.seq != point.seq:
                point = replace(point, seq=collected.reply.seq)
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
    """Adds `X-Seq` where the app did not, and `more` headers."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            headers.setdefault(b"x-seq", b"%d" % seq)
            message["headers"] = [*headers.items(), *more]
        await send(message)

    return sending


class _Collected:
    """Takes an answer of one piece (`Reply`); passes all else through as it comes, streams with their tag."""

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
        self.reply: Reply | None = None
        self.passed = False
        self._seq = seq
        self._send = send
        self._authorization = authorization
        self._settle = settle
        self._bodyless = bodyless
        self._wanted = wanted

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.passed = True
            seq = next((int(value) for key, value in message["headers"] if key == b"x-seq"), None)
            if message["status"] == 200 and seq is not None:
                await self._send(await self._tagged(message, seq))
            else:
                await _with_seq(self._send, self._seq)(self._unnumbered(message))
        else:
            await self._send({**message, "body": b""} if self._bodyless and "body" in message else message)

    async def _tagged(self, start: Message, seq: int) -> Message:
        """The head of a stream with its validators; 304 for a caller who wants none of whatever there is."""
        _, tag = await self._settle(seq)
        validators = [_seq(seq), *_validators(f'"{tag}"', self._authorization)]
        if wants_none(self._wanted):
            return {**start, "status": 304, "headers": validators}
        return {**start, "headers": [*(pair for pair in start["headers"] if pair[0] not in _OWN), *validators]}

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

    async def kept(self, *, packed: bool) -> Kept:
        """The reply, with the moment it was made at, as gzip where `packed` pays."""
        reply = self.reply
        assert reply is not None
        moment, tag = await self._settle(reply.seq)
        etag = f'"{tag}"' if reply.revision is None else f'"{tag}.{reply.revision}"'
        headers = reply.raw_headers
        body = await _gzipped(reply.body, headers) if packed else reply.body
        validators = _validators(etag, self._authorization)
        headers += [*validators, (b"content-length", b"%d" % len(body))]
        return Kept(moment, tag, etag, validators, headers, body)


# The headers of a stream that are set here.
_OWN = (b"x-seq", b"vary", b"cache-control")
