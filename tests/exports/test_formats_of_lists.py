"""Every list of rows in every format, by `format` or by `Accept`; who asks for nothing gets JSON."""

import csv
import io
import json
from decimal import Decimal

import pytest
from fastapi.routing import iter_route_contexts
from python_calamine import CalamineWorkbook

from app.web.representation import columns_of
from tests.service import Service

CITY = (
    "/city/snapshot",
    "/city/series?indicator=commune_dx_completed",
    "/city/ranking?indicator=commune_dx_completed",
    "/city/progress",
    "/city/completeness?period=2025-01",
)
LISTS = (
    *CITY,
    "/changes",
    "/observations",
    "/indicators",
    "/areas",
    "/targets",
    "/city/snapshot?fields=indicator,value",
)
TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def asked(service: Service, path: str, format: str):
    answer = service.get(f"{path}{'&' if '?' in path else '?'}format={format}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == TYPES[format]
    return answer


@pytest.mark.parametrize("path", LISTS)
def test_rows_are_the_same_in_every_format(one: Service, path: str):
    rows = json.loads(one.get(path).content, parse_float=Decimal)["data"]

    lines = [json.loads(line, parse_float=Decimal) for line in asked(one, path, "ndjson").content.splitlines()]
    table = [*csv.DictReader(io.StringIO(asked(one, path, "csv").text, newline=""))]
    header, *cells = (
        CalamineWorkbook.from_filelike(io.BytesIO(asked(one, path, "xlsx").content))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )

    assert rows
    assert lines == rows
    assert asked(one, path, "json").json() == one.get(path).json()
    assert [list(row) for row in table] == [list(row) for row in rows]
    assert header == list(rows[0])
    assert len(cells) == len(rows)
    for row, line in zip(rows, table, strict=True):
        for name, value in row.items():
            if isinstance(value, int | Decimal) and not isinstance(value, bool):
                assert Decimal(line[name]) == value
            elif isinstance(value, str) and not value.startswith(("-", "=", "+", "@")):
                assert line[name] == value


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "json"),
        ("application/json, text/csv", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("text/*", "csv"),
        ("application/json;q=0.5, text/csv", "csv"),
        ("application/json;q=0, */*", "csv"),
        ("application/x-ndjson", "ndjson"),
        (TYPES["xlsx"], "xlsx"),
    ],
)
def test_accept_chooses_the_format(one: Service, accept: str | None, kind: str):
    # The client of the tests would send a header of its own.
    answer = one.get("/city/snapshot", headers={"Accept": accept or ""} if accept else {})

    assert answer.headers["content-type"].partition(";")[0] == TYPES[kind]
    assert "Accept" in answer.headers["vary"]


def test_the_parameter_goes_before_the_header(one: Service):
    answer = one.get("/city/snapshot?format=ndjson", headers={"Accept": "application/xml"})

    assert answer.headers["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize("accept", ["application/xml", "image/png", "nonsense", "application/json;q=0"])
def test_what_there_is_not_is_406_and_says_what_there_is(one: Service, accept: str):
    refused = one.get("/city/snapshot", headers={"Accept": accept, "Accept-Language": "en"})

    assert (refused.status_code, refused.json()["code"]) == (406, "not-acceptable")
    assert refused.headers["content-type"] == "application/problem+json"
    assert "text/csv" in refused.json()["errors"][0]["expected"]


def test_an_unknown_format_is_refused_with_the_nearest(one: Service):
    refused = one.get("/city/snapshot?format=xslx")

    assert refused.status_code == 422
    assert refused.json()["errors"][0] | {"message": ""} == {
        "parameter": "format",
        "code": "not-one-of",
        "message": "",
        "given": "xslx",
        "expected": "json, csv, xlsx, ndjson",
        "hint": "xlsx",
    }


def test_each_format_has_a_tag_of_its_own_and_304_follows_it(one: Service):
    tags = {kind: asked(one, "/city/snapshot", kind).headers["etag"] for kind in TYPES}
    by_header = one.get("/city/snapshot", headers={"Accept": "text/csv"}).headers["etag"]

    assert len({*tags.values(), by_header}) == 5
    assert one.get("/city/snapshot?format=csv", headers={"If-None-Match": tags["csv"]}).status_code == 304
    assert one.get("/city/snapshot?format=csv", headers={"If-None-Match": tags["json"]}).status_code == 200


def test_pages_go_on_by_a_link(one: Service):
    whole = [o["id"] for o in one.get("/observations").json()["data"]]
    found, path = [], "/observations?limit=4&format=ndjson&count=exact"
    while path:
        page = one.get(path)
        found += [json.loads(line)["id"] for line in page.content.splitlines()]
        assert page.headers["x-total-count"] == str(len(whole))
        link = page.headers.get("link", "")
        path = link.partition(">")[0].removeprefix("</api/v1")

    assert found == whole


@pytest.mark.parametrize(
    ("query", "header"),
    [("", "id,indicator,area,area_name,period,value"), ("&fields=period,value", "period,value\r\n")],
)
def test_a_list_without_rows_still_has_its_columns(one: Service, query: str, header: str):
    assert asked(one, f"/observations?period=2024-12{query}", "csv").text.startswith(header)


def test_every_list_and_nothing_else_has_the_parameter(one: Service):
    paths = one.raw("GET", "/openapi.json").json()["paths"]
    routes = [c for c in iter_route_contexts(one.app.routes) if "GET" in (c.methods or ())]
    models = {c.path: getattr(c.original_route, "response_model", None) for c in routes}
    lists = {path for path, model in models.items() if columns_of(model)}
    offered = {
        p for p, o in paths.items() if any(q["name"] == "format" for q in o.get("get", {}).get("parameters", []))
    }

    assert offered == lists
    assert len(lists) > 12
    for path in lists:
        answers = paths[path]["get"]["responses"]
        assert set(TYPES.values()) == set(answers["200"]["content"])
        assert "not-acceptable" in json.dumps(answers["406"])
        csv_example = answers["200"]["content"]["text/csv"]["example"]
        assert len(list(csv.DictReader(io.StringIO(csv_example, newline="")))) == 1
