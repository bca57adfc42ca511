"""`/provenance/{kind}/{id}`: from the plan's words to a ward's sheet, both ways."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field

from app.access.callers import Look
from app.city.provenance import chain
from app.web.answers import answer
from app.web.openapi import documented
from app.web.routing import Route
from app.web.schemas import Shape

router = APIRouter(prefix="/provenance", tags=["city"], route_class=Route)

Kind = Literal["clause", "indicator", "target", "initiative", "observation", "submission"]


class Link(Shape):
    """A link of the chain."""

    kind: str = Field(
        description="document, clause, indicator, target, initiative, observations (their count), observation,"
        " submission, cell or figure",
        examples=["indicator"],
    )
    id: str = Field(examples=["commune_dx_completed"])
    name: str | None = Field(description="Its name, or the plan's words for it")
    parent: str = Field(description="The id of the link it hangs from", examples=["B.I.2"])
    href: str | None = Field(description="Where to read it", examples=["/api/v1/indicators/commune_dx_completed"])
    count: int | None = Field(description="How many observations; the newest 100 follow")
    place: Any = Field(description="Where in a file a cell stood", examples=[None])


class Chain(Shape):
    """What something comes from, and what comes from it."""

    kind: Kind
    id: str = Field(examples=["commune_dx_completed"])
    up: list[Link] = Field(description="What it comes from, the nearest first")
    down: list[Link] = Field(description="What comes from it")
    seq: int


@router.get(
    "/{kind}/{id}",
    **documented(
        Chain,
        "clause-not-found",
        "indicator-not-found",
        "target-not-found",
        "initiative-not-found",
        "observation-not-found",
        "submission-not-found",
    ),
)
def show_provenance(
    look: Look,
    kind: Annotated[Kind, Path(description="What it is.", examples=["indicator"])],
    id: Annotated[str, Path(description="Its id.", examples=["commune_dx_completed"])],
) -> Response:
    """The chain both ways: document, clause, indicator, target, observation, submission, cell, and the city figure.

    A submission needs a key that may read it; so does the cell of a file an observation stood in.
    """
    with look() as session:
        return answer(session, chain(session, look.caller, kind, id, look.lang))
