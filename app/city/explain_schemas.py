"""The shape of an explained figure."""

from datetime import date

from pydantic import Field

from app.city.schemas import CityRow
from app.indicators.schemas import IndicatorState
from app.web.schemas import Listed, Number, Shape


class Contribution(Shape):
    """A revision that the figure stands on."""

    observation: str = Field(examples=["commune_dx_completed.380-202501.2025-01"])
    revision: int
    role: str = Field(description="reading, weight (weighted_mean) or reported (by the city itself)")
    indicator: str
    area: str
    area_name: str
    into: str | None = Field(description="The area of the map whose reading it makes; null where it stands for itself")
    share: Number | None = Field(description="How much of it went there; null for all of it")
    period: str = Field(description="The period the reading was given for")
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    qualifier: str
    carried: bool = Field(description="An earlier reading that still stands")
    carried_from: str | None = Field(description="The period a carried reading comes from")
    reached: bool | None = Field(description="share_reaching: whether it meets the criterion; null if undecided")
    submission: str | None
    seq: int


class Absent(Shape):
    """An area without a number of its own in the period."""

    area: str
    area_name: str
    reason: str = Field(
        description="carried, silent, incomplete, no_weight, withheld or not_applicable; on a map also why it is not"
        " comparable, as in `reason` of a row",
        examples=["silent"],
    )
    observations: list[str] = Field(description="What it said, all the same or before", examples=[[]])


class RuleWords(Shape):
    """The rule in words."""

    rule: str
    over_time: str
    basis: str
    vi: str
    en: str


class BrokenBy(Shape):
    """The area change in whose period the series breaks."""

    id: str = Field(examples=["2025-07-01"])
    day: date
    document: str = Field(examples=["1686/NQ-UBTVQH15"])


class DocumentName(Shape):
    id: str
    number: str | None
    title_vi: str
    title_en: str


class ClauseWords(Shape):
    """The clause that asks for the figure, in its exact words."""

    id: str
    heading_vi: str | None
    heading_en: str | None
    text: str
    gloss_en: str | None
    quote: str | None = Field(description="The very words the indicator comes from")
    document: DocumentName


class TermView(Shape):
    """A number of a step, exact: an integer, a decimal or a fraction a/b."""

    value: str = Field(examples=["33"])
    times: str | None = Field(description="What it is multiplied by")
    area: str | None
    area_name: str | None
    period: str | None


class StepView(Shape):
    """One step of the arithmetic; `of` says whether it is about readings, weights, reports or the headline."""

    of: str = Field(examples=["headline"])
    area: str | None = Field(description="Whose own reading the step makes")
    gives: str = Field(examples=["value"])
    operation: str = Field(examples=["percent"])
    terms: list[TermView]
    result: str = Field(description="Exact", examples=["3300/47"])
    vi: str
    en: str


class ExplainList(Listed):
    """A figure and everything it stands on; `data` are the contributing revisions."""

    data: list[Contribution]
    figure: CityRow
    carried: list[Absent] = Field(description="Silent areas whose earlier reading, named here, still stands")
    missing: list[Absent]
    withheld: list[Absent]
    not_applicable: list[Absent]
    rule: RuleWords
    definition: IndicatorState = Field(description="The version that applied to the period")
    area_change: BrokenBy | None = Field(description="The area change that a status B stands for")
    clause: ClauseWords | None
    arithmetic: list[StepView]
