"""From exceptions to problem documents: our own problems, the framework's validation errors, its 404 and 405."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from app.core.errors import Problem
from app.web.negotiation import language
from app.web.problems import address, render
from app.web.validation import problem_of


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
        return Problem("not-found", given=address(request.scope))
    if error.status_code == 413:
        return Problem("body-too-large", headers=headers)
    code = {400: "malformed-json", 415: "unsupported-media-type"}.get(error.status_code, "internal-error")
    return Problem(code, headers=headers)


def problem_response(request: Request, problem: Problem) -> Response:
    status, headers, body = render(
        problem,
        lang=language(request.scope),
        instance=address(request.scope),
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
        return problem_response(request, problem_of(error.errors(), []))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        found = _http(request, error)
        return found if isinstance(found, Response) else problem_response(request, found)

    async def on_error(request: Request, error: Exception) -> Response:
        # Raised on by Starlette, so that the edge logs it.
        return problem_response(request, Problem("internal-error"))

    app.add_exception_handler(Exception, on_error)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
