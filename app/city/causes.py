"""Why a figure says something else: what of all it stands on was touched between two moments.

    definition_change   another version of the rule applies to the period (or the indicator came or was retired)
    area_change         other areas are expected, or the map broke in the figure's period
    correction          a cell it stands on, or stood on, had been said and was revised, withdrawn or said again
    late_report         a cell it stands on had not been said at the earlier moment
    target_change       the target it is held against is another

Cells are those of the areas expected, of the indicator and of its weights, and the city's own; where the way to the
target begins at the earliest figure, those of that figure too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from app.city.facts import Facts, Need
from app.city.moments import Moment, Pair
from app.core.entities import Definition, Target
from app.core.explain import words
from app.core.figures import is_break
from app.core.periods import Period
from app.core.series import Reading, own_period
from app.core.targets import shown_target
from app.observations.tables import Revision

# What comes first is the deepest: where the rule is another, the rest explains less.
CAUSES = ("definition_change", "area_change", "correction", "late_report", "target_change")

# What a definition says that no figure depends on.
_WORDS = {"code", "version", "seq", "valid_from", "name_vi", "name_en", "domain", "clause", "quote"}
_WORDS |= {"definition_vi", "definition_en", "retired"}
_TARGET = ("id", "level", "area", "comparator", "value", "due", "baseline", "trajectory")

Key = tuple[str, str, str]


@dataclass
class Touched:
    """The causes of one figure's change, and how many cells were late or corrected."""

    causes: set[str] = field(default_factory=set)
    late_reports: int = 0
    corrections: int = 0


def touched(earlier: Moment, later: Moment, changed: Sequence[Pair]) -> dict[Pair, Touched]:
    """Why each of these figures differs."""
    moments = (earlier, later)
    looked_at = {pair: [pair, *_starts(earlier, later, pair)] for pair in changed}
    for moment in moments:
        moment.load({p for pairs in looked_at.values() for p in pairs}, singly=True)
    differing = {pair: {k for p in pairs for k in _differing(moments, p)} for pair, pairs in looked_at.items()}
    said_first = _first_said(earlier, later, sorted(set().union(*differing.values())))
    found = {}
    for pair, pairs in looked_at.items():
        one = found[pair] = Touched()
        late = [said_first[key] for key in differing[pair] if key in said_first]
        one.late_reports, one.corrections = sum(late), len(late) - sum(late)
        tests = {
            "definition_change": any(_another_rule(moments, p) for p in pairs),
            "area_change": any(_another_map(moments, p) for p in pairs),
            "correction": one.corrections > 0,
            "late_report": one.late_reports > 0,
            "target_change": _another_target(moments, pair),
        }
        one.causes = {cause for cause, holds in tests.items() if holds}
    return found


def _starts(earlier: Moment, later: Moment, pair: Pair) -> Iterator[Pair]:
    """The figures at which the way to the target begins, where they are others now."""
    code, _ = pair
    starts = [moment.starts([code]).get(code) for moment in (earlier, later)]
    definition = later.view.definition(code)
    if starts[0] != starts[1] and definition is not None:
        for start in filter(None, starts):
            yield code, Period.containing(start.day, definition.frequency)


def _another_rule(moments: tuple[Moment, Moment], pair: Pair) -> bool:
    rules = []
    for moment in moments:
        need = moment.need(*pair)
        weight = moment.facts.weight_of(need) if need and moment.facts else None
        rules.append([_rule(n.definition) for n in (need, weight) if n is not None])
    return rules[0] != rules[1]


def _rule(definition: Definition) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in definition.__slots__ if name not in _WORDS}


def _another_map(moments: tuple[Moment, Moment], pair: Pair) -> bool:
    earlier, later = moments
    need = later.need(*pair)
    if need is None or earlier.facts is None or later.facts is None:
        return False
    shown = own_period(need.period, need.definition.frequency)
    expected = [[area.id for area in facts.expected(need.definition, shown)] for facts in (earlier.facts, later.facts)]
    figure = later.facts.figure(need.definition, need.period)
    broken = {is_break(figure.value_period or shown, moment.view.breaks) for moment in moments}
    return expected[0] != expected[1] or len(broken) > 1


def _another_target(moments: tuple[Moment, Moment], pair: Pair) -> bool:
    """Whether on either moment's day another target, or other words of it, stand beside the figure."""
    for judge in moments:
        figure = judge.figure(*pair)
        day = figure.day if figure and figure.value is not None else judge.session.today
        shown = [shown_target(moment.targets(pair[0]), day) for moment in moments]
        if _content(shown[0]) != _content(shown[1]):
            return True
    return False


def _content(target: Target | None) -> tuple[Any, ...] | None:
    return None if target is None else tuple(getattr(target, name) for name in _TARGET)


def _differing(moments: tuple[Moment, Moment], pair: Pair) -> set[Key]:
    """The cells that the figure stands on at one moment and not, or with other words, at the other."""
    one, other = (_stands_on(moment, pair) for moment in moments)
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def _stands_on(moment: Moment, pair: Pair) -> dict[Key, tuple[Any, ...]]:
    need, facts = moment.need(*pair), moment.facts
    if need is None or facts is None:
        return {}
    readings = list(_heard(facts, need))
    weight = facts.weight_of(need)
    if weight is not None:
        readings += _heard(facts, weight)
    reported = facts.figure(need.definition, need.period).reported_reading
    if reported is not None:
        readings += words(need.definition, reported.period, facts.history(need.definition.code, facts.city.id))
    return {(r.indicator, r.area, str(r.period)): r[3:8] for r in readings}


def _heard(facts: Facts, need: Need) -> Iterator[Reading]:
    definition = need.definition
    shown = own_period(need.period, definition.frequency)
    for area in facts.expected(definition, shown):
        yield from words(definition, shown, facts.history(definition.code, area.id))


def _first_said(earlier: Moment, later: Moment, keys: Sequence[Key]) -> dict[Key, bool]:
    """Of the cells somebody spoke of between the two moments: whether nothing had been said of them before."""
    found: dict[Key, bool] = {}
    for code, of_it in groupby(keys, key=itemgetter(0)):
        some = list(of_it)
        asked = {"areas": {area for _, area, _ in some}, "periods": {period for _, _, period in some}}
        spoken = {name: sorted(values) for name, values in asked.items()} | {"code": code}
        rows = later.session.rows(_SPOKEN, spoken | {"first": earlier.session.as_of, "last": later.session.as_of})
        found |= {(code, row[0], row[1]): row[2] == 1 for row in rows}
    return found


# An indicator at a time: SQLite finds no index for a list of pairs.
_SPOKEN = (
    select(col(Revision.area), col(Revision.period), func.min(col(Revision.revision)))
    .where(
        col(Revision.indicator) == bindparam("code"),
        col(Revision.area).in_(bindparam("areas", expanding=True)),
        col(Revision.period).in_(bindparam("periods", expanding=True)),
        col(Revision.seq) > bindparam("first"),
        col(Revision.seq) <= bindparam("last"),
    )
    .group_by(col(Revision.area), col(Revision.period))
)
