"""Bodies that cannot be taken: each refusal names its place, and nothing large is read to its end."""

import asyncio
import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from app.web.edge import MAX_BODY
from tests.databases import Databases
from tests.service import Service
from tests.web.documents import body_of, problem_of
from tests.web.serving import serving


@pytest.mark.parametrize(
    ("body", "status", "code", "fault", "pointer"),
    [
        (b"", 422, "body-required", "body-required", ""),
        (b"   ", 422, "body-required", "body-required", ""),
        (b"{", 400, "malformed-json", "malformed-json", None),
        (b'{"rows": [}', 400, "malformed-json", "malformed-json", None),
        (b"\xff\xfe{}", 400, "malformed-json", "not-utf-8", None),
        (b'{"rows": [{"value": NaN}]}', 422, "invalid-body", "number-not-finite", "/rows/0/value"),
        (b'{"rows": [{"value": -Infinity}]}', 422, "invalid-body", "number-not-finite", "/rows/0/value"),
        (b'{"rows": [{"value": 1e40}]}', 422, "invalid-body", "number-out-of-range", "/rows/0/value"),
        (b'{"rows": [], "rows": []}', 422, "invalid-body", "duplicate-key", "/rows"),
        (b'{"note": "a\\u0000b", "rows": [1]}', 422, "invalid-body", "forbidden-character", "/note"),
        (b'{"note": "a\\u202eb", "rows": [1]}', 422, "invalid-body", "forbidden-character", "/note"),
        (b'{"note": "a\\ud800b", "rows": [1]}', 422, "invalid-body", "forbidden-character", "/note"),
        (b"[]", 422, "invalid-body", "not-an-object", ""),
        (b"null", 422, "invalid-body", None, ""),
        (b'"text"', 422, "invalid-body", "not-an-object", ""),
        (b"{}", 422, "invalid-body", "required", "/rows"),
        (b'{"rows": {}}', 422, "invalid-body", "not-a-list", "/rows"),
        (b'{"rows": "x"}', 422, "invalid-body", "not-a-list", "/rows"),
        (b'{"rows": [1], "perod": "2025-03"}', 422, "invalid-body", "unknown-member", "/perod"),
        (b'{"rows": [1], "area": 14758}', 422, "invalid-body", "not-a-text", "/area"),
        (b'{"rows": [1], "period": "03/2025"}', 422, "invalid-body", "period-malformed", "/period"),
        (b'{"rows": [1], "period": 2025}', 422, "invalid-body", "period-malformed", "/period"),
        (b'{"rows": []}', 422, "no-rows", "no-rows", "/rows"),
        (b"[" * 100_000, 413, "too-deep", None, None),
        (b"[" * 33 + b"]" * 33, 413, "too-deep", None, None),
    ],
)
def test_a_bad_body_is_refused_with_its_place(
    sqlite: Service, body: bytes, status: int, code: str, fault: str | None, pointer: str | None
):
    document = problem_of(body_of(sqlite, body), status, code)

    if fault is not None:
        assert (document["errors"][0]["code"], document["errors"][0].get("pointer")) == (fault, pointer)


def test_an_unknown_member_is_told_the_name_that_was_meant(sqlite: Service):
    document = problem_of(body_of(sqlite, b'{"rows": [1], "perod": "2025-03"}'), 422, "invalid-body")

    assert document["errors"][0]["hint"] == "period"
    assert "“period”" in document["detail"]


@pytest.mark.parametrize(
    "kind", ["text/csv", "text/plain", "application/xml", "multipart/form-data; boundary=x", "*/*"]
)
def test_another_media_type_is_415_and_says_what_would_do(sqlite: Service, kind: str):
    answer = body_of(sqlite, b'{"rows": []}', **{"Content-Type": kind})

    document = problem_of(answer, 415, "unsupported-media-type")
    assert document["errors"][0] | {"message": ""} == {
        "header": "Content-Type",
        "code": "unsupported-media-type",
        "message": "",
        "given": kind,
        "expected": "application/json",
    }
    assert answer.headers["accept"] == "application/json"


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", None])
def test_json_is_taken_with_parameters_and_without_a_type(sqlite: Service, kind: str | None):
    headers = {"Content-Type": kind} if kind else {}

    answer = sqlite.post("/submissions", key=sqlite.key("admin"), content=b'{"rows": []}', headers=headers)

    problem_of(answer, 422, "no-rows")


def test_a_body_of_8_mb_is_read_and_one_byte_more_refused(sqlite: Service):
    fits = b'{"rows": []}'.ljust(MAX_BODY)

    problem_of(body_of(sqlite, fits), 422, "no-rows")
    answer = body_of(sqlite, fits + b" ")

    assert "8 MB" in problem_of(answer, 413, "body-too-large")["detail"]


def test_a_chunked_body_is_counted_as_it_comes(sqlite: Service):
    sent = 0

    async def chunks():
        nonlocal sent
        for _ in range(40):
            sent += 1
            yield b" " * (MAX_BODY // 8 + 1)

    answer = sqlite.post(
        "/submissions", key=sqlite.key("admin"), content=chunks(), headers={"Content-Type": "application/json"}
    )

    problem_of(answer, 413, "body-too-large")
    assert sent < 40


@pytest.mark.parametrize("length", ["999999999999999999999999", "8388609"])
def test_a_declared_length_is_refused_before_anything_is_read(sqlite: Service, length: str):
    read = 0

    async def nothing():
        nonlocal read
        read += 1
        yield b""

    answer = sqlite.post(
        "/submissions", content=nothing(), headers={"Content-Type": "application/json", "Content-Length": length}
    )

    problem_of(answer, 413, "body-too-large")
    assert read <= 1
    assert answer.headers["x-seq"].isdigit()


def test_a_client_that_sends_on_after_the_refusal_still_gets_the_answer(databases: Databases, tmp_path: Path):
    with databases.fresh("sqlite", tmp_path) as url, serving(url) as address:
        connection = HTTPConnection(address.removeprefix("http://"), timeout=20)
        # http.client sends all of the body before it looks for an answer.
        connection.request("POST", "/api/v1/submissions", b" " * (MAX_BODY + 1_000_000))
        answer = connection.getresponse()

    assert (answer.status, answer.headers["connection"]) == (413, "close")


def test_a_client_that_leaves_is_no_error(sqlite: Service):
    """The connection ends before the body has come."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/api/v1/submissions",
        "raw_path": b"/api/v1/submissions",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [
            (b"authorization", f"Bearer {sqlite.key('admin')}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"100"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sqlite.runner.run(asyncio.wait_for(sqlite.app(scope, receive, send), 10))

    assert all(m.get("status", 400) < 500 for m in messages)


def test_at_most_20_errors_are_told(sqlite: Service):
    unknown = {f"member{n}": n for n in range(50)}

    document = problem_of(body_of(sqlite, json.dumps({"rows": [1], **unknown}).encode()), 422, "invalid-body")

    assert len(document["errors"]) == 20


@pytest.mark.parametrize(
    ("lang", "told"), [("vi", "đúng cú pháp: dòng 2, cột 9."), ("en", "well-formed JSON: line 2, column 9.")]
)
def test_where_json_breaks_is_told_in_the_readers_own_language(sqlite: Service, lang: str, told: str):
    document = problem_of(body_of(sqlite, b'{"a": 1,\n "b": 2,}', **{"Accept-Language": lang}), 400, "malformed-json")

    assert told in document["detail"]
    assert document["errors"][0]["given"] == "2:9"
