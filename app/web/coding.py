"""Content codings (RFC 9110 8.4): gzip for whoever asks, where it pays."""

import zlib
from collections.abc import Iterator
from functools import lru_cache

GZIP = "gzip"
# Below this a head costs as much as is saved.
LEAST = 1024
# Of JSON it leaves a tenth, for a tenth of a millisecond; level 6 takes twice as long for a tenth less of that.
_LEVEL = 3
_TEXTS = ("text/", "application/json", "application/x-ndjson")


@lru_cache(maxsize=256)
def coding(accept_encoding: str | None) -> str | None:
    """`gzip` where the caller takes it and does not like the plain bytes better, else None (RFC 9110 12.5.3)."""
    weights: dict[str, float] = {}
    for part in (accept_encoding or "").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        try:
            weights[name] = float(weight)
        except ValueError:
            continue
    liked = weights.get(GZIP, weights.get("x-gzip", weights.get("*", 0.0)))
    return GZIP if liked > 0 and liked >= weights.get("identity", 0.0) else None


def is_text(media_type: str) -> bool:
    """Whether bytes of this type grow smaller; events go out one by one and workbooks are packed already."""
    kind = media_type.partition(";")[0].strip()
    return (kind.startswith(_TEXTS) or kind.endswith(("+json", "+xml", "+csv"))) and kind != "text/event-stream"


def packed(body: bytes) -> bytes:
    """`body` as gzip: equal bytes for equal bytes, since no time is written into it."""
    return b"".join(packing([body]))


def packing(pieces: Iterator[bytes] | list[bytes]) -> Iterator[bytes]:
    """The same as gzip, in pieces again."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in pieces:
        if out := packer.compress(piece):
            yield out
    yield packer.flush()
