"""Shapes of targets."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.core.entities import Baseline, Interim
from app.core.numbers import Qualifier
from app.indicators.schemas import ClauseId, Code, ComparatorName, Name
from app.web.schemas import LEFT_OUT, Day, Listed, Number, Sent, Shape

TargetId = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_.-]{0,126}[a-z0-9]$")]
TargetLevel = Literal["city", "commune", "district"]
Flag = Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{1,62}$")]
Flags = Annotated[list[Flag], Field(max_length=20, description="What must be known to read the target")]
Note = Annotated[str, Field(min_length=1, max_length=2000)]
AreaName = Annotated[str, Field(min_length=1, max_length=50, description="An area's id or code")]


class BaselineIn(Sent):
    """Where the way to the target begins."""

    value: Number
    date: Day

    def baseline(self) -> Baseline:
        return Baseline(self.value, self.date)


class InterimIn(Sent):
    """What must be reached on a day on the way."""

    date: Day
    value: Number


Trajectory = Annotated[
    list[InterimIn],
    Field(
        max_length=100,
        description="Interim points, oldest first, strictly between the baseline's day and `due`: between them the"
        " required value goes straight. Without any it goes straight from the baseline to the target",
    ),
]


class TargetIn(Sent):
    """A new target."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "indicator": "commune_dx_completed",
                    "level": "city",
                    "area": None,
                    "comparator": "ge",
                    "value": 95,
                    "due": "2030-12-31",
                    "baseline": {"value": 70.21, "date": "2025-01-31"},
                    "trajectory": [{"date": "2026-12-31", "value": 80}, {"date": "2028-12-31", "value": 90}],
                    "clause": None,
                }
            ]
        }
    )

    id: TargetId | None = Field(None, description="Without it, made of indicator, due and level")
    indicator: Code
    level: TargetLevel
    area: AreaName | None = None
    comparator: ComparatorName
    value: Number
    due: Day = Field(description="The last day on which it may be reached")
    baseline: BaselineIn | None = None
    trajectory: Trajectory = Field(default_factory=list)
    clause: ClauseId | None = None
    quote: Name | None = Field(None, description="The clause's own words about this target")
    flags: Flags = Field(default_factory=list)
    note_vi: Note | None = None
    note_en: Note | None = None

    def values(self) -> dict[str, Any]:
        """The members of a Target."""
        return _core_values(self.model_dump(), self.baseline, self.trajectory)


class TargetPatch(Sent):
    """Any members of a target but its id and indicator; `retired: false` restores it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"value": 100, "comparator": "eq"}]})

    level: TargetLevel = LEFT_OUT
    area: AreaName | None = LEFT_OUT
    comparator: ComparatorName = LEFT_OUT
    value: Number = LEFT_OUT
    due: Day = LEFT_OUT
    baseline: BaselineIn | None = LEFT_OUT
    trajectory: Trajectory = LEFT_OUT
    clause: ClauseId | None = LEFT_OUT
    quote: Name | None = LEFT_OUT
    flags: Flags = LEFT_OUT
    note_vi: Note | None = LEFT_OUT
    note_en: Note | None = LEFT_OUT
    retired: bool = LEFT_OUT

    def changes(self) -> dict[str, Any]:
        """The members sent, as those of a Target."""
        return _core_values(self.model_dump(exclude_unset=True), self.baseline, self.trajectory)


def _core_values(sent: dict[str, Any], baseline: BaselineIn | None, trajectory: list[InterimIn]) -> dict[str, Any]:
    values = dict(sent)
    if "comparator" in values:
        values["comparator"] = Qualifier(values["comparator"])
    if "flags" in values:
        values["flags"] = tuple(values["flags"])
    if "baseline" in values:
        values["baseline"] = baseline and baseline.baseline()
    if "trajectory" in values:
        values["trajectory"] = tuple(Interim(p.date, p.value) for p in trajectory)
    return values


class BaselineView(Shape):
    value: Number
    date: date


class InterimView(Shape):
    date: date
    value: Number


class _Target(Shape):
    id: str = Field(examples=["commune_dx_completed-2025"])
    indicator: str
    indicator_name: str = Field(description="In the asked language")
    level: str = Field(description="`city`, `commune` or `district` (abolished on 1 July 2025)")
    area: str | None
    comparator: str = Field(description="`gt` is strict: a result exactly at the value has not met it")
    value: Number
    due: date
    baseline: BaselineView | None
    trajectory: list[InterimView] = Field(description="Interim points on the way, oldest first")
    clause: str | None
    quote: str | None = Field(description="The clause's own words")
    flags: list[str]
    note: str | None = Field(description="In the asked language")
    retired: bool
    version: int
    seq: int = Field(description="The change that made this version known")


class TargetRow(_Target):
    """A target as one of a list."""


class TargetView(_Target):
    """A target."""

    note_vi: str | None
    note_en: str | None


class TargetList(Listed):
    """A page of targets."""

    data: list[TargetRow]
