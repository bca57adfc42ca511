"""What an area change does to figures: which past of a new area can be told on the newer map (rules.md 1).

Exact when all predecessors go whole and lie in the data; estimated when a part has a share somebody entered; not
comparable when a part has none, a predecessor lies outside the data, or parts cannot be put together by the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.core.registry import Definition, Level, Link, Measure, Rule

Effect = Literal["exact", "estimated", "not_comparable", "unaffected"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far the past of one indicator can be told for one new area, and why not further.

    `reason` is `outside_predecessor`, `part_without_share`, `share_of_extreme` or `not_additive`.
    """

    effect: Effect
    reason: str | None = None


def outlook(definition: Definition, predecessors: Sequence[Link]) -> Outlook:
    """What re-expressing the past of a new area can give, from where it comes; each period also needs every reading.

    An indicator that only the city reports is unaffected.
    """
    if definition.level is Level.CITY or definition.rollup is Rule.NONE:
        return Outlook("unaffected")
    extreme = definition.rollup in (Rule.MIN, Rule.MAX) and definition.measure is not Measure.RATIO
    if not extreme and not _additive(definition):
        return Outlook("not_comparable", "not_additive")
    if not predecessors or any(link.outside or link.extent is None for link in predecessors):
        return Outlook("not_comparable", "outside_predecessor")
    in_part = [link for link in predecessors if link.extent == "part"]
    if not in_part:
        return Outlook("exact")
    if extreme:
        return Outlook("not_comparable", "share_of_extreme")
    if any(link.share is None for link in in_part):
        return Outlook("not_comparable", "part_without_share")
    return Outlook("estimated")


def _additive(definition: Definition) -> bool:
    """Whether readings of parts add up to that of the whole: components of ratios, and counts that are not averaged."""
    if definition.measure is Measure.RATIO:
        return True
    return definition.measure is Measure.COUNT and definition.rollup not in (Rule.MEAN, Rule.WEIGHTED_MEAN)
