"""What representation a caller wants: language and format, from the query or from headers."""

from difflib import get_close_matches
from functools import lru_cache
from urllib.parse import parse_qsl

from starlette.types import Scope

LANGUAGES = ("vi", "en")


def headers_of(scope: Scope) -> dict[bytes, str]:
    """The request's headers by their lower-case names; several of a name are joined (RFC 9110 5.3)."""
    known: dict[bytes, str] | None = scope.get("dxi.headers")
    if known is None:
        known = scope["dxi.headers"] = {}
        for key, value in scope["headers"]:
            text = str(value, "latin-1")
            known[key] = f"{known[key]}, {text}" if key in known else text
    return known


def header(scope: Scope, name: bytes) -> str | None:
    return headers_of(scope).get(name)


def language(scope: Scope) -> str:
    """`lang` of the query, else the best of `Accept-Language`, else Vietnamese."""
    query = scope.get("query_string", b"")
    if b"lang=" in query:
        asked = dict(parse_qsl(str(query, "latin-1"))).get("lang", "")
        if asked in LANGUAGES:
            return asked
    return preferred(header(scope, b"accept-language"))


@lru_cache(maxsize=256)
def preferred(accept_language: str | None) -> str:
    """The language of ours that `Accept-Language` likes best (RFC 9110 12.5.4)."""
    best, best_weight = LANGUAGES[0], 0.0
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            value = float(weight) if weight else 1.0
        except ValueError:
            continue
        primary = tag.strip().lower().split("-")[0]
        if primary in LANGUAGES and value > best_weight:
            best, best_weight = primary, value
    return best


def acceptable(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """The offered media type that `Accept` likes best (RFC 9110 12.5.1), the first of equals; None when it takes none.

    Of a type named twice (in several versions) the better weight counts.
    """
    weights: dict[str, float] = {}
    for part in (accept or "*/*").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weights[kind] = max(float(weight), weights.get(kind, 0.0))
        except ValueError:
            continue

    def liked(kind: str) -> float:
        return weights.get(kind, weights.get(f"{kind.partition('/')[0]}/*", weights.get("*/*", 0.0)))

    best = max(offered, key=liked)
    return best if liked(best) > 0 else None


def best_type(accept: str | None, offered: tuple[str, ...]) -> str:
    """The offered media type that `Accept` likes best; the first when it likes all alike, or none."""
    return acceptable(accept, offered) or offered[0]


def nearest(given: str, known: "list[str] | tuple[str, ...]") -> str | None:
    """The known name most like `given`, if one is near enough to have been meant."""
    found = get_close_matches(given.lower(), known, n=1, cutoff=0.6)
    return found[0] if found else None
