"""The database that commands work on, and its care: `dxi migrate`, `dxi seed`."""

import argparse
from contextlib import closing

from sqlalchemy import column, select, table

from app.cli.said import Failed, tell
from app.db.engine import Database
from app.db.migrate import SchemaMismatch, Unmigrated, check, current, upgrade
from app.db.session import Ledger
from app.main import open_ledger
from app.settings import Settings


def opened(settings: Settings, *, checkpoints: bool = False) -> Database:
    try:
        return Database(settings.database_url, checkpoints=checkpoints)
    except Exception as error:
        raise Failed(
            "DXI_DATABASE_URL không đúng: cần sqlite:///đường/dẫn/tệp.db hoặc postgresql://…",
            "DXI_DATABASE_URL is wrong: it must be sqlite:///path/to/file.db or postgresql://…",
            2,
        ) from error


def prepare(database: Database, settings: Settings) -> None:
    """Bring an embedded database to this build's schema and fill an empty one; a server's is only checked."""
    if settings.embedded:
        _bring_up(database)
        with database.reads() as connection:
            empty = connection.execute(select(table("area", column("id"))).limit(1)).first() is None
        if empty:
            _fill(database, settings)
    check(database)


def _bring_up(database: Database) -> None:
    try:
        check(database)
    except SchemaMismatch as mismatch:
        try:
            upgrade(database)
        except Unmigrated:
            # Alembic does not know the revision: it is a newer build's.
            raise mismatch from None


def _fill(database: Database, settings: Settings) -> None:
    # A start that finds its database filled does without the seeds' reader.
    from app.ops.seed import seed_database

    seed_database(database, secret=settings.secret)


def ledger_of(settings: Settings) -> Ledger:
    database = opened(settings)
    prepare(database, settings)
    return open_ledger(settings, database=database)


def migrate(asked: argparse.Namespace, settings: Settings) -> None:
    with closing(opened(settings)) as database:
        try:
            upgrade(database, asked.revision)
        except Unmigrated as error:
            check(database)
            raise Failed(f"Không nâng cấp được: {error}.", f"Cannot migrate: {error}.") from None
        at = current(database)
        tell(f"Cấu trúc cơ sở dữ liệu đang ở phiên bản {at}.", f"The schema is at {at}.")


def seed(asked: argparse.Namespace, settings: Settings) -> None:
    with closing(opened(settings)) as database:
        if settings.embedded:
            _bring_up(database)
        check(database)
        _fill(database, settings)
    tell(
        "Địa bàn, chỉ tiêu, mục tiêu và số liệu gốc của kế hoạch đã có trong cơ sở dữ liệu.",
        "The plan's areas, indicators, targets and baselines are in the database.",
    )
