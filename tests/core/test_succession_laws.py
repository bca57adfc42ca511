"""Laws of telling old figures on a newer map: nothing is lost or made on the way, through however many changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from app.core.entities import Area, Level, Link, Measure, OverTime, Rule
from app.core.periods import Period
from app.core.registry import View
from app.core.series import standing
from app.core.succession import retell
from tests.core.laws import Law
from tests.core.samples import definition, history, reading
from tests.core.test_succession import link as an_arrow

MAY, QUARTER = Period.parse("2025-05"), Period.parse("2025-Q2")
COUNT = definition()
FLOW = definition(over_time=OverTime.SUM)
RATIO = definition(measure=Measure.RATIO, rollup=Rule.RATIO_OF_SUMS)
START, FIRST, SECOND = date(2025, 1, 1), date(2025, 7, 1), date(2025, 9, 1)

# Where one area goes: to one of the next map's, or divided between two of them.
Way = tuple[int, int, Decimal | None]


def area(id: str, begins: date, ends: date | None) -> Area:
    return Area(
        id=id,
        code=id,
        name_vi=id,
        name_en=id,
        level=Level.COMMUNE,
        kind="unit",
        type="phường",
        parent="380",
        valid_from=begins,
        valid_to=ends,
        effective=begins,
        seq=1,
    )


def arrows(ways: Sequence[Way], names: tuple[str, str], day: date) -> list[Link]:
    """The change of `day`, by which the areas `names[0]` become those of `names[1]`."""
    made: dict[tuple[str, int], Link] = {}
    for number, (one, other, share) in enumerate(ways):
        old = f"{names[0]}{number}"
        parts = [(one, None)] if share is None or one == other else [(one, share), (other, 1 - share)]
        made |= {(old, n): link(old, f"{names[1]}{n}", of, day) for n, of in parts}
    return list(made.values())


def link(old: str, new: str, share: Decimal | None, day: date) -> Link:
    usual = an_arrow("whole" if share is None else "part", None if share is None else str(share))
    return replace(usual, old=old, new=new, day=day)


def mapped(*changes: list[Link]) -> View:
    """The registry after these changes, one after the other."""
    every = [k for change in changes for k in change]
    begun = {k.new: k.day for k in every}
    ended = {k.old: k.day for k in every}
    return View([area(i, begun.get(i, START), ended.get(i)) for i in sorted({*begun, *ended})], [], [], every)


def told(tell: Any, view: View, rules: Any, words: dict[str, Any], period: Period = MAY) -> dict[str, Any]:
    """Each area that stands at the end, with its reading; `words` are said by the oldest, a list month by month."""
    months = period.parts(rules.frequency)

    def said(name: str, at: Period) -> Any:
        spoken = words.get(name)
        heard = [] if spoken is None else zip(months, spoken, strict=False)
        return standing(rules, at, history(reading(name, w, period=m) for m, w in heard))

    last = [a for a in view.places() if a.valid_to is None]
    return {a.id: tell(view, rules, a, period, said) for a in last if view.predecessors(a.id)}


shares = st.integers(1, 99).map(lambda percent: Decimal(percent) / 100)


def ways(olds: int, news: int) -> st.SearchStrategy[list[Way]]:
    to = st.integers(0, news - 1)
    return st.lists(st.tuples(to, to, st.none() | shares), min_size=olds, max_size=olds)


numbers = st.decimals(0, 10**6, places=3)
months = st.lists(numbers, min_size=3, max_size=3)
one_change = st.tuples(ways(5, 3), st.lists(months, min_size=5, max_size=5))
two_changes = st.tuples(ways(4, 3), ways(3, 3), st.lists(months, min_size=4, max_size=4))


def shares_forgotten(view: View, rules: Any, place: Area, period: Period, said: Any) -> Any:
    """Every part taken for the whole."""
    whole = [replace(k, extent="whole", share=None) for k in view.links()]
    return retell(View(view.places(), [], [], whole), rules, place, period, said)


def last_change_only(view: View, rules: Any, place: Area, period: Period, said: Any) -> Any:
    """Only the newest change divides."""
    newest = max(k.day for k in view.links())
    links = [k if k.day == newest else replace(k, extent="whole", share=None) for k in view.links()]
    return retell(View(view.places(), [], [], links), rules, place, period, said)


def test_what_the_old_areas_said_is_all_there_on_the_new_map_and_only_what_was_divided_is_an_estimate():
    def holds(tell, example):
        way, said = example
        links = arrows(way, ("old", "new"), FIRST)
        words = {f"old{n}": spoken for n, spoken in enumerate(said)}
        counts = told(tell, mapped(links), COUNT, words)
        pairs = {name: [(n, n + 1) for n in spoken] for name, spoken in words.items()}
        ratios = told(tell, mapped(links), RATIO, pairs)
        total = sum(Fraction(spoken[0]) for spoken in said)
        divided = {k.new for k in links if k.share is not None}
        return (
            {new for new, t in counts.items() if t.comparability == "estimated"} == divided
            and sum(Fraction(t.stands.reading.value) for t in counts.values()) == total
            and sum(Fraction(t.stands.reading.numerator) for t in ratios.values()) == total
            and sum(Fraction(t.stands.reading.denominator) for t in ratios.values()) == total + len(said)
        )

    law = Law(one_change, holds)

    law.keeps(retell)
    assert law.refutes(shares_forgotten)


def test_two_changes_tell_what_one_change_with_their_shares_multiplied_tells():
    def holds(tell, example):
        first, second, said = example
        before, after = arrows(first, ("old", "mid"), FIRST), arrows(second, ("mid", "new"), SECOND)
        reached = {k.new for k in before}
        after = [k for k in after if k.old in reached]
        words = {f"old{n}": spoken for n, spoken in enumerate(said)}
        wanted: dict[str, Fraction] = {}
        for one in before:
            for other in (k for k in after if k.old == one.new):
                part = Fraction(one.share or 1) * Fraction(other.share or 1)
                wanted[other.new] = wanted.get(other.new, Fraction(0)) + part * Fraction(words[one.old][0])
        found = told(tell, mapped(before, after), COUNT, words)
        return {new: Fraction(t.stands.reading.value) for new, t in found.items()} == wanted

    law = Law(two_changes, holds)

    law.keeps(retell)
    assert law.refutes(last_change_only)


def test_a_flow_of_the_quarter_is_that_of_its_months():
    def holds(tell, example):
        way, said = example
        view = mapped(arrows(way, ("old", "new"), FIRST))
        whole = told(tell, view, FLOW, {f"old{n}": spoken for n, spoken in enumerate(said)}, QUARTER)
        for number, month in enumerate(QUARTER.parts(FLOW.frequency)):
            one = told(retell, view, FLOW, {f"old{n}": [spoken[number]] for n, spoken in enumerate(said)}, month)
            whole = {new: _less(t, one[new]) for new, t in whole.items()}
        return all(rest == 0 for rest in whole.values())

    law = Law(one_change, holds)

    law.keeps(retell)
    assert law.refutes(shares_forgotten)


def _less(total: Any, told_too: Any) -> Fraction:
    rest = total if isinstance(total, Fraction) else Fraction(total.stands.reading.value)
    return rest - Fraction(told_too.stands.reading.value)


def test_one_silent_predecessor_leaves_only_its_heirs_untold():
    def holds(tell, example):
        (way, said), silent = example
        links = arrows(way, ("old", "new"), FIRST)
        found = told(tell, mapped(links), COUNT, {f"old{n}": s for n, s in enumerate(said) if n != silent})
        heirs = {k.new for k in links if k.old == f"old{silent}"}
        untold = {new for new, t in found.items() if t.reason == "predecessor-silent" and t.stands.reading is None}
        return untold == heirs

    def taken_for_nothing(view, rules, place, period, said):
        loud = [k for k in view.links() if said(k.old, period).reading is not None]
        return retell(View(view.places(), [], [], loud), rules, place, period, said)

    law = Law(st.tuples(one_change, st.integers(0, 4)), holds)

    law.keeps(retell)
    assert law.refutes(taken_for_nothing)
