"""The keys of revisions begin with the area: a ward's lot touches few pages.

Follows 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_LIVE = sa.text("closed_seq IS NULL")


def _live(name: str, columns: list[str], *, unique: bool = False) -> None:
    op.create_index(name, "revision", columns, unique=unique, sqlite_where=_LIVE, postgresql_where=_LIVE)


def _key(*columns: str) -> None:
    # SQLite makes the table anew, and what watches over the old one goes with it.
    watching: list[str] = []
    if op.get_bind().dialect.name == "sqlite":
        kept = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'revision'")
        watching = [*op.get_bind().execute(kept).scalars()]
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("pk_revision"), type_="primary")
        batch_op.create_primary_key(op.f("pk_revision"), list(columns))
    for trigger in watching:
        op.execute(sa.text(trigger))


def upgrade() -> None:
    for name in ("ix_revision_live_area", "ix_revision_live_period", "ix_revision_of_area"):
        op.drop_index(name, table_name="revision")
    _key("area", "period", "indicator", "revision")
    op.create_index("ix_revision_of_indicator", "revision", ["indicator", "ends", "area"])
    _live("ix_revision_of_area", ["area", "ends", "indicator"], unique=True)


def downgrade() -> None:
    for name in ("ix_revision_of_indicator", "ix_revision_of_area"):
        op.drop_index(name, table_name="revision")
    _key("indicator", "area", "period", "revision")
    _live("ix_revision_live_area", ["indicator", "area", "ends"], unique=True)
    _live("ix_revision_live_period", ["indicator", "ends", "area"])
    _live("ix_revision_of_area", ["area", "indicator", "ends"])
