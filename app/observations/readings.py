"""Readings for the rules: few statements, each built once, that pick columns and leave the arithmetic to the core."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Float,
    Select,
    TextClause,
    TextualSelect,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
    union_all,
)
from sqlmodel import col

from app.core.numbers import EXACT, Qualifier
from app.core.outliers import NOTABLE, number
from app.core.periods import Frequency, Period
from app.core.rollup import Totals
from app.core.series import Reading
from app.db.chain import encode
from app.db.direct import Statement
from app.db.lists import one_of
from app.db.session import ReadSession
from app.indicators.tables import IndicatorRow
from app.observations.tables import Revision

_NAMES = ("indicator", "area", "period", "value", "numerator", "denominator", "qualifier", "status", "seq")
_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(Revision.__table__.c[name] for name in _NAMES)  # type: ignore[attr-defined]
_QUALIFIERS = {q.value: q for q in Qualifier}
_ENDS = col(Revision.ends)
_OF_CODES = one_of(col(Revision.indicator), "codes")
_SPAN = _ENDS.between(bindparam("first"), bindparam("last"))


def _standing(now: bool) -> tuple[ColumnElement[bool], ...]:
    """What was known, and not withdrawn, at `as_of`."""
    live = col(Revision.closed_seq).is_(None)
    if now:
        return live, col(Revision.withdrawn).is_(False)
    known = or_(live, col(Revision.closed_seq) > bindparam("as_of"))
    return col(Revision.seq) <= bindparam("as_of"), known, col(Revision.withdrawn).is_(False)


@lru_cache
def _in_span(now: bool) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).where(*_standing(now), _OF_CODES, _SPAN)


@lru_cache
def _in_periods(now: bool) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).where(*_standing(now), _OF_CODES, one_of(_ENDS, "ends"))


@lru_cache
def _of_area(now: bool) -> Select[*tuple[Any, ...]]:
    return _in_span(now).where(col(Revision.area) == bindparam("area"))


@lru_cache
def _of_city(now: bool) -> CompoundSelect[*tuple[Any, ...]]:
    a_number = or_(col(Revision.value).is_not(None), cast(col(Revision.denominator), Float) != 0)
    before = bindparam("first") > _ENDS
    return union_all(_of_area(now), _last_of(now, before, col(Revision.area) == bindparam("area"), a_number))


def _last_of(now: bool, *such: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The last reading of each indicator and area among `such`."""
    wanted = [*_standing(now), _OF_CODES, *such]
    keys = (col(Revision.indicator), col(Revision.area))
    last = select(*keys, func.max(_ENDS).label("ends")).where(*wanted).group_by(*keys).subquery()
    same = and_(keys[0] == last.c.indicator, keys[1] == last.c.area, last.c.ends == _ENDS)
    return select(*_COLUMNS).where(*_standing(now), same)


@lru_cache
def _edge(now: bool, newest: bool) -> Select[*tuple[Any, ...]]:
    """For each indicator the period of its newest or oldest number: one index probe each."""
    probe = (
        select(col(Revision.period))
        .where(
            *_standing(now),
            col(Revision.indicator) == col(IndicatorRow.id),
            col(Revision.status).is_(None),
            bindparam("last") >= _ENDS,
        )
        .order_by(_ENDS.desc() if newest else _ENDS.asc())
        .limit(1)
        .correlate(IndicatorRow)
        .scalar_subquery()
    )
    return select(col(IndicatorRow.id), probe).where(one_of(col(IndicatorRow.id), "codes"))


def _read(session: ReadSession, statement: Statement, **asked: Any) -> list[Reading]:
    return _readings(session.asked(statement, asked | {"as_of": session.as_of}))


def _readings(rows: Iterable[Any]) -> list[Reading]:
    parse = Period.parse
    return [Reading(r[0], r[1], parse(r[2]), r[3], r[4], r[5], _QUALIFIERS[r[6]], r[7], r[8]) for r in rows]


def in_span(session: ReadSession, codes: Sequence[str], first: int, last: int) -> list[Reading]:
    """All readings of these indicators whose periods end from month `first` to month `last` (`Period.ends`)."""
    return _read(session, _in_span(session.is_now), codes=codes, first=first, last=last)


def in_periods(session: ReadSession, codes: Sequence[str], ends: Sequence[int]) -> list[Reading]:
    """All readings of these indicators whose periods end in one of these months."""
    return _read(session, _in_periods(session.is_now), codes=codes, ends=ends)


def of_area(session: ReadSession, codes: Sequence[str], area: str, first: int, last: int) -> list[Reading]:
    """One area's readings of these indicators in a span."""
    return _read(session, _of_area(session.is_now), codes=codes, area=area, first=first, last=last)


def of_city(session: ReadSession, codes: Sequence[str], city: str, first: int, last: int) -> list[Reading]:
    """A city's own readings of these indicators in a span, and its newest number of each before it, however old."""
    return _read(session, _of_city(session.is_now), codes=codes, area=city, first=first, last=last)


def _sum(joined: str | Decimal | None) -> Decimal:
    """The exact sum of digits joined by commas, or a sum already."""
    if joined is None:
        return Decimal(0)
    if isinstance(joined, Decimal):
        return joined
    if "." not in joined:
        return Decimal(sum(map(int, joined.split(","))))
    with localcontext(EXACT):
        return sum(map(Decimal, joined.split(",")), Decimal(0))


def edges(session: ReadSession, codes: Sequence[str], frequency: Frequency, *, newest: bool) -> dict[str, Period]:
    """The newest (or oldest) begun period of each of these indicators in which anybody gave a number."""
    last = Period.containing(session.today, frequency).ends
    statement = _edge(session.is_now, newest)
    rows = session.asked(statement, {"codes": codes, "last": last, "as_of": session.as_of})
    return {code: Period.parse(text) for code, text in rows if text is not None}


# Beyond so many rows it is cheaper to work out anew what stands on them than to read what they are about.
MOST_SAID = 2000


@lru_cache
def _said_since() -> Select[*tuple[Any, ...]]:
    since = select(col(Revision.indicator), _ENDS, col(Revision.area)).where(col(Revision.seq) > bindparam("seq"))
    # In order, so that no database looks anywhere but in the index.
    return since.order_by(col(Revision.seq)).limit(MOST_SAID + 1)


class Said(NamedTuple):
    """What was said of an indicator: about which months at the earliest, and by or of whom."""

    earliest: int
    areas: frozenset[str] = frozenset()


def said_since(session: ReadSession, seq: int) -> dict[str, Said] | None:
    """The indicators about which anything was said, or taken back, after `seq`; None where that is too much."""
    rows = session.asked(_said_since(), {"seq": seq})
    if len(rows) > MOST_SAID:
        return None
    ends: dict[str, list[int]] = defaultdict(list)
    areas: dict[str, set[str]] = defaultdict(set)
    for code, end, area in rows:
        ends[code].append(end)
        areas[code].add(area)
    return {code: Said(min(ends[code]), frozenset(areas[code])) for code in ends}


# Cells come as one JSON parameter: the member {n} of each, and the table they make.
_SENT = {
    "sqlite": ("key", "json_extract(sent.value, '$[{}]')", "json_each(:cells) AS sent"),
    "postgresql": (
        "place - 1",
        "CAST(cell ->> {} AS {})",
        "json_array_elements(CAST(:cells AS json)) WITH ORDINALITY AS sent (cell, place)",
    ),
}
_JOINED = {"sqlite": "group_concat(said)", "postgresql": "string_agg(said, ',')"}
_KNOWN_THEN = "revision.seq <= :as_of AND (closed_seq IS NULL OR closed_seq > :as_of)"


def _stood(now: bool) -> str:
    return f"{'closed_seq IS NULL' if now else _KNOWN_THEN} AND NOT withdrawn"


def _exact(now: bool) -> str:
    return f"{_stood(now)} AND status IS NULL AND qualifier = 'eq'"


def _members(dialect: str, *types: str) -> Iterator[str]:
    return (_SENT[dialect][1].format(n, kind) for n, kind in enumerate(types))


# The last of each area: SQLite takes a row's other columns from where max() is; PostgreSQL must be told to go window by
# window, for it does not know how short they are. CROSS JOIN keeps SQLite from walking all revisions for each window.
_LAST = {
    "sqlite": (
        "SELECT {columns} FROM (SELECT {columns}, max(ends) FROM asked CROSS JOIN revision"
        " WHERE indicator = code AND ends BETWEEN first AND last AND {stood} GROUP BY code, last, area)"
    ),
    "postgresql": (
        "SELECT said.* FROM asked CROSS JOIN LATERAL (SELECT DISTINCT ON (area) {columns} FROM revision"
        " WHERE indicator = code AND ends BETWEEN first AND last AND {stood} ORDER BY area, ends DESC) AS said"
    ),
}


@lru_cache
def _latest(dialect: str, now: bool) -> TextualSelect:
    code, first, last = _members(dialect, "varchar", "integer", "integer")
    asked = f"SELECT {code} AS code, {first} AS first, {last} AS last FROM {_SENT[dialect][2]}"
    found = _LAST[dialect].format(columns=", ".join(_NAMES), stood=_stood(now))
    return text(f"WITH asked AS MATERIALIZED ({asked}) {found}").columns(*_COLUMNS)


# An indicator, and the months from which to which periods end.
Window = tuple[str, int, int]


def latest(session: ReadSession, windows: Sequence[Window]) -> list[Reading]:
    """Every area's last word in each of these windows."""
    statement = _latest(session.connection.dialect.name, session.is_now)
    return _readings(session.asked(statement, _asked(session, windows)))


_ADDED = {"sqlite": "group_concat({})", "postgresql": "sum({})"}
_ALL_OF = {
    "sqlite": "area IN (SELECT value FROM json_each(:areas))",
    "postgresql": "area IN (SELECT json_array_elements_text(CAST(:areas AS json)))",
}
# The last words of all areas are found first, and then those of these; of a few areas only theirs are looked for.
_FEW_OF = _ALL_OF | {"postgresql": "area = ANY (ARRAY(SELECT json_array_elements_text(CAST(:areas AS json))))"}
FEW = 12


@lru_cache
def _heard(dialect: str, now: bool, few: bool) -> TextClause:
    code, first, last = _members(dialect, "varchar", "integer", "integer")
    asked = f"SELECT {code} AS code, {first} AS first, {last} AS last FROM {_SENT[dialect][2]}"
    columns = "code, last, ends, area, value, numerator, denominator, qualifier, status, seq"
    stood = f"{_stood(now)} AND {_FEW_OF[dialect]}" if few else _stood(now)
    said = _LAST[dialect].format(columns=columns, stood=stood)
    such = ("status = 'M'", "status IS NULL AND qualifier <> 'eq'", "status IS NULL AND ends < last", "status IS NULL")
    counts = ", ".join(f"count(*) FILTER (WHERE {each})" for each in such)
    sums = ", ".join(_ADDED[dialect].format(name) for name in ("value", "numerator", "denominator"))
    whom = "" if few else f" WHERE {_ALL_OF[dialect]}"
    return text(
        f"WITH asked AS MATERIALIZED ({asked}), said AS MATERIALIZED ({said})"
        f" SELECT code, last, {counts}, count(value), count(numerator), {sums}, max(seq) FILTER (WHERE status IS NULL)"
        f" FROM said{whom} GROUP BY code, last"
    )


class Heard(NamedTuple):
    """What areas last said in a window: the `totals` of numbers, `carried` of them from before its last month.

    Where some are `bounded` the totals tell nothing.
    """

    totals: Totals = Totals.of(())
    not_applicable: int = 0
    bounded: int = 0
    carried: int = 0

    def corrected(self, then: "Heard", now: "Heard") -> "Heard | None":
        """This without what some of the areas had said `then`, and with what they say `now`.

        None where it cannot be told which of the others spoke last.
        """
        totals, before, after = self.totals, then.totals, now.totals
        if after.seq < totals.seq == before.seq:
            return None
        return Heard(
            Totals(
                areas=totals.areas - before.areas + after.areas,
                values=totals.values - before.values + after.values,
                components=totals.components - before.components + after.components,
                value=_corrected(totals.value, before.value, after.value),
                numerator=_corrected(totals.numerator, before.numerator, after.numerator),
                denominator=_corrected(totals.denominator, before.denominator, after.denominator),
                seq=max(totals.seq, after.seq),
            ),
            self.not_applicable - then.not_applicable + now.not_applicable,
            self.bounded - then.bounded + now.bounded,
            self.carried - then.carried + now.carried,
        )


def _corrected(total: Decimal, before: Decimal, after: Decimal) -> Decimal:
    return EXACT.add(EXACT.subtract(total, before), after)


NOBODY = Heard()


def heard(session: ReadSession, windows: Sequence[Window], areas: Sequence[str]) -> dict[Window, Heard]:
    """What these areas last said in each of these windows, added up.

    SQLite has no exact sum, so it hands over the digits, joined, and they are summed here.
    """
    if not areas:
        return dict.fromkeys(windows, NOBODY)
    statement = _heard(session.connection.dialect.name, session.is_now, len(areas) <= FEW)
    rows = session.asked(statement, _asked(session, windows) | {"areas": encode(areas)})
    found: dict[tuple[str, int], Heard] = {}
    for code, last, not_applicable, bounded, carried, areas_heard, values, components, *sums, seq in rows:
        value, numerator, denominator = map(_sum, sums)
        totals = Totals(
            areas=areas_heard,
            values=values,
            components=components,
            value=value,
            numerator=numerator,
            denominator=denominator,
            seq=seq or 0,
        )
        found[code, last] = Heard(totals, not_applicable, bounded, carried)
    return {window: found.get((window[0], window[2]), NOBODY) for window in windows}


@lru_cache
def _moved(dialect: str, now: bool) -> TextClause:
    code, area, end, value = _members(dialect, "varchar", "varchar", "integer", "double precision")
    index, _, sent = _SENT[dialect]
    given, above, below = (f"CAST(revision.{c} AS double precision)" for c in ("value", "numerator", "denominator"))
    number = f"coalesce({given}, 100 * {above} / NULLIF({below}, 0))"
    return text(
        f"SELECT {index} FROM {sent} LEFT JOIN revision ON area = {area} AND ends = {end} AND indicator = {code}"
        f" AND {_exact(now)} WHERE NOT coalesce(abs({value} - {number}) * {NOTABLE} <= 0.999 * abs({number}), FALSE)"
    )


@lru_cache
def _before(dialect: str, now: bool) -> TextClause:
    """One row a cell, its readings joined: three hundred rows of three numbers each would cost ten times as much."""
    code, area, first, end = _members(dialect, "varchar", "varchar", "integer", "integer")
    index, _, sent = _SENT[dialect]
    said = "coalesce(CAST(value AS text), CAST(numerator AS text) || '/' || CAST(denominator AS text))"
    return text(
        f"SELECT {index}, (SELECT {_JOINED[dialect]} FROM (SELECT ends || ' ' || {said} AS said FROM revision"
        f" WHERE area = {area} AND ends >= {first} AND ends < {end} AND indicator = {code} AND {_exact(now)})"
        f" AS each_one) FROM {sent}"
    )


# An indicator, an area, and the months from which and before which periods end.
Span = tuple[str, str, int, int]


def moved(session: ReadSession, cells: Sequence[tuple[str, str, int, Decimal]]) -> list[int]:
    """Which of these numbers may be notably other than the one that ends in that month; by their index.

    A cell is an indicator, an area, the month and the number. One that nothing exact stands before may be too.
    """
    statement = _moved(session.connection.dialect.name, session.is_now)
    return [row[0] for row in session.asked(statement, _asked(session, cells))]


def _asked(session: ReadSession, cells: Sequence[Any]) -> dict[str, Any]:
    return {"cells": encode(cells)} | ({} if session.is_now else {"as_of": session.as_of})


def before(session: ReadSession, spans: Sequence[Span]) -> list[dict[int, Decimal]]:
    """For each span its exact live numbers, by the period's end; a ratio as its share."""
    found: list[dict[int, Decimal]] = [{} for _ in spans]
    statement = _before(session.connection.dialect.name, session.is_now)
    for index, joined in session.asked(statement, _asked(session, spans)):
        for pair in joined.split(",") if joined else ():
            ends, _, said = pair.partition(" ")
            above, _, below = said.partition("/")
            share = number(None, Decimal(above), Decimal(below)) if below else Decimal(above)
            if share is not None:
                found[index][int(ends)] = share
    return found
