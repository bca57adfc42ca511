"""`GET /releases/{name}/{path}` is `GET /{path}` as of the release: the request is put so before anything looks at it.

So it gets the very bytes, tag and cursors of the read it stands for, and no route has to know of releases. What takes
no `as_of` has nothing to freeze and is not found below a release.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from urllib.parse import parse_qsl, quote

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.routing import compile_path
from starlette.types import Scope

from app.db.points import Point
from app.db.session import Ledger
from app.releases import queries
from app.web.answers import PREFIX
from app.web.binding import Bound
from app.web.routing import Route

BELOW = f"{PREFIX}/releases/"


def names_as_of(query: bytes) -> bool:
    return any(name == "as_of" for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))


@dataclass
class Frozen:
    """Knows the releases and the reads that can be asked as of a moment."""

    ledger: Ledger
    app: FastAPI
    # One value, so that of two loads neither leaves half of what it found.
    _known: tuple[str, int, Mapping[str, str]] = ("", -1, MappingProxyType({}))

    async def resolve(self, scope: Scope, point: Point) -> None:
        """Put a read below a release as the read it stands for; leave everything else, and what cannot be frozen."""
        path: str = scope["path"]
        if not path.startswith(BELOW):
            return
        name, _, rest = path.removeprefix(BELOW).partition("/")
        if not rest:
            return
        if point.epoch != self._known[0] or point.registry_seq > self._known[1]:
            await run_in_threadpool(self._load, self.ledger.knowing(point))
        moments = self._known[2]
        query: bytes = scope["query_string"]
        meant = f"{PREFIX}/{rest}"
        if name not in moments or names_as_of(query) or not self._takes_as_of(meant):
            return
        as_of = b"as_of=" + quote(moments[name]).encode()
        scope["dxi.asked"] = path
        scope["path"] = meant
        scope["raw_path"] = quote(meant).encode()
        scope["query_string"] = query + b"&" + as_of if query else as_of

    def _load(self, ledger: Ledger) -> None:
        with ledger.read() as session:
            moments = {name: release.as_of for name, release in queries.releases(session).items()}
            self._known = (session.point.epoch, session.point.registry_seq, moments)

    def _takes_as_of(self, path: str) -> bool:
        """Whether the read that answers at `path` takes `as_of`: the one written so, else the first that fits."""
        written, patterns = self._reads
        if path in written:
            return written[path]
        fitting = (takes for pattern, takes in patterns.get(path.count("/"), ()) if pattern.match(path))
        return next(fitting, False)

    @cached_property
    def _reads(self) -> tuple[dict[str, bool], dict[int, list[tuple[re.Pattern[str], bool]]]]:
        written: dict[str, bool] = {}
        patterns: dict[int, list[tuple[re.Pattern[str], bool]]] = defaultdict(list)
        for context in iter_route_contexts(self.app.routes):
            route, path = context.original_route, context.path
            if not isinstance(route, Route) or path is None or "GET" not in (route.methods or ()):
                continue
            takes = "as_of" in Bound(route.dependant).known
            if "{" in path:
                patterns[path.count("/")].append((compile_path(path)[0], takes))
            else:
                written[path] = takes
        return written, patterns
