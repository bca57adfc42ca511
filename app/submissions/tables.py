"""`submission` is the receipt; `submission_area` says whose it is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401
from app.db.types import UTCInstant


class SubmissionRow(SQLModel, table=True):
    """`summary` and `results` are JSON, as answered."""

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint(
            "state IN ('accepted', 'in_review', 'approved', 'returned', 'rejected', 'withdrawn')", name="state"
        ),
    )

    id: str = Field(primary_key=True)
    seq: int = Field(index=True)
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    state: str
    area: str | None
    period: str | None
    note: str | None = Field(sa_column=Column(Text))
    actor: str | None = Field(index=True)
    summary: str = Field(sa_column=Column(Text, nullable=False))
    results: str = Field(sa_column=Column(Text, nullable=False))


class SubmissionArea(SQLModel, table=True):
    __tablename__ = "submission_area"

    submission: str = Field(primary_key=True, foreign_key="submission.id")
    area: str = Field(primary_key=True, foreign_key="area.id", index=True)
