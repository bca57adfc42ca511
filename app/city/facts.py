"""The readings that figures need, loaded with a few statements, and the figures made of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.changes import queries as changes
from app.city.kept import kept_of
from app.core.entities import Area, Definition, Level, OverTime, Rule
from app.core.figures import Figure, city_figure, headline, is_break
from app.core.periods import Frequency, Period
from app.core.registry import View
from app.core.rollup import RollUp, Totals, adds_up, by_totals
from app.core.series import MISSING, History, Reading, Standing, own_period, standing, window
from app.core.succession import Retold
from app.core.targets import Start
from app.db.session import ReadSession
from app.observations import readings, tallies
from app.observations.readings import Heard, Window

_EMPTY: History = {}
# Rules whose figure stands on more than the readings of the areas below the city.
_OF_OTHERS = (Rule.NONE, Rule.WEIGHTED_MEAN)
# Beyond so many windows of one indicator a walk over their whole span is cheaper, for they overlap.
MOST_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Need:
    """A figure that will be asked for; `definition` is the version that applies to `period`."""

    definition: Definition
    period: Period

    @property
    def is_own(self) -> bool:
        """Whether the period has the indicator's own frequency."""
        return self.period.frequency is self.definition.frequency


class Facts:
    """Readings by indicator and area, as known at the session's `as_of`; figures are made once and kept."""

    def __init__(self, session: ReadSession, view: View, city: Area) -> None:
        self.session = session
        self.view = view
        self.city = city
        self._readings: dict[str, dict[str, dict[Period, Reading]]] = defaultdict(lambda: defaultdict(dict))
        self._rolled: dict[tuple[str, Period], tuple[RollUp, int]] = {}
        self._figures: dict[tuple[str, Period], Figure] = {}
        self.kept = kept_of(session, view, city.id)

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self, needs: Iterable[Need], *, singly: bool = False) -> None:
        """Load what these figures stand on.

        Where every expected area gave an exact number, the sums are enough, unless each area's own word is wanted
        (`singly`); else the readings of the period or, where somebody is silent in it, each area's last word.
        """
        shown = [self._shown(need) for need in needs]
        # A weight is each area's own word: its sum would not do.
        weights = [weight for need in shown if (weight := self.weight_of(need))]
        self._load_longer([need for need in (*shown, *weights) if not need.is_own])
        own = [need for need in shown if need.is_own]
        whole, broken = ([], own) if singly else self._load_totals(own)
        broken += [weight for weight in weights if weight.is_own]
        self._load_periods([*whole, *(need for need in broken if not need.definition.carries)])
        self._load_last([need for need in broken if need.definition.carries])
        self._load_reported([*shown, *weights])

    def _load_totals(self, needs: list[Need]) -> tuple[list[Need], list[Need]]:
        """Roll up by sums what can be; the needs left for which all expected areas spoke, and the others."""
        codes, ends = {n.definition.code for n in needs}, {n.period.ends for n in needs}
        now = self.session.is_now
        kept = tallies.of(self.session, self.city.id, sorted(codes), sorted(ends)) if needs and now else {}
        whole: list[Need] = []
        partly: list[Need] = []
        broken: list[Need] = []
        for need in needs:
            told = kept.get((need.definition.code, need.period.ends))
            if told is not None and self._is_whole(need, told):
                if not self._roll(need, told.totals):
                    whole.append(need)
            # Where nobody has spoken yet, a word from long ago is looked for with those of other rules.
            elif adds_up(need.definition) and (told is not None or not now):
                partly.append(need)
            else:
                broken.append(need)
        left = self._load_heard(partly, near=True)
        count = Counter(need.definition.code for need in left)
        few = [need for need in left if count[need.definition.code] <= MOST_WINDOWS]
        broken += [need for need in left if count[need.definition.code] > MOST_WINDOWS]
        return whole, broken + self._load_heard(few, near=False)

    def _is_whole(self, need: Need, told: tallies.Tallied) -> bool:
        """Whether all expected areas and nobody else are in a tally."""
        if told.at is None:
            return False
        self.kept.instants[told.totals.seq] = told.at
        expected = self.view.expected_mark(self.city.id, need.definition.level, need.period.last)
        return (told.totals.areas, told.mark) == expected

    def _roll(self, need: Need, totals: Totals, **others: int) -> bool:
        """Roll up by sums, if that can be."""
        rolled = by_totals(need.definition, totals, **others)
        if rolled is not None:
            self._rolled[need.definition.code, need.period] = rolled, totals.seq
        return rolled is not None

    def _load_heard(self, needs: list[Need], *, near: bool) -> list[Need]:
        """Roll up by sums of last words: of the two newest periods, or of all that may be carried; the needs left."""
        groups: dict[tuple[str, ...], list[Need]] = defaultdict(list)
        for need in needs:
            groups[tuple(area.id for area in self.expected(need.definition, need.period))].append(need)
        left: list[Need] = []
        for areas, some in groups.items():
            windows = [self._window(need, near=near) for need in some]
            heard = self._heard(set(windows), areas)
            for need, each in zip(some, windows, strict=True):
                told = heard[each]
                silent = len(areas) - told.not_applicable - told.totals.areas
                looked = not silent or self._window(need, near=False) in heard
                others = {"carried": told.carried, "missing": silent}
                if told.bounded or not looked or not self._roll(need, told.totals, **others):
                    left.append(need)
        return left

    def _heard(self, windows: set[Window], areas: tuple[str, ...]) -> dict[Window, Heard]:
        """What these areas last said in each window: as it was kept, put right by those who spoke since, or asked."""
        kept = {each: then for each in windows if (then := self.kept.heard.get(each)) and then.areas == areas}
        found = {each: then.heard for each, then in kept.items() if not then.spoke}
        late: dict[tuple[int, frozenset[str]], list[Window]] = defaultdict(list)
        for each, then in kept.items():
            if 0 < len(then.spoke) <= readings.FEW:
                late[then.seq, then.spoke].append(each)
        for (seq, spoke), some in late.items():
            whom = sorted(spoke.intersection(areas))
            before = readings.heard(replace(self.session, as_of=seq), some, whom)
            now = readings.heard(self.session, some, whom)
            told = ((each, kept[each].heard.corrected(before[each], now[each])) for each in some)
            found |= {each: heard for each, heard in told if heard is not None}
        if asked := windows - found.keys():
            found |= readings.heard(self.session, sorted(asked), areas)
        self.kept.hear(self.session.as_of, areas, found)
        return found

    def _window(self, need: Need, *, near: bool) -> Window:
        """The months from which a word may stand in a period; only the one before it where `near`."""
        definition, ends = need.definition, need.period.ends
        back = min(definition.carries, definition.frequency.months) if near else definition.carries
        return definition.code, ends - back, ends

    def _shown(self, need: Need) -> Need:
        """The need at the own period shown."""
        return Need(need.definition, own_period(need.period, need.definition.frequency))

    def weight_of(self, need: Need) -> Need | None:
        """The indicator by which the areas are weighed, at the own period shown; None under any other rule."""
        definition = need.definition
        if definition.rollup is not Rule.WEIGHTED_MEAN or definition.weight is None:
            return None
        shown = own_period(need.period, definition.frequency)
        weight = self.view.definition_for(definition.weight, shown)
        return Need(weight, own_period(shown, weight.frequency)) if weight else None

    def load_window(self, codes: Sequence[str], first: int, last: int) -> None:
        """Every reading of these indicators whose period ends in these months, both included."""
        self._keep(readings.in_span(self.session, codes, first, last))

    def _load_longer(self, needs: Sequence[Need]) -> None:
        """What periods longer than an indicator's own are made of, once for each indicator.

        Of a flow or mean all the city ever reported too: an older longer period may be its newest whole one.
        """
        spans: dict[str, list[int]] = defaultdict(list)
        for need in needs:
            spans[need.definition.code] += window(need.definition, need.period)
        for code, months in spans.items():
            self.load_window([code], min(months), max(months))
        for code in {n.definition.code for n in needs if n.definition.over_time is not OverTime.LATEST}:
            self._keep(readings.of_area(self.session, [code], self.city.id, 0, max(spans[code])))

    def _load_periods(self, needs: list[Need]) -> None:
        codes = sorted({n.definition.code for n in needs})
        ends = sorted({n.period.ends for n in needs})
        if codes:
            self._keep(readings.in_periods(self.session, codes, ends))

    def _load_last(self, needs: list[Need]) -> None:
        """Each area's last word that may stand in a period."""
        windows: dict[str, set[Window]] = defaultdict(set)
        for need in needs:
            windows[need.definition.code].add(self._window(need, near=False))
        few = sorted(window for some in windows.values() if len(some) <= MOST_WINDOWS for window in some)
        if few:
            self._keep(readings.latest(self.session, few))
        for code, some in windows.items():
            if len(some) > MOST_WINDOWS:
                self.load_window([code], min(first for _, first, _ in some), max(last for *_, last in some))

    def _load_reported(self, needs: list[Need]) -> None:
        """The city's own words in the span of these periods, and its newest figure before, however old."""
        codes = sorted({n.definition.code for n in needs})
        ends = sorted({n.period.ends for n in needs})
        if not codes:
            return
        self._keep(readings.of_city(self.session, codes, self.city.id, ends[0], ends[-1]))

    def _keep(self, found: Iterable[Reading]) -> None:
        for reading in found:
            self._readings[reading.indicator][reading.area][reading.period] = reading

    # -- which periods there are -----------------------------------------------------------------------------------

    def newest_periods(self, definitions: Iterable[Definition]) -> dict[str, Period]:
        """Each indicator's newest begun period in which a ward or the city gave a number."""
        return self._edges(definitions, newest=True)

    def earliest_periods(self, definitions: Iterable[Definition]) -> dict[str, Period]:
        return self._edges(definitions, newest=False)

    def _edges(self, definitions: Iterable[Definition], *, newest: bool) -> dict[str, Period]:
        by_frequency: dict[Frequency, list[str]] = defaultdict(list)
        for definition in definitions:
            by_frequency[definition.frequency].append(definition.code)
        found: dict[str, Period] = {}
        for frequency, codes in by_frequency.items():
            found |= readings.edges(self.session, codes, frequency, newest=newest)
        return found

    # -- figures ---------------------------------------------------------------------------------------------------

    def expected(self, definition: Definition, period: Period) -> tuple[Area, ...]:
        """The areas whose word is due; for rule `none` the city itself is the one."""
        if definition.rollup is Rule.NONE:
            return self.view.expected_areas(self.city.id, Level.CITY, period.last)
        return self.view.expected_areas(self.city.id, definition.level, period.last)

    def standings(self, definition: Definition, period: Period) -> list[Standing]:
        """Where each expected area stands at `period` (or at the own period shown for a shorter one)."""
        shown = own_period(period, definition.frequency)
        said = self._readings[definition.code]
        histories = (said.get(area.id) for area in self.expected(definition, shown))
        return [standing(definition, shown, history) if history else MISSING for history in histories]

    def history(self, code: str, area: str) -> History:
        """What is loaded of one area's readings."""
        return self._readings[code].get(area, _EMPTY)

    def weights(self, definition: Definition, period: Period) -> Mapping[str, Reading] | None:
        if definition.rollup is not Rule.WEIGHTED_MEAN or definition.weight is None:
            return None
        weight = self.view.definition_for(definition.weight, period)
        if weight is None:
            return {}
        return {s.reading.area: s.reading for s in self.standings(weight, period) if s.reading is not None}

    def figures(self, needs: Sequence[Need]) -> list[Figure]:
        """The figure of each: as it was kept, else made now."""
        kept = [self.kept.figures.get((need.definition.code, need.period)) for need in needs]
        self.load(need for need, figure in zip(needs, kept, strict=True) if figure is None)
        return [figure or self._made(need) for need, figure in zip(needs, kept, strict=True)]

    def _made(self, need: Need) -> Figure:
        figure = self.figure(need.definition, need.period)
        self.kept.keep(figure)
        return figure

    def instants(self, figures: Iterable[Figure]) -> dict[int, datetime]:
        """When the changes were made that these figures stand on, by their seq."""
        wanted, kept = {figure.seq for figure in figures}, self.kept.instants
        known = {seq: at for seq in wanted if (at := kept.get(seq))}
        if unknown := wanted - known.keys():
            known |= (asked := changes.instants(self.session, unknown))
            kept.update(asked)
        return known

    def figure(self, definition: Definition, period: Period) -> Figure:
        """The city figure; what it stands on must have been loaded."""
        key = (definition.code, period)
        found = self._figures.get(key)
        if found is None:
            found = self._marked(self._figure(definition, period))
            self._figures[key] = found
        return found

    def _marked(self, figure: Figure) -> Figure:
        """With the status B where it is the first one after an area change."""
        if figure.value_period is not None and is_break(figure.value_period, self.view.breaks):
            return replace(figure, status="B")
        return figure

    def told(self, figure: Figure) -> dict[str, Any]:
        """What a row says of the map its figure was put on: nothing, each period stands on its own day's map."""
        return {}

    def retold(self, definition: Definition, period: Period) -> list[Retold]:
        """The standing of each expected area, and how it is known: by its own word."""
        shown = own_period(period, definition.frequency)
        places, stands = self.expected(definition, shown), self.standings(definition, period)
        return [Retold(place.id, shown, standing) for place, standing in zip(places, stands, strict=True)]

    def _figure(self, definition: Definition, period: Period) -> Figure:
        shown = own_period(period, definition.frequency)
        said = self._readings[definition.code]
        city = said.get(self.city.id, _EMPTY)
        summed = self._rolled.get((definition.code, shown))
        of_wards = definition.level is Level.COMMUNE and definition.rollup not in _OF_OTHERS
        if summed is None and of_wards and said.keys() <= {self.city.id}:
            # Thousands of silent areas are one number, not thousands of standings.
            summed = RollUp(expected=len(self.expected(definition, shown)), reported=0, carried=0), 0
        if summed is not None:
            rolled, seq = summed
            return headline(definition, period, rolled, city, seq)
        return city_figure(
            definition, period, self.standings(definition, period), city, self.weights(definition, shown)
        )

    def starts(self, definitions: Iterable[Definition]) -> dict[str, Start | None]:
        """Each indicator's earliest city figure: where the way to a target begins."""
        wanted = [d for d in definitions if d.code not in self.kept.starts]
        earliest = self.earliest_periods(wanted)
        needs = [Need(self._at(d, earliest[d.code]), earliest[d.code]) for d in wanted if d.code in earliest]
        # Nothing was said of them before these periods, so nothing is carried into them; weights may be.
        plain = [n for n in needs if n.definition.rollup is not Rule.WEIGHTED_MEAN]
        whole, broken = self._load_totals(plain)
        self._load_periods([*whole, *broken])
        self._load_reported(plain)
        self.load(n for n in needs if n.definition.rollup is Rule.WEIGHTED_MEAN)
        for need in needs:
            self.kept.starts[need.definition.code] = self._first_figure(need)
        for definition in wanted:
            self.kept.starts.setdefault(definition.code, None)
        return self.kept.starts

    def _at(self, definition: Definition, period: Period) -> Definition:
        return self.view.definition_for(definition.code, period) or definition

    def _first_figure(self, need: Need) -> Start | None:
        """The first own period from the earliest reading on that has a figure."""
        definition, period = need.definition, need.period
        while period.first <= self.session.today:
            figure = self.figure(self._at(definition, period), period)
            if figure.value is not None:
                return Start(value=figure.value, day=figure.day, source="earliest_figure")
            period = period.next()
            self.load([Need(self._at(definition, period), period)])
        return None
