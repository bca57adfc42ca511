"""What a request holds, as what an operation asks for: parameters bound to a signature, and the body, strictly.

FastAPI's own way costs three times what a read by key costs (docs/decisions/0010).
"""

import inspect
from typing import Any, Protocol

from fastapi import Request
from fastapi.dependencies.models import Dependant
from starlette.concurrency import run_in_threadpool

from app.core.errors import Fault, Problem
from app.web.decoding import MAX_FAULTS, clean_text, decode
from app.web.negotiation import nearest

JSON_TYPES = ("application/json", "application/merge-patch+json")
LARGE_BODY = 64 * 1024


class Field(Protocol):
    """A parameter as FastAPI knows it."""

    @property
    def alias(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def field_info(self) -> Any: ...

    def validate(self, value: Any, *, loc: tuple[int | str, ...]) -> tuple[Any, list[Any]]: ...


class Bound:
    """A function with what its parameters take from a request. Raises TypeError where it asks for more."""

    def __init__(self, dependant: Dependant) -> None:
        assert dependant.call is not None
        self.call = dependant.call
        self.request_name = dependant.request_param_name
        self.parts = [(part.name, Bound(part)) for part in dependant.dependencies if not _is_security(part)]
        self.path: list[Field] = [*dependant.path_params]
        self.query: dict[str, Field] = {field.alias: field for field in dependant.query_params}
        self.headers: dict[str, Field] = {field.alias: field for field in dependant.header_params}
        self.lists = {alias for alias, field in self.query.items() if "list" in str(field.field_info.annotation)}
        optional = [f for f in (*self.query.values(), *self.headers.values()) if not f.field_info.is_required()]
        self.defaults = {f.name: f.field_info.get_default(call_default_factory=True) for f in optional}
        self.defaults |= {part.name: None for part in dependant.dependencies if part.name and _is_security(part)}
        self.required = [("query", f) for f in self.query.values() if f.field_info.is_required()]
        self.required += [("header", f) for f in self.headers.values() if f.field_info.is_required()]
        if dependant.cookie_params or dependant.response_param_name or dependant.background_tasks_param_name:
            raise TypeError(f"{self.call} asks for what is not bound here")

    @property
    def known(self) -> set[str]:
        """Every query parameter, of the parts too."""
        return set(self.query).union(*(part.known for _, part in self.parts))

    @property
    def repeatable(self) -> set[str]:
        return self.lists.union(*(part.repeatable for _, part in self.parts))

    async def values(self, request: Request, given: dict[str, list[str]], errors: list[Any]) -> dict[str, Any]:
        """What the function is called with; what cannot be is added to `errors`."""
        found = dict(self.defaults)
        for name, part in self.parts:
            before = len(errors)
            own = await part.values(request, given, errors)
            if len(errors) == before:
                value = await part.call(**own)
                if name is not None:
                    found[name] = value
        for field in self.path:
            _validated(field, request.path_params[field.alias], ("path", field.alias), found, errors)
        for alias, sent in given.items():
            if alias in self.query:
                value = sent if alias in self.lists else sent[-1]
                _validated(self.query[alias], value, ("query", alias), found, errors)
        for alias, field in self.headers.items():
            header = request.headers.get(alias)
            if header is not None:
                _validated(field, header, ("header", alias), found, errors)
        for source, field in self.required:
            if field.name not in found and field.alias not in (given if source == "query" else request.headers):
                errors.append({"type": "missing", "loc": (source, field.alias), "input": None})
        if self.request_name is not None:
            found[self.request_name] = request
        return found


def _is_security(dependant: Dependant) -> bool:
    """A scheme that only OpenAPI needs: who calls is known before."""
    return not inspect.isfunction(dependant.call)


def _validated(field: Field, value: Any, where: tuple[str, ...], found: dict[str, Any], errors: list[Any]) -> None:
    value, faults = field.validate(value, loc=where)
    if faults:
        errors += faults
    else:
        found[field.name] = value


def parameters(request: Request, known: set[str], repeatable: set[str]) -> dict[str, list[str]]:
    """What each parameter was given. Raises `unknown-parameter`, `invalid-parameter`."""
    found: dict[str, list[str]] = {}
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
        if name in found and name not in repeatable:
            faults.append(Fault(code="parameter-repeated", parameter=name, given=value))
        if not value.isascii():
            clean_text(value, faults, parameter=name)
        elif "\x00" in value:
            faults.append(Fault(code="forbidden-character", parameter=name, given="U+0000"))
        found.setdefault(name, []).append(value)
    if faults:
        raise Problem("invalid-parameter", *faults[:MAX_FAULTS])
    return found


async def strict_body(request: Request) -> Any:
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
