"""How Alembic runs our one tree on both databases: on the caller's connection, else on one to DXI_DATABASE_URL."""

from contextlib import closing

from alembic import context
from sqlalchemy import Connection

import app.access.tables
import app.areas.tables
import app.changes.webhooks.tables
import app.indicators.tables
import app.initiatives.tables
import app.observations.tables
import app.releases.tables
import app.submissions.tables
import app.web.idempotency
import app.web.limits  # noqa: F401  (every table of the one tree)
from app.db.engine import Database
from app.db.ledger import metadata
from app.observations.tables import LIVE

for index in metadata.tables["revision"].indexes:
    if index.name == "ix_revision_of_area":
        index.kwargs["postgresql_where"] = LIVE


def run(connection: Connection) -> None:
    """Run the wanted revisions in one transaction.

    Batch mode: SQLite cannot alter a table, so Alembic makes a new one and copies.
    """
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_by_hand() -> None:
    """Run for the `alembic` command, which gives no connection."""
    from app.settings import Settings

    with closing(Database(Settings().database_url)) as database, database.schema_changes() as connection:
        run(connection)


given = context.config.attributes.get("connection")
if given is None:
    run_by_hand()
else:
    run(given)
