"""Shapes of observations."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from app.areas.geography import OnMap
from app.web.schemas import Compared, Listed, Number, Sent, Shape

EXAMPLE_ID = "commune_dx_completed.380-202501.2025-01"


class ObservationView(Shape):
    """One cell as it stands: numbers as they were sent, unrounded; a ratio's value comes from its components."""

    id: str = Field(examples=[EXAMPLE_ID])
    indicator: str = Field(examples=["commune_dx_completed"])
    area: str = Field(examples=["380-202501"])
    area_name: str
    period: str = Field(examples=["2025-01"])
    value: Number | bool | None
    numerator: Number | None
    denominator: Number | None
    qualifier: str = Field(description="eq, gt, ge, lt, le: how the value is meant", examples=["eq"])
    status: str = Field(
        description="SDMX OBS_STATUS: A, M (not applicable), Q (withheld); told on a map also E (estimated), L (none)",
        examples=["A"],
    )
    unit: str
    note: str | None
    revision: int
    withdrawn: bool
    period_assumed: bool = Field(description="Whether the source did not name the period")
    submission: str | None
    updated_at: str
    seq: int


class ObservationRow(OnMap, ObservationView):
    """One cell of a list. Told on another map it is stored nowhere: its revision is 0, its id has no address."""


class ObservationList(Listed):
    data: list[ObservationRow]


class RevisionList(Listed):
    data: list[ObservationView]


class CellSide(Shape):
    """What a cell said at one of the two moments."""

    value: Number | bool | None
    numerator: Number | None
    denominator: Number | None
    qualifier: str = Field(examples=["eq"])
    status: str = Field(examples=["A"])
    note: str | None
    withdrawn: bool
    revision: int
    submission: str | None
    updated_at: str
    seq: int


class CellChange(Shape):
    """One cell that says something else at `to` than at `from`."""

    id: str = Field(examples=[EXAMPLE_ID])
    indicator: str = Field(examples=["commune_dx_completed"])
    area: str = Field(examples=["380-202501"])
    area_name: str
    period: str = Field(examples=["2025-01"])
    unit: str
    cause: Literal["late_report", "correction"] = Field(
        description="late_report: nothing had been said of the cell at `from`, so it came too late for that moment;"
        " correction: it had been said and was revised, withdrawn or said again"
    )
    was_due: bool = Field(
        description="Whether the period had ended on the day of `from`: a late report with true was missing then, with"
        " false it is of a period that was still running"
    )
    before: CellSide | None = Field(description="As it stood at `from`; null when nothing had been said of it")
    after: CellSide = Field(description="As it stood at `to`; withdrawn says that it was taken back")
    difference: Number | None = Field(description="after − before, exact; null without two exact numbers")
    seq: int = Field(description="The change that brought the later word")


class CellChangeList(Compared):
    data: list[CellChange]


# Which of them is right the indicator knows; screening says so at `/value`.
AnyValue = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "boolean"}, {"type": "null"}], "default": None})
]


class Correction(Sent):
    """What shall stand instead: a value, or both components, or a status; a note says why.

    Without any of the three the content stays, so that a note or a qualifier can be corrected alone.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"numerator": 33, "denominator": 47, "note": "Đối chiếu với văn bản gốc"}]}
    )

    value: AnyValue = Field(None, description="The value; true or false for a flag")
    numerator: Number | None = None
    denominator: Number | None = None
    qualifier: str | None = Field(None, description="eq (default), gt, ge, lt, le; alone it bounds the value there is")
    status: str | None = Field(None, description="M (not applicable) or Q (withheld), instead of a value")
    note: str | None = Field(None, max_length=2000, description="Alone it is a revision of the same value")
