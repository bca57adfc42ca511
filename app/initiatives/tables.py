"""Initiatives. `initiative` is what others refer to; versions are appended."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401


class InitiativeRow(SQLModel, table=True):
    __tablename__ = "initiative"

    id: str = Field(primary_key=True)


class InitiativeVersion(SQLModel, table=True):
    __tablename__ = "initiative_version"
    __table_args__ = (
        CheckConstraint("budget_vnd >= 0", name="budget_vnd"),
        CheckConstraint("starts <= ends", name="ends"),
        CheckConstraint("parent <> code", name="parent"),
    )

    code: str = Field(primary_key=True, foreign_key="initiative.id")
    version: int = Field(primary_key=True)
    seq: int = Field(index=True)
    kind: str
    parent: str | None = Field(foreign_key="initiative.id")
    name_vi: str
    name_en: str
    responsible: str | None
    responsible_vi: str | None
    responsible_en: str | None
    clause: str | None = Field(foreign_key="clause.id")
    quote: str | None = Field(sa_column=Column(Text))
    budget_vnd: int | None = Field(sa_column=Column(BigInteger))
    starts: date | None
    ends: date | None
    target: str | None = Field(foreign_key="target.id")
    status: str | None
    status_date: date | None
    status_note: str | None = Field(sa_column=Column(Text))
    flags: str
    note_vi: str | None = Field(sa_column=Column(Text))
    note_en: str | None = Field(sa_column=Column(Text))
    retired: bool
