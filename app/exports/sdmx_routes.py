"""`/sdmx/…`: structures and data for SDMX tools, by the paths of the 3.0 and the 2.1 REST interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from app.access.callers import Look, Looking
from app.changes.queries import instants
from app.core.errors import Problem, refuse
from app.core.periods import Period, check_range, parse_at
from app.exports.download_routes import FILE_HEADERS
from app.exports.downloads import download
from app.exports.sdmx_catalogue import AGENCY, FLOWS, OBSERVED, catalogue
from app.exports.sdmx_data import EVERY, Keyed, figures, observed
from app.formats.sdmx import DATA_CSV, KINDS, STRUCTURE_XML, VERSION, Structure, csv_message, message
from app.indicators import queries as indicators
from app.observations.selection import Selected, Selection
from app.web.answers import reply
from app.web.negotiation import acceptable
from app.web.openapi import documented
from app.web.routing import Route
from app.web.streams import Streamed

router = APIRouter(prefix="/sdmx", tags=["dialects"], route_class=Route)

NEWEST = (*EVERY, "~", "+", "latest")
_CSV, _XML = DATA_CSV.partition(";")[0], STRUCTURE_XML.partition(";")[0]

Flow = Annotated[
    str, Path(description="The dataflow: OBSERVATIONS or CITY, with agency and version if you like.", examples=["CITY"])
]
Context = Annotated[str, Path(description="`dataflow`, or `*`.", examples=["dataflow"])]
Key = Annotated[
    str,
    Path(
        description="FREQ.REF_AREA.INDICATOR; several codes by `+`, every code by nothing or `*`, every series by `*`.",
        examples=["M.380.commune_dx_completed"],
    ),
]
Kind = Annotated[str, Path(description="One of " + ", ".join(KINDS) + "; every kind by `*`.", examples=["dataflow"])]
Owner = Annotated[str, Path(description="The agency that maintains it, or `*`.", examples=[AGENCY.id])]
Id = Annotated[str, Path(description="The artefact's id; several by `,`, every one by `*`.", examples=["CITY"])]
Version = Annotated[str, Path(description=f"{VERSION}, or the newest by `+`, `~` or `latest`.", examples=[VERSION])]
References = Annotated[
    Literal["none", "all", "parents", "parentsandsiblings", "ancestors", "children", "descendants"],
    Query(description="`none` for the artefacts alone; by default all that belongs to them comes along."),
]
_EXAMPLE = (
    "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,QUALIFIER,…\r\n"
    f"dataflow,{AGENCY.id}:CITY({VERSION}),I,M,380-202501,commune_dx_completed,2025-01,70.21,A,eq,…\r\n"
)
_MESSAGE = "<mes:Structure>…</mes:Structure>"


def _documented(media_type: str, example: str, headers: dict[str, Any], *codes: str) -> dict[str, Any]:
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    known = documented(None, "sdmx-not-found", "not-acceptable", *codes)
    return {**known, "response_class": Response, "responses": {200: {"content": content, "headers": headers}}}


_REFUSED = (
    "sdmx-key-malformed",
    "unknown-indicator",
    "unknown-area",
    "area-code-ambiguous",
    "period-malformed",
    "range-reversed",
)
_DATA = _documented(DATA_CSV, _EXAMPLE, FILE_HEADERS, *_REFUSED)
_STRUCTURES = _documented(STRUCTURE_XML, _MESSAGE, {})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for data: filters as everywhere, SDMX's own names for the periods, what the caller accepts."""

    selection: Selection
    first: Period | None
    last: Period | None
    accept: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for structures: whether what belongs to them comes along, what the caller accepts."""

    references: bool
    accept: str | None


# Clients write defaults out. A value that would change the answer is refused and not ignored.
_USUAL = "What clients say when they want all of it."
Detail = Annotated[Literal["full"], Query(description=_USUAL)]
Accept = Annotated[str | None, Header(include_in_schema=False)]


async def _asked(
    selection: Selected,
    start: Annotated[
        str | None, Query(alias="startPeriod", description="SDMX's name for `period_from`.", examples=["2025-01"])
    ] = None,
    end: Annotated[
        str | None, Query(alias="endPeriod", description="SDMX's name for `period_to`.", examples=["2026-12"])
    ] = None,
    detail: Detail = "full",
    attributes: Annotated[Literal["dsd", "all"], Query(description=_USUAL)] = "dsd",
    measures: Annotated[Literal["all"], Query(description=_USUAL)] = "all",
    history: Annotated[
        Literal["false"], Query(alias="includeHistory", description="`as_of` asks for what was known before.")
    ] = "false",
    offset: Annotated[Literal["0"], Query(description=_USUAL)] = "0",
    dimension: Annotated[
        Literal["TIME_PERIOD", "AllDimensions"],
        Query(alias="dimensionAtObservation", description="Rows of CSV are the same for either."),
    ] = "TIME_PERIOD",
    accept: Accept = None,
) -> Asked:
    first = None if start is None else parse_at(start, parameter="startPeriod")
    last = None if end is None else parse_at(end, parameter="endPeriod")
    check_range(first, last)
    return Asked(selection, first, last, accept)


async def _wish(references: References = "all", detail: Detail = "full", accept: Accept = None) -> Wish:
    return Wish(references != "none", accept)


Asking = Annotated[Asked, Depends(_asked)]
Wishing = Annotated[Wish, Depends(_wish)]


@router.get("/data/{flow}", **_DATA)
def sdmx_data(look: Look, asked: Asking, flow: Flow) -> Response:
    """Every cell of a dataflow, as SDMX-CSV 2.0.

    OBSERVATIONS are the cells of `/observations`, CITY the figures of `/city/series`, digit for digit; true and false
    are 1 and 0. A withdrawn cell, if asked for, comes with the action D.
    """
    return _data(look, asked, flow, "*")


@router.get("/data/{flow}/{key}", **_DATA)
def sdmx_series(look: Look, asked: Asking, flow: Flow, key: Key) -> Response:
    """The cells of a dataflow that a series key names, as SDMX-CSV 2.0.

    REF_AREA takes an id or a bare code. Filters and key narrow each other.
    """
    return _data(look, asked, flow, key)


@router.get("/data/{context}/{agency}/{flow}", **_DATA)
def sdmx_newest_flow_data(look: Look, asked: Asking, context: Context, agency: Owner, flow: Flow) -> Response:
    """Every cell of a dataflow in its newest version, by the path of SDMX 3.0."""
    _check_context(context)
    return _data(look, asked, f"{agency},{flow}", "*")


@router.get("/data/{context}/{agency}/{flow}/{version}", **_DATA)
def sdmx_flow_data(
    look: Look, asked: Asking, context: Context, agency: Owner, flow: Flow, version: Version
) -> Response:
    """Every cell of a dataflow, by the path of SDMX 3.0."""
    _check_context(context)
    return _data(look, asked, f"{agency},{flow},{version}", "*")


@router.get("/data/{context}/{agency}/{flow}/{version}/{key}", **_DATA)
def sdmx_flow_series(
    look: Look, asked: Asking, context: Context, agency: Owner, flow: Flow, version: Version, key: Key
) -> Response:
    """The cells of a dataflow that a series key names, by the path of SDMX 3.0."""
    _check_context(context)
    return _data(look, asked, f"{agency},{flow},{version}", key)


@router.get("/structure/{kind}", **_STRUCTURES)
def sdmx_structures(look: Look, kind: Kind, wish: Wishing) -> Response:
    """The structures of one kind, as SDMX-ML 3.0: what the data's columns and codes mean, in both languages."""
    return _structures(look, kind, ("*", "*", "*"), wish)


@router.get("/structure/{kind}/{agency}/{id}", **_STRUCTURES)
def sdmx_newest_structure(look: Look, kind: Kind, agency: Owner, id: Id, wish: Wishing) -> Response:
    """One structure in its newest version, as SDMX-ML 3.0."""
    return _structures(look, kind, (agency, id, "*"), wish)


@router.get("/structure/{kind}/{agency}/{id}/{version}", **_STRUCTURES)
def sdmx_structure(look: Look, kind: Kind, agency: Owner, id: Id, version: Version, wish: Wishing) -> Response:
    """One structure by its agency, id and version, as SDMX-ML 3.0."""
    return _structures(look, kind, (agency, id, version), wish)


@router.get("/{kind}", **_STRUCTURES)
def sdmx_artefacts(look: Look, kind: Kind, wish: Wishing) -> Response:
    """The structures of one kind, by the path of SDMX 2.1, as SDMX-ML 3.0."""
    return _structures(look, kind, ("*", "*", "*"), wish)


@router.get("/{kind}/{agency}/{id}", **_STRUCTURES)
def sdmx_newest_artefact(look: Look, kind: Kind, agency: Owner, id: Id, wish: Wishing) -> Response:
    """One structure in its newest version, by the path of SDMX 2.1, as SDMX-ML 3.0."""
    return _structures(look, kind, (agency, id, "*"), wish)


@router.get("/{kind}/{agency}/{id}/{version}", **_STRUCTURES)
def sdmx_artefact(look: Look, kind: Kind, agency: Owner, id: Id, version: Version, wish: Wishing) -> Response:
    """One structure by its agency, id and version, by the path of SDMX 2.1, as SDMX-ML 3.0."""
    return _structures(look, kind, (agency, id, version), wish)


def _check_context(context: str) -> None:
    if context not in (*EVERY, "dataflow"):
        raise _unknown("context", context, ["dataflow"])


def _data(look: Looking, asked: Asked, named: str, key: str) -> Response:
    _check_accept(asked.accept, (_CSV, "text/csv"))
    flow = _flow(named)
    keyed = Keyed(asked.selection, key, asked.first, asked.last)
    if flow is OBSERVED:
        found = download(look.at, look.as_of, keyed, look.lang)
        pieces = csv_message(AGENCY.id, flow, map(observed(found.view), found.rows))
        headers = _attachment(flow, found.as_of) | {"X-Total-Count": str(found.total)}
        return Streamed(pieces, found.latest, media_type=DATA_CSV, headers=headers)
    with look() as session:
        view = indicators.registry(session)
        rows = list(figures(session, view, keyed.wanted(view), look.lang))
        headers = _attachment(flow, session.as_of) | {"X-Total-Count": str(len(rows))}
        return reply(b"".join(csv_message(AGENCY.id, flow, rows)), session.latest, media_type=DATA_CSV, headers=headers)


def _flow(named: str) -> Structure:
    """`CITY`, `THANH_HOA,CITY` or `THANH_HOA,CITY,1.0`. Raises `sdmx-not-found`."""
    parts = named.split(",")
    agency, flow, version = {1: ("*", *parts, "*"), 2: (*parts, "*"), 3: parts}.get(len(parts), ("*", named, "*"))
    if flow not in FLOWS or not _ours(agency, version):
        raise _unknown("flow", named, list(FLOWS), flow)
    return FLOWS[flow]


def _ours(agency: str, version: str) -> bool:
    return (agency in EVERY or agency in (AGENCY.id, "SDMX")) and version in (*NEWEST, VERSION)


def _attachment(flow: Structure, seq: int) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{flow.id}-seq{seq}.csv"'}


def _check_accept(accept: str | None, offered: tuple[str, ...]) -> None:
    if acceptable(accept, offered) is None:
        raise refuse("not-acceptable", header="Accept", given=accept, expected=", ".join(offered))


def _structures(look: Looking, kind: str, named: tuple[str, str, str], wish: Wish) -> Response:
    _check_accept(wish.accept, (_XML, "application/xml", "text/xml"))
    agency, name, version = named
    if kind not in (*EVERY, *KINDS):
        raise _unknown("kind", kind, KINDS)
    with look() as session:
        made = catalogue(indicators.registry(session))
        known = {(k, i) for k in KINDS for i in made.ids(k) if kind in EVERY or k == kind}
        ids = {i for _, i in known} if name in EVERY else set(name.split(","))
        chosen = {(k, i) for k, i in known if i in ids}
        if not _ours(agency, version) or ids > {i for _, i in chosen}:
            raise _unknown("id", name, sorted({i for _, i in known}))
        at = instants(session, {session.as_of}).get(session.as_of, session.point.at)
        body = message(
            made,
            lambda *found: wish.references or found in chosen,
            id=f"{AGENCY.id}-{session.as_of}",
            prepared=at,
        )
        return reply(body, session.latest, media_type=STRUCTURE_XML)


def _unknown(parameter: str, given: str, known: Sequence[str], part: str | None = None) -> Problem:
    """`part` is what of `given` the hint shall be near to."""
    hint = next(iter(get_close_matches(part or given, known, n=1)), None)
    return refuse("sdmx-not-found", parameter=parameter, given=given, expected=", ".join(known), hint=hint)
