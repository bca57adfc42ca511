"""Answers and refusals in the OpenAPI file: their headers, their forms, an example each, which problems there are."""

from collections.abc import Iterable
from typing import Any

from app.formats.tables import FORMATS, XLSX
from app.web import samples
from app.web.catalogue import CATALOGUE
from app.web.freshness import MIN_SEQ
from app.web.problems import MEDIA_TYPE
from app.web.representation import OFFERED, PARAMETER, SCHEMAS

HEADERS: dict[str, dict[str, Any]] = {
    "X-Seq": {
        "description": "The number of the newest change when the answer was made; every change has the next one.",
        "schema": {"type": "integer"},
        "example": 57,
    },
    "ETag": {
        "description": "Stands for this very answer: send it as `If-None-Match` to get 304 while nothing changed.",
        "schema": {"type": "string"},
        "example": '"9f2c4e7a1b6d8035c2aa91e4"',
    },
    "Link": {
        "description": "The next page of a list that is not JSON.",
        "schema": {"type": "string"},
        "example": '</api/v1/observations?format=csv&cursor=eyJ…>; rel="next"',
    },
    "Location": {"description": "Where the new thing is.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 1},
    "RateLimit": {
        "description": "What is left of the limit: `r` writes for the next `t` seconds.",
        "schema": {"type": "string"},
        "example": '"writes";r=11999;t=42',
    },
    "RateLimit-Policy": {
        "description": "The limit of this key: `q` writes in `w` seconds, over all processes.",
        "schema": {"type": "string"},
        "example": '"writes";q=60000;w=60',
    },
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
}
_LIMITED = ("RateLimit", "RateLimit-Policy")


def offer_tables(operation: dict[str, Any]) -> None:
    """A list comes in every format of `OFFERED`, by `format` or `Accept`."""
    parameter = {
        "name": PARAMETER,
        "in": "query",
        "required": False,
        "description": "The format of the rows; goes before `Accept`. The next page is then in the header `Link`.",
        "schema": {"type": "string", "enum": list(OFFERED), "default": "json", "examples": ["csv"]},
    }
    operation["parameters"] = [*operation.get("parameters", []), parameter]
    shown = operation["responses"]["200"]
    shown["content"] |= {kind: {"schema": dict(SCHEMAS[name])} for name, kind in OFFERED.items() if name != "json"}
    shown["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}


def success(
    response: dict[str, Any],
    number: str,
    path: str,
    example: Any,
    schemas: dict[str, Any],
    *,
    tagged: bool,
    limited: bool,
) -> None:
    response["description"] = {"201": "Stored; `Location` says where."}.get(number, "What was asked for.")
    names = ["X-Seq", *(["ETag"] if tagged else []), *(["Location"] if number == "201" else [])]
    names += _LIMITED if limited else ()
    if path.startswith("/api/"):
        response.setdefault("headers", {}).update({n: {"$ref": f"#/components/headers/{n}"} for n in names})
    contents = response.get("content", {})
    content = contents.get("application/json")
    if content and "example" not in content:
        content["example"] = example if example is not None else samples.of_schema(content["schema"], schemas)
    for found in FORMATS.values():
        table = contents.get(OFFERED[found.name])
        if content and table and found is not XLSX:
            rows = content["example"]["data"]
            table["example"] = b"".join(found.encoded(list(rows[0]), rows)).decode()


def implied(operation: dict[str, Any], method: str, path: str) -> Iterable[str]:
    """The problems that an operation's own declaration tells of."""
    names = {p["name"] for p in operation.get("parameters", [])}
    yield from ("internal-error",)
    if not path.startswith("/api/"):
        yield "body-too-large"
        return
    yield from ("unauthenticated", "unknown-parameter", "database-busy", "database-unavailable")
    if names - {"Idempotency-Key", "If-Match"}:
        yield "invalid-parameter"
    told: dict[str, tuple[str, ...]] = {
        "as_of": ("as-of-malformed", "as-of-in-future"),
        "from": ("as-of-malformed", "as-of-in-future", "range-reversed"),
        "cursor": ("cursor-invalid",),
        "sort": ("unknown-sort-key",),
        "fields": ("unknown-field",),
        PARAMETER: ("not-acceptable",),
        MIN_SEQ: ("min-seq-in-future", "replica-behind"),
        "If-Match": ("if-match-stale",),
        "Idempotency-Key": ("idempotency-key-reused", "idempotency-key-in-use"),
    }
    # In the order above: that of a set is another one in every process.
    for name, codes in told.items():
        if name in names:
            yield from codes
    if any(p["name"] == "If-Match" and p.get("required") for p in operation.get("parameters", [])):
        yield "if-match-required"
    if "requestBody" in operation:
        yield from ("malformed-json", "invalid-body", "body-required", "body-too-large", "body-too-slow", "too-deep")
        yield "unsupported-media-type"
    if method != "get":
        yield from ("missing-scope", "storage-full", "too-many-writes")


def refusal(number: int, codes: list[str]) -> dict[str, Any]:
    headers = {
        401: ("WWW-Authenticate",),
        409: ("Retry-After",) if "idempotency-key-in-use" in codes else (),
        429: ("Retry-After", *_LIMITED),
        503: ("Retry-After",),
        507: ("Retry-After",),
    }.get(number, ())
    shown: dict[str, Any] = {
        "description": "; ".join(f"`{c}`: {CATALOGUE[c].title('en')}" for c in codes),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "examples": {c: {"$ref": f"#/components/examples/{c}"} for c in codes},
            }
        },
    }
    if headers:
        shown["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return shown


def example_of(code: str) -> dict[str, Any]:
    entry = CATALOGUE[code]
    return {"summary": f"{entry.title('vi')} · {entry.title('en')}", "value": samples.of_problem(code)}
