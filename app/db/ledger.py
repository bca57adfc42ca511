"""The tables of the numbered log: one counter row, one row a change.

`counter` holds the newest `seq`, the newest that touched the registry, the time of the last change and the head of the
digest chain. `change` is append-only (triggers refuse UPDATE and DELETE).
"""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, Index, MetaData, Text, update
from sqlmodel import Field, SQLModel

from app.db.types import UTCInstant

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Counter(SQLModel, table=True):
    """The one row that orders everything; a restore gives it a new `epoch`."""

    __tablename__ = "counter"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: int = Field(primary_key=True)
    seq: int
    registry_seq: int
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    head: str
    epoch: str
    secret: str


def renew_epoch(connection: Connection) -> str:
    """Tell every cursor and tag given so far that this is another database: what a restore does last.

    Its log may end before theirs, and go on with other changes under the same numbers.
    """
    epoch = uuid.uuid4().hex
    connection.execute(update(Counter.__table__).values(epoch=epoch))  # type: ignore[attr-defined]
    return epoch


class Change(SQLModel, table=True):
    """One change. `public`: whether an anonymous feed carries it; `data` is the state after, `before` the one before.

    `digest` = HMAC-SHA-256 over the digest before and this row's content.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "at", "seq"),
        Index(None, "type", "seq"),
        Index(None, "area", "seq"),
    )

    seq: int = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    type: str
    subject: str
    area: str | None
    actor: str | None
    public: bool
    before: str | None = Field(sa_column=Column(Text))
    data: str = Field(sa_column=Column(Text, nullable=False))
    digest: str
