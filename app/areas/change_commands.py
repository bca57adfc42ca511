"""Verbs of area changes: apply a reorganisation, undo it. Stored figures are never touched.

Each is one transaction that has locked every area, so no row is stored between its checks and its end.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import column, func, select, table
from sqlmodel import col

from app.areas import queries, views
from app.areas.commands import area_id
from app.areas.reorganisation import Reorganisation
from app.areas.tables import AreaLink, AreaRow, AreaVersion
from app.core.entities import Area, Level, Link
from app.core.errors import Fault, Problem, refuse
from app.core.places import resolve_area
from app.core.registry import Registry, View
from app.core.succession import is_share, unbalanced
from app.db.inserts import insert_rows
from app.db.session import ReadSession, WriteSession

# Observations and targets stand above areas, so their tables are only looked at by name.
_REVISIONS = table("revision", column("area"), column("ends"), column("closed_seq"), column("withdrawn"))
_TARGETS = table("target_version", column("area"))


@dataclass(frozen=True, slots=True)
class Plan:
    """A reorganisation against the areas there are: what ends, what begins, the city on the day, the arrows."""

    day: date
    document: str
    ends: tuple[Area, ...]
    begins: tuple[Area, ...]
    city: Area
    links: tuple[Link, ...]


def planned(view: View, wanted: Reorganisation) -> Plan:
    """The areas and arrows a reorganisation means. Raises `invalid-body` with everything that does not fit."""
    faults: list[Fault] = []
    before = wanted.day - timedelta(days=1)
    city = resolve_area(view, wanted.city, before, pointer="/city")
    begins = {
        sent.code: Area(
            id=area_id(sent.code, wanted.day),
            code=sent.code,
            name_vi=sent.name_vi,
            name_en=sent.name_en,
            level=Level.COMMUNE,
            kind="unit",
            type=sent.type,
            parent=city.id,
            valid_from=wanted.day,
            valid_to=None,
            effective=wanted.day,
            seq=0,
        )
        for sent in wanted.areas
    }
    ends: dict[str, Area] = {}
    links: dict[tuple[str, str], Link] = {}
    for index, arrow in enumerate(wanted.links):
        place = f"/links/{index}"
        faults += _unknown_new(begins, arrow.new, place)
        try:
            old = resolve_area(view, arrow.old, before, pointer=f"{place}/old")
        except Problem as problem:
            faults += problem.faults
            continue
        if old.parent != city.id or not old.valid_on(before) or old.valid_to not in (None, wanted.day):
            faults.append(Fault(code="area-not-of-the-city", pointer=f"{place}/old", given=arrow.old))
        link = _link(wanted, old.id, arrow.new, arrow.clause, extent=arrow.extent)
        link = replace(link, share=arrow.share, share_basis=arrow.share_basis)
        faults += _share_faults(link, place)
        others = [k for k in links.values() if k.old == old.id]
        if any(k.new == link.new or "whole" in (k.extent, arrow.extent) for k in others):
            faults.append(Fault(code="link-contradicts", pointer=place, given=f"{arrow.old} → {arrow.new}"))
        ends[old.id] = old
        links[link.old, link.new] = link
    for index, sent in enumerate(wanted.outside):
        faults += _unknown_new(begins, sent.new, f"/outside/{index}")
        link = _link(wanted, sent.code, sent.new, sent.clause)
        links[link.old, link.new] = replace(link, outside=True, old_name_vi=sent.name_vi, old_name_en=sent.name_en)
    for old_id, expected in unbalanced(links.values()).items():
        faults.append(Fault(code="shares-contradict", pointer="/links", given=old_id, expected=expected))
    if faults:
        raise Problem("invalid-body", *faults)
    kind = wanted.city_kind or city.kind
    changed = replace(city, kind=kind, effective=wanted.day)
    return Plan(
        wanted.day, wanted.document, tuple(ends.values()), tuple(begins.values()), changed, tuple(links.values())
    )


def _unknown_new(begins: dict[str, Area], code: str, place: str) -> list[Fault]:
    known = ", ".join(begins)
    return [] if code in begins else [Fault(code="not-one-of", pointer=f"{place}/new", given=code, expected=known)]


def _share_faults(link: Link, place: str) -> list[Fault]:
    """A share is one of a part, and stands on something."""
    if (link.share is None) != (link.share_basis is None):
        return [Fault(code="required", pointer=f"{place}/{'share' if link.share is None else 'share_basis'}")]
    if link.share is not None and (link.extent != "part" or not is_share(link.share)):
        return [Fault(code="share-out-of-range", pointer=f"{place}/share", given=link.share)]
    return []


def _link(wanted: Reorganisation, old: str, new: str, clause: str | None, extent: str | None = None) -> Link:
    return Link(
        old=old,
        new=area_id(new, wanted.day),
        version=0,
        seq=0,
        extent=extent,
        share=None,
        share_basis=None,
        day=wanted.day,
        document=wanted.document,
        clause=clause,
        outside=False,
        old_name_vi=None,
        old_name_en=None,
        withdrawn=False,
    )


def obstacle(session: ReadSession, view: View, plan: Plan) -> Problem | None:
    """Why a plan cannot be applied: its day's change stands already, or figures of ended areas lie beyond the day."""
    if view.links(plan.day):
        return refuse("area-change-applied", given=plan.day.isoformat())
    taken = [a.id for a in plan.begins if view.area(a.id) is not None]
    if taken:
        return refuse("area-exists", given=taken[0])
    beyond = _rows_of(session, [a.id for a in plan.ends], since=plan.day)
    if beyond:
        shown = ", ".join(sorted(beyond)[:5])
        return refuse("area-has-later-rows", given=sum(beyond.values()), expected=shown)
    return None


def _rows_of(session: ReadSession, areas: Sequence[str], since: date | None = None) -> dict[str, int]:
    """How many rows there are of each area; with `since` those that stand, for periods ending from that day on."""
    counted = select(_REVISIONS.c.area, func.count()).where(_REVISIONS.c.area.in_(areas))
    if since is not None:
        # A period's `ends` is the month of its last day, counted from year 0.
        month = since.year * 12 + since.month - 1
        stands = _REVISIONS.c.closed_seq.is_(None) & _REVISIONS.c.withdrawn.is_(False)
        counted = counted.where(_REVISIONS.c.ends >= month, stands)
    return {row[0]: int(row[1]) for row in session.rows(counted.group_by(_REVISIONS.c.area))}


def apply(session: WriteSession, wanted: Reorganisation) -> tuple[View, Plan]:
    """End what ends, begin what begins, store the arrows; the city goes on under its id.

    Raises `invalid-body`, `area-change-applied`, `area-has-later-rows`.
    """
    view = alone(session)
    plan = planned(view, wanted)
    problem = obstacle(session, view, plan)
    if problem is not None:
        raise problem
    seq = session.seq()
    versions = _Versions(session, seq)
    for area in plan.ends:
        versions.add("area.ended", area, replace(_newest(view, area.id), valid_to=plan.day))
    for area in plan.begins:
        versions.add("area.created", None, area)
    city = view.area(plan.city.id, plan.day)
    if city is not None and city.kind != plan.city.kind:
        versions.add("area.revised", city, plan.city)
    versions.store()
    store_links(session, plan.links)
    after = within(session)
    session.record(
        "area_change.applied", plan.day.isoformat(), views.change(after, plan.day), public=True, registry=True
    )
    return after, plan


def undo(session: WriteSession, day: date) -> View:
    """Take a change back while nothing was said on the new map; returns the areas as they were with it.

    Raises `area-change-not-found`, `area-change-in-use`.
    """
    view = alone(session)
    links = view.links(day)
    if not links:
        raise refuse("area-change-not-found", parameter="id", given=day.isoformat())
    begun = sorted({link.new for link in links})
    named = {row.area for row in session.rows(select(_TARGETS.c.area).where(_TARGETS.c.area.in_(begun)))}
    followed = {link.old for link in view.links() if link.old in begun}
    used = set(_rows_of(session, begun)) | named | followed
    if used:
        raise refuse("area-change-in-use", given=day.isoformat(), expected=", ".join(sorted(used)))
    seq = session.seq()
    versions = _Versions(session, seq)
    for area_id_ in sorted({link.old for link in links if not link.outside}):
        ended = _newest(view, area_id_)
        # Its end may have been known before the change.
        versions.add("area.restored", ended, replace(ended, valid_to=versions.before(ended).valid_to))
    for area_id_ in begun:
        area = _newest(view, area_id_)
        versions.add("area.withdrawn", area, replace(area, withdrawn=True))
    _restore_city(view, versions, _newest(view, begun[0]).parent, day)
    versions.store()
    store_links(session, [replace(link, withdrawn=True) for link in links])
    session.record("area_change.undone", day.isoformat(), views.change(view, day), public=True, registry=True)
    return view


def _restore_city(view: View, versions: "_Versions", city_id: str | None, day: date) -> None:
    now = view.area(city_id, day) if city_id else None
    before = view.area(city_id, day - timedelta(days=1)) if city_id else None
    if now is not None and before is not None and now.kind != before.kind:
        versions.add("area.revised", now, replace(now, kind=before.kind))


def _newest(view: View, area_id: str) -> Area:
    area = view.area(area_id)
    assert area is not None, area_id
    return area


def store_links(session: WriteSession, links: Sequence[Link]) -> None:
    """A further version of each of these arrows."""
    seq = session.seq()
    last: dict[tuple[str, str], int] = {(k.old, k.new): k.version for k in queries.every_link(session)}
    names = [c.name for c in AreaLink.__table__.columns]  # type: ignore[attr-defined]
    rows = []
    for link in links:
        stored = replace(link, seq=seq, version=last.get((link.old, link.new), 0) + 1)
        rows.append({name: getattr(stored, name) for name in names})
    insert_rows(session.connection, AreaLink, rows)


class _Versions:
    """Versions of areas that a change makes, each recorded with the state before."""

    def __init__(self, session: WriteSession, seq: int) -> None:
        self._session, self._seq = session, seq
        every = queries.every_version(session)
        self._known = {a.id for a in every}
        self._last = {i: max(a.version for a in every if a.id == i) for i in self._known}
        self._every = {(a.id, a.version): a for a in every}
        self._rows: list[dict[str, Any]] = []
        self._places: list[dict[str, str]] = []

    def before(self, area: Area) -> Area:
        """The version that this one replaced."""
        return self._every[area.id, area.version - 1]

    def add(self, verb: str, before: Area | None, after: Area) -> None:
        if after.id not in self._known:
            self._places.append({"id": after.id, "code": after.code})
        made = replace(after, seq=self._seq, version=self._last.get(after.id, 0) + 1)
        state = views.state(made)
        self._rows.append(state | {"withdrawn": made.withdrawn})
        was = None if before is None else views.state(before)
        self._session.record(verb, made.id, state, before=was, area=made.id, public=True, registry=True)

    def store(self) -> None:
        insert_rows(self._session.connection, AreaRow, self._places)
        insert_rows(self._session.connection, AreaVersion, self._rows)


def alone(session: WriteSession) -> View:
    """The areas once everybody has finished who writes about any of them; registry writers wait from here on."""
    session.lock(AreaRow, [row.id for row in session.rows(select(col(AreaRow.id)))])
    session.hold()
    return within(session)


def within(session: WriteSession) -> View:
    """The areas as this transaction sees them; not kept, for a rollback would leave what never was."""
    return Registry(queries.every_version(session), (), (), queries.every_link(session)).at(sys.maxsize)
