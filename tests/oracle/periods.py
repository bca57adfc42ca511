"""Periods of rules.md 2, written for the oracle alone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

MONTHS = {"A": 12, "S": 6, "Q": 3, "M": 1}
FORM = re.compile(r"(\d{4})(?:-(?:S([12])|Q([1-4])|(0[1-9]|1[0-2])))?")


def month_start(months: int) -> date:
    """First day of the month that has `months` whole months before it since year 0."""
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """`part` counts from 1 inside the year; a year is its own part 1."""

    frequency: str
    year: int
    part: int = 1

    @classmethod
    def parse(cls, text: str) -> "Period":
        found = FORM.fullmatch(text)
        if found is None:
            raise ValueError(text)
        year, half, quarter, month = found.groups()
        for frequency, part in (("S", half), ("Q", quarter), ("M", month)):
            if part is not None:
                return cls(frequency, int(year), int(part))
        return cls("A", int(year))

    @classmethod
    def containing(cls, day: date, frequency: str) -> "Period":
        return cls(frequency, day.year, (day.month - 1) // MONTHS[frequency] + 1)

    def __str__(self) -> str:
        forms = {"A": f"{self.year:04}", "M": f"{self.year:04}-{self.part:02}"}
        return forms.get(self.frequency, f"{self.year:04}-{self.frequency}{self.part}")

    @cached_property
    def end(self) -> int:
        """Months from year 0 to the end of the period: differences are whole months between last days."""
        return self.year * 12 + self.part * MONTHS[self.frequency]

    @cached_property
    def first(self) -> date:
        return month_start(self.end - MONTHS[self.frequency])

    @cached_property
    def last(self) -> date:
        return month_start(self.end) - timedelta(days=1)

    def step(self, count: int) -> "Period":
        """The period `count` steps later, or earlier when negative."""
        a_year = 12 // MONTHS[self.frequency]
        index = self.year * a_year + self.part - 1 + count
        return Period(self.frequency, index // a_year, index % a_year + 1)

    def parts(self, frequency: str) -> list["Period"]:
        """The shorter periods that fill this one, in order."""
        count = MONTHS[self.frequency] // MONTHS[frequency]
        return [Period.containing(self.last, frequency).step(i - count + 1) for i in range(count)]

    def shown_as(self, frequency: str) -> "Period":
        """rules.md 5: a period shorter than the indicator's shows the last own period that ended by then."""
        if MONTHS[self.frequency] >= MONTHS[frequency]:
            return self
        own = Period.containing(self.last, frequency)
        return own if own.last <= self.last else own.step(-1)
