"""Shapes of the feed."""

from typing import Any

from pydantic import Field

from app.web.schemas import Shape


class ChangeView(Shape):
    """One change of the ledger; the changes of one transaction share its seq."""

    seq: int = Field(examples=[57])
    at: str = Field(description="RFC 3339, UTC", examples=["2026-11-22T03:00:00.000000Z"])
    type: str = Field(examples=["observation.created"])
    subject: str = Field(description="What changed", examples=["adults_with_smartphone_rate.14758-202501.2025-03"])
    area: str | None
    actor: str | None = Field(description="The key's id; null for anonymous readers")
    data: dict[str, Any] = Field(description="The state after the change")
    before: dict[str, Any] | None = Field(None, description="The state before; only for keys that see everything")


EVERYTHING = tuple(ChangeView.model_fields)
PUBLIC = tuple(name for name in EVERYTHING if name != "before")


class ChangeList(Shape):
    """A page of the feed."""

    data: list[ChangeView]
    next: str | None = Field(description="The cursor of the next page; null when there is nothing more yet")
    seq: int
    cursor: str = Field(
        description="Where to go on from, also when there is nothing more yet: keep it, ask again later"
    )
