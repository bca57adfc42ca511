"""One message to one endpoint: signed as Standard Webhooks say, with limits on time and on what is read back."""

import asyncio
import base64
import hashlib
import hmac
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import httpcore
import httpx

from app.changes.webhooks import addresses
from app.changes.webhooks.addresses import Forbidden, Guarded, Malformed, Network, Resolve, resolved

SECONDS = 10.0
READ_BACK = 4096
USER_AGENT = "dxi-webhooks/1"
GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `id` names the change and is the same in every attempt; `place` is the change's seq and ordinal."""

    id: str
    type: str
    body: bytes
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: an HTTP status, or an error before there was one."""

    status: int | None
    error: str | None
    seconds: float
    retry_after: int | None = None

    @property
    def delivered(self) -> bool:
        return self.error is None

    @property
    def gone(self) -> bool:
        return self.status == GONE


def secret_of(master: bytes, webhook: str, salt: str) -> bytes:
    """An endpoint's secret: made from the service's own, so that none is stored with the endpoint."""
    return hmac.new(master, f"webhook {webhook} {salt}".encode(), hashlib.sha256).digest()


def written(secret: bytes) -> str:
    return f"whsec_{base64.b64encode(secret).decode()}"


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()}"


class Line:
    """A connection to one endpoint, kept from message to message."""

    def __init__(self, url: str, allowed: Sequence[Network], resolve: Resolve = resolved) -> None:
        self._url = url
        self._allowed = allowed
        self._resolve = resolve
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def __aenter__(self) -> "Line":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            await self._pool.aclose()

    async def post(self, message: Message, secrets: Sequence[bytes], now: float) -> Outcome:
        """Send once, signed with each secret."""
        began = time.monotonic()
        status: int | None = None
        retry_after: int | None = None
        try:
            async with asyncio.timeout(SECONDS):
                status, retry_after = await self._post(message, secrets, int(now))
            error = None if 200 <= status < 300 else "redirect-not-followed" if 300 <= status < 400 else "refused"
        except Exception as failure:  # noqa: BLE001  (whatever an endpoint does, it is the endpoint's failure)
            error = _named(failure)
        return Outcome(status, error, time.monotonic() - began, retry_after)

    async def _post(self, message: Message, secrets: Sequence[bytes], timestamp: int) -> tuple[int, int | None]:
        signatures = " ".join(signature(secret, message.id, timestamp, message.body) for secret in secrets)
        # Here and not before: what was allowed once may no longer be.
        target = addresses.target(self._url, self._allowed)
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=_trust() if target.scheme == "https" else None,
                max_connections=1,
                keepalive_expiry=5.0,
                network_backend=Guarded(target.scheme, self._allowed, self._resolve),
            )
        async with self._pool.stream(
            "POST",
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers={
                "Host": target.authority,
                "User-Agent": USER_AGENT,
                "Accept": "*/*",
                "Content-Type": "application/json",
                "Content-Length": str(len(message.body)),
                "webhook-id": message.id,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": signatures,
            },
            content=message.body,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)},
        ) as response:
            read = 0
            async for piece in response.aiter_stream():
                read += len(piece)
                if read > READ_BACK:
                    # The rest is nobody's business; the connection is closed with it.
                    break
            return response.status, _retry_after(response.headers)


def _retry_after(headers: Sequence[tuple[bytes, bytes]]) -> int | None:
    found = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return int(found) if found.isdigit() and len(found) < 7 else None


def _named(failure: Exception) -> str:
    """A failure as the log of deliveries names it."""
    chain: BaseException | None = failure
    while chain is not None:
        if isinstance(chain, Forbidden | Malformed):
            return "address-forbidden"
        if isinstance(chain, ssl.SSLError):
            return "tls-failed"
        chain = chain.__cause__ or chain.__context__
    if isinstance(failure, TimeoutError | httpcore.TimeoutException):
        return "timed-out"
    return "answer-malformed" if isinstance(failure, httpcore.ProtocolError) else "not-connected"


_TRUST: list[ssl.SSLContext] = []


def _trust() -> ssl.SSLContext:
    """Loading the certificates takes 20 ms, so it is done once; SSL_CERT_FILE may name others."""
    if not _TRUST:
        _TRUST.append(httpx.create_ssl_context())
    return _TRUST[0]
