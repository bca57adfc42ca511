"""`/city/explain`, `forecast`, `what-if`, `compare`, `outliers`: where a figure comes from and where it goes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access.callers import Compare, Look
from app.areas.geography import Geography
from app.city.compare import compare
from app.city.compare_schemas import FigureChange, FigureChangeList
from app.city.explain import explain
from app.city.explain_schemas import Contribution, ExplainList
from app.city.outliers import outliers
from app.city.outlook import forecast, what_if
from app.city.outlook_schemas import ForecastView, OutlierList, OutlierRow, WhatIfList, WhatIfRow
from app.city.routes import OF_CITY, USUAL, AreaQuery, IndicatorQuery, PeriodQuery, parsed
from app.core.errors import refuse
from app.core.periods import parse_at
from app.core.places import CITY_CODE
from app.indicators.schemas import Domain
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import Fields, moments, names_in, trimmed, unpaged
from app.web.routing import Route

router = APIRouter(prefix="/city", tags=["city"], route_class=Route)


@router.get(
    "/explain",
    name="explain_figure",
    **documented(ExplainList, *USUAL, "unknown-indicator", "geography-without-areas"),
)
def explain_figure(
    look: Look,
    indicator: IndicatorQuery,
    period: PeriodQuery = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
    geography: Geography = None,
) -> Response:
    """One figure, explained: the revisions it stands on, who is missing, the rule, the clause and the arithmetic.

    Numbers in `arithmetic` are exact (an integer, a decimal or a fraction a/b), so that the figure can be redone from
    this answer alone. A carried reading names the period it comes from. With `geography` each reading of an old area
    says into which area of the map it went (`into`) and how much of it (`share`); a status B names the area change.
    """
    at = parsed(period)
    with look() as session:
        told = explain(session, code=indicator, period=at, area=area, lang=look.lang, geography=geography)
        rows = trimmed(told["data"], names_in(fields), tuple(Contribution.model_fields))
        return answer(session, told | {"data": rows})


@router.get(
    "/forecast",
    name="forecast_figure",
    **documented(ForecastView, *OF_CITY, "unknown-indicator", "required", "not-a-date", "too-few-readings"),
)
def forecast_figure(
    look: Look,
    indicator: IndicatorQuery,
    due: Annotated[
        str | None, Query(description="The day asked about; the target's by default.", examples=["2026-12-31"])
    ] = None,
    area: AreaQuery = CITY_CODE,
) -> Response:
    """Where a figure will be on a day, and when its target is reached, on the way of its last 12 readings.

    Theil–Sen over exact figures of own periods, at least 4; `low` and `high` hold it with nominal 90 %. Shares stay
    within 0 and 100.
    """
    day = _day(due)
    with look() as session:
        return answer(session, forecast(session, code=indicator, due=day, area=area, lang=look.lang))


@router.get("/compare", name="compare_figures", **documented(FigureChangeList, *USUAL, "unknown-indicator"))
def compare_figures(
    between: Compare,
    period: Annotated[
        list[str] | None, Query(description="Only figures of these periods.", examples=["2025-01"])
    ] = None,
    area: AreaQuery = CITY_CODE,
    domain: Annotated[list[Domain] | None, Query(description="Only these domains.")] = None,
    indicator: Annotated[list[str] | None, Query(description="Only these indicators.")] = None,
    fields: Fields = None,
) -> Response:
    """What changed in the city's figures between two briefings: each figure before and after, with its causes.

    Without `period` the newest period of each indicator, as known at either moment. A figure is compared with itself:
    same indicator, same period. Several causes may apply; `cause` is the first of them, in the order in which
    `causes` is described. Only what touched this very figure is named; a target that merely fell due since is none, and
    is found at `/city/progress`. The cells behind a row are at `/observations/compare`.
    """
    periods = [parse_at(text, parameter="period") for text in period or ()]
    with between() as sessions:
        rows = compare(
            sessions,
            periods=periods,
            area=area,
            domains=domain or (),
            codes=indicator or (),
            lang=between.lang,
        )
        shown = unpaged(rows, fields, tuple(FigureChange.model_fields), seq=sessions[1].as_of, **moments(*sessions))
        return answer(sessions[1], shown)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise refuse("not-a-date", parameter="due", given=text, expected="2030-12-31") from None


@router.get("/what-if", name="what_is_missing", **documented(WhatIfList, *USUAL, "unknown-indicator"))
def what_is_missing(
    look: Look,
    indicator: IndicatorQuery,
    period: PeriodQuery = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
) -> Response:
    """What each target of an indicator still asks for: how many more wards, how much more of a numerator, which pace.

    A row a target, with every input. Where the figure has no components nothing is made up: the members are null.
    """
    at = parsed(period)
    with look() as session:
        rows = what_if(session, code=indicator, period=at, area=area, lang=look.lang)
        return answer(session, unpaged(rows, fields, tuple(WhatIfRow.model_fields), seq=session.as_of))


@router.get("/outliers", name="list_outliers", **documented(OutlierList, *USUAL, "unknown-indicator"))
def list_outliers(
    look: Look,
    period: PeriodQuery = None,
    indicator: Annotated[list[str] | None, Query(description="Only these indicators.")] = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
) -> Response:
    """Readings that changed more than those before them usually do, to be looked at again: findings, not verdicts.

    Without `period` each indicator's newest one; a longer one shows all its months. A reading is unusual when its
    change since the reading before lies further from the median of the earlier changes than 3.5 × 1.4826 × their
    median absolute deviation (MAD), and is more than a twentieth of the reading before. It takes 6 earlier readings;
    the last 12 count. Flags and bounds are left out.
    """
    at = parsed(period)
    with look() as session:
        rows = outliers(session, period=at, area=area, codes=indicator or (), lang=look.lang)
        return answer(session, unpaged(rows, fields, tuple(OutlierRow.model_fields), seq=session.as_of))
