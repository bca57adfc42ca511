"""The feed: every change once, in the order of seq, with who and what before for those who may know."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from app.changes.places import Log, Place
from app.db.ledger import renew_epoch
from app.db.points import Point
from tests.databases import Databases, Kind
from tests.service import START, Service, running

FLAG, COUNT = "commune_dx_completed", "relics_digitised_3d"
ANY = {"If-Match": "*"}
CELL = f"{COUNT}.14758-202501.2025-03"


def changes(service: Service, query: str = "", key: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.get(f"/changes?limit=1000{query}", key=key).json()["data"]
    return found


def tell(service: Service, *values: int, ward: str = "14758"):
    rows = [{"indicator": COUNT, "value": v, "period": f"2025-{n:02d}"} for n, v in enumerate(values, 1)]
    return service.submit(service.ward(ward), rows).json()


def newest(service: Service) -> int:
    return int(service.get("/changes").json()["seq"])


def test_every_change_tells_who_what_and_what_was_before(service: Service):
    key, steward = service.ward("14758"), service.key("steward")
    start = newest(service)
    service.submit(key, [{"indicator": COUNT, "value": 3}])
    service.patch(f"/observations/{CELL}", {"value": 4}, key=steward, headers={"If-Match": "*"})
    service.delete(f"/observations/{CELL}", key=key, headers={"If-Match": "*"})

    told = changes(service, f"&after={start}", steward)

    ward_id, steward_id = key.split("_")[1], steward.split("_")[1]
    assert [(c["type"], c["actor"]) for c in told] == [
        ("observation.created", ward_id),
        ("submission.accepted", ward_id),
        ("observation.revised", steward_id),
        ("observation.withdrawn", ward_id),
    ]
    created, _, revised, withdrawn = told
    assert (created["before"], created["data"]["value"], created["subject"]) == (None, 3, CELL)
    assert (revised["before"], revised["data"]["value"]) == (created["data"], 4)
    assert (withdrawn["before"], withdrawn["data"]["withdrawn"]) == (revised["data"], True)
    assert withdrawn["data"] == service.get(f"/observations/{CELL}").json()
    assert [c["seq"] - start for c in told] == [1, 1, 2, 3]


def test_the_public_feed_names_nobody_and_holds_no_submission_and_no_key(service: Service):
    tell(service, 1, 2)
    service.key("read")

    for key in (None, service.key("read"), service.ward("14758")):
        told = changes(service, key=key)
        assert {c["type"].split(".")[0] for c in told} >= {"area", "indicator", "target", "observation"}
        assert not {c["type"].split(".")[0] for c in told} & {"submission", "key"}
        assert {c["actor"] for c in told} == {None}
        assert not any(c.get("before") for c in told)
    everything = changes(service, key=service.key("review"))
    assert {"submission.accepted", "key.created"} <= {c["type"] for c in everything}


def test_a_page_never_ends_inside_a_seq_and_pages_give_every_change_once(service: Service):
    for size in (3, 1, 5, 2):
        tell(service, *(10 * size + n for n in range(size)))
    for limit in (1, 2, 3, 5, 8, 100):
        check_pages(service, limit)


def check_pages(service: Service, limit: int) -> None:
    key, pages, after = service.key("review"), [], 0
    whole = changes(service, key=key)

    while True:
        page = service.get(f"/changes?after={after}&limit={limit}", key=key).json()
        pages.append(page["data"])
        if page["next"] is None:
            break
        assert page["next"] == page["cursor"]
        after = page["data"][-1]["seq"]

    assert [c for page in pages for c in page] == whole
    seqs = [{c["seq"] for c in page} for page in pages]
    assert all(a.isdisjoint(b) for n, a in enumerate(seqs) for b in seqs[n + 1 :])
    assert sorted(set().union(*seqs)) == list(range(1, newest(service) + 1))


def test_a_reader_misses_nothing_while_wards_write(service: Service):
    seen: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    start = after = newest(service)
    for value in range(1, 9):
        tell(service, value, value + 1, value + 2, ward=("14758", "14761")[value % 2])
        page = service.get(f"/changes?after={after}&limit=2&type=observation.created&type=observation.revised").json()
        seen += page["data"]
        after = page["data"][-1]["seq"] if page["data"] else after
    while page["next"]:
        page = service.get(f"/changes?after={page['next']}&type=observation.created&type=observation.revised").json()
        seen += page["data"]

    assert len(seen) == len({(c["seq"], c["subject"]) for c in seen}) == 24
    assert [c["seq"] for c in seen] == sorted(c["seq"] for c in seen)
    assert seen == [c for c in changes(service, f"&after={start}") if c["type"].startswith("observation")]


def test_the_feed_is_filtered_by_type_and_area(service: Service):
    tell(service, 1)
    tell(service, 2, ward="14761")

    of_type = changes(service, "&type=observation.created&area=14758-202501")
    assert [c["subject"] for c in of_type] == [f"{COUNT}.14758-202501.2025-01"]
    both = changes(service, "&type=observation.created&area=14758-202501&area=14761-202501")
    assert len(both) == 2
    by_code = changes(service, "&type=observation.created&area=14758")
    assert by_code == of_type


def test_an_unchanged_submission_is_a_change_of_its_own_and_of_no_cell(service: Service):
    tell(service, 1)
    start = newest(service)
    tell(service, 1)

    told = changes(service, f"&after={start}", service.key("review"))

    assert [c["type"] for c in told if c["type"] != "key.created"] == ["submission.accepted"]


def test_a_wrong_question_is_refused_and_a_seq_that_was_never_given_is_gone(service: Service):
    for query in ("after=-1", "after=x", "after=1.5", "after=", "limit=0", "limit=1001"):
        assert service.get(f"/changes?{query}").status_code == 422, query
    for after in ("999999", "9007199254740992"):
        answer = service.get(f"/changes?after={after}")
        assert (answer.status_code, answer.json()["code"]) == (410, "feed-cursor-gone")
        assert answer.headers["link"] == '</api/v1/changes?after=0>; rel="start"'


def test_an_unknown_type_or_area_is_refused_with_what_there_is(service: Service):
    of_type = service.get("/changes?type=observation.create&type=key.created")
    of_area = service.get("/changes?area=14758&area=1475")

    fault = of_type.json()["errors"][0]
    assert (of_type.status_code, fault["code"], fault["parameter"]) == (422, "not-one-of", "type")
    assert fault["hint"] == "observation.created"
    assert {"observation.withdrawn", "indicator.retired"} <= set(fault["expected"].split(", "))
    assert (of_area.status_code, of_area.json()["code"]) == (422, "unknown-area")


def test_withdrawals_and_retirements_are_in_the_public_feed(service: Service):
    start = newest(service)
    tell(service, 5)
    service.delete(f"/observations/{CELL.replace('2025-03', '2025-01')}", key=service.ward("14758"), headers=ANY)
    service.delete("/indicators/mobile_5g_coverage", key=service.key("steward"), headers=ANY)

    told = changes(service, f"&after={start}&type=observation.withdrawn&type=indicator.retired")

    assert [(c["type"], c["actor"]) for c in told] == [("observation.withdrawn", None), ("indicator.retired", None)]
    assert (told[0]["data"]["withdrawn"], told[1]["data"]["retired"]) == (True, True)


def test_a_cursor_leads_through_the_feed_and_on_from_its_end(service: Service):
    tell(service, 1, 2)
    seen, more = [], ""
    while True:
        page = service.get(f"/changes?limit=2&type=observation.created{more}").json()
        seen += page["data"]
        more = f"&cursor={page['cursor']}"
        if page["next"] is None:
            break
        assert page["next"] == page["cursor"]
    assert seen == changes(service, "&type=observation.created")

    tell(service, 3, 4, ward="14761")
    later = service.get(f"/changes?type=observation.created{more}").json()

    assert [c["data"]["value"] for c in later["data"]] == [3, 4]
    assert service.get(f"/changes?type=observation.created&after={page['cursor']}").json() == later
    assert service.get(f"/changes?type=observation.created&after=0{more}").json() == later


def test_a_cursor_from_before_a_restore_is_gone(service: Service):
    cursor = service.get("/changes").json()["cursor"]
    ledger = service.app.state.ledger
    with ledger.database.writes() as connection:
        epoch = renew_epoch(connection)

    gone = service.get("/changes", params={"cursor": cursor})
    over = service.get(gone.links["start"]["url"].removeprefix("/api/v1"))

    assert (gone.status_code, gone.json()["code"]) == (410, "feed-cursor-gone")
    assert over.json()["data"][0]["seq"] == 1
    assert service.get("/changes", params={"cursor": over.json()["cursor"]}).status_code == 200
    assert service.raw("GET", "/version").json()["epoch"] == epoch
    assert service.get("/changes", params={"after": newest(service)}).status_code == 200


def test_a_cursor_is_gone_where_a_copy_was_put_back_and_written_on(
    service: Service, databases: Databases, database_kind: Kind, tmp_path: Path
):
    tell(service, 1, 2)
    mid = service.get("/changes?limit=1").json()["cursor"]
    tell(service, 3)
    end = service.get("/changes?limit=1000").json()["cursor"]

    # Another copy of what the first was made of: the same epoch and secret, and later the same numbers.
    with databases.fresh(database_kind, tmp_path) as url, running(url) as again:
        again.now[0] += timedelta(hours=1)
        tell(again, 7)
        behind = again.get("/changes", params={"cursor": end})
        tell(again, 8, 9)
        again.now[0] += timedelta(hours=1)
        tell(again, 5)
        gone = again.get("/changes", params={"cursor": end})
        before = again.get("/changes", params={"cursor": mid, "area": "14758"})

        assert again.raw("GET", "/version").json()["epoch"] == service.raw("GET", "/version").json()["epoch"]
        assert newest(again) > newest(service)
    assert (behind.status_code, gone.status_code) == (410, 410)
    assert gone.json()["code"] == "feed-cursor-gone"
    # What both have in common may be gone on from.
    assert [c["data"]["value"] for c in before.json()["data"]] == [7, 8, 9, 5]


def test_a_cursor_that_is_not_ours_is_refused(service: Service):
    cursor = service.get("/changes").json()["cursor"]
    forged = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for wrong in (forged, cursor[:-3], "x", "é", "", "5"):
        answer = service.get("/changes", params={"cursor": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid"), wrong
    assert service.get("/changes", params={"after": forged}).status_code == 400


def test_a_pruned_log_is_gone_before_its_first_seq():
    point = Point(9, 1, START, "e")

    assert [Place(seq).gone(point, Log(4)) for seq in (0, 2, 3, 9, 10)] == ["pruned", "pruned", None, None, "beyond"]
    assert [Place(seq).gone(point, Log(1)) for seq in (0, 9)] == [None, None]
    assert Place(5, "other").gone(point, Log(1)) == "epoch"
    assert [Place(3, "e", START).gone(point, Log(4, at)) for at in (None, START)] == [None, None]
