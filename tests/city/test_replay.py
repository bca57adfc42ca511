"""The past can be asked again: a random history is told, and every answer ever given comes back byte for byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from app.core import registry
from app.db.session import ReadSession
from tests.city.histories import CAUSES, READS, History
from tests.service import Service, running

# One of each kind, so that every kind of knowledge has a past. What follows lives on the old map, or on the new one.
OLD_MAP = ("redraws", "shares", "aims", "steers", "redraws", "reports", "redefines", "corrects", "withdraws")
NEW_MAP = ("redraws", "redraws", "redraws", "shares", "reports")
# What must be found out, whichever part of the service forgets.
WATCHED = ("/indicators?limit=1000", "/targets?limit=1000", "/area-changes", "/observations?limit=1000")
ASKED = ("", "&period=2025-06", "&period=2025-07", "&period=2025-Q3&period=2025")
JUDGED = {"progress", "gap", "target_value", "target_comparator", "target_due"}


@dataclass
class Memory:
    """What each read said as of each seq, when that was the newest; `fixed` what never has another answer."""

    said: dict[tuple[str, int], tuple[int, bytes]] = field(default_factory=dict)
    instants: dict[int, str] = field(default_factory=dict)
    fixed: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def note(self, service: Service, seq: int, reads: list[str]) -> None:
        """Ask live, and as of the seq that is the newest: the same bytes."""
        (change,) = service.get(f"/changes?after={seq - 1}&limit=1").json()["data"][:1] or [{"at": None}]
        self.instants[seq] = change["at"]
        for read in reads:
            live, known = said(service, read), said(service, as_of(read, seq))
            assert live == known, (read, seq)
            self.said[read, seq] = known

    def keep(self, service: Service, history: History) -> None:
        """What is told between two moments, and below the name of one."""
        seqs = [seq for _, seq in history.told]
        first, last = sorted(history.random.sample(seqs, 2))
        questions = [f"/city/compare?from={first}&to={last}&period=2025-07"]
        questions.append(f"/observations/compare?from={first}&to={last}&limit=1000")
        names = [release["name"] for release in service.get("/releases").json()["data"]]
        if names:
            read = history.random.choice(READS)
            questions.append(f"/releases/{history.random.choice(names)}{read}")
        self.fixed |= {question: said(service, question) for question in questions}

    def differing(self, service: Service) -> list[tuple[str, int]]:
        """The questions whose answer is another one now."""
        return [key for key, then in self.said.items() if said(service, as_of(*key)) != then]

    def unkept(self, service: Service) -> list[str]:
        return [question for question, then in self.fixed.items() if said(service, question) != then]


def as_of(read: str, seq: int | str) -> str:
    return f"{read}{'&' if '?' in read else '?'}as_of={seq}"


def said(service: Service, read: str) -> tuple[int, bytes]:
    """Status and body; of a refusal the status alone, for its trace id is new each time."""
    answer = service.get(read)
    assert answer.status_code < 500, (read, answer.text)
    return answer.status_code, answer.content if answer.status_code == 200 else b""


Past = tuple[str, History, Memory]


@contextmanager
def told(
    databases: Any,
    kind: str,
    folder: Any,
    seed: int,
    opening: tuple[str, ...],
    reads: int,
    more: int = 0,
) -> Iterator[Past]:
    """A history of these acts and `more` of any kind, after each of which some of the reads are remembered."""
    random = Random(seed)
    with databases.fresh(kind, folder) as url:
        memory = Memory()
        with running(url) as service:
            history = History(service, random)
            for kind_of_act in (*opening, *[None] * more):
                seq = history.step(kind_of_act)
                memory.note(service, seq, [*WATCHED, *random.sample(READS, reads)])
                if len(history.told) % 4 == 0:
                    memory.keep(service, history)
            yield url, history, memory


def check_replay(url: str, memory: Memory, random: Random) -> None:
    # Another process: nothing is answered out of this one's memory.
    with running(url) as again:
        assert memory.differing(again) == []
        assert memory.unkept(again) == []
        for (read, seq), then in random.sample(sorted(memory.said.items()), 5):
            instant = memory.instants[seq]
            if instant is not None:
                assert said(again, as_of(read, instant)) == then, (read, seq, instant)


def check_comparisons(service: Service, history: History, random: Random, pairs: int) -> None:
    """Each act's own causes behind what it changed, and both sides of a comparison as snapshots told them."""
    for kind, seq in history.told:
        for more in random.sample(ASKED, len(ASKED) if pairs > 1 else 1):
            rows = service.get(f"/city/compare?from={seq - 1}&to={seq}{more}").json()["data"]
            assert {cause for row in rows for cause in row["causes"]} <= CAUSES.get(kind, set()), (kind, seq, rows)
    for _ in range(pairs):
        first, last = sorted(random.sample([seq for _, seq in history.told], 2))
        period = random.choice(("2025-06", "2025-07", "2025-Q3", "2025"))
        sides = [snapshot(service, period, seq) for seq in (first, last)]
        found = service.get(f"/city/compare?from={first}&to={last}&period={period}").json()["data"]
        rows = {row["indicator"]: row for row in found}
        for code in sides[0].keys() | sides[1].keys():
            one, other = (side.get(code) for side in sides)
            if code in rows:
                assert_sides(rows[code], one, other)
            else:
                assert one is not None
                assert other is not None
                shown = (one.keys() - JUDGED) - {"name", "seq", "updated_at", "previous_value", "change"}
                assert {n: one[n] for n in shown} == {n: other[n] for n in shown}, (first, last, code)


def snapshot(service: Service, period: str, seq: int) -> dict[str, Any]:
    rows = service.get(f"/city/snapshot?period={period}&as_of={seq}").json()["data"]
    return {row["indicator"]: row for row in rows}


def assert_sides(row: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    for side, told_then in ((row["before"], before), (row["after"], after)):
        assert (side is None) == (told_then is None)
        if side is not None and told_then is not None:
            shared = side.keys() & told_then.keys()
            assert {n: side[n] for n in shared} == {n: told_then[n] for n in shared}


@pytest.fixture(scope="module")
def past(databases: Any, database_kind: str, tmp_path_factory: Any) -> Iterator[Past]:
    folder = tmp_path_factory.mktemp("past")
    with told(databases, database_kind, folder, seed=20261122, opening=OLD_MAP, reads=3) as found:
        yield found


def test_every_past_answer_comes_back_byte_for_byte(past: Past):
    url, history, memory = past

    check_replay(url, memory, history.random)


def test_behind_what_an_act_changed_stands_the_act(past: Past):
    _, history, _ = past

    check_comparisons(history.service, history, history.random, pairs=1)


@pytest.mark.endurance
@pytest.mark.parametrize(("seed", "opening"), [(1, OLD_MAP), (2, NEW_MAP)])
def test_long_histories_come_back_too(
    databases: Any, database_kind: str, tmp_path: Any, seed: int, opening: tuple[str, ...]
):
    with told(databases, database_kind, tmp_path, seed, opening, reads=10, more=40) as (url, history, memory):
        check_comparisons(history.service, history, history.random, pairs=15)
        check_replay(url, memory, history.random)


def _newest_registry(known: registry.Registry, seq: int) -> registry.View:
    return registry.View(known.areas, known.definitions, known.targets, known.links)


@pytest.mark.parametrize(
    ("owner", "name", "broken", "found"),
    [
        (registry.Registry, "at", _newest_registry, {*WATCHED[:3]}),
        (ReadSession, "is_now", True, {WATCHED[3]}),
    ],
)
def test_the_replay_notices_a_service_that_forgets(
    past: Past, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, broken: Any, found: set[str]
):
    """The control: a registry that only knows its newest state, or readings that do."""
    url, _, memory = past
    watched = Memory({key: then for key, then in memory.said.items() if key[0] in WATCHED})
    with monkeypatch.context() as patched, running(url) as again:
        patched.setattr(owner, name, broken)

        assert {read for read, _ in watched.differing(again)} == found
