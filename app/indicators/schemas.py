"""Shapes of indicators."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.core.entities import Criterion, Definition, Direction, Level, Measure, OverTime, Rule
from app.core.numbers import Qualifier
from app.core.periods import Frequency
from app.web.schemas import LEFT_OUT, Day, Integer, Listed, Number, Sent, Shape

Code = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,62}[a-z0-9]$", examples=["digital_literacy_rate"])]
Name = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
Words = Annotated[str, Field(max_length=5000)]
ClauseId = Annotated[str, Field(min_length=1, max_length=100)]

Domain = Literal["economy", "culture_society", "smart_governance", "infrastructure", "government"]
MeasureName = Literal["ratio", "count", "amount", "flag"]
RuleName = Literal["sum", "ratio_of_sums", "share_reaching", "mean", "weighted_mean", "min", "max", "none"]
OverTimeName = Literal["latest", "sum", "mean"]
FrequencyName = Literal["A", "S", "Q", "M"]
LevelName = Literal["city", "commune"]
DirectionName = Literal["up", "down"]
ComparatorName = Literal["gt", "ge", "eq", "le", "lt"]

Months = Annotated[
    Integer,
    Field(
        ge=0,
        le=120,
        json_schema_extra={"minimum": 0, "maximum": 120},
        description="For how many months a silent area's last reading stands",
    ),
]
Coverage = Annotated[
    Number,
    Field(
        gt=0,
        le=1,
        json_schema_extra={"exclusiveMinimum": 0, "maximum": 1},
        description="The part of the areas that a sound roll-up needs",
    ),
]
Unit = Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]{0,29}$", description="SDMX: PT, NUMBER, VND, BOOL …")]
UnitMult = Annotated[
    Integer,
    Field(
        ge=0,
        le=12,
        multiple_of=3,
        json_schema_extra={"minimum": 0, "maximum": 12, "multipleOf": 3},
        description="Power of ten of the unit: 0, 3, 6, 9 or 12",
    ),
]
Decimals = Annotated[
    Integer,
    Field(ge=0, le=6, json_schema_extra={"minimum": 0, "maximum": 6}, description="Digits shown after the point"),
]

UNITS = {"ratio": "PT", "count": "NUMBER", "amount": "VND", "flag": "BOOL"}
FIRST_DAY = date(2025, 1, 1)


class CriterionIn(Sent):
    """What an area must reach to count in `share_reaching`."""

    comparator: ComparatorName
    value: Number

    def criterion(self) -> Criterion:
        return Criterion(Qualifier(self.comparator), self.value)


class IndicatorIn(Sent):
    """A new indicator."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "digital_literacy_rate",
                    "name_vi": "Tỷ lệ người dân được phổ cập kỹ năng số",
                    "name_en": "Share of residents with basic digital skills",
                    "domain": "culture_society",
                    "measure": "ratio",
                    "rollup": "ratio_of_sums",
                    "over_time": "latest",
                    "carry_forward": 12,
                    "min_coverage": 0.8,
                    "frequency": "M",
                    "level": "commune",
                    "unit": "PT",
                    "unit_mult": 0,
                    "decimals": 2,
                    "direction": "up",
                    "criterion": None,
                    "weight": None,
                    "definition_vi": "Số người dân đã học xong kỹ năng số cơ bản trên tổng số người dân trưởng thành.",
                    "definition_en": "Residents who completed basic digital skills training, of all adult residents.",
                    "clause": None,
                    "valid_from": "2025-01-01",
                }
            ]
        }
    )

    code: Code
    name_vi: Name
    name_en: Name
    domain: Domain
    measure: MeasureName
    rollup: RuleName = Field(description="How the city figure comes from its areas")
    over_time: OverTimeName = "latest"
    carry_forward: Months = 12
    min_coverage: Coverage = Field(Decimal("0.8"), json_schema_extra={"default": 0.8})
    frequency: FrequencyName
    level: LevelName
    unit: Unit | None = Field(None, description="SDMX; without it PT, NUMBER, VND or BOOL by `measure`")
    unit_mult: UnitMult = 0
    decimals: Decimals = 2
    direction: DirectionName = "up"
    criterion: CriterionIn | None = None
    weight: Code | None = Field(None, description="The indicator that weighs a `weighted_mean`")
    definition_vi: Words = ""
    definition_en: Words = ""
    clause: ClauseId | None = None
    quote: Name | None = Field(None, description="The clause's own words about this indicator")
    valid_from: Day = Field(FIRST_DAY, description="Applies to periods whose last day is on or after this day")

    def definition(self) -> Definition:
        """The first version, not numbered yet."""
        values = self.model_dump(exclude={"unit"}) | {"unit": self.unit or UNITS[self.measure]}
        return Definition(version=1, seq=0, **core_values(values, self.criterion))


class IndicatorPatch(Sent):
    """Any members of an indicator but its code; `retired: false` restores it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"carry_forward": 6, "direction": "up"}, {"retired": False}]}
    )

    name_vi: Name = LEFT_OUT
    name_en: Name = LEFT_OUT
    domain: Domain = LEFT_OUT
    measure: MeasureName = LEFT_OUT
    rollup: RuleName = LEFT_OUT
    over_time: OverTimeName = LEFT_OUT
    carry_forward: Months = LEFT_OUT
    min_coverage: Coverage = LEFT_OUT
    frequency: FrequencyName = LEFT_OUT
    level: LevelName = LEFT_OUT
    unit: Unit = LEFT_OUT
    unit_mult: UnitMult = LEFT_OUT
    decimals: Decimals = LEFT_OUT
    direction: DirectionName = LEFT_OUT
    criterion: CriterionIn | None = LEFT_OUT
    weight: Code | None = LEFT_OUT
    definition_vi: Words = LEFT_OUT
    definition_en: Words = LEFT_OUT
    clause: ClauseId | None = LEFT_OUT
    quote: Name | None = LEFT_OUT
    valid_from: Day = LEFT_OUT
    retired: bool = LEFT_OUT

    def changes(self) -> dict[str, Any]:
        """The members sent, as those of a Definition."""
        return core_values(self.model_dump(exclude_unset=True), self.criterion)


_KINDS: dict[str, Any] = {
    "measure": Measure,
    "rollup": Rule,
    "over_time": OverTime,
    "frequency": Frequency,
    "level": Level,
    "direction": Direction,
}


def core_values(sent: dict[str, Any], criterion: CriterionIn | None) -> dict[str, Any]:
    """Members by name, codes as the core's own values."""
    values = {name: _KINDS[name](value) if name in _KINDS else value for name, value in sent.items()}
    if "criterion" in values:
        values["criterion"] = criterion and criterion.criterion()
    return values


class CriterionView(Shape):
    comparator: str = Field(examples=["ge"])
    value: Number = Field(examples=[80])


class _Indicator(Shape):
    code: str = Field(examples=["commune_dx_completed"])
    name: str = Field(description="In the asked language")
    domain: str
    measure: str
    rollup: str
    over_time: str
    carry_forward: int
    min_coverage: Number
    frequency: str
    level: str
    unit: str
    unit_mult: int
    decimals: int
    direction: str
    criterion: CriterionView | None
    weight: str | None
    clause: str | None
    quote: str | None = Field(description="The clause's own words")
    valid_from: date = Field(description="This version applies to periods whose last day is on or after this day")
    retired: bool
    version: int
    seq: int = Field(description="The change that made this version known")


class IndicatorRow(_Indicator):
    """An indicator as one of a list: its newest version."""

    definition: str = Field(description="In the asked language")


class IndicatorState(_Indicator):
    """One version of an indicator."""

    name_vi: str
    name_en: str
    definition_vi: str
    definition_en: str


class IndicatorList(Listed):
    """A page of indicators."""

    data: list[IndicatorRow]


class VersionList(Listed):
    """All versions of an indicator, oldest first."""

    data: list[IndicatorState]
