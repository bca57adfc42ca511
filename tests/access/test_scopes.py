"""The scope matrix: what each kind of caller may do with each operation; a new operation without a row fails."""

import pytest
from fastapi.routing import iter_route_contexts

CALLERS = ("nobody", "reader", "ward", "reviewer", "steward", "admin")
NEEDS = {
    "anyone": set(CALLERS),
    "holder": set(CALLERS) - {"nobody"},
    "submit": {"ward", "admin"},
    "correct": {"ward", "steward", "admin"},
    "steward": {"steward", "admin"},
    "admin": {"admin"},
}
CELL = "commune_dx_completed.380-202501.2025-01"
# What each operation needs, and a path of it.
OPERATIONS = {
    "GET /indicators": ("anyone", "/indicators"),
    "POST /indicators": ("steward", "/indicators"),
    "GET /indicators/{code}": ("anyone", "/indicators/none"),
    "PATCH /indicators/{code}": ("steward", "/indicators/none"),
    "DELETE /indicators/{code}": ("steward", "/indicators/none"),
    "GET /indicators/{code}/versions": ("anyone", "/indicators/none/versions"),
    "GET /targets": ("anyone", "/targets"),
    "POST /targets": ("steward", "/targets"),
    "GET /targets/{id}": ("anyone", "/targets/none"),
    "PATCH /targets/{id}": ("steward", "/targets/none"),
    "DELETE /targets/{id}": ("steward", "/targets/none"),
    "GET /targets/{id}/trajectory": ("anyone", "/targets/none/trajectory"),
    "GET /documents": ("anyone", "/documents"),
    "GET /documents/{id}": ("anyone", "/documents/none"),
    "GET /clauses/{id}": ("anyone", "/clauses/none"),
    "GET /initiatives": ("anyone", "/initiatives"),
    "GET /initiatives/summary": ("anyone", "/initiatives/summary"),
    "GET /initiatives/{code}": ("anyone", "/initiatives/none"),
    "GET /initiatives/{code}/versions": ("anyone", "/initiatives/none/versions"),
    "POST /initiatives": ("steward", "/initiatives"),
    "PATCH /initiatives/{code}": ("steward", "/initiatives/none"),
    "DELETE /initiatives/{code}": ("steward", "/initiatives/none"),
    "GET /areas": ("anyone", "/areas"),
    "GET /areas/{id}": ("anyone", "/areas/14758"),
    "GET /areas/{id}/lineage": ("anyone", "/areas/14758/lineage"),
    "GET /area-changes": ("anyone", "/area-changes"),
    "POST /area-changes": ("steward", "/area-changes"),
    "GET /area-changes/preview": ("steward", "/area-changes/preview?file=2025-07-01"),
    "POST /area-changes/preview": ("steward", "/area-changes/preview"),
    "GET /area-changes/{id}": ("anyone", "/area-changes/2025-07-01"),
    "DELETE /area-changes/{id}": ("steward", "/area-changes/2025-07-01"),
    "GET /area-changes/{id}/shares": ("anyone", "/area-changes/2025-07-01/shares"),
    "POST /area-changes/{id}/shares": ("steward", "/area-changes/2025-07-01/shares"),
    "DELETE /area-changes/{id}/shares/{old}": ("steward", "/area-changes/2025-07-01/shares/14758"),
    "GET /changes": ("anyone", "/changes"),
    "GET /changes/stream": ("anyone", "/changes/stream"),
    "POST /webhooks": ("steward", "/webhooks"),
    "GET /webhooks": ("steward", "/webhooks"),
    "GET /webhooks/{id}": ("steward", "/webhooks/none"),
    "PATCH /webhooks/{id}": ("steward", "/webhooks/none"),
    "DELETE /webhooks/{id}": ("steward", "/webhooks/none"),
    "POST /webhooks/{id}/secret": ("steward", "/webhooks/none/secret"),
    "POST /webhooks/{id}/test": ("steward", "/webhooks/none/test"),
    "GET /webhooks/{id}/deliveries": ("steward", "/webhooks/none/deliveries"),
    "GET /webhooks/{id}/deliveries/{delivery}": ("steward", "/webhooks/none/deliveries/none"),
    "POST /webhooks/{id}/deliveries/{delivery}/retry": ("steward", "/webhooks/none/deliveries/none/retry"),
    "GET /observations": ("anyone", "/observations"),
    "GET /observations/compare": ("anyone", "/observations/compare?from=1"),
    "GET /observations/{observation}": ("anyone", f"/observations/{CELL}"),
    "GET /observations/{observation}/revisions": ("anyone", f"/observations/{CELL}/revisions"),
    "PATCH /observations/{observation}": ("correct", f"/observations/{CELL}"),
    "DELETE /observations/{observation}": ("correct", f"/observations/{CELL}"),
    "POST /submissions": ("submit", "/submissions"),
    "GET /submissions": ("holder", "/submissions"),
    "GET /submissions/{submission}": ("holder", "/submissions/none"),
    "GET /city/snapshot": ("anyone", "/city/snapshot"),
    "GET /city/series": ("anyone", "/city/series?indicator=commune_dx_completed"),
    "GET /city/ranking": ("anyone", "/city/ranking?indicator=commune_dx_completed"),
    "GET /city/completeness": ("anyone", "/city/completeness?period=2025-01"),
    "GET /city/progress": ("anyone", "/city/progress"),
    "GET /city/compare": ("anyone", "/city/compare?from=1"),
    "GET /city/explain": ("anyone", "/city/explain?indicator=commune_dx_completed"),
    "GET /city/forecast": ("anyone", "/city/forecast?indicator=commune_dx_completed"),
    "GET /city/what-if": ("anyone", "/city/what-if?indicator=commune_dx_completed"),
    "GET /exports/observations.csv": ("anyone", "/exports/observations.csv"),
    "GET /exports/observations.xlsx": ("anyone", "/exports/observations.xlsx"),
    "GET /exports/observations.ndjson": ("anyone", "/exports/observations.ndjson"),
    "GET /city/outliers": ("anyone", "/city/outliers"),
    "GET /sdmx/data/{flow}": ("anyone", "/sdmx/data/CITY"),
    "GET /sdmx/data/{flow}/{key}": ("anyone", "/sdmx/data/CITY/*"),
    "GET /sdmx/data/{context}/{agency}/{flow}": ("anyone", "/sdmx/data/dataflow/*/CITY"),
    "GET /sdmx/data/{context}/{agency}/{flow}/{version}": ("anyone", "/sdmx/data/dataflow/*/CITY/*"),
    "GET /sdmx/data/{context}/{agency}/{flow}/{version}/{key}": ("anyone", "/sdmx/data/dataflow/*/CITY/*/*"),
    "GET /sdmx/structure/{kind}": ("anyone", "/sdmx/structure/dataflow"),
    "GET /sdmx/structure/{kind}/{agency}/{id}": ("anyone", "/sdmx/structure/dataflow/*/CITY"),
    "GET /sdmx/structure/{kind}/{agency}/{id}/{version}": ("anyone", "/sdmx/structure/dataflow/*/CITY/*"),
    "GET /ngsi-ld/v1/entities": ("anyone", "/ngsi-ld/v1/entities"),
    "GET /ngsi-ld/v1/entities/{id}": ("anyone", "/ngsi-ld/v1/entities/none"),
    "GET /dcat": ("anyone", "/dcat"),
    "GET /jsonstat": ("anyone", "/jsonstat"),
    "GET /jsonstat/city": ("anyone", "/jsonstat/city"),
    "GET /jsonstat/observations": ("anyone", "/jsonstat/observations"),
    "GET /sdmx/{kind}": ("anyone", "/sdmx/dataflow"),
    "GET /sdmx/{kind}/{agency}/{id}": ("anyone", "/sdmx/dataflow/*/CITY"),
    "GET /sdmx/{kind}/{agency}/{id}/{version}": ("anyone", "/sdmx/dataflow/*/CITY/*"),
    "GET /provenance/{kind}/{id}": ("anyone", "/provenance/clause/none"),
    "POST /releases": ("steward", "/releases"),
    "GET /releases": ("anyone", "/releases"),
    "GET /releases/{name}": ("anyone", "/releases/none"),
    "GET /releases/{name}/{path:path}": ("anyone", "/releases/none/city/snapshot"),
    "POST /keys": ("admin", "/keys"),
    "GET /keys": ("admin", "/keys"),
    "GET /keys/{id}": ("admin", "/keys/none"),
    "DELETE /keys/{id}": ("admin", "/keys/none"),
    "GET /me": ("holder", "/me"),
    "GET /audit": ("admin", "/audit"),
    "GET /audit/verify": ("admin", "/audit/verify"),
}


def key_of(service, caller):
    made = {
        "reader": lambda: service.key("read"),
        "ward": lambda: service.ward("14758"),
        "reviewer": lambda: service.key("review"),
        "steward": lambda: service.key("steward"),
        "admin": lambda: service.key("admin"),
    }
    return None if caller == "nobody" else made[caller]()


def ask(service, operation, key):
    method, path = operation.split()[0], OPERATIONS[operation][1]
    body = b"{}" if method in ("POST", "PATCH") else None
    return service.raw(method, f"/api/v1{path}", key=key, headers={"If-Match": "*"}, content=body)


def test_every_operation_has_its_row(service):
    known = {
        f"{method} {context.path.removeprefix('/api/v1')}"
        for context in iter_route_contexts(service.app.routes)
        if context.path and context.path.startswith("/api/v1")
        for method in context.methods or ()
    }

    assert known == set(OPERATIONS)


@pytest.mark.parametrize("caller", CALLERS)
def test_each_caller_may_do_what_its_scopes_say_and_nothing_else(service, caller):
    key = key_of(service, caller)
    wrong = {}

    for operation, (need, _) in OPERATIONS.items():
        status = ask(service, operation, key).status_code
        allowed = caller in NEEDS[need]
        expected = "let in" if allowed else 401 if caller == "nobody" else 403
        # Let in: whatever comes then, it is about the request and no longer about the caller. A ward may correct
        # observations, and not this one of the city.
        found = "let in" if status not in (401, 403) or (status == 403 and caller == "ward" and allowed) else status
        if found != expected:
            wrong[operation] = (status, expected)

    assert wrong == {}


@pytest.mark.parametrize("state", ["revoked", "expired"])
def test_a_key_that_ended_may_do_nothing_whatever_its_scopes(service, state):
    from datetime import timedelta

    from tests.service import START

    other, key = service.key("admin"), service.key("admin", expires=START + timedelta(days=1))
    if state == "revoked":
        service.delete(f"/keys/{key.split('_')[1]}", key=other)
    else:
        service.now[0] = START + timedelta(days=1)

    assert {ask(service, operation, key).status_code for operation in OPERATIONS} == {401}


def test_a_missing_scope_is_named(service):
    refused = service.get("/keys", key=service.key("steward"), headers={"Accept-Language": "en"})

    assert (refused.status_code, refused.json()["code"]) == (403, "missing-scope")
    assert refused.json()["errors"][0]["expected"] == "admin"


def test_a_ward_sees_its_own_submissions_and_of_others_not_that_they_exist(service):
    mine, other = service.ward("14758"), service.ward("14755")
    row = {"indicator": "adults_with_smartphone_rate", "numerator": 1, "denominator": 2}
    sent = service.submit(other, [row])
    assert sent.status_code == 201, sent.text
    foreign = sent.json()["id"]

    hidden, unknown = service.get(f"/submissions/{foreign}", key=mine), service.get("/submissions/none", key=mine)

    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.json()["code"] == unknown.json()["code"]
    assert service.get("/submissions", key=mine).json()["data"] == []
    assert [s["id"] for s in service.get("/submissions", key=other).json()["data"]] == [foreign]
    assert service.get(f"/submissions/{foreign}", key=service.key("review")).status_code == 200


def test_a_ward_cannot_post_for_another_area(service):
    row = {"indicator": "adults_with_smartphone_rate", "area": "14755", "numerator": 1, "denominator": 2}

    refused = service.submit(service.ward("14758"), [row])

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/rows/0/area"
    assert service.get("/observations", params={"area": "14755", "period": "2025-03"}).json()["data"] == []
