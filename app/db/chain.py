"""Canonical JSON, and the digest chain of the log that signs it."""

import hashlib
import hmac
from typing import Any

import msgspec

from app.core.clock import rfc3339
from app.core.numbers import may_hold_exponent, plainly

_encoder = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def encode(value: Any) -> str:
    """Canonical JSON: sorted keys, decimals digit for digit; the chain signs these very characters."""
    body = _encoder.encode(value)
    if may_hold_exponent(body):
        body = _encoder.encode(plainly(value, lambda digits: msgspec.Raw(digits.encode())))
    return body.decode()


def chained(secret: bytes, head: str, row: dict[str, Any]) -> str:
    """The digest of a change row after the digest `head`.

    HMAC-SHA-256 over both, so that no row can be edited, dropped, inserted or swapped unseen.
    """
    content = [
        head,
        row["seq"],
        row["ordinal"],
        rfc3339(row["at"]),
        row["type"],
        row["subject"],
        row["area"],
        row["actor"],
        bool(row["public"]),
        row["before"],
        row["data"],
    ]
    return hmac.digest(secret, encode(content).encode(), hashlib.sha256).hex()
