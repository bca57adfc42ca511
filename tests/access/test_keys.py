"""Keys: issued once, shown once, listed without their secret, ended for good."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import MetaData, select

from tests.service import START

WARD = {"name": "Phường Đông Thọ", "scopes": ["submit"], "areas": ["14758"]}


def issue(service, **more):
    answer = service.post("/keys", {**WARD, **more}, key=service.key("admin"))
    assert answer.status_code == 201, answer.text
    return answer


def changes(service, subject):
    found = service.get("/audit", params={"subject": subject}, key=service.key("admin")).json()["data"]
    return [(entry["type"], entry["actor"]) for entry in found]


def test_a_key_is_issued_and_works(service):
    answer = issue(service)
    made = answer.json()

    assert answer.headers["location"] == f"/api/v1/keys/{made['id']}"
    assert made["key"].startswith(f"dxk_{made['id']}_")
    assert made["areas"] == ["14758-202501"]
    assert made["expires"] is None
    assert service.get("/me", key=made["key"]).json()["name"] == "Phường Đông Thọ"


def test_secrets_are_long_and_never_alike(service):
    secrets = {issue(service).json()["key"].split("_", 2)[2] for _ in range(20)}

    assert len(secrets) == 20
    # 256 bits in base64.
    assert min(map(len, secrets)) == 43


def test_a_token_is_shown_once_and_never_again(service):
    answer = issue(service)
    made = answer.json()
    admin = service.key("admin")

    assert answer.headers["cache-control"] == "no-store"
    secret = made["key"].split("_", 2)[2]
    for path in ("/keys", f"/keys/{made['id']}", "/audit", "/changes"):
        assert secret not in service.get(path, key=admin).text
    assert secret not in service.get("/me", key=made["key"]).text


def test_only_a_digest_of_the_secret_is_stored_and_that_in_one_place(service):
    secret = issue(service).json()["key"].split("_", 2)[2]
    digest = hashlib.sha256(secret.encode()).hexdigest()
    tables = MetaData()
    found = []

    with service.app.state.ledger.database.reads() as connection:
        tables.reflect(connection)
        for table in tables.tables.values():
            rows = [str(tuple(row)) for row in connection.execute(select(table))]
            assert not any(secret in row for row in rows), table.name
            found += [table.name for row in rows if digest in row]

    assert found == ["api_key"]


def test_issuing_and_revoking_are_in_the_log_and_not_in_the_public_feed(service):
    made = issue(service).json()
    me = service.get("/me", key=service.key("admin")).json()["id"]

    service.delete(f"/keys/{made['id']}", key=service.key("admin"))

    assert changes(service, made["id"]) == [("key.created", me), ("key.revoked", me)]
    assert not any(c["type"].startswith("key.") for c in service.get("/changes", params={"limit": 1000}).json()["data"])


def test_a_revoked_key_stays_in_the_list_with_the_time_of_its_end(service):
    made, admin = issue(service).json(), service.key("admin")

    service.now[0] = START + timedelta(days=1)
    ended = service.delete(f"/keys/{made['id']}", key=admin)

    assert ended.status_code == 200
    assert ended.json()["revoked_at"] is not None
    assert service.get(f"/keys/{made['id']}", key=admin).json() == ended.json()
    assert ended.json() in service.get("/keys", key=admin).json()["data"]


def test_revoking_twice_is_the_same_as_once(service):
    made, admin = issue(service).json(), service.key("admin")
    first = service.delete(f"/keys/{made['id']}", key=admin)

    second = service.delete(f"/keys/{made['id']}", key=admin)

    assert (second.status_code, second.json()) == (200, first.json())
    assert second.headers["x-seq"] == first.headers["x-seq"]
    assert [kind for kind, _ in changes(service, made["id"])] == ["key.created", "key.revoked"]


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_a_key_that_does_not_exist_is_not_found(service, verb):
    answer = getattr(service, verb)("/keys/0123456789ab", key=service.key("admin"))

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


REFUSED = [
    ({"scopes": ["submit"], "areas": []}, "areas-required", "/areas"),
    ({"scopes": ["read", "root"]}, "not-one-of", "/scopes/1"),
    ({"scopes": []}, "list-too-short", "/scopes"),
    ({"scopes": "submit"}, "not-a-list", "/scopes"),
    ({"name": ""}, "text-too-short", "/name"),
    ({"name": "   "}, "text-too-short", "/name"),
    ({"name": "x" * 101}, "text-too-long", "/name"),
    ({"name": 7}, "not-a-text", "/name"),
    ({"areas": ["99999"]}, "unknown-area", "/areas/0"),
    ({"areas": ["14758", "no"]}, "unknown-area", "/areas/1"),
    ({"expires": "2026-11-22T03:00:00Z"}, "expires-in-past", "/expires"),
    ({"expires": "2027-01-01T00:00:00"}, "not-an-instant", "/expires"),
    ({"expires": 5}, "not-an-instant", "/expires"),
    ({"secret": "mine"}, "unknown-member", "/secret"),
]


@pytest.mark.parametrize(("wish", "code", "pointer"), REFUSED, ids=[json.dumps(r[0])[:40] for r in REFUSED])
def test_a_wrong_wish_is_refused_at_its_place_and_no_key_made(shared, wish, code, pointer):
    admin = shared.key("admin")
    before = shared.get("/keys", key=admin).json()

    answer = shared.post("/keys", {**WARD, **wish}, key=admin)

    assert answer.status_code == 422
    assert (code, pointer) in [(e["code"], e.get("pointer")) for e in answer.json()["errors"]]
    assert shared.get("/keys", key=admin).json() == before


@pytest.mark.parametrize("missing", ["name", "scopes"])
def test_name_and_scopes_are_required(service, missing):
    wish = {name: value for name, value in WARD.items() if name != missing}

    answer = service.post("/keys", wish, key=service.key("admin"))

    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [("required", f"/{missing}")]


def test_an_admin_key_may_submit_without_areas(service):
    assert issue(service, scopes=["submit", "admin"], areas=[]).json()["areas"] == []


def test_an_area_named_twice_is_kept_once(service):
    assert issue(service, areas=["14758", "14758-202501"]).json()["areas"] == ["14758-202501"]


def test_a_code_of_two_places_means_the_one_of_today(service):
    service.founded("14758", date(2025, 7, 1))

    assert issue(service, areas=["14758-202501", "14758-202507"]).json()["areas"] == ["14758-202501", "14758-202507"]
    # Until an area change is applied both are valid, and nobody can tell which is meant.
    answer = service.post("/keys", WARD, key=service.key("admin"))
    assert (answer.status_code, answer.json()["code"]) == (400, "area-code-ambiguous")


def test_keys_are_listed_in_pages_that_repeat_nothing_while_others_are_issued(service):
    admin = service.key("admin")
    made = {issue(service, name=f"khóa {n}").json()["id"] for n in range(5)} | {
        service.get("/me", key=admin).json()["id"]
    }
    seen, cursor = [], None

    while True:
        params = {"limit": 2, "sort": "-created_at"} | ({"cursor": cursor} if cursor else {})
        page = service.get("/keys", params=params, key=admin).json()
        seen += [row["id"] for row in page["data"]]
        cursor = page["next"]
        issue(service, name="còn nữa")
        if cursor is None:
            break

    assert sorted(seen) == sorted(made)
