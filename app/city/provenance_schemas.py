"""Shapes of the chain from the plan's words to a ward's sheet."""

from typing import Any, Literal

from pydantic import Field

from app.web.schemas import Shape

Kind = Literal["clause", "indicator", "target", "initiative", "observation", "submission"]


class Link(Shape):
    """A link of the chain."""

    kind: str = Field(
        description="document, clause, indicator, target, initiative, observations (their count), observation,"
        " submission, cell or figure",
        examples=["indicator"],
    )
    id: str = Field(examples=["commune_dx_completed"])
    name: str | None = Field(description="Its name, or the plan's words for it")
    parent: str = Field(description="The id of the link it hangs from", examples=["B.I.2"])
    href: str | None = Field(description="Where to read it", examples=["/api/v1/indicators/commune_dx_completed"])
    count: int | None = Field(description="How many observations; the newest 100 follow")
    place: Any = Field(description="Where in a file a cell stood", examples=[None])


class Chain(Shape):
    """What something comes from, and what comes from it."""

    kind: Kind
    id: str = Field(examples=["commune_dx_completed"])
    up: list[Link] = Field(description="What it comes from, the nearest first")
    down: list[Link] = Field(description="What comes from it")
    seq: int
