"""The city as it stood at a moment: what a comparison of two of them holds against each other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.city import queries
from app.city.compare_schemas import FigureSide
from app.city.facts import Facts, Need
from app.city.rows import city_row
from app.core.entities import Definition, Target
from app.core.figures import Figure
from app.core.periods import Period
from app.core.targets import Start, shown_target
from app.db.session import ReadSession
from app.indicators import queries as indicators

Pair = tuple[str, Period]

SIDE = tuple(FigureSide.model_fields)
# What the figure itself says; the rest tells what it stands on.
SAID = tuple(name for name in SIDE if name not in ("target", "definition_version", "updated_at", "seq"))


class Moment:
    """The city as of one of the two moments."""

    def __init__(self, session: ReadSession, city: str) -> None:
        self.session = session
        self.view = indicators.registry(session)
        self.city = self.view.area(city)
        self.facts = Facts(session, self.view, self.city) if self.city else None

    def definitions(self, domains: Sequence[str], codes: Sequence[str]) -> dict[str, Definition]:
        """Those in use then, of these domains and codes."""
        active = (d for d in self.view.definitions() if not d.retired and self.facts is not None)
        return {d.code: d for d in active if (not domains or d.domain in domains) and (not codes or d.code in codes)}

    def newest(self, definitions: Mapping[str, Definition]) -> dict[str, Period]:
        """The period for which each of these is shown where none is asked for."""
        return queries.shown_periods(self.facts, [*definitions.values()], None) if self.facts else {}

    def need(self, code: str, period: Period) -> Need | None:
        """What the figure is made by; None where the indicator is not in use."""
        definition = self.view.definition(code)
        if self.facts is None or definition is None or definition.retired:
            return None
        return queries.needed(self.view, definition, period)

    def load(self, asked: Iterable[tuple[str, Period]], *, singly: bool = False) -> None:
        needs = [need for code, period in asked if (need := self.need(code, period)) is not None]
        if self.facts is not None:
            self.facts.load(needs, singly=singly)

    def starts(self, codes: Iterable[str]) -> dict[str, Start | None]:
        """Where the ways of those with a target begin."""
        with_target = [d for code in sorted(set(codes)) if (d := self.view.definition(code)) and self.targets(code)]
        return self.facts.starts(with_target) if self.facts is not None else {}

    def targets(self, code: str) -> list[Target]:
        return self.view.targets_of(code)

    def figure(self, code: str, period: Period) -> Figure | None:
        need = self.need(code, period)
        return self.facts.figure(need.definition, need.period) if self.facts and need else None

    def side(self, code: str, figure: Figure | None, start: Start | None, times: Mapping[int, Any]) -> Any:
        """What the figure said then."""
        if figure is None or self.city is None:
            return None
        today, targets = self.session.today, self.targets(code)
        row = city_row(figure, None, (self.city.id, ""), "vi", targets, start, today, dict(times))
        target = shown_target(targets, figure.day if figure.value is not None else today)
        row |= {"target": target.id if target else None, "unit_mult": figure.definition.unit_mult}
        row |= {"definition_version": figure.definition.version}
        return {name: row[name] for name in SIDE}
