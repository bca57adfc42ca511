"""`/areas`: dated places, read only; they change by area changes."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from app.access.callers import Anyone
from app.areas import queries, views
from app.areas.schemas import AreaList, AreaRow, AreaView
from app.core.entities import Area
from app.core.errors import Problem, refuse
from app.core.places import folded, resolve_area
from app.core.registry import View
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route
from app.web.schemas import Day
from app.web.sessions import AsOf, Lang, Reads

router = APIRouter(prefix="/areas", tags=["areas"], route_class=Route)

SORT = ("id", "code", "name", "level", "kind", "type", "parent", "valid_from", "valid_to", "version", "seq")
FIELDS = tuple(AreaRow.model_fields)


@router.get("", **documented(AreaList))
def list_areas(
    reads: Reads,
    _caller: Anyone,
    page: Page,
    lang: Lang,
    as_of: AsOf,
    level: Annotated[list[Literal["city", "commune"]] | None, Query(description="Only places of these levels.")] = None,
    type: Annotated[
        list[str] | None, Query(description="Only `thành phố`, `phường` or `xã`; marks may be left out.")
    ] = None,
    kind: Annotated[list[Literal["unit", "statistical"]] | None, Query(description="Only these kinds.")] = None,
    code: Annotated[list[str] | None, Query(description="Only places of these codes.", examples=[["14758"]])] = None,
    parent: Annotated[list[str] | None, Query(description="Only places in these areas (ids or codes).")] = None,
    at: Annotated[Day | None, Query(description="Only places valid on this day, as they were then.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Text in a name or code; case and marks do not matter.")
    ] = None,
) -> Response:
    """Wards, communes and the city, each during its span of time.

    A code may come twice: official codes are reused after a reorganisation; `at` tells such places apart. A search
    for `dong tho` finds `Đông Thọ` too, in either Unicode form.
    """
    opened, _ = reads.page(page, as_of)
    with opened as session:
        view = queries.places(session)
        _check_types(view, type or [])
        wanted = {"level": level, "kind": kind, "code": code, "parent": _ids(view, parent)}
        found = [
            area
            for area in _on(view, at)
            if all(values is None or getattr(area, name) in values for name, values in wanted.items())
            and (type is None or folded(area.type) in map(folded, type))
            and (q is None or folded(q) in folded(f"{area.code} {area.name_vi} | {area.name_en}"))
        ]
        listed = page_of(
            [views.row(area, lang) for area in found],
            page,
            secret=reads.secret,
            seq=session.as_of,
            sort_keys=SORT,
            default="id",
            fields=FIELDS,
        )
        return answer(session, listed)


def _on(view: View, day: date | None) -> list[Area]:
    """Every place as it is now, or those valid on `day`, as they were then."""
    if day is None:
        return view.places()
    dated = (view.area(area_id, day) for area_id in view.area_ids)
    return [area for area in dated if area is not None and area.valid_on(day)]


def _check_types(view: View, types: list[str]) -> None:
    """Refuse a type of which there is no place; nothing is refused as of a time before there were places."""
    known = sorted({area.type for area in view.places()})
    for named in types:
        if known and folded(named) not in map(folded, known):
            raise refuse("not-one-of", parameter="type", given=named, expected=", ".join(known))


def _ids(view: View, named: list[str] | None) -> set[str] | None:
    return None if named is None else {*named} | {a.id for code in named for a in view.areas_of_code(code)}


@router.get("/{id}", **documented(AreaView, "area-not-found", "area-not-valid-on-day", "area-code-ambiguous"))
def show_area(
    reads: Reads,
    _caller: Anyone,
    lang: Lang,
    as_of: AsOf,
    id: Annotated[str, Path(description="An area's id, or its bare code.", examples=["14758-202501"])],
    at: Annotated[
        Day | None, Query(description="The day for which a bare code is meant, and the place is shown.")
    ] = None,
) -> Response:
    """One place with all its versions.

    A bare code will do while it means one place; a code of two places needs `at`, else 400 `area-code-ambiguous` names
    both ids. On a day when there was no such place, 404 names the places there are.
    """
    with reads(as_of) as session:
        view = queries.places(session)
        area = the_area(view, id, at)
        shown = views.single(area, view.area_versions(area.id), lang)
        return answer(session, shown, revision=area.version)


def the_area(view: View, named: str, day: date | None) -> Area:
    """The place of a path, on `day` where one is asked for.

    Raises `area-not-found`, `area-code-ambiguous`, and `area-not-valid-on-day` (404) with the places there are.
    """
    try:
        area = resolve_area(view, named, day, parameter="id")
    except Problem as problem:
        if problem.code == "unknown-area":
            raise refuse("area-not-found", parameter="id", given=named, hint=problem.faults[0].hint) from None
        if day is None:
            raise
    else:
        if day is None or area.valid_on(day):
            return area
    places = [place] if (place := view.area(named)) else view.areas_of_code(named)
    outside = [link.old_name_vi for link in view.links() if link.outside and link.old == named and day < link.day]
    there = [f"{a.id} {a.name_vi} ({a.valid_from} – {a.valid_to or '…'})" for a in places]
    there += [f"{name} (ngoài dữ liệu – outside the data)" for name in outside]
    raise refuse("area-not-valid-on-day", parameter="at", given=named, expected=day.isoformat(), hint=", ".join(there))
