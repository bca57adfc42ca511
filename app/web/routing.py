"""From a request to the bytes of its operation.

FastAPI declares the operations and describes them. Finding one and binding its parameters is done here, from what
FastAPI worked out of the signatures: its own way costs three times what a read by key costs (docs/decisions/0010).
Bodies are parsed strictly, and a parameter that the operation does not know is refused by name.
"""

import inspect
import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.errors import Fault, Problem
from app.db.aside import NotAside, aside
from app.db.trouble import reachable
from app.web.decoding import MAX_FAULTS, clean_text, decode
from app.web.freshness import MIN_SEQ
from app.web.negotiation import nearest
from app.web.problems import address
from app.web.representation import PARAMETER, asked_format, columns_of, tabled
from app.web.validation import problem_of

if TYPE_CHECKING:
    from app.db.wire import Wires

JSON_TYPES = ("application/json", "application/merge-patch+json")
LARGE_BODY = 64 * 1024

Endpoint = TypeVar("Endpoint", bound=Callable[..., Response])


class Route(APIRoute):
    """An operation of ours: its handler gives the `Response`, its dependencies are coroutines that return.

    FastAPI works its signature and shapes out when somebody needs them: those of all take a third of a start.
    """

    _lock = RLock()

    def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
        self.path, self.endpoint = path, endpoint
        self.methods = {method.upper() for method in declared.get("methods") or ("GET",)}
        self._declared: dict[str, Any] | None = declared

    def __getattr__(self, name: str) -> Any:
        # Only what is missing is asked of this method.
        with self._lock:
            declared, self._declared = self.__dict__.get("_declared"), None
            if declared is not None:
                super().__init__(self.path, self.endpoint, **declared)
        return object.__getattribute__(self, name)

    __hash__ = object.__hash__


def _always(**_: object) -> bool:
    return True


def quick(when: Callable[..., bool] = _always) -> Callable[[Endpoint], Endpoint]:
    """Mark a read that takes less than the way to a thread and back, at least `when` it is asked so.

    It runs where the request came in: on SQLite as it is, on PostgreSQL aside (app/db/wire.py). `when` gets the
    handler's arguments by name.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__["quick"] = when
        return endpoint

    return mark


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


class Operation:
    """One route, ready to be called."""

    def __init__(self, route: Route, path: str) -> None:
        self.route = route
        self.path = path
        self.pattern: re.Pattern[str] = compile_path(path)[0]
        self.waits = inspect.iscoroutinefunction(route.endpoint)
        self.quick: Callable[..., bool] | None = route.endpoint.__dict__.get("quick")

    @cached_property
    def bound(self) -> Bound:
        return Bound(self.route.dependant)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return columns_of(self.route.response_model) if "GET" in (self.route.methods or ()) else ()

    @cached_property
    def known(self) -> set[str]:
        """The query's parameters. `min_seq` is out of it by now, and named to whoever misspelt it."""
        reads = {MIN_SEQ} if "GET" in (self.route.methods or ()) else set()
        return self.bound.known | reads | ({PARAMETER} if self.columns else set())

    @cached_property
    def repeatable(self) -> set[str]:
        return self.bound.repeatable

    @cached_property
    def body(self) -> Field | None:
        return self.route.body_field

    @cached_property
    def members(self) -> list[str]:
        model = self.body.field_info.annotation if self.body else None
        return [f.alias or name for name, f in getattr(model, "model_fields", {}).items()]

    @cached_property
    def shape(self) -> TypeAdapter[Any]:
        assert self.body is not None
        return TypeAdapter(self.body.field_info.annotation)

    def sent(self, value: Any) -> Any:
        """The body as what the handler asks for; a number, whose attributes FastAPI would read, is no object."""
        try:
            return self.shape.validate_python(value)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        raise problem_of([{**e, "loc": ("body", *e["loc"])} for e in errors], self.members)

    async def __call__(self, request: Request, wires: "Wires | None") -> Response:
        given = _parameters(request, self.known, self.repeatable) if request.scope["query_string"] else {}
        errors: list[Any] = []
        values = await self.bound.values(request, given, errors)
        if errors:
            raise problem_of(errors, [])
        wanted = asked_format(request) if self.columns else None
        if self.body is not None:
            # After the dependencies: who may not write at all is told so before the body is looked at.
            values[self.body.name] = self.sent(await _strict_body(request))
        response: Response
        if self.waits:
            response = await self.route.endpoint(**values)
        elif self.quick is not None and self.quick(**values):
            response = await self._quickly(wires, values)
        else:
            response = await run_in_threadpool(self.route.endpoint, **values)
        return response if wanted is None else await run_in_threadpool(tabled, response, wanted, request, self.columns)

    async def _quickly(self, wires: "Wires | None", values: dict[str, Any]) -> Response:
        function: Callable[..., Response] = self.route.endpoint
        if wires is None:
            return function(**values)
        try:
            with reachable():
                return await aside(wires, function, values)
        except NotAside:
            return await run_in_threadpool(function, **values)


# An operation is the same for every app of a process.
_operation = lru_cache(maxsize=None)(Operation)


class Declared(APIRouter):
    """Operations that FastAPI describes and never looks for: they are found in front of it (`Operations`).

    To look among them it would work out the signatures of all, a quarter of a second at the first request.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return Match.NONE, {}


class Operations:
    """The wrapper nearest to the app: everything below the prefix is answered here, the pages are left to the app."""

    def __init__(self, app: ASGIApp, *, routers: Iterable[APIRouter], prefix: str, wires: "Wires | None") -> None:
        self.app = app
        self._wires = wires
        self._prefix = prefix
        self._written: dict[tuple[str, str], Operation] = {}
        self._patterns: dict[tuple[str, int], list[Operation]] = {}
        # Routes of another kind are the app's.
        self._left: list[re.Pattern[str]] = []
        for router in routers:
            for route in router.routes:
                if isinstance(route, Route):
                    # Asked for its routes by their whole paths, FastAPI would work every signature out again.
                    self._add(_operation(route, prefix + route.path))
                elif isinstance(route, APIRoute):
                    self._left.append(compile_path(prefix + route.path)[0])

    def _add(self, operation: Operation) -> None:
        for method in operation.route.methods or ():
            if "{" in operation.path:
                self._patterns.setdefault((method, operation.path.count("/")), []).append(operation)
            else:
                self._written[method, operation.path] = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self.app(scope, receive, send)
            return
        operation = self._find(scope)
        if operation is None:
            left = any(pattern.match(scope["path"]) for pattern in self._left)
            answer = self.app if left else self._without(scope)
            await answer(scope, receive, send)
            return
        scope["route"] = operation.route
        response = await operation(Request(scope, receive, send), self._wires)
        await response(scope, receive, send)

    def _without(self, scope: Scope) -> Response:
        """What a path without the method asked for answers. Raises `not-found`, `method-not-allowed`."""
        methods = self._methods(scope["path"])
        if not methods:
            raise Problem("not-found", given=address(scope))
        allowed = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allowed})
        raise Problem("method-not-allowed", headers={"Allow": allowed}, given=scope["method"], expected=allowed)

    def _methods(self, path: str) -> set[str]:
        """A path that is written out hides the one with a parameter: `/initiatives/summary` is no initiative."""
        written = {method for method, known in self._written if known == path}
        return written or {
            method
            for (method, parts), operations in self._patterns.items()
            if parts == path.count("/") and any(operation.pattern.match(path) for operation in operations)
        }

    def _find(self, scope: Scope) -> Operation | None:
        """The operation asked for; what its path holds goes into the scope."""
        method, path = scope["method"], scope["path"]
        found = self._written.get((method, path))
        if found is not None:
            scope["path_params"] = {}
            return found
        for operation in self._patterns.get((method, path.count("/")), ()):
            match = operation.pattern.match(path)
            if match is not None:
                # PostgreSQL takes U+0000 in no parameter. It is in no id, nor is what undecodable bytes become.
                scope["path_params"] = {k: v.replace("\x00", "\ufffd") for k, v in match.groupdict().items()}
                return operation
        return None


def _parameters(request: Request, known: set[str], repeatable: set[str]) -> dict[str, list[str]]:
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
