"""`/initiatives`: what the plan sets going. Stewards write; each change, a status too, is a version."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from app.access.callers import Look, Steward
from app.changes.queries import instants
from app.core.errors import refuse
from app.core.places import folded
from app.db.session import ReadSession
from app.indicators import documents
from app.initiatives import commands, views
from app.initiatives.initiative import Initiative, Initiatives
from app.initiatives.queries import initiatives
from app.initiatives.schemas import InitiativeIn, InitiativePatch, Kind, Status
from app.initiatives.summary import summary
from app.initiatives.view_schemas import (
    InitiativeList,
    InitiativeRow,
    InitiativeVersions,
    InitiativeVersionView,
    InitiativeView,
    SummaryView,
)
from app.web.answers import PREFIX, answer
from app.web.conditional import IfMatch
from app.web.negotiation import nearest
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route
from app.web.sessions import Lang, Writes

router = APIRouter(prefix="/initiatives", tags=["initiatives"], route_class=Route)

FIELDS = tuple(InitiativeRow.model_fields)
SORT = tuple(name for name in FIELDS if name != "flags")

Code = Annotated[str, Path(description="The initiative's code.", examples=["ioc_centre"])]


@router.get("", **documented(InitiativeList))
def list_initiatives(
    look: Look,
    page: Page,
    kind: Annotated[list[Kind] | None, Query(description="Only these kinds.", examples=[["project"]])] = None,
    parent: Annotated[
        list[str] | None, Query(description="Only what belongs to these initiatives.", examples=[["dx_package"]])
    ] = None,
    status: Annotated[
        list[Literal[Status, "none"]] | None,
        Query(description="Only these statuses; `none` for those without one.", examples=[["preparing"]]),
    ] = None,
    responsible: Annotated[
        list[str] | None, Query(description="Only what these bodies answer for.", examples=[["city_pc"]])
    ] = None,
    clause: Annotated[
        list[str] | None, Query(description="Only what stands in these clauses.", examples=[["B.I.2"]])
    ] = None,
    retired: Annotated[bool, Query(description="`true` lists the retired ones instead of those in use.")] = False,
    q: Annotated[
        str | None,
        Query(
            max_length=100, description="Text in a code, name, body, quotation or note; case and marks do not matter."
        ),
    ] = None,
) -> Response:
    """Projects with budgets, systems, equipment, milestones, tasks and duties of the plan, with how far they are."""
    wanted: dict[str, Any] = {
        "kind": kind,
        "parent": parent,
        "status": status and [None if s == "none" else s for s in status],
        "responsible": responsible,
        "clause": clause,
    }
    opened, _ = look.from_page(page)
    with opened as session:
        found = [
            views.row(i, look.lang)
            for i in initiatives(session)
            if i.retired == retired
            and all(values is None or getattr(i, name) in values for name, values in wanted.items())
            and (q is None or folded(q) in views.text(i))
        ]
        listed = page_of(
            found,
            page,
            secret=look.secret,
            seq=session.as_of,
            sort_keys=SORT,
            default="code",
            fields=FIELDS,
        )
        return answer(session, listed)


@router.get("/summary", **documented(SummaryView))
def summarise_initiatives(look: Look) -> Response:
    """The plan at a glance: counts by kind and status, sums of budgets by group, milestones due and overdue today.

    A package is a total that its members make up: it is compared with their sum and never added to it.
    """
    with look() as session:
        shown = summary(initiatives(session), session.today, look.lang)
        return answer(session, shown | {"seq": session.as_of})


@router.get("/{code}", **documented(InitiativeView, "initiative-not-found"))
def show_initiative(look: Look, code: Code) -> Response:
    """One initiative with its clause's exact words, its parent and children, and every status it has had."""
    with look() as session:
        known = initiatives(session)
        found = _found(known, code)
        return answer(session, _single(session, known, found, look.lang), revision=found.version)


@router.get("/{code}/versions", **documented(InitiativeVersions, "initiative-not-found"))
def list_initiative_versions(look: Look, page: Page, code: Code) -> Response:
    """Every version of an initiative, oldest first."""
    opened, _ = look.from_page(page)
    with opened as session:
        known = initiatives(session)
        _found(known, code)
        listed = page_of(
            [views.version(v, look.lang) for v in known.versions(code)],
            page,
            secret=look.secret,
            seq=session.as_of,
            sort_keys=("version", "seq", "status", "status_date"),
            default="version",
            fields=tuple(InitiativeVersionView.model_fields),
        )
        return answer(session, listed)


@router.post("", **documented(InitiativeVersionView, "initiative-exists", status=201))
def create_initiative(writes: Writes, caller: Steward, lang: Lang, sent: InitiativeIn) -> Response:
    """A new initiative. A status without a day is one of today."""
    with writes(caller.id) as session:
        made = commands.create(session, sent.initiative())
        location = {"Location": f"{PREFIX}/initiatives/{made.code}"}
        return answer(session, views.version(made, lang), status=201, revision=made.version, headers=location)


@router.patch(
    "/{code}",
    **documented(InitiativeVersionView, "initiative-not-found", "initiative-has-children"),
)
def revise_initiative(
    writes: Writes, caller: Steward, lang: Lang, code: Code, sent: InitiativePatch, if_match: IfMatch = None
) -> Response:
    """Change members of an initiative: a new version; equal content makes none. `retired: false` restores it.

    Another status is one of today and without a note, unless a day and a note are sent with it.
    """
    with writes(caller.id) as session:
        made = commands.revise(session, code, sent.changes(), if_match)
        return answer(session, views.version(made, lang), revision=made.version)


@router.delete(
    "/{code}",
    **documented(InitiativeVersionView, "initiative-not-found", "initiative-has-children"),
)
def retire_initiative(writes: Writes, caller: Steward, lang: Lang, code: Code, if_match: IfMatch = None) -> Response:
    """Retire an initiative: it leaves lists and sums and stays readable. Answers with it; again changes nothing."""
    with writes(caller.id) as session:
        made = commands.retire(session, code, if_match)
        return answer(session, views.version(made, lang), revision=made.version)


def _found(known: Initiatives, code: str) -> Initiative:
    found = known.get(code)
    if found is None:
        raise refuse("initiative-not-found", parameter="code", given=code, hint=nearest(code, [i.code for i in known]))
    return found


def _single(session: ReadSession, known: Initiatives, found: Initiative, lang: str) -> dict[str, Any]:
    clause = documents.clause(session, found.clause) if found.clause else None
    at = instants(session, [v.seq for v in known.statuses(found.code)])
    return views.single(found, known, clause, at, lang)
