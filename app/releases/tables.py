"""`release`: a name for a moment."""

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401
from app.db.types import CodeText, UTCInstant


class ReleaseRow(SQLModel, table=True):
    """`as_of` is the moment as it was asked for, a seq or an instant; `as_of_seq` and `today` are what it means.

    `seq` is the change that made the release.
    """

    __tablename__ = "release"

    name: str = Field(primary_key=True, sa_type=CodeText)
    seq: int = Field(index=True)
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    as_of: str
    as_of_seq: int
    today: date
    title_vi: str | None
    title_en: str | None
    note: str | None = Field(sa_column=Column(Text))
