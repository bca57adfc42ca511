"""Registry writers that come at the same time: one wins, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from app.core.errors import Problem
from app.indicators import commands
from app.indicators.queries import registry

CODE = "commune_dx_completed"


def at_once(work, count=8):
    """What each of `count` threads that start together answered: a result, or the code of its problem."""
    barrier = Barrier(count)

    def run(number):
        barrier.wait()
        try:
            return work(number)
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_changes_based_on_one_version_one_wins(service):
    ledger = service.app.state.ledger

    def revise(number):
        with ledger.write("test") as session:
            return commands.revise(session, CODE, {"name_en": f"Name {number}"}, '"x.1"').version

    answers = at_once(revise)

    assert sorted(map(str, answers)) == ["2", *["if-match-stale"] * 7]
    assert len(service.get(f"/indicators/{CODE}/versions").json()["data"]) == 2


def test_of_equal_codes_one_is_made(service):
    ledger = service.app.state.ledger
    with ledger.read() as session:
        known = registry(session).definition(CODE)
    assert known

    def create(number):
        with ledger.write("test") as session:
            return commands.create(session, replace(known, code="twice_the_same", name_en=str(number))).code

    answers = at_once(create)

    assert sorted(answers) == [*["indicator-exists"] * 7, "twice_the_same"]


def test_seq_has_no_gap_when_many_write(service):
    ledger = service.app.state.ledger
    before = service.get("/indicators").json()["seq"]

    def rename(number):
        with ledger.write("test") as session:
            return commands.revise(session, CODE, {"name_en": f"Name {number}"}, "*").version

    assert sorted(at_once(rename)) == list(range(2, 10))
    changes = service.get("/changes", params={"after": before}).json()["data"]
    assert [c["seq"] for c in changes] == list(range(before + 1, before + 9))
    assert [c["data"]["version"] for c in changes] == list(range(2, 10))
