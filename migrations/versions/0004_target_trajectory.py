"""Targets may carry interim points.

Follows 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: SQLite can add a column, and a copied table would lose its place as a target of foreign keys.
    op.add_column("target_version", sa.Column("trajectory", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("target_version", "trajectory")
