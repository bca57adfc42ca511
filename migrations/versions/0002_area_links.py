"""Area changes: what became of which area, and areas that an undone change takes back.

Follows 0001.
"""

import sqlalchemy as sa
from alembic import op

import app.db.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: SQLite can add a column, and a copied table would lose its place as a target of foreign keys.
    op.add_column("area_version", sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "area_link",
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("extent", sa.String(), nullable=True),
        sa.Column("share", app.db.types.ExactDecimal(), nullable=True),
        sa.Column("share_basis", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("old_name_vi", sa.String(), nullable=True),
        sa.Column("old_name_en", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("extent IS NULL OR extent IN ('whole', 'part')", name=op.f("ck_area_link_extent")),
        sa.CheckConstraint("(share IS NULL) = (share_basis IS NULL)", name=op.f("ck_area_link_share_basis")),
        sa.CheckConstraint("share IS NULL OR extent = 'part'", name=op.f("ck_area_link_share_of_part")),
        sa.CheckConstraint("NOT outside OR old_name_vi IS NOT NULL", name=op.f("ck_area_link_outside_named")),
        sa.ForeignKeyConstraint(["new"], ["area.id"], name=op.f("fk_area_link_new_area")),
        sa.PrimaryKeyConstraint("old", "new", "version", name=op.f("pk_area_link")),
    )
    op.create_index(op.f("ix_area_link_seq"), "area_link", ["seq"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_area_link_seq"), table_name="area_link")
    op.drop_table("area_link")
    op.drop_column("area_version", "withdrawn")
