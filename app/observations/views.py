"""What clients see of a revision: its values unrounded and without an exponent, names in their language."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import msgspec
from sqlalchemy import Row

from app.core.clock import rfc3339
from app.core.entities import Level, Measure, Rule
from app.core.numbers import Qualifier
from app.core.registry import View
from app.observations.schemas import ObservationView

FIELDS = tuple(ObservationView.model_fields)


# A view stands until the registry changes, and so does what is known of its names.
@lru_cache(maxsize=4)
def viewer(view: View, lang: str) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """What turns revisions (all columns, in the table's order) into what clients see.

    Values are as sent, unrounded; a flag is true or false.
    """

    @cache
    def kind(indicator: str) -> tuple[bool, str, str]:
        definition = view.definition(indicator)
        if definition is None:
            return False, "", ""
        return definition.measure is Measure.FLAG, definition.unit, definition.figure_unit

    @cache
    def place(area: str) -> tuple[str, bool]:
        known = view.area(area)
        return (area, False) if known is None else (known.name(lang), known.level is Level.CITY)

    def shown(row: Sequence[Any]) -> dict[str, Any]:
        # fmt: off
        (
            indicator, area, period, revision, _, seq, _, at, value, numerator, denominator, qualifier, status, note,
            withdrawn, period_assumed, submission, *_,
        ) = row
        # fmt: on
        flag, unit, figure_unit = kind(indicator)
        name, is_city = place(area)
        if withdrawn:
            value = numerator = denominator = None
        return {
            "id": f"{indicator}.{area}.{period}",
            "indicator": indicator,
            "area": area,
            "area_name": name,
            "period": period,
            "value": _value(value, numerator, denominator, flag),
            "numerator": _plain(numerator),
            "denominator": _plain(denominator),
            "qualifier": qualifier,
            "status": status or "A",
            "unit": figure_unit if is_city else unit,
            "note": note,
            "revision": revision,
            "withdrawn": bool(withdrawn),
            "period_assumed": bool(period_assumed),
            "submission": submission,
            "updated_at": rfc3339(at),
            "seq": seq,
        }

    return shown


def _value(
    value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None, flag: bool
) -> Decimal | msgspec.Raw | bool | None:
    if numerator is not None:
        if not denominator:
            return None
        percentage = numerator.scaleb(2) / denominator
        # 50 of 50 come out as 1E+2.
        return percentage if "E" not in str(percentage) else msgspec.Raw(format(percentage, "f").encode())
    return bool(value) if flag and value is not None and value in (0, 1) else _plain(value)


def numbers(value: Decimal | Fraction | None, numerator: Decimal | None, denominator: Decimal | None) -> dict[str, Any]:
    """A number and its components as clients see them, unrounded."""
    assert not isinstance(value, Fraction), value
    return {
        "value": _value(value, numerator, denominator, False),
        "numerator": _plain(numerator),
        "denominator": _plain(denominator),
    }


def content(view: View, row: Row[Any]) -> dict[str, Any]:
    """What a revision says, as the row of a submission that would say the same; nothing for a withdrawn one."""
    if row.withdrawn:
        return {}
    if row.status is not None:
        return {"status": row.status}
    definition, area = view.definition(row.indicator), view.area(row.area)
    flag = definition is not None and definition.measure is Measure.FLAG
    share = definition is not None and definition.rollup is Rule.SHARE_REACHING
    truth = flag and not (share and area is not None and area.level is Level.CITY)
    said = {
        "value": bool(row.value) if truth and row.value is not None else row.value,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "qualifier": None if row.qualifier == Qualifier.EQ else row.qualifier,
    }
    return {name: given for name, given in said.items() if given is not None}


def _plain(number: Decimal | None) -> Decimal | msgspec.Raw | None:
    """A number that is written without an exponent, as it was sent: 0.00000001 and not 1E-8."""
    if number is None or number.adjusted() > -7:
        return number
    return msgspec.Raw(format(number, "f").encode())
