"""Releases: a moment under a name; whatever is read below it is as it was, byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import Problem
from app.releases import commands
from tests.service import Service, running

SHARE = "adults_with_smartphone_rate"
READS = [
    "/city/snapshot",
    "/city/snapshot?period=2025-03&lang=en&fields=indicator,value,seq",
    f"/city/series?indicator={SHARE}",
    f"/city/explain?indicator={SHARE}&period=2025-03",
    "/city/progress",
    "/city/completeness?period=2025-03",
    "/observations?limit=3&sort=-period,area&count=exact",
    f"/observations/{SHARE}.380-202501.2025-01",
    f"/observations/{SHARE}.380-202501.2025-01/revisions",
    "/indicators?domain=government",
    f"/indicators/{SHARE}/versions",
    "/targets",
    "/areas?at=2025-03-31",
    "/areas/14758/lineage",
    "/area-changes",
    "/initiatives/summary",
    "/provenance/indicator/commune_dx_completed",
    "/documents",
    "/clauses/B.I.2",
    "/releases",
]


@pytest.fixture
def city(service: Service) -> Service:
    return service


def release(city: Service, name: str, **more: Any) -> dict[str, Any]:
    made = city.post("/releases", {"name": name, **more}, key=city.key("steward"))
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/releases/{name}"
    shown: dict[str, Any] = made.json()
    return shown


def say(city: Service, ward: str, numerator: int, period: str = "2025-03") -> int:
    row = {"indicator": SHARE, "numerator": numerator, "denominator": 100}
    sent = city.submit(city.ward(ward), [row], period=period)
    assert sent.status_code == 201, sent.text
    return int(sent.json()["seq"])


def below(name: str, path: str) -> str:
    return f"/releases/{name}{path}"


def asked_as_of(path: str, as_of: Any) -> str:
    return f"{path}{'&' if '?' in path else '?'}as_of={as_of}"


def test_every_read_below_a_release_is_the_read_as_of_its_moment(city: Service):
    seq = say(city, "14758", 50)
    city.now[0] += timedelta(days=3)
    made = release(city, "q1-2025", as_of=seq, title_vi="Quý I năm 2025", title_en="First quarter of 2025")
    say(city, "14758", 60)
    say(city, "14761", 10)

    assert (made["as_of"], made["as_of_seq"], made["today"]) == (seq, seq, "2026-11-22")
    for path in READS:
        frozen, plain = city.get(below("q1-2025", path)), city.get(asked_as_of(path, seq))
        assert (frozen.status_code, plain.status_code) == (200, 200), (path, frozen.text)
        assert frozen.content == plain.content, path
        assert frozen.headers["etag"] == plain.headers["etag"]
        assert city.get(below("q1-2025", path), headers={"If-None-Match": frozen.headers["etag"]}).status_code == 304
    head = city.raw("HEAD", "/api/v1/releases/q1-2025/city/snapshot")
    assert (head.status_code, head.content) == (200, b"")


def test_it_is_what_the_service_said_at_that_moment(city: Service):
    say(city, "14764", 33)
    made = release(city, "now")
    then = city.get("/city/snapshot").content
    say(city, "14764", 44)

    assert made["as_of"] == made["as_of_seq"] == made["seq"]
    assert city.get(below("now", "/city/snapshot")).content == then != city.get("/city/snapshot").content


def test_an_instant_keeps_its_own_day(city: Service):
    newest = say(city, "14767", 20)
    city.now[0] += timedelta(days=2)
    instant = city.now[0].isoformat().replace("+00:00", "Z")
    city.now[0] += timedelta(days=2)

    made = release(city, "dated", as_of=instant)

    assert (made["as_of_seq"], made["as_of"]) == (newest, instant)
    plain = city.get("/city/progress", params={"as_of": instant})
    assert city.get(below("dated", "/city/progress")).content == plain.content
    assert plain.json()["data"][0]["today"] == made["today"]


def test_pages_go_on_below_the_release(city: Service):
    release(city, "paged")
    seen: list[str] = []
    cursor = ""
    while True:
        page = city.get(below("paged", f"/observations?limit=4&fields=id{cursor}")).json()
        seen += [row["id"] for row in page["data"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        say(city, "14770", len(seen))

    assert seen == [row["id"] for row in city.get(below("paged", "/observations?limit=1000")).json()["data"]]
    assert len(seen) > 4


def test_a_name_is_given_once_and_for_ever(city: Service):
    release(city, "once")
    again = city.post("/releases", {"name": "once", "as_of": 1}, key=city.key("steward"))

    assert (again.status_code, again.json()["code"]) == (409, "release-exists")
    for method in ("PATCH", "DELETE", "PUT"):
        refused = city.raw(method, "/api/v1/releases/once", key=city.key("admin"))
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert city.raw("POST", "/api/v1/releases/once/observations", key=city.key("admin")).status_code == 405


def test_of_equal_names_one_is_given(city: Service):
    def give(number: int) -> str:
        try:
            with city.app.state.ledger.write("test") as session:
                return commands.create(session, "at-once", number).as_of
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(give, (0, 1, 0, 1)))

    kept = str(city.get("/releases/at-once").json()["as_of"])
    assert sorted(given) == [kept, *["release-exists"] * 3]


def test_a_release_is_a_change_and_stands_in_the_list(city: Service):
    made = release(city, "told", note="Công bố lần đầu")

    (change,) = city.get(f"/changes?after={made['seq'] - 1}&type=release.created").json()["data"]
    listed = city.get("/releases?sort=-seq&limit=1&count=exact").json()

    assert (change["subject"], change["seq"], change["actor"]) == ("told", made["seq"], None)
    assert (listed["data"][0]["name"], listed["data"][0]["title"]) == ("told", "told")
    assert listed["count"] == len(city.get("/releases").json()["data"])
    assert city.get("/releases/told").json() == made
    assert city.get(f"/releases/told?as_of={made['seq'] - 1}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/releases/none", 404, "release-not-found"),
        ("/releases/none/city/snapshot", 404, "release-not-found"),
        ("/releases/none/city/snapshot?period=2025-01", 404, "release-not-found"),
        ("/releases/here/", 404, "not-found"),
        ("/releases/here/nothing", 404, "not-found"),
        ("/releases/here/keys", 404, "not-found"),
        ("/releases/here/me", 404, "not-found"),
        ("/releases/here/audit", 404, "not-found"),
        ("/releases/here/submissions", 404, "not-found"),
        ("/releases/here/changes", 404, "not-found"),
        ("/releases/here/observations/compare?from=1", 404, "not-found"),
        ("/releases/here/releases/here/city/snapshot", 404, "not-found"),
        ("/releases/here/city/snapshot?as_of=1", 400, "release-fixes-as-of"),
        ("/releases/here/city/snapshot?lang=en&as_of=", 400, "release-fixes-as-of"),
        ("/releases/here/city/snapshot?perod=2025-01", 400, "unknown-parameter"),
        ("/releases/here/city/snapshot?period=x", 422, "period-malformed"),
        ("/releases/here/observations/none", 404, "observation-not-found"),
        ("/releases/here/observations?cursor=x", 400, "cursor-invalid"),
    ],
)
def test_what_cannot_be_read_below_a_release(shared: Service, path: str, status: int, code: str):
    if shared.get("/releases/here").status_code == 404:
        release(shared, "here")

    refused = shared.get(path, key=shared.key("admin"))

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.json()["instance"] == f"/api/v1{path.partition('?')[0]}"
    assert refused.headers["x-seq"].isdigit()


@pytest.mark.parametrize(
    ("sent", "code", "pointer"),
    [
        ({}, "required", "/name"),
        ({"name": "Q1 2025"}, "pattern-mismatch", "/name"),
        ({"name": "quý-1"}, "pattern-mismatch", "/name"),
        ({"name": "a/b"}, "pattern-mismatch", "/name"),
        ({"name": "a" * 65}, "text-too-long", "/name"),
        ({"name": "x", "as_of": -1}, "as-of-malformed", "/as_of"),
        ({"name": "x", "as_of": 1.5}, "as-of-malformed", "/as_of"),
        ({"name": "x", "as_of": True}, "as-of-malformed", "/as_of"),
        ({"name": "x", "as_of": "2025-03-31"}, "as-of-malformed", "/as_of"),
        ({"name": "x", "as_of": 10**9}, "as-of-in-future", "/as_of"),
        ({"name": "x", "as_of": "2199-01-01T00:00:00Z"}, "as-of-in-future", "/as_of"),
        ({"name": "x", "titel": "y"}, "unknown-member", "/titel"),
    ],
)
def test_a_wrong_release_is_refused_by_name(shared: Service, sent: dict[str, Any], code: str, pointer: str):
    refused = shared.post("/releases", sent, key=shared.key("steward"))

    assert refused.status_code == 422
    fault = refused.json()["errors"][0]
    assert (fault["code"], fault["pointer"]) == (code, pointer)
    assert shared.get("/releases/x").status_code == 404


def test_who_may_read_nothing_learns_of_no_release(databases: Any, tmp_path: Any):
    with databases.fresh("sqlite", tmp_path) as url, running(url, public_read=False) as closed:
        release(closed, "here")

        for path in ("/releases", "/releases/here", "/releases/here/city/snapshot", "/releases/none/city/snapshot"):
            assert closed.get(path).status_code == 401, path
            assert closed.get(path, headers={"Authorization": "Bearer dxk_wrong"}).status_code == 401
        assert closed.get("/releases/here/city/snapshot", key=closed.key("read")).status_code == 200
