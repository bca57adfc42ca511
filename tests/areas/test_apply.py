"""The reorganisation of 1 July 2025: previewed, applied in one change, undone while nothing was said on the new map."""

from datetime import date

import pytest
from sqlalchemy import text

from app.areas import change_commands
from app.areas.reorganisation import shipped

FILE = {"file": "2025-07-01"}
NEW = {"14797", "16522", "16417", "16378", "15853", "14758", "15925"}
ROW = {"indicator": "adults_with_smartphone_rate", "numerator": 1, "denominator": 2}


def applied(service):
    answer = service.post("/area-changes", FILE, key=service.key("steward"))
    assert answer.status_code == 201, answer.text
    return answer


def areas_at(service, day):
    rows = service.get("/areas", params={"at": day, "level": "commune", "limit": 1000}).json()["data"]
    return {row["id"] for row in rows}


def revisions(service):
    with service.app.state.ledger.read() as session:
        return [tuple(row) for row in session.rows(text("SELECT * FROM revision ORDER BY 1, 2, 3, 4"))]


def test_applying_ends_47_areas_begins_seven_and_keeps_every_link(service):
    answer = applied(service)

    change = answer.json()
    assert answer.headers["location"] == "/api/v1/area-changes/2025-07-01"
    assert (len(change["ends"]), len(change["begins"]), len(change["links"])) == (47, 7, 51)
    assert {i.partition("-")[0] for i in areas_at(service, "2025-07-01")} == NEW
    assert len(areas_at(service, "2025-06-30")) == 47
    assert service.get("/area-changes/2025-07-01").json()["links"] == change["links"]
    assert [c["id"] for c in service.get("/area-changes").json()["data"]] == ["2025-07-01"]


def test_the_city_goes_on_under_its_id_as_a_statistical_area(service):
    applied(service)

    before = service.get("/areas", params={"at": "2025-06-30", "level": "city"}).json()["data"]
    after = service.get("/areas", params={"at": "2025-07-01", "level": "city"}).json()["data"]
    assert [(c["id"], c["kind"]) for c in (*before, *after)] == [
        ("380-202501", "unit"),
        ("380-202501", "statistical"),
    ]


def test_it_is_one_change_that_the_feed_tells(service):
    seq = int(applied(service).headers["x-seq"])

    made = service.get("/changes", params={"after": seq - 1}).json()["data"]
    kinds = [c["type"] for c in made if c["seq"] == seq]
    counted = {kind: kinds.count(kind) for kind in kinds}
    assert counted == {"area.ended": 47, "area.created": 7, "area.revised": 1, "area_change.applied": 1}
    assert service.get("/areas", params={"as_of": seq - 1, "at": "2025-07-01", "count": "exact"}).json()["count"] == 48


def test_applying_it_twice_is_refused(service):
    applied(service)

    again = service.post("/area-changes", FILE, key=service.key("steward"))

    assert (again.status_code, again.json()["code"]) == (409, "area-change-applied")


def test_rows_for_periods_after_the_day_stop_it_until_they_are_withdrawn(service):
    sent = service.submit(service.ward("14758"), [ROW], period="2025-07")
    cell = sent.json()["results"][0]["observation"]
    steward = service.key("steward")

    refused = service.post("/area-changes", FILE, key=steward)
    service.delete(f"/observations/{cell}", key=steward, headers={"If-Match": "*"})

    assert (refused.status_code, refused.json()["code"]) == (409, "area-has-later-rows")
    assert service.post("/area-changes", FILE, key=steward).status_code == 201


def test_no_stored_row_changes(service):
    service.submit(service.ward("14758"), [ROW], period="2025-05")
    before = revisions(service)

    applied(service)

    assert revisions(service) == before


def test_undoing_brings_the_old_map_back_and_it_can_be_applied_again(service):
    old = areas_at(service, "2026-01-01")
    seq = applied(service).json()["seq"]
    steward = service.key("steward")

    undone = service.delete("/area-changes/2025-07-01", key=steward)

    assert undone.status_code == 200, undone.text
    assert areas_at(service, "2026-01-01") == old
    assert service.get("/area-changes").json()["data"] == []
    assert service.get("/areas/14758-202507").status_code == 404
    assert service.get("/areas/14758").json()["id"] == "14758-202501"
    assert service.get("/areas/380").json()["kind"] == "unit"
    assert service.get("/area-changes/2025-07-01", params={"as_of": seq}).status_code == 200
    assert service.key("submit", areas=("14758",))
    applied(service)
    assert len(areas_at(service, "2026-01-01")) == 7


def test_undoing_leaves_an_end_that_was_known_before_the_change(service):
    service.founded("99001", date(2025, 1, 1), date(2025, 10, 1))
    steward = service.key("steward")
    new = {"code": "99004", "name_vi": "Xã mới", "name_en": "A new commune", "type": "xã"}
    links = [{"old": "99001", "new": "99004", "extent": "whole"}]
    body = {"day": "2025-10-01", "document": "1686/NQ-UBTVQH15", "areas": [new], "links": links}
    assert service.post("/area-changes", body, key=steward).status_code == 201

    assert service.delete("/area-changes/2025-10-01", key=steward).status_code == 200

    assert service.get("/areas/99001-202501").json()["valid_to"] == "2025-10-01"
    assert "99001-202501" not in areas_at(service, "2025-10-01")


def test_the_first_row_on_the_new_map_ends_the_way_back(service):
    applied(service)
    sent = service.submit(service.ward("14797"), [ROW], period="2025-07")
    assert sent.json()["area"] == "14797-202507", sent.text

    refused = service.delete("/area-changes/2025-07-01", key=service.key("steward"))

    assert (refused.status_code, refused.json()["code"]) == (409, "area-change-in-use")


def test_the_preview_tells_what_would_happen_and_stores_nothing(service):
    steward, ward = service.key("steward"), service.ward("14758")
    seq = service.get("/areas").headers["x-seq"]

    told = service.get("/area-changes/preview", params=FILE, key=steward).json()

    assert (told["applicable"], told["expected_before"], told["expected_after"]) == (True, 47, 7)
    effects = {e["indicator"]: {a["area"]: (a["effect"], a["reason"]) for a in e["areas"]} for e in told["indicators"]}
    ratio = effects["adults_with_smartphone_rate"]
    assert {a for a, (effect, _) in ratio.items() if effect == "exact"} == {
        "16522-202507",
        "16378-202507",
        "15925-202507",
    }
    assert ratio["15853-202507"] == ("not_comparable", "outside-predecessor")
    assert ratio["14797-202507"] == ("not_comparable", "share-missing")
    assert effects["commune_dx_completed"]["16522-202507"] == ("not_comparable", "not-additive")
    assert [k["id"] for k in told["keys"]] == [ward.split("_")[1]]
    assert told["keys"][0]["successors"] == ["14758-202507", "14797-202507"]
    assert service.get("/areas").headers["x-seq"] == seq
    applied(service)
    after = service.get("/area-changes/preview", params=FILE, key=steward).json()
    assert (after["applicable"], after["obstacle"]) == (False, "area-change-applied")


def test_what_does_not_fit_is_named_all_at_once(service):
    body = {
        "day": "2025-07-01",
        "document": "1686/NQ-UBTVQH15",
        "areas": [{"code": "14758", "name_vi": "Phường Hàm Rồng", "name_en": "Ham Rong Ward", "type": "phường"}],
        "links": [
            {"old": "14755", "new": "14758", "extent": "whole"},
            {"old": "14755", "new": "14758", "extent": "part"},
            {"old": "99999", "new": "14758", "extent": "whole"},
            {"old": "14761", "new": "14797", "extent": "whole"},
        ],
    }

    refused = service.post("/area-changes", body, key=service.key("steward"))

    assert refused.status_code == 422
    assert {(e["pointer"], e["code"]) for e in refused.json()["errors"]} == {
        ("/links/1", "link-contradicts"),
        ("/links/2/old", "unknown-area"),
        ("/links/3/new", "not-one-of"),
    }


@pytest.mark.parametrize("body", [{}, {"file": "2024-01-01"}, {"file": "2025-07-01", "document": "x"}])
def test_a_file_or_the_whole_content_is_wanted(service, body):
    assert service.post("/area-changes", body, key=service.key("steward")).status_code == 422


def test_lineage_goes_both_ways_with_clause_and_extent(service):
    applied(service)

    old = service.get("/areas/14758-202501/lineage").json()
    new = service.get("/areas/15853/lineage", params={"lang": "en"}).json()

    assert [(k["new"], k["extent"], k["clause"]) for k in old["successors"]] == [
        ("14758-202507", "part", "Điều 1 khoản 132"),
        ("14797-202507", "part", "Điều 1 khoản 127"),
    ]
    assert [k["old_name"] for k in new["predecessors"] if k["outside"]] == ["Tan Chau Commune", "Thieu Giao Commune"]
    assert len(new["predecessors"]) == 7


def test_a_change_that_fails_leaves_nothing(service, monkeypatch):
    steward = service.key("steward")
    monkeypatch.setattr(change_commands, "store_links", lambda *_: 1 / 0)

    failed = service.post("/area-changes", FILE, key=steward)

    monkeypatch.undo()
    assert failed.status_code == 500
    assert len(areas_at(service, "2025-07-01")) == 47
    assert len(shipped("2025-07-01").links) == 49
