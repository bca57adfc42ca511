"""NDJSON: a JSON object a line, decimals as numbers digit for digit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_TOGETHER = 200


def encoded(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """These columns of the rows, a few rows at a time."""
    left = iter(rows)
    while some := list(islice(left, _TOGETHER)):
        yield _encoder.encode_lines([{name: row[name] for name in columns} for row in some])
