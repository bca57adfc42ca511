"""The one migration tree on both databases: up, down, up; the models are the schema; a wrong schema is refused."""

import pytest
from alembic import command
from sqlalchemy import inspect, text

from app.db import migrate
from app.db.engine import Database


@pytest.fixture
def database(empty_database_url):
    made = Database(empty_database_url)
    yield made
    made.close()


def tables(database):
    with database.reads() as connection:
        return sorted(inspect(connection).get_table_names())


def test_the_schema_goes_up_down_and_up_again(database):
    migrate.upgrade(database)
    first = tables(database)
    migrate.downgrade(database, "base")
    emptied = tables(database)
    migrate.upgrade(database)

    assert emptied == ["alembic_version"]
    assert tables(database) == first
    assert {"area", "change", "counter", "indicator", "revision", "submission"} <= set(first)


def test_every_revision_can_be_undone_alone(database):
    for revision in migrate.revisions():
        migrate.upgrade(database, revision)
        migrate.downgrade(database, "-1")
        migrate.upgrade(database, revision)

    assert migrate.current(database) == migrate.head()


def test_the_models_say_what_the_schema_is(database):
    migrate.upgrade(database)
    config = migrate._config()

    with database.schema_changes() as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_a_model_that_the_schema_lacks_is_noticed(database):
    """The control of the test above."""
    migrate.upgrade(database)
    config = migrate._config()
    with database.schema_changes() as connection:
        connection.execute(text("DROP INDEX ix_revision_seq"))

    with database.schema_changes() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(Exception, match="New upgrade operations detected"):
            command.check(config)


def test_the_files_numbers_are_the_revisions_in_their_order(database):
    from alembic.script import ScriptDirectory

    walked = [script.revision for script in ScriptDirectory.from_config(migrate._config()).walk_revisions()]

    assert migrate.revisions() == walked[::-1]


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (None, "The database is empty. Run `dxi migrate`, then `dxi seed`."),
        ("9999", "is newer than this build"),
    ],
)
def test_another_schema_is_refused_with_what_to_run(database, at, sentence):
    if at is not None:
        migrate.upgrade(database)
        with database.schema_changes() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": at})

    with pytest.raises(migrate.SchemaMismatch, match=r"Run `dxi migrate`|newer") as refused:
        migrate.check(database)

    assert sentence in str(refused.value)


def test_an_older_schema_is_told_to_migrate(database, monkeypatch):
    migrate.upgrade(database)
    known = migrate.revisions()
    monkeypatch.setattr(migrate, "revisions", lambda: [*known, "9999"])

    with pytest.raises(migrate.SchemaMismatch, match=r"is older than this build.*Run `dxi migrate`"):
        migrate.check(database)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE change SET actor = 'nobody'",
        "DELETE FROM change",
        "DELETE FROM revision",
        "UPDATE revision SET value = '1'",
        "UPDATE revision SET seq = 0",
    ],
)
def test_the_log_and_the_revisions_only_grow(database_url, tampering):
    database = Database(database_url)

    with pytest.raises(Exception, match="append-only"), database.writes() as connection:
        connection.execute(text(tampering))

    database.close()
