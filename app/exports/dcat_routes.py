"""`/dcat`: the catalogue by which portals find what there is."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from app.access.callers import Look
from app.changes.queries import instants
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.core.periods import Frequency
from app.core.places import CITY_CODE
from app.core.registry import View
from app.db.session import ReadSession
from app.exports.address import Address
from app.exports.publisher import CITY, DOMAINS, OBSERVATIONS, PUBLISHER, TITLE, active
from app.exports.sdmx_catalogue import AGENCY, CITY_FIGURES, OBSERVED
from app.formats import dcat, ngsi_ld
from app.formats.dcat import Catalog, Dataset, Distribution, Names, document
from app.formats.sdmx import DATA_CSV, VERSION
from app.formats.tables import CSV, NDJSON, XLSX
from app.indicators import queries as indicators
from app.observations import readings
from app.web.answers import PREFIX, encoded, reply
from app.web.negotiation import acceptable
from app.web.openapi import documented
from app.web.routing import Route

router = APIRouter(prefix="/dcat", tags=["dialects"], route_class=Route)

# The project's own licence, which its seeds are under too; no source names another one for the figures.
LICENSE = "https://spdx.org/licenses/MIT"
_JSON = "application/json"
_ABOUT = (
    "Số liệu chuyển đổi số của các phường, xã và của thành phố Thanh Hóa, theo kế hoạch thực hiện Nghị quyết 57-NQ/TW.",
    "Digital-transformation figures of the wards and communes and of Thanh Hóa City, under the plan for Resolution 57.",
)
_OBSERVED = (
    "Từng số liệu của từng địa bàn và kỳ, đúng như đã gửi.",
    "Every figure of every area and period, as it was sent.",
)
_FIGURES = (
    "Con số toàn thành phố của từng chỉ tiêu, tổng hợp theo quy tắc của chỉ tiêu, kèm mức độ đầy đủ.",
    "The city's figure of every indicator, rolled up by the indicator's rule, with its coverage.",
)
_LISTS: dict[str, tuple[Names, Names]] = {
    "indicators": (
        ("Danh mục chỉ tiêu", "Indicators"),
        ("Định nghĩa, quy tắc và đơn vị của các chỉ tiêu.", "Definitions, rules and units of the indicators."),
    ),
    "targets": (("Mục tiêu", "Targets"), ("Mục tiêu của kế hoạch.", "The plan's targets.")),
    "areas": (("Địa bàn", "Areas"), ("Địa bàn theo thời gian, có mã.", "Places with codes, each in its span of time.")),
}


class DcatCatalog(BaseModel):
    """A dcat:Catalog (DCAT 3) as JSON-LD with its context."""

    model_config = ConfigDict(extra="allow")

    context: dict[str, str] = Field(alias="@context", examples=[{"dcat": "http://www.w3.org/ns/dcat#"}])
    id: str = Field(alias="@id", examples=["http://127.0.0.1:8000/api/v1/dcat"])
    type: str = Field(alias="@type", examples=["dcat:Catalog"])


_LINKED = {200: {"content": {dcat.MEDIA_TYPE: {"schema": {"type": "object"}}}}}


@router.get("", **documented(DcatCatalog, "not-acceptable", responses=_LINKED))
def dcat_catalogue(
    look: Look, address: Address, accept: Annotated[str | None, Header(include_in_schema=False)] = None
) -> Response:
    """The catalogue of all data sets and the forms they come in, as DCAT 3 (JSON-LD), in both languages."""
    media_type = acceptable(accept, (dcat.MEDIA_TYPE, _JSON))
    if media_type is None:
        raise refuse("not-acceptable", header="Accept", given=accept, expected=f"{dcat.MEDIA_TYPE}, {_JSON}")
    with look() as session:
        body = encoded(document(_catalog(session, address)))
        return reply(body, session.latest, media_type=media_type)


def _catalog(session: ReadSession, address: str) -> Catalog:
    view = indicators.registry(session)
    at = instants(session, {1, session.as_of})
    begun, changed = at.get(1), at.get(session.as_of)
    city = next(iter(view.areas_of_code(CITY_CODE)), None)
    base = f"{address}{PREFIX}"
    return Catalog(
        url=f"{base}/dcat",
        homepage=f"{address}/",
        endpoint=base,
        description_url=f"{address}/openapi.json",
        title=TITLE,
        description=_ABOUT,
        publisher=PUBLISHER,
        place=(city.name_vi, city.name_en) if city else ("Thành phố Thanh Hóa", "Thanh Hóa City"),
        place_code=CITY_CODE,
        license=LICENSE,
        issued=rfc3339(begun) if begun else None,
        modified=rfc3339(changed) if changed else None,
        version=str(session.as_of),
        datasets=list(_datasets(session, view, base)),
    )


def _datasets(session: ReadSession, view: View, base: str) -> Iterator[Dataset]:
    definitions = active(view)
    keywords = [DOMAINS[domain] for domain in sorted({d.domain for d in definitions})]
    rhythms = sorted({d.frequency for d in definitions}, key=lambda frequency: frequency.months)
    span = _span(session, view, rhythms)
    often = rhythms[0].value if rhythms else None
    files = [_form(base, f"exports/observations.{f.name}", f.name.upper(), f.media_type) for f in (CSV, XLSX, NDJSON)]
    sdmx = [_sdmx(base, flow) for flow in (OBSERVED.id, CITY_FIGURES.id)]
    stat = _form(base, "jsonstat", "JSON-stat 2.0", _JSON, whole=False)
    listed = _form(base, "observations", "JSON", _JSON, whole=False)
    yield Dataset(
        "observations", OBSERVATIONS, _OBSERVED, keywords, [*files, listed, sdmx[0], stat], span=span, frequency=often
    )
    snapshot = _form(base, "city/snapshot", "JSON", _JSON)
    figures = _form(base, "jsonstat/city", "JSON-stat 2.0", _JSON)
    entities = _form(base, "ngsi-ld/v1/entities", "NGSI-LD", ngsi_ld.JSON_LD, whole=False)
    yield Dataset("city", CITY, _FIGURES, keywords, [snapshot, sdmx[1], figures, entities], span=span, frequency=often)
    for name, (title, description) in _LISTS.items():
        forms = [
            _form(base, name, "JSON", _JSON, whole=False),
            _form(base, f"{name}?limit=1000&format=csv", "CSV", CSV.media_type, whole=False),
        ]
        yield Dataset(name, title, description, keywords, forms)


def _form(base: str, path: str, title: str, media_type: str, *, whole: bool = True) -> Distribution:
    name = path.partition("?")[0].replace("/", "-").replace(".", "-")
    form = title.partition(" ")[0].lower()
    return Distribution(f"{name}-{form}", title, f"{base}/{path}", media_type.partition(";")[0], whole)


def _sdmx(base: str, flow: str) -> Distribution:
    structure = f"{base}/sdmx/datastructure/{AGENCY.id}/{flow}/{VERSION}"
    url = f"{base}/sdmx/data/{flow}"
    return Distribution(f"sdmx-{flow.lower()}", "SDMX-CSV 2.0", url, DATA_CSV, whole=True, conforms_to=structure)


def _span(session: ReadSession, view: View, rhythms: list[Frequency]) -> tuple[str, str] | None:
    """The first and the last day that any figure is of."""
    found = [
        period
        for frequency in rhythms
        for newest in (False, True)
        for period in readings.edges(
            session, [d.code for d in active(view) if d.frequency is frequency], frequency, newest=newest
        ).values()
    ]
    if not found:
        return None
    return min(p.first for p in found).isoformat(), max(p.last for p in found).isoformat()
