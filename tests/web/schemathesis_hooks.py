"""A check of our own for schemathesis: data that fit the OpenAPI file are never refused for their form.

For what they mean they may be: an unknown ward, a stale tag, a period that has not begun.
"""

from typing import Any

import schemathesis

# Refusals of a form that the file should have told of; whether a value is a number or true is its indicator's affair.
FORM = {
    "invalid-value",
    "list-too-long",
    "list-too-short",
    "not-a-date",
    "not-a-list",
    "not-a-text",
    "not-an-integer",
    "not-an-object",
    "pattern-mismatch",
    "period-malformed",
    "text-too-long",
    "text-too-short",
    "unknown-member",
    "unknown-parameter",
}


@schemathesis.check
def refused_only_for_what_it_means(ctx: Any, response: Any, case: Any) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in {400, 422}:
        return
    problem = response.json()
    told = {problem["code"], *(entry["code"] for entry in problem["errors"])} & FORM
    assert not told, f"the file allows what is refused as {', '.join(sorted(told))}"
