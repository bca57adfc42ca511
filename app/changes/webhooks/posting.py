"""One message to one endpoint, with limits on time and on what is read back.

The HTTP client is loaded with this module, so it is imported where the first message goes out.
"""

import asyncio
import ssl
import time
from collections.abc import Iterable, Sequence
from types import TracebackType

import httpcore
import httpx

from app.changes.webhooks import addresses
from app.changes.webhooks.addresses import Forbidden, Malformed, Network, Resolve, check, resolved
from app.changes.webhooks.messages import Message, Outcome, signature

SECONDS = 10.0
READ_BACK = 4096
USER_AGENT = "dxi-webhooks/1"


class Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and only to those; TLS still asks for the name."""

    def __init__(self, scheme: str, allowed: Sequence[Network], resolve: Resolve = resolved) -> None:
        self._scheme = scheme
        self._allowed = allowed
        self._resolve = resolve
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the library's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        # All of them are checked: a name that also has a forbidden address is a trap.
        addresses = check(await self._resolve(host, port), self._scheme, self._allowed)
        failure: Exception = Forbidden()
        for address in addresses[:3]:
            try:
                return await self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise Forbidden

    async def sleep(self, seconds: float) -> None:
        await self._sockets.sleep(seconds)


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
