"""Whatever goes wrong is a problem document, in the caller's language, and gives nothing away."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from app.web.catalogue import CATALOGUE
from app.web.edge import MAX_BODY
from app.web.negotiation import best_type
from tests.service import Service, running

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


@pytest.fixture
def sqlite(databases: Any, tmp_path: Any) -> Iterator[Service]:
    """One database is enough where none is asked."""
    with databases.fresh("sqlite", tmp_path) as url, running(url) as service:
        yield service


def body_of(service: Service, body: bytes, **headers: str) -> httpx.Response:
    key = service.key("admin")
    return service.post("/submissions", key=key, content=body, headers={"Content-Type": "application/json", **headers})


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/nowhere", "/api/v1", "/api/v1/", "/api/v2/areas", "/problems/x"])
def test_an_unknown_path_is_404(sqlite: Service, path: str):
    document = problem_of(sqlite.raw("GET", path), 404, "not-found")

    assert document["instance"] == path


def test_every_answer_under_the_prefix_says_the_seq_errors_included(service: Service):
    service.key("admin")
    answers = [
        service.get("/areas"),
        service.get("/nowhere"),
        service.get("/areas?perod=1"),
        service.get("/keys"),
        service.get("/areas", key="wrong"),
        service.raw("PUT", "/api/v1/areas"),
        service.raw("OPTIONS", "/api/v1/areas"),
        service.post("/submissions", {"rows": []}),
        body_of(service, b"{"),
        service.raw("HEAD", "/api/v1/areas"),
    ]

    assert [int(a.headers["x-seq"]) for a in answers] == [int(answers[0].headers["x-seq"])] * len(answers)


def operations(service: Service) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = service.raw("GET", "/openapi.json").json()["paths"]
    return paths


def filled_in(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", []):
        path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example")))
    return path


def test_a_wrong_method_lists_every_method_of_the_path_and_options_too(sqlite: Service):
    for path, operation in operations(sqlite).items():
        named = {m.upper() for m in operation} | {"OPTIONS"} | ({"HEAD"} if "get" in operation else set())
        address = filled_in(path, next(iter(operation.values())))

        refused = sqlite.raw("PUT", address)
        asked = sqlite.raw("OPTIONS", address)

        document = problem_of(refused, 405, "method-not-allowed")
        assert set(refused.headers["allow"].split(", ")) == named, path
        assert refused.headers["allow"] in document["detail"]
        assert (asked.status_code, asked.content) == (204, b"")
        assert asked.headers["allow"] == refused.headers["allow"]


def test_head_answers_as_get_does_without_a_body(service: Service):
    pages = ["/", "/docs", "/docs/start.js", "/docs/assets/swagger-ui.css", "/openapi.json", "/problems"]
    pages += ["/problems/not-found", "/problems/nothing", "/nowhere"]
    addresses = [filled_in(p, o["get"]) for p, o in operations(service).items() if "get" in o]
    key = service.key("admin")
    wrong = []
    for address in [*addresses, *pages]:
        got = service.raw("GET", address, key=key, params=_needed(service, address))
        head = service.raw("HEAD", address, key=key, params=_needed(service, address))

        same = [got.headers.get(h) == head.headers.get(h) for h in ("content-type", "etag", "x-seq", "vary")]
        if (head.status_code, head.content, all(same)) != (got.status_code, b"", True):
            wrong.append((address, got.status_code, head.status_code, same))
    assert not wrong


def _needed(service: Service, address: str) -> dict[str, str]:
    operation = operations(service).get(address, {}).get("get", {})
    return {p["name"]: p["example"] for p in operation.get("parameters", []) if p["required"] and p["in"] == "query"}


def test_an_unknown_parameter_is_refused_everywhere_with_the_nearest_name(service: Service):
    key = service.key("admin")
    tried = 0
    for path, methods in operations(service).items():
        if not path.startswith("/api/"):
            continue
        for method, operation in methods.items():
            known = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
            typo = f"{known[0][:-1]}x" if known and len(known[0]) > 4 else "perod"
            answer = service.raw(
                method.upper(), filled_in(path, operation), key=key, params={typo: "1"}, json=_example(operation)
            )
            document = problem_of(answer, 400, "unknown-parameter")
            fault = document["errors"][0]
            assert (fault["parameter"], fault["given"]) == (typo, typo)
            assert set(filter(None, fault["expected"].split(", "))) >= set(known)
            if typo != "perod":
                assert fault["hint"] == known[0]
                assert known[0] in document["detail"]
            tried += 1
    assert tried >= 25


def _example(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example")


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


def failing() -> APIRouter:
    router = APIRouter()

    @router.get("/api/v1/fails")
    def fails() -> None:
        raise RuntimeError("dxk_secret_in_the_message /work/file.py")

    @router.get("/fails")
    async def fails_outside() -> None:
        raise ZeroDivisionError

    return router


@pytest.mark.parametrize("path", ["/api/v1/fails", "/fails"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_error_of_ours_is_500_with_a_trace_id_and_nothing_more(sqlite: Service, path: str, method: str):
    sqlite.app.include_router(failing())
    trace = "0af7651916cd43dd8448eb211c80319c"

    answer = sqlite.raw(method, path, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})

    assert (answer.status_code, answer.headers["x-trace-id"]) == (500, trace)
    if method == "GET":
        document = problem_of(answer, 500, "internal-error")
        assert document["trace_id"] == trace
        assert not re.search("secret|RuntimeError|Zero|Traceback|file.py", answer.text)
    else:
        assert answer.content == b""


@pytest.mark.parametrize(
    "given", [None, "", "garbage", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "00-" + "g" * 32 + "-b7ad6b7169203331-01"]
)
def test_without_a_usable_trace_id_a_fresh_one_is_made(sqlite: Service, given: str | None):
    headers = {} if given is None else {"traceparent": given}
    traces = {sqlite.raw("GET", "/nowhere", headers=headers).json()["trace_id"] for _ in range(3)}

    assert len(traces) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", t) for t in traces)


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", None, "vi"),
        ("", "vi", "vi"),
        ("", "vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("", "en", "en"),
        ("", "en-GB", "en"),
        ("", "fr", "vi"),
        ("", "fr, en;q=0.3", "en"),
        ("", "en;q=0.2, vi;q=0.9", "vi"),
        ("", "*", "vi"),
        ("", "en;q=x", "vi"),
        ("?lang=en", "vi", "en"),
        ("?lang=vi", "en", "vi"),
        ("?lang=xx", "en", "en"),
    ],
)
def test_a_problem_speaks_the_callers_language(sqlite: Service, query: str, accepted: str | None, lang: str):
    answer = sqlite.raw("GET", f"/nowhere{query}", headers={"Accept-Language": accepted} if accepted else {})

    assert answer.headers["content-language"] == lang
    assert problem_of(answer, 404, "not-found")["title"] == CATALOGUE["not-found"].words(lang).title


def test_at_most_20_errors_are_told(sqlite: Service):
    unknown = {f"member{n}": n for n in range(50)}

    document = problem_of(body_of(sqlite, json.dumps({"rows": [1], **unknown}).encode()), 422, "invalid-body")

    assert len(document["errors"]) == 20


def test_inputs_are_cut_at_100_characters(service: Service):
    long = "x" * 3000
    answers = [
        service.get(f"/areas?at={long}"),
        service.get(f"/areas?{long}=1"),
        service.get(f"/areas/{long}"),
        service.get("/areas", params={"sort": long}),
        service.get("/observations", params={"indicator": long}),
        body_of(service, json.dumps({"rows": [1], "period": long}).encode()),
        body_of(service, json.dumps({"rows": [{"indicator": long}], "period": "2025-03"}).encode()),
        body_of(service, b'{"rows": [' + b"1" * 3000 + b"]}"),
        body_of(service, b"{}", **{"Content-Type": long}),
        body_of(service, b'{"rows": [1]}', **{"Idempotency-Key": long}),
    ]

    for answer in answers:
        document = answer.json()
        assert 400 <= answer.status_code < 500
        for error in document["errors"]:
            assert len(str(error.get("given", ""))) <= 100
            assert "x" * 101 not in error["message"]
        assert "x" * 101 not in document["detail"]
        assert len(document["instance"]) <= 2000


def test_no_secret_is_echoed(service: Service):
    key = service.key("submit", areas=("14758",))
    secret = key.rpartition("_")[2]
    answers = [
        service.get("/areas", key=key + "x"),
        service.get("/areas", key=key[:-1]),
        service.get("/keys", key=key),
        service.raw("GET", "/api/v1/areas", headers={"Authorization": f"Basic {key}"}),
        service.raw("GET", "/api/v1/areas", headers={"Authorization": key}),
        service.raw("PUT", "/api/v1/areas", key=key),
        service.get("/nowhere", key=key),
        service.post("/submissions", {"rows": []}, key=key),
    ]

    assert all(a.status_code >= 400 for a in answers)
    assert not [a for a in answers if secret in a.text or secret[:20] in str(a.headers)]


def test_one_answer_for_every_bad_key(service: Service):
    """No key where one is needed, and a bad key anywhere."""
    bad = ["x", "dxk_", "dxk_aaaa_" + "b" * 43, service.key("admin")[:-2] + "xx"]
    answers = [service.get("/me"), *(service.get(path, key=k) for k in bad for path in ("/me", "/areas", "/nowhere"))]

    documents = [problem_of(a, 401, "unauthenticated") for a in answers]

    assert len({json.dumps({**d, "trace_id": "", "instance": ""}) for d in documents}) == 1
    assert all(a.headers["www-authenticate"].startswith("Bearer") for a in answers)


def test_parameters_of_the_wrong_kind_are_422_with_their_name(service: Service):
    for query, parameter, code in [
        ("limit=0", "limit", "out-of-range"),
        ("limit=1001", "limit", "out-of-range"),
        ("limit=ten", "limit", "not-an-integer"),
        ("limit=1&limit=2", "limit", "parameter-repeated"),
        ("lang=fr", "lang", "pattern-mismatch"),
        ("at=01/07/2025", "at", "not-a-date"),
        ("at=2025-02-30", "at", "not-a-date"),
        ("level=ward", "level", "not-one-of"),
        ("q=%00", "q", "forbidden-character"),
        ("q=a%E2%80%8Bb", "q", "forbidden-character"),
        ("q=a%E2%80%AEb", "q", "forbidden-character"),
    ]:
        document = problem_of(service.get(f"/areas?{query}"), 422, "invalid-parameter")

        assert (document["errors"][0]["parameter"], document["errors"][0]["code"]) == (parameter, code), query


@pytest.mark.parametrize(
    "path",
    ["/areas/%00", "/areas/%E2%80%8B", "/areas/%FF%FE", "/areas/a%2Fb", "/areas/" + "%F0%9F%98%80" * 50, "/areas/%20"],
)
def test_odd_characters_in_a_path_are_never_a_500(service: Service, path: str):
    answer = service.get(path)

    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["q=%FF", "q=%ED%A0%80", "%00=1", "=1", "&&", "q", "%zz=1", "q=%F0%9F%98%80", "a=b;c=d"]
)
def test_odd_queries_are_never_a_500(service: Service, query: str):
    assert service.get(f"/areas?{query}").status_code < 500


def test_the_page_of_every_problem_says_it_in_both_languages(sqlite: Service):
    for code, entry in CATALOGUE.items():
        page = sqlite.raw("GET", f"/problems/{code}", headers={"Accept": "text/html"})

        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        plain = re.sub(r"<[^>]+>", "", page.text)
        assert entry.vi.title in plain
        assert entry.en.title.replace("'", "&#x27;") in plain
        assert page.text.index("<section lang=vi") < page.text.index("<section lang=en")
        assert not re.search(r"https?://", page.text)


def test_the_pages_speak_json_too(sqlite: Service):
    every = sqlite.raw("GET", "/problems", headers={"Accept": "application/json"}).json()["data"]
    one = sqlite.raw("GET", "/problems/not-found", headers={"Accept": "application/problem+json, application/json"})

    assert {p["code"] for p in every} == CATALOGUE.keys()
    assert one.json() == next(p for p in every if p["code"] == "not-found")
    assert one.json()["status"] == 404
    assert one.headers["vary"] == "Accept"


def test_an_unknown_problem_is_a_404_with_the_nearest_one(sqlite: Service):
    document = problem_of(sqlite.raw("GET", "/problems/not-fuond"), 404, "not-found")

    assert document["errors"][0]["hint"] == "not-found"


@pytest.mark.parametrize("path", ["/", "/problems", "/problems/not-found", "/docs", "/openapi.json"])
def test_pages_have_a_tag_and_a_strict_policy(sqlite: Service, path: str):
    first = sqlite.raw("GET", path)
    again = sqlite.raw("GET", path, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert first.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
        ("application/*", "application/json"),
        ("text/html;q=0.1, */*", "application/json"),
        ("image/png", "text/html"),
        ("application/json;q=x", "text/html"),
    ],
)
def test_the_representation_that_accept_likes_best(accept: str | None, best: str):
    assert best_type(accept, ("text/html", "application/json")) == best


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
