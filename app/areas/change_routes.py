"""`/area-changes`: reorganisations as dated facts; `/areas/{id}/lineage`: what they mean for one area."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.access.callers import Anyone, Steward
from app.areas import change_commands, queries, views
from app.areas.change_schemas import AreaChangeIn, AreaChangeList, AreaChangeRow, AreaChangeView, Lineage
from app.areas.routes import the_area
from app.core.errors import refuse
from app.core.registry import View
from app.web.answers import PREFIX, answer
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route
from app.web.schemas import Day
from app.web.sessions import AsOf, Lang, Reads, Writes

router = APIRouter(tags=["areas"], route_class=Route)

FIELDS = tuple(AreaChangeRow.model_fields)
SORT = ("id", "day", "document", "seq")

ChangeId = Annotated[str, Path(description="The change's day.", examples=["2025-07-01"])]


def the_day(view: View, id: str) -> date:
    """The day of a change that stands. Raises `area-change-not-found`."""
    found = next((day for day in view.breaks if day.isoformat() == id), None)
    if found is None:
        raise refuse("area-change-not-found", parameter="id", given=id)
    return found


@router.post(
    "/area-changes",
    **documented(
        AreaChangeView,
        "unknown-file",
        "area-exists",
        "area-change-applied",
        "area-has-later-rows",
        status=201,
    ),
)
def apply_area_change(writes: Writes, caller: Steward, lang: Lang, sent: AreaChangeIn) -> Response:
    """Apply a reorganisation: areas end, areas begin, and every link between them is kept with its document.

    No stored figure changes. Keys of ended wards post nothing from then on. Look at `/area-changes/preview` first.
    """
    wanted = sent.reorganisation()
    with writes(caller.id) as session:
        view, plan = change_commands.apply(session, wanted)
        location = {"Location": f"{PREFIX}/area-changes/{plan.day}"}
        return answer(session, views.change(view, plan.day, lang), status=201, revision=1, headers=location)


@router.get("/area-changes", **documented(AreaChangeList))
def list_area_changes(reads: Reads, _caller: Anyone, page: Page, _lang: Lang, as_of: AsOf) -> Response:
    """The area changes that were applied and not undone; the links of each are at its own address."""
    opened, _ = reads.page(page, as_of)
    with opened as session:
        view = queries.places(session)
        rows = [{n: v for n, v in views.change(view, day).items() if n in FIELDS} for day in view.breaks]
        shown = page_of(rows, page, secret=reads.secret, seq=session.as_of, sort_keys=SORT, default="id", fields=FIELDS)
        return answer(session, shown)


@router.get("/area-changes/{id}", **documented(AreaChangeView, "area-change-not-found"))
def show_area_change(reads: Reads, _caller: Anyone, lang: Lang, as_of: AsOf, id: ChangeId) -> Response:
    """One area change with every link old → new, its extent, share and clause."""
    with reads(as_of) as session:
        view = queries.places(session)
        shown = views.change(view, the_day(view, id), lang)
        return answer(session, shown, revision=shown["seq"])


@router.delete(
    "/area-changes/{id}",
    **documented(AreaChangeView, "area-change-not-found", "area-change-in-use"),
)
def undo_area_change(writes: Writes, caller: Steward, lang: Lang, id: ChangeId) -> Response:
    """Undo an area change while no row was stored for its new areas; answers with it as it stood.

    No `If-Match` is needed: the change is the same until it is undone, and what was said since stops it.
    """
    with writes(caller.id) as session:
        day = the_day(queries.places(session), id)
        view = change_commands.undo(session, day)
        return answer(session, views.change(view, day, lang))


@router.get(
    "/areas/{id}/lineage",
    **documented(Lineage, "area-not-found", "area-not-valid-on-day", "area-code-ambiguous"),
)
def show_lineage(
    reads: Reads,
    _caller: Anyone,
    lang: Lang,
    as_of: AsOf,
    id: Annotated[str, Path(description="An area's id, or its bare code.", examples=["14758-202501"])],
    at: Annotated[Day | None, Query(description="The day for which a bare code is meant.")] = None,
) -> Response:
    """What an area was made of and what became of it: whole or part, the share, the document and its clause.

    Through all area changes, the nearest first: an arrow that begins or ends elsewhere is one of a change further away.
    """
    with reads(as_of) as session:
        view = queries.places(session)
        area = the_area(view, id, at)
        came, went = view.lineage(area.id)
        shown = {
            "area": area.id,
            "area_name": area.name(lang),
            "valid_from": area.valid_from,
            "valid_to": area.valid_to,
            "predecessors": [views.arrow(view, link, lang) for link in came],
            "successors": [views.arrow(view, link, lang) for link in went],
            "seq": session.as_of,
        }
        return answer(session, shown)
