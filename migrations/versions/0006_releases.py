"""Named releases.

Follows 0005.
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import CodeText, UTCInstant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("name", CodeText(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UTCInstant(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("as_of_seq", sa.Integer(), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=True),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_release")),
    )
    op.create_index(op.f("ix_release_seq"), "release", ["seq"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_release_seq"), table_name="release")
    op.drop_table("release")
