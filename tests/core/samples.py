"""Definitions, readings and standings as the laws of the core need them; what a law does not speak of has a default."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.core.entities import Criterion, Definition, Direction, Level, Measure, OverTime, Rule, Target
from app.core.figures import Figure
from app.core.numbers import Qualifier
from app.core.periods import Frequency, Period
from app.core.rollup import RollUp
from app.core.series import MISSING, NOT_APPLICABLE, WITHHELD, Reading, Standing

MARCH = Period.parse("2025-03")


def definition(**members: Any) -> Definition:
    """A monthly count of wards, summed, as `members` change it."""
    usual: dict[str, Any] = {
        "code": "x",
        "version": 1,
        "seq": 1,
        "valid_from": date(2025, 1, 1),
        "name_vi": "Số",
        "name_en": "Number",
        "domain": "government",
        "measure": Measure.COUNT,
        "rollup": Rule.SUM,
        "over_time": OverTime.LATEST,
        "carry_forward": 12,
        "min_coverage": Decimal("0.8"),
        "frequency": Frequency.MONTHLY,
        "level": Level.COMMUNE,
        "unit": "NUMBER",
        "unit_mult": 0,
        "decimals": 2,
        "direction": Direction.UP,
        "criterion": None,
        "weight": None,
        "definition_vi": "…",
        "definition_en": "…",
        "clause": None,
        "quote": None,
    }
    return Definition(**(usual | members))


def reading(area: str, what: Any, *, period: Period | str = MARCH, seq: int = 1, indicator: str = "x") -> Reading:
    """What an area said: a number, "gt 5", "M", "Q" or (numerator, denominator)."""
    at = Period.parse(period) if isinstance(period, str) else period
    qualifier = Qualifier.EQ
    value = numerator = denominator = status = None
    if what in ("M", "Q"):
        status = what
    elif isinstance(what, tuple):
        numerator, denominator = (Decimal(str(number)) for number in what)
    elif isinstance(what, str) and " " in what:
        bound, digits = what.split()
        qualifier, value = Qualifier(bound), Decimal(digits)
    else:
        value = Decimal(str(what))
    return Reading(indicator, area, at, value, numerator, denominator, qualifier, status, seq)


def stands(area: int | str, what: Any, *, carried: bool = False) -> Standing:
    """Where an area stands that said `what`; None is silence."""
    if what is None:
        return MISSING
    if what in ("M", "Q"):
        return NOT_APPLICABLE if what == "M" else WITHHELD
    return Standing("carried" if carried else "reported", reading(str(area), what))


def wards(*said: Any) -> list[Standing]:
    """One standing for each ward, in order."""
    return [stands(number, what) for number, what in enumerate(said)]


def weights(*said: Any) -> dict[str, Reading]:
    """The weight of each ward; None where it gave none."""
    return {
        str(number): reading(str(number), what, indicator="people")
        for number, what in enumerate(said)
        if what is not None
    }


def history(readings: Iterable[Reading]) -> dict[Period, Reading]:
    return {one.period: one for one in readings}


def criterion(text: str) -> Criterion:
    comparator, value = text.split()
    return Criterion(Qualifier(comparator), Decimal(value))


def target(text: str, due: date, **members: Any) -> Target:
    """`ge 80` by `due`, for the city."""
    comparator, value = text.split()
    usual: dict[str, Any] = {
        "id": "t",
        "version": 1,
        "seq": 1,
        "indicator": "x",
        "level": "city",
        "area": None,
        "comparator": Qualifier(comparator),
        "value": Decimal(value),
        "due": due,
        "baseline": None,
        "clause": None,
        "quote": None,
        "flags": (),
        "note_vi": None,
        "note_en": None,
    }
    return Target(**(usual | members))


def figure(what: str | int | Fraction | None, period: str, *, direction: Direction = Direction.UP) -> Figure:
    """A rolled-up figure of `period`: a number, "gt 5", or None."""
    words = str(what).split()
    qualifier = Qualifier(words[0]) if len(words) > 1 else Qualifier.EQ
    value = None if what is None else Fraction(words[-1])
    at = Period.parse(period)
    return Figure(
        definition=definition(direction=direction),
        period=at,
        value_period=None if value is None else at,
        basis="none" if value is None else "rolled_up",
        value=value,
        qualifier=qualifier,
        quality="none" if value is None else "ok",
        status="A",
        rolled_up=RollUp(expected=1, reported=1, carried=0, value=value),
        reported_reading=None,
        seq=1,
    )
