"""Webhooks: every change once or more, in order, signed so that somebody else's library agrees, whatever fails."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from standardwebhooks import Webhook as Verifier

from app.changes.webhooks import commands, deliverer, queries
from app.changes.webhooks.addresses import networks
from app.changes.webhooks.messages import Message, Outcome, secret_of, written
from tests.changes.receiving import FINE, Got, Receiver, receiving
from tests.changes.streaming import Served, served
from tests.service import Service

LOOPBACK = "127.0.0.0/8"
PUBLIC = "https://ioc.example.org/dxi"


@pytest.fixture(scope="module")
def city(shared_database_url: str) -> Iterator[Served]:
    patch = pytest.MonkeyPatch()
    patch.setattr(deliverer, "TICK_SECONDS", 0.05)
    with served(shared_database_url, webhook_allowed_networks=LOOPBACK) as running:
        yield running
    patch.undo()


@pytest.fixture
def ioc() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once."""
    monkeypatch.setattr(commands, "SCHEDULE", (0.05,) * 12)


class Steward:
    """A steward at the served API."""

    def __init__(self, city: Served) -> None:
        self.client = httpx.Client(
            base_url=f"{city.address}/api/v1", headers={"Authorization": f"Bearer {city.key('steward')}"}
        )

    def create(self, url: str, **more: Any) -> dict[str, Any]:
        answer = self.client.post("/webhooks", json={"url": url, **more})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def patch(self, made: dict[str, Any], **members: Any) -> httpx.Response:
        return self.client.patch(f"/webhooks/{made['id']}", json=members, headers={"If-Match": "*"})

    def show(self, made: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/webhooks/{made['id']}").json()
        return found

    def deliveries(self, made: dict[str, Any], query: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/webhooks/{made['id']}/deliveries?limit=1000{query}").json()
        return found

    def until(self, made: dict[str, Any], done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while not done(found := self.deliveries(made)):
            assert time.monotonic() < deadline, found
            time.sleep(0.02)
        return found


@pytest.fixture
def steward(city: Served) -> Iterator[Steward]:
    found = Steward(city)
    yield found
    for webhook in found.client.get("/webhooks").json()["data"]:
        assert found.client.delete(f"/webhooks/{webhook['id']}").status_code == 200
    found.client.close()


def verified(got: Got, secret: str) -> Any:
    return Verifier(secret).verify(got.body, got.headers)


def test_changes_arrive_in_order_signed_and_as_the_feed_shows_them(city: Served, steward: Steward, ioc: Receiver):
    city.change("before")
    made = steward.create(ioc.url)
    first = city.change("a", "b", "c", area="14758-202501")
    city.change("private", type="submission.accepted", public=False)
    city.change("d", type="observation.withdrawn")

    got = ioc.wait(4)

    feed = city.get("/changes", after=first - 1).json()["data"]
    assert [{**c, "timestamp": c["at"]} for c in feed] == [verified(g, made["secret"]) for g in got]
    assert [g.change["subject"] for g in got] == ["a", "b", "c", "d"]
    assert len({g.id for g in got}) == 4
    assert {g.headers["content-type"] for g in got} == {"application/json"}
    # One for each time that there was something to send, and not one for each message.
    assert ioc.connections < 4
    noted = steward.until(made, lambda d: len(d["data"]) == 4)
    assert [d["message"] for d in noted["data"]][::-1] == [g.id for g in got]
    assert {(d["state"], d["status"], d["attempt"], d["kind"]) for d in noted["data"]} == {
        ("delivered", 204, 1, "change")
    }


def test_only_what_was_asked_for_is_sent_and_what_is_private_only_by_name(
    city: Served, steward: Steward, ioc: Receiver
):
    steward.create(ioc.url, types=["submission.accepted", "observation.created"], areas=["14758"])
    city.change("other", area="14761-202501")
    city.change("mine", area="14758-202501")
    city.change("revised", type="observation.revised", area="14758-202501")
    city.change("s", type="submission.accepted", area="14758-202501", public=False)

    got = ioc.wait(2)

    time.sleep(0.2)
    assert [(g.change["subject"], g.change["actor"]) for g in got] == [("mine", None), ("s", None)]
    assert len(ioc.got) == 2


def test_another_filter_applies_to_all_that_came_after_the_last_delivery(city: Served, steward: Steward, ioc: Receiver):
    made = steward.create(ioc.url, types=["observation.revised"])
    city.change("of another type")
    city.change("wanted", type="observation.revised")
    ioc.wait(1)
    city.change("later")
    time.sleep(0.2)
    assert steward.patch(made, types=[]).status_code == 200

    assert [g.change["subject"] for g in ioc.wait(2)] == ["wanted", "later"]


def test_a_failure_is_tried_again_and_what_comes_later_waits(
    city: Served, steward: Steward, ioc: Receiver, quick: None
):
    failures = [(500, {}, b"no"), (302, {"Location": "http://127.0.0.1:9/"}, b""), (429, {}, b"")]
    ioc.answer = lambda got: failures.pop(0) if failures else FINE
    made = steward.create(ioc.url)
    city.change("first", "second")

    got = ioc.wait(5)

    assert [g.change["subject"] for g in got] == ["first"] * 4 + ["second"]
    assert len({g.id for g in got[:4]}) == 1
    assert [verified(g, made["secret"])["subject"] for g in got][-1] == "second"
    found = steward.until(made, lambda d: len(d["data"]) == 5)
    told = [(d["attempt"], d["status"], d["error"], d["state"]) for d in found["data"][::-1]]
    assert told == [
        (1, 500, "refused", "failed"),
        (2, 302, "redirect-not-followed", "failed"),
        (3, 429, "refused", "failed"),
        (4, 204, None, "delivered"),
        (1, 204, None, "delivered"),
    ]
    assert (found["standing"]["attempts"], found["standing"]["next_attempt_at"]) == (0, None)
    failed = steward.deliveries(made, "&state=failed&sort=at")["data"]
    assert [d["attempt"] for d in failed] == [1, 2, 3]


@pytest.mark.parametrize(("status", "reason"), [(410, "gone"), (500, "exhausted")])
def test_an_endpoint_that_is_gone_is_ended_and_goes_on_later_where_it_stopped(
    city: Served, steward: Steward, ioc: Receiver, monkeypatch: pytest.MonkeyPatch, status: int, reason: str
):
    monkeypatch.setattr(commands, "SCHEDULE", (0.02, 0.02))
    ioc.answer = lambda got: (status, {}, b"")
    made = steward.create(ioc.url)
    start = city.change("a", "b")
    steward.until(made, lambda d: len(d["data"]) == (1 if status == 410 else 3))

    deadline = time.monotonic() + 30
    while steward.show(made)["enabled"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ended = steward.show(made)
    sent = len(ioc.got)
    city.change("c")
    time.sleep(0.3)
    ioc.answer = lambda got: FINE

    assert (ended["reason"], len(ioc.got)) == (reason, sent)
    told = city.get("/changes", city.key("review"), after=start, type="webhook.disabled").json()["data"]
    assert [(c["subject"], c["actor"], c["data"]["reason"]) for c in told] == [(made["id"], "system", reason)]
    assert city.get("/changes", after=start, type="webhook.disabled").json()["data"] == []
    again = steward.patch(made, enabled=True)
    assert (again.status_code, again.json()["reason"]) == (200, None)
    assert [g.change["subject"] for g in ioc.wait(sent + 3)[sent:]] == ["a", "b", "c"]


def test_a_secret_is_rotated_while_both_are_known(city: Served, steward: Steward, ioc: Receiver):
    made = steward.create(ioc.url)
    rotated = steward.client.post(f"/webhooks/{made['id']}/secret").json()
    city.change("both")
    both = ioc.wait(1)[0]
    final = steward.client.post(f"/webhooks/{made['id']}/secret?overlap_hours=0").json()
    city.change("one")
    one = ioc.wait(2)[1]

    assert len({made["secret"], rotated["secret"], final["secret"]}) == 3
    assert both.headers["webhook-signature"].count("v1,") == 2
    assert verified(both, made["secret"]) == verified(both, rotated["secret"])
    assert one.headers["webhook-signature"].count("v1,") == 1
    assert verified(one, final["secret"])["subject"] == "one"
    for old in (made, rotated):
        with pytest.raises(Exception, match="No matching signature"):
            verified(one, old["secret"])


def test_a_secret_is_shown_once_and_stored_nowhere(city: Served, steward: Steward):
    made = steward.create(PUBLIC, enabled=False)
    raw = base64.b64decode(made["secret"].removeprefix("whsec_"))
    with city.ledger.read() as session:
        rows = [tuple(row) for table in ("webhook", "change") for row in session.rows(text(f"SELECT * FROM {table}"))]

    assert len(raw) == 32
    assert "secret" not in steward.show(made)
    for form in (made["secret"], made["secret"].removeprefix("whsec_"), raw.hex()):
        assert not any(form in str(row) for row in rows)
    refused = city.get("/changes", after=made["secret"])
    assert made["secret"] not in refused.text


def test_a_test_and_another_attempt_by_hand(city: Served, steward: Steward, ioc: Receiver):
    made = steward.create(ioc.url, enabled=False)
    asked = steward.client.post(f"/webhooks/{made['id']}/test")
    tested = ioc.wait(1)[0]
    steward.until(made, lambda d: d["data"][0]["state"] == "delivered")
    location = asked.headers["location"].removeprefix("/api/v1")
    shown = steward.client.get(location).json()

    assert (asked.status_code, asked.json()["state"], shown["state"], shown["kind"]) == (
        202,
        "queued",
        "delivered",
        "test",
    )
    assert verified(tested, made["secret"]) == {
        "type": "webhook.test",
        "timestamp": asked.json()["at"],
        "data": {"webhook": made["id"]},
    }
    ioc.answer = lambda got: (500, {}, b"")
    steward.patch(made, enabled=True)
    city.change("x", "y")
    failed = steward.until(made, lambda d: d["data"][0]["state"] == "failed")["data"][0]
    ioc.answer = lambda got: FINE
    retried = steward.client.post(f"/webhooks/{made['id']}/deliveries/{failed['id']}/retry").json()

    got = ioc.wait(4)
    assert [g.change.get("subject") for g in got] == [None, "x", "x", "y"]
    assert (got[1].id, retried["message"], retried["kind"]) == (got[2].id, got[2].id, "manual")
    later = steward.until(made, lambda d: d["standing"]["attempts"] == 0 and len(d["data"]) == 4)["data"]
    done = next(d for d in later if d["seq"] == failed["seq"] and d["kind"] == "manual")
    steward.client.post(f"/webhooks/{made['id']}/deliveries/{done['id']}/retry")
    assert ioc.wait(5)[4].id == got[1].id


def test_one_that_hangs_keeps_nobody_waiting(
    city: Served, steward: Steward, ioc: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.changes.webhooks.posting.SECONDS", 60)
    released = threading.Event()
    with receiving() as hanging:

        def hang(got: Got) -> Any:
            released.wait(30)
            return FINE

        hanging.answer = hang
        slow, fast = steward.create(hanging.url), steward.create(ioc.url)
        for number in range(5):
            city.change(str(number))
        ioc.wait(5)
        hanging.wait(1)

        assert (len(hanging.got), steward.deliveries(slow)["data"]) == (1, [])
        assert steward.deliveries(fast)["standing"]["attempts"] == 0
        released.set()
        hanging.wait(5)


def test_one_that_hangs_too_long_is_left(
    city: Served, steward: Steward, ioc: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.changes.webhooks.posting.SECONDS", 0.3)
    left = threading.Event()

    def hang(got: Got) -> Any:
        left.wait(30)
        return FINE

    ioc.answer = hang
    made = steward.create(ioc.url)
    city.change("a")

    found = steward.until(made, lambda d: d["data"] != [])
    left.set()
    assert (found["data"][0]["error"], found["data"][0]["status"]) == ("timed-out", None)


def test_what_is_rolled_back_is_not_delivered_and_nothing_is_lost_between_processes(
    city: Served, steward: Steward, ioc: Receiver
):
    steward.create(ioc.url)
    for number in range(20):
        try:
            with city.ledger.write("test") as session:
                session.record("observation.created", str(number), {}, public=True)
                if number % 4 == 0:
                    raise RuntimeError
        except RuntimeError:
            continue

    ioc.wait(15)

    time.sleep(0.2)
    assert [g.change["subject"] for g in ioc.got] == [str(n) for n in range(20) if n % 4]


def test_the_registry_of_endpoints(service: Service):
    steward = service.key("steward")
    made = service.post("/webhooks", {"url": PUBLIC, "areas": ["14758"], "description": "IOC"}, key=steward)
    where = made.headers["location"].removeprefix("/api/v1")
    shown = service.get(where, key=steward)

    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    assert shown.json() == {k: v for k, v in made.json().items() if k != "secret"}
    assert (shown.json()["areas"], shown.json()["enabled"], shown.json()["reason"]) == (["14758-202501"], True, None)
    assert service.patch(where, {"description": "x"}, key=steward).status_code == 428
    off = service.patch(where, {"enabled": False}, key=steward, headers={"If-Match": shown.headers["etag"]})
    assert (off.json()["enabled"], off.json()["reason"]) == (False, "switched-off")
    same = service.patch(where, {"enabled": False}, key=steward, headers={"If-Match": "*"})
    assert (same.status_code, same.headers["x-seq"]) == (200, off.headers["x-seq"])
    stale = service.patch(where, {"url": PUBLIC}, key=steward, headers={"If-Match": shown.headers["etag"]})
    assert stale.status_code == 412
    assert service.get("/webhooks?fields=id,enabled", key=steward).json()["data"] == [
        {"id": made.json()["id"], "enabled": False}
    ]
    none = service.get(f"{where}/deliveries", key=steward)
    had = {"If-None-Match": none.headers["etag"]}
    same = service.get(f"{where}/deliveries", key=steward, headers=had)
    tried = service.post(f"{where}/test", key=steward)
    some = service.get(f"{where}/deliveries", key=steward, headers=had)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", none.headers["etag"])
    assert {k: same.headers[k] for k in ("vary", "cache-control", "x-seq")} == {
        k: none.headers[k] for k in ("vary", "cache-control", "x-seq")
    }
    # What a test does takes no seq.
    assert (some.status_code, some.headers["x-seq"]) == (200, none.headers["x-seq"])
    assert some.json()["data"][0]["id"] == tried.json()["id"]
    assert service.get(f"{where}/deliveries", key=steward, headers={"If-None-Match": "*"}).status_code == 304
    assert service.delete(where, key=steward).json() == off.json()
    for method, path in (("GET", where), ("DELETE", where), ("GET", f"{where}/deliveries"), ("POST", f"{where}/test")):
        gone = service.raw(method, f"/api/v1{path}", key=steward)
        assert (gone.status_code, gone.json()["code"]) == (404, "webhook-not-found"), path
    log = service.get("/audit?type=webhook.created&type=webhook.revised&type=webhook.deleted", key=service.key("admin"))
    assert [e["type"] for e in log.json()["data"]] == ["webhook.created", "webhook.revised", "webhook.deleted"]
    assert {e["public"] for e in log.json()["data"]} == {False}


def test_wrong_endpoints_are_refused_with_their_place(service: Service):
    steward = service.key("steward")
    for body, status, code, pointer in (
        ({"url": "https://127.0.0.1/"}, 422, "webhook-address-forbidden", "/url"),
        ({"url": "https://user:hunter2@ioc.example.org/"}, 422, "webhook-url-invalid", "/url"),
        ({"url": "ioc.example.org"}, 422, "webhook-url-invalid", "/url"),
        ({"url": PUBLIC, "types": ["observation.created", "observation.create"]}, 422, "not-one-of", "/types/1"),
        ({"url": PUBLIC, "areas": ["14758", "99999"]}, 422, "unknown-area", "/areas/1"),
        ({"url": PUBLIC, "secret": "x"}, 422, "unknown-member", "/secret"),
        ({"types": []}, 422, "required", "/url"),
        ({"url": 5}, 422, "not-a-text", "/url"),
    ):
        refused = service.post("/webhooks", body, key=steward)
        fault = refused.json()["errors"][0]
        assert (refused.status_code, fault["code"], fault["pointer"]) == (status, code, pointer), body
        assert "hunter2" not in refused.text
    assert service.get("/webhooks", key=steward).json()["data"] == []


def test_an_endpoint_keeps_its_newest_attempts_only(service: Service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(commands, "KEPT", 5)
    ledger = service.app.state.ledger
    with ledger.write("test") as session:
        made = commands.create(session, commands.Wish(url=PUBLIC), networks(""))
    fine = Outcome(204, None, 0.01)
    for number in range(1, 10):
        service.now[0] += timedelta(seconds=1)
        with ledger.write("test") as session:
            going = queries.webhook(session, made.id)
            assert going is not None
            place = (made.at_seq + number, 0)
            assert commands.settle(session, going, [(Message(str(number), "x", b"", place), fine)]) is not None
    with ledger.read() as session:
        assert [row.message for row in queries.deliveries(session, made.id)] == ["9", "8", "7", "6", "5"]
        # Whoever settles with an old idea of where the endpoint stands changes nothing.
        stale = made
    with ledger.write("test") as session:
        assert commands.settle(session, stale, [(Message("0", "x", b"", (1, 0)), fine)]) is None


def test_waits_grow_to_days_and_are_never_the_same(service: Service):
    failed = Outcome(503, "refused", 0.1, retry_after=None)
    waits = [[commands._wait(n, failed).total_seconds() for _ in range(20)] for n in range(len(commands.SCHEDULE))]

    assert sum(commands.SCHEDULE) > 3 * 86400
    for nominal, found in zip(commands.SCHEDULE, waits, strict=True):
        assert 0.8 * nominal <= min(found) < max(found) <= 1.2 * nominal
    assert commands._wait(0, Outcome(503, "refused", 0.1, retry_after=900)) == timedelta(seconds=900)
    assert commands._wait(0, Outcome(503, "refused", 0.1, retry_after=999_999)) == timedelta(days=1)


def test_a_secret_depends_on_the_service_the_endpoint_and_its_salt():
    made = {secret_of(m, w, s) for m in (b"a", b"b") for w in ("1", "2") for s in ("x", "y")}

    assert len(made) == 8
    assert written(b"\0" * 32) == "whsec_" + "A" * 43 + "="


def test_attempts_are_measured(city: Served, steward: Steward, ioc: Receiver):
    ioc.answer = lambda got: (500, {}, b"")
    made = steward.create(ioc.url)
    city.change("x")
    steward.until(made, lambda d: d["standing"]["attempts"] == 1)

    told = httpx.get(f"{city.address}/metrics").text

    assert 'dxi_webhooks{state="enabled"} 1.0' in told
    assert 'dxi_webhook_deliveries_total{outcome="failed"}' in told
    assert "dxi_webhooks_behind 1.0" in told
