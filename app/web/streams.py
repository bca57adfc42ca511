"""Answers made piece by piece, as fast as their reader takes them and no faster."""

from collections.abc import AsyncIterator, Iterator, Mapping

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.web import coding
from app.web.protocol import connection_of

# A reader that takes no 64 KB in half a minute is not there, and none needs longer than an hour.
STALLED_SECONDS = 30.0
LONGEST_SECONDS = 3600.0
# So many pieces are made at once, whatever the number of readers: a download leaves the threads to the requests.
MAKERS = 2


class Streamed(StreamingResponse):
    """An answer whose body is made while it is sent; never cached, tagged like any other.

    `pieces` must hold nothing open between two of them: a reader may take as long as it likes in there. A reader that
    stalls is cut off, which the missing end of the body tells it.
    """

    def __init__(
        self, pieces: Iterator[bytes], seq: int, *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self._pieces = pieces
        super().__init__(_made(pieces), media_type=media_type, headers={**(headers or {}), "X-Seq": str(seq)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("dxi.coding") and coding.is_text(self.media_type or ""):
            self.headers["Content-Encoding"] = coding.GZIP
            self.body_iterator = _made(coding.packing(self._pieces))
        if scope.get("dxi.head"):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def sending(message: Message) -> None:
            with anyio.fail_after(STALLED_SECONDS):
                await send(message)

        try:
            with anyio.fail_after(LONGEST_SECONDS):
                await super().__call__(scope, receive, sending)
        except TimeoutError:
            connection = connection_of(scope)
            if connection is not None:
                connection.drop()
            raise ClientDisconnect from None


_makers = RunVar[anyio.CapacityLimiter]("dxi.makers")


async def _made(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    limiter = _makers.get(None)
    if limiter is None:
        limiter = anyio.CapacityLimiter(MAKERS)
        _makers.set(limiter)
    while (piece := await anyio.to_thread.run_sync(next, pieces, None, limiter=limiter)) is not None:
        yield piece
