"""Shapes of the city's figures."""

from pydantic import Field

from app.areas.geography import OnMap
from app.indicators.target_schemas import InterimView
from app.web.schemas import Listed, Number, Shape


class _CityRow(Shape):
    indicator: str = Field(examples=["commune_dx_completed"])
    name: str
    domain: str = Field(description="economy, culture_society, smart_governance, infrastructure, government")
    area: str = Field(examples=["380-202501"])
    area_name: str
    period: str = Field(description="The period asked for", examples=["2025-01"])
    value_period: str | None = Field(description="The period the value comes from", examples=["2025-01"])
    time: str = Field(description="The last day of the period asked for", examples=["2025-01-31"])
    value: Number | None = Field(description="Rounded half-up to the indicator's decimals", examples=[70.21])
    numerator: Number | None = Field(description="The sum, or areas reached; exact")
    denominator: Number | None = Field(description="The sum, or areas expected; exact")
    unit: str = Field(description="SDMX UNIT_MEASURE: PT, NUMBER, VND, BOOL")
    qualifier: str | None = Field(description="eq, gt, ge, lt, le: `gt` 99 means over 99; null without a value")
    rule: str = Field(description="How areas make the city's figure")
    basis: str = Field(description="rolled_up, reported or none: where the headline comes from")
    quality: str = Field(description="ok, partial or none: the coverage of the roll-up")
    status: str = Field(
        description="SDMX OBS_STATUS, the first that applies: B (first figure after an area change), E (estimated on"
        " another map), P (wards missing), A"
    )
    rolled_up_value: Number | None
    reported_value: Number | None
    expected: int = Field(description="Areas expected")
    reported: int = Field(description="Areas with a reading of the period")
    carried: int = Field(description="Areas whose earlier reading still stands")
    missing: int
    target_value: Number | None
    target_comparator: str | None
    target_due: str | None
    progress: str | None = Field(
        description="met, on_track, at_risk, off_track, overdue, unknown, no_baseline, no_data"
    )
    gap: Number | None
    previous_value: Number | None = Field(description="The figure one period before")
    change: Number | None = Field(description="Difference to it; null when its basis is another")
    updated_at: str | None
    seq: int = Field(description="The newest change the figure stands on")


class CityRow(OnMap, _CityRow):
    """A figure of the city, complete in one flat row."""


class CityList(Listed):
    data: list[CityRow]


class _RankingRow(Shape):
    rank: int | None
    area: str
    area_name: str
    type: str
    value: Number | None = Field(description="Rounded to the indicator's decimals; of a flag 1 or 0")
    numerator: Number | None
    denominator: Number | None
    qualifier: str | None
    period: str | None = Field(description="The period the reading comes from; an older one is carried")
    status: str = Field(description="A, E (estimated), L (silent or not comparable), Q (withheld)")


class RankingRow(OnMap, _RankingRow):
    """An area's own reading, ranked; ties share a rank and the next one skips."""


class RankingList(Listed):
    data: list[RankingRow]


class CompletenessRow(Shape):
    """What an area owed for the period and what it sent."""

    area: str
    area_name: str
    period: str = Field(description="The period the row speaks of")
    expected: int
    reported: int
    late: int = Field(description="Still missing after the period has ended")
    last_submission_at: str | None


class CompletenessList(Listed):
    data: list[CompletenessRow]
    total: CompletenessRow = Field(description="The whole city")


class ProgressRow(Shape):
    """A target, the figure it is held against, and the way between."""

    target: str
    indicator: str
    name: str
    level: str
    area: str | None
    comparator: str
    target_value: Number
    due: str
    unit: str
    flags: list[str]
    clause: str | None
    quote: str | None = Field(description="The plan's own words")
    value: Number | None
    qualifier: str | None
    basis: str
    value_period: str | None
    baseline_value: Number | None
    baseline_date: str | None
    baseline_source: str | None = Field(description="target or earliest_figure")
    trajectory: list[InterimView] = Field(description="The target's interim points, oldest first")
    required_value: Number | None = Field(
        description="Where the way to the target is by the figure's day, straight between baseline, interim points and"
        " target"
    )
    progress: str
    met: bool | None = Field(description="null when a bound cannot decide, or without a figure")
    gap: Number | None
    pace_per_year: Number | None = Field(description="What each year must still bring")
    today: str


class ProgressList(Listed):
    data: list[ProgressRow]
