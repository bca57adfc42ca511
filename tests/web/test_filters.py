"""A filter that cannot mean anything is refused by name: an empty list would look like silence."""

import pytest

from tests.service import Service

UNKNOWN = [
    ("/areas?type=ward", "type", "phường"),
    ("/areas?level=ward", "level", "commune"),
    ("/areas?kind=real", "kind", "statistical"),
    ("/changes?type=observation.creatd", "type", "observation.created"),
    ("/city/snapshot?domain=goverment", "domain", "government"),
    ("/indicators?domain=goverment", "domain", "government"),
    ("/indicators?measure=share", "measure", "ratio"),
    ("/indicators?rollup=total", "rollup", "sum"),
    ("/indicators?level=ward", "level", "commune"),
    ("/indicators?frequency=D", "frequency", "M"),
    ("/targets?level=ward", "level", "commune"),
    ("/targets?comparator=more", "comparator", "gt"),
    ("/initiatives?kind=thing", "kind", "project"),
    ("/initiatives?status=done", "status", "preparing"),
    ("/areas?lang=fr", "lang", "vi"),
    ("/areas?count=all", "count", "exact"),
]


@pytest.mark.parametrize(("path", "parameter", "allowed"), UNKNOWN)
def test_an_unknown_value_is_refused_with_the_allowed_ones(shared: Service, path: str, parameter: str, allowed: str):
    refused = shared.get(path)

    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert (fault["parameter"], fault["code"]) == (parameter, "not-one-of")
    assert allowed in fault["expected"].split(", ")


def test_the_log_takes_only_types_that_can_happen(shared: Service):
    key = shared.key("admin")

    refused = shared.get("/audit?type=key.create", key=key)

    assert (refused.status_code, refused.json()["errors"][0]["hint"]) == (422, "key.created")
    assert shared.get("/audit?type=key.revoked", key=key).json()["data"] == []


def test_a_type_may_be_written_without_marks(shared: Service):
    assert shared.get("/areas?type=phuong").json()["data"]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/observations?period_from=2025-03&period_to=2025-01", "period_from"),
        ("/city/series?indicator=commune_dx_completed&period_from=2026&period_to=2025-Q4", "period_from"),
        ("/targets?due_from=2026-01-01&due_to=2025-12-31", "due_from"),
    ],
)
def test_a_reversed_range_is_refused(shared: Service, path: str, parameter: str):
    refused = shared.get(path)

    assert (refused.status_code, refused.json()["code"]) == (422, "range-reversed")
    assert refused.json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize("path", ["/targets", "/observations", "/city/snapshot"])
@pytest.mark.parametrize(("name", "given"), [("indicator", "commune_dx_complete"), ("area", "14759")])
def test_what_there_is_not_is_no_filter(shared: Service, path: str, name: str, given: str):
    refused = shared.get(f"{path}?{name}={given}")

    assert (refused.status_code, refused.json()["code"]) == (422, f"unknown-{name}")
    assert refused.json()["errors"][0]["parameter"] == name


def test_a_month_within_its_year_is_no_reversed_range(shared: Service):
    assert shared.get("/observations?period_from=2025&period_to=2025-01").status_code == 200


@pytest.mark.parametrize(
    "read",
    [
        "/city/ranking?indicator=commune_dx_completed",
        "/city/completeness?",
        "/city/progress?",
        "/city/explain?indicator=commune_dx_completed&period=2025-01",
        "/observations/commune_dx_completed.380-202501.2025-01/revisions?",
        "/changes?limit=20",
        "/audit?limit=20",
    ],
)
def test_rows_of_a_list_can_be_trimmed(shared: Service, read: str):
    key = shared.key("admin")
    whole = shared.get(read, key=key).json()
    first = next(iter(whole["data"][0]))

    trimmed = shared.get(f"{read}&fields={first}", key=key).json()
    refused = shared.get(f"{read}&fields=valeu", key=key)

    assert trimmed == {**whole, "data": [{first: row[first]} for row in whole["data"]]}
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown-field")


def test_who_may_not_see_what_was_before_cannot_ask_for_it(shared: Service):
    asked = "/changes?limit=1&fields=seq,before"

    refused = shared.get(asked)

    assert (refused.status_code, refused.json()["code"]) == (400, "unknown-field")
    assert "before" not in refused.json()["errors"][0]["expected"]
    assert shared.get(asked, key=shared.key("admin")).json()["data"][0] == {"seq": 1, "before": None}


def test_completeness_says_of_which_period_it_speaks(shared: Service):
    shown = shared.get("/city/completeness").json()

    assert {row["period"] for row in shown["data"]} == {"2026-10"} == {shown["total"]["period"]}


def test_a_flag_of_a_ward_ranks_as_one_or_nought(shared: Service):
    row = {"indicator": "commune_dx_completed", "value": True}
    assert shared.submit(shared.ward("14758"), [row]).status_code == 201

    ranked = shared.get("/city/ranking?indicator=commune_dx_completed&period=2025-03")

    assert b'"value":1,' in ranked.content
    assert (ranked.json()["data"][0]["area"], ranked.json()["data"][0]["rank"]) == ("14758-202501", 1)
