"""Figures and the beginnings of ways are kept from change to change, and always what they would be if made anew."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from app.city import kept
from app.city.progress import held_targets
from app.city.queries import series, snapshot
from app.core.periods import Period
from app.core.registry import View
from app.db.session import Memo
from app.observations import readings
from tests.service import Service

RATIO, WEIGHTED, WEIGHT = "kept_ratio", "kept_weighted", "kept_weight"
AFTER = kept.Kept.after
PERIODS = ("2025-01", "2025-02", "2025-03", "2025-04")


class City:
    """Three indicators with targets, one weighed by another; wards speak of any month, at random."""

    def __init__(self, service: Service, random: Random) -> None:
        self.service, self.random, self.key = service, random, service.key("admin")
        listed = service.get("/areas?limit=1000&level=commune&fields=id").json()["data"]
        self.wards = [each["id"] for each in listed][:4]
        self._indicator(WEIGHT, "amount", "sum")
        self._indicator(RATIO, "ratio", "ratio_of_sums")
        self._indicator(WEIGHTED, "amount", "weighted_mean", weight=WEIGHT)
        self.cells: list[str] = []

    def _indicator(self, code: str, measure: str, rollup: str, **more: Any) -> None:
        made = {
            "code": code,
            "name_vi": "Chỉ số thử",
            "name_en": "A trial",
            "domain": "government",
            "measure": measure,
            "rollup": rollup,
            "frequency": "M",
            "level": "commune",
            "unit": "PT" if measure == "ratio" else "NUMBER",
            "decimals": 2,
            "definition_vi": "thử",
            "definition_en": "a trial",
            "valid_from": "2025-01-01",
        }
        target = {"indicator": code, "level": "city", "comparator": "ge", "value": 90, "due": "2030-12-31"}
        for path, body in (("/indicators", made | more), ("/targets", target)):
            answer = self.service.post(path, body, key=self.key)
            assert answer.status_code == 201, answer.text

    def step(self) -> None:
        if self.cells and self.random.random() < 0.25:
            path = f"/observations/{self.random.choice(self.cells)}"
            self.service.delete(path, key=self.key, headers={"If-Match": "*"})
            return
        pairs = [(self.random.choice([RATIO, WEIGHTED, WEIGHT]), area) for area in self.random.sample(self.wards, 2)]
        rows = [{"indicator": code, "area": area, **self._word(code)} for code, area in pairs]
        # Early months come late now and then, and begin the way anew.
        period = PERIODS[min(self.random.randrange(4), self.random.randrange(4) + 1)]
        answer = self.service.submit(self.key, rows, period=period)
        assert answer.status_code == 201, answer.text
        self.cells += [result["observation"] for result in answer.json()["results"]]

    def _word(self, code: str) -> dict[str, Any]:
        kind, number = self.random.random(), self.random.randint(1, 99)
        if kind < 0.15:
            return {"status": self.random.choice("MQ")}
        if code == RATIO:
            return {"numerator": number / 2, "denominator": 100}
        return {"value": number, "qualifier": "ge"} if code == WEIGHT and kind < 0.3 else {"value": number}

    def told(self, *, anew: bool = False) -> list[Any]:
        """Progress with its baselines, snapshots and series."""
        asked: dict[str, Any] = {"area": "380", "lang": "vi"}
        codes = (RATIO, WEIGHTED, WEIGHT)
        with self.service.app.state.ledger.read() as session:
            if anew:
                session.memo = Memo()
            return [
                held_targets(session, period=Period.parse("2025-04"), codes=codes, **asked),
                *(
                    snapshot(session, period=Period.parse(at) if at else None, domains=(), codes=codes, **asked)
                    for at in (None, *PERIODS, "2025-Q1", "2025")
                ),
                snapshot(session, period=None, domains=(), codes=codes, **asked | {"lang": "en"}),
                *(series(session, code=code, first=None, last=None, frequency=None, **asked) for code in codes),
            ]

    def walk(self, steps: int) -> list[tuple[list[Any], list[Any]]]:
        """After each step: what is told of what was kept, and what is told anew."""
        told = []
        for _ in range(steps):
            self.step()
            told.append((self.told(), self.told(anew=True)))
        return told


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_kept_tells_what_would_be_told_anew(service, seed):
    told = City(service, Random(seed)).walk(20)

    assert [now for now, _ in told] == [anew for _, anew in told]
    assert len({str([row["baseline_date"] for row in now[0]]) for now, _ in told}) > 2


def test_figures_that_ignore_what_was_said_since_are_noticed(service, monkeypatch):
    """The control of the test above."""
    monkeypatch.setattr(readings, "said_since", lambda *_: {})

    told = City(service, Random(1)).walk(20)

    assert [now for now, _ in told] != [anew for _, anew in told]


def test_a_weighted_mean_that_does_not_follow_its_weights_is_noticed(service, monkeypatch):
    """The other control."""
    monkeypatch.setattr(View, "weighed", frozenset())

    told = City(service, Random(1)).walk(20)

    assert [now for now, _ in told] != [anew for _, anew in told]


def test_what_was_heard_put_right_by_nobody_is_noticed(service, monkeypatch):
    """The control of the sums that are put right by those who spoke since."""
    monkeypatch.setattr(kept.HeardThen, "after", lambda self, *_: self)

    told = City(service, Random(1)).walk(20)

    assert [now for now, _ in told] != [anew for _, anew in told]


def test_what_few_have_said_since_is_all_that_is_asked(service, monkeypatch):
    asked: list[int] = []
    heard = readings.heard

    def counted(session, windows, areas):
        asked.append(len(areas))
        return heard(session, windows, areas)

    monkeypatch.setattr(readings, "heard", counted)
    city = City(service, Random(1))
    told = []
    for ward, number in zip(city.wards, (10, 20, 60, 90), strict=True):
        asked.clear()
        service.submit(city.key, [{"indicator": RATIO, "area": ward, "numerator": number, "denominator": 100}])
        (row,) = service.get(f"/city/snapshot?period=2025-03&indicator={RATIO}").json()["data"]
        told.append((row["numerator"], row["denominator"], row["reported"], max(asked)))

    assert told == [(10, 100, 1, 47), (30, 200, 2, 1), (90, 300, 3, 1), (180, 400, 4, 1)]


def test_a_row_of_other_figures_is_noticed(service, monkeypatch):
    """The control of the rows that are kept."""
    monkeypatch.setattr(kept, "is_", lambda *_: True)
    monkeypatch.setattr(kept.Kept, "after", lambda self, *said: replace(AFTER(self, *said), rows=self.rows))

    told = City(service, Random(1)).walk(20)

    assert [now for now, _ in told] != [anew for _, anew in told]


def test_after_more_was_said_than_can_be_looked_at_nothing_is_kept(service, monkeypatch):
    monkeypatch.setattr(readings, "MOST_SAID", 3)
    readings._said_since.cache_clear()

    told = City(service, Random(3)).walk(5)
    readings._said_since.cache_clear()

    assert [now for now, _ in told] == [anew for _, anew in told]
