"""Shapes of the preview of an area change."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.core.succession import REASONS, Reason
from app.web.schemas import Shape

AREA = Field(examples=["14758-202507"])
NAME = Field(examples=["Phường Hàm Rồng"])


class Successor(Shape):
    area: str = AREA
    extent: Literal["whole", "part"] | None
    clause: str | None


class Predecessor(Shape):
    area: str = Field(description="An area's id; the code of a place outside the data", examples=["14758-202501"])
    extent: Literal["whole", "part"] | None
    clause: str | None
    outside: bool


class Ending(Shape):
    """An area that would end, and the last it reports for."""

    area: str = Field(examples=["14758-202501"])
    area_name: str = Field(examples=["Phường Đông Thọ"])
    last_day: date = Field(examples=["2025-06-30"])
    last_month: str = Field(description="The last month it reports", examples=["2025-06"])
    successors: list[Successor]


class Beginning(Shape):
    """An area that would begin, and the first it reports for."""

    area: str = AREA
    area_name: str = NAME
    first_day: date = Field(examples=["2025-07-01"])
    first_month: str = Field(description="The first month it reports", examples=["2025-07"])
    predecessors: list[Predecessor]


class EffectOnArea(Shape):
    area: str = AREA
    area_name: str = NAME
    effect: Literal["exact", "estimated", "not_comparable", "unaffected"]
    reason: Reason | None = Field(description=REASONS)


class Effect(Shape):
    """How far the past of an indicator could be told on the new map."""

    indicator: str
    name: str
    first_period: str = Field(
        description="The first period of the new map; its city figure is a break", examples=["2025-07"]
    )
    areas: list[EffectOnArea]


class KeyToReissue(Shape):
    """A key that would post nothing any more."""

    id: str
    name: str
    areas: list[str] = Field(description="Its areas that end", examples=[["14758-202501"]])
    successors: list[str] = Field(examples=[["14758-202507", "14797-202507"]])


class Preview(Shape):
    """What a reorganisation would do."""

    id: str = Field(examples=["2025-07-01"])
    day: date = Field(examples=["2025-07-01"])
    document: str = Field(examples=["1686/NQ-UBTVQH15"])
    applicable: bool = Field(description="Whether it can be applied now")
    obstacle: str | None = Field(description="The problem that applying it would meet")
    obstacle_message: str | None
    expected_before: int = Field(examples=[47])
    expected_after: int = Field(examples=[7])
    city: str = Field(examples=["380-202501"])
    city_kind: Literal["unit", "statistical"] = Field(description="What the city would be", examples=["statistical"])
    ends: list[Ending]
    begins: list[Beginning]
    indicators: list[Effect]
    keys: list[KeyToReissue]
    seq: int
