"""The life of an ETag: equal while nothing changed for this caller, another as soon as something did."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.db.counter import EmbeddedCounter, ServerCounter
from app.db.points import Point
from tests.databases import Databases, Kind
from tests.service import Service, running

PATHS = ["/city/snapshot", "/areas", "/indicators", "/observations", "/changes", "/areas/380-202501"]
ROW = {"indicator": "commune_dx_completed", "value": True}


def tag(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"]


def asked(service: Service, path: str, given: str, **more: Any) -> httpx.Response:
    return service.get(path, headers={"If-None-Match": given, **more.pop("headers", {})}, **more)


@pytest.mark.parametrize("path", PATHS)
def test_while_nothing_changes_the_answer_is_304_without_a_body(service: Service, path: str):
    first = service.get(path)

    again = asked(service, path, tag(first))

    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "x-seq", "vary", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["etag"].startswith('"')
    assert tag(service.get(path)) == first.headers["etag"]


@pytest.mark.parametrize("path", PATHS)
def test_a_write_makes_another_tag_and_the_next_one_finds_its_answer(service: Service, path: str):
    key = service.ward("14758")
    before = service.get(path)

    written = service.submit(key, [ROW])
    after = asked(service, path, tag(before))

    assert written.status_code == 201
    assert tag(after) != before.headers["etag"]
    assert int(after.headers["x-seq"]) == int(written.headers["x-seq"]) > int(before.headers["x-seq"])
    assert asked(service, path, tag(after)).status_code == 304


def test_the_write_shows_in_the_answer_at_once(service: Service):
    key = service.ward("14758")
    path = "/observations?indicator=commune_dx_completed&area=14758"
    before = service.get(path)

    service.submit(key, [ROW])

    assert before.json()["data"] == []
    assert [o["value"] for o in asked(service, path, tag(before)).json()["data"]] == [True]


def test_a_refused_write_leaves_the_tag(service: Service):
    key = service.ward("14758")
    before = tag(service.get("/city/snapshot"))

    refused = service.submit(key, [{"indicator": "commune_dx_completed", "value": "yes"}])

    assert refused.status_code == 422
    assert asked(service, "/city/snapshot", before).status_code == 304


def test_the_tag_differs_by_language_representation_query_and_caller(service: Service):
    keys = [service.key("read"), service.key("steward"), service.ward("14758")]
    answers = [
        service.get("/areas"),
        service.get("/areas?lang=en"),
        service.get("/areas", headers={"Accept-Language": "en"}),
        service.get("/areas", headers={"Accept": "application/json"}),
        service.get("/areas?limit=5"),
        service.get("/indicators"),
        *(service.get("/areas", key=k) for k in keys),
    ]

    assert len({tag(a) for a in answers}) == len(answers)
    assert all("Accept-Language" in a.headers["vary"] and "Authorization" in a.headers["vary"] for a in answers)


def test_a_tag_is_no_use_where_a_copy_was_put_back_and_written_on_to_the_same_seq(
    service: Service, databases: Databases, database_kind: Kind, tmp_path: Path
):
    path = "/observations?indicator=commune_dx_completed&area=14758"
    service.submit(service.ward("14758"), [ROW])
    lost = service.get(path)

    # Another copy of what the first was made of: the same epoch and secret, and later the same numbers.
    with databases.fresh(database_kind, tmp_path) as url, running(url) as again:
        again.now[0] += timedelta(hours=1)
        again.submit(again.ward("14758"), [ROW | {"value": False}])
        told = asked(again, path, tag(lost))

    assert told.headers["x-seq"] == lost.headers["x-seq"]
    assert [o["value"] for o in told.json()["data"]] == [False]


@pytest.mark.parametrize("path", ["/observations?area=14758", "/exports/observations.csv"])
def test_an_answer_that_knew_more_than_the_counter_had_told_is_tagged_like_the_read_that_follows(
    service: Service, database_kind: Kind, monkeypatch: pytest.MonkeyPatch, path: str
):
    key = service.ward("14758")
    reader = EmbeddedCounter if database_kind == "sqlite" else ServerCounter
    read: Any = reader.read
    told: list[Point] = []

    async def remembered(counter: Any) -> Point:
        point = await read(counter)
        told.append(point)
        return told[0] if len(told) == 2 else point

    monkeypatch.setattr(reader, "read", remembered)
    service.submit(key, [ROW])
    late = service.get(path)
    monkeypatch.setattr(reader, "read", read)

    assert int(late.headers["x-seq"]) > told[0].seq
    assert late.headers["etag"] == tag(service.get(path))
    assert asked(service, path, tag(late)).status_code == 304


def test_one_callers_tag_is_no_use_to_another(service: Service):
    steward, ward = service.key("steward"), service.ward("14758")
    mine = tag(service.get("/changes", key=steward))

    assert asked(service, "/changes", mine, key=steward).status_code == 304
    for other in (ward, None):
        assert asked(service, "/changes", mine, key=other).status_code == 200


def test_a_body_kept_for_one_caller_is_never_given_to_another(service: Service):
    ward, other, reviewer = service.ward("14758"), service.ward("14761"), service.key("review")
    receipt = service.submit(ward, [ROW]).json()["id"]

    for _ in range(2):
        mine, others, all_of_them = (
            [s["id"] for s in service.get("/submissions", key=k).json()["data"]] for k in (ward, other, reviewer)
        )
        assert (mine, others) == ([receipt], [])
        # The newest first; the seeds are a submission as well.
        assert all_of_them[0] == receipt


def test_a_bad_key_is_told_so_before_any_tag_is_looked_at(service: Service):
    known = tag(service.get("/areas"))

    assert asked(service, "/areas", known, key="dxk_bad").status_code == 401


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", {tag}', 304),
        ('"a","b" , {tag},"c"', 304),
        ('"other"', 200),
        ("*", 304),
        ("", 200),
        ("{bare}", 200),
        ('"{bare}x"', 200),
    ],
)
def test_if_none_match_in_all_its_forms(service: Service, given: str, status: int):
    known = tag(service.get("/areas"))

    answer = asked(service, "/areas", given.format(tag=known, bare=known.strip('"')))

    assert answer.status_code == status


def test_several_if_none_match_headers_are_one_list(service: Service):
    known = tag(service.get("/areas"))
    headers = [("If-None-Match", '"x"'), ("If-None-Match", known)]

    answer = service.runner.run(service.client.get("/api/v1/areas", headers=headers))

    assert answer.status_code == 304


def test_a_day_makes_another_tag_but_not_for_what_is_pinned(service: Service):
    from datetime import timedelta

    today, pinned = tag(service.get("/city/snapshot")), tag(service.get("/city/snapshot?as_of=1"))

    service.now[0] += timedelta(days=1)

    assert tag(asked(service, "/city/snapshot", today)) != today
    assert asked(service, "/city/snapshot?as_of=1", pinned).status_code == 304


def test_what_is_pinned_stays_the_same_after_a_write(service: Service):
    pinned = service.get("/city/snapshot?as_of=1")

    service.submit(service.ward("14758"), [ROW])
    again = service.get("/city/snapshot?as_of=1")

    assert again.content == pinned.content
    assert asked(service, "/city/snapshot?as_of=1", tag(pinned)).status_code == 304


def test_a_single_resources_tag_holds_its_revision_and_a_write_elsewhere_leaves_if_match_true(service: Service):
    admin = service.key("admin")
    path = "/observations/commune_dx_completed.380-202501.2025-01"
    first = service.get(path, key=admin)
    revision = tag(first).strip('"').rpartition(".")[2]

    service.submit(service.ward("14758"), [ROW])
    moved = service.get(path, key=admin)
    corrected = service.patch(
        path, {"numerator": 34, "denominator": 47}, key=admin, headers={"If-Match": first.headers["etag"]}
    )
    stale = service.patch(
        path, {"numerator": 35, "denominator": 47}, key=admin, headers={"If-Match": moved.headers["etag"]}
    )

    assert revision == str(first.json()["revision"])
    assert tag(moved) != tag(first)
    assert corrected.status_code == 200, corrected.text
    assert corrected.headers["etag"].strip('"').rpartition(".")[2] == str(int(revision) + 1)
    assert (stale.status_code, stale.json()["code"]) == (412, "if-match-stale")


def test_a_changes_answer_is_tagged_like_the_read_that_follows(service: Service):
    admin = service.key("admin")
    path = "/observations/commune_dx_completed.380-202501.2025-01"

    changed = service.patch(path, {"numerator": 34, "denominator": 47}, key=admin, headers={"If-Match": "*"})
    read = service.get(path, key=admin)

    assert changed.json() == read.json()
    assert changed.headers["x-seq"] == read.headers["x-seq"]


@pytest.mark.parametrize("given", ['W/"x.1"', '"x.999"', '"nonsense"', "1", ""])
def test_if_match_that_does_not_match_is_412(service: Service, given: str):
    path = "/observations/commune_dx_completed.380-202501.2025-01"

    answer = service.patch(
        path, {"numerator": 34, "denominator": 47}, key=service.key("admin"), headers={"If-Match": given}
    )

    assert (answer.status_code, answer.json()["code"]) == (412, "if-match-stale")


def test_errors_are_never_kept(service: Service):
    for path in ("/areas/00000", "/areas?perod=1", "/me"):
        answer = service.get(path)

        assert answer.status_code >= 400
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


def test_a_star_wants_nothing_that_is_there(service):
    assert service.get("/city/snapshot", headers={"If-None-Match": "*"}).status_code == 304
    assert service.get("/areas/99999", headers={"If-None-Match": "*"}).status_code == 404
