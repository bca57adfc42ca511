"""Indicators over HTTP: versions, If-Match, retire and restore, and every rule a definition must satisfy."""

from datetime import date
from decimal import Decimal

import pytest

from app.core.periods import Period
from app.indicators.queries import registry

RATIO = {
    "code": "homes_online_rate",
    "name_vi": "Tỷ lệ hộ gia đình có Internet",
    "name_en": "Households online",
    "domain": "infrastructure",
    "measure": "ratio",
    "rollup": "ratio_of_sums",
    "frequency": "M",
    "level": "commune",
}
DEFAULTS = {
    "over_time": "latest",
    "carry_forward": 12,
    "min_coverage": 0.8,
    "unit": "PT",
    "unit_mult": 0,
    "decimals": 2,
    "direction": "up",
    "criterion": None,
    "weight": None,
    "definition_vi": "",
    "definition_en": "",
    "clause": None,
    "quote": None,
    "valid_from": "2025-01-01",
    "retired": False,
    "version": 1,
}
COUNT = {
    **RATIO,
    "code": "households",
    "name_vi": "Số hộ",
    "name_en": "Households",
    "measure": "count",
    "rollup": "sum",
}
FLAG = {**RATIO, "code": "portal_open", "measure": "flag", "rollup": "share_reaching"}


@pytest.fixture
def steward(service):
    return service.key("steward")


@pytest.fixture
def made(service, steward):
    answer = service.post("/indicators", RATIO, key=steward)
    assert answer.status_code == 201, answer.text
    return answer


def changes(service, after):
    return service.get("/changes", params={"after": after}).json()["data"]


def seq(service):
    return service.get("/indicators", params={"limit": 1}).json()["seq"]


def patch(service, steward, code, json, match="*"):
    return service.patch(f"/indicators/{code}", json, key=steward, headers={"If-Match": match})


def test_a_new_indicator_has_its_defaults_and_its_place(service, steward):
    answer = service.post("/indicators", RATIO, key=steward)

    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/indicators/homes_online_rate"
    body = answer.json()
    assert {name: body[name] for name in RATIO | DEFAULTS} == RATIO | DEFAULTS
    assert body["name"] == RATIO["name_vi"]
    assert body["seq"] == int(answer.headers["x-seq"])
    assert service.get("/indicators/homes_online_rate").json() == body


@pytest.mark.parametrize(("measure", "unit"), [("count", "NUMBER"), ("amount", "VND"), ("flag", "BOOL")])
def test_the_unit_follows_the_measure(service, steward, measure, unit):
    rollup = "share_reaching" if measure == "flag" else "sum"

    answer = service.post("/indicators", {**RATIO, "measure": measure, "rollup": rollup}, key=steward)

    assert answer.json()["unit"] == unit


def test_creation_is_one_public_change(service, steward):
    before = seq(service)
    service.post("/indicators", RATIO, key=steward)

    (change,) = changes(service, before)

    assert (change["seq"], change["type"], change["subject"]) == (before + 1, "indicator.created", RATIO["code"])
    assert change["actor"] is None
    assert change["data"]["name_en"] == RATIO["name_en"]
    assert change["data"]["version"] == 1


def test_a_taken_code_is_409(service, steward, made):
    answer = service.post("/indicators", RATIO, key=steward)

    assert (answer.status_code, answer.json()["code"]) == (409, "indicator-exists")
    assert answer.json()["errors"][0]["pointer"] == "/code"


def test_only_stewards_write(service):
    ward = service.ward("14758")

    assert service.post("/indicators", RATIO).status_code == 401
    assert service.post("/indicators", RATIO, key=ward).status_code == 403
    assert service.patch("/indicators/commune_dx_completed", {}, key=ward).status_code == 403
    assert service.delete("/indicators/commune_dx_completed", key=ward).status_code == 403


@pytest.mark.parametrize(
    ("sent", "code", "pointer"),
    [
        ({"code": "A"}, "pattern-mismatch", "/code"),
        ({"code": "x_"}, "pattern-mismatch", "/code"),
        ({"code": "1abc"}, "pattern-mismatch", "/code"),
        ({"code": "a" * 65}, "pattern-mismatch", "/code"),
        ({"code": "tỷ_lệ"}, "pattern-mismatch", "/code"),
        ({"code": 5}, "not-a-text", "/code"),
        ({"name_vi": ""}, "text-too-short", "/name_vi"),
        ({"name_vi": "   "}, "pattern-mismatch", "/name_vi"),
        ({"name_en": "x" * 301}, "text-too-long", "/name_en"),
        ({"name_vi": None}, "not-a-text", "/name_vi"),
        ({"domain": "health"}, "not-one-of", "/domain"),
        ({"measure": "share"}, "not-one-of", "/measure"),
        ({"rollup": "median"}, "not-one-of", "/rollup"),
        ({"over_time": "max"}, "not-one-of", "/over_time"),
        ({"frequency": "D"}, "not-one-of", "/frequency"),
        ({"level": "district"}, "not-one-of", "/level"),
        ({"direction": "left"}, "not-one-of", "/direction"),
        ({"carry_forward": -1}, "out-of-range", "/carry_forward"),
        ({"carry_forward": 121}, "out-of-range", "/carry_forward"),
        ({"carry_forward": 1.5}, "not-an-integer", "/carry_forward"),
        ({"carry_forward": "12"}, "not-an-integer", "/carry_forward"),
        ({"carry_forward": True}, "not-an-integer", "/carry_forward"),
        ({"min_coverage": 0}, "out-of-range", "/min_coverage"),
        ({"min_coverage": 1.01}, "out-of-range", "/min_coverage"),
        ({"min_coverage": "0.8"}, "not-a-number", "/min_coverage"),
        ({"unit": "pt"}, "pattern-mismatch", "/unit"),
        ({"unit": "NUMBER"}, "unit-not-for-ratio", "/unit"),
        ({"unit_mult": 2}, "invalid-value", "/unit_mult"),
        ({"unit_mult": 15}, "out-of-range", "/unit_mult"),
        ({"decimals": 7}, "out-of-range", "/decimals"),
        ({"valid_from": "2025-02-29"}, "not-a-date", "/valid_from"),
        ({"valid_from": "2025-01"}, "not-a-date", "/valid_from"),
        ({"clause": "Z.9"}, "unknown-clause", "/clause"),
        ({"rolup": "sum"}, "unknown-member", "/rolup"),
        ({"rollup": "sum"}, "rollup-not-for-measure", "/rollup"),
        ({"measure": "count"}, "rollup-not-for-measure", "/rollup"),
        ({"measure": "amount"}, "rollup-not-for-measure", "/rollup"),
        ({"measure": "flag"}, "rollup-not-for-measure", "/rollup"),
        ({"measure": "flag", "rollup": "mean"}, "rollup-not-for-measure", "/rollup"),
        ({"measure": "flag", "rollup": "share_reaching", "over_time": "sum"}, "over-time-not-for-flag", "/over_time"),
        ({"rollup": "share_reaching"}, "criterion-required", "/criterion"),
        ({"criterion": {"comparator": "ge", "value": 80}}, "criterion-not-used", "/criterion"),
        (
            {"rollup": "share_reaching", "criterion": {"comparator": "about", "value": 80}},
            "not-one-of",
            "/criterion/comparator",
        ),
        ({"rollup": "share_reaching", "criterion": {"comparator": "ge"}}, "required", "/criterion/value"),
        ({"level": "city"}, "rollup-not-for-level", "/rollup"),
        ({"rollup": "none"}, "rollup-not-for-level", "/rollup"),
        ({"weight": "commune_dx_completed"}, "weight-not-used", "/weight"),
        ({"rollup": "weighted_mean"}, "weight-required", "/weight"),
        ({"rollup": "weighted_mean", "weight": "nobody_knows"}, "unknown-weight", "/weight"),
        ({"rollup": "weighted_mean", "weight": "homes_online_rate"}, "weight-cycle", "/weight"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(shared, sent, code, pointer):
    steward = shared.key("steward")
    before = seq(shared)

    answer = shared.post("/indicators", {**RATIO, **sent}, key=steward)

    assert answer.status_code == 422, answer.text
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in answer.json()["errors"]}
    assert seq(shared) == before


@pytest.mark.parametrize("missing", RATIO)
def test_what_has_no_default_is_required(shared, missing):
    answer = shared.post("/indicators", {k: v for k, v in RATIO.items() if k != missing}, key=shared.key("steward"))

    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [("required", f"/{missing}")]


def test_a_weight_must_be_of_the_same_level_and_frequency(service, steward):
    service.post("/indicators", {**COUNT, "frequency": "Q"}, key=steward)

    weighted = {**RATIO, "rollup": "weighted_mean", "weight": "households"}
    answer = service.post("/indicators", weighted, key=steward)

    assert [e["code"] for e in answer.json()["errors"]] == ["weight-differs"]
    assert service.post("/indicators", {**weighted, "frequency": "Q"}, key=steward).status_code == 201


def test_weights_cannot_go_round(service, steward):
    service.post("/indicators", COUNT, key=steward)
    service.post("/indicators", {**RATIO, "rollup": "weighted_mean", "weight": "households"}, key=steward)

    round_trip = {"rollup": "weighted_mean", "weight": "homes_online_rate"}
    answer = patch(service, steward, "households", round_trip)

    assert [e["code"] for e in answer.json()["errors"]] == ["weight-cycle"]


def test_a_weight_in_use_stays(service, steward):
    service.post("/indicators", COUNT, key=steward)
    service.post("/indicators", {**RATIO, "rollup": "weighted_mean", "weight": "households"}, key=steward)

    gone = service.delete("/indicators/households", key=steward, headers={"If-Match": "*"})
    moved = patch(service, steward, "households", {"frequency": "A"})

    assert (gone.status_code, gone.json()["code"]) == (409, "indicator-in-use")
    assert (moved.status_code, moved.json()["code"]) == (409, "indicator-in-use")
    assert "homes_online_rate" in gone.text


def test_a_change_is_a_version_and_needs_the_tag_of_the_last(service, steward, made):
    url = "/indicators/homes_online_rate"
    tag = service.get(url).headers["etag"]

    assert service.patch(url, {"decimals": 1}, key=steward).status_code == 428
    changed = patch(service, steward, "homes_online_rate", {"decimals": 1}, tag)
    assert changed.status_code == 200
    assert (changed.json()["version"], changed.json()["decimals"], changed.json()["valid_from"]) == (2, 1, "2025-01-01")
    assert patch(service, steward, "homes_online_rate", {"decimals": 3}, tag).status_code == 412
    assert patch(service, steward, "homes_online_rate", {"decimals": 3}, changed.headers["etag"]).status_code == 200


def test_a_write_elsewhere_never_makes_a_tag_stale(service, steward, made):
    tag = service.get("/indicators/homes_online_rate").headers["etag"]
    service.post("/indicators", COUNT, key=steward)

    assert patch(service, steward, "homes_online_rate", {"decimals": 1}, tag).status_code == 200


def test_a_weak_tag_never_matches(service, steward, made):
    tag = service.get("/indicators/homes_online_rate").headers["etag"]

    assert patch(service, steward, "homes_online_rate", {"decimals": 1}, f"W/{tag}").status_code == 412


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"decimals": 2},
        {"min_coverage": 0.80},
        {"criterion": None},
        {"retired": False},
        {"name_vi": RATIO["name_vi"]},
    ],
)
def test_equal_content_changes_nothing(service, steward, made, same):
    before = seq(service)

    answer = patch(service, steward, "homes_online_rate", same)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert seq(service) == before
    assert changes(service, before) == []


@pytest.mark.parametrize(
    ("sent", "code", "pointer"),
    [
        ({"name_vi": None}, "not-a-text", "/name_vi"),
        ({"frequency": None}, "not-one-of", "/frequency"),
        ({"code": "other_code"}, "unknown-member", "/code"),
        ({"version": 7}, "unknown-member", "/version"),
        ({"retired": "yes"}, "not-a-boolean", "/retired"),
        ({"rollup": "share_reaching"}, "criterion-required", "/criterion"),
        ({"measure": "count"}, "rollup-not-for-measure", "/rollup"),
        ({"level": "city"}, "rollup-not-for-level", "/rollup"),
        ({"clause": "Z.9"}, "unknown-clause", "/clause"),
    ],
)
def test_a_change_must_fit_as_well(service, steward, made, sent, code, pointer):
    answer = patch(service, steward, "homes_online_rate", sent)

    assert answer.status_code == 422
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in answer.json()["errors"]}
    assert service.get("/indicators/homes_online_rate").json()["version"] == 1


def test_a_version_applies_from_its_day_on(service, steward, made):
    change = {"rollup": "share_reaching", "criterion": {"comparator": "ge", "value": 80}, "valid_from": "2025-07-01"}
    assert patch(service, steward, "homes_online_rate", change).status_code == 200

    with service.app.state.ledger.read() as session:
        view = registry(session)
        june = view.definition_for("homes_online_rate", Period.parse("2025-06"))
        july = view.definition_for("homes_online_rate", Period.parse("2025-07"))
        early = view.definition_for("homes_online_rate", Period.parse("2024-12"))
    assert june
    assert july
    assert july.criterion
    assert (june.version, june.rollup.value) == (1, "ratio_of_sums")
    assert (july.version, july.criterion.value) == (2, Decimal(80))
    assert early is None
    assert july.valid_from == date(2025, 7, 1)


def test_versions_come_oldest_first(service, steward, made):
    patch(service, steward, "homes_online_rate", {"decimals": 1})
    patch(service, steward, "homes_online_rate", {"name_en": "Homes online"})

    listed = service.get("/indicators/homes_online_rate/versions").json()

    assert [(v["version"], v["decimals"], v["name_en"]) for v in listed["data"]] == [
        (1, 2, "Households online"),
        (2, 1, "Households online"),
        (3, 1, "Homes online"),
    ]
    assert listed["next"] is None
    assert [v["seq"] for v in listed["data"]] == sorted(v["seq"] for v in listed["data"])


def test_as_of_shows_what_was_known_then(service, steward, made):
    known = made.json()["seq"]
    patch(service, steward, "homes_online_rate", {"decimals": 1})

    url = "/indicators/homes_online_rate"
    assert service.get(url, params={"as_of": known}).json() == made.json()
    assert service.get(url, params={"as_of": known - 1}).status_code == 404
    assert len(service.get(f"{url}/versions", params={"as_of": known}).json()["data"]) == 1
    codes = {row["code"]: row for row in service.get("/indicators", params={"as_of": known}).json()["data"]}
    assert codes["homes_online_rate"]["decimals"] == 2


def test_retired_and_restored(service, steward, made):
    url = "/indicators/homes_online_rate"
    before = seq(service)
    assert service.delete(url, key=steward).status_code == 428
    retired = service.delete(url, key=steward, headers={"If-Match": made.headers["etag"]})
    again = service.delete(url, key=steward, headers={"If-Match": retired.headers["etag"]})

    assert (retired.status_code, retired.json()["retired"], retired.json()["version"]) == (200, True, 2)
    assert (again.status_code, again.json()) == (200, retired.json())
    in_use = {row["code"] for row in service.get("/indicators").json()["data"]}
    out_of_use = {row["code"] for row in service.get("/indicators", params={"retired": "true"}).json()["data"]}
    assert "homes_online_rate" not in in_use
    assert "homes_online_rate" in out_of_use
    assert service.get(url).json()["retired"] is True
    assert service.post("/indicators", RATIO, key=steward).status_code == 409

    restored = patch(service, steward, "homes_online_rate", {"retired": False}, retired.headers["etag"])

    assert (restored.json()["retired"], restored.json()["version"]) == (False, 3)
    assert [c["type"] for c in changes(service, before)] == ["indicator.retired", "indicator.restored"]


@pytest.mark.parametrize("change", [{"frequency": "Q"}, {"measure": "count", "rollup": "sum", "unit": "NUMBER"}])
def test_what_readings_hang_on_is_fixed_while_they_stand(service, steward, made, change):
    assert patch(service, steward, "homes_online_rate", {"frequency": "A"}).status_code == 200
    assert patch(service, steward, "homes_online_rate", {"frequency": "M"}).status_code == 200
    row = {"indicator": "homes_online_rate", "numerator": 1, "denominator": 2}
    sent = service.submit(service.ward("14758"), [row])
    assert sent.status_code == 201, sent.text

    answer = patch(service, steward, "homes_online_rate", change)

    assert (answer.status_code, answer.json()["code"]) == (409, "definition-fixed")
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(change))}"
    assert patch(service, steward, "homes_online_rate", {"decimals": 1}).status_code == 200


def test_before_and_after_of_a_change_are_kept(service, steward, made):
    admin, before = service.key("admin"), seq(service)
    patch(service, steward, "homes_online_rate", {"decimals": 1})

    (change,) = service.get("/changes", params={"after": before}, key=admin).json()["data"]

    assert change["type"] == "indicator.revised"
    assert (change["before"]["decimals"], change["data"]["decimals"]) == (2, 1)
    assert change["actor"]


def test_filters_and_search(service, steward, made):
    def codes(**params):
        return [row["code"] for row in service.get("/indicators", params={"limit": 1000, **params}).json()["data"]]

    assert "homes_online_rate" in codes(domain="infrastructure")
    assert "homes_online_rate" not in codes(domain="economy")
    assert "homes_online_rate" in codes(domain=["economy", "infrastructure"])
    assert "homes_online_rate" in codes(measure="ratio", rollup="ratio_of_sums", level="commune", frequency="M")
    assert "homes_online_rate" not in codes(level="city")
    for q in ("HỘ GIA ĐÌNH", "ho gia dinh", "households", "homes_online"):
        assert codes(q=q) == ["homes_online_rate"]


def test_pages_neither_repeat_nor_skip_while_another_writes(service, steward):
    whole = [row["code"] for row in service.get("/indicators", params={"limit": 1000}).json()["data"]]
    seen, cursor, seqs = [], None, set()
    for number in range(100):
        page = service.get("/indicators", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["code"] for row in page["data"]]
        seqs.add(page["seq"])
        cursor = page["next"]
        if cursor is None:
            break
        # One before and one after where the reader stands.
        for code in (f"a{number:02d}_new", f"z{number:02d}_new"):
            assert service.post("/indicators", {**RATIO, "code": code}, key=steward).status_code == 201

    assert seen == whole
    assert len(seqs) == 1


def test_an_unknown_code_names_the_nearest(service, steward):
    answer = service.get("/indicators/comune_dx_completed")

    assert (answer.status_code, answer.json()["code"]) == (404, "indicator-not-found")
    assert answer.json()["errors"][0]["hint"] == "commune_dx_completed"
    assert service.get("/indicators/nobody_knows/versions").status_code == 404
    assert patch(service, steward, "nobody_knows", {"decimals": 1}).status_code == 404
    assert service.delete("/indicators/nobody_knows", key=steward).status_code == 404


def test_numbers_keep_every_digit(service, steward):
    criterion = '{"comparator": "ge", "value": 12345678901234567.8900000001}'
    body = '{"code": "exact_number", "name_vi": "Số", "name_en": "Number", "domain": "economy", "measure": "count",'
    body += f'"rollup": "share_reaching", "frequency": "M", "level": "commune", "criterion": {criterion}}}'

    headers = {"Content-Type": "application/json"}
    answer = service.post("/indicators", key=steward, content=body.encode(), headers=headers)

    assert answer.status_code == 201, answer.text
    assert "12345678901234567.8900000001" in service.get("/indicators/exact_number").text
