"""An oracle's world told again to the service: through its own commands, one transaction for each seq of the world."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.areas import commands as areas
from app.core.entities import Baseline, Criterion, Definition, Direction, Level, Measure, OverTime, Rule
from app.core.entities import Target as CoreTarget
from app.core.errors import Problem
from app.core.numbers import Qualifier
from app.core.periods import Frequency, Period
from app.core.screening import Cell, Content, Context, screen
from app.db.inserts import insert_rows
from app.db.session import WriteSession
from app.indicators import commands as indicators
from app.indicators import targets
from app.indicators.queries import registry
from app.indicators.tables import DefinitionVersion, IndicatorRow, TargetRow, TargetVersion
from app.observations import commands as observations
from app.observations import queries
from app.submissions import commands as submissions
from tests.oracle.model import Area, Link, Revision, Target, Version, World
from tests.oracle.rules import exact
from tests.service import Service


@dataclass
class Retold:
    """A world in a service; `seqs` gives the service's seq of each seq of the world that changed anything.

    `forced` are the codes for which a command refused what the world needs: those rows were written past it.
    """

    world: World
    service: Service
    seqs: dict[int, int] = field(default_factory=dict)
    forced: set[str] = field(default_factory=set)


def retell(world: World, service: Service) -> Retold:
    """Tell `world`, each change at its own instant."""
    told = Retold(world, service)
    service.now[0] = min(world.instants.values()) - timedelta(hours=1)
    steward = service.key("steward")
    for seq in sorted(world.instants):
        service.now[0] = world.instants[seq]
        if arrows := _at(seq, world.links):
            told.seqs[seq] = _reorganise(service, steward, arrows)
            continue
        with service.app.state.ledger.write("oracle") as session:
            before = session.latest
            for area in _at(seq, world.areas):
                _found(session, area)
            for version in _at(seq, world.versions):
                _define(session, version, told)
            for target in _at(seq, world.targets):
                _aim(session, target, told)
            for gone, indicator in world.retired:
                if gone == seq:
                    indicators.retire(session, indicator, "*")
            for back, indicator in world.restored:
                if back == seq:
                    _restore(session, indicator, told)
            _report(session, [r for r in world.revisions if r.seq == seq], told)
            if session.latest > before:
                told.seqs[seq] = session.latest
    return told


def _reorganise(service: Service, key: str, arrows: list[Link]) -> int:
    """Post an area change as a steward does, or undo it; the seq it took."""
    day = arrows[0].day.isoformat()
    if not arrows[0].standing:
        undone = service.delete(f"/area-changes/{day}", key=key)
        assert undone.status_code == 200, undone.text
        return int(undone.headers["X-Seq"])
    new = {link.new: link.new.partition("-")[0] for link in arrows}
    names = {"name_vi": "Phường mới", "name_en": "A new ward", "type": "phường"}
    inside = [link for link in arrows if link.extent]
    body = {
        "day": day,
        "document": "1686/NQ-UBTVQH15",
        "areas": [{"code": code, **names} for code in new.values()],
        "links": [{"old": link.old, "new": new[link.new], "extent": link.extent} for link in inside],
        "outside": [
            {"code": link.old, "name_vi": "Xã ngoài", "name_en": "A commune from outside", "new": new[link.new]}
            for link in arrows
            if not link.extent
        ],
    }
    made = service.post("/area-changes", body, key=key)
    assert made.status_code == 201, made.text
    return int(made.json()["seq"])


def _at(seq: int, facts: Iterable[Any]) -> list[Any]:
    return [fact for fact in facts if fact.seq == seq]


def _found(session: WriteSession, area: Area) -> None:
    made = areas.create(
        session,
        code=area.code,
        name_vi=f"Phường {area.code}",
        name_en=f"Ward {area.code}",
        level=Level(area.level),
        kind="unit",
        type="thành phố" if area.level == "city" else "phường",
        parent=area.parent,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
    )
    assert made.id == area.id


def definition_of(version: Version) -> Definition:
    """The oracle's definition as the app holds it."""
    criterion = version.criterion
    return Definition(
        code=version.indicator,
        version=1,
        seq=0,
        valid_from=version.valid_from,
        name_vi=version.indicator,
        name_en=version.indicator,
        domain="government",
        measure=Measure(version.measure),
        rollup=Rule(version.rollup),
        over_time=OverTime(version.over_time),
        carry_forward=version.carry_forward,
        min_coverage=_decimal(version.min_coverage),
        frequency=Frequency(version.frequency),
        level=Level(version.level),
        unit=version.unit,
        unit_mult=0,
        decimals=version.decimals,
        direction=Direction(version.direction),
        criterion=Criterion(Qualifier(criterion[0]), _decimal(criterion[1])) if criterion else None,
        weight=version.weight,
        definition_vi=version.indicator,
        definition_en=version.indicator,
        clause=None,
        quote=None,
    )


def _decimal(number: Any) -> Decimal:
    made = exact(number)
    assert made is not None
    return made


def _define(session: WriteSession, version: Version, told: Retold) -> None:
    draft = definition_of(version)
    before = registry(session).definition(version.indicator)
    try:
        if before is None:
            indicators.create(session, draft)
        else:
            members = {name: getattr(draft, name) for name in Definition.__dataclass_fields__}
            kept = ("code", "version", "seq", "retired")
            changes = {n: v for n, v in members.items() if n not in kept}
            indicators.revise(session, version.indicator, changes, "*")
    except Problem as problem:
        told.forced |= {fault.code for fault in problem.faults}
        forced = replace(draft, retired=before is not None and before.retired)
        _force_definition(session, forced, before.version + 1 if before else 1)


def _restore(session: WriteSession, code: str, told: Retold) -> None:
    try:
        indicators.revise(session, code, {"retired": False}, "*")
    except Problem as problem:
        told.forced |= {fault.code for fault in problem.faults}
        gone = registry(session).definition(code)
        assert gone is not None
        _force_definition(session, replace(gone, retired=False), gone.version + 1)


def _force_definition(session: WriteSession, draft: Definition, version: int) -> None:
    if version == 1:
        insert_rows(session.connection, IndicatorRow, [{"id": draft.code}])
    row = {name: getattr(draft, name, None) for name in DefinitionVersion.model_fields}
    criterion = draft.criterion
    row |= {
        "version": version,
        "seq": session.seq(),
        "criterion_comparator": criterion.comparator.value if criterion else None,
        "criterion_value": criterion.value if criterion else None,
    }
    insert_rows(session.connection, DefinitionVersion, [row])
    session.record("indicator.created", draft.code, {"code": draft.code}, public=True, registry=True)


def _aim(session: WriteSession, target: Target, told: Retold) -> None:
    members: dict[str, Any] = {
        "id": target.id,
        "indicator": target.indicator,
        "level": target.level,
        "area": target.area,
        "comparator": Qualifier(target.comparator),
        "value": _decimal(target.value),
        "due": target.due,
        "baseline": Baseline(_decimal(target.baseline[0]), target.baseline[1]) if target.baseline else None,
        "clause": None,
        "quote": None,
        "flags": (),
        "note_vi": None,
        "note_en": None,
    }
    before = registry(session).target(target.id)
    try:
        if before is None:
            targets.create(session, members)
        else:
            changes = {n: v for n, v in members.items() if n not in ("id", "indicator")}
            targets.revise(session, target.id, changes | {"retired": not target.active}, "*")
    except Problem as problem:
        told.forced |= {fault.code for fault in problem.faults}
        made = CoreTarget(**members, version=before.version + 1 if before else 1, seq=0, retired=not target.active)
        _force_target(session, made)


def _force_target(session: WriteSession, made: CoreTarget) -> None:
    if made.version == 1:
        insert_rows(session.connection, TargetRow, [{"id": made.id}])
    row = {name: getattr(made, name, None) for name in TargetVersion.model_fields}
    row |= {
        "seq": session.seq(),
        "flags": "",
        "trajectory": "[]",
        "baseline_value": made.baseline.value if made.baseline else None,
        "baseline_date": made.baseline.date if made.baseline else None,
    }
    insert_rows(session.connection, TargetVersion, [row])
    session.record("target.created", made.id, {"id": made.id}, public=True, registry=True)


def _report(session: WriteSession, revisions: list[Revision], told: Retold) -> None:
    """Send what is sent, as one submission, and withdraw what is withdrawn."""
    if not revisions:
        return
    view = registry(session)
    for gone in (r for r in revisions if r.withdrawn):
        cell = queries.one(session, queries.cell_id(gone.indicator, gone.area, str(gone.period)))
        observations.withdraw(session, view, cell, None)
    sent = [r for r in revisions if not r.withdrawn]
    if not sent:
        return
    rows = screen([_row(r, told.world) for r in sent], Context(view=view, today=session.today, own_areas=None))
    for row, revision in zip(rows, sent, strict=True):
        if row.cell is None:
            told.forced |= {fault.code for fault in row.findings}
            row.cell = _cell(view, revision)
    lot = submissions.Sent(rows=[], area=None, period=None, note=None)
    submissions.accept(session, view, lot, rows, "vi")


def _row(revision: Revision, world: World) -> dict[str, Any]:
    """A row of a submission, as JSON brings it."""
    row: dict[str, Any] = {"indicator": revision.indicator, "area": revision.area, "period": str(revision.period)}
    if revision.status:
        return row | {"status": revision.status}
    version = next(v for v in world.versions if v.indicator == revision.indicator)
    numbers = {name: exact(getattr(revision, name)) for name in ("value", "numerator", "denominator")}
    row |= {name: number for name, number in numbers.items() if number is not None}
    by_city = revision.area == world.city and version.rollup == "share_reaching"
    if version.measure == "flag" and not by_city:
        row["value"] = bool(revision.value)
    return row if revision.qualifier == "eq" else row | {"qualifier": revision.qualifier}


def _cell(view: Any, revision: Revision) -> Cell:
    period = Period.parse(str(revision.period))
    area = view.area(revision.area, period.last)
    content = Content(
        value=exact(revision.value),
        numerator=exact(revision.numerator),
        denominator=exact(revision.denominator),
        qualifier=Qualifier(revision.qualifier),
        status=revision.status,
    )
    definition = view.definition_for(revision.indicator, period) or view.definition(revision.indicator)
    return Cell(definition=definition, area=area, period=period, content=content)
