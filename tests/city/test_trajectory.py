"""A target's way over HTTP: its interim points, what they require, and what was."""

from typing import Any

import pytest

SEEDED = "commune_dx_completed-2025"
STAGES = [{"date": "2026-12-31", "value": 80}, {"date": "2028-12-31", "value": 90.5}]
TARGET = {
    "indicator": "commune_dx_completed",
    "level": "city",
    "comparator": "ge",
    "value": 95,
    "due": "2030-12-31",
    "baseline": {"value": 70.21, "date": "2025-01-31"},
    "trajectory": STAGES,
}


@pytest.fixture
def steward(service):
    return service.key("steward")


def make(service, steward, **members):
    answer = service.post("/targets", TARGET | members, key=steward)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_interim_points_are_versioned_with_their_target(service, steward):
    made = make(service, steward)
    url, headers = f"/targets/{made['id']}", {"If-Match": "*"}
    assert made["trajectory"] == STAGES

    same = service.patch(url, {"trajectory": STAGES}, key=steward, headers=headers).json()
    fewer = service.patch(url, {"trajectory": STAGES[:1]}, key=steward, headers=headers).json()
    none = service.patch(url, {"trajectory": []}, key=steward, headers=headers).json()

    assert (same, fewer["version"], fewer["trajectory"], none["trajectory"]) == (made, 2, STAGES[:1], [])
    assert service.get(url, params={"as_of": fewer["seq"]}).json() == fewer
    (change,) = service.get("/changes", params={"after": fewer["seq"] - 1, "limit": 1}).json()["data"]
    assert (change["type"], change["data"]["trajectory"]) == ("target.revised", STAGES[:1])
    assert service.get("/targets", params={"indicator": TARGET["indicator"]}).json()["data"][1]["trajectory"] == []


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"trajectory": [{"date": "2025-01-31", "value": 75}]}, "interim-outside-way", "/trajectory/0/date"),
    ({"trajectory": [{"date": "2030-12-31", "value": 75}]}, "interim-outside-way", "/trajectory/0/date"),
    ({"trajectory": STAGES[::-1]}, "interim-out-of-order", "/trajectory/1/date"),
    ({"trajectory": [STAGES[0], STAGES[0]]}, "interim-out-of-order", "/trajectory/1/date"),
    ({"trajectory": [{"date": "2026-12-31", "value": 100.5}]}, "out-of-range", "/trajectory/0/value"),
    ({"trajectory": [{"date": "2026-12-31", "value": -1}]}, "out-of-range", "/trajectory/0/value"),
    ({"trajectory": [{"date": "2026", "value": 1}]}, "not-a-date", "/trajectory/0/date"),
    ({"trajectory": [{"date": "2026-12-31", "value": "80"}]}, "not-a-number", "/trajectory/0/value"),
    ({"trajectory": [{"date": "2026-12-31"}]}, "required", "/trajectory/0/value"),
    ({"trajectory": [{**STAGES[0], "note": "x"}]}, "unknown-member", "/trajectory/0/note"),
    ({"trajectory": None}, "not-a-list", "/trajectory"),
    ({"due": "2028-06-30"}, "interim-outside-way", "/trajectory/1/date"),
    (
        {"baseline": {"value": 0, "date": "0001-01-01"}, "due": "0001-01-01"},
        "interim-outside-way",
        "/trajectory/0/date",
    ),
    ({"baseline": {"value": 0, "date": "9999-12-31"}}, "interim-outside-way", "/trajectory/0/date"),
]


def test_points_that_lie_not_on_the_way_are_refused_at_their_place(service, steward):
    for sent, code, pointer in REFUSED:
        answer = service.post("/targets", TARGET | sent, key=steward)

        assert answer.status_code == 422, sent
        assert (code, pointer) in {(e["code"], e["pointer"]) for e in answer.json()["errors"]}, sent


def test_a_changed_due_day_must_still_hold_the_points(service, steward):
    made = make(service, steward)

    moved = service.patch(f"/targets/{made['id']}", {"due": "2027-12-31"}, key=steward, headers={"If-Match": "*"})

    assert [e["pointer"] for e in moved.json()["errors"]] == ["/trajectory/1/date"]


def test_the_required_line_stands_beside_the_actual_figures(service, steward):
    made = make(service, steward)

    found = service.get(f"/targets/{made['id']}/trajectory").json()

    assert [(c["date"], c["value"], c["kind"]) for c in found["line"]] == [
        ("2025-01-31", 70.21, "baseline"),
        ("2026-12-31", 80, "interim"),
        ("2028-12-31", 90.5, "interim"),
        ("2030-12-31", 95, "target"),
    ]
    rows = {row["period"]: row for row in found["data"]}
    assert (len(rows), found["data"][0]["period"], found["data"][-1]["period"]) == (72, "2025-01", "2030-12")
    # The plan's 33 of 47 lie a hair above the 70.21 that the baseline names.
    first = rows["2025-01"]
    assert (first["value"], first["numerator"], first["denominator"], first["basis"]) == (70.21, 33, 47, "reported")
    assert (first["required_value"], first["reached"], first["ahead"]) == (70.21, True, 0)
    coming = rows["2027-12"]
    assert (coming["from_value"], coming["to_value"], coming["value"], coming["reached"]) == (80, 90.5, None, None)
    # 80 + 10.5 · 365 / 731, by a clerk's calculator.
    assert coming["required_value"] == 85.24
    assert found["target"]["trajectory"] == STAGES
    assert (found["next"], found["seq"]) == (None, made["seq"])


def test_progress_what_if_and_forecast_follow_the_points(service, steward):
    slow = make(service, steward, trajectory=[{"date": "2028-12-31", "value": 70.24}])
    city = service.key("submit", areas=("380",))
    for month in ("02", "03", "04", "05"):
        service.submit(
            city, [{"indicator": TARGET["indicator"], "numerator": 33, "denominator": 47}], period=f"2025-{month}"
        )
    asked = {"indicator": TARGET["indicator"]}

    straight = make(service, steward, trajectory=[])
    progress = {r["target"]: r for r in service.get("/city/progress", params=asked).json()["data"]}
    what_if = {r["target"]: r for r in service.get("/city/what-if", params=asked).json()["data"]}
    forecast = service.get("/city/forecast", params=asked).json()
    half_way = service.get("/city/forecast", params=asked | {"due": "2028-12-31"}).json()

    # 33/47 is above the 70.2125 that the slow way asks for by the end of May 2025, and below the straight 71.59.
    assert (progress[slow["id"]]["progress"], progress[slow["id"]]["required_value"]) == ("on_track", 70.21)
    assert (progress[straight["id"]]["progress"], progress[straight["id"]]["required_value"]) == ("off_track", 71.59)
    assert (progress[slow["id"]]["trajectory"][0]["value"], progress[slow["id"]]["gap"]) == (70.24, 24.79)
    row = what_if[slow["id"]]
    assert (row["next_date"], row["next_value"], row["next_gap"], row["gap"]) == ("2028-12-31", 70.24, 0.03, 24.79)
    assert (what_if[straight["id"]]["next_date"], what_if[straight["id"]]["next_gap"]) == ("2030-12-31", 24.79)
    assert (forecast["target"], forecast["required_value"], forecast["target_value"]) == (slow["id"], 95, 95)
    assert (half_way["required_value"], half_way["value"]) == (70.24, 70.21)


def test_a_ward_is_held_against_its_own_words(service, steward):
    members = {"level": "commune", "area": "14758", "comparator": "eq", "value": 1, "trajectory": []}
    made = make(service, steward, **members, due="2025-12-31", baseline=None)
    empty = service.get(f"/targets/{made['id']}/trajectory").json()
    for period, value in (("2025-03", False), ("2025-05", True)):
        service.submit(service.ward("14758"), [{"indicator": TARGET["indicator"], "value": value}], period=period)
    service.submit(service.ward("14761"), [{"indicator": TARGET["indicator"], "value": True}], period="2025-04")

    found = service.get(f"/targets/{made['id']}/trajectory").json()

    assert (empty["data"], empty["target"]["value"], empty["target"]["progress"]) == ([], None, "no_data")
    assert [(r["period"], r["value"], r["reached"]) for r in found["data"]] == [
        ("2025-03", 0, True), ("2025-04", None, None), ("2025-05", 1, True),
        *((f"2025-{m:02}", None, None) for m in range(6, 13)),
    ]  # fmt: skip
    assert (found["target"]["value"], found["target"]["progress"]) == (1, "met")
    assert found["target"]["baseline_date"] == "2025-03-31"


def test_a_baseline_that_is_a_figure_is_told_exactly_too(service):
    found = service.get(f"/targets/{SEEDED}/trajectory").json()

    assert [(c["value"], c["exact"]) for c in found["line"]] == [(70.21, "3300/47"), (100, "100")]
    assert found["target"]["baseline_source"] == "earliest_figure"


def test_what_nobody_measured_has_a_line_to_no_figure(service):
    found = service.get("/targets/adults_with_digital_signature_rate-2030/trajectory").json()

    assert (found["data"], found["line"]) == (
        [],
        [{"date": "2030-12-31", "value": 70, "exact": "70", "kind": "target"}],
    )
    assert (found["target"]["progress"], found["target"]["comparator"]) == ("no_data", "gt")
    assert service.get("/targets/none/trajectory").json()["code"] == "target-not-found"


def test_the_way_of_then_stays_as_it_was(service, steward):
    made = make(service, steward)
    then = service.get(f"/targets/{made['id']}/trajectory", params={"as_of": made["seq"]})
    service.patch(f"/targets/{made['id']}", {"trajectory": []}, key=steward, headers={"If-Match": "*"})

    assert service.get(f"/targets/{made['id']}/trajectory", params={"as_of": made["seq"]}).text == then.text
