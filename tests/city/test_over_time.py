"""From months to quarters, half-years and years: stocks, flows and means, alone and as ratios (rules.md 4)."""

from typing import Any

import pytest

MONTHS = {"2025-01": 1, "2025-02": 2, "2025-03": 6, "2025-04": 4, "2025-05": 8, "2025-06": 9}
LONGER = ("2025-Q1", "2025-Q2", "2025-S1", "2025")
# What one ward's months come to: value, and whether the ward counts as reported or is missing.
NUMBERS: dict[str, dict[str, int | None]] = {
    "latest": {"2025-Q1": 6, "2025-Q2": 9, "2025-S1": 9, "2025": 9},
    "sum": {"2025-Q1": 9, "2025-Q2": 21, "2025-S1": 30, "2025": None},
    "mean": {"2025-Q1": 3, "2025-Q2": 7, "2025-S1": 5, "2025": None},
}
# Of 10 each month (February: of 20): a stock is the last month's ratio, the others that of the summed components.
RATIOS = {
    "latest": {"2025-Q1": (6, 10), "2025-Q2": (9, 10), "2025-S1": (9, 10), "2025": (9, 10)},
    "sum": {"2025-Q1": (9, 40), "2025-Q2": (21, 30), "2025-S1": (30, 70), "2025": None},
    "mean": {"2025-Q1": (9, 40), "2025-Q2": (21, 30), "2025-S1": (30, 70), "2025": None},
}


def define(service, code, **rules):
    usual: dict[str, Any] = {
        "code": code,
        "name_vi": "Số",
        "name_en": "N",
        "domain": "government",
        "frequency": "M",
        "level": "commune",
    }
    rules = {"measure": "count", "rollup": "sum", "min_coverage": 0.001} | rules
    assert service.post("/indicators", usual | rules, key=service.key("steward")).status_code == 201


def report(service, code, ward, said):
    rows = [{"indicator": code, "period": period} | what for period, what in said.items()]
    assert service.submit(service.ward(ward), rows).status_code == 201


def by_period(service, code, **asked):
    answer = service.get("/city/series", params={"indicator": code, **asked})
    assert answer.status_code == 200, answer.text
    return {row["period"]: row for row in answer.json()["data"]}


def figures(service, code):
    """Each longer period's row, by snapshot and by series alike."""
    shown = {}
    for period in LONGER:
        (row,) = service.get("/city/snapshot", params={"indicator": code, "period": period}).json()["data"]
        frequency = {"Q": "Q", "S": "S"}.get(period[5:6], "A")
        assert by_period(service, code, frequency=frequency)[period] == row
        shown[period] = row
    return shown


@pytest.mark.parametrize("over_time", ["latest", "sum", "mean"])
def test_numbers_over_longer_periods(service, over_time):
    define(service, "visits", over_time=over_time)
    report(service, "visits", "14758", {period: {"value": value} for period, value in MONTHS.items()})

    rows = figures(service, "visits")

    assert {period: row["value"] for period, row in rows.items()} == NUMBERS[over_time]
    for period, row in rows.items():
        whole = NUMBERS[over_time][period] is not None
        assert (row["reported"], row["missing"], row["status"]) == ((1, 46, "P") if whole else (0, 47, "A")), period
        assert (row["value_period"], row["basis"]) == ((period, "rolled_up") if whole else (None, "none"))


@pytest.mark.parametrize("over_time", ["latest", "sum", "mean"])
def test_ratios_over_longer_periods_go_through_their_components(service, over_time):
    define(service, "share", measure="ratio", rollup="ratio_of_sums", over_time=over_time)
    said = {p: {"numerator": n, "denominator": 20 if p == "2025-02" else 10} for p, n in MONTHS.items()}
    report(service, "share", "14758", said)

    rows = figures(service, "share")

    found = {p: r["value"] and (r["numerator"], r["denominator"]) for p, r in rows.items()}
    assert found == RATIOS[over_time]
    assert rows["2025-Q1"]["value"] == (60 if over_time == "latest" else 22.5)


def test_a_ward_that_lacks_a_month_is_missing_from_totals_and_means_and_named(service):
    for code, over_time in (("flow", "sum"), ("mean", "mean"), ("stock", "latest")):
        define(service, code, over_time=over_time)
        report(service, code, "14758", {p: {"value": 10} for p in ("2025-01", "2025-02", "2025-03")})
        report(service, code, "14761", {p: {"value": 10} for p in ("2025-01", "2025-03")})

    shown = {code: by_period(service, code, frequency="Q")["2025-Q1"] for code in ("flow", "mean", "stock")}
    lacking = service.get("/city/explain", params={"indicator": "flow", "period": "2025-Q1"}).json()["missing"]

    assert {code: (r["value"], r["reported"], r["missing"]) for code, r in shown.items()} == {
        "flow": (30, 1, 46), "mean": (10, 1, 46), "stock": (20, 2, 45),
    }  # fmt: skip
    assert [(a["area"], a["reason"]) for a in lacking if a["observations"]] == [("14761-202501", "incomplete")]


def test_an_earlier_stock_is_carried_into_a_longer_period_and_named(service):
    define(service, "stock")
    report(service, "stock", "14758", {"2025-01": {"value": 7}})

    row = by_period(service, "stock", frequency="Q", period_to="2025-12")["2025-Q4"]
    explained = service.get("/city/explain", params={"indicator": "stock", "period": "2025-Q4"}).json()

    assert (row["value"], row["reported"], row["carried"], row["missing"]) == (7, 0, 1, 46)
    assert [(a["area"], a["reason"], a["observations"]) for a in explained["carried"]] == [
        ("14758-202501", "carried", ["stock.14758-202501.2025-01"])
    ]
    assert "14758-202501" not in {a["area"] for a in explained["missing"]}


def test_a_series_of_shorter_periods_shows_the_last_own_one_that_had_ended(service):
    define(service, "budget", frequency="Q")
    report(service, "budget", "14758", {"2025-Q1": {"value": 7}, "2025-Q2": {"value": 9}})

    rows = by_period(service, "budget", frequency="M")

    assert [(p, r["value"], r["value_period"]) for p, r in rows.items()] == [
        ("2025-03", 7, "2025-Q1"), ("2025-04", 7, "2025-Q1"), ("2025-05", 7, "2025-Q1"), ("2025-06", 9, "2025-Q2"),
    ]  # fmt: skip
    assert by_period(service, "budget", frequency="A", period_from="2025-Q2").keys() == {"2025"}
    refused = service.get("/city/series", params={"indicator": "budget", "frequency": "W"})
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "frequency")
