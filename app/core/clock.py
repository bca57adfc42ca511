"""Two clocks meet here: instants are UTC, the service's day is that of Thanh Hóa (Asia/Ho_Chi_Minh)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(instant: datetime) -> date:
    """The day in the city at `instant`."""
    return instant.astimezone(CITY_TIME).date()


# The rows of one change share their instant.
@lru_cache(maxsize=4096)
def rfc3339(instant: datetime) -> str:
    """`2026-11-22T13:46:45.123456Z` (RFC 3339, UTC)."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, handed to whoever needs it; a test hands another."""

    now: Callable[[], datetime]

    def today(self) -> date:
        return day_of(self.now())


SYSTEM_CLOCK = Clock(lambda: datetime.now(UTC))
