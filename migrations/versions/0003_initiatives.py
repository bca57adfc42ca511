"""Initiatives and their versions.

Follows 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_text = sa.String


def upgrade() -> None:
    op.create_table(
        "initiative",
        sa.Column("id", _text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
    )
    op.create_table(
        "initiative_version",
        sa.Column("code", _text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", _text(), nullable=False),
        sa.Column("parent", _text(), nullable=True),
        sa.Column("name_vi", _text(), nullable=False),
        sa.Column("name_en", _text(), nullable=False),
        sa.Column("responsible", _text(), nullable=True),
        sa.Column("responsible_vi", _text(), nullable=True),
        sa.Column("responsible_en", _text(), nullable=True),
        sa.Column("clause", _text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("budget_vnd", sa.BigInteger(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("target", _text(), nullable=True),
        sa.Column("status", _text(), nullable=True),
        sa.Column("status_date", sa.Date(), nullable=True),
        sa.Column("status_note", sa.Text(), nullable=True),
        sa.Column("flags", _text(), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("budget_vnd >= 0", name=op.f("ck_initiative_version_budget_vnd")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_initiative_version_ends")),
        sa.CheckConstraint("parent <> code", name=op.f("ck_initiative_version_parent")),
        sa.ForeignKeyConstraint(["clause"], ["clause.id"], name=op.f("fk_initiative_version_clause_clause")),
        sa.ForeignKeyConstraint(["code"], ["initiative.id"], name=op.f("fk_initiative_version_code_initiative")),
        sa.ForeignKeyConstraint(["parent"], ["initiative.id"], name=op.f("fk_initiative_version_parent_initiative")),
        sa.ForeignKeyConstraint(["target"], ["target.id"], name=op.f("fk_initiative_version_target_target")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_initiative_version")),
    )
    op.create_index(op.f("ix_initiative_version_seq"), "initiative_version", ["seq"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_initiative_version_seq"), table_name="initiative_version")
    op.drop_table("initiative_version")
    op.drop_table("initiative")
