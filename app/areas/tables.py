"""`area` is what writers lock; `area_version` is what is known of it."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

import app.db.ledger  # noqa: F401  (the naming convention stands before the first table)


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
