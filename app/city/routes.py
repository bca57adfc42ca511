"""`/city/*`: what the operations centre pulls and the steering committee reads."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access.callers import Look
from app.areas.geography import Geography, members
from app.city import queries
from app.city.completeness import last_month, who_reported
from app.city.progress import held_targets
from app.city.schemas import (
    CityList,
    CityRow,
    CompletenessList,
    CompletenessRow,
    ProgressList,
    ProgressRow,
    RankingList,
    RankingRow,
)
from app.core.periods import Frequency, Period, check_range, parse_at
from app.core.places import CITY_CODE
from app.indicators.schemas import Domain, FrequencyName
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import Fields, unpaged
from app.web.routing import Route

router = APIRouter(prefix="/city", tags=["city"], route_class=Route)

PeriodQuery = Annotated[str | None, Query(description="2025, 2025-S1, 2025-Q1 or 2025-03.", examples=["2025-01"])]
AreaQuery = Annotated[str, Query(description="The city, by id or code.", examples=["380"])]
IndicatorQuery = Annotated[str, Query(description="The indicator's code.", examples=["commune_dx_completed"])]

_SHOWN, _RANKED = tuple(CityRow.model_fields), tuple(RankingRow.model_fields)
_COMPLETE, _HELD = tuple(CompletenessRow.model_fields), tuple(ProgressRow.model_fields)

OF_CITY = ("unknown-area", "area-not-a-city")
USUAL = ("period-malformed", *OF_CITY)


def parsed(text: str | None, parameter: str = "period") -> Period | None:
    return None if text is None else parse_at(text, parameter=parameter)


@router.get("/snapshot", **documented(CityList, *USUAL, "geography-without-areas"))
def snapshot(
    look: Look,
    period: PeriodQuery = None,
    area: AreaQuery = CITY_CODE,
    domain: Annotated[list[Domain] | None, Query(description="Only these domains.")] = None,
    indicator: Annotated[list[str] | None, Query(description="Only these indicators.")] = None,
    fields: Fields = None,
    geography: Geography = None,
) -> Response:
    """Every indicator's figure in one flat answer.

    Without `period` each indicator shows its newest period that has any reading. The headline is the roll-up when
    enough wards stand behind it, else the newest figure the city itself reported, else the partial roll-up; `basis`
    says which. With `geography` the areas expected are those of that day's map, each with its reading told on it.
    """
    at = parsed(period)
    with look() as session:
        rows = queries.snapshot(
            session,
            period=at,
            area=area,
            domains=domain or (),
            codes=indicator or (),
            lang=look.lang,
            geography=geography,
        )
        return answer(session, unpaged(rows, fields, members(_SHOWN, geography), seq=session.as_of))


@router.get(
    "/series",
    **documented(
        CityList,
        *USUAL,
        "unknown-indicator",
        "too-many-periods",
        "range-reversed",
        "geography-without-areas",
    ),
)
def series(
    look: Look,
    indicator: IndicatorQuery,
    period_from: PeriodQuery = None,
    period_to: PeriodQuery = None,
    frequency: Annotated[
        FrequencyName | None,
        Query(description="Years, half-years, quarters or months; the indicator's own by default.", examples=["Q"]),
    ] = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
    geography: Geography = None,
) -> Response:
    """One indicator's figure for each of its periods, the oldest first.

    Over longer periods (`frequency`) a stock shows its last figure, a flow its total and a mean its mean, a ratio by
    its summed components; a ward that lacks a month is missing from the total or mean, and the row says so. Over
    shorter ones each shows the last own period that had ended.
    """
    first, last = parsed(period_from, "period_from"), parsed(period_to, "period_to")
    check_range(first, last)
    with look() as session:
        rows = queries.series(
            session,
            code=indicator,
            first=first,
            last=last,
            frequency=Frequency(frequency) if frequency else None,
            area=area,
            lang=look.lang,
            geography=geography,
        )
        return answer(session, unpaged(rows, fields, members(_SHOWN, geography), seq=session.as_of))


@router.get(
    "/ranking",
    **documented(RankingList, *USUAL, "unknown-indicator", "geography-without-areas"),
)
def ranking(
    look: Look,
    indicator: IndicatorQuery,
    period: PeriodQuery = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
    geography: Geography = None,
) -> Response:
    """The wards by their own readings, best first; ties share a rank, silent wards come last."""
    at = parsed(period)
    with look() as session:
        rows = queries.ranking(session, code=indicator, period=at, area=area, lang=look.lang, geography=geography)
        return answer(session, unpaged(rows, fields, members(_RANKED, geography), seq=session.as_of))


@router.get("/completeness", **documented(CompletenessList, *USUAL, "required"))
def completeness(
    look: Look,
    period: Annotated[str | None, Query(description="Default: the month before today's.", examples=["2025-03"])] = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
) -> Response:
    """Who reported what was due for a period: a row a ward, and the city's total.

    Every row says for which period it speaks, which matters where none was asked for.
    """
    at = parsed(period)
    with look() as session:
        asked = at or last_month(session)
        rows, total = who_reported(session, period=asked, area=area, lang=look.lang)
        return answer(session, unpaged(rows, fields, _COMPLETE, seq=session.as_of, total=total))


@router.get("/progress", **documented(ProgressList, *USUAL, "unknown-indicator"))
def progress(
    look: Look,
    period: PeriodQuery = None,
    indicator: Annotated[list[str] | None, Query(description="Only these indicators.")] = None,
    area: AreaQuery = CITY_CODE,
    fields: Fields = None,
) -> Response:
    """Every target with its figure, its baseline, what is required by now and the pace still needed."""
    at = parsed(period)
    with look() as session:
        rows = held_targets(session, period=at, area=area, codes=indicator or (), lang=look.lang)
        return answer(session, unpaged(rows, fields, _HELD, seq=session.as_of))
