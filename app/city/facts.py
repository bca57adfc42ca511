"""The readings that figures need, loaded with a few statements, and the figures made of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Float, and_, cast, func, or_, select
from sqlmodel import col

from app.core.figures import Figure, city_figure
from app.core.periods import Frequency, Period
from app.core.registry import Area, Definition, Level, OverTime, Rule, View
from app.core.series import History, Reading, Standing, own_period, standing, window
from app.core.targets import Start
from app.db.session import ReadSession
from app.indicators.tables import IndicatorRow
from app.observations import queries as observations
from app.observations.tables import Revision

_EMPTY: History = {}


@dataclass(frozen=True, slots=True)
class Need:
    """A figure that will be asked for; `definition` is the version that applies to `period`."""

    definition: Definition
    period: Period


class Facts:
    """Readings by indicator and area, as known at the session's `as_of`; figures are made once and kept."""

    def __init__(self, session: ReadSession, view: View, city: Area) -> None:
        self.session = session
        self.view = view
        self.city = city
        self._readings: dict[str, dict[str, dict[Period, Reading]]] = defaultdict(lambda: defaultdict(dict))
        self._figures: dict[tuple[str, Period], Figure] = {}
        self._starts: dict[str, Start | None] = {}

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self, needs: Iterable[Need]) -> None:
        """Load what these figures stand on: their own periods first, then the last word of areas silent in them."""
        every = [part for need in needs for part in self._with_weight(need)]
        own = [n for n in every if n.period.frequency is n.definition.frequency]
        for need in every:
            if need.period.frequency is not need.definition.frequency:
                self.load_window(need.definition, *window(need.definition, need.period))
                self._load_city_totals(need)
        self._load_periods(own)
        self._load_carried(own)
        self._load_reported(every)

    def _with_weight(self, need: Need) -> list[Need]:
        """The need at the own period shown, and that of its weights."""
        shown = Need(need.definition, own_period(need.period, need.definition.frequency))
        if need.definition.rollup is not Rule.WEIGHTED_MEAN or need.definition.weight is None:
            return [shown]
        weight = self.view.definition_for(need.definition.weight, shown.period)
        return [shown, Need(weight, own_period(shown.period, weight.frequency))] if weight else [shown]

    def load_window(self, definition: Definition, first: int, last: int) -> None:
        """Every reading of an indicator whose period ends in these months, both included."""
        self._keep(observations.readings(self.session, observations.in_window(definition.code, first, last)))

    def _load_city_totals(self, need: Need) -> None:
        """All the city ever reported of a flow or mean: an older longer period may be its newest whole one."""
        if need.definition.over_time is not OverTime.LATEST:
            of_city = col(Revision.area) == self.city.id
            of_it = observations.in_window(need.definition.code, 0, need.period.ends)
            self._keep(observations.readings(self.session, of_it, of_city))

    def _load_periods(self, needs: list[Need]) -> None:
        codes = sorted({n.definition.code for n in needs})
        ends = sorted({n.period.ends for n in needs})
        if codes:
            self._keep(
                observations.readings(self.session, col(Revision.indicator).in_(codes), col(Revision.ends).in_(ends))
            )

    def _load_carried(self, needs: list[Need]) -> None:
        """For areas silent in a period, their last word before it that may still stand."""
        windows: dict[tuple[int, int], set[str]] = defaultdict(set)
        for need in needs:
            definition, period = need.definition, need.period
            if definition.carries and self._some_silent(definition, period):
                windows[period.ends - definition.carries, period.ends - definition.frequency.months].add(
                    definition.code
                )
        for (first, last), codes in windows.items():
            within = and_(col(Revision.indicator).in_(sorted(codes)), col(Revision.ends).between(first, last))
            self._keep(self._latest(within))

    def _some_silent(self, definition: Definition, period: Period) -> bool:
        said = self._readings[definition.code]
        return any(period not in said.get(area.id, _EMPTY) for area in self.expected(definition, period))

    def _latest(self, within: ColumnElement[bool]) -> list[Reading]:
        """The last reading of each indicator and area among those `within`."""
        known = (observations.known(self.session), col(Revision.withdrawn).is_(False))
        last = (
            select(col(Revision.indicator), col(Revision.area), func.max(col(Revision.ends)).label("ends"))
            .where(*known, within)
            .group_by(col(Revision.indicator), col(Revision.area))
            .subquery()
        )
        same = and_(
            col(Revision.indicator) == last.c.indicator,
            col(Revision.area) == last.c.area,
            col(Revision.ends) == last.c.ends,
        )
        return observations.readings(self.session, same)

    def _load_reported(self, needs: list[Need]) -> None:
        """The city's own newest figure not after each period, however old."""
        by_end: dict[int, set[str]] = defaultdict(set)
        for need in needs:
            city = self._readings[need.definition.code].get(self.city.id, _EMPTY)
            if not any(p.ends == need.period.ends and r.exact is not None for p, r in city.items()):
                by_end[need.period.ends].add(need.definition.code)
        for ends, codes in by_end.items():
            within = and_(
                col(Revision.indicator).in_(sorted(codes)),
                col(Revision.area) == self.city.id,
                col(Revision.ends) < ends,
                or_(col(Revision.value).is_not(None), cast(col(Revision.denominator), Float) != 0),
            )
            self._keep(self._latest(within))

    def _keep(self, readings: Iterable[Reading]) -> None:
        for reading in readings:
            self._readings[reading.indicator][reading.area][reading.period] = reading

    # -- which periods there are -----------------------------------------------------------------------------------

    def newest_periods(self, definitions: Iterable[Definition]) -> dict[str, Period]:
        """Each indicator's newest begun period in which a ward or the city gave a number."""
        return self._edges(definitions, newest=True)

    def earliest_periods(self, definitions: Iterable[Definition]) -> dict[str, Period]:
        return self._edges(definitions, newest=False)

    def _edges(self, definitions: Iterable[Definition], *, newest: bool) -> dict[str, Period]:
        """One index probe an indicator, not a walk over all observations."""
        by_frequency: dict[Frequency, list[str]] = defaultdict(list)
        for definition in definitions:
            by_frequency[definition.frequency].append(definition.code)
        found: dict[str, Period] = {}
        ends = col(Revision.ends)
        for frequency, codes in by_frequency.items():
            edge = (
                select(col(Revision.period))
                .where(
                    col(Revision.indicator) == col(IndicatorRow.id),
                    observations.known(self.session),
                    col(Revision.withdrawn).is_(False),
                    col(Revision.status).is_(None),
                    ends <= Period.containing(self.session.today, frequency).ends,
                )
                .order_by(ends.desc() if newest else ends.asc())
                .limit(1)
                .correlate(IndicatorRow)
                .scalar_subquery()
            )
            statement = select(col(IndicatorRow.id), edge).where(col(IndicatorRow.id).in_(sorted(codes)))
            found |= {code: Period.parse(text) for code, text in self.session.rows(statement) if text is not None}
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
        return [standing(definition, shown, said.get(a.id, _EMPTY)) for a in self.expected(definition, shown)]

    def weights(self, definition: Definition, period: Period) -> Mapping[str, Reading] | None:
        if definition.rollup is not Rule.WEIGHTED_MEAN or definition.weight is None:
            return None
        weight = self.view.definition_for(definition.weight, period)
        if weight is None:
            return {}
        return {s.reading.area: s.reading for s in self.standings(weight, period) if s.reading is not None}

    def figure(self, definition: Definition, period: Period) -> Figure:
        """The city figure; what it stands on must have been loaded."""
        key = (definition.code, period)
        found = self._figures.get(key)
        if found is None:
            shown = own_period(period, definition.frequency)
            found = self._figures[key] = city_figure(
                definition,
                period,
                self.standings(definition, period),
                self._readings[definition.code].get(self.city.id, _EMPTY),
                self.weights(definition, shown),
            )
        return found

    def starts(self, definitions: Iterable[Definition]) -> dict[str, Start | None]:
        """Each indicator's earliest city figure: where the way to a target begins."""
        wanted = [d for d in definitions if d.code not in self._starts]
        earliest = self.earliest_periods(wanted)
        needs = [Need(self._at(d, earliest[d.code]), earliest[d.code]) for d in wanted if d.code in earliest]
        self._load_periods([part for need in needs for part in self._with_weight(need)])
        for need in needs:
            self._starts[need.definition.code] = self._first_figure(need)
        for definition in wanted:
            self._starts.setdefault(definition.code, None)
        return self._starts

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
