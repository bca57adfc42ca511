"""Forecast and what-if over HTTP: the plan's 33 of 47, a straight line of months, refusals."""

import pytest

MADE = {
    "code": "line_x",
    "domain": "government",
    "measure": "amount",
    "unit": "NUMBER",
    "rollup": "none",
    "level": "city",
    "frequency": "M",
    "decimals": 2,
    "name_vi": "Thử",
    "name_en": "Trial",
    "definition_vi": "thử",
    "definition_en": "a trial",
    "valid_from": "2024-01-01",
}
TARGET = {"level": "city", "comparator": "ge", "value": 500, "due": "2026-12-31"}
# A straight line in days: the last days of four months lie 31 + 28 days, then 31, then 30 apart.
LINE = {"2025-01": 31, "2025-02": 59, "2025-03": 90, "2025-04": 120}


@pytest.fixture
def steward(service):
    return service.key("steward")


def made(service, steward, values, **more):
    assert service.post("/indicators", MADE | more, key=steward).status_code == 201
    city = service.key("submit", areas=("380",))
    for period, value in values.items():
        sent = service.submit(city, [{"indicator": "line_x", "value": value}], period=period)
        assert sent.status_code == 201, sent.text


def test_a_straight_line_is_forecast_exactly_and_its_target_has_a_day(service, steward):
    made(service, steward, LINE)
    assert service.post("/targets", TARGET | {"indicator": "line_x"}, key=steward).status_code == 201

    found = service.get("/city/forecast", params={"indicator": "line_x"}).json()
    other = service.get("/city/forecast", params={"indicator": "line_x", "due": "2025-12-31"}).json()

    assert (found["due"], found["value"], found["low"], found["high"], found["status"]) == (
        "2026-12-31",
        730,
        730,
        730,
        "F",
    )
    # Day 500 counted from 2024-12-31.
    assert found["reached_on"] == "2026-05-15"
    assert (other["due"], other["value"]) == ("2025-12-31", 365)
    assert [r["value"] for r in found["readings"]] == [31, 59, 90, 120]
    assert found["slope_per_day"] == 1


def test_a_target_reached_already_shows_the_day_of_the_reading(service, steward):
    made(service, steward, LINE)
    service.post("/targets", TARGET | {"indicator": "line_x", "value": 100}, key=steward)

    assert service.get("/city/forecast", params={"indicator": "line_x"}).json()["reached_on"] == "2025-04-30"


def test_too_few_readings_and_no_day_are_refused_with_the_reason(service, steward):
    made(service, steward, {k: LINE[k] for k in ("2025-01", "2025-02", "2025-04")})
    asked = {"indicator": "line_x", "due": "2026-12-31"}

    few = service.get("/city/forecast", params=asked)
    none = service.get("/city/forecast", params={"indicator": "line_x"})
    bad = service.get("/city/forecast", params={"indicator": "line_x", "due": "2026-13-31"})

    assert (few.status_code, few.json()["code"], few.json()["errors"][0]["given"]) == (422, "too-few-readings", 3)
    assert (none.status_code, none.json()["errors"][0]["parameter"]) == (422, "due")
    assert (bad.status_code, bad.json()["errors"][0]["parameter"]) == (422, "due")


def test_a_bound_is_no_reading_of_the_line(service, steward):
    made(service, steward, LINE)
    city = service.key("submit", areas=("380",))
    service.submit(city, [{"indicator": "line_x", "value": 9, "qualifier": "gt"}], period="2025-05")

    found = service.get("/city/forecast", params={"indicator": "line_x", "due": "2025-12-31"}).json()

    assert (len(found["readings"]), found["value"]) == (4, 365)


def test_a_forecast_of_then_stays_as_it_was(service, steward):
    made(service, steward, LINE)
    asked = {"indicator": "line_x", "due": "2025-12-31"}
    then = service.get("/city/forecast", params=asked).json()
    made_later = service.submit(
        service.key("submit", areas=("380",)), [{"indicator": "line_x", "value": 99}], period="2025-06"
    )

    assert service.get("/city/forecast", params=asked | {"as_of": made_later.json()["seq"] - 1}).json() == then


def test_fourteen_more_wards_for_the_plans_hundred_per_cent_whose_day_has_passed(service, steward):
    asked = {"indicator": "commune_dx_completed"}
    later = {"indicator": "commune_dx_completed", "level": "city", "comparator": "ge", "value": 90, "due": "2026-12-31"}
    assert service.post("/targets", later, key=steward).status_code == 201

    overdue, coming = service.get("/city/what-if", params=asked).json()["data"][:2]

    assert (overdue["numerator"], overdue["denominator"]) == (33, 47)
    assert (overdue["comparator"], overdue["target_value"], overdue["gap"]) == ("eq", 100, 29.79)
    assert (overdue["areas_needed"], overdue["areas_more"]) == (47, 14)
    assert (overdue["today"], overdue["due"], overdue["days_left"]) == ("2026-11-22", "2025-12-31", -326)
    assert (overdue["months_left"], overdue["value_per_month"], overdue["numerator_more_per_month"]) == (None,) * 3
    # 43 of 47 are 91.49 %, 42 too few; ten wards in the 39 days until the end of the year.
    assert (coming["areas_more"], coming["days_left"], coming["months_left"]) == (10, 39, 1.28)
    assert coming["numerator_more_per_month"] == 7.8


@pytest.mark.parametrize(
    ("comparator", "value", "needed", "more"), [("ge", 80, 8000, 2000), ("gt", 80, 8001, 2001), ("ge", 50, 5000, 0)]
)
def test_a_ratio_lacks_whole_people_at_the_present_denominator(service, steward, comparator, value, needed, more):
    ratio = {"measure": "ratio", "unit": "PT", "rollup": "ratio_of_sums", "level": "commune", "min_coverage": 0.01}
    assert service.post("/indicators", MADE | ratio, key=steward).status_code == 201
    sent = service.submit(service.ward("14758"), [{"indicator": "line_x", "numerator": 6000, "denominator": 10000}])
    assert sent.status_code == 201
    aim = {"indicator": "line_x", "level": "city", "comparator": comparator, "value": value, "due": "2026-12-31"}
    assert service.post("/targets", aim, key=steward).status_code == 201

    (row,) = service.get("/city/what-if", params={"indicator": "line_x"}).json()["data"]

    assert (row["numerator_needed"], row["numerator_more"], row["areas_needed"]) == (needed, more, None)


def test_without_a_figure_or_a_target_nothing_is_invented(service, steward):
    made(service, steward, {})
    assert service.get("/city/what-if", params={"indicator": "line_x"}).json()["data"] == []
    service.post("/targets", TARGET | {"indicator": "line_x"}, key=steward)

    (row,) = service.get("/city/what-if", params={"indicator": "line_x"}).json()["data"]

    assert (row["value"], row["gap"], row["met"], row["areas_more"], row["value_per_month"]) == (None,) * 5
