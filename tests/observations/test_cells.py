"""A cell's life: told, corrected, withdrawn, told again; each word stays readable, and nobody overwrites unseen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.service import Service

FLAG, RATIO, COUNT, CITY_SHARE = (
    "commune_dx_completed",
    "adults_with_smartphone_rate",
    "relics_digitised_3d",
    "land_database_rate",
)
CELL = f"{COUNT}.14758-202501.2025-03"
PATH = f"/observations/{CELL}"


def tell(service: Service, value: int = 3, *, ward: str = "14758", period: str = "2025-03", **more: Any):
    answer = service.submit(service.ward(ward), [{"indicator": COUNT, "value": value, **more}], period=period)
    assert answer.status_code == 201, answer.text
    return answer


def tag(service: Service, path: str = PATH) -> str:
    return service.get(path).headers["etag"]


def correct(service: Service, sent: Any, if_match: str | None = "*", ward: str = "14758"):
    headers = {} if if_match is None else {"If-Match": if_match}
    return service.patch(PATH, sent, key=service.ward(ward), headers=headers)


# --- If-Match ---------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_revision_and_answers_the_new_cell_with_its_tag(service: Service):
    tell(service)

    answer = correct(service, {"value": 4, "note": "Đếm lại"}, tag(service))

    told = answer.json()
    assert answer.status_code == 200
    assert (told["value"], told["revision"], told["note"], told["withdrawn"]) == (4, 2, "Đếm lại", False)
    assert told["seq"] == int(answer.headers["x-seq"])
    assert correct(service, {"value": 5}, answer.headers["etag"]).status_code == 200
    assert service.get(PATH).json()["value"] == 5


def test_a_correction_needs_the_tag_of_what_it_corrects(service: Service):
    tell(service)
    old = tag(service)
    tell(service, 4)

    missing, stale, weak = (correct(service, {"value": 5}, given) for given in (None, old, f"W/{tag(service)}"))

    assert (missing.status_code, missing.json()["code"]) == (428, "if-match-required")
    assert (stale.status_code, stale.json()["code"]) == (412, "if-match-stale")
    assert (weak.status_code, weak.json()["code"]) == (412, "if-match-stale")
    assert service.get(PATH).json()["value"] == 4


@pytest.mark.parametrize("given", ["", "x", '""', '"2"', '"abc.9"', '"abc.1x"', '"1.abc"', "1", "**"])
def test_a_tag_that_is_not_this_cells_is_stale(shared: Service, given: str):
    tell(shared)

    assert correct(shared, {"value": 5}, given).status_code == 412


def test_any_of_several_tags_and_the_star_will_do(service: Service):
    tell(service)

    assert correct(service, {"value": 4}, f'"x.7", W/"y.9", {tag(service)}').status_code == 200
    assert correct(service, {"value": 5}, "*").status_code == 200


def test_writes_elsewhere_make_no_tag_stale(service: Service):
    tell(service)
    held = tag(service)
    tell(service, 9, ward="14761")
    tell(service, 9, period="2025-04")

    assert tag(service) != held
    assert correct(service, {"value": 4}, held).status_code == 200


def test_an_equal_correction_changes_nothing_and_a_note_alone_does(service: Service):
    tell(service)
    before = service.get(PATH).json()

    same = correct(service, {"value": 3.0}).json()
    empty = correct(service, {}).json()
    noted = correct(service, {"note": "Đã đối chiếu"}).json()

    assert same == before
    assert empty == before
    assert (noted["value"], noted["revision"], noted["note"]) == (3, 2, "Đã đối chiếu")


def test_a_qualifier_alone_bounds_the_value_there_is(service: Service):
    tell(service)

    told = correct(service, {"qualifier": "ge"}).json()

    assert (told["value"], told["qualifier"], told["revision"]) == (3, "ge", 2)


@pytest.mark.parametrize(
    ("row", "sent"),
    [
        ({"indicator": FLAG, "value": True}, {"value": True}),
        ({"indicator": FLAG, "value": False}, {"value": False}),
        ({"indicator": RATIO, "numerator": 1, "denominator": 3}, {"numerator": 1, "denominator": 3}),
        ({"indicator": COUNT, "status": "Q"}, {"value": None, "status": "Q"}),
        ({"indicator": COUNT, "value": 5, "qualifier": "gt"}, {"value": 5, "qualifier": "gt"}),
    ],
)
def test_a_note_alone_keeps_whatever_the_cell_holds(service: Service, row: dict[str, Any], sent: dict[str, Any]):
    key = service.ward("14758")
    service.submit(key, [row])
    path = f"/observations/{row['indicator']}.14758-202501.2025-03"

    told = service.patch(path, {"note": "x"}, key=key, headers={"If-Match": "*"}).json()

    assert (told["revision"], told["note"]) == (2, "x")
    assert {name: told[name] for name in sent} == sent


def test_the_citys_own_share_keeps_its_components_under_a_note(service: Service):
    key = service.key("submit", areas=("380",))
    path = f"/observations/{FLAG}.380-202501.2025-01"

    told = service.patch(path, {"note": "Đối chiếu"}, key=key, headers={"If-Match": "*"}).json()

    assert (told["numerator"], told["denominator"], told["revision"]) == (33, 47, 2)


@pytest.mark.parametrize(
    ("sent", "code", "pointer"),
    [
        ({"value": "4"}, "not-a-number", "/value"),
        ({"value": True}, "not-a-number", "/value"),
        ({"value": -1}, "negative-value", "/value"),
        ({"value": None}, "value-required", "/value"),
        ({"value": 0.1234567}, "too-many-decimals", "/value"),
        ({"numerator": 1, "denominator": 2}, "components-not-allowed", "/numerator"),
        ({"value": 4, "status": "M"}, "status-with-value", "/value"),
        ({"qualifier": "about"}, "not-one-of", "/qualifier"),
        ({"vlaue": 4}, "unknown-member", "/vlaue"),
        ({"value": 4, "note": "x" * 2001}, "text-too-long", "/note"),
        ({"value": 4, "area": "14761"}, "unknown-member", "/area"),
        ([], "not-an-object", ""),
        (0, "not-an-object", ""),
    ],
)
def test_a_wrong_correction_is_refused_by_place(shared: Service, sent: Any, code: str, pointer: str):
    tell(shared)
    before = shared.get(PATH)

    answer = correct(shared, sent)

    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"], error["pointer"]) == (422, code, pointer)
    assert shared.get(PATH).content == before.content


# --- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_cell_reads_200_and_says_so(service: Service):
    tell(service, 3)
    key = service.ward("14758")

    withdrawn = service.delete(PATH, key=key, headers={"If-Match": tag(service)})

    read = service.get(PATH)
    assert (withdrawn.status_code, read.status_code) == (200, 200)
    assert withdrawn.json() == read.json()
    assert (read.json()["withdrawn"], read.json()["value"], read.json()["revision"]) == (True, None, 2)
    mine = f"/observations?indicator={COUNT}&area=14758"
    assert service.get(mine).json()["data"] == []
    assert [r["withdrawn"] for r in service.get(f"{mine}&withdrawn=true").json()["data"]] == [True]


def test_withdrawing_needs_the_tag_and_twice_is_the_same_as_once(service: Service):
    tell(service, 3)
    key, old = service.ward("14758"), tag(service)

    assert service.delete(PATH, key=key).status_code == 428
    first = service.delete(PATH, key=key, headers={"If-Match": old})
    assert service.delete(PATH, key=key, headers={"If-Match": old}).status_code == 412
    again = service.delete(PATH, key=key, headers={"If-Match": first.headers["etag"]})
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_withdrawn_cell_can_be_told_again_but_not_by_a_note(service: Service):
    tell(service, 3)
    service.delete(PATH, key=service.ward("14758"), headers={"If-Match": "*"})

    assert correct(service, {"note": "x"}).json()["errors"][0]["code"] == "value-required"
    assert correct(service, {"value": 3}).json()["revision"] == 3
    assert service.get(PATH).json()["withdrawn"] is False


def test_every_word_ever_said_stays_in_order(service: Service):
    tell(service, 3)
    correct(service, {"value": 4})
    service.delete(PATH, key=service.ward("14758"), headers={"If-Match": "*"})
    tell(service, 5)

    rows = service.get(f"{PATH}/revisions").json()["data"]

    assert [(r["revision"], r["value"], r["withdrawn"]) for r in rows] == [
        (1, 3, False),
        (2, 4, False),
        (3, None, True),
        (4, 5, False),
    ]
    assert [r["seq"] for r in rows] == sorted({r["seq"] for r in rows})


# --- who may ----------------------------------------------------------------------------------------------------------


def test_who_may_correct(service: Service):
    tell(service, 3)
    sent, star = {"value": 4}, {"If-Match": "*"}

    assert service.patch(PATH, sent, headers=star).status_code == 401
    assert service.patch(PATH, sent, headers=star, key=service.key("read")).status_code == 403
    other = service.patch(PATH, sent, headers=star, key=service.ward("14761"))
    assert (other.status_code, other.json()["code"]) == (403, "not-yours-to-change")
    assert service.delete(PATH, headers=star, key=service.ward("14761")).status_code == 403
    assert service.patch(PATH, sent, headers=star, key=service.key("steward")).status_code == 200


@pytest.mark.parametrize(
    "cell", ["x", "x.y", "a.b.c.d", f"{COUNT}.14758-202501.2024-01", f"{COUNT}.14758.2025-03", "é.ü.ß"]
)
def test_a_cell_that_is_not_there_is_not_found(shared: Service, cell: str):
    key, star = shared.ward("14758"), {"If-Match": "*"}
    tell(shared)

    for answer in (
        shared.get(f"/observations/{cell}"),
        shared.get(f"/observations/{cell}/revisions"),
        shared.patch(f"/observations/{cell}", {"value": 1}, key=key, headers=star),
        shared.delete(f"/observations/{cell}", key=key, headers=star),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "observation-not-found")


# --- two clocks -------------------------------------------------------------------------------------------------------


def test_the_past_stays_as_it_was_known_by_seq_and_by_instant(service: Service):
    # Later than the seeds, which were sown by the machine's clock.
    service.now[0] = datetime.now(UTC) + timedelta(days=1)
    moments = []
    for value in (3, 4):
        told = tell(service, value).json()
        moments.append((told["seq"], told["submitted_at"]))
        service.now[0] += timedelta(hours=1)
    service.delete(PATH, key=service.ward("14758"), headers={"If-Match": "*"})

    for value, (seq, at) in zip((3, 4), moments, strict=True):
        for as_of in (str(seq), at):
            read = service.get(f"{PATH}?as_of={as_of}")
            listed = service.get(f"/observations?indicator={COUNT}&area=14758&as_of={as_of}").json()
            revisions = service.get(f"{PATH}/revisions?as_of={as_of}").json()["data"]
            assert (read.json()["value"], read.json()["seq"]) == (value, seq)
            assert ([r["value"] for r in listed["data"]], listed["seq"]) == ([value], seq)
            assert [r["value"] for r in revisions] == [3, 4][: value - 2]
    assert service.get(f"{PATH}?as_of={moments[0][0] - 1}").status_code == 404


def test_the_same_question_about_the_past_has_the_same_bytes_and_tag_for_ever(service: Service):
    seq = tell(service, 3).json()["seq"]
    urls = [f"{PATH}?as_of={seq}", f"/observations?as_of={seq}", f"/city/snapshot?as_of={seq}&period=2025-03"]
    before = [service.get(url) for url in urls]
    tell(service, 4)
    service.now[0] += timedelta(days=40)

    after = [service.get(url) for url in urls]

    assert [a.content for a in after] == [b.content for b in before]
    assert [a.headers["etag"] for a in after] == [b.headers["etag"] for b in before]


def test_the_future_is_not_known(shared: Service):
    newest = int(shared.get("/areas").headers["x-seq"])
    for as_of in (str(newest + 1), "999999999999", "2199-11-22T03:00:01Z", "9999-12-31T23:59:59%2B07:00"):
        answer = shared.get(f"/observations?as_of={as_of}")
        assert (answer.status_code, answer.json()["code"]) == (422, "as-of-in-future")


def test_an_unchanged_cell_is_304_until_anything_is_written(service: Service):
    tell(service)
    held = {"If-None-Match": tag(service)}

    assert service.get(PATH, headers=held).status_code == 304
    assert service.get(PATH, headers={"If-None-Match": "*"}).status_code == 304
    tell(service, 9, ward="14761")
    assert service.get(PATH, headers=held).status_code == 200


def test_a_correction_keeps_the_note_it_does_not_speak_of(service):
    cell = "/observations/adults_with_smartphone_rate.380-202501.2025-01"
    steward = service.key("steward")
    service.patch(cell, {"note": "theo kế hoạch"}, key=steward, headers={"If-Match": "*"})

    corrected = service.patch(cell, {"value": 84.4}, key=steward, headers={"If-Match": "*"}).json()

    assert (corrected["value"], corrected["note"]) == (84.4, "theo kế hoạch")
