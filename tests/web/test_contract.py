"""What is published is not broken: the check of docs/openapi.json, and that it sees every kind of break."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.contract import breaks, contract_of, may_break, published

Document = dict[str, Any]
PUBLISHED = published()
SUBMIT = ("/api/v1/submissions", "post")
SNAPSHOT = ("/api/v1/city/snapshot", "get")
AREAS = ("/api/v1/areas", "get")


def changed(change: Callable[[Document], Any]) -> Document:
    document = copy.deepcopy(PUBLISHED)
    change(document)
    return document


def operation(document: Document, which: tuple[str, str]) -> Document:
    found: Document = document["paths"][which[0]][which[1]]
    return found


def parameter(document: Document, which: tuple[str, str], name: str) -> Document:
    return next(p for p in operation(document, which)["parameters"] if p["name"] == name)


def shape(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def member(document: Document, name: str, inner: str) -> Document:
    found: Document = shape(document, name)["properties"][inner]
    return found


def drop(document: Document, which: tuple[str, str], name: str) -> None:
    operation(document, which)["parameters"].remove(parameter(document, which, name))


NEW = {"name": "shade", "in": "query", "required": True, "schema": {"type": "string"}}

BREAKS: dict[str, tuple[Callable[[Document], Any], str]] = {
    "a path is gone": (lambda d: d["paths"].pop(SNAPSHOT[0]), "GET /api/v1/city/snapshot: gone"),
    "a method is gone": (lambda d: d["paths"][SUBMIT[0]].pop("post"), "POST /api/v1/submissions: gone"),
    "another name": (lambda d: operation(d, SNAPSHOT).update(operationId="show"), "called show"),
    "a key is needed": (lambda d: operation(d, SNAPSHOT).update(security=[{"key": []}]), "needs a key"),
    "a parameter is gone": (lambda d: drop(d, SNAPSHOT, "fields"), "query fields: gone"),
    "a parameter becomes required": (lambda d: parameter(d, SNAPSHOT, "period").update(required=True), "required now"),
    "a new parameter is required": (lambda d: operation(d, AREAS)["parameters"].append(NEW), "shade: new and required"),
    "a parameter is of another type": (
        lambda d: parameter(d, AREAS, "limit")["schema"].update(type="boolean"),
        "query limit: integer not taken",
    ),
    "a parameter takes less": (lambda d: parameter(d, AREAS, "limit")["schema"].update(maximum=500), "maximum 500"),
    "a parameter has a first limit": (lambda d: parameter(d, AREAS, "code")["schema"].update(maxItems=5), "maxItems 5"),
    "a parameter has another form": (
        lambda d: parameter(d, SNAPSHOT, "period")["schema"].update(pattern="^[0-9]{4}$"),
        "pattern",
    ),
    "a choice is gone": (lambda d: shape(d, "Lang")["enum"].remove("en"), "'en' is no choice"),
    "only some words are taken": (
        lambda d: parameter(d, SNAPSHOT, "fields")["schema"].update(enum=["value"]),
        "only ['value'] now",
    ),
    "a body takes a member less": (lambda d: shape(d, "RowIn")["properties"].pop("note"), "rows[].note: gone"),
    "a body needs a member more": (lambda d: shape(d, "RowIn")["required"].append("value"), "rows[].value: required"),
    "a body needs a new member": (
        lambda d: shape(d, "SubmissionIn").update(
            required=["rows", "shade"], properties={**shape(d, "SubmissionIn")["properties"], "shade": {}}
        ),
        "body.shade: required",
    ),
    "a body's member is never null": (
        lambda d: shape(d, "RowIn")["properties"].update(note={"type": "string"}),
        "rows[].note: null not taken",
    ),
    "a body's member is whole": (lambda d: member(d, "BaselineIn", "value").update(type="integer"), "number not taken"),
    "a body's text is shorter": (lambda d: member(d, "KeySent", "name").update(maxLength=3), "maxLength 3"),
    "an answer is gone": (lambda d: operation(d, SUBMIT)["responses"].pop("200"), "200: gone"),
    "an answer lacks a header": (
        lambda d: operation(d, SNAPSHOT)["responses"]["200"]["headers"].pop("ETag"),
        "header ETag: gone",
    ),
    "an answer comes in a format less": (
        lambda d: operation(d, SNAPSHOT)["responses"]["200"]["content"].pop("text/csv"),
        "text/csv: gone",
    ),
    "an answer lacks a member": (
        lambda d: shape(d, "SubmissionView")["properties"].pop("results"),
        "201.results: gone",
    ),
    "an answer's member may be missing": (
        lambda d: shape(d, "SubmissionView")["required"].remove("state"),
        "201.state: may be missing",
    ),
    "an answer's member may be null": (
        lambda d: shape(d, "SubmissionView")["properties"].update(state={"type": ["string", "null"]}),
        "201.state: null is new",
    ),
    "an answer's member is another thing": (
        lambda d: member(d, "SubmissionView", "state").update(type="integer"),
        "201.state: integer is new",
    ),
    "an answer's whole number is any": (
        lambda d: member(d, "Summary", "rows").update(type="number"),
        ".summary.rows: number is new",
    ),
    "an answer's choice is free": (lambda d: shape(d, "State").pop("enum"), "anything instead"),
}

ADDITIONS: dict[str, Callable[[Document], Any]] = {
    "a new path": lambda d: d["paths"].update({"/api/v1/new": d["paths"][AREAS[0]]}),
    "a new parameter": lambda d: operation(d, AREAS)["parameters"].append({**NEW, "required": False}),
    "a parameter takes more": lambda d: parameter(d, AREAS, "limit")["schema"].update(maximum=5000),
    "a form is no longer asked for": lambda d: parameter(d, SNAPSHOT, "period")["schema"].pop("pattern"),
    "a choice more": lambda d: shape(d, "Lang")["enum"].append("fr"),
    "a body takes a member more": lambda d: shape(d, "RowIn")["properties"].update(shade={"type": "string"}),
    "a body needs less": lambda d: shape(d, "RowIn").pop("required"),
    "an answer has a member more": lambda d: shape(d, "SubmissionView")["properties"].update(shade={"type": "string"}),
    "an answer's member is always there": lambda d: shape(d, "ListedCityRow").update(required=["value"]),
    "an answer's member is never null": lambda d: shape(d, "CityList")["properties"].update(next={"type": "string"}),
    "a new status": lambda d: operation(d, SNAPSHOT)["responses"].update({"299": {"description": ""}}),
    "a format more": lambda d: operation(d, SNAPSHOT)["responses"]["200"]["content"].update({"text/plain": {}}),
    "a read needs no key": lambda d: operation(d, ("/api/v1/me", "get")).update(security=[{}, {"key": []}]),
}


def test_what_is_published_is_without_words():
    assert breaks(PUBLISHED, copy.deepcopy(PUBLISHED)) == []
    assert '"example' not in json.dumps(PUBLISHED)
    assert contract_of(PUBLISHED) == PUBLISHED


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_seen_and_named(name: str):
    change, told = BREAKS[name]

    found = breaks(PUBLISHED, changed(change))

    assert any(told in line for line in found), found


def test_a_body_that_becomes_closed_is_a_break():
    open_one = changed(lambda d: shape(d, "RowIn").pop("additionalProperties"))

    assert "refused now" in str(breaks(open_one, PUBLISHED))
    assert breaks(PUBLISHED, open_one) == []


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_breaks_nobody(name: str):
    assert breaks(PUBLISHED, changed(ADDITIONS[name])) == []


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_whatever_is_taken_away_is_seen(random: Any):
    document = copy.deepcopy(PUBLISHED)
    path, method = random.choice([(p, m) for p, methods in document["paths"].items() for m in methods])
    chosen = document["paths"][path][method]
    given = chosen.get("parameters", [])
    if given and random.random() < 0.7:
        given.remove(random.choice(given))
    else:
        del document["paths"][path][method]

    assert [line for line in breaks(PUBLISHED, document) if line.startswith(f"{method.upper()} {path}")]
    assert breaks(document, PUBLISHED) == [] or "required" in str(breaks(document, PUBLISHED))


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [("0.1.0", "0.1.9", False), ("0.1.0", "0.2.0", True), ("1.4.0", "1.5.0", False), ("1.4.0", "2.0.0", True)],
)
def test_only_a_version_that_says_so_may_break(before: str, after: str, allowed: bool):
    assert may_break({"info": {"version": before}}, {"info": {"version": after}}) is allowed
