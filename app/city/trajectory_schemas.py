"""Shapes of the way to a target."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.city.schemas import ProgressRow
from app.web.schemas import Listed, Number, Shape


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
