"""Where the way to a target begins is kept from change to change, and is always what it would be if found anew."""

from random import Random
from typing import Any

import pytest

from app.city.progress import held_targets
from app.core.periods import Period
from app.db.session import Memo
from app.observations import readings
from tests.service import Service

RATIO, WEIGHTED, WEIGHT = "kept_ratio", "kept_weighted", "kept_weight"
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
        number = self.random.randint(1, 99)
        said = {
            RATIO: {"numerator": number, "denominator": 100},
            WEIGHTED: {"value": number},
            WEIGHT: {"value": number},
        }
        pairs = [(self.random.choice([*said]), area) for area in self.random.sample(self.wards, 2)]
        rows = [{"indicator": code, "area": area, **said[code]} for code, area in pairs]
        # Early months come late now and then, and begin the way anew.
        period = PERIODS[min(self.random.randrange(4), self.random.randrange(4) + 1)]
        answer = self.service.submit(self.key, rows, period=period)
        assert answer.status_code == 201, answer.text
        self.cells += [result["observation"] for result in answer.json()["results"]]

    def baselines(self, *, anew: bool = False) -> list[Any]:
        codes = (RATIO, WEIGHTED, WEIGHT)
        with self.service.app.state.ledger.read() as session:
            if anew:
                session.memo = Memo()
            rows = held_targets(session, period=Period.parse("2025-04"), area="380", codes=codes, lang="vi")
        return [(row["target"], row["baseline_value"], row["baseline_date"]) for row in rows]

    def walk(self, steps: int) -> list[tuple[list[Any], list[Any]]]:
        """After each step: the baselines as kept, and as found anew."""
        told = []
        for _ in range(steps):
            self.step()
            told.append((self.baselines(), self.baselines(anew=True)))
        return told


@pytest.mark.parametrize("seed", [1, 2])
def test_a_way_begins_where_it_would_if_found_anew(service, seed):
    told = City(service, Random(seed)).walk(25)

    assert [now for now, _ in told] == [anew for _, anew in told]
    assert len({str(now) for now, _ in told}) > 3


def test_a_way_that_ignores_what_was_said_since_is_noticed(service, monkeypatch):
    """The control of the test above."""
    monkeypatch.setattr(readings, "said_since", lambda *_: {})

    told = City(service, Random(1)).walk(25)

    assert [now for now, _ in told] != [anew for _, anew in told]
