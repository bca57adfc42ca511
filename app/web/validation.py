"""From pydantic's errors to a problem with their places."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.core.errors import Fault, Problem
from app.web.catalogue import CATALOGUE
from app.web.decoding import MAX_FAULTS, escape
from app.web.negotiation import nearest

# pydantic's error types that have a better name here; the rest are `invalid-value`.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown-member",
    "string_type": "not-a-text",
    "bool_type": "not-a-boolean",
    "list_type": "not-a-list",
    "model_attributes_type": "not-an-object",
    "dict_type": "not-an-object",
    "model_type": "not-an-object",
    "int_parsing": "not-an-integer",
    "int_type": "not-an-integer",
    "int_from_float": "not-an-integer",
    "decimal_type": "not-a-number",
    "enum": "not-one-of",
    "literal_error": "not-one-of",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
    "greater_than": "out-of-range",
    "less_than": "out-of-range",
    "string_too_short": "text-too-short",
    "string_too_long": "text-too-long",
    "too_long": "list-too-long",
    "too_short": "list-too-short",
    "string_pattern_mismatch": "pattern-mismatch",
}


def fault_of(error: Any, location: tuple[Any, ...] | None = None) -> Fault:
    """A pydantic error as a fault; `location` replaces the error's own (FastAPI's starts with body, query …)."""
    where = location if location is not None else tuple(error["loc"])
    kind = str(error["type"])
    code = kind if kind in CATALOGUE else _CODES.get(kind, "invalid-value")
    context = error.get("ctx") or {}
    expected = context.get("expected") or context.get("pattern")
    if code == "not-one-of" and expected:
        # Pydantic writes an English list in quotes: 'a', 'b' or 'c'.
        expected = ", ".join(re.findall(r"'([^']*)'", expected)) or expected
    bounds = [
        f"{sign} {context[name]}"
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
        if name in context
    ]
    bounds += [
        f"{sign} {context[name]}" for name, sign in (("min_length", "≥"), ("max_length", "≤")) if name in context
    ]
    given = None if code in ("required", "unknown-member") else error.get("input")
    if not isinstance(given, str | int | bool | type(None)) and not hasattr(given, "as_tuple"):
        given = type(given).__name__
    place: dict[str, Any] = {}
    source, *path = where or ("body",)
    if source in ("query", "path"):
        place["parameter"] = str(path[0]) if path else ""
    elif source == "header":
        place["header"] = "-".join(word.capitalize() for word in re.split(r"[-_]", str(path[0]))) if path else ""
    else:
        place["pointer"] = "".join(f"/{escape(str(step))}" for step in path)
    return Fault(code=code, given=given, expected=expected or ", ".join(bounds) or None, **place)


def problem_of(errors: Sequence[Any], known: list[str]) -> Problem:
    """The problem of a request that does not fit its operation; `known` are the members its body may have."""
    faults = [_hinted(fault_of(e), known) for e in errors[:MAX_FAULTS]]
    in_body = any(f.pointer is not None for f in faults)
    return Problem("invalid-body" if in_body else "invalid-parameter", *faults)


def _hinted(fault: Fault, known: list[str]) -> Fault:
    # Only of the members on top is it known here which there are.
    if fault.code != "unknown-member" or not known or fault.pointer is None or fault.pointer.count("/") != 1:
        return fault
    hint = nearest(fault.pointer.rpartition("/")[2], known)
    return replace(fault, hint=hint, expected=", ".join(known))
