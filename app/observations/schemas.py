"""Shapes of observations."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema

from app.web.schemas import Listed, Number, Sent, Shape

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
    status: str = Field(description="SDMX OBS_STATUS: A, M (not applicable), Q (withheld)", examples=["A"])
    unit: str
    note: str | None
    revision: int
    withdrawn: bool
    period_assumed: bool = Field(description="Whether the source did not name the period")
    submission: str | None
    updated_at: str
    seq: int


class ObservationList(Listed):
    data: list[ObservationView]


class RevisionList(Listed):
    data: list[ObservationView]


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
