"""What wards send and what becomes of it: receipts, all or nothing, revisions, whose a receipt is."""

from typing import Any

from tests.service import Service

FLAG, RATIO, COUNT = "commune_dx_completed", "adults_with_smartphone_rate", "relics_digitised_3d"
DONE = {"indicator": FLAG, "value": True}
PHONES = {"indicator": RATIO, "numerator": 8123, "denominator": 9340}
RELICS = {"indicator": COUNT, "value": 3}
BAD = {"indicator": COUNT, "value": -1}


def seq(service: Service) -> int:
    return int(service.get("/areas").headers["x-seq"])


def test_a_receipt_has_the_shape_that_clients_rely_on(service: Service):
    sent = {"period": "2025-03", "area": "14758", "note": "Báo cáo tháng 3", "rows": [PHONES, DONE]}
    before = seq(service)

    answer = service.post("/submissions", sent, key=service.ward("14758"))

    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/submissions/{told['id']}"
    assert answer.headers["x-seq"] == str(told["seq"])
    assert told["seq"] > before
    assert (told["state"], told["area"]) == ("accepted", "14758-202501")
    assert told["summary"] == {"rows": 2, "created": 2, "revised": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
    assert told["results"] == [
        {
            "index": index,
            "outcome": "created",
            "observation": f"{code}.14758-202501.2025-03",
            "revision": 1,
            "findings": [],
        }
        for index, code in enumerate((RATIO, FLAG))
    ]


def test_the_location_can_be_read(service: Service):
    key = service.ward("14758")
    answer = service.post("/submissions", {"period": "2025-03", "note": "Kỳ", "rows": [DONE, PHONES]}, key=key)

    read = service.raw("GET", answer.headers["location"], key=key).json()

    told = answer.json()
    assert {name: read[name] for name in told} == told
    assert read["submitted_by"] == key.split("_")[1]


def test_a_warning_is_a_finding_and_refuses_nothing(service: Service):
    told = service.submit(service.ward("14758"), [{"indicator": COUNT, "value": 2.5}]).json()

    assert (told["summary"]["created"], told["summary"]["warnings"]) == (1, 1)
    finding = told["results"][0]["findings"][0]
    assert (finding["code"], finding["pointer"], finding["severity"]) == (
        "fractional-count",
        "/rows/0/value",
        "warning",
    )


def test_one_bad_row_refuses_all_and_every_bad_row_is_named_once(service: Service):
    worse = {"indicator": "x", "area": "nowhere", "vlaue": 1}
    key, before = service.ward("14758"), seq(service)

    answer = service.submit(key, [DONE, BAD, PHONES, worse])

    told = answer.json()
    assert (answer.status_code, told["code"], told["error_count"]) == (422, "submission-rejected", 2)
    assert [e["pointer"] for e in told["errors"]] == ["/rows/1/value", "/rows/3/vlaue"]
    assert seq(service) == before
    assert service.get("/observations?area=14758").json()["data"] == []


def test_a_thousand_bad_rows_are_listed_and_all_are_counted(service: Service):
    told = service.submit(service.ward("14758"), [BAD] * 1_500).json()

    assert (told["error_count"], len(told["errors"])) == (1_500, 1_000)
    assert told["errors"][999]["pointer"] == "/rows/999/value"


def test_the_good_rows_of_a_mixed_lot_are_stored_on_request(service: Service):
    rows = {"period": "2025-03", "rows": [DONE, BAD, PHONES]}

    answer = service.post("/submissions?on_error=accept_valid", rows, key=service.ward("14758"))

    told = answer.json()
    assert answer.status_code == 201
    assert (told["summary"]["created"], told["summary"]["rejected"]) == (2, 1)
    assert [r["outcome"] for r in told["results"]] == ["created", "rejected", "created"]
    assert told["results"][1]["observation"] is None
    assert told["results"][1]["findings"][0]["code"] == "negative-value"
    assert len(service.get("/observations?area=14758").json()["data"]) == 2


def test_a_lot_with_no_good_row_is_refused_even_then(service: Service):
    key, before = service.ward("14758"), seq(service)

    answer = service.post("/submissions?on_error=accept_valid", {"period": "2025-03", "rows": [BAD, BAD]}, key=key)

    assert (answer.status_code, answer.json()["error_count"]) == (422, 2)
    assert seq(service) == before
    assert service.get("/observations?area=14758").json()["data"] == []


def test_a_trial_tells_what_would_become_of_each_row(service: Service):
    key = service.ward("14758")
    service.submit(key, [DONE, RELICS])
    before = seq(service)
    rows = [DONE, {**RELICS, "value": 4}, PHONES, BAD | {"period": "2025-04"}]

    answer = service.post("/submissions?mode=validate", {"period": "2025-03", "rows": rows}, key=key)

    told = answer.json()
    assert (answer.status_code, told["state"]) == (200, "rejected")
    assert [r["outcome"] for r in told["results"]] == ["unchanged", "revised", "created", "rejected"]
    assert [r["revision"] for r in told["results"]] == [1, 2, 1, None]
    assert seq(service) == before
    assert len(service.get("/observations?area=14758").json()["data"]) == 2


def test_a_trial_of_good_rows_is_accepted_and_leaves_its_key_free(service: Service):
    key, headers = service.ward("14758"), {"Idempotency-Key": "k1"}
    sent = {"period": "2025-03", "rows": [DONE]}

    tried = service.post("/submissions?mode=validate", sent, key=key, headers=headers)
    answer = service.post("/submissions", sent, key=key, headers=headers)

    assert (tried.status_code, tried.json()["state"], answer.status_code) == (200, "accepted", 201)
    assert "idempotent-replayed" not in answer.headers


# What a cell says first, what is said then, and what becomes of that.
SAID_AGAIN: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (DONE, DONE, "unchanged"),
    (DONE, DONE | {"value": False}, "revised"),
    (DONE, DONE | {"note": "Đã đối chiếu"}, "revised"),
    (DONE | {"note": "a"}, DONE, "unchanged"),
    (DONE | {"note": "a"}, DONE | {"note": "a"}, "unchanged"),
    (DONE | {"note": "e\u0301"}, DONE | {"note": "\u00e9"}, "unchanged"),
    (RELICS, RELICS | {"value": 3.0}, "unchanged"),
    (RELICS, RELICS | {"qualifier": "eq"}, "unchanged"),
    (RELICS, RELICS | {"qualifier": "ge"}, "revised"),
    (RELICS, {"indicator": COUNT, "status": "M"}, "revised"),
    ({"indicator": COUNT, "status": "M"}, {"indicator": COUNT, "status": "M"}, "unchanged"),
    ({"indicator": COUNT, "status": "M"}, {"indicator": COUNT, "status": "Q"}, "revised"),
    ({"indicator": COUNT, "status": "M"}, {"indicator": COUNT, "value": 0}, "revised"),
    (PHONES, PHONES | {"value": 86.97}, "unchanged"),
    (PHONES, PHONES | {"numerator": 16246, "denominator": 18680}, "revised"),
]


def test_only_what_is_new_is_a_revision(service: Service):
    key = service.ward("14758")
    for number, (first, again, outcome) in enumerate(SAID_AGAIN):
        period = f"{2025 + number // 12}-{number % 12 + 1:02d}"
        assert service.submit(key, [first], period=period).json()["results"][0]["outcome"] == "created"

        told = service.submit(key, [again], period=period).json()["results"][0]

        revisions = service.get(f"/observations/{told['observation']}/revisions").json()["data"]
        assert (told["outcome"], told["revision"]) == (outcome, len(revisions)), (first, again)
        assert len(revisions) == (2 if outcome == "revised" else 1)


def test_a_row_after_a_withdrawal_is_a_revision_even_of_the_same_value(service: Service):
    key, identity = service.ward("14758"), f"{FLAG}.14758-202501.2025-03"
    service.submit(key, [DONE])
    service.delete(f"/observations/{identity}", key=key, headers={"If-Match": "*"})

    told = service.submit(key, [DONE]).json()

    assert told["results"][0] | {"findings": 0} == {
        "index": 0, "outcome": "revised", "observation": identity, "revision": 3, "findings": 0,
    }  # fmt: skip
    assert service.get(f"/observations/{identity}").json()["value"] is True


def test_area_and_period_of_a_row_go_before_those_on_top(service: Service):
    key = service.key("submit", areas=("14758", "14761"))
    rows = [DONE, DONE | {"area": "14761-202501"}, DONE | {"period": "2025-02"}]

    told = service.post("/submissions", {"period": "2025-03", "area": "14758", "rows": rows}, key=key).json()

    assert [r["observation"] for r in told["results"]] == [
        f"{FLAG}.14758-202501.2025-03",
        f"{FLAG}.14761-202501.2025-03",
        f"{FLAG}.14758-202501.2025-02",
    ]
    assert told["area"] is None


def test_a_key_of_one_area_fills_it_in_and_a_key_of_two_must_say_which(service: Service):
    one, two = service.ward("14758"), service.key("submit", areas=("14758", "14761"))

    assert service.submit(one, [DONE]).json()["area"] == "14758-202501"
    error = service.submit(two, [DONE]).json()["errors"][0]
    assert (error["code"], error["pointer"]) == ("required", "/rows/0/area")


def test_the_city_says_its_own_share_with_its_components(service: Service):
    key = service.key("submit", areas=("380",))

    answer = service.submit(key, [{"indicator": FLAG, "numerator": 34, "denominator": 47}])

    read = service.get(f"/observations/{FLAG}.380-202501.2025-03").json()
    row = service.get("/city/snapshot?period=2025-03").json()["data"]
    figure = next(r for r in row if r["indicator"] == FLAG)
    assert answer.status_code == 201, answer.text
    assert (read["numerator"], read["denominator"], read["unit"]) == (34, 47, "PT")
    assert (figure["value"], figure["numerator"], figure["denominator"], figure["basis"]) == (72.34, 34, 47, "reported")


def test_another_wards_receipt_reads_like_one_that_is_not_there(service: Service):
    receipt = service.submit(service.ward("14758"), [DONE]).json()["id"]
    other = service.ward("14761")

    foreign = service.get(f"/submissions/{receipt}", key=other)
    unknown = service.get(f"/submissions/{'0' * 32}", key=other)

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    varying = {"instance", "trace_id", "detail", "errors"}
    assert {k: v for k, v in foreign.json().items() if k not in varying} == {
        k: v for k, v in unknown.json().items() if k not in varying
    }
    plain = [answer.text.replace(receipt, "id").replace("0" * 32, "id") for answer in (foreign, unknown)]
    traced = [t.replace(a.json()["trace_id"], "") for t, a in zip(plain, (foreign, unknown), strict=True)]
    assert traced[0] == traced[1]


def test_who_sees_which_receipts(service: Service):
    east, west = service.ward("14758"), service.ward("14761")
    both = service.key("submit", areas=("14758", "14761"))
    mine = service.submit(east, [DONE]).json()["id"]
    theirs = service.submit(west, [DONE]).json()["id"]
    shared = service.submit(both, [RELICS | {"area": a} for a in ("14758", "14761")]).json()["id"]
    for_me = service.submit(both, [PHONES | {"area": "14758"}]).json()["id"]

    def seen(key: str) -> list[str]:
        return [row["id"] for row in service.get("/submissions", key=key).json()["data"]]

    assert seen(east) == [for_me, mine]
    assert seen(west) == [theirs]
    assert seen(both) == [for_me, shared, theirs, mine]
    assert seen(service.key("read")) == []
    for scope in ("review", "steward", "admin"):
        # The last is the plan's own baseline, which the seeds sent.
        assert seen(service.key(scope))[:-1] == [for_me, shared, theirs, mine]
    assert service.get("/submissions").status_code == 401


def test_receipts_are_filtered_counted_and_paged_the_newest_first(service: Service):
    key = service.ward("14758")
    made = [service.submit(key, [DONE], period=f"2025-{month:02d}").json()["id"] for month in range(1, 8)]

    pages, cursor = [], ""
    while True:
        page = service.get(f"/submissions?limit=3&count=exact&fields=id{cursor}", key=key).json()
        assert page["count"] == 7
        pages.append([row["id"] for row in page["data"]])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        # A receipt that comes between two pages is on neither.
        service.submit(key, [DONE], period="2025-08")

    assert pages == [made[:3:-1], made[3:0:-1], made[:1]]
    march = service.get("/submissions?period=2025-03&fields=id", key=key).json()["data"]
    assert march == [{"id": made[2]}]


def test_who_may_send(service: Service):
    body = {"period": "2025-03", "area": "14758", "rows": [DONE]}

    assert service.post("/submissions", body).status_code == 401
    assert service.post("/submissions", body, key="dxk_nobody_" + "x" * 43).status_code == 401
    for scope in ("read", "review", "steward"):
        answer = service.post("/submissions", body, key=service.key(scope))
        assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")
    assert service.post("/submissions", body, key=service.key("admin")).status_code == 201


def test_a_ratio_of_three_wards_is_never_a_mean_of_percentages(service: Service):
    for code, (over, under) in {"14758": (1, 2), "14761": (10, 100), "14764": (900, 1000)}.items():
        service.submit(service.ward(code), [{"indicator": RATIO, "numerator": over, "denominator": under}])

    rows = service.get("/city/snapshot?period=2025-03").json()["data"]
    figure = next(r for r in rows if r["indicator"] == RATIO)

    assert (figure["rolled_up_value"], figure["numerator"], figure["denominator"]) in [
        (82.67, 911, 1102),
        (82.67, None, None),
    ]
    assert (figure["basis"], figure["reported"]) == ("reported", 3)
