"""The chain from the plan's words to a ward's row, walked both ways."""

import pytest

CODE = "adults_with_smartphone_rate"
ROW = {"indicator": CODE, "numerator": 8123, "denominator": 9340}


def links(answer, way, kind):
    assert answer.status_code == 200, answer.text
    return [link["id"] for link in answer.json()[way] if link["kind"] == kind]


@pytest.fixture
def sent(service):
    return service.submit(service.ward("14758"), [ROW]).json()


def test_from_a_clause_down_to_the_observation_and_back_up(service, sent):
    cell = sent["results"][0]["observation"]
    clause = service.get(f"/indicators/{CODE}").json()["clause"]

    down = service.get(f"/provenance/clause/{clause}")
    up = service.get(f"/provenance/observation/{cell}")

    assert CODE in links(down, "down", "indicator")
    assert cell in links(down, "down", "observation")
    assert links(down, "up", "document") == links(up, "up", "document")
    assert (links(up, "up", "submission"), links(up, "up", "indicator")) == ([sent["id"]], [CODE])
    assert links(up, "up", "clause") == [clause]
    assert links(up, "down", "figure") == [f"{CODE}@2025-03"]


def test_every_way_that_is_named_can_be_gone(service, sent):
    key = service.key("admin")
    for path in (
        "clause/B.I.2",
        f"indicator/{CODE}",
        f"submission/{sent['id']}",
        "target/commune_dx_completed-2025",
        "initiative/dx_package",
    ):
        answer = service.get(f"/provenance/{path}", key=key)
        assert answer.status_code == 200, answer.text
        links = [link for link in answer.json()["up"] + answer.json()["down"] if link["href"]]
        assert links
        for link in links:
            assert service.raw("GET", link["href"], key=key).status_code == 200, link


def test_from_a_target_up_to_its_words_and_down_to_the_readings(service):
    answer = service.get("/provenance/target/commune_dx_completed-2025")

    assert links(answer, "up", "indicator") == ["commune_dx_completed"]
    assert links(answer, "up", "document")
    assert links(answer, "down", "observation") == ["commune_dx_completed.380-202501.2025-01"]


def test_a_submission_leads_to_its_rows_and_only_who_may_read_it_is_told(service, sent):
    path = f"/provenance/submission/{sent['id']}"

    mine = service.get(path, key=service.ward("14758"))

    assert links(mine, "down", "observation") == [sent["results"][0]["observation"]]
    assert links(mine, "down", "figure") == [f"{CODE}@2025-03"]
    assert service.get(path).status_code == 401
    assert service.get(path, key=service.ward("14755")).json()["code"] == "submission-not-found"


def test_a_place_in_a_file_is_told_to_whom_the_file_is(service, sent):
    path = "/provenance/observation/commune_dx_completed.380-202501.2025-01"

    mine, other = (service.get(path, key=key) for key in (service.key("steward"), None))

    (cell,) = [link for link in mine.json()["up"] if link["kind"] == "cell"]
    assert cell["place"]
    assert cell["parent"] == links(mine, "up", "submission")[0]
    assert links(other, "up", "cell") == []


def test_as_of_then_the_chain_ends_where_it_ended_then(service, sent):
    answer = service.get(f"/provenance/indicator/{CODE}", params={"as_of": sent["seq"] - 1})

    assert sent["results"][0]["observation"] not in links(answer, "down", "observation")


@pytest.mark.parametrize("kind", ["clause", "indicator", "target", "observation", "submission"])
def test_what_is_not_there_is_not_found(shared, kind):
    answer = shared.get(f"/provenance/{kind}/none", key=shared.key("admin"))

    assert (answer.status_code, answer.json()["code"]) == (404, f"{kind}-not-found")


def test_an_unknown_kind_is_refused(service):
    assert service.get("/provenance/ward/none").status_code in (404, 422)


def test_what_the_plan_sets_going_hangs_from_its_clause_too(service):
    down = service.get("/provenance/clause/fn1")
    project = service.get("/provenance/initiative/commune_network_security")
    milestone = service.get("/provenance/initiative/milestone_party_bodies")

    assert "commune_network_security" in links(down, "down", "initiative")
    assert links(project, "up", "initiative") == ["dx_package"]
    assert links(project, "up", "clause") == ["fn1"]
    assert "core_router" in links(project, "down", "initiative")
    assert links(milestone, "down", "target") == ["party_bodies_dx_complete-2027"]
    assert service.get("/provenance/initiative/none").json()["code"] == "initiative-not-found"
