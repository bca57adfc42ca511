"""Periods: the time a fact held for, in the forms of SDMX TIME_PERIOD.

`2025`, `2025-S1`, `2025-Q1`, `2025-03`. A period knows its first and last day and is ordered by its last day.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

from app.core.errors import Problem, refuse

FIRST_YEAR, LAST_YEAR = 1900, 2199


class Frequency(StrEnum):
    """How often an indicator is observed (SDMX CL_FREQ)."""

    ANNUAL = "A"
    SEMESTER = "S"
    QUARTERLY = "Q"
    MONTHLY = "M"

    @property
    def months(self) -> int:
        """How many months one period lasts."""
        return _MONTHS[self]


_MONTHS = {Frequency.ANNUAL: 12, Frequency.SEMESTER: 6, Frequency.QUARTERLY: 3, Frequency.MONTHLY: 1}
_FORM = re.compile(r"([0-9]{4})(?:-(?:S([12])|Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A year, half-year, quarter or month. `index` counts within the year from 1."""

    year: int
    frequency: Frequency
    index: int = 1

    def __hash__(self) -> int:
        # Periods are keys everywhere, and to hash a frequency as enumerations do costs more than all else.
        return self.year * 12 + self.index

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str) -> "Period":
        """The period that `text` names; `Period.parse(str(p)) == p`.

        Raises `period-malformed` for anything else, years before 1900 and after 2199 included.
        """
        form = _FORM.fullmatch(text)
        if form is None or not FIRST_YEAR <= int(form[1]) <= LAST_YEAR:
            raise refuse("period-malformed", given=text, expected="2025, 2025-S1, 2025-Q1, 2025-03")
        year, half, quarter, month = form.groups()
        if half:
            return Period(int(year), Frequency.SEMESTER, int(half))
        if quarter:
            return Period(int(year), Frequency.QUARTERLY, int(quarter))
        if month:
            return Period(int(year), Frequency.MONTHLY, int(month))
        return Period(int(year), Frequency.ANNUAL)

    @staticmethod
    def containing(day: date, frequency: Frequency) -> "Period":
        """The period of `frequency` in which `day` lies."""
        return Period(day.year, frequency, (day.month - 1) // frequency.months + 1)

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        if self.frequency is Frequency.ANNUAL:
            return f"{self.year:04d}"
        if self.frequency is Frequency.MONTHLY:
            return f"{self.year:04d}-{self.index:02d}"
        return f"{self.year:04d}-{self.frequency.value}{self.index}"

    @cached_property
    def ends(self) -> int:
        """The month of the last day, counted from year 0: what periods are ordered and carried by."""
        return self.year * 12 + self.index * self.frequency.months - 1

    @cached_property
    def first(self) -> date:
        return date(self.year, (self.index - 1) * self.frequency.months + 1, 1)

    @cached_property
    def last(self) -> date:
        return self.next().first - timedelta(days=1)

    def next(self) -> "Period":
        return self.step(1)

    def previous(self) -> "Period":
        return self.step(-1)

    def step(self, count: int) -> "Period":
        """The period `count` periods later (earlier when negative)."""
        per_year = 12 // self.frequency.months
        return _numbered(self.year * per_year + self.index - 1 + count, self.frequency)

    def parts(self, frequency: Frequency) -> "list[Period]":
        """The periods of the shorter or equal `frequency` that make up this one, oldest first."""
        first = Period.containing(self.first, frequency)
        return [first.step(n) for n in range(self.frequency.months // frequency.months)]

    def last_ended(self, frequency: Frequency) -> "Period":
        """The last period of the longer or equal `frequency` that has ended when this one ends."""
        at = Period.containing(self.last, frequency)
        return at if at.last <= self.last else at.previous()

    def __lt__(self, other: "Period") -> bool:
        return (self.ends, -self.frequency.months) < (other.ends, -other.frequency.months)

    def __le__(self, other: "Period") -> bool:
        return not other < self

    def __gt__(self, other: "Period") -> bool:
        return other < self

    def __ge__(self, other: "Period") -> bool:
        return not self < other


# One value for each, so that what a period works out of itself is worked out once.
@lru_cache(maxsize=4096)
def _numbered(whole: int, frequency: Frequency) -> Period:
    """The period of `frequency` before which `whole` of them have passed since year 0."""
    per_year = 12 // frequency.months
    return Period(whole // per_year, frequency, whole % per_year + 1)


def parse_at(text: str, *, pointer: str | None = None, parameter: str | None = None) -> Period:
    """`Period.parse` whose refusal names the place the text came from."""
    try:
        return Period.parse(text)
    except Problem:
        raise refuse(
            "period-malformed",
            pointer=pointer,
            parameter=parameter,
            given=text,
            expected="2025, 2025-S1, 2025-Q1, 2025-03",
        ) from None


def check_range(first: Period | None, last: Period | None) -> None:
    """Refuse `period_from` after `period_to`: no period lies between, and an empty answer would look like silence."""
    if first is not None and last is not None and first.first > last.last:
        raise refuse("range-reversed", parameter="period_from", given=str(first), expected=f"≤ {last}")
