"""`/city/explain`, `/city/forecast`, `/city/what-if`: where a figure comes from and where it goes."""

from fastapi import APIRouter, Response

from app.access.callers import Look
from app.city.explain import explain
from app.city.explain_schemas import ExplainList
from app.city.queries import CITY_CODE
from app.city.routes import USUAL, AreaQuery, IndicatorQuery, PeriodQuery, parsed
from app.web.answers import answer
from app.web.openapi import documented
from app.web.routing import Route

router = APIRouter(prefix="/city", tags=["city"], route_class=Route)


@router.get("/explain", name="explain_figure", **documented(ExplainList, *USUAL, "unknown-indicator"))
def explain_figure(
    look: Look, indicator: IndicatorQuery, period: PeriodQuery = None, area: AreaQuery = CITY_CODE
) -> Response:
    """One figure, explained: the revisions it stands on, who is missing, the rule, the clause and the arithmetic.

    Numbers in `arithmetic` are exact (an integer, a decimal or a fraction a/b), so that the figure can be redone from
    this answer alone. A carried reading names the period it comes from.
    """
    at = parsed(period)
    with look() as session:
        return answer(session, explain(session, code=indicator, period=at, area=area, lang=look.lang))
