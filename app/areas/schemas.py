"""Shapes of areas."""

from datetime import date

from pydantic import Field

from app.web.schemas import Listed, Shape


class _Place(Shape):
    id: str = Field(description="Code and month of the first day; never changes", examples=["14758-202501"])
    code: str = Field(description="The official code; reused for other places", examples=["14758"])
    level: str = Field(description="`city` or `commune`", examples=["commune"])
    kind: str = Field(description="`unit` (an administrative unit) or `statistical`", examples=["unit"])
    type: str = Field(description="thành phố, phường, xã", examples=["phường"])
    parent: str | None = Field(description="The id of the area it lies in", examples=["380-202501"])
    valid_from: date = Field(description="First day, inclusive")
    valid_to: date | None = Field(description="The day after the last one; null while it is valid")
    effective: date = Field(description="The day from which this version holds")
    version: int
    seq: int = Field(description="The change that made this version known")


class AreaState(_Place):
    """One version of a place: what was known of it since change `seq`."""

    name_vi: str = Field(examples=["Phường Đông Thọ"])
    name_en: str = Field(examples=["Dong Tho Ward"])


class AreaView(AreaState):
    """A place with every version of it, oldest first."""

    name: str = Field(description="In the asked language", examples=["Phường Đông Thọ"])
    versions: list[AreaState]


class AreaRow(_Place):
    """A place as one of a list."""

    name: str = Field(description="In the asked language", examples=["Phường Đông Thọ"])


class AreaList(Listed):
    """A page of places."""

    data: list[AreaRow]
