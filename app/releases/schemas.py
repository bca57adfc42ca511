"""Shapes of releases."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core.errors import Problem
from app.web.schemas import Listed, Sent, Shape
from app.web.sessions import parse_as_of

NAME = r"^[a-z0-9]+([._-][a-z0-9]+)*$"
_MOMENT = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}, {"type": "null"}], "default": None}


def _moment(value: Any) -> int | datetime | None:
    if value is None:
        return None
    whole = isinstance(value, Decimal) and value == value.to_integral_value() and 0 <= value < 2**53
    try:
        return parse_as_of(str(int(value)) if whole else value if isinstance(value, str) else "")
    except Problem:
        raise PydanticCustomError("as-of-malformed", "as-of-malformed") from None


class ReleaseIn(Sent):
    """A name for a moment; without `as_of`, for now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "q1-2025",
                    "as_of": 1,
                    "title_vi": "Công bố quý I năm 2025",
                    "title_en": "First quarter of 2025",
                }
            ]
        }
    )

    name: str = Field(
        pattern=NAME,
        max_length=64,
        description="Small letters and digits, with `-`, `_` or `.` between; it stays in addresses for ever",
    )
    as_of: Annotated[int | datetime | None, BeforeValidator(_moment), WithJsonSchema(_MOMENT)] = Field(
        None, description="The moment: a seq, or an instant with offset"
    )
    title_vi: str | None = Field(None, min_length=1, max_length=200)
    title_en: str | None = Field(None, min_length=1, max_length=200)
    note: str | None = Field(None, max_length=2000)


class ReleaseRow(Shape):
    """A release: a name and the moment it stands for."""

    name: str = Field(examples=["q1-2025"])
    title: str = Field(description="In the asked language; the name where there is none")
    title_vi: str | None
    title_en: str | None
    note: str | None
    as_of: int | str = Field(description="The moment as it was named: a seq or an instant", examples=[1])
    as_of_seq: int = Field(description="The newest change that the release knows of", examples=[1])
    today: str = Field(description="The day on which its targets are judged", examples=["2025-03-31"])
    created_at: str
    seq: int = Field(description="The change that made the release")


class ReleaseList(Listed):
    data: list[ReleaseRow]
