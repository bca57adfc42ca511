"""JSON with every decimal as the number it is, digit for digit and without an exponent."""

from typing import Any

import msgspec

from app.core.numbers import may_hold_exponent, plainly

_encoder = msgspec.json.Encoder(decimal_format="number")


def encoded(value: Any) -> bytes:
    body = _encoder.encode(value)
    return _encoder.encode(plainly(value, _digits)) if may_hold_exponent(body) else body


def _digits(number: str) -> msgspec.Raw:
    return msgspec.Raw(number.encode())
