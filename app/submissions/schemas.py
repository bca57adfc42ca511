"""Shapes of submissions."""

from typing import Any

from pydantic import ConfigDict, Field

from app.web.schemas import Listed, Number, PeriodText, ProblemEntry, Sent, Shape

EXAMPLE: dict[str, Any] = {
    "period": "2025-03",
    "area": "14758",
    "note": "Báo cáo tháng 3",
    "rows": [
        {"indicator": "adults_with_smartphone_rate", "numerator": 8123, "denominator": 9340},
        {"indicator": "commune_dx_completed", "value": True},
    ],
}


class RowIn(Sent):
    """One figure; what its indicator wants: a value, both components, or a status instead of them."""

    indicator: str = Field(examples=["adults_with_smartphone_rate"])
    area: str | None = Field(None, description="Id or code; instead of the one on top", examples=["14758"])
    period: PeriodText | None = Field(None, description="Instead of the one on top", examples=["2025-03"])
    value: Number | bool | None = Field(None, description="true or false for a flag")
    numerator: Number | None = None
    denominator: Number | None = None
    qualifier: str | None = Field(None, description="eq (default), gt, ge, lt, le")
    status: str | None = Field(None, description="M (not applicable) or Q (withheld), instead of a value")
    note: str | None = Field(None, max_length=2000)


class SubmissionIn(Sent):
    """Figures of a ward. `area` and `period` on a row override those on top; a key of one area needs no area."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    rows: list[Any] = Field(
        description="1 to 10,000 rows", json_schema_extra={"items": {"$ref": "#/components/schemas/RowIn"}}
    )
    area: str | None = Field(None, description="Id or code")
    period: PeriodText | None = None
    note: str | None = Field(None, max_length=2000)


class Summary(Shape):
    rows: int
    created: int
    revised: int
    unchanged: int
    rejected: int
    warnings: int


class RowResult(Shape):
    """What became of a row."""

    index: int
    outcome: str = Field(description="created, revised, unchanged or rejected")
    observation: str | None
    revision: int | None
    findings: list[ProblemEntry]


class SubmissionItem(Shape):
    """A receipt without its rows."""

    id: str
    state: str = Field(description="accepted, in_review, approved, returned, rejected, withdrawn")
    area: str | None = Field(description="The area, when all rows speak of one")
    period: str | None
    note: str | None
    submitted_by: str | None = Field(None, description="The key's id")
    submitted_at: str | None = None
    seq: int | None = None
    summary: Summary


class SubmissionView(SubmissionItem):
    """A receipt: what was sent and what became of each row."""

    results: list[RowResult]


class Validation(Shape):
    """What would become of each row; nothing was stored."""

    state: str
    summary: Summary
    results: list[RowResult]


class SubmissionList(Listed):
    data: list[SubmissionItem]
