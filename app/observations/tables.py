"""`revision`: every word ever said about a cell. As known at seq s: `seq <= s` and (`closed_seq` is null or > s).

`tally`: what the words that stand now add up to.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint, Text, text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401
from app.db.types import CodeText, ExactDecimal, UTCInstant

LIVE = text("closed_seq IS NULL")


class Revision(SQLModel, table=True):
    """`ends` is the month in which the period ends, counted from year 0 (`Period.ends`): periods are compared by it.

    Either `value`, or both components, or `status` (M not applicable, Q withheld) is set. `source` says where in a file
    or document it stood, as JSON.
    """

    __tablename__ = "revision"
    __table_args__ = (
        # For the same reason the area comes first.
        PrimaryKeyConstraint("area", "period", "indicator", "revision"),
        CheckConstraint("qualifier IN ('eq', 'gt', 'ge', 'lt', 'le')", name="qualifier"),
        CheckConstraint("status IS NULL OR status IN ('M', 'Q')", name="status"),
        CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name="components"),
        CheckConstraint("closed_seq IS NULL OR closed_seq > seq", name="closed"),
        # Of revisions that stood before too: a page of a list that is pinned to a seq must not cost more.
        Index("ix_revision_of_indicator", "indicator", "ends", "area"),
        # What one area says of one period stands together: a lot of 25 rows touches a page or two of it.
        Index(
            "ix_revision_of_area",
            "area",
            "ends",
            "indicator",
            unique=True,
            # On PostgreSQL too, but told here it would make every service load that dialect: migrations/env.py.
            sqlite_where=LIVE,
        ),
        Index("ix_revision_seq", "seq"),
    )

    indicator: str = Field(primary_key=True, foreign_key="indicator.id", sa_type=CodeText)
    area: str = Field(primary_key=True, foreign_key="area.id", sa_type=CodeText)
    period: str = Field(primary_key=True, sa_type=CodeText)
    revision: int = Field(primary_key=True)
    ends: int
    seq: int
    closed_seq: int | None
    at: datetime = Field(sa_column=Column(UTCInstant, nullable=False))
    value: Decimal | None = Field(sa_column=Column(ExactDecimal))
    numerator: Decimal | None = Field(sa_column=Column(ExactDecimal))
    denominator: Decimal | None = Field(sa_column=Column(ExactDecimal))
    qualifier: str
    status: str | None
    note: str | None = Field(sa_column=Column(Text))
    withdrawn: bool
    period_assumed: bool
    submission: str | None = Field(index=True)
    source: str | None = Field(sa_column=Column(Text))


class Tally(SQLModel, table=True):
    """What the areas below `parent` said of a period, added up: derived from the live, exact revisions, never a truth.

    `areas` of them spoke; `mark` is the sum of their marks, so that two sets of areas can be told apart. `seq` is the
    newest change that counts, 0 where one was taken out since and it is not known.
    """

    __tablename__ = "tally"
    __table_args__ = (PrimaryKeyConstraint("parent", "indicator", "ends"),)

    parent: str = Field(primary_key=True, foreign_key="area.id", sa_type=CodeText)
    indicator: str = Field(primary_key=True, foreign_key="indicator.id", sa_type=CodeText)
    ends: int = Field(primary_key=True)
    areas: int
    mark: int = Field(sa_column=Column(BigInteger, nullable=False))
    value_count: int
    component_count: int
    value: Decimal = Field(sa_column=Column(ExactDecimal, nullable=False))
    numerator: Decimal = Field(sa_column=Column(ExactDecimal, nullable=False))
    denominator: Decimal = Field(sa_column=Column(ExactDecimal, nullable=False))
    seq: int
