"""Unusual changes over HTTP: a warning beside a ward's row, a list for the steering committee."""

import pytest

MADE = {
    "code": "visits",
    "domain": "government",
    "measure": "count",
    "rollup": "sum",
    "level": "commune",
    "frequency": "M",
    "decimals": 0,
    "name_vi": "Lượt truy cập",
    "name_en": "Visits",
}
# Changes 2, 1, 3, 2, 4: median 2, MAD 1, so from 22 on 18.8109 to 29.1891 is usual.
HISTORY = dict(zip((f"2025-0{n}" for n in range(1, 7)), (10, 12, 13, 16, 18, 22), strict=True))


@pytest.fixture
def ward(service):
    assert service.post("/indicators", MADE, key=service.key("steward")).status_code == 201
    return service.ward("14758")


def send(service, ward, values, **more):
    rows = [{"indicator": "visits", "period": period, "value": value} for period, value in values.items()]
    answer = service.submit(ward, rows, **more)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def findings(receipt):
    return [finding for result in receipt["results"] for finding in result["findings"]]


def test_a_jump_is_stored_with_a_warning_that_tells_its_arithmetic(service, ward):
    send(service, ward, HISTORY)

    receipt = send(service, ward, {"2025-07": 220}, headers={"Accept-Language": "en"})

    (finding,) = findings(receipt)
    assert (receipt["state"], receipt["summary"]["created"], receipt["summary"]["warnings"]) == ("accepted", 1, 1)
    assert (finding["code"], finding["severity"], finding["pointer"]) == ("unusual-change", "warning", "/rows/0/value")
    assert (finding["given"], finding["expected"]) == (220, "18.81 … 29.19")
    for said in ("figure 220 changed by 198", "before (22)", "by 2,", "5.19", "mad_of_changes", "MAD 1,", "6 figures"):
        assert said in finding["message"], said
    cell = service.get("/observations/visits.14758-202501.2025-07").json()
    assert (cell["value"], cell["withdrawn"]) == (220, False)
    assert service.get(f"/submissions/{receipt['id']}", key=ward).json()["results"][0]["findings"][0]["given"] == 220


def test_validating_warns_alike_and_stores_nothing(service, ward):
    send(service, ward, HISTORY)
    before = service.get("/changes", params={"limit": 1}).json()["seq"]

    checked = service.post(
        "/submissions?mode=validate",
        {"period": "2025-07", "rows": [{"indicator": "visits", "value": 1}]},
        key=ward,
    ).json()

    assert [f["code"] for f in findings(checked)] == ["unusual-change"]
    assert checked["summary"]["warnings"] == 1
    assert service.get("/changes", params={"limit": 1}).json()["seq"] == before


def test_what_is_usual_small_or_has_too_short_a_history_gets_no_warning(service, ward):
    early = [send(service, ward, {period: value}) for period, value in HISTORY.items()]
    usual = send(service, ward, {"2025-07": 29})
    short = send(service, ward, {"2025-03": 500})

    assert [findings(receipt) for receipt in (*early, usual, short)] == [[]] * 8


def test_a_history_sent_at_once_is_screened_in_its_own_order(service, ward):
    months = [*HISTORY.items(), ("2025-07", 24), ("2025-08", 2600), ("2025-09", 28)]

    receipt = send(service, ward, dict(reversed(months)))

    # September falls back from the slip in August: both are named, July is not.
    assert [r["index"] for r in receipt["results"] if r["findings"]] == [0, 1]


def test_flags_bounds_withheld_and_withdrawn_ones_are_no_readings_of_the_series(service, ward):
    send(service, ward, HISTORY)
    rows = [{"indicator": "visits", "value": 900, "qualifier": "gt"}]
    bounded = service.submit(ward, rows, period="2025-07").json()
    withheld = service.submit(ward, [{"indicator": "visits", "status": "Q"}], period="2025-08").json()
    withdrawn = service.delete("/observations/visits.14758-202501.2025-06", key=ward, headers={"If-Match": "*"})
    flag = {"indicator": "commune_dx_completed", "value": False}
    flags = [service.submit(ward, [flag | {"value": m == 9}], period=f"2025-0{m}").json() for m in range(1, 10)]
    few = send(service, ward, {"2025-09": 900})

    assert withdrawn.status_code == 200
    assert [findings(r) for r in (bounded, withheld, *flags, few)] == [[]] * 12


def test_a_ratio_is_screened_by_its_share(service):
    ward, code = service.ward("14758"), "adults_with_smartphone_rate"
    for month in range(1, 8):
        rows = [{"indicator": code, "numerator": 8000 + 10 * month, "denominator": 10_000}]
        assert findings(service.submit(ward, rows, period=f"2025-0{month}").json()) == []

    slip = service.submit(ward, [{"indicator": code, "numerator": 808, "denominator": 10_000}], period="2025-08").json()

    (finding,) = findings(slip)
    assert (finding["pointer"], finding["given"]) == ("/rows/0/numerator", 808)
    assert finding["expected"] == "80.8 … 80.8"


def test_the_committee_sees_them_in_one_list(service, ward):
    send(service, ward, HISTORY | {"2025-07": 220})
    other = service.ward("14761")
    send(service, other, HISTORY | {"2025-07": 23})

    found = service.get("/city/outliers", params={"lang": "en"}).json()

    (row,) = found["data"]
    assert (row["indicator"], row["area"], row["period"], row["value"]) == ("visits", "14758-202501", "2025-07", 220)
    assert (row["previous_period"], row["previous_value"], row["change"]) == ("2025-06", 22, 198)
    assert (row["median_change"], row["mad"], row["limit"], row["readings"]) == (2, 1, 5.19, 6)
    assert (row["lowest"], row["highest"], row["method"], row["name"]) == (18.81, 29.19, "mad_of_changes", "Visits")
    assert service.get(f"/observations/{row['observation']}").status_code == 200


def test_the_list_of_a_year_an_indicator_and_of_then(service, ward):
    sent = send(service, ward, HISTORY | {"2025-07": 220, "2025-08": 24})

    def periods(**asked):
        answer = service.get("/city/outliers", params=asked)
        assert answer.status_code == 200, answer.text
        return [row["period"] for row in answer.json()["data"]]

    assert periods() == ["2025-08"]
    assert periods(period="2025") == periods(period="2025-Q3") == ["2025-07", "2025-08"]
    assert periods(period="2025-07", indicator="visits") == ["2025-07"]
    assert periods(period="2025-07", indicator="adults_with_smartphone_rate") == []
    trimmed = service.get("/city/outliers", params={"period": "2025-07", "fields": "area,change"}).json()["data"]
    assert trimmed == [{"area": "14758-202501", "change": 198}]
    right = {"value": 23}
    cell = "/observations/visits.14758-202501.2025-07"
    assert service.patch(cell, right, key=ward, headers={"If-Match": "*"}).status_code == 200
    assert periods(period="2025") == []
    assert periods(period="2025", as_of=sent["seq"]) == ["2025-07", "2025-08"]
    assert periods(period="2025", as_of=sent["seq"] - 1) == periods(period="2030") == []
    assert service.get("/city/outliers", params={"indicator": "visit"}).json()["errors"][0]["hint"] == "visits"
    assert service.get("/city/outliers", params={"area": "14758"}).json()["code"] == "area-not-a-city"


def test_another_version_begins_another_history(service, ward):
    send(service, ward, HISTORY)
    changed = {"decimals": 1, "unit_mult": 3, "valid_from": "2025-07-01"}
    revised = service.patch("/indicators/visits", changed, key=service.key("steward"), headers={"If-Match": "*"})
    assert revised.status_code == 200, revised.text

    # 0.022 thousands are the 22 of June, told in another unit; only that a count has decimals is remarked.
    assert [f["code"] for f in findings(send(service, ward, {"2025-07": 0.022}))] == ["fractional-count"]
