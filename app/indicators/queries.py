"""Reads of the registry: all versions as values, kept in memory until the registry changes."""

import json
import sys
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col

from app.areas import queries as areas
from app.core.entities import (
    Baseline,
    Criterion,
    Definition,
    Direction,
    Interim,
    Level,
    Measure,
    OverTime,
    Rule,
    Target,
)
from app.core.errors import refuse
from app.core.numbers import Qualifier
from app.core.periods import Frequency
from app.core.registry import Registry, View
from app.db.session import ReadSession, WriteSession
from app.indicators.tables import DefinitionVersion, TargetVersion
from app.web.negotiation import nearest


def registry(session: ReadSession) -> View:
    """Areas, definitions and targets together, as known at the session's `as_of`."""
    whole: Registry = session.remembered("registry", lambda: _load(session))
    return whole.at(session.as_of)


def _load(session: ReadSession) -> Registry:
    definitions = select(*DefinitionVersion.__table__.columns)  # type: ignore[attr-defined]
    targets = select(*TargetVersion.__table__.columns)  # type: ignore[attr-defined]
    return Registry(
        areas.every_version(session),
        tuple(_definition(r) for r in session.rows(definitions.order_by(col(DefinitionVersion.seq)))),
        tuple(_target(r) for r in session.rows(targets.order_by(col(TargetVersion.seq)))),
        areas.every_link(session),
    )


def _definition(row: Row[Any]) -> Definition:
    values = dict(row._mapping)
    comparator, threshold = values.pop("criterion_comparator"), values.pop("criterion_value")
    return Definition(
        **{
            **values,
            "measure": Measure(row.measure),
            "rollup": Rule(row.rollup),
            "over_time": OverTime(row.over_time),
            "frequency": Frequency(row.frequency),
            "level": Level(row.level),
            "direction": Direction(row.direction),
            "criterion": Criterion(Qualifier(comparator), threshold) if comparator else None,
        }
    )


def _target(row: Row[Any]) -> Target:
    values = dict(row._mapping)
    value, day = values.pop("baseline_value"), values.pop("baseline_date")
    return Target(
        **{
            **values,
            "comparator": Qualifier(row.comparator),
            "flags": tuple(row.flags.split()),
            "trajectory": tuple(
                Interim(date.fromisoformat(day), Decimal(number)) for day, number in json.loads(row.trajectory)
            ),
            "baseline": Baseline(value, day) if value is not None else None,
        }
    )


def the_target(view: View, target_id: str) -> Target:
    """The newest version of a target, retired or not. Raises `target-not-found` with the nearest id."""
    found = view.target(target_id)
    if found is None:
        hint = nearest(target_id, [t.id for t in view.targets()])
        raise refuse("target-not-found", parameter="id", given=target_id, hint=hint)
    return found


def registry_within(session: WriteSession) -> View:
    """The registry as this transaction sees it, its own changes included; every other writer waits from here on.

    Registry writers come one at a time: what one checks (a free code, a weight, a version) holds when it commits.
    Not kept in memory: a rollback would leave there what never was.
    """
    session.hold()
    return _load(session).at(sys.maxsize)
