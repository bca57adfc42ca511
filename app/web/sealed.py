"""Values that callers carry for us and cannot make up: `<signature><JSON>` in URL-safe base64."""

import base64
import hashlib
import hmac
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")
_SIGNED = 12


def sealed(value: Any, purpose: bytes, secret: bytes) -> str:
    """`value` for `purpose`, so that one made for another is none."""
    body = msgspec.json.encode(value)
    return base64.urlsafe_b64encode(_signature(body, purpose, secret) + body).rstrip(b"=").decode()


def opened(text: str, kind: type[Value], purpose: bytes, secret: bytes) -> Value:
    """The value. Raises ValueError for whatever `sealed` did not give for this purpose and secret."""
    raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    signature, body = raw[:_SIGNED], raw[_SIGNED:]
    if not hmac.compare_digest(signature, _signature(body, purpose, secret)):
        raise ValueError
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError from error


def _signature(body: bytes, purpose: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, purpose + body, hashlib.sha256).digest()[:_SIGNED]
