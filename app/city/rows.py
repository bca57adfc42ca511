"""City rows: figures as clients see them: flat, every field there, rounded half-up to the indicator's decimals."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.core.clock import rfc3339
from app.core.entities import Target
from app.core.figures import Figure, change
from app.core.numbers import round_half_up
from app.core.series import Reading
from app.core.targets import Progress, Start, progress, shown_target, standing


def rounded(value: Fraction | None, decimals: int) -> Decimal | None:
    return None if value is None else round_half_up(value, decimals)


def components(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    """Numerator and denominator of the headline, exact: the roll-up's sums, or what the city reported."""
    if figure.basis == "rolled_up":
        return figure.rolled_up.numerator, figure.rolled_up.denominator
    reading = figure.reported_reading
    return (reading.numerator, reading.denominator) if reading else (None, None)


def exact(reading: Reading | None) -> Fraction | None:
    return reading.exact if reading else None


def city_row(
    figure: Figure,
    before: Figure | None,
    area: tuple[str, str],
    lang: str,
    targets: list[Target],
    start: Start | None,
    today: date,
    times: dict[int, Any],
) -> dict[str, Any]:
    """One row of the contract ("City row").

    `area` is id and name, `before` the figure one step earlier, `times` the instants of changes by seq.
    """
    definition = figure.definition
    decimals = definition.decimals
    numerator, denominator = components(figure)
    target = shown_target(targets, figure.day if figure.value is not None else today)
    status, gap = None, None
    if target is not None:
        status, _, gap = standing(target, figure, beginning(target, start), today)
    rolled_up = rounded(figure.rolled_up.value, decimals)
    return {
        "indicator": definition.code,
        "name": definition.name(lang),
        "domain": definition.domain,
        "area": area[0],
        "area_name": area[1],
        "period": str(figure.period),
        "value_period": str(figure.value_period) if figure.value_period else None,
        "time": figure.period.last.isoformat(),
        "value": rolled_up if figure.value is figure.rolled_up.value else rounded(figure.value, decimals),
        "numerator": numerator,
        "denominator": denominator,
        "unit": definition.figure_unit,
        "qualifier": figure.qualifier.value if figure.value is not None else None,
        "rule": definition.rollup.value,
        "basis": figure.basis,
        "quality": figure.quality,
        "status": figure.status,
        "rolled_up_value": rolled_up,
        "reported_value": rounded(exact(figure.reported_reading), decimals),
        "expected": figure.rolled_up.expected,
        "reported": figure.rolled_up.reported,
        "carried": figure.rolled_up.carried,
        "missing": figure.rolled_up.missing,
        "target_value": target.value if target else None,
        "target_comparator": target.comparator.value if target else None,
        "target_due": target.due.isoformat() if target else None,
        "progress": status,
        "gap": rounded(gap, decimals),
        "previous_value": rounded(before.value, decimals) if before else None,
        "change": rounded(change(figure, before), decimals) if before else None,
        "updated_at": rfc3339(times[figure.seq]) if figure.seq in times else None,
        "seq": figure.seq,
    }


def target_progress(target: Target, figure: Figure | None, start: Start | None, today: date) -> Progress:
    """The target's progress from its own baseline, else from the earliest city figure."""
    return progress(target, figure, beginning(target, start), today)


def beginning(target: Target, start: Start | None) -> Start | None:
    """Where the way begins: the baseline the target names, else `start`, the earliest figure."""
    named = target.baseline
    return Start(value=Fraction(named.value), day=named.date, source="target") if named else start
