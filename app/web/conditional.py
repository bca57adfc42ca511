"""Entity tags (RFC 9110 8.8.3 and 13): `"<answer>"`, and `"<answer>.<revision>"` for a single resource.

The answer part is a digest of all an answer depends on (epoch, seq, build, day, request, caller). `If-None-Match`
compares it alone; `If-Match` compares the revision part alone, so a write elsewhere never makes it stale.
"""

import hashlib
import re
from typing import Annotated

from fastapi import Header

from app.core.errors import Fault, Problem

_TAG = re.compile(r'(W/)?"([^"]*)"')


def answer_tag(*parts: object) -> str:
    """The answer part of a tag: equal parts, equal bytes."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def tags_of(value: str | None) -> list[tuple[bool, str]]:
    """(weak, opaque) of every tag in an If-Match or If-None-Match header."""
    return [(bool(weak), opaque) for weak, opaque in _TAG.findall(value or "")]


def not_modified(if_none_match: str | None, answer: str) -> str | None:
    """The caller's own tag when it stands for the very answer; None when the answer must be made."""
    for _, opaque in tags_of(if_none_match):
        if opaque.partition(".")[0] == answer:
            return opaque
    return None


def wants_none(if_none_match: str | None) -> bool:
    """Whether the caller wants none of whatever there is (RFC 9110 13.1.2)."""
    return (if_none_match or "").strip() == "*"


def require_match(if_match: str | None, revision: int) -> None:
    """Refuse a change based on an older revision: 428 without If-Match, 412 when it names another one.

    A weak tag never matches (RFC 9110 13.1.1); `*` matches whatever is there.
    """
    if if_match is None:
        raise Problem("if-match-required", Fault(code="if-match-required", header="If-Match"))
    if if_match.strip() == "*":
        return
    named = [opaque.rpartition(".")[2] for weak, opaque in tags_of(if_match) if not weak]
    if str(revision) not in named:
        raise Problem(
            "if-match-stale", Fault(code="if-match-stale", header="If-Match", given=if_match, expected=revision)
        )


# In the OpenAPI file it is required, which a signature could not tell from 422.
REQUIRED = "x-required"
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of the resource as you read it; without it 428, when somebody changed it since 412.",
        examples=["*"],
        json_schema_extra={REQUIRED: True},
    ),
]
IfMatchIfSent = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of the resource as you read it: 412 when somebody changed it since.",
        examples=["*"],
    ),
]
