"""From exceptions to problem documents: our own problems, the framework's validation errors, its 404 and 405."""

import re
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from app.core.errors import Fault, Problem
from app.web.catalogue import CATALOGUE
from app.web.decoding import escape
from app.web.negotiation import language, nearest
from app.web.problems import render

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


def _validation(request: Request, error: RequestValidationError) -> Problem:
    faults = [fault_of(e) for e in error.errors()[:20]]
    in_body = any(f.pointer is not None for f in faults)
    known = getattr(request.scope.get("route"), "body_members", None) or []
    faults = [_hinted(f, known) for f in faults]
    return Problem("invalid-body" if in_body else "invalid-parameter", *faults)


def _hinted(fault: Fault, known: list[str]) -> Fault:
    # Only of the members on top is it known here which there are.
    if fault.code != "unknown-member" or not known or fault.pointer is None or fault.pointer.count("/") != 1:
        return fault
    hint = nearest(fault.pointer.rpartition("/")[2], known)
    return Fault(code=fault.code, pointer=fault.pointer, hint=hint, expected=", ".join(known))


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """Every method of the path, HEAD and OPTIONS included; empty for a path that does not exist.

    A path that is written out hides the one with a parameter: `/initiatives/summary` is no initiative.
    """
    matching = [c for c in iter_route_contexts(app.routes) if c.path and c.methods and _fits(c.path, path)]
    written = [c for c in matching if c.path == path]
    found: set[str] = set()
    for context in written or matching:
        found |= context.methods or set()
    if "GET" in found:
        found.add("HEAD")
    return sorted(found | {"OPTIONS"}) if found else []


def _fits(template: str, path: str) -> bool:
    return compile_path(template)[0].match(path) is not None


def _http(request: Request, error: HTTPException) -> Problem | Response:
    headers = dict(error.headers or {})
    if error.status_code == 405:
        methods = ", ".join(allowed_methods(request.app, request.url.path))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": methods})
        return Problem("method-not-allowed", headers={"Allow": methods}, given=request.method, expected=methods)
    if error.status_code == 404:
        return Problem("not-found", given=quote(request.url.path))
    if error.status_code == 413:
        return Problem("body-too-large", headers=headers)
    code = {400: "malformed-json", 415: "unsupported-media-type"}.get(error.status_code, "internal-error")
    return Problem(code, headers=headers)


def problem_response(request: Request, problem: Problem) -> Response:
    status, headers, body = render(
        problem,
        lang=language(request.scope),
        instance=quote(request.url.path),
        trace_id=request.scope.get("dxi.trace_id", ""),
    )
    return Response(body, status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Make every refusal of `app` a problem document."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, _validation(request, error))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        found = _http(request, error)
        return found if isinstance(found, Response) else problem_response(request, found)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
