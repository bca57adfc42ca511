"""Old figures on the new map: exact, estimated by entered shares, or not comparable, and never a stored row changed."""

import json
from decimal import Decimal

import pytest

from tests.areas.test_apply import NEW, applied, revisions
from tests.city.clerk import check, explained
from tests.service import running

RATIO, COUNT, FLAG = "adults_with_smartphone_rate", "geo_households", "commune_dx_completed"
LOWEST, AMOUNT = "geo_lowest", "geo_budget"
DONG_THO, AN_HUNG = ("14755", "14758", "14761", "14791", "15859"), ("14803", "16435")
QUANG_PHU = ("14800", "14806", "16441", "16459", "16507", "16522", "16525")
NGUYET_VIEN = ("15913", "15922", "15925", "15970")
MAP = {"geography": "2025-07-01"}
BASIS = "Dân số theo hộ, biên bản bàn giao"


def defined(service, code, **more):
    body = {
        "code": code,
        "name_vi": code,
        "name_en": code,
        "domain": "economy",
        "measure": "count",
        "rollup": "sum",
        "over_time": "latest",
        "carry_forward": 12,
        "min_coverage": 0.8,
        "frequency": "M",
        "level": "commune",
        "unit": "NUMBER",
        "unit_mult": 0,
        "decimals": 0,
        "direction": "up",
        "criterion": None,
        "weight": None,
        "definition_vi": code,
        "definition_en": code,
        "clause": None,
        "valid_from": "2025-01-01",
    } | more
    answer = service.post("/indicators", body, key=service.key("steward"))
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def reorganised(shared):
    return spoken(shared)


@pytest.fixture
def city(reorganised):
    """Every ward has spoken for 2025-05, ward number n of n; the change is applied, and no share stands."""
    yield reorganised
    for old in ("14758", "16435"):
        path = f"/area-changes/2025-07-01/shares/{old}"
        gone = reorganised.delete(path, key=reorganised.key("steward"), headers={"If-Match": "*"})
        assert gone.status_code in (200, 404), gone.text


def spoken(service):
    defined(service, COUNT)
    defined(service, LOWEST, rollup="min")
    defined(service, AMOUNT, measure="amount", unit="VND")
    codes = sorted(a["code"] for a in service.get("/areas", params={"level": "commune", "limit": 100}).json()["data"])
    service.number = {code: n for n, code in enumerate(codes, start=1)}
    rows = []
    for code, n in service.number.items():
        rows.append({"indicator": RATIO, "area": code, "numerator": n, "denominator": 100})
        rows += [{"indicator": name, "area": code, "value": n} for name in (COUNT, LOWEST, AMOUNT)]
        rows.append({"indicator": FLAG, "area": code, "value": True})
    sent = service.submit(service.key("admin"), rows, period="2025-05")
    assert sent.status_code == 201, sent.text
    applied(service)
    return service


def ranked(service, indicator=RATIO, period="2025-05", **more):
    answer = service.get("/city/ranking", params={"indicator": indicator, "period": period} | MAP | more)
    assert answer.status_code == 200, answer.text
    rows = json.loads(answer.text, parse_float=Decimal)["data"]
    return {row["area"].partition("-")[0]: row for row in rows}


def told(rows):
    return {code: (row["comparability"], row["reason"]) for code, row in rows.items()}


def enter(service, *shares, **more):
    sent = [{"old": o, "new": n, "share": s, "basis": BASIS} for o, n, s in shares]
    return service.post("/area-changes/2025-07-01/shares", {"shares": sent}, key=service.key("steward"), **more)


ALL = (("14758", "14758", 0.62), ("14758", "14797", 0.38), ("16435", "14797", 0.5), ("16435", "16417", 0.5))


def test_ratios_go_through_their_components_and_counts_add_up(city):
    shares, counts = ranked(city), ranked(city, COUNT)

    numbers = [city.number[code] for code in QUANG_PHU]
    quang_phu = shares["16522"]
    assert (quang_phu["numerator"], quang_phu["denominator"]) == (sum(numbers), 700)
    assert (quang_phu["comparability"], quang_phu["status"], quang_phu["period"]) == ("exact", "A", "2025-05")
    assert counts["15925"]["value"] == sum(city.number[code] for code in NGUYET_VIEN)
    assert (
        told(shares)
        == told(counts)
        == {
            "16522": ("exact", None),
            "16378": ("exact", None),
            "15925": ("exact", None),
            "14797": ("not_comparable", "share-missing"),
            "16417": ("not_comparable", "share-missing"),
            "14758": ("not_comparable", "share-missing"),
            "15853": ("not_comparable", "outside-predecessor"),
        }
    )
    assert [shares[code]["value"] for code in ("14797", "15853")] == [None, None]


def test_flags_and_amounts_are_not_comparable_and_the_lowest_of_whole_predecessors_is_exact(city):
    lowest = ranked(city, LOWEST)

    assert {reason for _, reason in told(ranked(city, FLAG)).values()} == {"not-additive"}
    assert {reason for _, reason in told(ranked(city, AMOUNT)).values()} == {"not-additive"}
    assert lowest["16522"]["value"] == min(city.number[code] for code in QUANG_PHU)
    assert told(lowest)["14797"] == ("not_comparable", "share-of-extreme")


def test_a_silent_predecessor_is_never_carried_over(city):
    city.submit(city.key("admin"), [{"indicator": COUNT, "area": "14800", "value": 5}], period="2025-06")

    assert told(ranked(city, COUNT, "2025-06"))["16522"] == ("not_comparable", "predecessor-silent")
    assert told(ranked(city, COUNT, "2025-Q2"))["16522"] == ("exact", None)


def test_entered_shares_make_estimates_that_name_them_and_withdrawn_ones_take_them_back(city):
    before = ranked(city, COUNT)
    seq = int(city.get("/areas").headers["x-seq"])

    entered = enter(city, *ALL)

    assert entered.status_code == 200, entered.text
    after = ranked(city, COUNT)
    n = city.number
    whole = sum(n[code] for code in DONG_THO if code != "14758")
    assert after["14758"]["comparability"] == "estimated"
    assert after["14758"]["status"] == "E"
    assert after["14758"]["shares"] == [
        {"area": "14758-202501", "of": "14758-202507", "share": Decimal("0.62"), "basis": BASIS}
    ]
    detail = city.get("/observations", params={"indicator": COUNT, "period": "2025-05", "area": "14758"} | MAP)
    exact = json.loads(detail.text, parse_float=Decimal)["data"][0]
    assert exact["value"] == whole + Decimal("0.62") * n["14758"]
    assert len(after["14797"]["shares"]) == 2
    assert ranked(city, COUNT, as_of=seq) == before
    listed = city.get("/area-changes/2025-07-01/shares", params={"fields": "old,share"})
    assert {"old": "14758-202501", "share": 0.62} in listed.json()["data"]
    tag = listed.headers["etag"]
    path, key = "/area-changes/2025-07-01/shares/14758-202501", city.key("steward")
    assert city.delete(path, key=key).status_code == 428
    withdrawn = city.delete(path, key=key, headers={"If-Match": tag})
    assert withdrawn.status_code == 200, withdrawn.text
    assert told(ranked(city, COUNT))["14758"] == ("not_comparable", "share-missing")
    assert city.delete(path, key=key, headers={"If-Match": tag}).status_code == 412
    assert city.delete(path, key=key, headers={"If-Match": "*"}).json()["code"] == "share-not-found"


def test_the_share_is_told_in_the_feed_the_change_and_the_preview(city):
    seq = int(enter(city, *ALL).headers["x-seq"])

    (change,) = city.get("/changes", params={"after": seq - 1}).json()["data"]
    assert (change["type"], change["subject"]) == ("area_change.shares_entered", "2025-07-01")
    links = city.get("/area-changes/2025-07-01").json()["links"]
    assert {k["share_basis"] for k in links if k["extent"] == "part"} == {BASIS}
    preview = city.get("/area-changes/preview", params={"file": "2025-07-01"}, key=city.key("steward")).json()
    effects = {e["indicator"]: {a["area"]: a["effect"] for a in e["areas"]} for e in preview["indicators"]}
    assert effects[COUNT]["14797-202507"] == "estimated"
    assert int(enter(city, *ALL).headers["x-seq"]) == seq


@pytest.mark.parametrize(
    ("shares", "faults"),
    [
        ([("14758", "14758", 0.62), ("14758", "14797", 0.37)], [("/shares/0", "shares-contradict")]),
        ([("14758", "14758", 1)], [("/shares/0/share", "share-out-of-range")]),
        ([("14758", "14758", 0)], [("/shares/0/share", "share-out-of-range")]),
        ([("14758", "14758", -0.1)], [("/shares/0/share", "share-out-of-range")]),
        ([("14755", "14758", 0.5)], [("/shares/0", "link-not-in-part")]),
        ([("99999", "14758", 0.5)], [("/shares/0/old", "unknown-area")]),
        ([("14758", "14758", 0.5), ("14758", "14758", 0.4)], [("/shares/1", "link-contradicts")]),
    ],
)
def test_shares_that_cannot_be_are_refused_and_none_is_stored(changed, shares, faults):
    refused = enter(changed, *shares)

    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == faults
    listed = changed.get("/area-changes/2025-07-01/shares").json()["data"]
    assert [row["share"] for row in listed] == [None] * 4


@pytest.fixture(scope="module")
def changed(databases, tmp_path_factory):
    """A service with the change applied, for what stores nothing."""
    with databases.fresh("sqlite", tmp_path_factory.mktemp("shares")) as url, running(url) as service:
        applied(service)
        yield service


def test_a_part_may_get_its_share_before_the_others(city):
    assert enter(city, ALL[0]).status_code == 200
    assert told(ranked(city))["14758"][0] == "estimated"
    assert told(ranked(city))["14797"] == ("not_comparable", "share-missing")


def test_the_city_figure_stands_on_the_seven_areas_of_the_map(city):
    asked = {"indicator": COUNT, "period_from": "2025-05", "period_to": "2025-05"} | MAP
    partial = city.get("/city/series", params=asked).json()["data"][0]
    enter(city, *ALL)
    estimated = city.get("/city/series", params=asked).json()["data"][0]

    assert (partial["expected"], partial["reported"], partial["missing"]) == (7, 3, 4)
    assert (partial["quality"], partial["status"], partial["comparability"]) == ("partial", "P", "exact")
    assert (estimated["reported"], estimated["quality"], estimated["status"]) == (6, "ok", "E")
    assert (estimated["comparability"], len(estimated["shares"])) == ("estimated", 4)
    inside = [n for code, n in city.number.items() if code not in ("15850", "15856", "16396", "16402", "16405")]
    assert estimated["value"] == sum(inside)
    plain = city.get("/city/series", params={k: v for k, v in asked.items() if k != "geography"}).json()["data"][0]
    assert (plain["value"], plain["expected"], "geography" in plain) == (sum(city.number.values()), 47, False)


def test_what_only_the_city_reported_is_unaffected_and_flags_have_no_roll_up(city):
    rows = city.get("/city/snapshot", params={"period": "2025-05"} | MAP).json()["data"]

    row = next(r for r in rows if r["indicator"] == FLAG)
    assert (row["basis"], row["comparability"], row["reason"]) == ("reported", "unaffected", "not-additive")
    assert (row["rolled_up_value"], row["value"], row["expected"]) == (None, 70.21, 7)
    amount = next(r for r in rows if r["indicator"] == AMOUNT)
    assert (amount["value"], amount["comparability"], amount["reason"]) == (None, "not_comparable", "not-additive")


def test_observations_are_told_for_the_areas_of_the_map(city):
    asked = {"indicator": RATIO, "period": "2025-05"} | MAP
    every = city.get("/observations", params=asked | {"count": "exact"}).json()

    rows = {row["area"]: row for row in every["data"]}
    assert (every["count"], len(rows)) == (7, 7)
    quang_phu = rows["16522-202507"]
    assert (quang_phu["numerator"], quang_phu["denominator"]) == (sum(city.number[c] for c in QUANG_PHU), 700)
    assert (quang_phu["comparability"], quang_phu["status"]) == ("exact", "A")
    dong_tien = rows["15853-202507"]
    assert (dong_tien["value"], dong_tien["reason"]) == (None, "outside-predecessor")
    # Page by page the same, in the same order.
    paged, cursor = [], None
    while True:
        page = city.get("/observations", params=asked | {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        paged += page["data"]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == every["data"]
    assert [r["area"] for r in paged] == sorted(rows)


def test_an_area_that_is_not_on_the_map_is_refused_with_those_that_are(city):
    refused = city.get("/observations", params={"area": "14758-202501"} | MAP)

    assert (refused.status_code, refused.json()["code"]) == (422, "area-not-on-map")
    assert refused.json()["errors"][0]["hint"] == "14758-202507, 14797-202507"


def test_an_older_map_has_no_figures_after_its_areas_ended(city):
    rows = [{"indicator": COUNT, "area": "16522", "value": 9}]
    assert city.submit(city.key("admin"), rows, period="2025-08").status_code == 201

    told_old = ranked(city, COUNT, "2025-08", geography="2025-06-30")
    assert len(told_old) == 47
    assert set(told(told_old).values()) == {("not_comparable", "older-map")}
    assert {told_old[c]["value"] for c in QUANG_PHU} == {None}
    listed = city.get("/observations", params={"period": "2025-08", "geography": "2025-06-30"}).json()["data"]
    assert {row["area"].partition("-")[0] for row in listed} == set(QUANG_PHU)


@pytest.mark.parametrize("path", ["/observations", "/city/snapshot", "/city/series", "/city/ranking", "/city/explain"])
@pytest.mark.parametrize(
    ("day", "code"),
    [("2025-13-01", "not-a-date"), ("hôm nay", "not-a-date"), ("2025-07", "not-a-date"), ("1990-01-01", None)],
)
def test_a_map_that_is_none_is_refused_by_name(changed, path, day, code):
    params = {"geography": day} | ({} if path in ("/observations", "/city/snapshot") else {"indicator": RATIO})

    refused = changed.get(path, params=params)

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["parameter"]) == (422, "geography")
    assert error["code"] == (code or "geography-without-areas")


@pytest.mark.parametrize("indicator", [RATIO, COUNT, LOWEST, FLAG, AMOUNT])
def test_a_figure_on_the_map_can_be_redone_from_its_explanation(city, indicator):
    enter(city, *ALL)

    answer = explained(city, indicator=indicator, period="2025-05", **MAP)

    figure = answer["figure"]
    check(answer)
    if indicator in (RATIO, COUNT):
        assert (figure["comparability"], figure["status"]) == ("estimated", "E")
        halves = [r for r in answer["data"] if r["area"] == "16435-202501"]
        assert sorted((r["into"], r["share"]) for r in halves) == [
            ("14797-202507", Decimal("0.5")),
            ("16417-202507", Decimal("0.5")),
        ]
    assert "15853-202507" in {row["area"] for row in answer["missing"]}


def test_a_weighted_mean_on_the_map_can_be_redone_from_its_explanation_with_the_weights_told_too(city):
    weighted = "geo_weighted"
    defined(city, weighted, measure="ratio", rollup="weighted_mean", unit="PT", decimals=2, weight=COUNT)
    rows = [
        {"indicator": weighted, "area": f"{code}-202501", "numerator": n, "denominator": 100}
        for code, n in city.number.items()
    ]
    assert city.submit(city.key("admin"), rows, period="2025-05").status_code == 201
    enter(city, *ALL)

    answer = explained(city, indicator=weighted, period="2025-05", **MAP)

    check(answer)
    assert (answer["figure"]["status"], answer["figure"]["reported"]) == ("E", 6)
    halves = {(r["into"], r["share"]) for r in answer["data"] if (r["role"], r["area"]) == ("weight", "16435-202501")}
    assert halves == {("14797-202507", Decimal("0.5")), ("16417-202507", Decimal("0.5"))}


def test_a_share_stands_on_more_than_spaces(changed):
    body = {"shares": [{"old": "16435", "new": "14797", "share": 0.5, "basis": "  "}]}

    refused = changed.post("/area-changes/2025-07-01/shares", body, key=changed.key("steward"))

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/shares/0/basis")


def test_a_break_names_its_area_change_and_is_bridged_only_where_all_can_be_told(city):
    rows = [{"indicator": COUNT, "area": f"{c}-202507", "value": 9} for c in NEW]
    assert city.submit(city.key("admin"), rows, period="2025-07").status_code == 201

    for params in ({}, MAP):
        answer = explained(city, indicator=COUNT, period="2025-07", **params)
        check(answer)
        # Two communes from outside came in, so that the city's past is never whole.
        assert answer["figure"]["status"] == "B"
        assert answer["area_change"] == {"id": "2025-07-01", "day": "2025-07-01", "document": "1686/NQ-UBTVQH15"}


def test_a_change_that_can_be_told_whole_is_no_break_on_its_map(service):
    defined(service, COUNT)
    areas = service.get("/areas", params={"level": "commune", "limit": 100}).json()["data"]
    rows = [{"indicator": COUNT, "area": a["code"], "value": 2} for a in areas]
    service.submit(service.key("admin"), rows, period="2025-06")
    body = {
        "day": "2025-07-01",
        "document": "1686/NQ-UBTVQH15",
        "areas": [{"code": "16522", "name_vi": "Phường Quảng Phú", "name_en": "Quang Phu Ward", "type": "phường"}],
        "links": [{"old": code, "new": "16522", "extent": "whole"} for code in QUANG_PHU],
    }
    assert service.post("/area-changes", body, key=service.key("steward")).status_code == 201
    ended = {f"{code}-202501" for code in QUANG_PHU}
    rows = [{"indicator": COUNT, "area": a["id"], "value": 2} for a in areas if a["id"] not in ended]
    rows.append({"indicator": COUNT, "area": "16522", "value": 14})
    sent = service.submit(service.key("admin"), rows, period="2025-07")
    assert sent.status_code == 201, sent.text
    asked = {"indicator": COUNT, "period_from": "2025-06", "period_to": "2025-07"}

    plain = service.get("/city/series", params=asked).json()["data"]
    on_map = service.get("/city/series", params=asked | MAP).json()["data"]

    assert [(r["value"], r["expected"], r["status"]) for r in plain] == [(94, 47, "A"), (94, 41, "B")]
    assert [(r["value"], r["expected"], r["status"]) for r in on_map] == [(94, 41, "A"), (94, 41, "A")]
    assert {r["comparability"] for r in on_map} == {"exact"}


def test_no_stored_row_changes_by_telling_or_sharing(city):
    before = revisions(city)

    enter(city, *ALL)
    ranked(city)
    city.get("/observations", params=MAP)

    assert revisions(city) == before


@pytest.mark.parametrize(("code", "day"), [("14758", "2024-12-31"), ("15853", "2025-06-30"), ("14755", "2025-07-01")])
def test_a_code_means_nothing_on_a_day_without_such_a_place(changed, code, day):
    refused = changed.get(f"/areas/{code}", params={"at": day})

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"], error["parameter"]) == (404, "area-not-valid-on-day", "at")
    assert f"{code}-2025" in error["hint"]
    assert ("Thiệu Giao" in error["hint"]) == (code == "15853")
    assert changed.get(f"/areas/{code}/lineage", params={"at": day}).status_code == 404


def test_a_file_that_did_not_come_with_the_service_is_named_where_it_was_asked_for(changed):
    key = changed.key("steward")

    asked = changed.get("/area-changes/preview", params={"file": "2030-01-01"}, key=key)
    sent = changed.post("/area-changes", {"file": "2030-01-01"}, key=key)

    assert [a.json()["code"] for a in (asked, sent)] == ["unknown-file"] * 2
    assert asked.json()["errors"][0]["parameter"] == "file"
    assert sent.json()["errors"][0]["pointer"] == "/file"
