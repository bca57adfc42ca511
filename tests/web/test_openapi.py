"""The OpenAPI file: complete, valid, and every example in it runs against the seeded service."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from app.pages.operations import VIETNAMESE
from app.web.catalogue import CATALOGUE
from tests.service import Service, running
from tests.web.contract import breaks, contract_of, may_break, published

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def described(databases: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("openapi")) as url, running(url) as service:
        yield service.raw("GET", "/openapi.json").json()


def operations(document: dict[str, Any]) -> list[tuple[str, str, Operation]]:
    return [(m, path, op) for path, methods in document["paths"].items() for m, op in methods.items()]


def test_it_is_valid(described: dict[str, Any]):
    validate(described)


def test_it_breaks_nothing_published_and_what_is_published_is_up_to_date(described: dict[str, Any]):
    """docs/openapi.json is what clients were made from; `make contract` takes additions over, and refuses breaks."""
    new = contract_of(json.loads(json.dumps(described)))
    found = breaks(published(), new)

    assert not found or may_break(published(), new), "\n".join(["this breaks clients:", *found])
    assert new == published(), "additions: run `make contract` and commit docs/openapi.json"


def test_it_has_nothing_of_the_frameworks_own(described: dict[str, Any]):
    text = json.dumps(described)

    assert "HTTPValidationError" not in text
    assert "x-problems" not in text
    assert not re.search('"x-(example|hidden)', text)
    assert "Successful Response" not in text


def test_every_operation_says_what_it_does(described: dict[str, Any]):
    names = [op["operationId"] for _, _, op in operations(described)]
    tags = {tag["name"] for tag in described["tags"] if tag["description"]}

    assert len(set(names)) == len(names) >= 30
    for method, path, op in operations(described):
        where = f"{method} {path}"
        assert re.fullmatch("[a-z][a-z_]+", op["operationId"]), where
        assert len(op["summary"]) > 10, where
        assert op["summary"] in op["description"].replace("\n", " "), where
        assert set(op["tags"]) <= tags, where
        for parameter in op.get("parameters", []):
            assert len(parameter["description"]) > 5, f"{where} {parameter['name']}"


def test_every_operation_says_it_in_vietnamese_first(described: dict[str, Any]):
    """A new operation gets its line in app/pages/operations.py."""
    named = {op["operationId"]: op["summary"] for _, _, op in operations(described)}

    assert named.keys() - VIETNAMESE.keys() == set()
    assert VIETNAMESE.keys() - named.keys() == set()
    for name, summary in named.items():
        assert summary.startswith(f"{VIETNAMESE[name]} · "), name
    assert all(VIETNAMESE[name] == unicodedata.normalize("NFC", VIETNAMESE[name]) for name in named)
    assert all(" · " in tag["description"] for tag in described["tags"])


def test_every_parameter_but_a_cursor_has_an_example(described: dict[str, Any]):
    bare = [
        f"{method} {path} {parameter['name']}"
        for method, path, op in operations(described)
        for parameter in op.get("parameters", [])
        if "example" not in parameter and not parameter["schema"].get("examples") and parameter["name"] != "cursor"
    ]

    assert [b for b in bare if not b.endswith(" head")] == []


def test_every_body_and_every_answer_has_an_example_of_its_schema(described: dict[str, Any]):
    wrong = []
    for method, path, op in operations(described):
        contents = [("sent", op["requestBody"]["content"])] if "requestBody" in op else []
        contents += [(n, r["content"]) for n, r in op["responses"].items() if n[0] == "2" and "content" in r]
        assert any(n[0] == "2" for n in op["responses"]), (method, path)
        for number, content in contents:
            shown = content.get("application/json")
            if shown is None:
                continue
            schema = {**shown["schema"], "components": described["components"]}
            errors = list(Draft202012Validator(schema).iter_errors(shown["example"]))
            wrong += [(method, path, number, e.json_path, e.message[:80]) for e in errors]

    assert not wrong


def test_every_operation_names_its_problems(described: dict[str, Any]):
    documents = Draft202012Validator(
        {"$ref": "#/components/schemas/ProblemDocument", "components": described["components"]}
    )
    for method, path, op in operations(described):
        refusals = {n: r for n, r in op["responses"].items() if n[0] in "45"}
        assert "500" in refusals, (method, path)
        assert not path.startswith("/api/") or {"400", "401", "503"} <= refusals.keys()
        for number, refusal in refusals.items():
            content = refusal["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
            assert content["examples"]
            for code in content["examples"]:
                example = described["components"]["examples"][code]["value"]
                assert (example["status"], CATALOGUE[code].status) == (int(number), int(number))
                documents.validate(example)
                assert "…" not in example["detail"].replace("0…57", ""), code


def test_common_headers_and_not_modified_are_told(described: dict[str, Any]):
    for method, path, op in operations(described):
        if not path.startswith("/api/"):
            continue
        for number, answer in op["responses"].items():
            if number[0] == "2":
                assert "X-Seq" in answer["headers"]
                assert method != "get" or ("ETag" in answer["headers"]) != ("text/event-stream" in answer["content"])
                assert number != "201" or "Location" in answer["headers"]
        if method == "get" and "text/event-stream" not in op["responses"]["200"]["content"]:
            assert "304" in op["responses"]
            assert "HEAD" in op["description"]


def test_a_parameter_is_never_null_and_says_its_form(described: dict[str, Any]):
    given = [p for _, _, op in operations(described) for p in op.get("parameters", [])]

    assert [p["name"] for p in given if {"type": "null"} in p["schema"].get("anyOf", [])] == []
    for parameter in given:
        schema = parameter["schema"]
        if parameter["name"] in {"period", "period_from", "period_to", "as_of", "cursor", "from", "to"}:
            assert schema.get("items", schema)["pattern"], parameter
        # What is shown is of the form.
        for example in [*schema.get("examples", []), *([parameter["example"]] if "example" in parameter else [])]:
            Draft202012Validator({**schema, "components": described["components"]}).validate(example)


def test_if_match_is_required_where_its_lack_is_428(described: dict[str, Any]):
    wanted = {
        op["operationId"]: (parameter["required"], "428" in op["responses"])
        for _, _, op in operations(described)
        for parameter in op.get("parameters", [])
        if parameter["name"] == "If-Match"
    }

    assert wanted.pop("enter_shares") == (False, False)
    assert set(wanted.values()) == {(True, True)}


def test_choices_that_come_again_have_a_name(described: dict[str, Any]):
    named = {name: schema["enum"] for name, schema in described["components"]["schemas"].items() if "enum" in schema}
    languages = [
        p["schema"] for _, _, op in operations(described) for p in op.get("parameters", []) if p["name"] == "lang"
    ]

    assert named["Lang"] == ["vi", "en"]
    assert named["Comparator"] == ["gt", "ge", "eq", "le", "lt"]
    assert {schema["$ref"] for schema in languages} == {"#/components/schemas/Lang"}
    # Of a name with several meanings each stays where it is.
    assert "Kind" not in named
    assert json.dumps(described).count('"enum": ["vi", "en"]') == 1


def test_decimals_are_numbers(described: dict[str, Any]):
    values = described["components"]["schemas"]["ObservationView"]["properties"]

    assert "number" in json.dumps(values["numerator"])
    assert "string" not in json.dumps(values["numerator"])


def test_every_read_takes_a_language(described: dict[str, Any]):
    without = [
        path
        for method, path, op in operations(described)
        if method == "get" and path.startswith("/api/") and "lang" not in {p["name"] for p in op.get("parameters", [])}
    ]

    assert without == []


def test_every_list_can_be_trimmed(described: dict[str, Any]):
    schemas = described["components"]["schemas"]
    lists = {name for name, schema in schemas.items() if {"data", "next", "seq"} <= schema.get("properties", {}).keys()}
    read = [
        (path, {p["name"] for p in op["parameters"]})
        for method, path, op in operations(described)
        if method == "get"
        and (shown := op["responses"]["200"].get("content", {}).get("application/json"))
        and shown["schema"].get("$ref", "").rpartition("/")[2] in lists
    ]

    assert len(read) > 25
    assert [path for path, parameters in read if "fields" not in parameters] == []


def test_who_needs_a_key_is_told(described: dict[str, Any]):
    scheme = described["components"]["securitySchemes"]["key"]

    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "dxi keys create" in scheme["description"]
    for method, path, op in operations(described):
        if method != "get":
            assert op["security"] == [{"key": []}], path
        elif path == "/api/v1/city/snapshot":
            assert op["security"] == [{}, {"key": []}]


def test_it_is_made_once_and_the_command_line_sees_the_same(described: dict[str, Any], databases: Any, tmp_path: Any):
    with databases.fresh("sqlite", tmp_path) as url, running(url) as service:
        first, again = (service.raw("GET", "/openapi.json") for _ in range(2))

        assert first.content == again.content
        assert first.headers["etag"] == again.headers["etag"]
        assert json.loads(json.dumps(service.app.openapi())) == described


# A thing that no seed has is made by another operation's example: path parameter -> where it is created.
MADE = {"submission": "/api/v1/submissions", "name": "/api/v1/releases", "/api/v1/keys/{id}": "/api/v1/keys"}
MADE |= {
    f"/api/v1/webhooks/{{id}}{rest}": "/api/v1/webhooks"
    for rest in ("", "/secret", "/test", "/deliveries", "/deliveries/{delivery}", "/deliveries/{delivery}/retry")
}
MADE["delivery"] = "/api/v1/webhooks/{id}/test"

# What an example made is not known as of the seq that the example of `as_of` names.
MADE_LATER = {
    ("/api/v1/area-changes/{id}", "as_of"),
    ("/api/v1/area-changes/{id}/shares", "as_of"),
    ("/api/v1/releases/{name}", "as_of"),
}


class Runner:
    """Runs the examples of the file, in an order in which each finds what it needs."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.key = service.key("admin")
        self.document = service.raw("GET", "/openapi.json").json()
        self.made: dict[str, str] = {}
        # A forecast needs four readings, and the plan gives one.
        row = {"indicator": "commune_dx_completed", "area": "380", "numerator": 33, "denominator": 47}
        for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
            assert service.submit(self.key, [row], period=month).status_code == 201

    def run(self, method: str, path: str, op: Operation, **chosen: Any) -> Any:
        address, query, headers = path, {}, {}
        for parameter in op.get("parameters", []):
            name, example = parameter["name"], parameter.get("example")
            if parameter["in"] == "path":
                collection = MADE.get(name) or MADE.get(path)
                example = self.made[collection].rpartition("/")[2] if collection else example
                address = address.replace(f"{{{name}}}", str(example))
            elif parameter["in"] == "header" and name == "If-Match":
                headers[name] = example or parameter["schema"]["examples"][0]
            elif parameter["in"] == "query" and parameter.get("required"):
                query[name] = example
        query |= {k: v for k, v in chosen.items() if k != "Idempotency-Key"}
        headers |= {k: v for k, v in chosen.items() if k == "Idempotency-Key"}
        body = op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        answer = self.service.raw(
            method.upper(),
            address,
            key=self.key,
            params=query,
            headers=headers,
            **({"json": body} if body is not None else {}),
        )
        if answer.status_code in (201, 202):
            self.made.setdefault(path, answer.headers["location"])
        return answer

    def every(self, method: str) -> Iterator[tuple[str, Operation]]:
        # What lies below another goes before it.
        every = sorted(operations(self.document), key=lambda o: -o[1].count("/") if method == "delete" else 0)
        for found, path, op in every:
            if found == method:
                yield path, op


def test_every_example_runs(service: Service):
    runner = Runner(service)
    wrong, ran = [], 0

    def check(method: str, path: str, op: Operation, **chosen: Any) -> None:
        nonlocal ran
        answer = runner.run(method, path, op, **chosen)
        ran += 1
        if path.endswith("/forecast") and "as_of" in chosen:
            # Of the first change nothing can be forecast.
            assert answer.json()["code"] == "too-few-readings"
        elif answer.is_error or str(answer.status_code) not in op["responses"]:
            wrong.append((method, path, chosen, answer.status_code, answer.text[:300]))

    for method in ("post", "get", "patch", "delete"):
        for path, op in runner.every(method):
            check(method, path, op)
            if method == "get":
                for parameter in op.get("parameters", []):
                    for example in parameter["schema"].get("examples", []):
                        if parameter["in"] == "query" and (path, parameter["name"]) not in MADE_LATER:
                            check(method, path, op, **{parameter["name"]: example})

    assert not wrong
    assert ran > 100


def trimmable(op: Operation, document: dict[str, Any]) -> list[set[str]]:
    """The members of the rows of a list that takes `fields`."""
    if all(parameter["name"] != "fields" for parameter in op.get("parameters", [])):
        return []
    schemas = document["components"]["schemas"]
    listed = schemas[op["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
    row = schemas[listed["properties"]["data"]["items"]["$ref"].rpartition("/")[2]]
    assert "required" not in row
    # Four more tell of another map, where one is asked for (`geography`).
    elsewhere = {"geography", "comparability", "reason", "shares"} if "geography" in row["properties"] else set()
    return [row["properties"].keys() - elsewhere]


def test_answers_are_of_the_schema_that_was_declared(service: Service):
    runner = Runner(service)
    wrong = []
    for method in ("post", "get", "patch", "delete"):
        for path, op in runner.every(method):
            answer = runner.run(method, path, op)
            content = op["responses"][str(answer.status_code)].get("content", {}).get("application/json")
            if content is None:
                continue
            schema = {**content["schema"], "components": runner.document["components"]}
            errors = list(Draft202012Validator(schema).iter_errors(answer.json()))
            wrong += [(method, path, e.json_path, e.message[:100]) for e in errors[:3]]
            # No member of a row is promised where `fields` may trim it; untrimmed there are all.
            rows = trimmable(op, runner.document)
            wrong += [
                (method, path, "$.data", str(members ^ row.keys()))
                for members in rows
                for row in answer.json()["data"][:3]
                if members ^ row.keys()
            ]

    assert not wrong


def test_a_retry_of_the_submissions_example_is_replayed(service: Service):
    runner = Runner(service)
    path, op = next((p, o) for p, o in runner.every("post") if p.endswith("/submissions"))
    parameter = next(p for p in op["parameters"] if p["name"] == "Idempotency-Key")
    key = {"Idempotency-Key": parameter["schema"]["examples"][0]}

    first, again = (runner.run("post", path, op, **key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
