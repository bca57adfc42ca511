"""The city's figures on the map of one day: each of its areas with its own word, or one told from its predecessors."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.areas.geography import check_map, shares
from app.city.facts import Facts, Need
from app.core.entities import Area, Definition, Level, Rule
from app.core.figures import Figure, is_break
from app.core.periods import Period
from app.core.registry import View
from app.core.series import Standing, own_period, standing
from app.core.succession import Retold, is_bridged, retell
from app.core.targets import Start
from app.db.session import ReadSession


def facts_on(session: ReadSession, view: View, city: Area, geography: date | None) -> Facts:
    """The facts of each period's own map, or of that of one day. Raises `geography-without-areas`."""
    check_map(view, geography)
    return Facts(session, view, city) if geography is None else MapFacts(session, view, city, geography)


class MapFacts(Facts):
    """Facts whose expected areas are those of one day, whatever the period."""

    def __init__(self, session: ReadSession, view: View, city: Area, day: date) -> None:
        super().__init__(session, view, city)
        self.day = day
        self._retold: dict[tuple[str, Period], list[Retold]] = {}

    def expected(self, definition: Definition, period: Period) -> tuple[Area, ...]:
        level = Level.CITY if definition.rollup is Rule.NONE else definition.level
        return self.view.expected_areas(self.city.id, level, self.day)

    def _load_totals(self, needs: list[Need]) -> tuple[list[Need], list[Need]]:
        # A sum over old areas is not one over the areas of the map.
        return [], needs

    def standings(self, definition: Definition, period: Period) -> list[Standing]:
        return [told.stands for told in self.retold(definition, period)]

    def retold(self, definition: Definition, period: Period) -> list[Retold]:
        shown = own_period(period, definition.frequency)
        found = self._retold.get((definition.code, shown))
        if found is None:

            def said(area: str, at: Period) -> Standing:
                return standing(definition, at, self.history(definition.code, area))

            places = self.expected(definition, shown)
            found = [retell(self.view, definition, place, shown, said) for place in places]
            self._retold[definition.code, shown] = found
        return found

    def figures(self, needs: Sequence[Need]) -> list[Figure]:
        # Those of each period's own map are kept, these are others.
        self.load(needs)
        return [self.figure(need.definition, need.period) for need in needs]

    def starts(self, definitions: Sequence[Definition]) -> dict[str, Start | None]:  # type: ignore[override]
        """Where the ways to targets begin: a fact of the plan, the same on every map."""
        return Facts(self.session, self.view, self.city).starts(definitions)

    def _marked(self, figure: Figure) -> Figure:
        """B where the series cannot be told across the change, else E where a share was used."""
        rolled_up = figure.basis == "rolled_up"
        breaks = [day for day in self.view.breaks if not (rolled_up and self._is_bridged(figure.definition, day))]
        if figure.value_period is not None and is_break(figure.value_period, breaks):
            return replace(figure, status="B")
        if rolled_up and any(told.comparability == "estimated" for told in self._of(figure)):
            return replace(figure, status="E")
        return figure

    def _is_bridged(self, definition: Definition, day: date) -> bool:
        places = self.view.expected_areas(self.city.id, definition.level, self.day)
        return day <= self.day and all(is_bridged(self.view, definition, place, day) for place in places)

    def _of(self, figure: Figure) -> list[Retold]:
        return self.retold(figure.definition, figure.period)

    def told(self, figure: Figure) -> dict[str, Any]:
        """Exact, estimated or not comparable as what the roll-up stands on; the city's own figure is unaffected.

        `reason` is that of most of the areas that are not comparable, also when others give a figure without them;
        where nothing stands, there is one always.
        """
        told = self._of(figure)
        used = [t for t in told if t.stands.reading is not None]
        reasons = [t.reason for t in told if t.reason is not None]
        if figure.basis == "reported" or figure.definition.rollup is Rule.NONE:
            comparability, used = "unaffected", []
        elif figure.value is None:
            comparability, reasons = "not_comparable", reasons or ["silent"]
        else:
            comparability = "estimated" if any(t.comparability == "estimated" for t in used) else "exact"
        return {
            "geography": self.day.isoformat(),
            "comparability": comparability,
            "reason": max(reasons, key=reasons.count) if reasons else None,
            "shares": shares(used),
        }
