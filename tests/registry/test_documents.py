"""Documents and clauses: the plan's own words, read only."""


def test_the_plan_and_its_clauses(service):
    listed = service.get("/documents", params={"limit": 1000, "count": "exact"}).json()

    assert listed["count"] == len(listed["data"]) > 0
    assert [d["ordinal"] for d in listed["data"]] == sorted(d["ordinal"] for d in listed["data"])
    for row in listed["data"]:
        document = service.get(f"/documents/{row['id']}").json()
        assert document["title"] == document["title_vi"] == row["title"]
        for clause in document["clauses"]:
            assert service.get(f"/clauses/{clause}").json()["document"] == row["id"]


def test_a_clause_says_what_cites_it(service):
    clause = service.get("/clauses/B.I.2").json()

    assert "Có 33/47 phường, xã" in clause["text"]
    assert "commune_dx_completed" in clause["indicators"]
    assert "commune_dx_completed-2025" in clause["targets"]
    for code in clause["indicators"]:
        assert service.get(f"/indicators/{code}").json()["clause"] == "B.I.2"


def test_documents_speak_both_languages(service):
    (first, *_) = service.get("/documents", params={"lang": "en"}).json()["data"]
    document = service.get(f"/documents/{first['id']}", params={"lang": "en"}).json()

    assert first["title"] == document["title"] == document["title_en"]


def test_what_is_not_there_is_404(service):
    assert service.get("/documents/none").json()["code"] == "document-not-found"
    assert service.get("/clauses/Z.9").json()["code"] == "clause-not-found"
    assert service.raw("DELETE", "/api/v1/clauses/B.I.2").status_code == 405
