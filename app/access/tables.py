"""API keys. Only the SHA-256 of a secret is kept; a key is never deleted, only revoked."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401
from app.db.types import UTCInstant


class KeyRow(SQLModel, table=True):
    """`scopes` and `areas` are space-separated; no areas means every area for `steward` and none for `submit`."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    name: str
    digest: str
    scopes: str
    areas: str
    created_seq: int
    created_at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    expires: datetime | None = Field(sa_column=Column(UTCInstant))
    revoked_at: datetime | None = Field(sa_column=Column(UTCInstant))
