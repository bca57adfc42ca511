"""Seeding: the files become the registry, once; what stewards changed stays."""

import shutil
from contextlib import closing

import pytest
from sqlalchemy import text

from app.areas.reorganisation import SEEDS
from app.core.clock import Clock
from app.db.engine import Database
from app.db.migrate import upgrade
from app.ops.seed import read_csv, read_yaml, seed_database
from tests.service import START

FILES = ("documents", "clauses", "indicators", "targets", "initiatives")


@pytest.fixture
def empty(empty_database_url):
    with closing(Database(empty_database_url)) as database:
        upgrade(database)
        yield database


def state(database):
    with database.reads() as connection:
        return connection.execute(text("SELECT seq, head FROM counter")).one(), count(database, "change")


def count(database, table):
    with database.reads() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def ids(entries):
    return [entry.get("id") or entry["code"] for entry in entries]


@pytest.mark.parametrize("name", FILES)
def test_ids_are_unique(name):
    named = ids(read_yaml(SEEDS / f"{name}.yaml"))

    assert len(named) == len(set(named))


def test_area_codes_are_unique():
    rows = read_csv(SEEDS / "areas.csv")

    assert len(rows) == len({row["code"] for row in rows}) == 48


def test_the_database_holds_what_the_files_hold(empty):
    assert seed_database(empty, Clock(lambda: START)) is True

    for table, name in zip(("document", "clause", "indicator", "target", "initiative"), FILES, strict=True):
        assert count(empty, table) == len(read_yaml(SEEDS / f"{name}.yaml"))
    assert count(empty, "revision") == len(read_yaml(SEEDS / "observations.yaml"))
    assert count(empty, "submission") == 1
    assert count(empty, "area") == len(read_csv(SEEDS / "areas.csv"))
    assert state(empty)[0].seq == 1


def test_a_second_run_changes_nothing(empty):
    seed_database(empty)
    before = state(empty)

    assert seed_database(empty) is False
    assert state(empty) == before


def test_everything_was_done_by_system(empty):
    seed_database(empty, Clock(lambda: START))

    with empty.reads() as connection:
        actors = connection.execute(text("SELECT DISTINCT actor FROM change")).scalars().all()
    assert actors == ["system"]


def test_what_is_missing_is_added_and_what_stewards_changed_stays(empty, tmp_path):
    folder = tmp_path / "seeds"
    shutil.copytree(SEEDS, folder)
    # Milestones name targets.
    for name in ("targets", "initiatives"):
        (folder / f"{name}.yaml").write_text("[]", encoding="utf-8")
    seed_database(empty, folder=folder)
    with empty.writes() as connection:
        connection.execute(
            text("UPDATE definition_version SET name_en = 'Renamed' WHERE code = 'commune_dx_completed'")
        )

    assert seed_database(empty) is True

    assert count(empty, "target") == len(read_yaml(SEEDS / "targets.yaml"))
    with empty.reads() as connection:
        names = connection.execute(text("SELECT name_en FROM definition_version WHERE code = 'commune_dx_completed'"))
        assert names.all() == [("Renamed",)]


def test_numbers_of_the_files_keep_every_digit(tmp_path):
    path = tmp_path / "numbers.yaml"
    path.write_text("[84.39, 12345678901234567890.12, 02, 1e3]", encoding="utf-8")

    assert [str(number) for number in read_yaml(path)] == ["84.39", "12345678901234567890.12", "2", "1e3"]


def test_every_seeded_thing_answers_over_http(service):
    for name in ("indicators", "targets", "documents", "initiatives"):
        path = f"/{name}"
        listed = service.get(path, params={"limit": 1000}).json()["data"]
        assert sorted(ids(listed)) == sorted(ids(read_yaml(SEEDS / f"{name}.yaml")))
        for identity in ids(listed):
            assert service.get(f"{path}/{identity}").status_code == 200
