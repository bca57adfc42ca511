"""From a request to the bytes of its operation.

FastAPI declares the operations and describes them. Finding one and binding its parameters (app/web/binding.py) is done
here, from what FastAPI worked out of the signatures: its own way costs three times what a read by key costs
(docs/decisions/0010).
"""

import inspect
import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from threading import RLock
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute, APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.errors import Problem
from app.db.aside import NotAside
from app.db.engine import Database
from app.db.trouble import reachable
from app.web.binding import Bound, Field, parameters, strict_body
from app.web.freshness import MIN_SEQ
from app.web.problems import address
from app.web.representation import PARAMETER, asked_format, columns_of, tabled
from app.web.validation import problem_of

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

    It runs where the request came in (app/db/aside.py). `when` gets the
    handler's arguments by name.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__["quick"] = when
        return endpoint

    return mark


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

    async def __call__(self, request: Request, database: Database) -> Response:
        given = parameters(request, self.known, self.repeatable) if request.scope["query_string"] else {}
        errors: list[Any] = []
        values = await self.bound.values(request, given, errors)
        if errors:
            raise problem_of(errors, [])
        wanted = asked_format(request) if self.columns else None
        if self.body is not None:
            # After the dependencies: who may not write at all is told so before the body is looked at.
            values[self.body.name] = self.sent(await strict_body(request))
        response: Response
        if self.waits:
            response = await self.route.endpoint(**values)
        elif self.quick is not None and self.quick(**values):
            response = await self._quickly(database, values)
        else:
            response = await run_in_threadpool(self.route.endpoint, **values)
        return response if wanted is None else await run_in_threadpool(tabled, response, wanted, request, self.columns)

    async def _quickly(self, database: Database, values: dict[str, Any]) -> Response:
        function: Callable[..., Response] = self.route.endpoint
        try:
            with reachable():
                return await database.aside(function, values)
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

    def __init__(self, app: ASGIApp, *, routers: Iterable[APIRouter], prefix: str, database: Database) -> None:
        self.app = app
        self._database = database
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
        response = await operation(Request(scope, receive, send), self._database)
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
