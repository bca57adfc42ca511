"""The feed as server-sent events: as it happens, resumable, ended with the key, and never kept waiting by a reader."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.access import commands as access
from app.changes import stream, tail
from app.core.errors import Problem
from app.db.ledger import renew_epoch
from tests.changes.streaming import Event, Served, served
from tests.databases import Databases
from tests.service import Service


@pytest.fixture(scope="module")
def city(shared_database_url: str) -> Iterator[Served]:
    patch = pytest.MonkeyPatch()
    patch.setattr(tail, "POLL_SECONDS", 0.02)
    with served(shared_database_url) as running:
        yield running
    patch.undo()


def newest(city: Served) -> int:
    return int(city.get("/changes", limit=1).json()["seq"])


def told(events: list[Event]) -> list[tuple[str, str, str | None]]:
    return [(e.type, e.data["subject"], e.id) for e in events]


def test_changes_come_as_they_happen_and_only_the_last_of_a_seq_has_an_id(city: Served):
    listener = city.listen()
    first, second = city.change("a", "b", "c"), city.change("d")

    events = listener.count(4)

    kind = "observation.created"
    assert told(events) == [(kind, "a", None), (kind, "b", None), (kind, "c", str(first)), (kind, "d", str(second))]
    assert [e.data for e in events] == city.get("/changes", after=first - 1).json()["data"]
    assert listener.answer is not None
    assert listener.answer.headers["content-type"].startswith("text/event-stream")
    assert (listener.answer.headers["cache-control"], "etag" in listener.answer.headers) == ("no-store", False)
    listener.leave()


def test_a_reader_that_comes_back_goes_on_after_its_last_id(city: Served):
    start = newest(city)
    seqs = [city.change(f"{n}") for n in range(5)]

    by_id = city.listen(last=str(seqs[1])).count(3)
    by_seq = city.listen(after=seqs[1]).count(3)
    both = city.listen(last=str(seqs[1]), after=start).count(3)
    page = city.get("/changes", after=seqs[1] - 1, limit=1).json()
    by_cursor = city.listen(cursor=page["next"]).count(3)

    assert [e.id for e in by_id] == [str(seq) for seq in seqs[2:]]
    assert by_id == by_seq == both == by_cursor


def test_filters_and_sight_are_those_of_the_feed(city: Served):
    start = newest(city)
    steward = city.key("steward")
    city.change("x", "y", area="14758-202501")
    city.change("secret", type="submission.accepted", public=False)
    last = city.change("z", area="14761-202501", type="observation.revised")

    everything = city.listen(steward, after=start).until(lambda events: bool(events) and events[-1].id == str(last))
    public = city.listen(after=start).count(3)
    of_area = city.listen(after=start, area="14761").count(1)
    of_type = city.listen(after=start, type=["observation.created", "key.created"]).count(2)

    assert [e.data for e in everything] == city.get("/changes", steward, after=start).json()["data"]
    assert {"key.created", "submission.accepted"} < {e.type for e in everything}
    assert [(e.data["subject"], e.data["actor"]) for e in public] == [("x", None), ("y", None), ("z", None)]
    assert "before" not in public[0].data
    assert [(e.data["subject"], e.id) for e in of_area] == [("z", str(last))]
    assert [e.data["subject"] for e in of_type] == ["x", "y"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_behind_the_stream_do_not_show(city: Served, monkeypatch: pytest.MonkeyPatch, size: int):
    monkeypatch.setattr(tail, "PAGE", size)
    start = newest(city)
    for n in (3, 1, 5, 2):
        city.change(*(f"{n}.{m}" for m in range(n)), area="14758-202501" if n % 2 else None)

    events = city.listen(after=start).count(11)
    odd = city.listen(after=start, area="14758").count(9)

    assert [e.data for e in events] == city.get("/changes", after=start).json()["data"]
    assert [e.id for e in events if e.id] == [str(start + n) for n in (1, 2, 3, 4)]
    assert [e.id for e in odd if e.id] == [str(start + n) for n in (1, 2, 3)]
    assert [n for n, e in enumerate(odd) if e.id] == [2, 3, 8]


@pytest.mark.parametrize("last", ["999999", "never-ours", "99999999999999999999"])
def test_a_place_that_is_not_in_the_log_is_reset_and_the_whole_log_follows(city: Served, last: str):
    whole = city.get("/changes", limit=1000, type="indicator.created").json()["data"]

    events = city.listen(last=last, type="indicator.created").count(1 + len(whole))

    assert (events[0].type, events[0].id, events[0].data["start"]) == ("reset", "0", "/api/v1/changes?after=0")
    assert [e.data for e in events[1 : 1 + len(whole)]] == whole
    assert city.get("/changes", cursor=events[0].data["cursor"]).json()["data"][0]["seq"] == 1


def test_a_restore_resets_who_reads_and_who_comes_back_with_a_cursor(city: Served):
    seq = city.change("before")
    cursor = city.get("/changes", limit=1).json()["cursor"]
    listener = city.listen(cursor=cursor, after=seq)
    with city.ledger.database.writes() as connection:
        renew_epoch(connection)

    assert listener.count(1)[0].data["reason"] == "epoch"
    again = city.listen(cursor=cursor, last=str(seq)).count(1)[0]
    assert (again.type, again.data["reason"]) == ("reset", "epoch")
    listener.leave()


def test_silence_is_broken_by_comments(city: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.05)
    listener = city.listen()

    listener.until(lambda _: len(listener.comments) >= 2)
    listener.leave()

    assert listener.events == []


@pytest.mark.parametrize("way", ["revoked", "expired"])
def test_a_key_that_ends_takes_its_streams_along(city: Served, monkeypatch: pytest.MonkeyPatch, way: str):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.1)
    soon = datetime.now(UTC) + timedelta(seconds=0.4)
    key = city.key("read", expires=soon if way == "expired" else None)
    listener, other = city.listen(key), city.listen()
    if way == "revoked":
        with city.ledger.write("test") as session:
            access.revoke(session, key.split("_")[1])

    assert listener.ended.wait(30)
    assert not other.ended.is_set()
    assert city.get("/me", key).status_code == 401
    other.leave()


def test_who_may_not_read_may_not_listen(databases: Databases, tmp_path: Any):
    with databases.fresh("sqlite", tmp_path) as url, served(url, public_read=False) as city:
        assert city.get("/changes/stream").status_code == 401
        assert city.get("/changes/stream", "dxk_wrong_000000000000000000000000").status_code == 401
        listener = city.listen(city.key("read"))
        city.change("heard")
        assert listener.count(1)[0].data["subject"] == "heard"

        began = time.monotonic()
        city.server.should_exit = True
        assert listener.ended.wait(30)
        # Sooner than the five seconds after which the server ends whatever goes on.
        assert time.monotonic() - began < 4


def test_a_reader_that_does_not_read_is_cut_off_and_nobody_else_waits(city: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "STALL_SECONDS", 0.8)
    start = newest(city)
    with closing(socket.socket()) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, port = city.address.removeprefix("http://").split(":")
        deaf.connect((host, int(port)))
        deaf.sendall(f"GET /api/v1/changes/stream?after={start} HTTP/1.1\r\nHost: city.test\r\n\r\n".encode())
        reader = city.listen(after=start)
        with city.ledger.write("test") as session:
            for n in range(300):
                session.record("observation.created", f"{n}", {"text": "x" * 2000}, public=True)

        reader.count(300)
        deadline = time.monotonic() + 30
        while b"dxi_streams_dropped_total 0.0" in httpx.get(f"{city.address}/metrics").content:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert len(rest_of(deaf)) < 300 * 2000
        reader.leave()


def rest_of(connection: socket.socket) -> bytes:
    connection.settimeout(5)
    found = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            found += piece
    return found


def test_streams_are_counted_limited_and_their_head_is_answered(city: Served, monkeypatch: pytest.MonkeyPatch):
    head = httpx.head(f"{city.address}/api/v1/changes/stream")
    assert (head.status_code, head.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
    listener = city.listen()
    assert city.app.state.tail._open >= 1

    monkeypatch.setattr(tail, "MAX_STREAMS", 0)
    refused = city.get("/changes/stream")

    assert (refused.status_code, refused.json()["code"]) == (503, "too-many-streams")
    assert int(refused.headers["retry-after"]) > 0
    listener.leave()


def test_wrong_questions_are_refused_before_anything_is_streamed(city: Served):
    for params, code in (
        ({"type": "observation.gone"}, "not-one-of"),
        ({"area": "99999"}, "unknown-area"),
        ({"after": "-1"}, "invalid-parameter"),
        ({"cursor": "A" * 40}, "cursor-invalid"),
        ({"afetr": "1"}, "unknown-parameter"),
    ):
        answer = city.get("/changes/stream", **params)
        assert (answer.status_code in (400, 422), answer.json()["code"]) == (True, code)


def test_without_our_server_a_stream_gives_what_there_is_and_ends(service: Service):
    answer = service.get("/changes/stream?after=0&type=target.created")

    assert answer.status_code == 200
    assert answer.text.count("event: target.created") == 20
    assert answer.text.count("id: ") == 1


def test_a_database_that_is_away_is_told_once_and_the_stream_goes_on(
    city: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    listener = city.listen()
    counter = city.app.state.counters.primary
    read, failures = type(counter).read, [0]

    async def away(self: Any) -> Any:
        failures[0] += 1
        raise Problem("database-unavailable")

    monkeypatch.setattr(type(counter), "read", away)
    listener.until(lambda _: failures[0] > 3)
    monkeypatch.setattr(type(counter), "read", read)
    city.change("after it came back")

    assert listener.count(1)[0].data["subject"] == "after it came back"
    assert caplog.messages.count("streams wait for the database") == 1
    listener.leave()
