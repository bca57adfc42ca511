"""Shapes of the forecast and of what a target still asks for."""

from pydantic import Field

from app.web.schemas import Listed, Number, Shape


class ForecastReading(Shape):
    """A reading the forecast stands on."""

    period: str
    day: str = Field(examples=["2025-01-31"])
    value: Number | None
    basis: str


class ForecastView(Shape):
    """A figure on a coming day, on the way its last readings went."""

    indicator: str
    name: str
    unit: str
    method: str = Field(description="theil_sen: the median of the slopes between all pairs of readings")
    interval_method: str = Field(
        description="sen_rank_90_mad: nominal 90 %; Sen's rank interval of the slope around the median day, widened by"
        " 1.645 × 1.4826 × the median absolute residual"
    )
    due: str = Field(examples=["2026-12-31"])
    value: Number
    low: Number
    high: Number
    status: str = Field(description="SDMX OBS_STATUS F", examples=["F"])
    slope_per_day: Number
    target: str | None
    target_value: Number | None
    target_comparator: str | None
    target_due: str | None
    required_value: Number | None = Field(
        description="Where the way to the target, through its interim points, is on `due`; null without a target"
    )
    reached_on: str | None = Field(description="The day the target is reached; null when never on this way")
    readings: list[ForecastReading]
    seq: int


class WhatIfRow(Shape):
    """A target, the figure it is held against, and what is still missing."""

    target: str
    indicator: str
    name: str
    rule: str
    unit: str
    basis: str
    value_period: str | None
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    expected: int
    comparator: str
    target_value: Number
    due: str
    today: str
    met: bool | None
    gap: Number | None
    days_left: int | None = Field(description="From today to the due day; below 0 when that has passed")
    months_left: Number | None = Field(description="Of 30.4375 days; null when none are left")
    value_per_month: Number | None = Field(description="What each month must still bring")
    next_date: str = Field(description="The next interim point after today; the due day when none is left")
    next_value: Number
    next_gap: Number | None
    next_value_per_month: Number | None = Field(description="What each month until then must still bring")
    areas_needed: int | None = Field(description="share_reaching: how many areas must reach the criterion")
    areas_more: int | None = Field(description="How many more than now (downwards: fewer)")
    numerator_needed: Number | None = Field(description="At the present denominator; whole where both are whole")
    numerator_more: Number | None
    numerator_more_per_month: Number | None


class OutlierRow(Shape):
    """A reading that changed more than those before it usually do, and what is usual; a finding, not a verdict."""

    indicator: str
    name: str
    area: str
    area_name: str
    period: str
    time: str = Field(examples=["2025-01-31"])
    observation: str = Field(
        description="The cell at `/observations/{id}`", examples=["commune_dx_completed.380-202501.2025-01"]
    )
    value: Number = Field(description="A ratio as its share in percent")
    numerator: Number | None
    denominator: Number | None
    unit: str
    previous_period: str = Field(description="The period of the exact reading before", examples=["2024-12"])
    previous_value: Number
    change: Number
    method: str = Field(
        description="mad_of_changes: further from the median change than 3.5 × 1.4826 × the median absolute deviation"
        " of the changes before, and more than a twentieth of the reading before",
        examples=["mad_of_changes"],
    )
    readings: int = Field(description="How many readings before it were looked at: 6 to 12", examples=[12])
    median_change: Number
    mad: Number = Field(description="The median absolute deviation of the changes before")
    limit: Number = Field(description="5.1891 × `mad`")
    lowest: Number = Field(description="previous_value + median_change - limit")
    highest: Number = Field(description="previous_value + median_change + limit")
    seq: int


class OutlierList(Listed):
    data: list[OutlierRow]


class WhatIfList(Listed):
    data: list[WhatIfRow]
