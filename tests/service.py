"""The service as tests call it: the real app over a real database, in this process, with a clock of the test's own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import anyio
import httpx

from app.access import commands as access
from app.areas import commands as areas
from app.core.clock import Clock
from app.core.entities import Area, Level
from app.main import create_app
from app.settings import Settings

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@dataclass
class Service:
    """A client of one app. `get`, `post`, `patch`, `delete` take paths below `/api/v1`; `raw` takes whole paths."""

    app: Any
    client: httpx.AsyncClient
    runner: asyncio.Runner
    now: list[datetime]
    _keys: dict[tuple[str, ...], str] = field(default_factory=dict)

    def raw(self, method: str, path: str, *, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {**more.pop("headers", {})}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return self.runner.run(self.client.request(method, path, headers=headers, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.raw("GET", f"/api/v1{path}", **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.raw("POST", f"/api/v1{path}", **({"json": json} if json is not None else {}), **more)

    def patch(self, path: str, json: Any, **more: Any) -> httpx.Response:
        return self.raw("PATCH", f"/api/v1{path}", json=json, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.raw("DELETE", f"/api/v1{path}", **more)

    def key(self, *scopes: str, areas: tuple[str, ...] = (), expires: datetime | None = None) -> str:
        """A fresh key, by its command; equal wishes get the same one."""
        wish = (*scopes, "@", *areas, str(expires))
        if wish not in self._keys:
            with self.app.state.ledger.write("test") as session:
                _, token = access.create(session, name=" ".join(wish)[:60], scopes=scopes, areas=areas, expires=expires)
            self._keys[wish] = token
        return self._keys[wish]

    def ward(self, code: str) -> str:
        """The key of the ward with this code."""
        return self.key("submit", areas=(code,))

    def founded(self, code: str, since: date, until: date | None = None, *, name: str = "Phường Mới") -> Area:
        """A further ward of the city, by its command."""
        with self.app.state.ledger.write("test") as session:
            return areas.create(
                session,
                code=code,
                name_vi=name,
                name_en=f"Ward {code}",
                level=Level.COMMUNE,
                kind="unit",
                type="phường",
                parent="380-202501",
                valid_from=since,
                valid_to=until,
            )

    def submit(self, key: str, rows: list[dict[str, Any]], *, period: str = "2025-03", **more: Any) -> httpx.Response:
        return self.post("/submissions", {"period": period, "rows": rows}, key=key, **more)


async def nowhere(host: str, port: int) -> list[str]:
    """Resolves no name."""
    raise OSError(f"{host} is not asked for in tests")


async def keep_a_thread() -> None:
    """Holds one worker thread for all requests: anyio ends a thread with the task that it was begun in."""
    await anyio.to_thread.run_sync(lambda: None)
    asyncio.get_running_loop().stop()
    await asyncio.Event().wait()


@contextmanager
def running(database_url: str, **settings: Any) -> Iterator[Service]:
    """The app over `database_url`, migrated and seeded before."""
    now = [START]
    chosen = Settings(database_url=database_url, require_durable=False, **settings)
    app = create_app(chosen, clock=Clock(lambda: now[0]))
    # Nothing of a test calls another host.
    app.state.deliverer.resolve = nowhere
    with asyncio.Runner() as runner:
        # Not by `run`, whose task anyio would take for the one to end with.
        kept = runner.get_loop().create_task(keep_a_thread())
        runner.get_loop().run_forever()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://city.test")
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        try:
            yield Service(app, client, runner, now)
        finally:
            runner.run(client.aclose())
            runner.run(lifespan.__aexit__(None, None, None))
            kept.cancel()
