"""Shapes of initiatives that callers send."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.indicators.schemas import ClauseId, Name
from app.indicators.target_schemas import Flags, Note, TargetId
from app.initiatives.initiative import Initiative
from app.web.schemas import LEFT_OUT, Day, Integer, Sent

Code = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,62}[a-z0-9]$", examples=["open_data_portal"])]
Kind = Literal["package", "project", "system", "equipment", "milestone", "task", "duty", "duty_part", "cooperation"]
Status = Literal["planned", "preparing", "in_progress", "completed", "suspended", "cancelled"]
Budget = Annotated[Integer, Field(ge=0, json_schema_extra={"minimum": 0}, description="In đồng, exact")]
StatusDay = Annotated[Day, Field(description="The day the status is of; without it today")]


class InitiativeIn(Sent):
    """A new initiative."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "open_data_portal",
                    "kind": "system",
                    "parent": "smart_city_2025",
                    "name_vi": "Cổng dữ liệu mở của thành phố",
                    "name_en": "Open data portal of the city",
                    "responsible": "city_pc",
                    "responsible_vi": "UBND thành phố",
                    "responsible_en": "City People's Committee",
                    "clause": "B.I.2",
                    "budget_vnd": 1500000000,
                    "starts": "2026-01-01",
                    "ends": "2027-12-31",
                    "status": "planned",
                    "status_date": "2026-01-05",
                    "status_note": "Đã có chủ trương.",
                }
            ]
        }
    )

    code: Code
    kind: Kind
    parent: Code | None = Field(None, description="The initiative it belongs to")
    name_vi: Name
    name_en: Name
    responsible: Code | None = Field(None, description="The code of the body that answers for it")
    responsible_vi: Name | None = None
    responsible_en: Name | None = None
    clause: ClauseId | None = None
    quote: Note | None = Field(None, description="The clause's own words about it")
    budget_vnd: Budget | None = None
    starts: Day | None = Field(None, description="Its first day")
    ends: Day | None = Field(None, description="Its last day; a milestone is due on it")
    target: TargetId | None = Field(None, description="The target that a milestone stands for")
    status: Status | None = None
    status_date: StatusDay | None = None
    status_note: Note | None = None
    flags: Flags = Field(default_factory=list)
    note_vi: Note | None = None
    note_en: Note | None = None

    def initiative(self) -> Initiative:
        """The first version, not yet numbered."""
        values = self.model_dump() | {"flags": tuple(self.flags)}
        return Initiative(**values, version=1, seq=0, retired=False)


class InitiativePatch(Sent):
    """Any members of an initiative but its code; `retired: false` restores it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "in_progress", "status_date": "2026-11-01", "status_note": "Đã ký hợp đồng triển khai."}
            ]
        }
    )

    kind: Kind = LEFT_OUT
    parent: Code | None = LEFT_OUT
    name_vi: Name = LEFT_OUT
    name_en: Name = LEFT_OUT
    responsible: Code | None = LEFT_OUT
    responsible_vi: Name | None = LEFT_OUT
    responsible_en: Name | None = LEFT_OUT
    clause: ClauseId | None = LEFT_OUT
    quote: Note | None = LEFT_OUT
    budget_vnd: Budget | None = LEFT_OUT
    starts: Day | None = LEFT_OUT
    ends: Day | None = LEFT_OUT
    target: TargetId | None = LEFT_OUT
    status: Status | None = LEFT_OUT
    status_date: StatusDay | None = LEFT_OUT
    status_note: Note | None = LEFT_OUT
    flags: Flags = LEFT_OUT
    note_vi: Note | None = LEFT_OUT
    note_en: Note | None = LEFT_OUT
    retired: bool = LEFT_OUT

    def changes(self) -> dict[str, Any]:
        """The members sent, as those of an Initiative."""
        values = self.model_dump(exclude_unset=True)
        return values | ({"flags": tuple(values["flags"])} if "flags" in values else {})
