"""`/provenance/{kind}/{id}`: from the plan's words to a ward's sheet, both ways."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.access.callers import Look
from app.city.provenance import chain
from app.city.provenance_schemas import Chain, Kind
from app.web.answers import answer
from app.web.openapi import documented
from app.web.routing import Route

router = APIRouter(prefix="/provenance", tags=["city"], route_class=Route)


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
