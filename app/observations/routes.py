"""`/observations`: cells, their revisions, corrections and withdrawals."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Row

from app.access.callers import Caller, Compare, Corrector, Look, Looking
from app.areas.geography import FIELDS as MAP_FIELDS
from app.areas.geography import Geography
from app.core.errors import Fault, Problem, refuse
from app.core.registry import View
from app.core.screening import Cell, Context, screen
from app.db.session import ReadSession, WriteSession
from app.indicators import queries as indicators
from app.observations import commands, compare, queries, retold, views
from app.observations.schemas import (
    EXAMPLE_ID,
    CellChangeList,
    Correction,
    ObservationList,
    ObservationView,
    RevisionList,
)
from app.observations.selection import Cells, Selected, Selection
from app.web import paging
from app.web.answers import answer
from app.web.conditional import IfMatch, require_match
from app.web.openapi import documented
from app.web.paging import Page
from app.web.routing import Route, quick
from app.web.sessions import Lang, Writes

router = APIRouter(prefix="/observations", tags=["observations"], route_class=Route)

Id = Annotated[str, Path(description="`<indicator>.<area id>.<period>`", examples=[EXAMPLE_ID])]


def _short(page: paging.Paging, selected: Selection, geography: date | None = None, **_: object) -> bool:
    return page.limit <= paging.DEFAULT_LIMIT and not (page.sort or page.count or geography) and selected.at_hand


@router.get(
    "",
    **documented(
        ObservationList,
        "unknown-indicator",
        "unknown-area",
        "area-code-ambiguous",
        "range-reversed",
        "geography-without-areas",
        "area-not-on-map",
    ),
)
@quick(when=_short)
def list_observations(look: Look, page: Page, selected: Selected, geography: Geography = None) -> Response:
    """What every ward and the city said, cell by cell.

    Ordered by indicator, period and area; `sort` takes indicator, area, period and seq. With `geography` the areas are
    those of that day's map: old figures are told for the new areas, exactly, by the shares somebody entered, or not at
    all, and each row says which and why; `sort` takes indicator, area and period then.
    """
    if geography is not None:
        return _listed_on_map(look, page, selected, geography)
    order = paging.check_sort(page, list(queries.SORTS), queries.DEFAULT_SORT)
    with _listed(look, page, selected, order) as (session, rows):
        view = indicators.registry(session)
        wanted = selected.wanted(view)
        shown = rows[: page.limit]
        following = _following(page, look.secret, session.as_of, order, shown) if len(rows) > page.limit else None
        count = queries.count(session, wanted) if page.count else None
        data = paging.trimmed([*map(views.viewer(view, look.lang), shown)], page.fields, views.FIELDS)
        return answer(session, paging.listed(data, seq=session.as_of, next=following, count=count))


@contextmanager
def _listed(
    look: Looking, page: paging.Paging, selected: Selection, order: Sequence[tuple[str, bool]]
) -> Iterator[tuple[ReadSession, Sequence[Row[Any]]]]:
    if look.as_of is None and _short(page, selected):
        at = paging.position(page, look.secret)
        with queries.glanced(look, selected.unchecked(), at, page.limit) as found:
            yield found
        return
    opened, at = look.from_page(page)
    with opened as session:
        wanted = selected.wanted(indicators.registry(session))
        yield session, queries.listed(session, wanted, order, at.key if at else None, page.limit)


def _listed_on_map(look: Looking, page: paging.Paging, selected: Selection, day: date) -> Response:
    order = paging.check_sort(page, list(retold.SORTS), queries.DEFAULT_SORT)
    opened, at = look.from_page(page)
    with opened as session:
        view = indicators.registry(session)
        reader = retold.MapReader(session, view, selected.on_map(view, day), day, order, look.lang)
        found = list(islice(reader.rows(at.key if at else None), page.limit + 1))
        shown, following = found[: page.limit], None
        if len(found) > page.limit:
            following = paging.cursor_at(page, look.secret, paging.Position(session.as_of, shown[-1][0].key(order)))
        count = sum(1 for _ in reader.rows()) if page.count else None
        data = paging.trimmed([row for _, row in shown], page.fields, (*views.FIELDS, *MAP_FIELDS))
        return answer(session, paging.listed(data, seq=session.as_of, next=following, count=count))


@router.get(
    "/compare",
    **documented(CellChangeList, "unknown-indicator", "unknown-area", "area-code-ambiguous", "period-malformed"),
)
def compare_observations(
    between: Compare,
    page: Page,
    cells: Cells,
    cause: Annotated[
        list[Literal["late_report", "correction"]] | None, Query(description="Only cells that differ for this cause.")
    ] = None,
) -> Response:
    """Every cell that says something else at `to` than at `from`: before, after, and why.

    `late_report`: nothing had been said of the cell at `from`; `was_due` tells a report that was missing then from one
    of a period still running. `correction`: it had been said, and was revised, withdrawn or said again. A cell that
    was changed and changed back does not differ. `sort` takes indicator, area, period and seq.
    """
    order = paging.check_sort(page, list(queries.SORTS), queries.DEFAULT_SORT)
    opened, at = between.from_page(page)
    with opened as sessions:
        later = sessions[1]
        view = indicators.registry(later)
        wanted = cells.wanted(view)
        found = compare.changed(sessions, wanted, cause or (), order, at.key if at else None, page.limit)
        shown = found[: page.limit]
        following = _following(page, between.secret, later.as_of, order, shown) if len(found) > page.limit else None
        count = compare.count(sessions, wanted, cause or ()) if page.count else None
        data = paging.trimmed(compare.rows(shown, view, sessions, between.lang), page.fields, compare.FIELDS)
        shown_at = paging.moments(*sessions)
        return answer(later, paging.listed(data, seq=later.as_of, next=following, count=count, **shown_at))


def _following(
    page: paging.Paging, secret: bytes, seq: int, order: Sequence[tuple[str, bool]], shown: Sequence[Row[Any]]
) -> str:
    return paging.cursor_at(page, secret, paging.Position(seq, queries.sort_key(shown[-1], order)))


@router.get("/{observation}", **documented(ObservationView, "observation-not-found"))
@quick()
def get_observation(look: Look, observation: Id) -> Response:
    """One cell as it stands, or stood; a withdrawn one says so."""
    with queries.looked_up(look, observation) as (session, rows):
        row = queries.the_one(rows, observation)
        shown = views.viewer(indicators.registry(session), look.lang)(row)
        return answer(session, shown, revision=row.revision)


@router.get("/{observation}/revisions", **documented(RevisionList, "observation-not-found"))
def list_revisions(look: Look, observation: Id, fields: paging.Fields = None) -> Response:
    """Every word ever said about a cell, the first one first."""
    with look() as session:
        shown = views.viewer(indicators.registry(session), look.lang)
        data = [shown(row) for row in queries.revisions(session, observation)]
        return answer(session, paging.unpaged(data, fields, views.FIELDS, seq=session.as_of))


_CHANGES = ("observation-not-found", "not-yours-to-change", "key-area-ended")


@router.patch("/{observation}", **documented(ObservationView, *_CHANGES, "submission-rejected"))
def correct_observation(
    writes: Writes, caller: Corrector, observation: Id, sent: Correction, lang: Lang, if_match: IfMatch = None
) -> Response:
    """Correct a cell: a new revision, the old one stays readable. Equal content changes nothing."""
    with writes(caller.id) as session:
        view, before = _held(session, caller, observation, if_match)
        commands.correct(session, view, before, _corrected(view, session, before, sent))
        return _now(session, view, observation, lang)


@router.delete("/{observation}", **documented(ObservationView, *_CHANGES))
def withdraw_observation(
    writes: Writes, caller: Corrector, observation: Id, lang: Lang, if_match: IfMatch = None
) -> Response:
    """Withdraw a cell: it counts as never sent, and an earlier one may be carried over it."""
    with writes(caller.id) as session:
        view, before = _held(session, caller, observation, if_match)
        commands.withdraw(session, view, before, None)
        return _now(session, view, observation, lang)


def _held(session: WriteSession, caller: Caller, observation: str, if_match: str | None) -> tuple[View, Row[Any]]:
    """The cell with its area locked, when the caller may change it and saw its newest revision."""
    _, area, _ = queries.split_id(observation)
    commands.lock(session, {area})
    before = queries.one(session, observation)
    if not caller.has("steward") and area not in caller.areas:
        raise Problem("not-yours-to-change", Fault(code="not-yours-to-change", given=area))
    view = indicators.registry(session)
    if not caller.has("steward") and view.all_ended(caller.areas, session.today):
        raise refuse("key-area-ended", given=", ".join(caller.areas), hint=", ".join(view.heirs(caller.areas)) or None)
    require_match(if_match, before.revision)
    return view, before


def _corrected(view: View, session: WriteSession, before: Row[Any], sent: Correction) -> Cell:
    """The cell with the content sent, screened as a ward's row is; without content sent, with what it holds."""
    row = {k: v for k, v in sent.model_dump().items() if v is not None}
    if not sent.model_fields_set & {"value", "numerator", "denominator", "status"}:
        row = views.content(view, before) | row
    row |= {"indicator": before.indicator, "area": before.area, "period": before.period}
    found = screen([row], Context(view=view, today=session.today, own_areas=None))[0]
    if found.cell is None:
        faults = [replace(f, pointer=(f.pointer or "").removeprefix("/rows/0")) for f in found.errors]
        raise Problem("invalid-body", *faults)
    return found.cell


def _now(session: WriteSession, view: View, observation: str, lang: str) -> Response:
    row = queries.one(session, observation)
    return answer(session, views.viewer(view, lang)(row), revision=row.revision)
