"""Targets: is it met, and is the city on its way (rules.md 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

from app.core.entities import Direction, Interim, Target
from app.core.figures import Figure
from app.core.numbers import Qualifier, decide

Status = Literal["no_data", "unknown", "met", "overdue", "no_baseline", "on_track", "at_risk", "off_track"]

# 80 % of the way required by now still counts as "at risk"; below it is "off track".
AT_RISK = Fraction(80, 100)
_NOTHING = Fraction(0)
DAYS_A_YEAR = Fraction(1461, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the way begins: the target's own baseline, or the earliest city figure."""

    value: Fraction
    day: date
    source: Literal["target", "earliest_figure"]


class Corner(NamedTuple):
    """A point of the way: its baseline, an interim point, or the target itself."""

    day: date
    value: Fraction
    kind: Literal["baseline", "interim", "target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A target's status with every input. `gap` and `pace_per_year` are None without an exact figure."""

    target: Target
    status: Status
    met: bool | None
    gap: Fraction | None
    baseline: Start | None
    required: Fraction | None
    pace_per_year: Fraction | None


def concerns_city(target: Target) -> bool:
    """Whether a city figure can be held against it; a target of one commune is that commune's own."""
    return target.level != "commune" or target.area is None


def shown_target(targets: Sequence[Target], day: date) -> Target | None:
    """The target beside the city figure: the city's (a district's, else all communes') earliest due from `day` on.

    `targets` come ordered by due, then id; when all are past, the one due last stays.
    """
    known = [t for t in targets if concerns_city(t)]
    of_city = [t for t in known if t.level in ("city", "district")] or known
    still_due = next((t for t in of_city if t.due >= day), None)
    return still_due or max(of_city, key=attrgetter("due"), default=None)


def way(target: Target, direction: Direction) -> int:
    """1 for a target to climb to, -1 for one to fall to; an exact one follows its indicator."""
    if target.comparator is Qualifier.EQ:
        return 1 if direction is Direction.UP else -1
    return 1 if target.comparator.direction > 0 else -1


def progress(target: Target, figure: Figure | None, start: Start | None, today: date) -> Progress:
    """Its standing, and what that comes from."""
    if figure is None or figure.value is None:
        return Progress(
            target=target, status="no_data", met=None, gap=None, baseline=start, required=None, pace_per_year=None
        )
    status, met, gap = standing(target, figure, start, today)
    rest = exact_goal(target) - figure.value
    return Progress(
        target=target,
        status=status,
        met=met,
        gap=gap,
        baseline=start,
        required=required_on(corners(target, start), figure.day) if start else None,
        pace_per_year=None if figure.bounded else _pace(rest, figure.day, target.due, met=met),
    )


def standing(
    target: Target, figure: Figure | None, start: Start | None, today: date
) -> tuple[Status, bool | None, Fraction | None]:
    """Status, whether it is met, and the gap.

    The first that applies: no_data, unknown (a bound cannot decide), met, overdue, no_baseline, then the way.
    """
    if figure is None or figure.value is None:
        return "no_data", None, None
    goal, value = exact_goal(target), figure.value
    met = decide(target.comparator, goal, value, figure.qualifier)
    gap = None
    if not figure.bounded:
        rest = goal - value if way(target, figure.definition.direction) > 0 else value - goal
        gap = rest if rest.numerator > 0 else _NOTHING
    return _status(target, figure, met, start, goal, today), met, gap


def exact_goal(target: Target) -> Fraction:
    return _exact(target.value)


@lru_cache(maxsize=4096)
def _exact(value: Decimal) -> Fraction:
    return Fraction(value)


def corners(target: Target, start: Start | None) -> tuple[Corner, ...]:
    """The way from the baseline through the interim points after it to the target; the target alone if due by then."""
    goal = Corner(target.due, exact_goal(target), "target")
    if start is not None and target.due <= start.day:
        return (goal,)
    begin = [Corner(start.day, start.value, "baseline")] if start else []
    points = [Corner(p.date, Fraction(p.value), "interim") for p in target.trajectory]
    return (*begin, *(p for p in points if start is None or p.day > start.day), goal)


def stretch(way: Sequence[Corner], day: date) -> tuple[Corner, Corner]:
    """The two corners between which `day` lies: the first two before the way begins, the last one twice at its end."""
    found = next(((one, other) for one, other in pairwise(way) if day < other.day), None)
    return found or (way[-1], way[-1])


def required_on(way: Sequence[Corner], day: date) -> Fraction:
    """Where the way is on `day`, straight between its corners; the target itself from its due day on."""
    one, other = stretch(way, day)
    if one == other:
        return one.value
    return one.value + (other.value - one.value) * Fraction((day - one.day).days, (other.day - one.day).days)


def next_point(target: Target, day: date) -> Interim:
    """What is due next after `day`: the first interim point after it, else the target itself."""
    return next((p for p in target.trajectory if p.date > day), Interim(target.due, target.value))


def _status(
    target: Target,
    figure: Figure,
    met: bool | None,
    start: Start | None,
    goal: Fraction,
    today: date,
) -> Status:
    if met is None:
        return "unknown"
    if met:
        return "met"
    if target.due < figure.day or target.due < today:
        return "overdue"
    if start is None or figure.value is None:
        return "no_baseline"
    ahead = 1 if goal > start.value else -1
    up = way(target, figure.definition.direction)
    if goal == start.value or ahead != up:
        return "off_track"
    required = required_on(corners(target, start), figure.day)
    return _on_the_way(figure.value, figure.qualifier, start.value, required, up)


def _on_the_way(value: Fraction, qualifier: Qualifier, begin: Fraction, required: Fraction, up: int) -> Status:
    """Which line the value has reached, seen from the one required by now; `unknown` where its bound cannot tell."""
    reaches = Qualifier.GE if up > 0 else Qualifier.LE
    lines: tuple[tuple[Status, Fraction], ...] = (
        ("on_track", required),
        ("at_risk", begin + AT_RISK * (required - begin)),
    )
    for status, line in lines:
        reached = decide(reaches, line, value, qualifier)
        if reached is not False:
            return status if reached else "unknown"
    return "off_track"


def _pace(rest: Fraction, day: date, due: date, *, met: bool | None) -> Fraction | None:
    """What a year must still bring (365.25 days); 0 when met, None when there is no time left."""
    if met:
        return Fraction(0)
    days = (due - day).days
    return rest * DAYS_A_YEAR / days if days > 0 else None
