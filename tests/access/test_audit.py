"""The log in full and its proof: whoever tampers with a row is found out."""

import random
import sqlite3
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.access import audit
from app.db.chain import chained
from app.db.points import point_of
from app.db.session import Memo, ReadSession
from tests.service import START, running

WARD = {"name": "Phường Đông Thọ", "scopes": ["submit"], "areas": ["14758"]}
TAMPERINGS = 200
COLUMNS = ("seq", "ordinal", "at", "type", "subject", "area", "actor", "public", "before", "data", "digest")


class Undone(Exception):
    """Leaves a transaction, so that nothing of it stays."""


@contextmanager
def a_tamperer(service):
    """A connection of somebody who may do everything in the database but knows no secret; undone at the end."""
    database = service.app.state.ledger.database
    triggers = {
        "sqlite": ("DROP TRIGGER change_no_update", "DROP TRIGGER change_no_delete"),
        "postgresql": ("ALTER TABLE change DISABLE TRIGGER ALL",),
    }
    with suppress(Undone), database.writes() as connection:
        for statement in triggers[connection.dialect.name]:
            connection.execute(text(statement))
        yield connection
        raise Undone


def verdict(service, connection, **exported):
    point = point_of(connection)
    session = ReadSession(connection, point, Memo(), point.seq, START.date())
    return audit.verify(session, service.app.state.ledger.secret, **exported)


def verify(service, **exported):
    return service.get("/audit/verify", params=exported, key=service.key("admin")).json()


def some_history(service, entries=20):
    admin = service.key("admin")
    for number in range(entries):
        made = service.post("/keys", {**WARD, "name": f"khóa {number}"}, key=admin).json()
        if number % 2:
            service.delete(f"/keys/{made['id']}", key=admin)


def rows_of(connection):
    return [dict(r._mapping) for r in connection.execute(text("SELECT * FROM change ORDER BY seq, ordinal"))]


def instant(stored):
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


# -- ways to tamper ----------------------------------------------------------------------------------------------------


def where(row):
    return {"s": row["seq"], "o": row["ordinal"]}


def edit(connection, rows, dice):
    row = dice.choice(rows)
    column = dice.choice([c for c in COLUMNS if c not in ("seq", "ordinal")])
    old = row[column]
    new = {
        "public": lambda: not old,
        "at": lambda: "2020-01-01T00:00:00.000000+00:00",
        "digest": lambda: "".join(dice.choices("0123456789abcdef", k=64)),
        "data": lambda: old.replace("}", ',"x":1}') if old != "{}" else '{"x":1}',
    }.get(column, lambda: (old or "") + dice.choice("xyz "))()
    connection.execute(
        text(f"UPDATE change SET {column} = :new WHERE seq = :s AND ordinal = :o"), where(row) | {"new": new}
    )


def renumber(connection, rows, dice):
    row = dice.choice(rows)
    more = {"more": dice.choice((1_000_000, -1_000_000))}
    connection.execute(text("UPDATE change SET seq = seq + :more WHERE seq = :s AND ordinal = :o"), where(row) | more)


def delete(connection, rows, dice):
    connection.execute(text("DELETE FROM change WHERE seq = :s AND ordinal = :o"), where(dice.choice(rows)))


def insert(connection, rows, dice):
    names = ", ".join(c for c in COLUMNS if c != "ordinal")
    connection.execute(
        text(
            f"INSERT INTO change ({names}, ordinal) SELECT {names}, ordinal + 500000 FROM change"
            " WHERE seq = :s AND ordinal = :o"
        ),
        where(dice.choice(rows)),
    )


def swap(connection, rows, dice):
    one, other = dice.sample(rows, 2)
    kept = [c for c in COLUMNS if c not in ("seq", "ordinal", "before")]
    for target, source in ((one, other), (other, one)):
        values = ", ".join(f"{c} = :{c}" for c in kept)
        connection.execute(
            text(f"UPDATE change SET {values} WHERE seq = :s AND ordinal = :o"),
            where(target) | {c: source[c] for c in kept},
        )


def move_the_head(connection, rows, dice):
    column, value = dice.choice([("head", "'" + "0" * 64 + "'"), ("seq", "seq + 1"), ("seq", "seq - 1")])
    connection.execute(text(f"UPDATE counter SET {column} = {value}"))


def cut_off(connection, rows, dice):
    connection.execute(text("DELETE FROM change WHERE seq > :s"), {"s": dice.choice(rows[:-1])["seq"]})


def make_anew_without_the_secret(connection, rows, dice):
    start = dice.randrange(len(rows))
    head = rows[start - 1]["digest"] if start else ""
    for row in rows[start:]:
        head = chained(b"a guess", head, row | {"at": START})
        connection.execute(
            text("UPDATE change SET digest = :d WHERE seq = :s AND ordinal = :o"), where(row) | {"d": head}
        )
    connection.execute(text("UPDATE counter SET head = :head"), {"head": head})


WAYS = (edit, edit, edit, renumber, delete, insert, swap, move_the_head, cut_off, make_anew_without_the_secret)


# -- what is promised --------------------------------------------------------------------------------------------------


def test_an_untouched_log_is_intact_up_to_its_newest_change(service):
    some_history(service)
    me = service.get("/me", key=service.key("admin"))

    found = verify(service)

    assert found["intact"] is True
    assert found["first_broken"] is None
    assert found["seq"] == int(me.headers["x-seq"])
    entries = service.get("/audit", params={"limit": 1000}, key=service.key("admin")).json()["data"]
    assert found["checked"] == len(entries)
    assert found["head"] == entries[-1]["digest"]


def test_every_one_of_200_random_tamperings_is_found(service):
    some_history(service)
    dice = random.Random(20)
    missed = []

    for number in range(TAMPERINGS):
        with a_tamperer(service) as connection:
            rows = rows_of(connection)
            way = WAYS[number % len(WAYS)]
            way(connection, rows, dice)
            found = verdict(service, connection)
            if found.intact or found.first_broken is None:
                missed.append((number, way.__name__))

    assert missed == []
    # The control: whatever found them finds nothing where nothing was done.
    assert verify(service)["intact"] is True


@pytest.mark.parametrize("way", [delete, swap])
def test_a_digest_of_each_row_alone_would_have_missed_it(service, monkeypatch, way):
    some_history(service)
    secret = service.app.state.ledger.secret

    def alone(secret, head, row):
        return chained(secret, "", {**row, "seq": 0, "ordinal": 0})

    monkeypatch.setattr(audit, "chained", alone)
    with a_tamperer(service) as connection:
        for row in rows_of(connection):
            values = where(row) | {"d": alone(secret, "", row | {"at": instant(row["at"])})}
            connection.execute(text("UPDATE change SET digest = :d WHERE seq = :s AND ordinal = :o"), values)
        rows = rows_of(connection)
        connection.execute(text("UPDATE counter SET head = :d"), {"d": rows[-1]["digest"]})
        assert verdict(service, connection).intact
        way(connection, [r for r in rows[:-1] if r["before"] is None], random.Random(1))
        found = verdict(service, connection)

    assert found.intact


def test_the_first_wrong_row_is_named(service):
    some_history(service)

    with a_tamperer(service) as connection:
        rows = rows_of(connection)
        edited = rows[len(rows) // 2]
        connection.execute(text("UPDATE change SET actor = 'somebody' WHERE seq = :s AND ordinal = :o"), where(edited))
        found = verdict(service, connection)

    assert found.first_broken == (edited["seq"], edited["ordinal"])
    assert found.checked == len(rows) // 2


@pytest.fixture
def embedded(databases, tmp_path):
    """The service on SQLite, which keeps what does not fit a column's type and whose file anybody may open."""
    with databases.fresh("sqlite", tmp_path) as url, running(url) as service:
        yield service


def test_what_a_reader_would_take_for_the_same_is_tampering_too(embedded):
    for change in ("public = 2", "at = replace(at, '+00:00', 'Z')", "at = 'soon'", "public = 'x'"):
        with a_tamperer(embedded) as connection:
            connection.execute(text(f"UPDATE change SET {change} WHERE ordinal = 0 AND public"))
            assert verdict(embedded, connection).intact is False, change


def test_a_log_cut_off_with_its_counter_is_found_by_a_head_exported_before(service):
    some_history(service)
    exported = verify(service)

    with a_tamperer(service) as connection:
        rows = [r for r in rows_of(connection) if r["seq"] < exported["seq"]]
        connection.execute(text("DELETE FROM change WHERE seq = :s"), {"s": exported["seq"]})
        connection.execute(
            text("UPDATE counter SET seq = :s, head = :head"), {"s": rows[-1]["seq"], "head": rows[-1]["digest"]}
        )
        unaided = verdict(service, connection)
        aided = verdict(service, connection, seq=exported["seq"], head=exported["head"])

    # Within itself the shorter log is right: only somebody who remembers can tell.
    assert unaided.intact
    assert not aided.intact
    assert aided.first_broken == (exported["seq"], 0)


def test_a_head_exported_before_still_fits_after_more_was_written(service):
    some_history(service, 4)
    exported = verify(service)

    some_history(service, 4)

    assert verify(service, seq=exported["seq"], head=exported["head"])["intact"] is True
    assert verify(service, seq=exported["seq"], head="0" * 64)["intact"] is False
    assert verify(service, seq=exported["seq"] - 1, head=exported["head"])["intact"] is False


def test_a_log_longer_than_a_page_is_checked_to_its_end(service, monkeypatch):
    some_history(service)
    whole = verify(service)

    for size in (1, 2, 7, whole["checked"], whole["checked"] + 1):
        monkeypatch.setattr(audit, "PAGE", size)
        assert verify(service) == whole


def test_a_tampered_log_is_told_though_seq_did_not_move(embedded):
    admin = embedded.key("admin")
    whole = embedded.get("/audit/verify", key=admin)
    had = {"If-None-Match": whole.headers["etag"]}
    assert whole.json()["intact"] is True
    assert embedded.get("/audit/verify", key=admin, headers=had).status_code == 304
    connection = sqlite3.connect(embedded.app.state.ledger.database.path)
    connection.execute("DROP TRIGGER change_no_update")
    connection.execute("UPDATE change SET actor = 'somebody' WHERE seq = 1 AND ordinal = 0")
    connection.commit()
    connection.close()

    answer = embedded.get("/audit/verify", key=admin, headers=had)

    assert (answer.status_code, answer.headers["x-seq"]) == (200, whole.headers["x-seq"])
    assert answer.json()["intact"] is False


@pytest.mark.parametrize("statement", ["UPDATE change SET actor = 'x'", "DELETE FROM change"])
def test_the_database_itself_refuses_to_change_the_log(service, statement):
    with pytest.raises(DBAPIError, match="append-only"), service.app.state.ledger.database.writes() as connection:
        connection.execute(text(statement))


def test_the_log_is_read_in_pages_each_entry_once(service):
    some_history(service, 6)
    admin = service.key("admin")
    whole = service.get("/audit", params={"limit": 1000}, key=admin).json()
    assert whole["next"] is None
    page = service.get("/audit", params={"limit": 3}, key=admin).json()
    seen = page["data"]

    while page["next"] is not None:
        page = service.get("/audit", params={"after": page["next"], "limit": 3}, key=admin).json()
        seen += page["data"]

    assert seen == whole["data"]


def test_entries_tell_who_did_what_with_the_state_before_and_after(service):
    admin = service.key("admin")
    made = service.post("/keys", WARD, key=admin).json()
    service.delete(f"/keys/{made['id']}", key=admin)
    me = service.get("/me", key=admin).json()["id"]

    entries = service.get("/audit", params={"type": "key.revoked", "actor": me}, key=admin).json()["data"]

    assert [e["subject"] for e in entries] == [made["id"]]
    assert entries[0]["before"]["revoked_at"] is None
    assert entries[0]["data"]["revoked_at"] is not None
    assert entries[0]["public"] is False


def test_a_seq_that_has_not_been_given_is_gone(service):
    answer = service.get("/audit", params={"after": 10**6}, key=service.key("admin"))

    assert (answer.status_code, answer.json()["code"]) == (410, "feed-cursor-gone")
