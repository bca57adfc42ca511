"""Old figures on a newer map (rules.md 1): what an area change lets be told, and the telling.

Exact when all predecessors go whole and lie in the data, each with a figure of that very period; estimated when a part
has a share somebody entered; not comparable otherwise, with the reason. Carried figures are not re-expressed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from app.core.entities import Area, Definition, Level, Link, Measure, OverTime, Rule
from app.core.numbers import EXACT, combined, decimals_of, extreme
from app.core.periods import Period
from app.core.registry import View
from app.core.series import MISSING, Reading, Standing, parts, standing

Effect = Literal["exact", "estimated", "not_comparable", "unaffected"]
Reason = Literal[
    "not-additive",
    "outside-predecessor",
    "share-missing",
    "share-of-extreme",
    "predecessor-silent",
    "components-missing",
    "bounds-contradict",
    "older-map",
    "silent",
]
REASONS = (
    "not-additive: a flag, a mean or an amount of the whole does not follow from those of its parts; "
    "outside-predecessor: a predecessor lies outside the data; "
    "share-missing: nobody entered how much of a divided predecessor came over; "
    "share-of-extreme: a lowest or highest value cannot be divided; "
    "predecessor-silent: a predecessor gave no figure for that very period; "
    "components-missing: a predecessor's ratio has no numerator and denominator; "
    "bounds-contradict: the predecessors' bounds point both ways; "
    "older-map: the area had ended before the period did; "
    "silent: nobody gave a figure, or of a flow or mean not one for each sub-period"
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far the past of one indicator can be told for one new area, and why not further."""

    effect: Effect
    reason: Reason | None = None


def outlook(definition: Definition, predecessors: Sequence[Link]) -> Outlook:
    """What re-expressing the past of a new area can give, from where it comes; each period also needs every reading.

    An indicator that only the city reports is unaffected.
    """
    if definition.level is Level.CITY or definition.rollup is Rule.NONE:
        return Outlook("unaffected")
    if not _is_extreme(definition) and not _is_additive(definition):
        return Outlook("not_comparable", "not-additive")
    if not predecessors or any(link.outside or link.extent is None for link in predecessors):
        return Outlook("not_comparable", "outside-predecessor")
    in_part = [link for link in predecessors if link.extent == "part"]
    if not in_part:
        return Outlook("exact")
    if _is_extreme(definition):
        return Outlook("not_comparable", "share-of-extreme")
    if any(link.share is None for link in in_part):
        return Outlook("not_comparable", "share-missing")
    return Outlook("estimated")


def _is_extreme(definition: Definition) -> bool:
    """Whether the whole's value is the lowest or highest of its parts'."""
    return definition.rollup in (Rule.MIN, Rule.MAX) and definition.measure in (Measure.COUNT, Measure.AMOUNT)


def _is_additive(definition: Definition) -> bool:
    """Whether readings of parts add up to that of the whole: components of ratios, and counts that are not averaged.

    An amount may be a sum of money or a wage; nothing in its definition tells which, so it never adds up.
    """
    if definition.measure is Measure.RATIO:
        return True
    return definition.measure is Measure.COUNT and definition.rollup not in (Rule.MEAN, Rule.WEIGHTED_MEAN)


@dataclass(frozen=True, slots=True)
class Retold:
    """Where an area of the map stands at a period, and how that is known.

    `parts` are its predecessors, each with the link by which it came; of an area that was there itself there are none.
    `over` are its sub-periods, where a period that the change lies in was put together from both maps.
    """

    area: str
    period: Period
    stands: Standing
    comparability: Literal["exact", "estimated", "not_comparable"] = "exact"
    reason: Reason | None = None
    parts: "tuple[tuple[Link, Retold], ...]" = ()
    over: "tuple[Retold, ...]" = ()

    @property
    def is_own(self) -> bool:
        """Whether it is the area's own word, or its silence."""
        return not (self.parts or self.over) and self.comparability == "exact"

    def links(self) -> Iterator[Link]:
        """Every entered share that it stands on."""
        for link, part in self.parts:
            if link.share is not None:
                yield link
            yield from part.links()
        for part in self.over:
            yield from part.links()

    def sources(self, share: Decimal | None = None) -> "Iterator[tuple[Retold, Decimal | None]]":
        """The areas whose own words it is made of, each with how much of it came over; None for the whole."""
        if not (self.parts or self.over):
            yield self, share
        for part in self.over:
            yield from part.sources(share)
        for link, part in self.parts:
            with localcontext(EXACT):
                of = link.share if share is None else share * (link.share or 1)
            yield from part.sources(of)


Said = Callable[[str, Period], Standing]


def retell(view: View, definition: Definition, place: Area, period: Period, said: Said) -> Retold:
    """Where `place`, an area of the map, stands at `period` (an own or longer one); `said` is each area's own standing.

    An area that was there on the period's last day speaks for itself; one that began later is put together from its
    predecessors; one that had ended by then is not comparable.
    """
    if place.valid_on(period.last):
        own = Retold(place.id, period, said(place.id, period))
        return _straddling(view, definition, place, period, said) or own
    if place.valid_from <= period.last:
        return Retold(place.id, period, MISSING, "not_comparable", "older-map")
    links = view.predecessors(place.id)
    look = outlook(definition, links)
    if look.effect not in ("exact", "estimated"):
        return Retold(place.id, period, MISSING, "not_comparable", look.reason or "outside-predecessor")
    olds = [view.area(link.old, link.day) for link in links]
    told = tuple(
        (link, retell(view, definition, old, period, said))
        for link, old in zip(links, olds, strict=True)
        if old is not None
    )
    reason = next((part.reason for _, part in told if part.reason), None)
    if reason is None and any(part.stands.state != "reported" for _, part in told):
        reason = "predecessor-silent"
    made = reason or _together(definition, place.id, period, told)
    if not isinstance(made, Reading):
        return Retold(place.id, period, MISSING, "not_comparable", made, told)
    estimated = any(link.share is not None or part.comparability == "estimated" for link, part in told)
    return Retold(place.id, period, Standing("reported", made), "estimated" if estimated else "exact", None, told)


def _straddling(view: View, definition: Definition, place: Area, period: Period, said: Said) -> Retold | None:
    """A flow or mean over a period in which the area began: its sub-periods before are told on the map too."""
    flows = definition.over_time is not OverTime.LATEST and period.frequency is not definition.frequency
    if not flows or place.valid_from <= period.first or not view.predecessors(place.id):
        return None
    subs = tuple(retell(view, definition, place, sub, said) for sub in parts(period, definition.frequency))
    readings = [sub.stands.reading for sub in subs]
    made = standing(definition, period, {r.period: r for r in readings if r is not None})
    if made.reading is None:
        reason = next((sub.reason for sub in subs if sub.reason), None)
        return Retold(place.id, period, MISSING, "not_comparable", reason, (), subs) if reason else None
    estimated = any(sub.comparability == "estimated" for sub in subs)
    return Retold(place.id, period, made, "estimated" if estimated else "exact", None, (), subs)


def _together(
    definition: Definition, area: str, period: Period, told: Sequence[tuple[Link, Retold]]
) -> Reading | Reason:
    """The reading of the whole from those of its parts, exact to the last digit; or why there is none."""
    heard = [(link.share, part.stands.reading) for link, part in told if part.stands.reading is not None]
    readings = [reading for _, reading in heard]
    qualifier = combined([r.qualifier for r in readings])
    if qualifier is None:
        return "bounds-contradict"
    seq = max([r.seq for r in readings] + [link.seq for link, _ in told if link.share is not None])
    whole = Reading(definition.code, area, period, None, None, None, qualifier, None, seq)
    if _is_extreme(definition):
        values = [(r.exact or Fraction(0), r.qualifier) for r in readings]
        found = extreme(values, highest=definition.rollup is Rule.MAX)
        if found is None:
            return "bounds-contradict"
        return whole._replace(value=next(r.value for r in readings if r.exact == found[0]), qualifier=found[1])
    if definition.measure is not Measure.RATIO:
        return whole._replace(value=_sum((share, r.value) for share, r in heard))
    if any(r.numerator is None for r in readings):
        return "components-missing"
    above, below = (_sum((share, getattr(r, name)) for share, r in heard) for name in ("numerator", "denominator"))
    assert isinstance(above, Decimal)
    assert isinstance(below, Decimal)
    return whole._replace(numerator=above, denominator=below)


def _sum(terms: Iterable[tuple[Decimal | None, Decimal | Fraction | None]]) -> Decimal | Fraction:
    """Each number times its share, added up; only means over time are fractions."""
    numbers = [(Decimal(1) if share is None else share, Decimal(0) if n is None else n) for share, n in terms]
    if any(isinstance(n, Fraction) for _, n in numbers):
        return sum((Fraction(share) * Fraction(n) for share, n in numbers), Fraction(0))
    with localcontext(EXACT):
        return sum((share * n for share, n in numbers if isinstance(n, Decimal)), Decimal(0))


MOST_DECIMALS = 12


def is_share(number: Decimal) -> bool:
    """Whether so much of an area can have come over: more than nothing, less than all, written with few decimals."""
    return 0 < number < 1 and decimals_of(number) <= MOST_DECIMALS


def unbalanced(links: Iterable[Link]) -> dict[str, str]:
    """The old areas whose shares do not add up, and to what they should: `= 1`, or `< 1` while one is missing."""
    shares: dict[str, list[Decimal | None]] = {}
    for link in links:
        if link.extent == "part":
            shares.setdefault(link.old, []).append(link.share)
    found = {}
    for old, given in shares.items():
        total, whole = sum((share for share in given if share is not None), Decimal(0)), None not in given
        if total != 1 if whole else total >= 1:
            found[old] = "= 1" if whole else "< 1"
    return found


def is_bridged(view: View, definition: Definition, place: Area, day: date) -> bool:
    """Whether the past of an area reaches over the area change of `day`: it stood before, or all it came from did."""
    if place.valid_from < day:
        return True
    links = view.predecessors(place.id)
    if outlook(definition, links).effect not in ("exact", "estimated"):
        return False
    olds = [view.area(link.old, link.day) for link in links]
    return all(old is not None and is_bridged(view, definition, old, day) for old in olds)
