"""`/targets/{id}/trajectory`: what is required when, beside what was."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from app.access.callers import Look
from app.city.schemas import ProgressRow
from app.city.trajectory import trajectory
from app.indicators.target_routes import TargetId
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import Fields, names_in, trimmed
from app.web.routing import Route
from app.web.schemas import Listed, Number, Shape

router = APIRouter(prefix="/targets", tags=["targets"], route_class=Route)


class Corner(Shape):
    """A point that the required line goes through."""

    date: date
    value: Number
    exact: str = Field(description="The value unrounded: an integer, a decimal or a fraction a/b", examples=["3300/47"])
    kind: Literal["baseline", "interim", "target"]


class TrajectoryRow(Shape):
    """A period of the way: what is required on its last day, and what was."""

    period: str
    time: str = Field(description="The period's last day", examples=["2025-01-31"])
    required_value: Number = Field(description="On the straight line between the two corners; the target once due")
    from_date: str = Field(examples=["2025-01-31"])
    from_value: Number
    to_date: str
    to_value: Number
    value: Number | None = Field(description="The figure of this very period; null where there is none")
    numerator: Number | None
    denominator: Number | None
    qualifier: str | None
    basis: str
    reached: bool | None = Field(description="Whether the figure is where it must be; null when a bound cannot decide")
    ahead: Number | None = Field(
        description="How far beyond what is required, in the target's direction; below 0 behind"
    )


class TrajectoryView(Listed):
    """A target's way, its corners, and a row for each period of it."""

    target: ProgressRow = Field(description="As `/city/progress` shows it: the newest figure and every input")
    line: list[Corner] = Field(description="Baseline, interim points and target, oldest first")
    data: list[TrajectoryRow]


@router.get(
    "/{id}/trajectory",
    name="show_trajectory",
    **documented(TrajectoryView, "target-not-found"),
)
def show_trajectory(look: Look, id: TargetId, fields: Fields = None) -> Response:
    """What a target requires period by period, beside the figures there were: the chart for the steering committee.

    The required line goes straight from the baseline through the target's interim points to the target. A row for each
    of the indicator's own periods from the baseline's to the due day's (at most 1,200), coming ones with `value` null;
    no row while there is neither a baseline nor a figure. A target of one ward is held against that ward's own words.
    """
    with look() as session:
        found = trajectory(session, target_id=id, lang=look.lang)
        rows = trimmed(found["data"], names_in(fields), tuple(TrajectoryRow.model_fields))
        return answer(session, found | {"data": rows})
