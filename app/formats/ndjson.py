"""NDJSON: a JSON object a line, decimals as numbers digit for digit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from app.formats import plain_json

_TOGETHER = 200


def encoded(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """These columns of the rows, a few rows at a time."""
    left = iter(rows)
    while some := list(islice(left, _TOGETHER)):
        yield b"".join(plain_json.encoded({name: row[name] for name in columns}) + b"\n" for row in some)
