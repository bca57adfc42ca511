"""Indicators, targets, documents and clauses. `indicator` and `target` are what writers lock; versions are appended."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Date, Text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401
from app.db.types import ExactDecimal


class IndicatorRow(SQLModel, table=True):
    __tablename__ = "indicator"

    id: str = Field(primary_key=True)


class DefinitionVersion(SQLModel, table=True):
    __tablename__ = "definition_version"
    __table_args__ = (
        CheckConstraint("measure IN ('ratio', 'count', 'amount', 'flag')", name="measure"),
        CheckConstraint("over_time IN ('latest', 'sum', 'mean')", name="over_time"),
        CheckConstraint("frequency IN ('A', 'S', 'Q', 'M')", name="frequency"),
        CheckConstraint("level IN ('city', 'commune')", name="level"),
        CheckConstraint("direction IN ('up', 'down')", name="direction"),
        CheckConstraint("carry_forward >= 0", name="carry_forward"),
    )

    code: str = Field(primary_key=True, foreign_key="indicator.id")
    version: int = Field(primary_key=True)
    seq: int = Field(index=True)
    valid_from: date
    name_vi: str
    name_en: str
    domain: str
    measure: str
    rollup: str
    over_time: str
    carry_forward: int
    min_coverage: Decimal = Field(sa_column=Column(ExactDecimal, nullable=False))
    frequency: str
    level: str
    unit: str
    unit_mult: int
    decimals: int
    direction: str
    criterion_comparator: str | None
    criterion_value: Decimal | None = Field(sa_column=Column(ExactDecimal))
    weight: str | None = Field(foreign_key="indicator.id")
    definition_vi: str = Field(sa_column=Column(Text, nullable=False))
    definition_en: str = Field(sa_column=Column(Text, nullable=False))
    clause: str | None = Field(foreign_key="clause.id")
    quote: str | None
    retired: bool


class TargetRow(SQLModel, table=True):
    __tablename__ = "target"

    id: str = Field(primary_key=True)


class TargetVersion(SQLModel, table=True):
    __tablename__ = "target_version"
    __table_args__ = (
        CheckConstraint("level IN ('city', 'commune', 'district')", name="level"),
        CheckConstraint("comparator IN ('gt', 'ge', 'eq', 'le', 'lt')", name="comparator"),
    )

    id: str = Field(primary_key=True, foreign_key="target.id")
    version: int = Field(primary_key=True)
    seq: int = Field(index=True)
    indicator: str = Field(foreign_key="indicator.id")
    level: str
    area: str | None = Field(foreign_key="area.id")
    comparator: str
    value: Decimal = Field(sa_column=Column(ExactDecimal, nullable=False))
    due: date
    baseline_value: Decimal | None = Field(sa_column=Column(ExactDecimal))
    baseline_date: date | None
    clause: str | None = Field(foreign_key="clause.id")
    quote: str | None
    flags: str
    note_vi: str | None
    note_en: str | None
    # JSON: [[day, value as text], …], oldest first.
    trajectory: str = Field(sa_column=Column(Text, nullable=False, server_default="[]"))
    retired: bool


class DocumentRow(SQLModel, table=True):
    """A document of the Party or the State; `number` and `date` are null where the text held does not give them."""

    __tablename__ = "document"

    id: str = Field(primary_key=True)
    ordinal: int
    type_vi: str
    type_en: str
    number: str | None
    date_: date | None = Field(sa_column=Column("date", Date))
    issuer_vi: str
    issuer_en: str
    title_vi: str
    title_en: str
    clause: str | None
    quote: str | None


class ClauseRow(SQLModel, table=True):
    """A clause with its exact words (white space folded)."""

    __tablename__ = "clause"

    id: str = Field(primary_key=True)
    document: str = Field(foreign_key="document.id", index=True)
    ordinal: int
    heading_vi: str | None
    heading_en: str | None
    text: str = Field(sa_column=Column(Text, nullable=False))
    gloss_en: str | None
