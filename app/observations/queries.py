"""Reads of observations: the live or as-of revisions of cells, one, all of a cell, or a page of a list."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select, tuple_
from sqlmodel import col

from app.access.callers import Looking
from app.core.errors import refuse
from app.core.periods import Period, check_range
from app.core.registry import View
from app.core.screening import Cell
from app.db.lists import one_of
from app.db.session import ReadSession
from app.observations.tables import Revision
from app.web.negotiation import nearest
from app.web.paging import Position

_VIEWED = tuple(Revision.__table__.columns)  # type: ignore[attr-defined]


def cell_id(indicator: str, area: str, period: str) -> str:
    """An observation's id: its key, like an SDMX series key with its period."""
    return f"{indicator}.{area}.{period}"


def split_id(observation: str) -> tuple[str, str, str]:
    """Indicator, area and period of an observation's id. Raises `observation-not-found` when it is none."""
    parts = observation.split(".")
    # U+0000 is in no id, and PostgreSQL takes it in no parameter.
    if len(parts) != 3 or "\x00" in observation:
        raise refuse("observation-not-found", given=observation)
    return parts[0], parts[1], parts[2]


def known(session: ReadSession) -> ColumnElement[bool]:
    """The revision of each cell that stood at the session's `as_of`."""
    if session.is_now:
        return col(Revision.closed_seq).is_(None)
    return and_(
        col(Revision.seq) <= session.as_of,
        or_(col(Revision.closed_seq).is_(None), col(Revision.closed_seq) > session.as_of),
    )


@lru_cache
def _live() -> Select[*tuple[Any, ...]]:
    return select(*_VIEWED).where(
        col(Revision.closed_seq).is_(None),
        one_of(col(Revision.indicator), "indicators"),
        one_of(col(Revision.area), "areas"),
        one_of(col(Revision.ends), "ends"),
    )


def live(session: ReadSession, cells: Sequence[Cell]) -> dict[tuple[str, str, str], Row[Any]]:
    """The newest revisions of these cells, withdrawn ones too, and of some others of their indicators and areas."""
    asked: dict[str, list[Any]] = {
        "indicators": sorted({c.definition.code for c in cells}),
        "areas": sorted({c.area.id for c in cells}),
        "ends": sorted({c.period.ends for c in cells}),
    }
    return {(row.indicator, row.area, row.period): row for row in session.asked(_live(), asked)}


@lru_cache
def _one(now: bool) -> Select[*tuple[Any, ...]]:
    return select(*_VIEWED).where(
        *known_and(now, ()),
        col(Revision.indicator) == bindparam("indicator"),
        col(Revision.area) == bindparam("area"),
        col(Revision.period) == bindparam("period"),
    )


def looked_up(look: Looking, observation: str) -> AbstractContextManager[tuple[ReadSession, Sequence[Row[Any]]]]:
    """A session, and the revision of a cell that stood at `as_of`, a withdrawal included; none of an unknown cell."""
    indicator, area, period = split_id(observation)
    asked = {"indicator": indicator, "area": area, "period": period}
    return look.glance(_one(now=True), asked) if look.as_of is None else _looked_back(look, asked)


@contextmanager
def _looked_back(look: Looking, asked: dict[str, Any]) -> Iterator[tuple[ReadSession, Sequence[Row[Any]]]]:
    with look() as session:
        yield session, session.asked(_one(session.is_now), {**asked, "as_of": session.as_of})


def one(session: ReadSession, observation: str) -> Row[Any]:
    """The revision of a cell that stood at the session's `as_of`. Raises `observation-not-found`."""
    indicator, area, period = split_id(observation)
    asked = {"indicator": indicator, "area": area, "period": period, "as_of": session.as_of}
    return the_one(session.asked(_one(session.is_now), asked), observation)


def the_one(rows: Sequence[Row[Any]], observation: str) -> Row[Any]:
    """Raises `observation-not-found`."""
    if not rows:
        raise refuse("observation-not-found", given=observation)
    return rows[0]


def revisions(session: ReadSession, observation: str) -> list[Row[Any]]:
    """Every word said about a cell up to `as_of`, the first one first. Raises `observation-not-found`."""
    rows = session.rows(
        select(*_VIEWED).where(col(Revision.seq) <= session.as_of, *_cell(observation)).order_by(col(Revision.revision))
    )
    if not rows:
        raise refuse("observation-not-found", given=observation)
    return list(rows)


def _cell(observation: str) -> tuple[ColumnElement[bool], ...]:
    indicator, area, period = split_id(observation)
    return (col(Revision.indicator) == indicator, col(Revision.area) == area, col(Revision.period) == period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which observations a list shall hold; several values of one kind are alternatives."""

    indicators: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    period_from: Period | None = None
    period_to: Period | None = None
    withdrawn: bool = False

    def __post_init__(self) -> None:
        check_range(self.period_from, self.period_to)

    def parameters(self) -> dict[str, Any]:
        """What a statement for these is given; a kind that is not asked for is left out."""
        asked: dict[str, Any] = {
            "indicators": self.indicators,
            "areas": self.areas,
            "periods": [str(period) for period in self.periods],
            # Said once more as an index knows it, or every row would be looked up to see its period.
            "ends": sorted({period.ends for period in self.periods}),
        }
        if self.period_from is not None:
            asked["begun"] = self.period_from.ends - self.period_from.frequency.months
        if self.period_to is not None:
            asked["ended"] = self.period_to.ends
        if not self.withdrawn:
            asked["withdrawn"] = False
        return {name: given for name, given in asked.items() if given not in ((), [])}


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "indicators": col(Revision.indicator).in_(bindparam("indicators", expanding=True)),
    "areas": col(Revision.area).in_(bindparam("areas", expanding=True)),
    "periods": col(Revision.period).in_(bindparam("periods", expanding=True)),
    "ends": col(Revision.ends).in_(bindparam("ends", expanding=True)),
    "begun": col(Revision.ends) > bindparam("begun"),
    "ended": col(Revision.ends) <= bindparam("ended"),
    "withdrawn": col(Revision.withdrawn).is_(False),
}


def known_and(now: bool, asked: Iterable[str]) -> list[ColumnElement[bool]]:
    """What stood at `as_of`, of what is asked (`Wanted.parameters`)."""
    live = col(Revision.closed_seq).is_(None)
    then = and_(col(Revision.seq) <= bindparam("as_of"), or_(live, col(Revision.closed_seq) > bindparam("as_of")))
    return [live if now else then, *(_CONDITIONS[name] for name in asked)]


SORTS: dict[str, Any] = {
    "indicator": col(Revision.indicator),
    "area": col(Revision.area),
    "period": col(Revision.ends),
    "seq": col(Revision.seq),
}
DEFAULT_SORT = (("indicator", False), ("period", False), ("area", False))


def glanced(
    look: Looking, wanted: Wanted, after: Position | None, limit: int
) -> AbstractContextManager[tuple[ReadSession, Sequence[Row[Any]]]]:
    """As `listed`, in the default order and in one round trip; for wishes that need no registry to be understood."""
    asked = wanted.parameters()
    statement = _listed(after is None, tuple(asked), DEFAULT_SORT, after is not None)
    seq, key = (after.seq, after.key) if after else (None, None)
    parameters = {**asked, **after_values(key), "as_of": seq, "most": limit + 1}
    return look.glance(statement, parameters, seq=seq)


def listed(
    session: ReadSession,
    wanted: Wanted,
    order: Sequence[tuple[str, bool]],
    after: list[Any] | None,
    limit: int,
) -> list[Row[Any]]:
    """Up to `limit` + 1 revisions in this order, beyond the sort key `after`."""
    asked = wanted.parameters()
    statement = _listed(session.is_now, tuple(asked), tuple(order), after is not None)
    return list(session.rows(statement, {**asked, **after_values(after), "as_of": session.as_of, "most": limit + 1}))


@lru_cache(maxsize=256)
def _listed(
    now: bool, asked: tuple[str, ...], order: tuple[tuple[str, bool], ...], goes_on: bool
) -> Select[*tuple[Any, ...]]:
    """Building the statement costs as much as running it, so that it is built once for each form of the question."""
    statement = select(*_VIEWED).where(*known_and(now, asked))
    if goes_on:
        statement = statement.where(beyond(order))
    columns = [SORTS[name].desc() if down else SORTS[name].asc() for name, down in order]
    return statement.order_by(*columns).limit(bindparam("most"))


def after_values(after: list[Any] | None) -> dict[str, Any]:
    """The parameters of `beyond`."""
    return {f"after_{place}": value for place, value in enumerate(after or ())}


def beyond(order: Sequence[tuple[str, bool]]) -> ColumnElement[bool]:
    """What comes in this order after the sort key in `after_values`."""
    columns = [SORTS[name] for name, _ in order]
    after: list[Any] = [bindparam(f"after_{place}", type_=column.type) for place, column in enumerate(columns)]
    downs = {down for _, down in order}
    if len(downs) == 1:
        left, right = tuple_(*columns), tuple_(*after)
        return left < right if downs.pop() else left > right
    ways: list[ColumnElement[bool]] = []
    for place, (_, down) in enumerate(order):
        equal = [columns[i] == after[i] for i in range(place)]
        ways.append(and_(*equal, columns[place] < after[place] if down else columns[place] > after[place]))
    return or_(*ways)


def sort_key(row: Row[Any], order: Sequence[tuple[str, bool]]) -> list[Any]:
    return [row.ends if name == "period" else getattr(row, name) for name, _ in order]


def count(session: ReadSession, wanted: Wanted) -> int:
    asked = wanted.parameters()
    conditions = known_and(session.is_now, asked)
    statement: Select[Any] = select(func.count()).select_from(Revision).where(*conditions)
    return int(session.rows(statement, {**asked, "as_of": session.as_of})[0][0])


def check_names(view: View, wanted: Wanted) -> None:
    """Refuse an indicator that does not exist, with the nearest one: a typing error must not look like "no data"."""
    for code in wanted.indicators:
        if view.definition(code) is None:
            every = [d.code for d in view.definitions()]
            raise refuse("unknown-indicator", parameter="indicator", given=code, hint=nearest(code, every))
