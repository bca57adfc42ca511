"""Endpoints, each a place in the log, and what became of the latest attempts.

A secret is not stored: it is made from the service's own secret, the endpoint's id and `salt`.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401
from app.db.types import UTCInstant


class WebhookRow(SQLModel, table=True):
    """`at_seq` and `at_ordinal` are those of the last change delivered or passed over.

    `attempts` counts the failed ones of the change after it, which is tried again at `next_at`. `types` and `areas` are
    space-separated; none means all. Every change of the rest is a change of the log.
    """

    __tablename__ = "webhook"

    id: str = Field(primary_key=True)
    url: str = Field(sa_column=Column(Text, nullable=False))
    description: str
    types: str = Field(sa_column=Column(Text, nullable=False))
    areas: str = Field(sa_column=Column(Text, nullable=False))
    enabled: bool
    reason: str | None
    salt: str
    previous_salt: str | None
    previous_until: datetime | None = Field(sa_column=Column(UTCInstant))
    actor: str | None
    created_at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    seq: int
    revision: int
    at_seq: int
    at_ordinal: int
    attempts: int
    next_at: datetime | None = Field(sa_column=Column(UTCInstant))


class DeliveryRow(SQLModel, table=True):
    """One attempt. `id` begins with the time, so its order is that of the attempts; `queued` ones are asked for."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("kind IN ('change', 'test', 'manual')", name="kind"),
        CheckConstraint("state IN ('queued', 'delivered', 'failed')", name="state"),
        Index(None, "webhook", "id"),
    )

    id: str = Field(primary_key=True)
    webhook: str = Field(foreign_key="webhook.id")
    message: str
    seq: int | None
    ordinal: int | None
    type: str
    kind: str
    state: str
    attempt: int
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    status: int | None
    error: str | None
    ms: int | None
