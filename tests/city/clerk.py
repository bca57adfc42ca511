"""A clerk with a calculator: redoes a figure from what `/city/explain` says of it, and from nothing else.

The arithmetic is the oracle's, fed with the answer's own readings, weights, criterion and coverage; no rule of the app.
"""

import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.model import Version
from tests.oracle.periods import Period
from tests.oracle.rules import (
    Outcome,
    Reading,
    exact,
    joined,
    meets,
    percent,
    quality,
    roll_up,
    rounded,
)
from tests.service import Service

Row = dict[str, Any]


def explained(service: Service, **asked: Any) -> Row:
    answer = service.get("/city/explain", params=asked)
    assert answer.status_code == 200, answer.text
    read: Row = json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)
    return read


def check(answer: Row) -> None:
    """The figure is what its own explanation makes: value, components, bound, coverage, basis, and each step."""
    figure, made = answer["figure"], redone(answer)
    unequal = [f"{name}: {figure[name]}, redone {made[name]}" for name in made if figure[name] != made[name]]
    assert unequal == []
    check_steps(answer)
    carried = {row["area"] for row in answer["data"] if row["carried"]}
    assert {each["area"] for each in answer["carried"]} == carried
    assert all((row["carried_from"] is not None) == row["carried"] for row in answer["data"])
    criterion = answer["definition"]["criterion"] or {"comparator": "eq", "value": 1}
    for row in answer["data"]:
        assert row["into"] or row["reached"] in (reaches(row, criterion), None)


def redone(answer: Row) -> Row:
    """What the figure must say; its status only where no area change speaks."""
    figure, definition = answer["figure"], answer["definition"]
    rules, places = rules_of(definition), int(definition["decimals"])
    heard = {role: by_area(answer, role) for role in ("reading", "weight", "reported")}
    found = {area: reading(rows, definition["over_time"], rules.rollup) for area, rows in heard["reading"].items()}
    weights = {area: reading(rows, "sum").value or Fraction(0) for area, rows in heard["weight"].items()}
    lacking = len(answer["missing"]) + len(answer["withheld"])
    expected = len(found) + lacking
    if rules.rollup == "none":  # the city is the one area, and what it reported is its reading
        expected = 0 if answer["not_applicable"] else max(lacking, len(heard["reported"]))
    there = expected - lacking
    rolled = roll_up(rules, found, weights, expected)
    city = next((reading(rows, definition["over_time"]) for rows in heard["reported"].values()), None)
    grade = quality(rules, there, expected)
    headline: Outcome | None = None
    basis = "none"
    if rolled is not None and (grade == "ok" or city is None):
        basis, headline = "rolled_up", rolled
    elif city is not None and city.value is not None:
        basis, headline = "reported", Outcome(city.value, city.qualifier, city.numerator, city.denominator)
    made: Row = {
        "basis": basis,
        "value": rounded(headline.value if headline else None, places),
        "numerator": exact(headline.numerator if headline else None),
        "denominator": exact(headline.denominator if headline else None),
        "qualifier": headline.qualifier if headline else None,
        "rolled_up_value": rounded(rolled.value if rolled else None, places),
        "reported_value": rounded(city.value if city else None, places),
        "quality": grade,
        "expected": expected,
        "missing": lacking,
        "unit": "PT" if rules.rollup == "share_reaching" else definition["unit"],
    }
    if rules.rollup != "none":
        carried = sum(each.carried for each in found.values())
        made |= {"carried": carried, "reported": there - carried}
    if figure["status"] != "B":
        shared = any(row["share"] is not None for row in answer["data"])
        made["status"] = ("E" if shared else "P" if lacking else "A") if basis == "rolled_up" else "A"
    if basis == "reported":
        (rows,) = heard["reported"].values()
        last = max((Period.parse(row["period"]) for row in rows), key=lambda period: period.end)
        assert Period.parse(figure["value_period"]).last == last.last
    return made


def rules_of(definition: Row) -> Version:
    """The definition as the answer spells it out."""
    met = definition["criterion"]
    return Version(
        definition["code"],
        definition["measure"],
        definition["rollup"],
        min_coverage=Fraction(definition["min_coverage"]),
        criterion=(met["comparator"], Fraction(met["value"])) if met else None,
    )


def by_area(answer: Row, role: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in answer["data"]:
        if row["role"] == role:
            found[row["into"] or row["area"]].append(row)
    return dict(found)


def part(row: Row, member: str) -> Fraction:
    """How much of a number came over to the area of the map; all of it where none was divided."""
    return Fraction(row[member]) * Fraction(1 if row["share"] is None else row["share"])


def reading(rows: list[Row], over_time: str, rollup: str = "sum") -> Reading:
    """An area's word, its sub-periods put together, or those of its predecessors."""
    bound = joined(row["qualifier"] for row in rows)
    assert bound is not None
    carried = any(row["carried"] for row in rows)
    if rows[0]["numerator"] is not None:
        above, below = (sum((part(r, m) for r in rows), Fraction(0)) for m in ("numerator", "denominator"))
        return Reading("value", percent(above, below), bound, above, below, carried=carried)
    if rows[0]["into"] and rollup in ("min", "max"):
        return Reading("value", {"min": min, "max": max}[rollup](Fraction(row["value"]) for row in rows), bound)
    total = sum((part(row, "value") for row in rows), Fraction(0))
    if over_time == "mean":
        total /= len({row["period"] for row in rows})
    return Reading("value", total, bound, carried=carried)


def reaches(row: Row, criterion: Row) -> bool | None:
    value = reading([row], "latest").value
    bounded = None if value is None else (value, row["qualifier"])
    return False if bounded is None else meets(bounded, criterion["comparator"], Fraction(criterion["value"]))


def check_steps(answer: Row) -> None:
    """Each step's result is what its operation makes of its terms, and the last one is the figure."""
    for step in answer["arithmetic"]:
        terms = [Fraction(t["value"]) for t in step["terms"]]
        doing: Row = {
            "sum": lambda t: sum(t, Fraction(0)),
            "mean": lambda t: sum(t, Fraction(0)) / len(t),
            "percent": lambda t: 100 * t[0] / t[1],
            "divide": lambda t: t[0] / t[1],
            "lowest": min,
            "highest": max,
            "take": lambda t: t[0],
            "round": lambda t: Fraction(rounded(t[0], int(answer["definition"]["decimals"])) or 0),
        }
        if step["operation"] == "sum_of_products":
            result = sum(Fraction(t["value"]) * Fraction(t["times"]) for t in step["terms"])
        else:
            result = doing[step["operation"]](terms)
        assert result == Fraction(step["result"]), step
        assert step["vi"] != step["en"]
    if answer["figure"]["value"] is not None:
        assert Fraction(answer["arithmetic"][-1]["result"]) == Fraction(answer["figure"]["value"])
