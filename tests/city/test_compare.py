"""`/city/compare`: what changed in the city's figures between two briefings, each with its causes."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.service import Service

SHARE, OTHER, FLAG = "adults_with_smartphone_rate", "relics_digitised_rate", "commune_dx_completed"
MARCH = "2025-03"
Row = dict[str, Any]


@pytest.fixture
def city(service: Service) -> Service:
    return service


@pytest.fixture
def briefing(city: Service) -> int:
    return newest(city)


def newest(city: Service) -> int:
    return int(city.get("/areas?limit=1").headers["x-seq"])


def say(city: Service, ward: str, period: str, indicator: str = SHARE, **content: Any) -> int:
    sent = city.submit(city.ward(ward), [{"indicator": indicator, **content}], period=period)
    assert sent.status_code == 201, sent.text
    return int(sent.json()["seq"])


def changes(city: Service, first: Any, last: Any = None, **more: Any) -> list[Row]:
    asked = {"from": first, **({} if last is None else {"to": last}), **more}
    found = city.get("/city/compare", params=asked)
    assert found.status_code == 200, found.text
    rows: list[Row] = found.json()["data"]
    return rows


def the_change(city: Service, first: Any, last: Any = None, **more: Any) -> Row:
    (row,) = changes(city, first, last, **more)
    return row


def patch(city: Service, path: str, **changes: Any) -> None:
    answer = city.patch(path, changes, key=city.key("steward"), headers={"If-Match": "*"})
    assert answer.is_success, answer.text


def test_a_late_report_moves_the_figure_and_says_so(city: Service, briefing: int):
    say(city, "14758", MARCH, numerator=1, denominator=3)
    first = newest(city)
    say(city, "14761", MARCH, numerator=1, denominator=1)

    row = the_change(city, first, period=MARCH)

    assert (row["indicator"], row["period"], row["cause"], row["causes"]) == (
        SHARE,
        MARCH,
        "late_report",
        ["late_report"],
    )
    assert (row["late_reports"], row["corrections"]) == (1, 0)
    assert (row["before"]["reported"], row["after"]["reported"]) == (1, 2)
    # The city's own figure stays the headline while so few wards are in.
    assert (row["before"]["basis"], row["after"]["value"], row["difference"]) == ("reported", 84.39, 0)
    assert (row["before"]["rolled_up_value"], row["after"]["rolled_up_value"]) == (33.33, 50)
    before = city.get("/city/snapshot", params={"as_of": first, "period": MARCH, "indicator": SHARE}).json()["data"][0]
    assert {name: row["before"][name] for name in ("value", "missing", "progress", "seq", "updated_at")} == {
        name: before[name] for name in ("value", "missing", "progress", "seq", "updated_at")
    }


def test_a_correction_and_a_withdrawal_are_corrections(city: Service):
    say(city, "14764", "2025-04", numerator=1, denominator=2)
    first = newest(city)
    say(city, "14764", "2025-04", numerator=2, denominator=2)
    second = newest(city)
    path = f"/observations/{SHARE}.14764-202501.2025-04"
    assert city.delete(path, key=city.key("steward"), headers={"If-Match": "*"}).is_success
    third = newest(city)
    say(city, "14764", "2025-04", numerator=1, denominator=2)

    for start, end in ((first, second), (second, third), (third, None)):
        row = the_change(city, start, end, period="2025-04")
        assert (row["causes"], row["corrections"], row["late_reports"]) == (["correction"], 1, 0)
    assert changes(city, first, period="2025-04") == []
    # What was said of another period or indicator is no cause of this figure.
    assert changes(city, first, period="2025-02") == []


def test_several_causes_come_in_their_order(city: Service):
    say(city, "14764", "2025-05", numerator=1, denominator=2)
    first = newest(city)
    say(city, "14764", "2025-05", numerator=2, denominator=2)
    say(city, "14767", "2025-05", numerator=2, denominator=2)
    patch(city, f"/indicators/{SHARE}", min_coverage=0.7)

    row = the_change(city, first, period="2025-05")

    assert row["causes"] == ["definition_change", "correction", "late_report"]
    assert row["cause"] == "definition_change"
    assert row["before"]["definition_version"] + 1 == row["after"]["definition_version"]


def test_a_late_report_of_an_older_month_moves_what_is_carried(city: Service, briefing: int):
    say(city, "14770", "2025-01", indicator=OTHER, numerator=1, denominator=2)

    (row,) = changes(city, briefing, period="2025-06", indicator=OTHER)

    assert (row["cause"], row["before"]["carried"] + 1, row["after"]["carried"]) == (
        "late_report",
        row["after"]["carried"],
        row["after"]["carried"],
    )
    assert changes(city, briefing, period="2024-12") == []


def test_a_report_that_another_stands_before_is_no_cause(city: Service):
    say(city, "14773", "2025-03", numerator=1, denominator=2)
    first = newest(city)
    # March stands in March whatever is said of February; the definition alone moves it.
    say(city, "14773", "2025-02", numerator=2, denominator=2)
    patch(city, f"/indicators/{SHARE}", decimals=1)

    assert the_change(city, first, period=MARCH, indicator=SHARE)["causes"] == ["definition_change"]
    patch(city, f"/indicators/{SHARE}", decimals=2)


def test_another_name_of_an_indicator_changes_no_figure(city: Service, briefing: int):
    patch(city, f"/indicators/{SHARE}", name_en="Adults who own a smartphone")

    assert changes(city, briefing) == []


def test_a_definition_counts_only_where_it_applies(city: Service):
    say(city, "14758", MARCH, indicator=OTHER, numerator=1, denominator=2)
    briefing = newest(city)
    patch(city, f"/indicators/{OTHER}", carry_forward=3, valid_from="2025-07-01")

    assert changes(city, briefing, period="2025-06") == []
    assert the_change(city, briefing, period="2025-07")["causes"] == ["definition_change"]


def test_figures_of_another_unit_are_not_subtracted(city: Service):
    say(city, "14758", "2025-05", indicator="relics_digitised_3d", value=3)
    first = newest(city)
    patch(city, "/indicators/relics_digitised_3d", unit_mult=3)

    row = the_change(city, first, period="2025-05", indicator="relics_digitised_3d")

    assert (row["causes"], row["difference"], row["difference_exact"]) == (["definition_change"], None, None)
    assert (row["before"]["unit_mult"], row["after"]["unit_mult"]) == (0, 3)


def test_an_indicator_that_came_or_went_is_a_change_of_definition(city: Service, briefing: int):
    made = city.get(f"/indicators/{FLAG}").json()
    left_out = ("name", "version", "seq", "retired", "quote", "clause", "definition", "updated_at")
    sent = {k: v for k, v in made.items() if k not in left_out} | {"code": "wards_with_a_kiosk"}
    assert city.post("/indicators", sent, key=city.key("steward")).status_code == 201
    created = newest(city)
    assert city.delete("/indicators/wards_with_a_kiosk", key=city.key("steward"), headers={"If-Match": "*"}).is_success

    came, went = the_change(city, briefing, created), the_change(city, created)

    assert (came["causes"], came["before"], came["after"]["value"]) == (["definition_change"], None, None)
    assert (went["causes"], went["after"], went["before"]["expected"]) == (["definition_change"], None, 47)
    assert changes(city, briefing) == []


def test_a_target_that_stands_beside_the_figure_is_a_cause_and_another_is_not(city: Service, briefing: int):
    targets = city.get("/targets", params={"indicator": FLAG}).json()["data"]
    later = {"indicator": FLAG, "level": "city", "comparator": "ge", "value": 90, "due": "2035-12-31"}
    assert city.post("/targets", later, key=city.key("steward")).status_code == 201
    assert changes(city, briefing, indicator=FLAG) == []
    second = newest(city)
    patch(city, f"/targets/{targets[0]['id']}", value=95)

    row = the_change(city, second)

    assert (row["causes"], row["difference"]) == (["target_change"], 0)
    assert (row["before"]["target_value"], row["after"]["target_value"]) == (100, 95)
    patch(city, f"/targets/{targets[0]['id']}", value=100)


def test_a_new_month_is_shown_beside_what_was_said_of_it_before(city: Service, briefing: int):
    say(city, "14758", "2026-10", indicator=FLAG, value=True)

    row = the_change(city, briefing)

    assert (row["period"], row["cause"], row["before"]["reported"], row["after"]["reported"]) == (
        "2026-10",
        "late_report",
        0,
        1,
    )


def test_the_difference_is_exact(city: Service):
    rows = [{"indicator": SHARE, "area": "380", "numerator": 1, "denominator": 3}]
    key = city.key("submit", areas=("380",))
    assert city.submit(key, rows, period="2025-08").status_code == 201
    first = newest(city)
    rows[0]["numerator"] = 2
    assert city.submit(key, rows, period="2025-08").status_code == 201

    row = the_change(city, first, period="2025-08", indicator=SHARE)

    assert (row["before"]["value"], row["after"]["value"], row["difference"]) == (33.33, 66.67, 33.33)
    assert Fraction(row["difference_exact"]) == Fraction(100, 3)


def test_the_earliest_figure_is_where_the_way_begins_and_its_correction_is_a_cause(city: Service):
    key = city.key("submit", areas=("380",))
    for period, value in (("2025-01", 10), ("2025-09", 40)):
        row = {"indicator": OTHER, "area": "380", "numerator": value, "denominator": 100}
        assert city.submit(key, [row], period=period).status_code == 201
    first = newest(city)
    row = {"indicator": OTHER, "area": "380", "numerator": 89, "denominator": 100}
    assert city.submit(key, [row], period="2025-01").status_code == 201

    found = the_change(city, first, period="2025-09", indicator=OTHER)

    assert found["causes"] == ["correction"]
    assert (found["before"]["value"], found["after"]["value"]) == (40, 40)
    assert found["before"]["progress"] != found["after"]["progress"]


def test_the_calendar_alone_is_no_cause(city: Service):
    city.key("review")
    briefing = newest(city)
    city.now[0] = datetime(2032, 1, 1, tzinfo=UTC)
    city.key("read")  # A change that has nothing to do with figures.
    try:
        later = city.get("/city/compare", params={"from": briefing, "period": "2025-01"}).json()
    finally:
        city.now[0] = datetime(2026, 11, 22, 3, tzinfo=UTC)

    assert later["data"] == []
    assert (later["from"]["today"], later["to"]["today"]) == ("2026-11-22", "2032-01-01")


def test_an_area_change_touches_the_figures_of_its_day_on(service: Service):
    say(service, "14758", "2025-06", numerator=1, denominator=2)
    first = newest(service)
    assert service.post("/area-changes", {"file": "2025-07-01"}, key=service.key("steward")).status_code == 201
    second = newest(service)
    key = service.key("submit", areas=("14758-202507",))
    assert service.submit(key, [{"indicator": SHARE, "numerator": 1, "denominator": 2}], period="2025-07").is_success

    assert changes(service, first, second, period="2025-06") == []
    july = changes(service, first, second, period="2025-07")
    assert {tuple(row["causes"]) for row in july} == {("area_change",)}
    share = next(row for row in july if row["indicator"] == SHARE)
    assert (share["before"]["expected"], share["after"]["expected"]) == (47, 7)
    assert the_change(service, second, period="2025-07")["causes"] == ["late_report"]


def test_a_weight_that_was_corrected_is_a_cause(service: Service):
    steward = service.key("steward")
    given = {
        "domain": "government",
        "measure": "count",
        "rollup": "sum",
        "over_time": "latest",
        "frequency": "M",
        "level": "commune",
        "unit": "NUMBER",
        "decimals": 0,
        "direction": "up",
        "valid_from": "2025-01-01",
        "definition_vi": "Dân số",
        "definition_en": "Residents",
    }
    residents = given | {"code": "residents", "name_vi": "Dân số", "name_en": "Residents"}
    mean = {"rollup": "weighted_mean", "weight": "residents", "code": "satisfaction", "name_vi": "Hài lòng"}
    for sent in (residents, given | mean | {"name_en": "Satisfaction"}):
        answer = service.post("/indicators", sent, key=steward)
        assert answer.status_code == 201, answer.text
    for ward, score, people in (("14758", 10, 100), ("14761", 20, 100)):
        say(service, ward, MARCH, indicator="satisfaction", value=score)
        say(service, ward, MARCH, indicator="residents", value=people)
    first = newest(service)
    say(service, "14761", MARCH, indicator="residents", value=300)

    row = the_change(service, first, period=MARCH, indicator="satisfaction")

    assert (row["causes"], row["corrections"]) == (["correction"], 1)
    assert (row["before"]["rolled_up_value"], row["after"]["rolled_up_value"]) == (15, 18)


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter"),
    [
        ("", 422, "required", "from"),
        ("from=99999", 422, "as-of-in-future", "from"),
        ("from=1&to=0", 422, "range-reversed", "from"),
        ("from=1&period=03/2025", 422, "period-malformed", "period"),
        ("from=1&domain=goverment", 422, "not-one-of", "domain"),
        ("from=1&indicator=commune_dx_complete", 422, "unknown-indicator", "indicator"),
        ("from=1&area=14758", 422, "area-not-a-city", "area"),
        ("from=1&fields=valeu", 400, "unknown-field", "fields"),
        ("from=1&limit=1", 400, "unknown-parameter", "limit"),
    ],
)
def test_a_wrong_question_is_refused_by_name(shared: Service, query: str, status: int, code: str, parameter: str):
    refused = shared.get(f"/city/compare?{query}")

    assert refused.status_code == status, refused.text
    fault = refused.json()["errors"][0]
    assert (fault["code"], fault["parameter"]) == (code, parameter)


def test_of_a_time_before_anything_was_known_there_is_nothing_to_compare(city: Service):
    assert city.get("/city/compare?from=0&to=0").json()["data"] == []
    came = changes(city, 0, 1)
    assert {row["before"] for row in came} == {None}
    assert {row["cause"] for row in came} == {"definition_change"}
