"""Endpoints of webhooks and their deliveries.

Follows 0006.
"""

import sqlalchemy as sa
from alembic import op

import app.db.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_text = sa.String


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", _text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", _text(), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("reason", _text(), nullable=True),
        sa.Column("salt", _text(), nullable=False),
        sa.Column("previous_salt", _text(), nullable=True),
        sa.Column("previous_until", app.db.types.UTCInstant(), nullable=True),
        sa.Column("actor", _text(), nullable=True),
        sa.Column("created_at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at_seq", sa.Integer(), nullable=False),
        sa.Column("at_ordinal", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", app.db.types.UTCInstant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", _text(), nullable=False),
        sa.Column("webhook", _text(), nullable=False),
        sa.Column("message", _text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("type", _text(), nullable=False),
        sa.Column("kind", _text(), nullable=False),
        sa.Column("state", _text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", _text(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('change', 'test', 'manual')", name=op.f("ck_webhook_delivery_kind")),
        sa.CheckConstraint("state IN ('queued', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_state")),
        sa.ForeignKeyConstraint(["webhook"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_webhook")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery", ["webhook", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_webhook_delivery_webhook_id"), table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
