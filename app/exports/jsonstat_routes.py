"""`/jsonstat…`: observations and city figures as JSON-stat 2.0."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Response

from app.access.callers import Look
from app.core.registry import View
from app.exports.address import Address, Here
from app.exports.cubes import MAX_CELLS, cube, too_many
from app.exports.downloads import download
from app.exports.jsonstat_schemas import StatCollection, StatDataset
from app.exports.publisher import CITY, OBSERVATIONS, PUBLISHER, TITLE, active, spoken
from app.exports.sdmx_data import city_rows
from app.formats.jsonstat import collection, dataset
from app.indicators import queries as indicators
from app.observations.selection import Cells
from app.web.answers import PREFIX, answer, encoded, reply
from app.web.openapi import documented
from app.web.routing import Route

router = APIRouter(prefix="/jsonstat", tags=["dialects"], route_class=Route)

_DATASET = documented(
    StatDataset,
    "unknown-indicator",
    "unknown-area",
    "area-code-ambiguous",
    "period-malformed",
    "range-reversed",
    "too-many-cells",
)


@router.get("", **documented(StatCollection))
def jsonstat_collection(look: Look, address: Address, here: Here) -> Response:
    """Every dataset there is in JSON-stat: the city's figures, and the observations of each indicator."""
    with look() as session:
        query = here.partition("?")[2]
        base = f"{address}{PREFIX}/jsonstat"
        items = [(f"{base}/city{query and '?'}{query}", spoken(CITY, look.lang))]
        for definition in active(indicators.registry(session)):
            asked = f"indicator={definition.code}{query and '&'}{query}"
            items.append((f"{base}/observations?{asked}", definition.name(look.lang)))
        made = collection(items, label=spoken(TITLE, look.lang), source=spoken(PUBLISHER, look.lang), href=here)
        return answer(session, made)


@router.get("/city", **_DATASET)
def jsonstat_city(look: Look, selected: Cells, here: Here) -> Response:
    """The city's figures as one dataset: indicator by period, as `/city/series` has them."""
    with look() as session:
        view = indicators.registry(session)
        rows = city_rows(session, view, selected.wanted(view), look.lang)
        return answer(session, _dataset(view, rows, CITY, look.lang, here))


@router.get("/observations", **_DATASET)
def jsonstat_observations(look: Look, selected: Cells, here: Here) -> Response:
    """Observations as one dataset: area by period for an indicator, digit for digit.

    A cube of more than 50,000 cells is refused (`too-many-cells`): ask for fewer indicators or periods, or take the
    SDMX or CSV that has no end.
    """
    selected.withdrawn = False
    found = download(look.at, look.as_of, selected, look.lang)
    if found.total > MAX_CELLS:
        raise too_many(found.total)
    return reply(encoded(_dataset(found.view, found.rows, OBSERVATIONS, look.lang, here)), found.latest)


def _dataset(view: View, rows: Iterable[dict[str, Any]], name: tuple[str, str], lang: str, here: str) -> dict[str, Any]:
    made = cube(view, rows, lang, of_city=name is CITY)
    return dataset(made, label=spoken(name, lang), source=spoken(PUBLISHER, lang), href=here)
