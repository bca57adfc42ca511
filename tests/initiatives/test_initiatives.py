"""What the plan sets going, over HTTP: lists, one initiative, its versions, its status from the first one on."""

import pytest

PORTAL = {
    "code": "open_data_portal",
    "kind": "system",
    "parent": "smart_city_2025",
    "name_vi": "Cổng dữ liệu mở",
    "name_en": "Open data portal",
}
URL = "/initiatives/open_data_portal"
EN = {"lang": "en"}


@pytest.fixture
def steward(service):
    return service.key("steward")


@pytest.fixture
def made(service, steward):
    answer = service.post("/initiatives", PORTAL, key=steward)
    assert answer.status_code == 201, answer.text
    return answer


def patch(service, steward, json, url=URL, match="*"):
    return service.patch(url, json, key=steward, headers={"If-Match": match})


def codes(service, **params):
    return {row["code"] for row in service.get("/initiatives", params={"limit": 1000, **params}).json()["data"]}


def seq(service):
    return service.get("/initiatives", params={"limit": 1}).json()["seq"]


def test_the_whole_plan_is_listed(service):
    kinds = ("project", "package", "system", "equipment", "milestone", "task", "duty", "duty_part", "cooperation")

    assert [len(codes(service, kind=kind)) for kind in kinds] == [4, 1, 24, 6, 9, 7, 6, 14, 1]
    assert service.get("/initiatives", params={"count": "exact", "limit": 1}).json()["count"] == 72


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"parent": "dx_package"}, {"commune_network_security", "dx_direction_2030", "smart_loudspeaker"}),
        ({"status": "in_progress"}, {"smart_city_2025", "national_population_db", "milestone_5g"}),
        ({"status": "none", "kind": "project"}, set()),
        ({"responsible": "city_sc35"}, {"duty_c_4", "duty_c_4_1", "duty_c_4_2"}),
        ({"clause": "fn1", "kind": "system"}, {"smart_loudspeaker_system"}),
        ({"q": "truyen thanh", "kind": "project"}, {"smart_loudspeaker"}),
        ({"q": "FACE-recognition"}, {"crowd_face_recognition"}),
        ({"retired": "true"}, set()),
    ],
)
def test_filters(shared, params, found):
    assert codes(shared, **params) == found


def test_sorted_trimmed_and_in_pages(service):
    asked = {"kind": ["project", "package"], "sort": "-budget_vnd", "fields": "code,budget_vnd", "limit": 3}

    first = service.get("/initiatives", params=asked).json()
    rest = service.get("/initiatives", params={**asked, "cursor": first["next"]}).json()

    assert first["data"] + rest["data"] == [
        {"code": "smart_city_2025", "budget_vnd": 350_000_000_000},
        {"code": "dx_package", "budget_vnd": 60_343_000_000},
        {"code": "dx_direction_2030", "budget_vnd": 32_760_000_000},
        {"code": "smart_loudspeaker", "budget_vnd": 20_000_000_000},
        {"code": "commune_network_security", "budget_vnd": 7_583_000_000},
    ]
    assert rest["next"] is None


def test_one_tells_where_it_stands_and_in_which_words(service):
    body = service.get("/initiatives/commune_network_security", params=EN).json()

    assert (body["parent"], body["kind_name"], body["status_name"]) == ("dx_package", "Project", "In preparation")
    assert body["name"] == body["name_en"] != body["name_vi"]
    assert [c["kind"] for c in body["children"]].count("equipment") == 6
    assert body["quote"] in body["clause_text"]
    assert body["document"] == "plan-57"
    assert [(s["status"], s["date"], s["seq"]) for s in body["status_history"]] == [("preparing", None, 1)]
    assert "chuẩn bị đầu tư" in body["status_history"][0]["note"]


def test_bodies_are_due_before_2028(service):
    for code in ("milestone_party_bodies", "milestone_government_bodies"):
        body = service.get(f"/initiatives/{code}").json()
        assert (body["ends"], len(body["children"])) == ("2027-12-31", 4)


def test_who_answers_for_it_in_both_languages(service):
    vi, en = (service.get("/initiatives/duty_c_3", params={"lang": lang}).json() for lang in ("vi", "en"))

    assert (vi["responsible_name"], en["responsible_name"]) == ("UBND thành phố", "City People's Committee")


def test_a_status_is_a_revision_with_day_and_note_and_names_nobody(service, steward, made):
    before = seq(service)
    started = {"status": "in_progress", "status_date": "2026-11-01", "status_note": "Đã ký hợp đồng."}

    assert patch(service, steward, started).json()["version"] == 2
    assert patch(service, steward, {"name_en": "Open data"}).json()["version"] == 3
    finished = patch(service, steward, {"status": "completed"}).json()
    assert (finished["status_date"], finished["status_note"]) == ("2026-11-22", None)

    history = service.get(URL).json()["status_history"]
    told = [(s["version"], s["status"], s["date"], s["note"]) for s in history]
    assert told == [(2, "in_progress", "2026-11-01", "Đã ký hợp đồng."), (4, "completed", "2026-11-22", None)]
    assert {"at", "seq"} <= history[0].keys()
    assert "actor" not in history[0]
    changes = service.get("/changes", params={"after": before}).json()["data"]
    assert [(c["type"], c["actor"]) for c in changes] == [("initiative.revised", None)] * 3


def test_the_life_of_an_initiative(service, steward, made):
    before = seq(service)
    assert made.headers["location"] == "/api/v1" + URL
    assert service.post("/initiatives", PORTAL, key=steward).json()["code"] == "initiative-exists"
    assert service.patch(URL, {"kind": "project"}, key=steward).status_code == 428

    revised = patch(service, steward, {"budget_vnd": 9007199254740991}, match=made.headers["etag"])
    assert revised.json()["budget_vnd"] == 9007199254740991
    assert patch(service, steward, {"kind": "project"}, match=made.headers["etag"]).status_code == 412
    assert patch(service, steward, {"budget_vnd": 9007199254740991}).json() == revised.json()

    retired = service.delete(URL, key=steward, headers={"If-Match": revised.headers["etag"]})
    assert service.delete(URL, key=steward, headers={"If-Match": retired.headers["etag"]}).json() == retired.json()
    assert PORTAL["code"] not in codes(service)
    assert codes(service, retired="true") == {PORTAL["code"]}
    assert service.get(URL).json()["retired"] is True
    assert patch(service, steward, {"retired": False}).json()["version"] == 4

    types = [c["type"] for c in service.get("/changes", params={"after": before}).json()["data"]]
    assert types == ["initiative.revised", "initiative.retired", "initiative.restored"]
    versions = service.get(f"{URL}/versions").json()["data"]
    assert [(v["version"], v["retired"]) for v in versions] == [(1, False), (2, False), (3, True), (4, False)]


def test_as_of_gives_the_past_back(service, steward, made):
    then = {"as_of": made.json()["seq"]}
    first = service.get(URL, params=then).json()

    patch(service, steward, {"status": "planned", "budget_vnd": 5})

    assert service.get(URL, params=then).json() == first
    assert service.get(URL, params={"as_of": "1"}).json()["code"] == "initiative-not-found"
    assert PORTAL["code"] not in codes(service, as_of="1")
    assert len(service.get(f"{URL}/versions", params=then).json()["data"]) == 1


@pytest.mark.parametrize(
    ("sent", "code", "pointer"),
    [
        ({"kind": "programme"}, "not-one-of", "/kind"),
        ({"parent": "smart_city"}, "unknown-parent", "/parent"),
        ({"clause": "Z.9"}, "unknown-clause", "/clause"),
        ({"target": "commune_dx_completed-2024"}, "unknown-target", "/target"),
        ({"budget_vnd": -1}, "out-of-range", "/budget_vnd"),
        ({"budget_vnd": 1.5}, "not-an-integer", "/budget_vnd"),
        ({"budget_vnd": "60343000000"}, "not-an-integer", "/budget_vnd"),
        ({"starts": "2026-02-01", "ends": "2026-01-31"}, "ends-before-start", "/ends"),
        ({"responsible": "city_pc"}, "responsible-incomplete", "/responsible_vi"),
        ({"status": "planned", "status_date": "2026-11-23"}, "status-in-future", "/status_date"),
        ({"status_note": "Sắp xong."}, "status-required", "/status"),
        ({"status": "done"}, "not-one-of", "/status"),
        ({"code": "Open Data"}, "pattern-mismatch", "/code"),
        ({"owner": "x"}, "unknown-member", "/owner"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(shared, sent, code, pointer):
    steward = shared.key("steward")
    before = seq(shared)

    answer = shared.post("/initiatives", {**PORTAL, **sent}, key=steward)

    assert answer.status_code == 422, answer.text
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in answer.json()["errors"]}
    assert seq(shared) == before


def test_nothing_belongs_to_itself_nor_hangs_on_nothing(service, steward, made):
    def refused(url, json):
        return patch(service, steward, json, url).json()["errors"][0]["code"]

    assert refused(URL, {"parent": PORTAL["code"]}) == "parent-cycle"
    assert refused("/initiatives/smart_city_2025", {"parent": PORTAL["code"]}) == "parent-cycle"
    kept = service.delete("/initiatives/dx_package", key=steward, headers={"If-Match": "*"})
    assert (kept.status_code, kept.json()["code"]) == (409, "initiative-has-children")
    assert "smart_loudspeaker" in kept.json()["detail"]


def test_a_code_nearly_right_is_told(service):
    refused = service.get("/initiatives/smart_city_2026", params=EN)

    assert (refused.status_code, refused.json()["errors"][0]["hint"]) == (404, "smart_city_2025")


def test_wards_change_nothing(service):
    assert service.post("/initiatives", PORTAL, key=service.ward("14758")).status_code == 403
    assert service.patch("/initiatives/dx_package", {"budget_vnd": 1}).status_code == 401
