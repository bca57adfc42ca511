"""Shapes of initiatives that the service answers with."""

from datetime import date, datetime

from pydantic import Field

from app.web.schemas import Listed, Shape


class InitiativeBrief(Shape):
    """An initiative beside another one."""

    code: str = Field(examples=["commune_network_security"])
    kind: str = Field(examples=["project"])
    name: str = Field(description="In the asked language")
    budget_vnd: int | None = Field(description="In đồng, exact; null where nobody gave one", examples=[7583000000])
    status: str | None = Field(description="Null where nobody stated one", examples=["preparing"])
    status_name: str
    ends: date | None


class InitiativeRow(Shape):
    """An initiative as one of a list."""

    code: str = Field(examples=["commune_network_security"])
    version: int
    seq: int = Field(description="The change that made this version known")
    kind: str = Field(examples=["project"])
    parent: str | None = Field(examples=["dx_package"])
    responsible: str | None
    clause: str | None
    quote: str | None = Field(description="The clause's own words")
    budget_vnd: int | None = Field(description="In đồng, exact; null where nobody gave one", examples=[7583000000])
    starts: date | None
    ends: date | None = Field(description="Inclusive")
    target: str | None = Field(description="The target that a milestone stands for")
    status: str | None = Field(description="Null where nobody stated one", examples=["preparing"])
    status_date: date | None = Field(description="The day the status is of; null for what the plan says")
    status_note: str | None
    flags: list[str]
    retired: bool
    name: str = Field(description="In the asked language")
    kind_name: str
    status_name: str
    responsible_name: str | None
    note: str | None


class InitiativeVersionView(InitiativeRow):
    """One version of an initiative."""

    name_vi: str
    name_en: str
    responsible_vi: str | None
    responsible_en: str | None
    note_vi: str | None
    note_en: str | None


class StatusView(Shape):
    """What an initiative's status was, from when, and when that was noted."""

    status: str | None = Field(examples=["preparing"])
    status_name: str
    date: date | None
    note: str | None
    version: int
    seq: int
    at: datetime


class InitiativeView(InitiativeVersionView):
    """An initiative with what it belongs to, what belongs to it, and its status from the first one on."""

    parent_name: str | None
    children: list[InitiativeBrief]
    document: str | None = Field(description="The document of the clause")
    clause_text: str | None = Field(description="The clause's exact words, in Vietnamese")
    status_history: list[StatusView] = Field(description="Oldest first")


class InitiativeList(Listed):
    """A page of initiatives."""

    data: list[InitiativeRow]


class InitiativeVersions(Listed):
    """A page of an initiative's versions."""

    data: list[InitiativeVersionView]


class CountView(Shape):
    kind: str = Field(examples=["project"])
    kind_name: str
    status: str | None = Field(examples=["preparing"])
    status_name: str
    count: int


class BudgetGroup(Shape):
    """An outermost initiative with all the money under it."""

    code: str = Field(examples=["dx_package"])
    kind: str = Field(examples=["package"])
    name: str
    budget_vnd: int = Field(description="The sum; a package counts through its members", examples=[60343000000])
    stated_vnd: int | None = Field(description="What is stated for it as a whole", examples=[60343000000])
    agrees: bool | None = Field(description="Whether the members of a package make up its stated total")
    members: list[InitiativeBrief]


class BudgetOfStatus(Shape):
    status: str | None = Field(examples=["preparing"])
    status_name: str
    budget_vnd: int


class MilestoneView(InitiativeBrief):
    """A milestone by today."""

    target: str | None
    days_left: int = Field(description="Negative when its day has passed")
    state: str = Field(description="`overdue`, `due` (within 90 days), `later`, `completed`, `cancelled`")


class MilestoneCounts(Shape):
    overdue: int
    due: int
    later: int
    completed: int
    cancelled: int


class SummaryView(Shape):
    """What the plan set going, at a glance."""

    today: date = Field(description="The service's day; with `as_of` the day of that change")
    seq: int
    total: int
    counts: list[CountView]
    budget_vnd: int = Field(description="Of everything; no package is added to its members")
    budget_groups: list[BudgetGroup]
    budget_by_status: list[BudgetOfStatus]
    milestones_due: MilestoneCounts
    milestones: list[MilestoneView]
