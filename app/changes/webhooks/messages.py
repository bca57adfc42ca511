"""What is sent to an endpoint and how that ends; signatures after Standard Webhooks."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

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
