"""Rows that changed more than their ward's readings usually do: a warning, and the row is stored all the same."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from app.core.errors import Fault
from app.core.numbers import Qualifier, round_half_up
from app.core.outliers import METHOD, Usual, first_month, number, usual
from app.core.registry import Measure
from app.core.screening import Cell, Row
from app.db.session import ReadSession
from app.observations import readings

Series = dict[int, Decimal]


def note(session: ReadSession, rows: Sequence[Row]) -> None:
    """Add `unusual-change` to each valid row that lies beyond what the readings before it allow.

    Those are what is stored and what the same submission says of the months before. Most rows are settled by the last
    of them, for a small change is never unusual: only the others cost a look at their history.
    """
    said = [
        (row, row.cell, _span(row.cell, value)) for row in rows if row.cell and (value := _number(row.cell)) is not None
    ]
    if not said:
        return
    sent: dict[tuple[str, str], Series] = defaultdict(dict)
    for _, _, (code, area, _, end, value) in said:
        sent[code, area][end] = value
    suspects = {*readings.moved(session, [span for _, _, span in said])}
    looked_at = [one for n, one in enumerate(said) if n in suspects or len(sent[one[2][:2]]) > 1]
    if not looked_at:
        return
    stored = readings.before(session, [span for _, _, span in looked_at])
    for (row, cell, (code, area, first, end, value)), known in zip(looked_at, stored, strict=True):
        known |= {ends: number for ends, number in sent[code, area].items() if first <= ends < end}
        found = usual([known[ends] for ends in sorted(known)])
        if found is not None and not found.allows(value):
            row.findings.append(_finding(row, cell, value, found))


def _number(cell: Cell) -> Decimal | None:
    """What can be compared: an exact number; a flag turns once, and that is no slip."""
    content = cell.content
    if cell.definition.measure is Measure.FLAG or content.qualifier is not Qualifier.EQ:
        return None
    return number(content.value, content.numerator, content.denominator)


def _span(cell: Cell, value: Decimal) -> readings.Span:
    """The months in which the periods before this one end that count, and the number after them."""
    definition, period = cell.definition, cell.period
    return definition.code, cell.area.id, first_month(definition, period), period.ends, value


def _finding(row: Row, cell: Cell, value: Decimal, found: Usual) -> Fault:
    def plain(exact: Decimal) -> str:
        return format(round_half_up(Fraction(exact), cell.definition.decimals + 2), "f")

    content = cell.content
    member, given = ("value", content.value) if content.numerator is None else ("numerator", content.numerator)
    return Fault(
        code="unusual-change",
        pointer=f"/rows/{row.index}/{member}",
        given=given,
        expected=f"{plain(found.lowest)} … {plain(found.highest)}",
        severity="warning",
        params={
            "method": METHOD,
            "reading": plain(value),
            "last": plain(found.last),
            "change": plain(value - found.last),
            "median": plain(found.median),
            "mad": plain(found.mad),
            "limit": plain(found.limit),
            "readings": found.readings,
        },
    )
