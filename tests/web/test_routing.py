"""What a request that is no operation's costs: nothing of the operations is worked out for it."""

import asyncio

import httpx
from fastapi import FastAPI, Response

from app.web.routing import Declared, Route


def handler() -> Response:
    return Response(b"{}")


def asked(app: FastAPI, path: str) -> int:
    async def get() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return (await client.get(path)).status_code

    return asyncio.run(get())


def test_no_signature_is_worked_out_to_find_a_page():
    route = Route("/figures", handler, name="figures")
    app = FastAPI()
    app.include_router(Declared(routes=[route]), prefix="/api/v1")
    app.add_api_route("/healthz", handler)

    assert (asked(app, "/healthz"), asked(app, "/nowhere")) == (200, 404)
    assert "dependant" not in vars(route)
    assert "/api/v1/figures" in app.openapi()["paths"]
    assert "dependant" in vars(route)
