"""Shapes of the shares of an area change."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.areas.change_schemas import LinkView
from app.areas.shares import Share
from app.web.schemas import Listed, Number, Sent


class ShareIn(Sent):
    """How much of an area went to one of its successors, and what says so."""

    old: str = Field(min_length=1, max_length=50, description="The divided area, by id or code", examples=["14758"])
    new: str = Field(min_length=1, max_length=50, description="Where the part went, by id or code", examples=["14797"])
    share: Number = Field(description="Above 0 and below 1, at most 12 decimals", examples=[0.38])
    basis: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S", description="What the share stands on")]

    def share_of(self) -> Share:
        return Share(old=self.old, new=self.new, share=self.share, basis=self.basis)


class SharesIn(Sent):
    """Shares to enter, in one change: all of them or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "shares": [
                        {"old": "14758", "new": "14758", "share": 0.62, "basis": "Tỷ lệ dân số theo nghị quyết"},
                        {"old": "14758", "new": "14797", "share": 0.38, "basis": "Tỷ lệ dân số theo nghị quyết"},
                    ]
                }
            ]
        }
    )

    shares: list[ShareIn] = Field(min_length=1, max_length=500)


class ShareList(Listed):
    """Every part of every divided area."""

    data: list[LinkView]


class SharesHeld(ShareList):
    """The same after a change, never trimmed."""
