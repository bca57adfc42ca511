"""From areas to the city: a rule is a pure function of what each area says (rules.md 4 and 5).

Neither the order of the areas nor any grouping of them can change a value: sums are exact, extremes are symmetric.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from app.core.entities import Criterion, Definition, Measure, Rule
from app.core.numbers import EXACT, Qualifier, combined, decide, extreme, percent, shortest
from app.core.series import Reading, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """What the rule gives. `value` is exact; None when nothing can be said.

    `numerator` and `denominator` are the sums of a ratio, or areas reached and areas expected.
    `undecided` are the areas whose bounded reading cannot decide the criterion.
    """

    expected: int
    reported: int
    carried: int
    value: Fraction | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: Qualifier = Qualifier.EQ
    undecided: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return self.expected - self.reported - self.carried

    def quality(self, min_coverage: Decimal) -> str:
        """`ok` when enough of the expected areas stand behind it, `partial` above none, else `none`."""
        covered = self.reported + self.carried
        if covered == 0:
            return "none"
        return "ok" if covered >= min_coverage * self.expected else "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What exact readings of one period add up to: how many gave a value, how many components, and the sums."""

    areas: int
    values: int
    components: int
    value: Decimal
    numerator: Decimal
    denominator: Decimal
    seq: int

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Totals":
        """The totals of exact, live readings, one an area."""
        with localcontext(EXACT):
            values = [r.value for r in readings if isinstance(r.value, Decimal)]
            pairs = [
                (r.numerator, r.denominator) for r in readings if r.numerator is not None and r.denominator is not None
            ]
            return cls(
                areas=len(readings),
                values=len(values),
                components=len(pairs),
                value=sum(values, Decimal(0)),
                numerator=sum((n for n, _ in pairs), Decimal(0)),
                denominator=sum((d for _, d in pairs), Decimal(0)),
                seq=max((r.seq for r in readings), default=0),
            )


def adds_up(definition: Definition) -> bool:
    """Whether the rule is answered by sums. A flag is 1 or 0, so that their sum is how many are met."""
    flags = definition.measure is Measure.FLAG and definition.criterion is None
    return definition.rollup in _SUMMED or (definition.rollup is Rule.SHARE_REACHING and flags)


_SUMMED = (Rule.SUM, Rule.MEAN, Rule.RATIO_OF_SUMS)


def by_totals(definition: Definition, totals: Totals, *, carried: int = 0, missing: int = 0) -> RollUp | None:
    """The roll-up of areas whose words are exact numbers, from the sums alone: `carried` of them were said before.

    `missing` others are expected. None where the single readings are needed; `roll_up` gives the same where not.
    """
    areas = totals.areas
    coverage = _Coverage(areas + missing, areas - carried, carried)
    if not adds_up(definition):
        return None
    if not areas:
        return coverage.without_value()
    if definition.rollup is Rule.RATIO_OF_SUMS:
        if totals.components < areas:
            return None
        if not totals.denominator:
            return coverage.without_value()
        value = percent(totals.numerator, totals.denominator)
        return coverage.with_value(value, Qualifier.EQ, totals.numerator, totals.denominator)
    if totals.values < areas:
        return None
    total = Fraction(totals.value)
    if definition.rollup is Rule.SHARE_REACHING:
        expected = coverage.expected
        return coverage.with_value(total * 100 / expected, Qualifier.EQ, totals.value, Decimal(expected))
    return coverage.with_value(total if definition.rollup is Rule.SUM else total / areas, Qualifier.EQ)


def roll_up(
    rule: Rule,
    standings: Sequence[Standing],
    *,
    criterion: Criterion | None = None,
    weights: Mapping[str, Reading] | None = None,
) -> RollUp:
    """The figure of all areas from where each stands; one standing an area, silent ones included.

    Not applicable areas leave `expected`; rule `none` has only its coverage. `weights` are the weight indicator's
    readings by area (`weighted_mean`): an area without one counts as missing. Without any reading the value is None;
    `share_reaching` of silent areas alone too.
    """
    expected = [s for s in standings if s.state != "not_applicable"]
    heard = [(s.state, s.reading) for s in expected if s.reading is not None]
    if rule is Rule.WEIGHTED_MEAN:
        weights = weights or {}
        heard = [(state, r) for state, r in heard if r.area in weights and _weighs(weights[r.area])]
    coverage = _Coverage(len(expected), sum(s == "reported" for s, _ in heard), sum(s == "carried" for s, _ in heard))
    readings = [r for _, r in heard]
    if not readings or rule is Rule.NONE:
        return coverage.without_value()
    if rule is Rule.SHARE_REACHING:
        return _share_reaching(coverage, readings, criterion)
    if rule is Rule.RATIO_OF_SUMS:
        return _ratio_of_sums(coverage, readings)
    numbers = [(value, r) for r in readings if (value := r.exact) is not None]
    qualifier = combined([r.qualifier for _, r in numbers])
    if not numbers or qualifier is None:
        return coverage.without_value()
    if rule in (Rule.MIN, Rule.MAX):
        found = extreme([(v, r.qualifier) for v, r in numbers], highest=rule is Rule.MAX)
        return coverage.with_value(*found) if found else coverage.without_value()
    if rule is Rule.WEIGHTED_MEAN:
        return _weighted(coverage, numbers, weights or {}, qualifier)
    total = sum((v for v, _ in numbers), Fraction(0))
    return coverage.with_value(total if rule is Rule.SUM else total / len(numbers), qualifier)


@dataclass(frozen=True, slots=True)
class _Coverage:
    expected: int
    reported: int
    carried: int

    def without_value(self) -> RollUp:
        return RollUp(expected=self.expected, reported=self.reported, carried=self.carried)

    def with_value(
        self,
        value: Fraction,
        qualifier: Qualifier,
        numerator: Decimal | None = None,
        denominator: Decimal | None = None,
        undecided: tuple[str, ...] = (),
    ) -> RollUp:
        return RollUp(
            expected=self.expected,
            reported=self.reported,
            carried=self.carried,
            value=value,
            qualifier=qualifier,
            # However they were added up, they are written alike.
            numerator=None if numerator is None else shortest(numerator),
            denominator=None if denominator is None else shortest(denominator),
            undecided=undecided,
        )


def _weighs(weight: Reading) -> bool:
    """Whether a reading can weigh: a bound or 0 of 0 is no weight."""
    return weight.qualifier is Qualifier.EQ and weight.exact is not None


def _ratio_of_sums(coverage: _Coverage, readings: list[Reading]) -> RollUp:
    """911/1102 of 1/2, 10/100 and 900/1000; a total denominator of 0, or a reading without components, gives none."""
    with localcontext(EXACT):
        numerator = denominator = Decimal(0)
        for reading in readings:
            if reading.numerator is None or reading.denominator is None:
                return coverage.without_value()
            numerator += reading.numerator
            denominator += reading.denominator
    qualifier = combined([r.qualifier for r in readings])
    if not denominator or qualifier is None:
        return coverage.without_value()
    return coverage.with_value(percent(numerator, denominator), qualifier, numerator, denominator)


def reaches(reading: Reading, criterion: Criterion | None) -> bool | None:
    """Whether an area meets the criterion (a flag: is met); None when its bound cannot decide, False for 0 of 0."""
    value = reading.exact
    if value is None:
        return False
    comparator, threshold = (criterion.comparator, criterion.value) if criterion else (Qualifier.GE, Decimal(1))
    return decide(comparator, Fraction(threshold), value, reading.qualifier)


def _share_reaching(coverage: _Coverage, readings: list[Reading], criterion: Criterion | None) -> RollUp:
    """100 × areas that meet the criterion ÷ all areas expected: the 33/47 of the plan."""
    verdicts = [(r.area, reaches(r, criterion)) for r in readings]
    reached = sum(verdict is True for _, verdict in verdicts)
    return coverage.with_value(
        Fraction(100 * reached, coverage.expected),
        Qualifier.EQ,
        Decimal(reached),
        Decimal(coverage.expected),
        tuple(sorted(area for area, verdict in verdicts if verdict is None)),
    )


def _weighted(
    coverage: _Coverage, numbers: list[tuple[Fraction, Reading]], weights: Mapping[str, Reading], qualifier: Qualifier
) -> RollUp:
    weighted = [(weights[r.area].exact or Fraction(0), value) for value, r in numbers]
    total = sum((weight for weight, _ in weighted), Fraction(0))
    if not total:
        return coverage.without_value()
    return coverage.with_value(sum((weight * value for weight, value in weighted), Fraction(0)) / total, qualifier)
