"""The parameter `geography`: the day on whose map figures are told, and what each row then says of it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from app.core.entities import Level
from app.core.errors import refuse
from app.core.registry import View
from app.core.succession import REASONS, Reason, Retold
from app.web.schemas import Day, Number, Shape

Geography = Annotated[
    Day | None,
    Query(
        description="Tell figures on the map of this day (an area change's, or any other): each row says whether it is"
        " `exact`, `estimated` or `not_comparable`, and why.",
        examples=["2025-07-01"],
    ),
]

FIELDS = ("geography", "comparability", "reason", "shares")


class ShareView(Shape):
    """A share somebody entered, that an estimate stands on."""

    area: str = Field(description="The area that was divided", examples=["14758-202501"])
    of: str = Field(description="The area that a part of it went to", examples=["14758-202507"])
    share: Number = Field(description="How much of it came over", examples=[0.62])
    basis: str = Field(description="What the share stands on")


class OnMap(Shape):
    """What a row says of the map it was told on; only there when `geography` is asked for."""

    geography: str | None = Field(None, description="The day whose areas are shown", examples=["2025-07-01"])
    comparability: Literal["exact", "estimated", "not_comparable", "unaffected"] | None = Field(
        None,
        description="exact, estimated (by the shares named) or not_comparable (no value); unaffected: the city's own"
        " figure, which goes on under its id and is not re-expressed",
    )
    reason: Reason | None = Field(None, description=f"Why areas are not comparable. {REASONS}")
    shares: list[ShareView] | None = Field(None, description="The shares the estimate stands on")


def check_map(view: View, day: date | None) -> None:
    """Refuse a day on which no ward or commune was valid: there is no map of it. Raises `geography-without-areas`."""
    communes = [area for area in view.places() if area.level is Level.COMMUNE]
    if day is not None and communes and not any(area.valid_on(day) for area in communes):
        first = min(area.valid_from for area in communes).isoformat()
        raise refuse("geography-without-areas", parameter="geography", given=day.isoformat(), expected=first)


def shares(told: Sequence[Retold]) -> list[dict[str, Any]]:
    """Every entered share that these stand on, each once."""
    links = {(k.old, k.new): k for one in told for k in one.links()}
    ordered = [links[key] for key in sorted(links)]
    return [{"area": k.old, "of": k.new, "share": k.share, "basis": k.share_basis} for k in ordered]


def on_map(told: Retold, day: date) -> dict[str, Any]:
    """What a row of one area of the map says of how its reading is known; where none stands, why."""
    silent = told.reason is None and told.stands.state == "missing"
    return {
        "geography": day.isoformat(),
        "comparability": "not_comparable" if silent else told.comparability,
        "reason": "silent" if silent else told.reason,
        "shares": shares([told]),
    }


def members(plain: Sequence[str], geography: date | None) -> Sequence[str]:
    """The members of a row; those about the map are there when one is asked for."""
    own = [name for name in plain if name not in FIELDS]
    return own if geography is None else [*own, *FIELDS]
