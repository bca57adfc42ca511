"""Whatever goes wrong is a problem document, in the caller's language, and gives nothing away."""

import json
import re
from typing import Any

import pytest

from app.indicators.routes import router as indicators
from app.web.catalogue import CATALOGUE
from app.web.routing import Route
from tests.service import Service
from tests.web.documents import body_of, problem_of


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
    reads = {path: methods["get"] for path, methods in operations(service).items() if "get" in methods}
    asked = {filled_in(path, read): _needed(read) for path, read in reads.items()} | dict.fromkeys(pages)
    key = service.key("admin")
    wrong = []
    for address, params in asked.items():
        got = service.raw("GET", address, key=key, params=params)
        head = service.raw("HEAD", address, key=key, params=params)

        same = [got.headers.get(h) == head.headers.get(h) for h in ("content-type", "etag", "x-seq", "vary")]
        if (head.status_code, head.content, all(same)) != (got.status_code, b"", True):
            wrong.append((address, got.status_code, head.status_code, same))
    assert not wrong


def _needed(operation: dict[str, Any]) -> dict[str, str]:
    return {p["name"]: p["example"] for p in operation.get("parameters", []) if p["required"] and p["in"] == "query"}


def test_an_unknown_parameter_is_refused_everywhere_with_the_nearest_name(service: Service):
    key = service.key("admin")
    tried = 0
    for path, methods in operations(service).items():
        # Below a release the parameters are those of the read itself, tried there.
        if not path.startswith("/api/") or path.endswith("/{path}"):
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


def failing() -> None:
    raise RuntimeError("dxk_secret_in_the_message /work/file.py")


def failing_of_ours(**_: object) -> None:
    failing()


@pytest.mark.parametrize("path", ["/api/v1/indicators", "/fails"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_error_of_ours_is_500_with_a_trace_id_and_nothing_more(
    sqlite: Service, monkeypatch: pytest.MonkeyPatch, path: str, method: str
):
    listed = next(
        r for r in indicators.routes if isinstance(r, Route) and (r.path, r.methods) == ("/indicators", {"GET"})
    )
    # Its signature is worked out when it is first asked, and then stays.
    assert sqlite.get("/indicators?limit=1").status_code == 200
    monkeypatch.setattr(listed, "endpoint", failing_of_ours)
    sqlite.app.add_api_route("/fails", failing)
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
    secret = key.split("_", 2)[2]
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
        ("lang=fr", "lang", "not-one-of"),
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
def test_odd_characters_in_a_path_are_never_a_500(shared: Service, path: str):
    answer = shared.get(path)

    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["q=%FF", "q=%ED%A0%80", "%00=1", "=1", "&&", "q", "%zz=1", "q=%F0%9F%98%80", "a=b;c=d"]
)
def test_odd_queries_are_never_a_500(shared: Service, query: str):
    assert shared.get(f"/areas?{query}").status_code < 500
