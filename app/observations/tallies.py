"""Tallies: what the exact words that stand add up to, so that a city figure costs the same for any number of areas.

Derived, never a second truth. Whatever stores revisions moves their tallies in the same transaction, after it took its
`seq`: from there on it writes alone. `differences` counts anew, `repair` puts right. docs/decisions/0018.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import localcontext
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, bindparam, func, select
from sqlmodel import col

from app.core.entities import Level, mark
from app.core.numbers import EXACT, Qualifier
from app.core.registry import View
from app.core.rollup import Totals
from app.core.series import Reading
from app.db.inserts import insert_rows
from app.db.ledger import Change
from app.db.lists import one_of
from app.db.session import ReadSession, WriteSession
from app.observations import readings
from app.observations.tables import Revision, Tally

# The parent of the areas, the indicator, and the month in which the period ends.
Key = tuple[str, str, int]


class Tallied(NamedTuple):
    """What some areas said, the sum of their marks, and when the newest of them said it."""

    totals: Totals
    mark: int
    at: datetime | None = None


_ADDED = {
    "sqlite": "exact_sum(tally.{0}, excluded.{0})",
    "postgresql": "tally.{0} + excluded.{0}",
}


@lru_cache
def _adding(dialect: str) -> str:
    counts = [
        f"{name} = tally.{name} + excluded.{name}" for name in ("areas", "mark", "value_count", "component_count")
    ]
    sums = [f"{name} = {_ADDED[dialect].format(name)}" for name in ("value", "numerator", "denominator")]
    moved = ", ".join([*counts, *sums, "seq = excluded.seq"])
    return f" ON CONFLICT (parent, indicator, ends) DO UPDATE SET {moved}"


def move(session: WriteSession, view: View, new: Iterable[Mapping[str, Any]], closed: Iterable[Row[Any]]) -> None:
    """Count these new revisions in and the closed ones out; `session.seq()` must have been taken."""
    seq = session.seq()
    moved: dict[Key, dict[str, Any]] = {}
    with localcontext(EXACT):
        for sign, rows in ((1, new), (-1, (row._asdict() for row in closed))):
            for row in rows:
                parent = _parent(view, row["area"])
                if parent is None or row["withdrawn"] or row["status"] is not None or row["qualifier"] != "eq":
                    continue
                key = (parent, row["indicator"], row["ends"])
                change = moved.get(key) or moved.setdefault(key, _row(key, _NOTHING))
                change["areas"] += sign
                change["mark"] += sign * mark(row["area"])
                if row["value"] is not None:
                    change["value_count"] += sign
                    change["value"] += sign * row["value"]
                if row["numerator"] is not None:
                    change["component_count"] += sign
                    change["numerator"] += sign * row["numerator"]
                    change["denominator"] += sign * row["denominator"]
                if sign > 0:
                    change["seq"] = seq
    insert_rows(session.connection, Tally, list(moved.values()), on_conflict=_adding(session.connection.dialect.name))


def _parent(view: View, area: str) -> str | None:
    """Whose figure an area adds to; a city's own words add to none."""
    place = view.area(area)
    return place.parent if place is not None and place.level is Level.COMMUNE else None


_NOTHING = Tallied(Totals.of(()), 0)


def _row(key: Key, told: Tallied) -> dict[str, Any]:
    parent, indicator, ends = key
    totals = told.totals
    return {
        "parent": parent,
        "indicator": indicator,
        "ends": ends,
        "areas": totals.areas,
        "mark": told.mark,
        "value_count": totals.values,
        "component_count": totals.components,
        "value": totals.value,
        "numerator": totals.numerator,
        "denominator": totals.denominator,
        "seq": totals.seq,
    }


_COLUMNS = tuple(Tally.__table__.columns)[1:]  # type: ignore[attr-defined]


@lru_cache
def _kept() -> Select[*tuple[Any, ...]]:
    made = and_(col(Change.seq) == col(Tally.seq), col(Change.ordinal) == 0)
    return (
        select(*_COLUMNS, col(Change.at))
        .join_from(Tally, Change, made, isouter=True)
        .where(
            col(Tally.parent) == bindparam("parent"),
            one_of(col(Tally.indicator), "codes"),
            one_of(col(Tally.ends), "ends"),
        )
    )


def of(session: ReadSession, parent: str, codes: Sequence[str], ends: Sequence[int]) -> dict[tuple[str, int], Tallied]:
    """What is tallied now of the areas below `parent`, by indicator and month of the period's end."""
    return _tallied(session.asked(_kept(), {"parent": parent, "codes": codes, "ends": ends}))


def _tallied(rows: Iterable[Any]) -> dict[tuple[str, int], Tallied]:
    return {
        (code, end): Tallied(
            Totals(
                areas=areas,
                values=values,
                components=components,
                value=value,
                numerator=numerator,
                denominator=denominator,
                seq=seq,
            ),
            marked,
            *at,
        )
        for code, end, areas, marked, values, components, value, numerator, denominator, seq, *at in rows
    }


# -- counted anew ------------------------------------------------------------------------------------------------------


def differences(session: ReadSession, view: View) -> list[Key]:
    """The tallies that are not what the pure core makes of the revisions, in order."""
    return sorted(_differences(session, view))


def _differences(session: ReadSession, view: View) -> dict[Key, Tallied]:
    """What should stand in each tally that says something else."""
    found: dict[Key, Tallied] = {}
    for definition in view.definitions():
        found |= _differences_of(session, view, definition.code)
    return found


def _differences_of(session: ReadSession, view: View, code: str) -> dict[Key, Tallied]:
    true = dict(_counted(session, view, code))
    said: dict[Key, Tallied] = {}
    for parent in session.rows(select(col(Tally.parent)).where(col(Tally.indicator) == code).distinct()):
        rows = session.rows(select(*_COLUMNS).where(col(Tally.parent) == parent[0], col(Tally.indicator) == code))
        said |= {(parent[0], *key): told for key, told in _tallied(rows).items()}
    keys = true.keys() | said.keys()
    return {key: true.get(key, _NOTHING) for key in keys if not _agree(said.get(key), true.get(key))}


def _agree(said: Tallied | None, true: Tallied | None) -> bool:
    """Whether a tally is right: one of nothing may be there or not, and its seq may be unknown."""
    said, true = said or _NOTHING, true or _NOTHING
    if not said.totals.seq:
        true = Tallied(replace(true.totals, seq=0), true.mark)
    return said == true


def _counted(session: ReadSession, view: View, code: str) -> Iterator[tuple[Key, Tallied]]:
    """What the core makes of an indicator's exact live readings, a year of them in memory at a time."""
    ends = session.rows(
        select(func.min(col(Revision.ends)), func.max(col(Revision.ends))).where(col(Revision.indicator) == code)
    )
    first, last = ends[0]
    for start in range(first, last + 1, 12) if last is not None else ():
        said: dict[Key, list[Reading]] = defaultdict(list)
        for reading in readings.in_span(session, [code], start, min(start + 11, last)):
            parent = _parent(view, reading.area)
            if parent is not None and reading.counts and reading.qualifier is Qualifier.EQ:
                said[parent, code, reading.period.ends].append(reading)
        for key, some in said.items():
            yield key, Tallied(Totals.of(some), sum(mark(reading.area) for reading in some))


_REPLACING = " ON CONFLICT (parent, indicator, ends) DO UPDATE SET " + ", ".join(
    f"{column.name} = excluded.{column.name}" for column in _COLUMNS[2:]
)


def repair(session: WriteSession, view: View) -> int:
    """Put right the tallies that are wrong; how many were.

    It is a change of the ledger, whatever figures were told from them: every tag and kept answer gets old by it.
    """
    session.seq()
    wrong = _differences(session, view)
    insert_rows(session.connection, Tally, [_row(*each) for each in wrong.items()], on_conflict=_REPLACING)
    told = {"indicators": sorted({key[1] for key in wrong}), "tallies": len(wrong)}
    # What was kept of figures goes with the registry, and some were wrong.
    session.record("tally.repaired", "tally", told, registry=True)
    return len(wrong)
