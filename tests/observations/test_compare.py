"""`/observations/compare`: what became of cells between two moments, and why."""

from datetime import timedelta
from typing import Any

import pytest

from app.observations import compare
from tests.service import Service

SHARE, FLAG = "adults_with_smartphone_rate", "commune_dx_completed"


@pytest.fixture
def city(service: Service) -> Service:
    return service


def say(city: Service, ward: str, period: str, **content: Any) -> int:
    row = {"indicator": SHARE, "area": ward, **content}
    sent = city.submit(city.key("steward", "submit", areas=(ward,)), [row], period=period)
    assert sent.status_code == 201, sent.text
    return int(sent.json()["seq"])


def cell(ward: str, period: str, indicator: str = SHARE) -> str:
    return f"/observations/{indicator}.{ward}-202501.{period}"


def compared(city: Service, first: Any, last: Any = None, more: str = "") -> list[dict[str, Any]]:
    to = "" if last is None else f"&to={last}"
    found = city.get(f"/observations/compare?from={first}{to}{more}")
    assert found.status_code == 200, found.text
    rows: list[dict[str, Any]] = found.json()["data"]
    return rows


def newest(city: Service) -> int:
    return int(city.get("/observations?limit=1").headers["x-seq"])


def test_a_late_report_and_a_correction_are_told_apart(city: Service):
    say(city, "14758", "2025-01", numerator=1, denominator=2)
    briefing = newest(city)
    say(city, "14758", "2025-01", numerator=3, denominator=4)
    say(city, "14761", "2025-01", numerator=1, denominator=8)

    corrected, late = compared(city, briefing)

    assert (corrected["cause"], corrected["area"], late["cause"], late["area"]) == (
        "correction",
        "14758-202501",
        "late_report",
        "14761-202501",
    )
    assert (corrected["before"]["value"], corrected["after"]["value"], corrected["difference"]) == (50, 75, 25)
    assert (corrected["before"]["revision"], corrected["after"]["revision"]) == (1, 2)
    assert (late["before"], late["after"]["numerator"], late["difference"]) == (None, 1, None)
    assert late["was_due"] is True
    assert compared(city, briefing, briefing) == []


def test_a_report_of_a_running_period_was_not_due_yet(city: Service):
    briefing = newest(city)
    say(city, "14764", "2026-11", numerator=1, denominator=2)

    (row,) = compared(city, briefing)

    assert (row["cause"], row["was_due"]) == ("late_report", False)


def test_what_was_taken_back_says_so_and_what_came_again_is_a_correction(city: Service):
    ward = "14767"
    key = city.key("steward")
    say(city, ward, "2025-02", numerator=1, denominator=2)
    said = newest(city)
    assert city.delete(cell(ward, "2025-02"), key=key, headers={"If-Match": "*"}).status_code == 200
    gone = newest(city)
    say(city, ward, "2025-02", numerator=1, denominator=4)

    (taken_back,) = compared(city, said, gone)
    (again,) = compared(city, gone)

    assert (taken_back["cause"], taken_back["after"]["withdrawn"], taken_back["after"]["value"]) == (
        "correction",
        True,
        None,
    )
    assert (again["cause"], again["before"]["withdrawn"], again["after"]["value"]) == ("correction", True, 25)
    assert again["difference"] is None


def test_a_cell_changed_and_changed_back_does_not_differ(city: Service):
    ward = "14770"
    say(city, ward, "2025-02", numerator=10, denominator=20)
    briefing = newest(city)
    say(city, ward, "2025-02", numerator=11, denominator=20)
    changed = newest(city)
    say(city, ward, "2025-02", numerator=10.0, denominator=20)

    assert [r["after"]["numerator"] for r in compared(city, briefing, changed)] == [11]
    assert compared(city, briefing) == []


def test_a_cell_said_and_taken_back_in_between_was_never_there(city: Service):
    briefing = newest(city)
    say(city, "14773", "2025-02", numerator=1, denominator=2)
    assert city.delete(cell("14773", "2025-02"), key=city.key("steward"), headers={"If-Match": "*"}).is_success

    assert compared(city, briefing) == []


def test_a_note_alone_is_a_difference_and_moves_no_value(city: Service):
    ward = "14779"
    say(city, ward, "2025-02", numerator=1, denominator=3)
    briefing = newest(city)
    path = cell(ward, "2025-02")
    assert city.patch(path, {"note": "Đã đối chiếu"}, key=city.key("steward"), headers={"If-Match": "*"}).is_success

    (row,) = compared(city, briefing)

    assert (row["cause"], row["before"]["note"], row["after"]["note"], row["difference"]) == (
        "correction",
        None,
        "Đã đối chiếu",
        0,
    )


@pytest.mark.parametrize(("few", "period"), [(compare._FEW, "2025-02"), (-1, "2025-04")])
def test_pages_neither_repeat_nor_skip_while_wards_write(
    city: Service, monkeypatch: pytest.MonkeyPatch, few: int, period: str
):
    # Few changes are sorted, many are found in the order of the index: the pages are the same.
    monkeypatch.setattr(compare, "_FEW", few)
    briefing = newest(city)
    for ward in ("14782", "14758", "14761", "14764", "14767"):
        say(city, ward, period, numerator=1, denominator=2)
    whole = city.get(f"/observations/compare?from={briefing}&count=exact").json()

    seen, cursor = [], ""
    while True:
        page = city.get(f"/observations/compare?from={briefing}&limit=2&sort=-area&fields=id,cause{cursor}").json()
        seen += [row["id"] for row in page["data"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        say(city, "14770", "2025-03", numerator=len(seen), denominator=9)

    assert whole["count"] == 5
    assert seen == [row["id"] for row in reversed(whole["data"])]
    assert set(page["data"][0]) == {"id", "cause"}


def test_filters_narrow_the_comparison(city: Service):
    first = newest(city)
    say(city, "14758", "2025-01", numerator=1, denominator=2)
    say(city, "14761", "2025-01", numerator=1, denominator=2)
    say(city, "14758", "2025-02", numerator=1, denominator=2)

    assert {r["cause"] for r in compared(city, first, None, "&cause=correction")} <= {"correction"}
    of_ward = compared(city, first, None, "&area=14758&period=2025-01")
    assert [(r["area"], r["period"]) for r in of_ward] == [("14758-202501", "2025-01")]
    assert compared(city, first, None, f"&indicator={FLAG}") == []
    assert {r["period"] for r in compared(city, first, None, "&period_from=2025-02&period_to=2025-02")} == {"2025-02"}


def test_instants_do_as_well_as_seqs(city: Service):
    early = city.now[0]
    city.now[0] += timedelta(days=1)
    say(city, "14797", "2025-02", numerator=1, denominator=2)

    rows = compared(city, (early + timedelta(hours=1)).isoformat().replace("+00:00", "Z"))

    assert [r["area"] for r in rows] == ["14797-202501"]


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter"),
    [
        ("", 422, "required", "from"),
        ("from=x", 422, "as-of-malformed", "from"),
        ("from=1&to=2025-01-01T00:00:00", 422, "as-of-malformed", "to"),
        ("from=999999", 422, "as-of-in-future", "from"),
        ("from=1&to=999999", 422, "as-of-in-future", "to"),
        ("from=1&to=0", 422, "range-reversed", "from"),
        ("from=1&since=1", 400, "unknown-parameter", "since"),
        ("from=1&as_of=1", 400, "unknown-parameter", "as_of"),
        ("from=1&indicator=commune_dx_complete", 422, "unknown-indicator", "indicator"),
        ("from=1&cause=late", 422, "not-one-of", "cause"),
        ("from=1&fields=valeu", 400, "unknown-field", "fields"),
        ("from=1&sort=cause", 400, "unknown-sort-key", "sort"),
        ("from=1&cursor=x", 400, "cursor-invalid", "cursor"),
    ],
)
def test_a_wrong_question_is_refused_by_name(shared: Service, query: str, status: int, code: str, parameter: str):
    refused = shared.get(f"/observations/compare?{query}")

    assert refused.status_code == status
    fault = refused.json()["errors"][0]
    assert (fault["code"], fault["parameter"]) == (code, parameter)
