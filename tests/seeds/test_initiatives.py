"""What the plan sets going, and what else it says."""

from collections import Counter

import pytest

from tests.seeds.plan import load, unstated

INITIATIVES = {entry["code"]: entry for entry in load("initiatives.yaml")}
FACTS = load("plan_facts.yaml")
TARGETS = {target["id"]: target for target in load("targets.yaml")}
BILLION = 10**9


def of_kind(kind):
    return {code: entry for code, entry in INITIATIVES.items() if entry["kind"] == kind}


def test_codes_are_unique():
    assert len(INITIATIVES) == len(load("initiatives.yaml"))


def test_nothing_of_the_plan_is_left_out():
    assert Counter(entry["kind"] for entry in INITIATIVES.values()) == {
        "project": 4,
        "package": 1,
        "system": 24,
        "equipment": 6,
        "milestone": 9,
        "task": 7,
        "duty": 6,
        "duty_part": 14,
        "cooperation": 1,
    }
    assert {name: len(entries) for name, entries in FACTS.items()} == {
        "statuses": 2,
        "organisations": 26,
        "channels": 13,
        "timeframes": 2,
        "slogans": 3,
        "recipients": 6,
        "purposes": 3,
        "viewpoints": 4,
        "statements": 7,
        "oddities": 19,
    }


def test_the_package_is_the_sum_of_its_members_to_the_dong():
    members = [e["budget_vnd"] for e in INITIATIVES.values() if e["parent"] == "dx_package"]

    assert sorted(members) == [7_583_000_000, 20_000_000_000, 32_760_000_000]
    assert sum(members) == INITIATIVES["dx_package"]["budget_vnd"] == 60_343_000_000


def test_budgets_are_whole_dong_and_only_where_the_plan_gives_one():
    budgets = {code: entry["budget_vnd"] for code, entry in INITIATIVES.items() if "budget_vnd" in entry}

    assert budgets.keys() == of_kind("project").keys() | of_kind("package").keys()
    assert all(budget == int(budget) for budget in budgets.values())
    assert budgets["smart_city_2025"] == 350 * BILLION


@pytest.mark.parametrize("code", [c for c, e in INITIATIVES.items() if "budget_vnd" in e])
def test_a_budget_off_by_one_dong_is_noticed(code):
    entry = INITIATIVES[code]

    assert unstated(entry, entry["quote"]) == []
    assert unstated({**entry, "budget_vnd": entry["budget_vnd"] + 1}, entry["quote"]) != []


def test_days_agree_with_the_words_they_come_from():
    timed = [e for e in [*INITIATIVES.values(), *FACTS["timeframes"]] if e.get("time_quote") or e.get("ends")]

    assert [e for e in timed if unstated(e, e.get("time_quote") or e["quote"])] == []
    assert all(e.get("time_quote") for e in INITIATIVES.values() if e["starts"] or e["ends"])


def test_a_milestone_falls_due_with_its_target_and_with_its_flags():
    for code, milestone in of_kind("milestone").items():
        target = TARGETS[milestone["target"]]
        assert milestone["ends"] == target["due"], code
        assert set(milestone.get("flags", [])) >= set(target["flags"]) & {"exclusive_deadline", "deadline_inferred"}


def test_party_and_government_bodies_come_before_2028():
    for code in ("milestone_party_bodies", "milestone_government_bodies"):
        milestone = INITIATIVES[code]
        assert (milestone["ends"], milestone["time_quote"]) == ("2027-12-31", "trước năm 2028")


def test_a_status_has_its_words_and_is_else_unknown():
    codes = {status["code"] for status in FACTS["statuses"]}

    assert all(bool(e["status"]) == bool(e["status_quote"]) for e in INITIATIVES.values())
    assert {e["status"] for e in INITIATIVES.values()} == codes | {None}
    assert {c for c, e in INITIATIVES.items() if e["status"] == "in_progress"} == {
        "smart_city_2025",
        "national_population_db",
        "milestone_5g",
    }


def test_tasks_and_duties_are_those_of_their_clauses():
    assert [e["clause"] for e in of_kind("task").values()] == [f"B.I.4.{n}" for n in range(1, 8)]
    assert [e["clause"] for e in of_kind("duty").values()] == [f"C.{n}" for n in range(1, 7)]
    parts = Counter(entry["parent"] for entry in of_kind("duty_part").values())
    assert list(parts.values()) == [4, 1, 3, 2, 2, 2]
    assert all(e["responsible"] for e in [*of_kind("duty").values(), *of_kind("duty_part").values()])


def test_references_lead_somewhere():
    organisations = {organisation["id"]: organisation for organisation in FACTS["organisations"]}
    documents = {document["id"] for document in load("documents.yaml")}
    clauses = {clause["id"] for clause in load("clauses.yaml")}
    for code, entry in INITIATIVES.items():
        assert entry["parent"] is None or entry["parent"] in INITIATIVES, code
        assert {*entry.get("projects", [])} <= of_kind("project").keys(), code
        assert {*entry.get("documents", [])} <= documents, code
        assert {*entry.get("repeated_at", [])} <= clauses, code
        assert entry.get("partner", "dept_st") in organisations, code
    assert {clause for oddity in FACTS["oddities"] for clause in oddity["clauses"]} <= clauses


def test_who_is_responsible_bears_the_name_of_the_organisation():
    organisations = {o["id"]: (o["name_vi"], o["name_en"]) for o in FACTS["organisations"]}
    for code, entry in INITIATIVES.items():
        named = organisations[entry["responsible"]] if entry["responsible"] else (None, None)
        assert (entry["responsible_vi"], entry["responsible_en"]) == named, code


def test_ids_are_unique_in_each_list():
    for name, entries in FACTS.items():
        ids = [entry.get("id") or entry["code"] for entry in entries]
        assert len(ids) == len(set(ids)), name
