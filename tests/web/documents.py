"""What tests of problem documents share."""

from typing import Any

import httpx

from app.web.catalogue import CATALOGUE
from tests.service import Service

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "trace_id", "errors"}


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The document, once all that every document has is checked."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    document: dict[str, Any] = answer.json()
    assert document.keys() - {"error_count"} == MEMBERS
    assert (document["code"], document["type"], document["status"]) == (code, f"/problems/{code}", status)
    assert document["trace_id"] == answer.headers["x-trace-id"]
    assert document["title"] in (CATALOGUE[code].vi.title, CATALOGUE[code].en.title)
    assert "…" not in document["title"]
    assert document["detail"]
    return document


def body_of(service: Service, body: bytes, **headers: str) -> httpx.Response:
    key = service.key("admin")
    return service.post("/submissions", key=key, content=body, headers={"Content-Type": "application/json", **headers})
