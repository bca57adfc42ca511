"""`/targets`: what the plan promises, with comparator, due date and clause."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.access.callers import Anyone, Steward
from app.core.entities import Target
from app.core.errors import refuse
from app.core.places import folded, resolve_area
from app.core.registry import View
from app.indicators import targets, views
from app.indicators.queries import registry, the_target
from app.indicators.schemas import ComparatorName
from app.indicators.target_schemas import TargetIn, TargetLevel, TargetList, TargetPatch, TargetRow, TargetView
from app.web.answers import PREFIX, answer
from app.web.conditional import IfMatch
from app.web.negotiation import nearest
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route
from app.web.schemas import Day
from app.web.sessions import AsOf, Lang, Reads, Writes

router = APIRouter(prefix="/targets", tags=["targets"], route_class=Route)

FIELDS = tuple(TargetRow.model_fields)
SORT = tuple(name for name in FIELDS if name not in ("baseline", "flags", "trajectory"))

TargetId = Annotated[str, Path(description="The target's id.", examples=["commune_dx_completed-2025"])]


@router.get("", **documented(TargetList, "range-reversed", "unknown-indicator", "unknown-area"))
def list_targets(
    reads: Reads,
    _caller: Anyone,
    page: Page,
    lang: Lang,
    as_of: AsOf,
    indicator: Annotated[
        list[str] | None, Query(description="Only targets of these indicators.", examples=[["commune_dx_completed"]])
    ] = None,
    level: Annotated[list[TargetLevel] | None, Query(description="Only targets of these levels.")] = None,
    area: Annotated[list[str] | None, Query(description="Only targets of these areas (ids or codes).")] = None,
    comparator: Annotated[list[ComparatorName] | None, Query(description="Only these comparators.")] = None,
    due_from: Annotated[Day | None, Query(description="Due on this day or later.")] = None,
    due_to: Annotated[Day | None, Query(description="Due on this day or earlier.")] = None,
    retired: Annotated[bool, Query(description="`true` lists the retired ones instead of those that stand.")] = False,
    q: Annotated[
        str | None, Query(max_length=100, description="Text in the indicator's name, quotation or notes.")
    ] = None,
) -> Response:
    """What the city promised: comparator, value and the day it is due, with the clause and its words."""
    if due_from is not None and due_to is not None and due_from > due_to:
        raise refuse("range-reversed", parameter="due_from", given=due_from.isoformat(), expected=f"≤ {due_to}")
    opened, _ = reads.page(page, as_of)
    with opened as session:
        known = registry(session)
        _check_named(known, indicator or [], area or [])
        areas = None if area is None else {*area} | {a.id for code in area for a in known.areas_of_code(code)}
        wanted = {"indicator": indicator, "level": level, "area": areas, "comparator": comparator}
        found = [
            target
            for target in known.targets()
            if target.retired == retired
            and all(values is None or getattr(target, name) in values for name, values in wanted.items())
            and (due_from is None or target.due >= due_from)
            and (due_to is None or target.due <= due_to)
            and (q is None or folded(q) in _text(known, target))
        ]
        listed = page_of(
            [views.target_row(t, _indicator_name(known, t, lang), lang) for t in found],
            page,
            secret=reads.secret,
            seq=session.as_of,
            sort_keys=SORT,
            default="id",
            fields=FIELDS,
        )
        return answer(session, listed)


def _check_named(view: View, indicators: list[str], areas: list[str]) -> None:
    """Refuse what there is not: a typing error must not look like "no target"; of a time before all there is none."""
    if not view.area_ids:
        return
    codes = [d.code for d in view.definitions()]
    for code in indicators:
        if code not in codes:
            raise refuse("unknown-indicator", parameter="indicator", given=code, hint=nearest(code, codes))
    for named in areas:
        if view.area(named) is None and not view.areas_of_code(named):
            resolve_area(view, named, None, parameter="area")


def _indicator_name(view: View, target: Target, lang: str) -> str:
    indicator = view.definition(target.indicator)
    return indicator.name(lang) if indicator else target.indicator


def _text(view: View, target: Target) -> str:
    names = [_indicator_name(view, target, lang) for lang in ("vi", "en")]
    said = [target.id, *names, target.quote, target.note_vi, target.note_en]
    return folded(" | ".join(text for text in said if text))


@router.get("/{id}", **documented(TargetView, "target-not-found"))
def show_target(reads: Reads, _caller: Anyone, lang: Lang, as_of: AsOf, id: TargetId) -> Response:
    """One target in its newest version (with `as_of`: the newest known then), retired or not."""
    with reads(as_of) as session:
        known = registry(session)
        found = the_target(known, id)
        shown = views.target_single(found, _indicator_name(known, found, lang), lang)
        return answer(session, shown, revision=found.version)


@router.post("", **documented(TargetView, "target-exists", "area-code-ambiguous", status=201))
def create_target(writes: Writes, caller: Steward, lang: Lang, sent: TargetIn) -> Response:
    """A new target. A flag's target for one area is 1; for the city it is the share of areas, in percent."""
    with writes(caller.id) as session:
        known = registry(session)
        made = targets.create(session, sent.values())
        shown = views.target_single(made, _indicator_name(known, made, lang), lang)
        location = {"Location": f"{PREFIX}/targets/{made.id}"}
        return answer(session, shown, status=201, revision=made.version, headers=location)


@router.patch("/{id}", **documented(TargetView, "target-not-found", "area-code-ambiguous"))
def revise_target(
    writes: Writes, caller: Steward, lang: Lang, id: TargetId, sent: TargetPatch, if_match: IfMatch = None
) -> Response:
    """Change members of a target: a new version; equal content makes none. `retired: false` restores it."""
    with writes(caller.id) as session:
        known = registry(session)
        made = targets.revise(session, id, sent.changes(), if_match)
        shown = views.target_single(made, _indicator_name(known, made, lang), lang)
        return answer(session, shown, revision=made.version)


@router.delete("/{id}", **documented(TargetView, "target-not-found"))
def retire_target(writes: Writes, caller: Steward, lang: Lang, id: TargetId, if_match: IfMatch = None) -> Response:
    """Retire a target: it no longer stands beside the figure. Answers with it; again changes nothing."""
    with writes(caller.id) as session:
        known = registry(session)
        made = targets.retire(session, id, if_match)
        shown = views.target_single(made, _indicator_name(known, made, lang), lang)
        return answer(session, shown, revision=made.version)
