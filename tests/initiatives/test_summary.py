"""The IOC's view of what the plan sets going."""

from datetime import UTC, datetime

import pytest

BILLION = 10**9


@pytest.fixture
def steward(service):
    return service.key("steward")


def summary(service, **params):
    answer = service.get("/initiatives/summary", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def say(service, steward, code, **members):
    answer = service.patch(f"/initiatives/{code}", members, key=steward, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


def groups(body):
    return {g["code"]: g for g in body["budget_groups"]}


def states(body):
    return {m["code"]: m["state"] for m in body["milestones"]}


def test_the_package_is_its_members_and_is_not_counted_twice(service):
    body = summary(service)
    package = groups(body)["dx_package"]

    assert sorted(m["budget_vnd"] for m in package["members"]) == [7_583_000_000, 20_000_000_000, 32_760_000_000]
    assert package["budget_vnd"] == package["stated_vnd"] == 60_343_000_000
    assert package["agrees"] is True
    assert body["budget_vnd"] == 350 * BILLION + 60_343_000_000 == sum(g["budget_vnd"] for g in body["budget_groups"])
    sums = {s["status"]: s["budget_vnd"] for s in body["budget_by_status"]}
    assert sums == {"preparing": 60_343_000_000, "in_progress": 350 * BILLION}


def test_a_package_its_members_do_not_make_up_says_so(service, steward):
    say(service, steward, "smart_loudspeaker", budget_vnd=20_000_000_001)

    package = groups(summary(service))["dx_package"]

    assert (package["agrees"], package["budget_vnd"]) == (False, 60_343_000_001)


def test_a_package_whose_members_have_no_budget_stands_for_itself(service, steward):
    for code in ("commune_network_security", "dx_direction_2030", "smart_loudspeaker"):
        say(service, steward, code, budget_vnd=None)

    body = summary(service)

    assert groups(body)["dx_package"]["budget_vnd"] == 60_343_000_000
    assert body["budget_vnd"] == 410_343_000_000


def test_counts_by_kind_and_status(service, steward):
    say(service, steward, "callbot", status="completed")
    body = summary(service, lang="en")

    counts = {(c["kind"], c["status"]): c["count"] for c in body["counts"]}
    assert counts["package", "preparing"] == 1
    assert (counts["project", "preparing"], counts["project", "in_progress"]) == (3, 1)
    assert (counts["system", None], counts["system", "in_progress"], counts["system", "completed"]) == (22, 1, 1)
    assert sum(counts.values()) == body["total"] == 72
    assert {c["status_name"] for c in body["counts"]} == {"Not stated", "In preparation", "In progress", "Completed"}


def test_milestones_by_today(service):
    body = summary(service)

    assert body["today"] == "2026-11-22"
    assert [m["code"] for m in body["milestones"]][:2] == ["milestone_communes", "milestone_5g"]
    assert [m["days_left"] for m in body["milestones"]][:2] == [-326, 39]
    assert body["milestones_due"] == {"overdue": 1, "due": 1, "later": 7, "completed": 0, "cancelled": 0}
    assert states(body)["milestone_party_bodies"] == "later"


@pytest.mark.parametrize(("day", "state"), [(31, "due"), (1, "overdue")])
def test_before_2028_ends_with_2027(service, day, state):
    service.now[0] = datetime(2027, 12, 31, 3, tzinfo=UTC) if day == 31 else datetime(2028, 1, 1, 3, tzinfo=UTC)

    assert states(summary(service))["milestone_government_bodies"] == state


def test_what_is_done_is_not_overdue_and_what_is_retired_is_not_there(service, steward):
    say(service, steward, "milestone_communes", status="completed")
    say(service, steward, "milestone_5g", retired=True)

    body = summary(service)

    assert states(body)["milestone_communes"] == "completed"
    assert "milestone_5g" not in states(body)
    assert body["milestones_due"]["overdue"] == 0


def test_as_of_before_the_change(service, steward):
    before = summary(service, as_of="1")
    say(service, steward, "smart_city_2025", budget_vnd=1)

    assert summary(service, as_of="1") == before
    assert summary(service)["budget_vnd"] == 60_343_000_001
