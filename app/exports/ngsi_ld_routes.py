"""`/ngsi-ld/v1/entities`: the city's figures for context brokers and smart-city platforms."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.access.callers import Look
from app.city.routes import AreaQuery, PeriodQuery, parsed
from app.core.errors import Fault, Problem, refuse
from app.core.places import CITY_CODE
from app.db.session import ReadSession
from app.exports.address import Address
from app.exports.kpis import Wished, kpis
from app.formats.ngsi_ld import JSON, JSON_LD, KPI, KPI_URI, LINK, Entity, kpi_id, written
from app.indicators import queries as indicators
from app.indicators.schemas import Domain
from app.web.answers import encoded, reply
from app.web.negotiation import acceptable, nearest
from app.web.openapi import documented
from app.web.paging import names_in
from app.web.routing import Route

router = APIRouter(prefix="/ngsi-ld/v1/entities", tags=["dialects"], route_class=Route)

OPTIONS = ("normalized", "simplified", "keyValues", "sysAttrs", "count")
_EXAMPLE_ID = kpi_id("commune_dx_completed")


class KpiEntity(BaseModel):
    """A KeyPerformanceIndicator; its attributes are Properties, or plain values with `options=keyValues`."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(examples=[_EXAMPLE_ID])
    type: str = Field(examples=[KPI])


class Form:
    """How entities are wanted: which attributes, in which form, in which media type."""

    def __init__(self, attrs: tuple[str, ...], options: tuple[str, ...], accept: str | None) -> None:
        for name in options:
            if name not in OPTIONS:
                known, hint = ", ".join(OPTIONS), nearest(name, OPTIONS)
                fault = Fault(code="not-one-of", parameter="options", given=name, expected=known, hint=hint)
                raise Problem("invalid-parameter", fault)
        media_type = acceptable(accept, (JSON, JSON_LD))
        if media_type is None:
            raise refuse("not-acceptable", header="Accept", given=accept, expected=f"{JSON}, {JSON_LD}")
        self.attrs = attrs
        self.options = options
        self.media_type = media_type

    def shown(self, entity: Entity) -> dict[str, Any]:
        made = written(
            entity,
            simplified=not {"keyValues", "simplified"}.isdisjoint(self.options),
            system="sysAttrs" in self.options,
            context=self.media_type == JSON_LD,
        )
        kept = ("id", "type", "createdAt", "modifiedAt", "@context", *self.attrs)
        return {name: value for name, value in made.items() if name in kept} if self.attrs else made

    def sent(self, session: ReadSession, value: Any, headers: dict[str, str], links: tuple[str, ...] = ()) -> Response:
        """JSON names its context in a header, JSON-LD in the body."""
        told = links if self.media_type == JSON_LD else (LINK, *links)
        headers = {**headers, **({"Link": ", ".join(told)} if told else {})}
        return reply(encoded(value), session.latest, media_type=self.media_type, headers=headers)


async def _form(
    attrs: Annotated[
        str | None, Query(description="Only these attributes, comma-separated.", examples=["kpiValue,name"])
    ] = None,
    options: Annotated[
        str | None,
        Query(description="Comma-separated: " + ", ".join(OPTIONS) + ".", examples=["keyValues"]),
    ] = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Form:
    return Form(names_in(attrs), names_in(options), accept)


Formed = Annotated[Form, Depends(_form)]

_HEADERS = {
    "Link": {
        "description": "The context of the terms, and the pages around this one.",
        "schema": {"type": "string"},
        "example": LINK,
    }
}
_COUNT = {"NGSILD-Results-Count": {"description": "How many there are.", "schema": {"type": "integer"}, "example": 27}}
_LIST = {
    200: {
        "content": {JSON_LD: {"schema": {"type": "array", "items": {"type": "object"}}}},
        "headers": {**_HEADERS, **_COUNT},
    }
}
_ONE = {200: {"content": {JSON_LD: {"schema": {"type": "object"}}}, "headers": _HEADERS}}
_KNOWN = ("period-malformed", "unknown-area", "area-level-mismatch", "not-acceptable")


@router.get("", **documented(list[KpiEntity], *_KNOWN, "unknown-indicator", responses=_LIST))
def ngsi_entities(
    look: Look,
    address: Address,
    form: Formed,
    request: Request,
    type: Annotated[str | None, Query(description="Entity types, comma-separated.", examples=[KPI])] = None,
    id: Annotated[str | None, Query(description="Entity ids, comma-separated.", examples=[_EXAMPLE_ID])] = None,
    limit: Annotated[int, Query(ge=0, le=1000, description="At most so many entities; 0 with `count` counts.")] = 100,
    offset: Annotated[int, Query(ge=0, description="How many entities to leave out first.", examples=[20])] = 0,
    count: Annotated[
        bool, Query(description="Whether `NGSILD-Results-Count` tells how many there are.", examples=[True])
    ] = False,
    indicator: Annotated[list[str] | None, Query(description="Only these indicators.")] = None,
    domain: Annotated[list[Domain] | None, Query(description="Only these domains.")] = None,
    period: PeriodQuery = None,
    area: AreaQuery = CITY_CODE,
) -> Response:
    """The city's figures as NGSI-LD entities: a KeyPerformanceIndicator (Smart Data Models) for each indicator.

    They are the rows of `/city/snapshot`; an indicator without a figure has no `kpiValue`. Ask for
    `application/ld+json` to have the context in the body; with `application/json` it is in the header `Link`.
    """
    wished = Wished(parsed(period), area, domain or (), indicator or ())
    of_kind = type is None or not {KPI, KPI_URI}.isdisjoint(names_in(type))
    ids = names_in(id)
    with look() as session:
        found = [e for e in kpis(session, wished, look.lang, address) if of_kind and (not ids or e.id in ids)]
        found = [e for e in found if not form.attrs or any(_has(e, name) for name in form.attrs)]
        shown = [form.shown(entity) for entity in found[offset : offset + limit]]
        return form.sent(
            session, shown, _counted(form, count, limit, len(found)), _pages(request, offset, limit, len(found))
        )


@router.get("/{id}", **documented(KpiEntity, *_KNOWN, "entity-not-found", responses=_ONE))
def ngsi_entity(
    look: Look,
    address: Address,
    form: Formed,
    id: Annotated[str, Path(description="The entity's id.", examples=[_EXAMPLE_ID])],
    period: PeriodQuery = None,
    area: AreaQuery = CITY_CODE,
) -> Response:
    """One indicator's figure as an NGSI-LD entity."""
    at = parsed(period)
    with look() as session:
        known = {kpi_id(d.code): d.code for d in indicators.registry(session).definitions() if not d.retired}
        if id not in known:
            raise refuse("entity-not-found", parameter="id", given=id, hint=nearest(id, list(known)))
        (entity,) = kpis(session, Wished(at, area, (), (known[id],)), look.lang, address)
        return form.sent(session, form.shown(entity), {})


def _counted(form: Form, count: bool, limit: int, total: int) -> dict[str, str]:
    """How many there are, for whoever wants to know; a page of nothing is for them alone (NGSI-LD 6.3.13)."""
    if count or "count" in form.options:
        return {"NGSILD-Results-Count": str(total)}
    if limit == 0:
        raise Problem("invalid-parameter", Fault(code="out-of-range", parameter="limit", given=0, expected="≥ 1"))
    return {}


def _has(entity: Entity, name: str) -> bool:
    held = entity.properties.get(name)
    return held is not None and held.value is not None


def _pages(request: Request, offset: int, limit: int, total: int) -> tuple[str, ...]:
    """Links to the pages around this one; none around a page of nothing."""
    around = []
    if not limit:
        return ()
    if offset > 0:
        around.append(("prev", max(0, offset - limit)))
    if offset + limit < total:
        around.append(("next", offset + limit))
    urls = ((rel, request.url.include_query_params(offset=at, limit=limit)) for rel, at in around)
    return tuple(f'<{url.path}?{url.query}>; rel="{rel}"' for rel, url in urls)
