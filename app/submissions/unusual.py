"""Rows that changed more than their ward's readings usually do: a warning, and the row is stored all the same."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.core.entities import Measure
from app.core.errors import Fault
from app.core.numbers import EXACT, Qualifier, round_half_up
from app.core.outliers import METHOD, Usual, first_month, number, usual
from app.core.screening import Cell, Row
from app.db.session import ReadSession
from app.observations import readings


class _Said(NamedTuple):
    """A row with an exact number."""

    row: Row
    cell: Cell
    value: Decimal

    @property
    def first(self) -> int:
        """From which month's end on periods count before its own."""
        return first_month(self.cell.definition, self.cell.period)

    @property
    def end(self) -> int:
        return self.cell.period.ends


def note(session: ReadSession, rows: Sequence[Row]) -> None:
    """Add `unusual-change` to each valid row that lies beyond what the readings before it allow.

    Those are what is stored and what the same submission says of the months before. Most rows are settled by the period
    before, for a small change is never unusual: only the others cost a look at their history.
    """
    series: dict[tuple[str, str], list[_Said]] = defaultdict(list)
    for row in rows:
        cell = row.cell
        if cell is not None and (value := _number(cell)) is not None:
            series[cell.definition.code, cell.area.id].append(_Said(row, cell, value))
    alone = [(key, some[0]) for key, some in series.items() if len(some) == 1]
    newest = [(*key, one.end - one.cell.definition.frequency.months, one.value) for key, one in alone]
    moved = {alone[n][0] for n in readings.moved(session, newest)} if newest else set()
    looked_at = [
        (*key, min(s.first for s in some), max(s.end for s in some))
        for key, some in series.items()
        if len(some) > 1 or key in moved
    ]
    if looked_at:
        for span, known in zip(looked_at, readings.before(session, looked_at), strict=True):
            _compare(series[span[:2]], known)


def _compare(some: Sequence[_Said], known: dict[int, Decimal]) -> None:
    """Each of the rows of one series against the numbers before it, by the ends of their periods."""
    known |= {said.end: said.value for said in some}
    ordered = sorted(known)
    for said in some:
        first, end = said.first, said.end
        found = usual([known[ends] for ends in ordered if first <= ends < end])
        if found is not None and not found.allows(said.value):
            said.row.findings.append(_finding(said, found))


def _number(cell: Cell) -> Decimal | None:
    """What can be compared: an exact number; a flag turns once, and that is no slip."""
    content = cell.content
    if cell.definition.measure is Measure.FLAG or content.qualifier is not Qualifier.EQ:
        return None
    return number(content.value, content.numerator, content.denominator)


def _finding(said: _Said, found: Usual) -> Fault:
    def plain(exact: Decimal) -> str:
        shown = round_half_up(Fraction(exact), said.cell.definition.decimals + 2)
        return format(shown.normalize(EXACT), "f")

    content = said.cell.content
    member, given = ("value", content.value) if content.numerator is None else ("numerator", content.numerator)
    return Fault(
        code="unusual-change",
        pointer=f"/rows/{said.row.index}/{member}",
        given=given,
        expected=f"{plain(found.lowest)} … {plain(found.highest)}",
        severity="warning",
        params={
            "method": METHOD,
            "reading": plain(said.value),
            "last": plain(found.last),
            "change": plain(said.value - found.last),
            "median": plain(found.median),
            "mad": plain(found.mad),
            "limit": plain(found.limit),
            "readings": found.readings,
        },
    )
