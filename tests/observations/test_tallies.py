"""Tallies are derived: they are always what the core makes of the live readings, and no figure depends on them.

Random lots: reports, corrections, notes, withdrawals, bounded rows, statuses and the city's own words.
"""

from contextlib import closing
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from app.city import queries
from app.core.periods import Period
from app.db import migrate
from app.db.engine import Database
from app.db.session import Ledger, Memo
from app.indicators.queries import registry
from app.observations import tallies
from tests.cli.processes import dxi
from tests.service import Service

SHARE, FLAG, SUM = "adults_with_smartphone_rate", "commune_dx_completed", "relics_digitised_3d"
MEAN = "tallied_mean"
MADE = {
    "code": MEAN,
    "name_vi": "Trung bình thử",
    "name_en": "A mean",
    "domain": "government",
    "measure": "amount",
    "rollup": "mean",
    "frequency": "M",
    "level": "commune",
    "unit": "NUMBER",
    "decimals": 2,
    "definition_vi": "thử",
    "definition_en": "a trial",
    "valid_from": "2025-01-01",
}
PERIODS = ("2025-01", "2025-02", "2025-03")


def wards(service: Service) -> list[str]:
    listed = service.get("/areas?limit=1000&level=commune&fields=id").json()["data"]
    return [each["id"] for each in listed]


def content(random: Random, indicator: str) -> dict[str, Any]:
    number = random.randint(0, 10**6)
    if random.random() < 0.04:
        return {"status": random.choice("MQ")}
    every: dict[str, dict[str, Any]] = {
        SHARE: {"numerator": number, "denominator": 10**6},
        FLAG: {"value": number % 2 == 0},
        SUM: {"value": number},
        MEAN: {"value": number / 100},
    }
    return every[indicator] | ({"qualifier": "ge"} if indicator in (SHARE, MEAN) and random.random() < 0.04 else {})


class City:
    """Whose wards report, correct and take back at random; in one period all of them have spoken."""

    def __init__(self, service: Service, random: Random) -> None:
        self.service, self.random, self.key = service, random, service.key("admin")
        assert service.post("/indicators", MADE, key=self.key).status_code == 201
        self.wards = wards(service)
        self.cells: list[str] = []
        whole: dict[str, dict[str, Any]] = {
            SHARE: {"numerator": 1, "denominator": 3},
            FLAG: {"value": True},
            MEAN: {"value": 0.1},
        }
        self.submit([{"indicator": code, "area": w, **said} for code, said in whole.items() for w in self.wards], 1)

    def submit(self, rows: list[dict[str, Any]], period: int | None = None) -> None:
        at = PERIODS[period] if period is not None else self.random.choice(PERIODS)
        answer = self.service.submit(self.key, rows, period=at)
        assert answer.status_code == 201, answer.text
        self.cells += [result["observation"] for result in answer.json()["results"]]

    def step(self) -> None:
        act = self.random.random()
        if act < 0.6:
            some = self.random.sample([*self.wards, "380-202501"], self.random.randint(1, 12))
            pairs = [(self.random.choice((SHARE, SUM, MEAN)), area) for area in some]
            self.submit([{"indicator": code, "area": area, **content(self.random, code)} for code, area in pairs])
            return
        path = f"/api/v1/observations/{self.random.choice(self.cells)}"
        number = self.random.randint(0, 10**6)
        sent = {"note": f"Lần {number}"} if act < 0.8 else None
        method = "PATCH" if sent else "DELETE"
        answer = self.service.raw(
            method, path, key=self.key, headers={"If-Match": "*"}, **({"json": sent} if sent else {})
        )
        assert answer.status_code < 500, answer.text

    def wrong(self) -> list[tallies.Key]:
        with self.service.app.state.ledger.read() as session:
            return tallies.differences(session, registry(session))

    def figures(self) -> list[Any]:
        """Snapshots and series, made anew each time."""
        asked: dict[str, Any] = {"area": "380", "lang": "vi"}
        with self.service.app.state.ledger.read() as session:
            session.memo = Memo()
            told = [
                queries.snapshot(session, period=Period.parse(at) if at else None, domains=(), codes=(), **asked)
                for at in (None, *PERIODS, "2025-Q1")
            ]
            for code in (SHARE, FLAG, SUM, MEAN):
                last = Period.parse("2025-06")
                told.append(queries.series(session, code=code, first=None, last=last, frequency=None, **asked))
        return told


@pytest.mark.parametrize("seed", [1, 2])
def test_after_anything_at_all_tallies_are_what_the_core_makes_of_the_readings(service, seed, monkeypatch):
    city = City(service, Random(seed))
    for _ in range(25):
        city.step()

    assert city.wrong() == []
    with_tallies = city.figures()
    monkeypatch.setattr(tallies, "of", lambda *_: {})
    assert city.figures() == with_tallies


def test_tallies_that_forget_what_was_closed_are_noticed(service, monkeypatch):
    """The control of the test above."""
    kept = tallies.move
    monkeypatch.setattr(tallies, "move", lambda session, view, new, closed: kept(session, view, new, ()))
    city = City(service, Random(1))
    for _ in range(25):
        city.step()

    assert city.wrong() != []


def test_a_wrong_tally_is_found_and_made_anew_and_every_tag_moves(service, database_url):
    city = City(service, Random(3))
    told = city.figures()
    before = service.get(f"/city/snapshot?period=2025-02&indicator={MEAN}")
    with service.app.state.ledger.database.writes() as connection:
        stored = connection.execute(text("SELECT * FROM revision ORDER BY area, period, indicator, revision")).all()
        one_more = "'1'" if service.app.state.ledger.database.is_sqlite else "1"
        connection.execute(text(f"UPDATE tally SET value = {one_more} WHERE indicator = '{MEAN}'"))

    found = dxi("verify", url=database_url)
    assert (found.code, found.err.count(f"{MEAN} ")) == (1, 2)
    assert city.figures() != told
    repaired = dxi("verify", "--repair", url=database_url)
    assert (repaired.code, repaired.err) == (0, "")
    assert "1 tallies were made anew" in repaired.out

    after = service.get(f"/city/snapshot?period=2025-02&indicator={MEAN}")
    assert dxi("verify", url=database_url).code == 0
    assert (after.json()["data"], city.wrong()) == (before.json()["data"], [])
    assert after.headers["etag"] != before.headers["etag"]
    with service.app.state.ledger.database.writes() as connection:
        again = connection.execute(text("SELECT * FROM revision ORDER BY area, period, indicator, revision")).all()
    assert again == stored


def test_a_migration_fills_the_tallies_from_what_is_stored(service, database_url):
    city = City(service, Random(4))
    for _ in range(5):
        city.step()
    service.app.state.ledger.database.close()
    with closing(Database(database_url)) as database:
        migrate.downgrade(database, "0007")
        migrate.upgrade(database)

        ledger = service.app.state.ledger
        with Ledger(database, ledger.clock, ledger.secret).read() as session:
            assert tallies.differences(session, registry(session)) == []
            assert session.scalar(text("SELECT count(*) FROM tally")) > 3
