"""Where the ways to targets begin: each indicator's earliest city figure, kept from one change to the next."""

from datetime import date

from app.core.entities import Rule
from app.core.periods import Frequency, Period
from app.core.registry import View
from app.core.targets import Start
from app.db.session import ReadSession
from app.observations import readings

# After so many changes it is cheaper to find the starts anew than to look at all that was said.
MOST_CHANGES = 1000


class Starts:
    """The starts found so far. What is said about later periods leaves them as they are, and nearly all of it is."""

    def __init__(self) -> None:
        self._found: tuple[int, date, dict[str, Start | None]] = (0, date.min, {})

    def at(self, session: ReadSession, view: View) -> dict[str, Start | None]:
        """Those that stand where the session looks, for it to add to; None for an indicator without a figure."""
        seq, day, starts = self._found
        now, today = session.point.seq, session.today
        if (seq, day) == (now, today):
            return starts
        if now < seq:
            return {}
        if day != today or now - seq > MOST_CHANGES:
            starts = {}
        else:
            said = readings.said_since(session, seq)
            starts = {code: start for code, start in starts.items() if _stands(view, code, start, said)}
        self._found = (now, today, starts)
        return starts


def _stands(view: View, code: str, start: Start | None, said: dict[str, int]) -> bool:
    """Whether a start is what it was after this was said: indicators, and their earliest months that it was about."""
    if said and any(definition.rollup is Rule.WEIGHTED_MEAN for definition in view.versions(code)):
        # It stands on another indicator's words too.
        return False
    if code not in said:
        return True
    return start is not None and Period.containing(start.day, Frequency.MONTHLY).ends < said[code]


def starts_of(session: ReadSession, view: View, city: str) -> dict[str, Start | None]:
    if not session.is_now:
        return session.kept(f"starts of {city}")
    kept: Starts = session.remembered(f"starts of {city}", Starts)
    return kept.at(session, view)
