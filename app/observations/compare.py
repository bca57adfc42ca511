"""What became of cells between two moments: each that says something else now, before and after, with the cause."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, Inexact
from fractions import Fraction
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.core.numbers import EXACT, Qualifier
from app.core.periods import Period
from app.core.registry import View
from app.db.session import ReadSession
from app.observations import queries, views
from app.observations.queries import Wanted
from app.observations.schemas import CellChange, CellSide
from app.observations.tables import Revision

LATE_REPORT, CORRECTION = "late_report", "correction"

FIELDS = tuple(CellChange.model_fields)
# What one side says; the rest of an observation is the cell's own and the same on both sides.
SIDE = tuple(CellSide.model_fields)

# Up to so many revisions are sorted rather than looked for among all cells in their order.
_FEW = 20_000

_Before = aliased(Revision)
_AFTER = tuple(Revision.__table__.columns)  # type: ignore[attr-defined]
_PLACE = {column.name: place for place, column in enumerate(_AFTER)}
_BEFORE = tuple(getattr(_Before, column.name) for column in _AFTER)


def changed(
    sessions: tuple[ReadSession, ReadSession],
    wanted: Wanted,
    causes: Sequence[str],
    order: Sequence[tuple[str, bool]],
    after: list[Any] | None,
    limit: int,
) -> list[Row[Any]]:
    """Up to `limit` + 1 cells that differ, beyond the sort key `after`: the later revision, then the earlier one."""
    asked = wanted.parameters()
    statement = _changed(select(*_AFTER, *_BEFORE), sessions, asked, causes)
    if after is not None:
        statement = statement.where(queries.beyond(order))
    few = _few(sessions)
    columns = [(_sorted_afresh(name) if few else queries.SORTS[name], down) for name, down in order]
    ordered = [column.desc() if down else column.asc() for column, down in columns]
    values = {**asked, **queries.after_values(after), "as_of": sessions[1].as_of}
    return list(sessions[1].rows(statement.order_by(*ordered).limit(limit + 1), values))


def _few(sessions: tuple[ReadSession, ReadSession]) -> bool:
    """Whether so little was said between the moments that it is best found by seq and sorted then."""
    earlier, later = sessions
    between = select(col(Revision.seq)).where(col(Revision.seq) > earlier.as_of, col(Revision.seq) <= later.as_of)
    said = select(func.count()).select_from(between.limit(_FEW + 1).subquery())
    return int(later.scalar(said)) <= _FEW


def _sorted_afresh(name: str) -> ColumnElement[Any]:
    """A sort key that no index has: else both databases walk every cell there is in the order of its index."""
    column: ColumnElement[Any] = queries.SORTS[name]
    return column + 0 if name in ("period", "seq") else column.concat("")


def count(sessions: tuple[ReadSession, ReadSession], wanted: Wanted, causes: Sequence[str]) -> int:
    asked = wanted.parameters()
    statement = _changed(select(func.count()), sessions, asked, causes)
    return int(sessions[1].rows(statement, {**asked, "as_of": sessions[1].as_of})[0][0])


def _changed(
    chosen: Select[Any], sessions: tuple[ReadSession, ReadSession], asked: Mapping[str, Any], causes: Sequence[str]
) -> Select[Any]:
    """Cells whose word of the later moment was said after the earlier one, and is another."""
    earlier, later = sessions
    same_cell = [getattr(Revision, name) == getattr(_Before, name) for name in ("indicator", "area", "period")]
    stood = and_(
        col(_Before.seq) <= earlier.as_of,
        or_(col(_Before.closed_seq).is_(None), col(_Before.closed_seq) > earlier.as_of),
    )
    found = (
        chosen.select_from(Revision)
        .outerjoin(_Before, and_(*same_cell, stood))
        .where(
            col(Revision.seq) > earlier.as_of,
            col(Revision.seq) <= later.as_of,
            _differs(sqlite=not later.is_postgresql),
            *queries.known_and(later.is_now, asked),
        )
    )
    if causes:
        never_said = col(_Before.revision).is_(None)
        found = found.where(or_(*(never_said if cause == LATE_REPORT else ~never_said for cause in causes)))
    return found


def _differs(*, sqlite: bool) -> ColumnElement[bool]:
    """Whether the two words differ; withdrawn is as good as never said. 10 and 10.0 are the same number."""
    now, then = col(Revision.withdrawn), col(_Before.withdrawn)
    another = [
        _number(getattr(Revision, name), sqlite=sqlite).is_distinct_from(_number(getattr(_Before, name), sqlite=sqlite))
        for name in ("value", "numerator", "denominator")
    ]
    another += [
        getattr(Revision, name).is_distinct_from(getattr(_Before, name)) for name in ("qualifier", "status", "note")
    ]
    silent_then = or_(then.is_(None), then.is_(True))
    return or_(
        and_(now.is_(False), silent_then), and_(now.is_(True), ~silent_then), and_(now.is_(False), or_(*another))
    )


def _number(column: Any, *, sqlite: bool) -> ColumnElement[Any]:
    """A decimal as it compares: SQLite keeps text, in which trailing zeros tell equal numbers apart."""
    if not sqlite:
        return column  # type: ignore[no-any-return]
    return case((func.instr(column, ".") > 0, func.rtrim(func.rtrim(column, "0"), ".")), else_=column)


def rows(found: Sequence[Row[Any]], view: View, sessions: tuple[ReadSession, ReadSession], lang: str) -> list[Any]:
    """Changed cells as clients see them. `was_due`: the cell's period had ended on the day of the earlier moment."""
    shown = views.viewer(view, lang)
    size = len(_AFTER)
    made = []
    for row in found:
        after, before = row[:size], row[size:] if row[size] is not None else None
        now = shown(after)
        then = shown(before) if before else None
        made.append(
            {
                **{name: now[name] for name in ("id", "indicator", "area", "area_name", "period", "unit")},
                "cause": CORRECTION if then else LATE_REPORT,
                "was_due": Period.parse(now["period"]).last < sessions[0].today,
                "before": {name: then[name] for name in SIDE} if then else None,
                "after": {name: now[name] for name in SIDE},
                "difference": _difference(before, after),
                "seq": now["seq"],
            }
        )
    return made


def _difference(before: Sequence[Any] | None, after: Sequence[Any]) -> msgspec.Raw | None:
    """After minus before, from exact numbers; None where one of them is no number, or only a bound."""
    one, other = _exact(after), _exact(before) if before else None
    return None if one is None or other is None else _plain(one - other)


def _exact(row: Sequence[Any]) -> Fraction | None:
    value, numerator, denominator, qualifier = (
        row[_PLACE[n]] for n in ("value", "numerator", "denominator", "qualifier")
    )
    if row[_PLACE["withdrawn"]] or qualifier != Qualifier.EQ:
        return None
    if denominator is not None:
        return Fraction(numerator) * 100 / Fraction(denominator) if denominator else None
    return None if value is None else Fraction(value)


def _plain(difference: Fraction) -> msgspec.Raw:
    """The number written out; one that never ends is cut at 28 digits, as the value of a ratio is."""
    try:
        found = EXACT.divide(Decimal(difference.numerator), Decimal(difference.denominator))
    except Inexact:
        found = Decimal(difference.numerator) / Decimal(difference.denominator)
    return msgspec.Raw(format(found, "f").encode())
