"""Shapes of JSON-stat 2.0."""

from typing import Any, Literal

from pydantic import Field

from app.web.schemas import Number, Shape


class StatItem(Shape):
    class_: Literal["dataset"] = Field(alias="class")
    href: str
    label: str


class StatLinks(Shape):
    item: list[StatItem]


class StatCollection(Shape):
    """The datasets there are."""

    version: Literal["2.0"]
    class_: Literal["collection"] = Field(alias="class")
    href: str
    label: str
    source: str
    link: StatLinks


class StatDataset(Shape):
    """A cube: the dimensions are FREQ, REF_AREA, INDICATOR and TIME_PERIOD, the last of which changes fastest."""

    version: Literal["2.0"]
    class_: Literal["dataset"] = Field(alias="class")
    href: str
    label: str
    source: str
    updated: str | None = Field(None, description="When the newest of these figures changed")
    id: list[str] = Field(examples=[["FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD"]])
    size: list[int]
    role: dict[str, list[str]]
    dimension: dict[str, Any] = Field(description="By id: its label, its categories with labels, and their units")
    value: list[Number | None] = Field(description="Row by row; null where there is no figure")
    status: dict[str, str] = Field(description="OBS_STATUS of each figure, by its position in `value`")
    extension: dict[str, Any] = Field(
        description="By name (qualifier, numerator, denominator, unit) and position: what else is known of a figure"
    )
