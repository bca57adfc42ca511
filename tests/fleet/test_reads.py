"""Where a read is answered: at the replica while it knows as much as the primary, else at the primary.

The replica is a copy of the database here: it stands still, and its rows are marked to tell where an answer came from.
"""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from app.access import commands as access
from app.core.clock import Clock
from app.db.replica import Replica
from app.db.session import Ledger, ReadSession
from app.main import open_ledger
from app.settings import Settings
from tests.cli.processes import dxi
from tests.databases import Databases, Kind
from tests.service import START, Service, running

CELL = "commune_dx_completed.380-202501.2025-01"


def run(url: str, *statements: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@dataclass
class City:
    """A service over two databases; the notes of the second one's observations say `replica`."""

    service: Service
    databases: Databases
    primary: str
    replica: str
    ward: str
    admin: str
    value: int = 0

    def write(self) -> int:
        """A ward's new figure; its seq."""
        self.value += 1
        sent = self.service.submit(self.ward, [{"indicator": "relics_digitised_3d", "value": self.value}])
        assert sent.status_code == 201, sent.text
        seq: int = sent.json()["seq"]
        return seq

    def catch_up(self) -> None:
        """The copy claims to know what the primary knows."""
        seq = int(self.service.get("/areas").headers["x-seq"])
        run(self.replica, f"UPDATE counter SET seq = {seq}")

    def asked(self, path: str = f"/observations/{CELL}", **more: Any) -> str:
        """Where the answer of a read comes from."""
        answer = self.service.get(path, **more)
        assert answer.status_code == 200, answer.text
        return "replica" if answer.json()["note"] == "replica" else "primary"

    def close_off(self, url: str) -> None:
        """No connection to the database lives or can be made."""
        name = make_url(url).database
        run(
            self.databases.server(),
            f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def open_again(self, url: str) -> None:
        run(self.databases.server(), f'ALTER DATABASE "{make_url(url).database}" ALLOW_CONNECTIONS true')


@pytest.fixture
def city(databases: Databases, tmp_path: Path) -> Iterator[City]:
    with databases.fresh("postgresql", tmp_path) as primary:
        ledger = open_ledger(Settings(database_url=primary), Clock(lambda: START))
        with closing(ledger), ledger.write("test") as session:
            _, ward = access.create(session, name="ward", scopes=["submit"], areas=["14758"])
            _, admin = access.create(session, name="admin", scopes=["admin"])
        own = make_url(primary).database
        replica = make_url(primary).set(database=f"{own}_copy").render_as_string(hide_password=False)
        run(databases.server(), f'CREATE DATABASE "{own}_copy" TEMPLATE "{own}"')
        run(replica, "SET session_replication_role = replica", "UPDATE revision SET note = 'replica'")
        try:
            with running(primary, database_read_url=replica) as service:
                yield City(service, databases, primary, replica, ward, admin)
        finally:
            run(databases.server(), f'DROP DATABASE "{own}_copy" WITH (FORCE)')


def test_reads_come_from_the_replica_while_it_knows_everything_and_from_the_primary_otherwise(city: City):
    assert city.asked() == "replica"
    assert city.service.raw("GET", "/readyz").json()["replica"]["behind"] == 0

    seq = city.write()

    assert city.asked() == "primary"
    assert int(city.service.get(f"/observations/{CELL}").headers["x-seq"]) == seq
    known = city.service.raw("GET", "/readyz").json()
    assert (known["status"], known["replica"]) == ("ready", {"reachable": True, "seq": seq - 1, "behind": 1})

    city.catch_up()
    assert city.asked(f"/observations/{CELL}?lang=vi") == "replica"


def test_what_was_just_written_is_found_whatever_names_it(city: City):
    seq = city.write()
    cell = "/observations/relics_digitised_3d.14758-202501.2025-03"

    assert city.service.get(cell).json()["value"] == 1
    assert city.service.get(f"{cell}?as_of={seq}").status_code == 200
    assert city.service.get(f"/changes?after={seq}").status_code == 200
    assert city.service.get(f"{cell}?min_seq={seq}").json()["value"] == 1
    # A key as well: it is a change like any other.
    assert city.service.get("/me", key=city.service.key("read")).status_code == 200


def test_a_copy_of_another_history_is_not_asked(city: City):
    run(city.replica, "UPDATE counter SET epoch = 'restored', seq = seq + 100")

    assert city.asked() == "primary"


def test_an_instant_is_settled_at_the_primary(city: City):
    ledger: Ledger = city.service.app.state.ledger
    with ledger.read() as session:
        point = session.point
    numbered, done = threading.Event(), threading.Event()

    def write() -> None:
        with ledger.write("test") as session:
            session.record("observation.created", "a.b.c", {}, public=True)
            numbered.set()
            done.wait(0.3)

    writing = threading.Thread(target=write)
    writing.start()
    assert numbered.wait(30)
    city.service.now[0] = datetime(2026, 11, 22, 4, tzinfo=UTC)
    with ledger.knowing(point).read(city.service.now[0]) as session:
        seen = session.as_of
    done.set()
    writing.join()

    # The writer had taken its instant, so the answer waited for it, and the copy that lacks it was not asked.
    assert seen == point.seq + 1


def test_a_replica_that_goes_away_in_the_middle_of_a_read_is_not_noticed(city: City, monkeypatch: pytest.MonkeyPatch):
    rows = ReadSession.rows
    cut: list[str | None] = []

    def cut_once(session: ReadSession, *asked: Any) -> Any:
        if not cut:
            cut.append(session.connection.engine.url.database)
            session.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return rows(session, *asked)

    monkeypatch.setattr(ReadSession, "rows", cut_once)
    answer = city.service.get("/observations?indicator=commune_dx_completed&sort=-period")

    assert answer.status_code == 200
    assert cut == [make_url(city.replica).database]
    assert "replica" not in {row["note"] for row in answer.json()["data"]}


def test_a_dead_replica_costs_nothing_but_itself(city: City, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.db.replica.REST_SECONDS", 0.0)
    city.close_off(city.replica)

    assert city.asked() == "primary"
    ready = city.service.raw("GET", "/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["replica"] == {"reachable": False, "seq": None, "behind": None}

    city.open_again(city.replica)
    assert city.asked(f"/observations/{CELL}?lang=en") == "replica"


def test_while_it_rests_one_in_a_while_tries_a_replica_that_is_away(monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr("app.db.replica.time.monotonic", lambda: now[0])
    replica = Replica("postgresql://nowhere.invalid/dxi")
    assert [replica.is_asked(), replica.is_asked()] == [True, True]

    replica.rest()
    assert not replica.is_asked()
    now[0] += 5.0
    assert [replica.is_asked(), replica.is_asked()] == [True, False]


def test_while_the_primary_is_away_the_replica_answers_what_it_knows(city: City):
    seq = city.write()
    city.close_off(city.primary)

    answer = city.service.get(f"/observations/{CELL}", key=city.ward)
    assert (answer.status_code, answer.json()["note"], int(answer.headers["x-seq"])) == (200, "replica", seq - 1)
    again = city.service.get(f"/observations/{CELL}", key=city.ward, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    refused = city.service.get(f"/observations/{CELL}?min_seq={seq}")
    assert (refused.status_code, refused.json()["code"]) == (503, "replica-behind")
    assert refused.headers["retry-after"]
    assert refused.json()["errors"][0]["parameter"] == "min_seq"
    assert city.service.get(f"/observations/{CELL}?min_seq={seq - 1}").status_code == 200
    sent = city.service.submit(city.ward, [{"indicator": "relics_digitised_3d", "value": 9}])
    assert (sent.status_code, sent.headers["retry-after"]) == (503, "2")
    ready = city.service.raw("GET", "/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "read-only")

    city.open_again(city.primary)
    assert int(city.service.get(f"/observations/{CELL}").headers["x-seq"]) == seq
    assert city.write() == seq + 1


def test_whoever_is_ahead_of_a_replica_that_answers_alone_waits_and_does_not_start_over(city: City):
    seq = city.write()
    cursor = city.service.get(f"/changes?after={seq}").json()["cursor"]
    page = city.service.get("/areas?limit=2").json()["next"]
    ahead = [f"/changes?after={seq}", f"/changes?cursor={cursor}", f"/audit?after={seq}"]
    ahead += [f"/areas?limit=2&cursor={page}"]
    ahead += [f"{path}?as_of={seq}" for path in ("/areas", "/city/snapshot", f"/observations/{CELL}", "/jsonstat/city")]
    ahead += [f"/exports/observations.csv?as_of={seq}", f"/observations/compare?from={seq - 1}&to={seq}"]
    city.close_off(city.primary)

    for path in ahead:
        refused = city.service.get(path, key=city.admin)
        assert (refused.status_code, refused.json()["code"]) == (503, "replica-behind"), path
        assert refused.headers["retry-after"], path
    assert city.service.get(f"/changes?after={seq - 1}").json()["data"] == []

    city.open_again(city.primary)
    assert {path: city.service.get(path, key=city.admin).status_code for path in ahead} == dict.fromkeys(ahead, 200)
    # Where the primary says so itself, it is true.
    assert city.service.get(f"/changes?after={seq + 1}").status_code == 410
    assert city.service.get(f"/areas?as_of={seq + 1}").status_code == 422


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_catalogue_is_fetched_anew_when_the_service_has_moved(databases: Databases, tmp_path: Path, kind: Kind):
    with databases.fresh(kind, tmp_path) as url:
        with running(url, public_url="https://old.example.org") as service:
            old = service.get("/dcat")
            assert service.get("/dcat", headers={"If-None-Match": old.headers["etag"]}).status_code == 304
        with running(url, public_url="https://new.example.org") as service:
            new = service.get("/dcat", headers={"If-None-Match": old.headers["etag"]})

    assert (new.status_code, new.headers["x-seq"]) == (200, old.headers["x-seq"])
    assert b"https://new.example.org" in new.content
    assert b"https://old.example.org" not in new.content


def test_an_answer_does_not_depend_on_min_seq(service: Service):
    seq = int(service.get("/areas").headers["x-seq"])
    plain = service.get("/areas?limit=2&sort=code")
    asked = service.get(f"/areas?limit=2&min_seq={seq}&sort=code")

    assert (asked.status_code, asked.content, asked.headers["etag"]) == (200, plain.content, plain.headers["etag"])
    same = {"If-None-Match": plain.headers["etag"]}
    assert service.get(f"/areas?min%5Fseq={seq}&limit=2&sort=code", headers=same).status_code == 304
    assert service.raw("HEAD", f"/api/v1/areas?min_seq={seq}").status_code == 200
    following = service.get(f"/areas?cursor={asked.json()['next']}&limit=2&sort=code&min_seq={seq}")
    assert following.status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ("min_seq=abc", 422, "invalid-parameter"),
        ("min_seq=-1", 422, "invalid-parameter"),
        ("min_seq=", 422, "invalid-parameter"),
        ("min_seq=1.0", 422, "invalid-parameter"),
        ("min_seq=٣", 422, "invalid-parameter"),
        ("min_seq=1&min_seq=2", 422, "invalid-parameter"),
        ("min_seq=999999999999999999", 422, "min-seq-in-future"),
        ("min_sec=1", 400, "unknown-parameter"),
    ],
)
def test_a_min_seq_that_cannot_be_is_refused_by_name(shared: Service, asked: str, status: int, code: str):
    refused = shared.get(f"/areas?{asked}")

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.json()["errors"][0]["parameter"] == asked.partition("=")[0]
    assert "min_seq" in str(refused.json()["errors"])


def test_a_write_takes_no_min_seq(service: Service):
    refused = service.post("/submissions?min_seq=1", {"rows": []}, key=service.ward("14758"))

    assert (refused.status_code, refused.json()["code"]) == (400, "unknown-parameter")


@pytest.mark.parametrize(
    ("primary", "replica"),
    [
        ("sqlite:///a.db", "postgresql://db/dxi"),
        ("postgresql://db/dxi", "sqlite:///a.db"),
        ("postgresql://db/dxi", "x"),
    ],
)
def test_only_postgresql_has_replicas(primary: str, replica: str):
    with pytest.raises(ValidationError, match="only PostgreSQL has replicas") as refused:
        Settings(database_url=primary, database_read_url=replica)

    assert "DXI_DATABASE_READ_URL" in str(refused.value)


def test_a_replica_of_sqlite_is_refused_with_a_sentence_that_tells_no_password(tmp_path: Path):
    done = dxi("serve", url=f"sqlite:///{tmp_path}/a.db", DXI_DATABASE_READ_URL="postgresql://dxi:geheim@db/dxi")

    assert done.code == 2
    assert "chỉ PostgreSQL có bản sao" in done.err
    assert "geheim" not in done.err + done.out
    assert "Value error" not in done.err
