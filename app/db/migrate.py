"""One migration tree for both databases (`migrations/`), run by `dxi migrate` and, for an embedded file, at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.db.engine import Database

ROOT = Path(__file__).resolve().parents[2]


class SchemaMismatch(Exception):
    """The database's schema is not the one this build was made for; the sentence says what to run."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision` in one transaction."""
    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    _run(database, command.downgrade, revision)


def _run(database: Database, verb: object, revision: str) -> None:
    config = _config()
    with database.schema_changes() as connection:
        config.attributes["connection"] = connection
        verb(config, revision)  # type: ignore[operator]


def head() -> str:
    """The newest revision this build knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.reads() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check(database: Database) -> None:
    """Refuse a schema that is older or newer than this build.

    Raises SchemaMismatch with a sentence that says what to run.
    """
    at, wanted = current(database), head()
    if at == wanted:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if at is None:
        raise SchemaMismatch("The database is empty. Run `dxi migrate`, then `dxi seed`.")
    if at in known:
        raise SchemaMismatch(f"The database schema ({at}) is older than this build ({wanted}). Run `dxi migrate`.")
    raise SchemaMismatch(
        f"The database schema ({at}) is newer than this build ({wanted})."
        " Install the build that made it, or restore a backup."
    )
