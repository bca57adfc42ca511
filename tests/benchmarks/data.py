"""The figures that services are filled with, the same at every run.

47 areas × 25 indicators × 72 months, or 3,321 areas × 25 indicators × 120 months.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

AREAS = 47
INDICATORS = 25


def _months(first: int, years: int) -> list[str]:
    return [f"{year}-{month:02d}" for year in range(first, first + years) for month in range(1, 13)]


MONTHS = _months(2025, 6)


@dataclass(frozen=True, slots=True)
class Size:
    """How many areas report for how many months; batches fill the `open_months` behind them."""

    areas: int
    months: list[str]
    open_months: list[str]

    @property
    def observations(self) -> int:
        return self.areas * INDICATORS * len(self.months)


SIZES = {
    "city": Size(AREAS, MONTHS, _months(2031, 4)),
    "nation": Size(3_321, _months(2025, 10), _months(2035, 4)),
}
# The clock of the service under test: every month above has begun.
NOW = datetime(2038, 12, 31, 5, tzinfo=UTC)

RULES = ("ratio_of_sums", "sum", "share_reaching", "mean", "ratio_of_sums")
TARGET = 90


@dataclass(frozen=True, slots=True)
class Reading:
    """What area number `area` says of indicator number `indicator` (both from 0)."""

    indicator: int
    area: int
    month: str
    value: Decimal | None
    numerator: int | None = None
    denominator: int | None = None


def code(indicator: int) -> str:
    return f"bench_{indicator:02d}"


def rule(indicator: int) -> str:
    return RULES[indicator % len(RULES)]


def reading(indicator: int, area: int, month: str) -> Reading:
    """Grows slowly from month to month, so that nothing looks like a slip."""
    age = int(month[:4]) * 12 + int(month[5:]) - 2025 * 12
    if rule(indicator) == "ratio_of_sums":
        population = 8_000 + 37 * area
        return Reading(indicator, area, month, None, population * (40 + age // 4) // 100 + indicator, population)
    if rule(indicator) == "sum":
        return Reading(indicator, area, month, Decimal(200 + 3 * area + age))
    if rule(indicator) == "share_reaching":
        return Reading(indicator, area, month, Decimal(1 if age > area else 0))
    return Reading(indicator, area, month, Decimal(4_000 + 11 * area + 7 * age).scaleb(-2))


def readings_of(month: str, areas: int) -> Iterator[Reading]:
    return (reading(indicator, area, month) for indicator in range(INDICATORS) for area in range(areas))
