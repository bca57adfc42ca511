"""One migration tree for both databases (`migrations/`), run by `dxi migrate` and, for an embedded file, at start.

Revisions are files `<number>_<what>.py`, their number being their id. So a start that finds its schema current needs no
Alembic, which is imported only where revisions run.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from app.db.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Unmigrated(Exception):
    """Alembic could not do what it was asked; why."""


class SchemaMismatch(Exception):
    """The database's schema is not the one this build was made for; the sentence says what to run."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to `revision` in one transaction. Raises Unmigrated where a revision is not known."""
    from alembic import command
    from alembic.util import CommandError

    config = _config()
    with database.schema_changes() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise Unmigrated(str(error)) from error


def downgrade(database: Database, revision: str) -> None:
    """Bring the schema down to `revision` in one transaction."""
    from alembic import command

    config = _config()
    with database.schema_changes() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def revisions() -> list[str]:
    """The ids of the revisions this build knows, the oldest first."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """The newest revision this build knows."""
    return revisions()[-1]


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
    at, known = current(database), revisions()
    if at == known[-1]:
        return
    if at is None:
        raise SchemaMismatch(
            "Cơ sở dữ liệu còn trống. Hãy chạy `dxi migrate`, rồi `dxi seed`.",
            "The database is empty. Run `dxi migrate`, then `dxi seed`.",
        )
    if at in known:
        raise SchemaMismatch(
            f"Cấu trúc cơ sở dữ liệu ({at}) cũ hơn bản này ({known[-1]}). Hãy chạy `dxi migrate`.",
            f"The database schema ({at}) is older than this build ({known[-1]}). Run `dxi migrate`.",
        )
    raise SchemaMismatch(
        f"Cấu trúc cơ sở dữ liệu ({at}) mới hơn bản này ({known[-1]})."
        " Hãy cài bản đã tạo ra nó, hoặc khôi phục từ bản sao lưu.",
        f"The database schema ({at}) is newer than this build ({known[-1]})."
        " Install the build that made it, or restore a backup.",
    )
