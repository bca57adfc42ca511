"""Targets over HTTP."""

import pytest

TARGET = {"indicator": "commune_dx_completed", "level": "city", "comparator": "ge", "value": 95, "due": "2030-12-31"}
SEEDED = "/targets/commune_dx_completed-2025"


@pytest.fixture
def steward(service):
    return service.key("steward")


@pytest.fixture
def made(service, steward):
    answer = service.post("/targets", TARGET, key=steward)
    assert answer.status_code == 201, answer.text
    return answer


def seq(service):
    return service.get("/targets", params={"limit": 1}).json()["seq"]


def patch(service, steward, made, json, match="*"):
    return service.patch(f"/targets/{made.json()['id']}", json, key=steward, headers={"If-Match": match})


def test_a_new_target_gets_an_id_that_says_what_it_is(service, steward, made):
    body = made.json()

    assert body["id"] == "commune_dx_completed-2030-12-31-city"
    assert made.headers["location"] == f"/api/v1/targets/{body['id']}"
    assert {name: body[name] for name in TARGET} == TARGET
    assert (body["version"], body["flags"], body["area"], body["baseline"]) == (1, [], None, None)
    assert service.get(f"/targets/{body['id']}").json() == body

    assert service.post("/targets", TARGET, key=steward).json()["id"] == "commune_dx_completed-2030-12-31-city-2"
    named = service.post("/targets", {**TARGET, "id": body["id"]}, key=steward)
    assert (named.status_code, named.json()["code"]) == (409, "target-exists")


def test_a_target_of_one_area_takes_its_id_or_code(service, steward):
    for area in ("14758", "14758-202501"):
        answer = service.post("/targets", {**TARGET, "level": "commune", "area": area, "value": 1}, key=steward)
        assert answer.json()["area"] == "14758-202501", answer.text
    assert len(service.get("/targets", params={"area": "14758"}).json()["data"]) == 2
    assert len(service.get("/targets", params={"area": "14758-202501"}).json()["data"]) == 2


@pytest.mark.parametrize(
    ("sent", "code", "pointer"),
    [
        ({"indicator": "comune_dx_completed"}, "unknown-indicator", "/indicator"),
        ({"level": "ward"}, "not-one-of", "/level"),
        ({"comparator": "before"}, "not-one-of", "/comparator"),
        ({"value": "95"}, "not-a-number", "/value"),
        ({"value": None}, "not-a-number", "/value"),
        ({"due": "2030"}, "not-a-date", "/due"),
        ({"due": "2030-02-30"}, "not-a-date", "/due"),
        ({"baseline": {"value": 1}}, "required", "/baseline/date"),
        ({"baseline": "70.21"}, "not-an-object", "/baseline"),
        ({"clause": "Z.9"}, "unknown-clause", "/clause"),
        ({"area": "99999"}, "unknown-area", "/area"),
        ({"area": "14758"}, "target-level-differs", "/level"),
        ({"level": "commune"}, "flag-target-not-one", "/value"),
        ({"flags": ["Not A Flag"]}, "pattern-mismatch", "/flags/0"),
        ({"flags": "inferred"}, "not-a-list", "/flags"),
        ({"id": "Has Space"}, "pattern-mismatch", "/id"),
        ({"comment": "x"}, "unknown-member", "/comment"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(shared, sent, code, pointer):
    steward = shared.key("steward")
    before = seq(shared)

    answer = shared.post("/targets", {**TARGET, **sent}, key=steward)

    assert answer.status_code == 422, answer.text
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in answer.json()["errors"]}
    assert seq(shared) == before


def test_the_life_of_a_target(service, steward, made):
    url, before = f"/targets/{made.json()['id']}", seq(service)
    baseline = {"value": 70.21, "date": "2025-01-31"}

    assert service.patch(url, {"value": 96}, key=steward).status_code == 428
    revised = patch(service, steward, made, {"value": 96, "baseline": baseline}, made.headers["etag"])
    assert (revised.json()["version"], revised.json()["value"], revised.json()["baseline"]) == (2, 96, baseline)
    assert patch(service, steward, made, {"value": 97}, made.headers["etag"]).status_code == 412
    same = patch(service, steward, made, {"value": 96.0, "baseline": baseline}, revised.headers["etag"])
    assert same.json() == revised.json()

    assert service.delete(url, key=steward).status_code == 428
    retired = service.delete(url, key=steward, headers={"If-Match": revised.headers["etag"]})
    again = service.delete(url, key=steward, headers={"If-Match": retired.headers["etag"]})
    assert retired.json()["retired"] is True
    assert again.json() == retired.json()
    assert made.json()["id"] not in {t["id"] for t in service.get("/targets").json()["data"]}
    assert service.get("/targets", params={"retired": "true"}).json()["data"][0]["id"] == made.json()["id"]

    assert patch(service, steward, made, {"retired": False}).json()["version"] == 4
    types = [c["type"] for c in service.get("/changes", params={"after": before}).json()["data"]]
    assert types == ["target.revised", "target.retired", "target.restored"]
    assert service.get(url, params={"as_of": made.json()["seq"]}).json() == made.json()


def test_wards_cannot_set_targets(service):
    assert service.post("/targets", TARGET, key=service.ward("14758")).status_code == 403
    assert service.patch(SEEDED, {"value": 1}).status_code == 401


def test_filters(service, made):
    def ids(**params):
        return {row["id"] for row in service.get("/targets", params={"limit": 1000, **params}).json()["data"]}

    mine = made.json()["id"]
    seeded = SEEDED.rpartition("/")[2]
    assert ids(indicator="commune_dx_completed") == {mine, seeded}
    assert mine in ids(level="city", comparator="ge")
    assert seeded not in ids(comparator="ge")
    assert {mine, seeded} <= ids(due_from="2025-12-31")
    assert seeded in ids(due_to="2025-12-31")
    assert mine not in ids(due_to="2030-12-30")
    assert mine in ids(q="HOAN THANH") | ids(q=mine)
    assert ids(due_from="2999-01-01") == set()


def test_values_sort_as_numbers(service, steward):
    for value in (9, 100, 70.5, 70.25):
        service.post("/targets", {**TARGET, "value": value}, key=steward)
    values, cursor = [], None
    while True:
        params = {"sort": "value,-due", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = service.get("/targets", params=params).json()
        values += [row["value"] for row in page["data"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert values == sorted(values)
    assert len(values) == service.get("/targets", params={"count": "exact"}).json()["count"]


def test_an_unknown_target_is_404(service, steward):
    assert service.get("/targets/nobody").json()["code"] == "target-not-found"
    assert service.delete("/targets/nobody", key=steward).status_code == 404
