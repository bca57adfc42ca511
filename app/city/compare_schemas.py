"""Shapes of the comparison of two moments."""

from typing import Literal

from pydantic import Field

from app.web.schemas import Compared, Number, Shape

Cause = Literal["definition_change", "area_change", "correction", "late_report", "target_change"]


class FigureSide(Shape):
    """What a figure said at one of the two moments, targets judged on that moment's own day."""

    value_period: str | None = Field(description="The period the value comes from", examples=["2025-01"])
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    unit: str
    unit_mult: int = Field(description="SDMX UNIT_MULT: the power of ten of the unit")
    qualifier: str | None
    rule: str
    basis: str
    quality: str
    status: str
    rolled_up_value: Number | None
    reported_value: Number | None
    expected: int
    reported: int
    carried: int
    missing: int
    target: str | None = Field(description="The id of the target beside the figure")
    target_value: Number | None
    target_comparator: str | None
    target_due: str | None
    progress: str | None
    gap: Number | None
    definition_version: int = Field(description="The version of the definition that applies to the period")
    updated_at: str | None
    seq: int = Field(description="The newest change the figure stands on")


class FigureChange(Shape):
    """A figure of the city that says something else at `to` than at `from`."""

    indicator: str = Field(examples=["commune_dx_completed"])
    name: str
    domain: str
    area: str = Field(examples=["380-202501"])
    area_name: str
    period: str = Field(description="The period of both figures", examples=["2025-01"])
    cause: Cause = Field(description="The first of `causes`", examples=["late_report"])
    causes: list[Cause] = Field(
        description="Everything that touched what the figure stands on, in this order: definition_change (another rule"
        " applies, or the indicator came or went), area_change (other areas are expected, or the map broke), correction"
        " (a cell was revised, withdrawn or said again), late_report (a cell was first said after `from`),"
        " target_change (another target stands beside it)",
        examples=[["late_report"]],
    )
    late_reports: int = Field(description="How many of its cells were first said after `from`", examples=[1])
    corrections: int = Field(description="How many of its cells were revised, withdrawn or said again", examples=[0])
    before: FigureSide | None = Field(description="As of `from`; null while the indicator was not in use")
    after: FigureSide | None = Field(description="As of `to`; null when the indicator was retired since")
    difference: Number | None = Field(
        description="after − before from exact values, rounded to the indicator's decimals; null without two exact"
        " figures of one unit"
    )
    difference_exact: str | None = Field(
        description="The same unrounded: an integer, a decimal or a fraction a/b", examples=["1/3"]
    )
    seq: int = Field(description="The newest change that the later figure stands on; of a retired indicator its end")


class FigureChangeList(Compared):
    data: list[FigureChange]
