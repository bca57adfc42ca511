"""Shapes of area changes."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.areas.reorganisation import Arrow, Begun, Outsider, Reorganisation, shipped
from app.core.errors import Fault, Problem
from app.core.places import CITY_CODE
from app.web.schemas import Day, Listed, Number, Sent, Shape

Code = Annotated[str, Field(pattern="^[0-9]{1,10}$", examples=["14758"])]
Named = Annotated[str, Field(min_length=1, max_length=200)]
Source = Annotated[str, Field(min_length=1, max_length=200, examples=["1686/NQ-UBTVQH15"])]
_WHOLE = ("day", "document", "areas", "links")


class BegunIn(Sent):
    """An area that begins on the day."""

    code: Code
    name_vi: Named
    name_en: Named
    type: Literal["phường", "xã"]

    def begun(self) -> Begun:
        return Begun(code=self.code, name_vi=self.name_vi, name_en=self.name_en, type=self.type)


class ArrowIn(Sent):
    """An area goes to a new one."""

    old: str = Field(min_length=1, max_length=50, description="An area of the day before, by id or code")
    new: Code = Field(description="The code of one of `areas`")
    extent: Literal["whole", "part"]
    clause: Source | None = None
    share: Number | None = Field(None, description="How much of a part came over, where a source says so")
    share_basis: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")] | None = Field(
        None, description="What the share stands on; wanted with a share"
    )

    def arrow(self) -> Arrow:
        return Arrow(**self.model_dump())


class OutsiderIn(Sent):
    """A predecessor from outside the city: no area of the data, so the new area's past is not comparable."""

    code: Code
    name_vi: Named
    name_en: Named
    new: Code = Field(description="The code of one of `areas`")
    clause: Source | None = None

    def outsider(self) -> Outsider:
        return Outsider(code=self.code, name_vi=self.name_vi, name_en=self.name_en, new=self.new, clause=self.clause)


class AreaChangeIn(Sent):
    """A reorganisation: the day of one that came with the service (`file`), or its whole content."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": "2025-07-01"}]})

    file: str | None = Field(None, max_length=50, description="The day of a reorganisation that is ready to apply")
    day: Day | None = Field(None, description="The first day of the new map")
    document: Source | None = Field(None, description="The legal document")
    city: str = Field(CITY_CODE, max_length=50, description="The city it lies in, by id or code")
    city_kind: Literal["unit", "statistical"] | None = Field(
        None, description="What the city becomes on that day: `statistical` when it is no administrative unit any more"
    )
    areas: list[BegunIn] = Field(default=[], max_length=500, description="What begins")
    links: list[ArrowIn] = Field(default=[], max_length=2000, description="What becomes of what")
    outside: list[OutsiderIn] = Field(default=[], max_length=500, description="Predecessors from outside the city")

    def reorganisation(self) -> Reorganisation:
        """Raises `invalid-body` for a part that is missing, `unknown-file`."""
        if self.file is not None:
            more = sorted(self.model_fields_set - {"file"})
            if more:
                raise Problem("invalid-body", *(Fault(code="file-with-content", pointer=f"/{name}") for name in more))
            return shipped(self.file, pointer="/file")
        missing = [name for name in _WHOLE if not getattr(self, name)]
        if self.day is None or self.document is None or missing:
            raise Problem("invalid-body", *(Fault(code="required", pointer=f"/{name}") for name in missing))
        return Reorganisation(
            day=self.day,
            document=self.document,
            city=self.city,
            city_kind=self.city_kind,
            areas=tuple(a.begun() for a in self.areas),
            links=tuple(k.arrow() for k in self.links),
            outside=tuple(o.outsider() for o in self.outside),
        )


class LinkView(Shape):
    """One arrow of an area change: `old`, or a part of it, became a part of `new`."""

    old: str = Field(
        description="The area's id; the official code of a place outside the data", examples=["14758-202501"]
    )
    old_name: str = Field(examples=["Phường Đông Thọ"])
    new: str = Field(examples=["14758-202507"])
    new_name: str = Field(examples=["Phường Hàm Rồng"])
    extent: Literal["whole", "part"] | None = Field(description="null: no source says", examples=["part"])
    share: Number | None = Field(description="How much of a part came over; null until somebody enters it")
    share_basis: str | None = Field(description="What the share stands on")
    outside: bool = Field(description="Whether `old` lies outside the data", examples=[False])
    day: date = Field(description="The first day of the new map", examples=["2025-07-01"])
    document: str = Field(examples=["1686/NQ-UBTVQH15"])
    clause: str | None = Field(examples=["Điều 1 khoản 132"])
    seq: int


class AreaChangeRow(Shape):
    """An area change as one of a list."""

    id: str = Field(description="Its day", examples=["2025-07-01"])
    day: date = Field(description="The first day of the new map", examples=["2025-07-01"])
    document: str = Field(examples=["1686/NQ-UBTVQH15"])
    ends: list[str] = Field(description="The areas that end", examples=[["14758-202501"]])
    begins: list[str] = Field(description="The areas that begin", examples=[["14758-202507"]])
    seq: int


class AreaChangeView(AreaChangeRow):
    """An area change with every arrow."""

    links: list[LinkView]


class AreaChangeList(Listed):
    """A page of area changes."""

    data: list[AreaChangeRow]


class Lineage(Shape):
    """Where an area comes from and what became of it."""

    area: str = Field(examples=["14758-202507"])
    area_name: str = Field(examples=["Phường Hàm Rồng"])
    valid_from: date = Field(examples=["2025-07-01"])
    valid_to: date | None
    predecessors: list[LinkView]
    successors: list[LinkView]
    seq: int
