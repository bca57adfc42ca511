"""The route class of every operation: strict JSON bodies, and no parameter that the operation does not know."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from app.core.errors import Fault, Problem
from app.web.answers import ANONYMOUS
from app.web.decoding import MAX_FAULTS, clean_text, decode
from app.web.negotiation import nearest
from app.web.problems import unauthenticated

JSON_TYPES = ("application/json", "application/merge-patch+json")
LARGE_BODY = 64 * 1024


class Route(APIRoute):
    """An operation whose unknown parameters are refused by name and whose body keeps every digit."""

    @property
    def body_members(self) -> list[str]:
        """What the body may hold, for "did you mean"."""
        model = self.body_field.field_info.annotation if self.body_field else None
        return [f.alias or name for name, f in getattr(model, "model_fields", {}).items()]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        query = [f for f in get_flat_params(self.dependant) if isinstance(f.field_info, Query)]
        known = {field.alias for field in query}
        repeatable = {f.alias for f in query if "list" in str(f.field_info.annotation)}
        has_body = self.body_field is not None

        async def checked(request: Request) -> Response:
            if request.scope["query_string"]:
                _check_parameters(request, known, repeatable)
            if "\x00" in request.scope["path"]:
                # PostgreSQL takes U+0000 in no parameter. It is in no id, nor is what undecodable bytes become.
                given = request.path_params
                request.scope["path_params"] = {name: _without_nul(value) for name, value in given.items()}
            if has_body:
                # Who may not write at all is told so before the body is looked at.
                if request.scope["dxi.caller"].scope_id == ANONYMOUS:
                    raise unauthenticated()
                # Starlette keeps a parsed body here; ours was parsed strictly.
                request._json = await _strict_body(request)
            return await handle(request)

        return checked


def _check_parameters(request: Request, known: set[str], repeatable: set[str]) -> None:
    seen: set[str] = set()
    faults: list[Fault] = []
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise Problem(
                "unknown-parameter",
                Fault(
                    code="unknown-parameter",
                    parameter=name,
                    given=name,
                    expected=", ".join(sorted(known)),
                    hint=nearest(name, sorted(known)),
                ),
            )
        if name in seen and name not in repeatable:
            faults.append(Fault(code="parameter-repeated", parameter=name, given=value))
        if not value.isascii():
            clean_text(value, faults, parameter=name)
        elif "\x00" in value:
            faults.append(Fault(code="forbidden-character", parameter=name, given="U+0000"))
        seen.add(name)
    if faults:
        raise Problem("invalid-parameter", *faults[:MAX_FAULTS])


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


async def _strict_body(request: Request) -> Any:
    given = request.headers.get("content-type")
    if given is not None and given.split(";")[0].strip().lower() not in JSON_TYPES:
        raise Problem(
            "unsupported-media-type",
            Fault(code="unsupported-media-type", header="Content-Type", given=given, expected="application/json"),
            headers={"Accept": "application/json"},
        )
    coding = request.headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        raise Problem(
            "unsupported-media-type",
            Fault(code="unsupported-media-type", header="Content-Encoding", given=coding, expected="identity"),
            headers={"Accept-Encoding": "identity"},
        )
    body = await request.body()
    if not body.strip():
        raise Problem("body-required", Fault(code="body-required", pointer=""))
    # Decoded on the loop, a large one would keep everybody waiting.
    return await run_in_threadpool(decode, body) if len(body) > LARGE_BODY else decode(body)
