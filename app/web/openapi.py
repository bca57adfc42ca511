"""The OpenAPI file: every operation with its answer, its problems and examples that run.

Routes say what only they know, through `documented(Model, "code", ..)`; all that can be seen from a route's parameters,
body and key (most problems, the headers, 304) is added here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.web import parameters, responses, samples
from app.web.catalogue import CATALOGUE
from app.web.choices import name_choices
from app.web.representation import columns_of
from app.web.schemas import ProblemDocument

_METHODS = ("get", "post", "put", "patch", "delete")
_KEPT, _HIDDEN, _TABLE = "x-problems", "x-hidden", "x-table"
_READS = (
    "`HEAD` answers the same without a body; `If-None-Match` with the last `ETag` answers 304 while nothing changed."
)


def documented(model: Any, *codes: str, status: int = 200, **more: Any) -> dict[str, Any]:
    """The keyword arguments of a route: its answer's model, and the problems that its parameters do not tell of.

    `example` (keyword) is an answer to show; without it one is made from the model. `hidden` are parameters that come
    with a shared dependency and mean nothing here.
    """
    extra = {_KEPT: list(codes), _HIDDEN: list(more.pop("hidden", ())), **more.pop("openapi_extra", {})}
    if columns_of(model):
        extra[_TABLE] = True
    if "example" in more:
        extra["x-example"] = more.pop("example")
    return {"response_model": model, "status_code": status, "openapi_extra": extra, **more}


def describe(
    app: FastAPI,
    *,
    description: str,
    tags: list[dict[str, Any]],
    key: str,
    vietnamese: Mapping[str, str],
    shapes: Sequence[type[BaseModel]] = (),
) -> dict[str, Any]:
    """The OpenAPI document of `app`.

    `key` says how to get an access key, `vietnamese` what each operation does, by its id; `shapes` are those that
    others only name.
    """
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=description,
        routes=app.routes,
        tags=tags,
        servers=[{"url": "/", "description": "This server"}],
        contact={"name": "The Thanh Hóa indicator service authors"},
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    named: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [(ProblemDocument, "serialization")]
    named += [(shape, "validation") for shape in shapes]
    _, more = models_json_schema(named, ref_template="#/components/schemas/{model}")
    schemas.update(more["$defs"])
    _plain_defaults(schemas)
    components["headers"] = {name: dict(value) for name, value in responses.HEADERS.items()}
    components.setdefault("securitySchemes", {})["key"] = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "dxk_<id>_<secret>",
        "description": key,
    }
    shown: set[str] = set()
    for path, operations in made["paths"].items():
        for method in _METHODS:
            if method in operations:
                _words(operations[method], vietnamese.get(operations[method]["operationId"]))
                shown |= _complete(operations[method], method, path, schemas)
    _trimmable(made["paths"], schemas)
    name_choices(made["paths"], schemas)
    components["examples"] = {code: responses.example_of(code) for code in sorted(shown)}
    return made


def _plain_defaults(node: Any) -> None:
    """Pydantic writes the default of a decimal as text; in the file it is the number it is on the wire.

    That what may be left out is null otherwise says nothing, and generators take it for something always there.
    """
    if isinstance(node, dict):
        if "default" in node and node["default"] is None:
            del node["default"]
        if node.get("type") == "number" and isinstance(node.get("default"), str):
            node["default"] = float(node["default"])
        for inner in node.values():
            _plain_defaults(inner)
    elif isinstance(node, list):
        for inner in node:
            _plain_defaults(inner)


def _complete(operation: dict[str, Any], method: str, path: str, schemas: dict[str, Any]) -> set[str]:
    """Fill in what the route did not have to say; returns the problem codes the operation names."""
    tagged = path.startswith("/api/") and method == "get" and not _is_stream(operation)
    if tagged and operation["description"]:
        operation["description"] += f"\n\n{_READS}"
    if operation.pop(_TABLE, False) and method == "get":
        responses.offer_tables(operation)
    hidden = operation.pop(_HIDDEN, [])
    if hidden:
        operation["parameters"] = [p for p in operation["parameters"] if p["name"] not in hidden]
    if method == "get" and path.startswith("/api/"):
        operation["parameters"] = [*operation.get("parameters", []), parameters.min_seq()]
    for parameter in operation.get("parameters", []):
        parameters.complete(parameter, _item_members(operation, schemas))
    if body := operation.get("requestBody"):
        _body(body, schemas)
    codes = [*operation.pop(_KEPT, []), *responses.implied(operation, method, path)]
    example = operation.pop("x-example", None)
    answers = operation["responses"]
    answers.pop("422", None)
    for number, response in answers.items():
        responses.success(
            response, number, path, example, schemas, tagged=tagged or method == "patch", limited=method != "get"
        )
    if tagged:
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "X-Seq")}
        answers["304"] = {"description": "Nothing changed since the answer of that `ETag`.", "headers": headers}
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(CATALOGUE[code].status, []).append(code)
    answers.update({str(number): responses.refusal(number, named) for number, named in sorted(by_status.items())})
    operation["responses"] = dict(sorted(answers.items()))
    # Who may read without a key may still show one.
    operation.setdefault("security", [{}, {"key": []}])
    return set(codes)


def _trimmable(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Of a list that takes `fields` no member of a row is promised.

    A shape that something else sends whole stays as it is; the list gets one of its own.
    """
    lists = set()
    for operations in paths.values():
        for operation in operations.values():
            content = operation["responses"].get("200", {}).get("content", {})
            name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
            if name and any(parameter["name"] == "fields" for parameter in operation.get("parameters", ())):
                lists.add(name)
    text = json.dumps([paths, schemas])
    for name in sorted(lists):
        items = schemas[name]["properties"]["data"]["items"]
        row = items["$ref"].rpartition("/")[2]
        if text.count(json.dumps(items["$ref"])) > 1:
            schemas[f"Listed{row}"] = {**schemas[row], "title": f"Listed{row}"}
            row = f"Listed{row}"
            items["$ref"] = f"#/components/schemas/{row}"
        schemas[row].pop("required", None)


def _words(operation: dict[str, Any], vietnamese: str | None) -> None:
    """The summary is the first sentence of the description, Vietnamese before English."""
    description = operation.get("description", "").strip()
    first = description.partition("\n\n")[0].replace("\n", " ")
    said = first.partition(". ")[0].rstrip(".") or operation.get("summary", "")
    before = f"{vietnamese} · " if vietnamese else ""
    operation["summary"], operation["description"] = before + said, before + description


def _body(body: dict[str, Any], schemas: dict[str, Any]) -> None:
    for content in body["content"].values():
        if "example" not in content and "examples" not in content:
            content["example"] = samples.of_schema(content["schema"], schemas)


def _is_stream(operation: dict[str, Any]) -> bool:
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


def _item_members(operation: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """The members of a list's rows."""
    for number, response in operation["responses"].items():
        if number.startswith("2"):
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            data = samples.resolved(schema, schemas).get("properties", {}).get("data", {})
            return list(samples.resolved(data.get("items", {}), schemas).get("properties", {}))
    return []
