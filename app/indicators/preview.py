"""`/area-changes/preview`: what a reorganisation would do, before anything is stored."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.access import queries as keys
from app.access.callers import Steward
from app.areas import change_commands
from app.areas.change_commands import Plan
from app.areas.change_schemas import AreaChangeIn
from app.areas.reorganisation import Reorganisation, shipped
from app.core.entities import Area, Definition, Level
from app.core.periods import Frequency, Period
from app.core.registry import View
from app.core.succession import outlook
from app.db.session import ReadSession
from app.indicators.preview_schemas import Preview
from app.indicators.queries import registry
from app.web.answers import answer
from app.web.openapi import documented
from app.web.problems import sentence
from app.web.routing import Route
from app.web.sessions import Lang, Reads

router = APIRouter(prefix="/area-changes", tags=["areas"], route_class=Route)


@router.get("/preview", **documented(Preview, "missing-scope", "unknown-file"))
def preview_ready(
    reads: Reads,
    caller: Steward,
    lang: Lang,
    file: Annotated[
        str, Query(description="The day of a reorganisation that is ready to apply.", examples=["2025-07-01"])
    ],
) -> Response:
    """What a reorganisation that is ready would do; nothing is stored.

    For each indicator and new area whether the past can be told on the new map: `exact`, `estimated`, or
    `not_comparable` with the reason; who reports until when and from when; which keys need to be issued anew.
    """
    wanted = shipped(file, parameter="file")
    with reads() as session:
        return answer(session, preview(session, wanted, lang))


@router.post("/preview", **documented(Preview, "unknown-file"))
def preview_sent(reads: Reads, caller: Steward, lang: Lang, sent: AreaChangeIn) -> Response:
    """What the reorganisation sent would do, as `GET` tells of one that is ready; nothing is stored."""
    wanted = sent.reorganisation()
    with reads() as session:
        return answer(session, preview(session, wanted, lang))


def preview(session: ReadSession, wanted: Reorganisation, lang: str) -> dict[str, Any]:
    """Raises `invalid-body` for a reorganisation that does not fit the areas there are."""
    view = registry(session)
    plan = change_commands.planned(view, wanted)
    # Of a change that stands, the shares that were entered since count too.
    known = {(link.old, link.new): link for link in view.links(plan.day)}
    plan = replace(plan, links=tuple(known.get((link.old, link.new), link) for link in plan.links))
    problem = change_commands.obstacle(session, view, plan)
    before = view.expected_areas(plan.city.id, Level.COMMUNE, plan.day - timedelta(days=1))
    ending = {area.id for area in plan.ends}
    return {
        "id": plan.day.isoformat(),
        "day": plan.day,
        "document": plan.document,
        "applicable": problem is None,
        "obstacle": problem.code if problem else None,
        "obstacle_message": _said(problem, lang) if problem else None,
        "expected_before": len(before),
        "expected_after": sum(area.id not in ending for area in before) + len(plan.begins),
        "city": plan.city.id,
        "city_kind": plan.city.kind,
        "ends": [_ending(plan, area, lang) for area in plan.ends],
        "begins": [_beginning(plan, area, lang) for area in plan.begins],
        "indicators": [_effects(plan, d, lang) for d in _definitions(view)],
        "keys": _keys(session, plan),
        "seq": session.as_of,
    }


def _said(problem: Any, lang: str) -> str:
    fault = problem.faults[0]
    return sentence(problem.code, lang, {"given": fault.given, "expected": fault.expected})


def _definitions(view: View) -> list[Definition]:
    return [d for d in view.definitions() if not d.retired]


def _ending(plan: Plan, area: Area, lang: str) -> dict[str, Any]:
    links = [link for link in plan.links if link.old == area.id and not link.outside]
    return {
        "area": area.id,
        "area_name": area.name(lang),
        "last_day": plan.day - timedelta(days=1),
        "last_month": str(Period.containing(plan.day, Frequency.MONTHLY).previous()),
        "successors": [{"area": link.new, "extent": link.extent, "clause": link.clause} for link in links],
    }


def _beginning(plan: Plan, area: Area, lang: str) -> dict[str, Any]:
    links = [link for link in plan.links if link.new == area.id]
    return {
        "area": area.id,
        "area_name": area.name(lang),
        "first_day": plan.day,
        "first_month": str(Period.containing(plan.day, Frequency.MONTHLY)),
        "predecessors": [
            {"area": link.old, "extent": link.extent, "clause": link.clause, "outside": link.outside} for link in links
        ],
    }


def _effects(plan: Plan, definition: Definition, lang: str) -> dict[str, Any]:
    looks = [(area, outlook(definition, [link for link in plan.links if link.new == area.id])) for area in plan.begins]
    return {
        "indicator": definition.code,
        "name": definition.name(lang),
        "first_period": str(Period.containing(plan.day, definition.frequency)),
        "areas": [
            {"area": area.id, "area_name": area.name(lang), "effect": look.effect, "reason": look.reason}
            for area, look in looks
        ],
    }


def _keys(session: ReadSession, plan: Plan) -> list[dict[str, Any]]:
    """Keys that would post nothing any more, and the areas whose key would replace them."""
    heirs: dict[str, list[str]] = {area.id: [] for area in plan.ends}
    for link in plan.links:
        if not link.outside:
            heirs[link.old].append(link.new)
    now = session.point.at
    return [
        {
            "id": key.id,
            "name": key.name,
            "areas": [i for i in key.areas if i in heirs],
            "successors": sorted({new for i in key.areas for new in heirs.get(i, ())}),
        }
        for key in keys.keys(session)
        if key.revoked_at is None and (key.expires is None or key.expires > now) and heirs.keys() & set(key.areas)
    ]
