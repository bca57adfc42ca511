"""What was worked out of the ledger as it stands, kept from one change to the next.

A figure stands on its indicator's words about its period and those before. What is said of others leaves it as it is:
so of what was kept before a change everything goes that the change could touch, and the rest is as good as new.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import is_
from typing import Any, NamedTuple

from app.core.figures import Figure
from app.core.periods import Frequency, Period
from app.core.registry import View
from app.core.targets import Start
from app.db.session import ReadSession
from app.observations import readings

MOST_FIGURES = 500

# What a row is made of: a figure, the one before it, and where the way to its target begins.
Made = tuple[Figure, Figure | None, Start | None]


class HeardThen(NamedTuple):
    """What `areas` said in a window as of `seq`; those who have spoken of its indicator since may say other things."""

    areas: tuple[str, ...]
    heard: readings.Heard
    seq: int
    spoke: frozenset[str] = frozenset()

    def after(self, seq: int, said: readings.Said | None) -> "HeardThen":
        """As it is kept after this was said; until somebody spoke it was right at `seq` too."""
        if said is None:
            return self
        return HeardThen(self.areas, self.heard, self.seq if self.spoke else seq, self.spoke | said.areas)


@dataclass(frozen=True)
class Kept:
    """What is known of a city at one seq and day, for whoever looks there, and adds to it.

    Where the ways to targets begin (None for an indicator without a figure), figures by indicator and period, the
    instants of their changes by seq, and their rows by language with what each was made of. Of windows in which not
    everybody spoke, what was heard.
    """

    starts: dict[str, Start | None] = field(default_factory=dict)
    figures: dict[tuple[str, Period], Figure] = field(default_factory=dict)
    instants: dict[int, datetime] = field(default_factory=dict)
    rows: dict[tuple[str, Period], dict[str, tuple[Made, dict[str, Any]]]] = field(default_factory=dict)

    heard: dict[readings.Window, HeardThen] = field(default_factory=dict)

    def keep(self, figure: Figure) -> None:
        if len(self.figures) >= MOST_FIGURES:
            self.figures.clear()
            self.instants.clear()
            self.rows.clear()
        self.figures[figure.definition.code, figure.period] = figure

    def hear(self, seq: int, areas: tuple[str, ...], heard: dict[readings.Window, readings.Heard]) -> None:
        if len(self.heard) + len(heard) > MOST_FIGURES:
            self.heard.clear()
        self.heard.update((window, HeardThen(areas, told, seq)) for window, told in heard.items())

    def row(self, lang: str, of: Made, make: Callable[[*Made], dict[str, Any]]) -> dict[str, Any]:
        """The row that was made of the very same before; else what `make` makes of them, kept if its figure is."""
        figure = of[0]
        key = (figure.definition.code, figure.period)
        rows = self.rows.get(key, {})
        found = rows.get(lang)
        if found is not None and all(map(is_, found[0], of)):
            return found[1]
        row = make(*of)
        if self.figures.get(key) is figure:
            self.rows.setdefault(key, rows)[lang] = of, row
        return row

    def after(self, view: View, seq: int, said: dict[str, readings.Said]) -> "Kept":
        """What of it, right at `seq`, still stands after this was said of these indicators."""
        # A weighted mean stands on another indicator's words too.
        touched = {code: told.earliest for code, told in said.items()}
        touched = dict.fromkeys(view.weighed, 0) | touched if said else touched

        def stands(code: str, ends: int) -> bool:
            return code not in touched or ends < touched[code]

        # Others may be adding to them.
        heard = {window: then.after(seq, said.get(window[0])) for window, then in dict(self.heard).items()}
        starts = {code: start for code, start in dict(self.starts).items() if stands(code, _month(start))}
        figures = {key: figure for key, figure in dict(self.figures).items() if stands(key[0], key[1].ends)}
        instants = {each.seq: at for each in figures.values() if (at := self.instants.get(each.seq))}
        rows = {key: rows for key in figures if (rows := self.rows.get(key))}
        return Kept(starts, figures, instants, rows, heard)


def _month(start: Start | None) -> int:
    """The month about which a word would move the start: any at all where there is none."""
    return sys.maxsize if start is None else Period.containing(start.day, Frequency.MONTHLY).ends


class _Newest:
    """What is kept where the ledger was last looked at."""

    def __init__(self) -> None:
        self._found: tuple[int, date, Kept] = (0, date.min, Kept())

    def at(self, session: ReadSession, view: View) -> Kept:
        seq, day, kept = self._found
        now, today = session.point.seq, session.today
        if (seq, day) == (now, today):
            return kept
        if now < seq:
            return Kept()
        said = readings.said_since(session, seq) if day == today else None
        kept = Kept() if said is None else kept.after(view, seq, said)
        self._found = (now, today, kept)
        return kept


def kept_of(session: ReadSession, view: View, city: str) -> Kept:
    """What is kept of a city for this look; of a look at the past no more than where ways begin."""
    if not session.is_now:
        return Kept(starts=session.kept(f"starts of {city}"))
    newest: _Newest = session.remembered(f"kept of {city}", _Newest)
    return newest.at(session, view)
