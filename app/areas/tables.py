"""`area` is what writers lock; `area_version` is what is known of it, `area_link` what became of what."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Text, text
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401  (the naming convention stands before the first table)
from app.db.types import ExactDecimal


class AreaRow(SQLModel, table=True):
    __tablename__ = "area"

    id: str = Field(primary_key=True)
    code: str = Field(index=True)


class AreaVersion(SQLModel, table=True):
    """What is known of an area since `seq`; it holds from the day `effective` on. `valid_to` is exclusive."""

    __tablename__ = "area_version"
    __table_args__ = (
        CheckConstraint("level IN ('city', 'commune')", name="level"),
        CheckConstraint("kind IN ('unit', 'statistical')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="span"),
    )

    id: str = Field(primary_key=True, foreign_key="area.id")
    version: int = Field(primary_key=True)
    seq: int = Field(index=True)
    code: str
    name_vi: str
    name_en: str
    level: str
    kind: str
    type: str
    parent: str | None = Field(foreign_key="area.id")
    valid_from: date
    valid_to: date | None
    effective: date
    withdrawn: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class AreaLink(SQLModel, table=True):
    """What is known since `seq` of one arrow of an area change; the newest version of a pair stands.

    `old` names no row of `area` when the place lies `outside` the data: it is its official code then.
    """

    __tablename__ = "area_link"
    __table_args__ = (
        CheckConstraint("extent IS NULL OR extent IN ('whole', 'part')", name="extent"),
        CheckConstraint("(share IS NULL) = (share_basis IS NULL)", name="share_basis"),
        CheckConstraint("share IS NULL OR extent = 'part'", name="share_of_part"),
        CheckConstraint("NOT outside OR old_name_vi IS NOT NULL", name="outside_named"),
    )

    old: str = Field(primary_key=True)
    new: str = Field(primary_key=True, foreign_key="area.id")
    version: int = Field(primary_key=True)
    seq: int = Field(index=True)
    extent: str | None
    share: Decimal | None = Field(sa_column=Column(ExactDecimal))
    share_basis: str | None = Field(sa_column=Column(Text))
    day: date
    document: str
    clause: str | None
    outside: bool
    old_name_vi: str | None
    old_name_en: str | None
    withdrawn: bool
