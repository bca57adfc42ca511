"""Shapes of documents and clauses."""

import datetime as dt

from pydantic import Field

from app.web.schemas import Listed, Shape


class DocumentRow(Shape):
    """A document as one of a list; number and date are null where the text at hand does not give them."""

    id: str = Field(examples=["plan-57"])
    ordinal: int = Field(description="The order in which the plan names them")
    type: str = Field(description="In the asked language", examples=["Kế hoạch"])
    number: str | None
    date: dt.date | None
    issuer: str
    title: str
    clause: str | None = Field(description="Where the plan names it")
    quote: str | None = Field(description="The plan's own words for it")


class DocumentView(DocumentRow):
    """A document with its clauses."""

    type_vi: str
    type_en: str
    issuer_vi: str
    issuer_en: str
    title_vi: str
    title_en: str
    clauses: list[str] = Field(description="Ids, in the order of the text")


class DocumentList(Listed):
    """A page of documents."""

    data: list[DocumentRow]


class ClauseView(Shape):
    """A clause with its exact words."""

    id: str = Field(examples=["B.I.2"])
    document: str
    ordinal: int
    heading: str | None = Field(description="In the asked language")
    heading_vi: str | None
    heading_en: str | None
    text: str = Field(description="The exact words, in Vietnamese; white space folded")
    gloss_en: str | None = Field(description="What it says, in English; ours")
    indicators: list[str] = Field(description="Indicators that cite it")
    targets: list[str] = Field(description="Targets that cite it")
    documents: list[str] = Field(description="Documents it names")
