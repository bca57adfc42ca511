"""An answered request leaves nothing behind that leads back to itself: it would stay until somebody looks for such.

Refused in a thread it does: anyio holds on to the future that the error came by.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.main import create_app
from app.settings import Settings
from tests.web.serving import started

ONE = "/api/v1/observations/adults_with_smartphone_rate.380-202501.2025-01"


@contextmanager
def left() -> Iterator[list[Any]]:
    """The requests that only the garbage collector would have ended, once the block has."""
    found: list[Any] = []
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
        found += [each for each in gc.garbage if isinstance(each, RequestResponseCycle)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def asked(address: str, method: str, path: str, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=address, headers=headers) as client:
        for _ in range(5):
            client.request(method, path)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", ONE, {}),
        ("GET", ONE, {"If-None-Match": "*"}),
        ("HEAD", ONE, {}),
        ("GET", "/api/v1/city/snapshot", {}),
        ("GET", "/api/v1/exports/observations.csv", {}),
        ("GET", "/api/v1/observations/nothing", {}),
        ("GET", "/healthz", {}),
        ("POST", "/api/v1/submissions", {}),
    ],
)
def test_an_answered_request_is_gone(database_url: str, method: str, path: str, headers: dict[str, str]):
    with started(create_app(Settings(database_url=database_url, require_durable=False))) as (address, _):
        asked(address, method, path, headers)
        with left() as found:
            asked(address, method, path, headers)

    # A connection that ends is a circle with its last request, in uvicorn itself.
    assert len(found) <= 1


def test_a_request_that_leads_back_to_itself_is_found(database_url: str):
    app = create_app(Settings(database_url=database_url, require_durable=False))

    async def circular(scope: Any, receive: Any, send: Any) -> None:
        scope["tests.receive"] = receive
        await app(scope, receive, send)

    with started(circular) as (address, _):
        asked(address, "GET", ONE, {})
        with left() as found:
            asked(address, "GET", ONE, {})

    assert len(found) > 3
