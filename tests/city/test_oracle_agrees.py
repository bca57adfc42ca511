"""The service against the oracle: random cities, asked over HTTP and apart from the app's code, to the last digit.

A difference is shown with the city's seed, the question and both rows. rules.md decides who is wrong.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.city.clerk import check, explained
from tests.city.retelling import Retold, retell
from tests.oracle import maps, rules
from tests.oracle.model import LOCAL, Known, Version, World
from tests.oracle.periods import Period
from tests.oracle.rules import (
    SILENT,
    Reading,
    effective,
    exact,
    expected_completeness,
    expected_progress,
    expected_ranking,
    expected_row,
    expected_series,
    expected_snapshot,
)
from tests.oracle.worlds import OPENING, askable_periods, random_moments, random_world
from tests.service import Service, running

Row = dict[str, Any]

# What a command refuses and a world may hold all the same: the figures must still be right.
FORCED = {"weight-differs", "flag-target-not-one", "out-of-range"}
# A city in which each rule that the control breaks makes a difference.
WELL_MIXED = 35
# One in which wards that have merged are told from what each of them said.
MERGED = 74


@dataclass(frozen=True)
class Moment:
    """From when a question looks: `as_of` as the URL says it (None: now), and what the oracle must take for it."""

    as_of: str | None
    seq: int
    today: date

    @property
    def known(self) -> dict[str, Any]:
        return {"as_of": self.seq, "today": self.today}

    @property
    def asked(self) -> dict[str, str]:
        return {} if self.as_of is None else {"as_of": self.as_of}


def moments(told: Retold, random: Random) -> list[Moment]:
    """Now, the newest seq and another, and an instant between two changes."""
    world = told.world
    found = [Moment(None, world.newest, told.service.now[0].astimezone(LOCAL).date())]
    seqs = random_moments(world, random.randint(0, 10**6), count=2)
    found += [Moment(str(told.seqs[seq]), seq, world.today(seq)) for seq in seqs if seq in told.seqs]
    first, last = min(world.instants.values()), max(world.instants.values())
    instant = first + timedelta(seconds=random.randint(0, int((last - first).total_seconds())))
    found.append(Moment(spelled(instant), world.seq_at(instant), instant.astimezone(LOCAL).date()))
    return found


def spelled(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def ask(service: Service, path: str, **parameters: Any) -> dict[str, Any]:
    answer = service.get(f"/city/{path}", params=parameters)
    assert answer.status_code == 200, (path, parameters, answer.text)
    read: dict[str, Any] = json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)
    return read


def differing(expected: Row, given: Row) -> list[str]:
    return [name for name, value in expected.items() if given.get(name, "(absent)") != value]


def compare(seed: int, question: str, expected: list[Row], given: list[Row], key: str) -> None:
    """Both lists hold the same rows in the same order; fails with the first difference."""
    keys, theirs = [row[key] for row in expected], [row[key] for row in given]
    if keys != theirs:
        both = "\n".join([*(f"  oracle  {shown(r)}" for r in expected), *(f"  service {shown(r)}" for r in given)])
        pytest.fail(f"world {seed}: {question}\n  the oracle has {keys}\n  the service has {theirs}\n{both}")
    for ours, other in zip(expected, given, strict=True):
        names = differing(ours, other)
        if names:
            lines = [f"    {n}: oracle {ours[n]!s}, service {other.get(n, '(absent)')!s}" for n in names]
            whole = [f"  oracle  {shown(ours)}", f"  service {shown(other)}"]
            pytest.fail("\n".join([f"world {seed}: {question}, {key} {ours[key]}", *lines, *whole]))


def shown(row: Row) -> str:
    return ", ".join(f"{name}={value!s}" for name, value in row.items())


def figureless(row: Row) -> bool:
    """A row that says nothing at all: what the service shows for a period before the first definition."""
    return bool(row["basis"] == "none" and row["reported"] == row["carried"] == 0)


def settled(world: World, row: Row, moment: Moment) -> Row:
    """Without any reading the service shows the running period."""
    if row["period"] is not None:
        return row
    frequency = next(v.frequency for v in world.versions if v.indicator == row["indicator"])
    period = Period.containing(moment.today, frequency)
    return row | {"period": str(period), "time": period.last.isoformat()}


def compare_snapshots(told: Retold, seed: int, moment: Moment, period: Period | None) -> None:
    parameters = moment.asked | ({"period": str(period)} if period else {})
    given = ask(told.service, "snapshot", **parameters)["data"]
    rows = expected_snapshot(told.world, period, **moment.known)
    expected = [settled(told.world, row, moment) for _, row in sorted(rows.items())]
    given = [row for row in given if row["indicator"] in rows or not figureless(row)]
    compare(seed, f"snapshot {parameters}", expected, given, "indicator")


def compare_series(told: Retold, seed: int, moment: Moment, indicator: str) -> None:
    frequency = next(v.frequency for v in told.world.versions if v.indicator == indicator)
    first, last = Period.containing(OPENING, frequency), Period.containing(moment.today, frequency)
    parameters = moment.asked | {"indicator": indicator, "period_from": str(first), "period_to": str(last)}
    expected = expected_series(told.world, indicator, first, last, **moment.known)
    compare(seed, f"series {parameters}", expected, ask(told.service, "series", **parameters)["data"], "period")


def compare_rankings(told: Retold, seed: int, moment: Moment, indicator: str, period: Period) -> None:
    parameters = moment.asked | {"indicator": indicator, "period": str(period)}
    expected = expected_ranking(told.world, indicator, period, **moment.known)
    if expected_row(told.world, indicator, period, **moment.known) is None:
        return
    compare(seed, f"ranking {parameters}", expected, ask(told.service, "ranking", **parameters)["data"], "area")


def compare_maps(told: Retold, seed: int, moment: Moment, indicator: str, period: Period, day: date) -> None:
    """The ranking of an old period on the map of another day, each row with how it is known."""
    expected = maps.expected_ranking_on(told.world, indicator, period, day, **moment.known)
    if not expected:
        return
    parameters = moment.asked | {"indicator": indicator, "period": str(period), "geography": day.isoformat()}
    given = ask(told.service, "ranking", **parameters)["data"]
    assert all((row["reason"] is None) == (row["comparability"] == "exact") for row in given), parameters
    compare(seed, f"ranking {parameters}", expected, given, "area")


def near(random: Random, world: World, indicator: str, day: date) -> Period:
    """A period before an area change, most often the last, or a longer one that the change lies in."""
    frequency = next(v.frequency for v in world.versions if v.indicator == indicator)
    before = [Period.containing(day, frequency).step(-back) for back in (1, 1, 2)]
    return random.choice([*before, *(Period.containing(day, longer) for longer in "QSA")])


def compare_completeness(told: Retold, seed: int, moment: Moment, period: Period) -> None:
    parameters = moment.asked | {"period": str(period)}
    expected = expected_completeness(told.world, period, **moment.known)
    given = ask(told.service, "completeness", **parameters)
    rows = [{"area": area, **row} for area, row in sorted(expected["areas"].items())]
    compare(seed, f"completeness {parameters}", rows, given["data"], "area")
    total = {"area": told.world.city, **expected["total"]}
    compare(seed, f"completeness {parameters}, total", [total], [given["total"]], "area")


def compare_progress(told: Retold, seed: int, moment: Moment, period: Period | None) -> None:
    parameters = moment.asked | ({"period": str(period)} if period else {})
    names = {"target_comparator": "comparator", "target_due": "due", "required": "required_value"}
    given = sorted(ask(told.service, "progress", **parameters)["data"], key=lambda row: str(row["target"]))
    expected = []
    for row in given:
        found = expected_progress(told.world, row["target"], period, **moment.known)
        if found is not None:
            expected.append({names.get(n, n): v for n, v in found.items() if n != "period"})
    heard = {row["target"] for row in expected}
    given = [row for row in given if row["target"] in heard or row["value"] is not None]
    compare(seed, f"progress {parameters}", expected, given, "target")
    standing = {
        t.id for t in told.world.targets if expected_progress(told.world, t.id, period, **moment.known) is not None
    }
    assert standing == heard, f"world {seed}: progress {parameters}: the service leaves out {standing - heard}"


def compare_explanation(told: Retold, seed: int, moment: Moment, indicator: str, period: Period) -> None:
    """The figure that is explained is the oracle's, and its own JSON is enough to make it again."""
    parameters = moment.asked | {"indicator": indicator, "period": str(period)}
    expected = expected_row(told.world, indicator, period, **moment.known)
    answer = explained(told.service, **parameters)
    if expected is not None:
        compare(seed, f"explain {parameters}", [expected], [answer["figure"]], "indicator")
    try:
        check(answer)
    except AssertionError as unequal:
        pytest.fail(f"world {seed}: explain {parameters} does not recompute: {unequal}")


def compare_everything(told: Retold, seed: int) -> None:
    """From each moment every kind of question; every period of every indicator, since the series hold them all.

    Each period of another frequency, ranking and explanation is drawn: over the cities each kind is asked thousandfold.
    """
    random = Random(seed)
    world = told.world
    for moment in moments(told, random):
        codes = sorted({v.indicator for v in world.versions if v.seq <= moment.seq})
        periods = askable_periods(world, moment.seq)
        some = random.sample(periods, min(3, len(periods)))
        for period in [None, *some]:
            compare_snapshots(told, seed, moment, period)
        for period in [None, some[0]]:
            compare_progress(told, seed, moment, period)
        compare_completeness(told, seed, moment, some[-1])
        for indicator in codes:
            compare_series(told, seed, moment, indicator)
        for indicator in random.sample(codes, (len(codes) + 1) // 2):
            compare_rankings(told, seed, moment, indicator, random.choice(periods))
            compare_explanation(told, seed, moment, indicator, random.choice(periods))
        maps_of = [(code, day) for code in codes for day in rules.look(world, **moment.known).breaks]
        for indicator, day in random.sample(maps_of, min(len(maps_of), 2 if moment.as_of else 10)):
            compare_maps(told, seed, moment, indicator, near(random, world, indicator, day), day)


@contextmanager
def told_to_a_service(url: str, seed: int) -> Iterator[Retold]:
    with running(url, log_level="warning") as service:
        told = retell(random_world(seed, contested=seed % 2 == 1), service)
        service.now[0] += timedelta(days=Random(seed).choice([0, 1, 40]))
        assert told.forced <= FORCED, told.forced
        yield told


@pytest.mark.parametrize("seed", range(10))
def test_the_service_and_the_oracle_agree_on_a_random_city(unseeded_database_url, seed):
    with told_to_a_service(unseeded_database_url, seed) as told:
        compare_everything(told, seed)


@pytest.mark.endurance
@pytest.mark.parametrize("seed", range(10, 300))
def test_they_agree_on_three_hundred_more(unseeded_database_url, seed):
    with told_to_a_service(unseeded_database_url, seed) as told:
        compare_everything(told, seed)


# -- the control: an oracle that breaks one rule is noticed ------------------------------------------------------------


def uncarried(facts: Known, version: Version, area: str, period: Period) -> Reading:
    read = effective(facts, version, area, period)
    return SILENT if read.carried else read


def ever_expected(facts: Known, version: Version, period: Period) -> list[str]:
    return sorted(area.id for area in facts.areas.values() if area.level == version.level)


def half_even(x: Fraction | None, decimals: int) -> Decimal | None:
    return None if x is None else exact(Fraction(round(x * 10**decimals), 10**decimals))


BROKEN: dict[str, Any] = {
    "effective": uncarried,
    "expected_areas": ever_expected,
    "rounded": half_even,
    "after_break": lambda *_: False,
    "quality": lambda _version, there, _expected: "ok" if there else "none",
    "reached": lambda _version, reading: reading.value is not None,
    "city_reported": lambda *_: None,
    "joined": lambda _qualifiers: "eq",
    "required": lambda target, _baseline, _day: target.value,
}


def test_an_oracle_that_breaks_one_rule_is_caught(databases, tmp_path, monkeypatch):
    with (
        databases.fresh("sqlite", tmp_path, state="migrated") as url,
        told_to_a_service(url, WELL_MIXED) as told,
    ):
        unnoticed = [name for name in BROKEN if not caught(monkeypatch, told, WELL_MIXED, name)]
        compare_everything(told, WELL_MIXED)

    assert unnoticed == []


@pytest.mark.endurance
def test_an_oracle_that_forgets_a_predecessor_is_caught(databases, tmp_path, monkeypatch):
    with (
        databases.fresh("sqlite", tmp_path, state="migrated") as url,
        told_to_a_service(url, MERGED) as told,
    ):
        compare_everything(told, MERGED)
        merged = maps.merged
        monkeypatch.setattr(maps, "merged", lambda version, readings, period: merged(version, readings[:1], period))
        with pytest.raises(pytest.fail.Exception, match="geography"):
            compare_everything(told, MERGED)


def caught(monkeypatch: pytest.MonkeyPatch, told: Retold, seed: int, name: str) -> bool:
    forget()
    with monkeypatch.context() as patched:
        patched.setattr(rules, name, BROKEN[name])
        try:
            compare_everything(told, seed)
        except pytest.fail.Exception:
            return True
        finally:
            forget()
    return False


def forget() -> None:
    rules.figure.cache_clear()
    rules.earliest_figure.cache_clear()
