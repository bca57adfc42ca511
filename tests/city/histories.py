"""Random histories: whatever may happen to the ledger, in any order, told over HTTP; each act makes one change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx

from tests.service import Service

SHARE, FLAG, SUM, OF_CITY = (
    "adults_with_smartphone_rate",
    "commune_dx_completed",
    "relics_digitised_3d",
    "land_database_rate",
)
WARDS = ("14758", "14761", "14764", "14797")
PERIODS = ("2025-01", "2025-02", "2025-04", "2025-06", "2025-07")
CELL = f"{SHARE}.14758-202501.2025-02"

READS = (
    "/city/snapshot",
    "/city/snapshot?period=2025-06",
    "/city/snapshot?period=2025-Q3&lang=en",
    f"/city/series?indicator={SHARE}",
    f"/city/series?indicator={FLAG}&period_from=2025-05&period_to=2025-08",
    f"/city/ranking?indicator={SHARE}&period=2025-06",
    f"/city/ranking?indicator={FLAG}&period=2025-07",
    "/city/completeness?period=2025-06",
    "/city/completeness?period=2025-07",
    "/city/progress",
    f"/city/explain?indicator={SHARE}&period=2025-06",
    f"/city/explain?indicator={FLAG}",
    f"/city/what-if?indicator={FLAG}",
    "/city/outliers?period=2025",
    "/city/snapshot?period=2025-06&geography=2025-07-01",
    f"/city/series?indicator={SUM}&frequency=A&geography=2025-07-01",
    f"/city/ranking?indicator={SHARE}&period=2025-04&geography=2025-07-01",
    f"/city/explain?indicator={SHARE}&period=2025-02&geography=2025-07-01&lang=en",
    "/observations?limit=1000&geography=2025-07-01",
    "/observations?limit=1000&geography=2025-06-30&period_from=2025-04",
    f"/city/forecast?indicator={SHARE}&due=2030-12-31",
    "/observations?limit=1000&withdrawn=true",
    f"/observations/{CELL}",
    f"/observations/{CELL}/revisions",
    "/areas?limit=1000",
    "/areas?limit=1000&at=2025-07-01&lang=en",
    "/areas/14758-202501",
    "/areas/14758-202501/lineage",
    "/area-changes",
    "/area-changes/2025-07-01",
    "/area-changes/2025-07-01/shares",
    "/areas/15925-202507/lineage",
    "/indicators?limit=1000",
    "/indicators?retired=true",
    f"/indicators/{SHARE}/versions",
    "/targets?limit=1000",
    "/targets?retired=true",
    f"/targets/{FLAG}-2025",
    f"/targets/{FLAG}-2025/trajectory",
    "/initiatives?limit=1000",
    "/initiatives/summary",
    "/initiatives/ioc_centre",
    "/initiatives?kind=task",
    "/releases",
    "/documents",
    "/clauses/B.I.2",
    f"/provenance/indicator/{SHARE}",
    f"/provenance/observation/{CELL}",
)

# What may stand behind a figure that an act of this kind changed.
CAUSES = {
    "reports": {"late_report", "correction"},
    "corrects": {"correction"},
    "withdraws": {"correction"},
    "redefines": {"definition_change"},
    "retires": {"definition_change"},
    "aims": {"target_change"},
    "redraws": {"area_change"},
    "steers": {"target_change"},
}

# What a steward may say of the two wards that were divided: how much of each went where.
DIVIDED = {"14758": ("14758", "14797"), "16435": ("14797", "16417")}


@dataclass
class History:
    """`told` holds the kind and the seq of every act."""

    service: Service
    random: Random
    told: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = self.service.key("admin")
        self._acts: dict[str, Callable[[], httpx.Response]] = {
            "reports": self._reports,
            "corrects": self._corrects,
            "withdraws": self._withdraws,
            "redefines": self._redefines,
            "retires": self._retires,
            "aims": self._aims,
            "redraws": self._redraws,
            "proceeds": self._proceeds,
            "releases": self._releases,
            "shares": self._shares,
            "steers": self._steers,
            "plans": self._plans,
        }

    @property
    def newest(self) -> int:
        return int(self.service.get("/areas?limit=1&fields=id").headers["x-seq"])

    def step(self, kind: str | None = None) -> int:
        """One act that changes something, of `kind` or of any; its seq."""
        before = self.newest
        kinds = [kind] if kind else self.random.choices(list(self._acts), _WEIGHTS, k=20)
        for _ in range(10):
            for chosen in kinds:
                self.service.now[0] += timedelta(hours=self.random.randint(1, 40))
                answer = self._acts[chosen]()
                assert answer.status_code < 500, answer.text
                after = self.newest
                if after > before:
                    assert after == before + 1, (chosen, answer.text)
                    self.told.append((chosen, after))
                    return after
        raise AssertionError(f"nothing could be done: {kinds}")

    def _reports(self) -> httpx.Response:
        rows = [self._row() for _ in range(self.random.randint(1, 3))]
        sent = {"period": self.random.choice(PERIODS), "rows": rows}
        return self.service.post("/submissions?on_error=accept_valid", sent, key=self.key)

    def _row(self) -> dict[str, Any]:
        number = self.random.randint(0, 20)
        kind = self.random.choice((SHARE, SHARE, FLAG, SUM, OF_CITY))
        area = "380" if kind == OF_CITY or self.random.random() < 0.2 else self.random.choice(WARDS)
        content: dict[str, Any] = {
            SHARE: {"numerator": number, "denominator": 20},
            FLAG: {"value": number > 9} if area != "380" else {"numerator": number, "denominator": 20},
            SUM: {"value": number},
            OF_CITY: {"value": number, "qualifier": self.random.choice(("eq", "gt"))},
        }[kind]
        if self.random.random() < 0.1:
            content = {"status": self.random.choice("MQ")}
        return {"indicator": kind, "area": area, **content}

    def _cell(self) -> str:
        cells = self.service.get("/observations?limit=1000&fields=id").json()["data"]
        found: str = self.random.choice(cells)["id"]
        return found

    def _corrects(self) -> httpx.Response:
        cell, number = self._cell(), self.random.randint(0, 20)
        content = {"note": f"Lần {number}"} if number % 4 == 0 else {"numerator": number, "denominator": 20}
        return self._changed("PATCH", f"/observations/{cell}", content)

    def _withdraws(self) -> httpx.Response:
        return self._changed("DELETE", f"/observations/{self._cell()}")

    def _redefines(self) -> httpx.Response:
        changes: dict[str, Any] = self.random.choice(
            [
                {"min_coverage": self.random.choice((0.02, 0.5, 0.8))},
                {
                    "carry_forward": self.random.choice((0, 3, 12)),
                    "valid_from": self.random.choice(("2025-01-01", "2025-06-01")),
                },
                {"name_en": f"Adults with a smartphone, {self.random.randint(1, 99)}"},
                {"decimals": self.random.randint(0, 3)},
            ]
        )
        changes |= {"over_time": "sum"} if self.random.random() < 0.2 else {}
        return self._changed("PATCH", f"/indicators/{self.random.choice((SHARE, SUM))}", changes)

    def _retires(self) -> httpx.Response:
        retired = self.random.random() < 0.5
        return self._changed("PATCH", f"/indicators/{OF_CITY}", {"retired": retired})

    def _aims(self) -> httpx.Response:
        known = self.service.get("/targets?limit=1000&fields=id,indicator").json()["data"]
        act, value = self.random.random(), self.random.randint(1, 99)
        indicator = self.random.choice((SHARE, FLAG, SUM))
        standing = [t["id"] for t in known if t["indicator"] in (SHARE, FLAG, SUM)]
        if act < 0.4 or not standing:
            sent = {"indicator": indicator, "level": "city", "comparator": "ge", "value": value, "due": "2027-12-31"}
            return self.service.post("/targets", sent, key=self.key)
        target = self.random.choice(standing)
        if act < 0.8:
            return self._changed("PATCH", f"/targets/{target}", {"value": value})
        return self._changed("DELETE", f"/targets/{target}")

    def _redraws(self) -> httpx.Response:
        if self.service.get("/area-changes").json()["data"]:
            return self.service.delete("/area-changes/2025-07-01", key=self.key)
        return self.service.post("/area-changes", {"file": "2025-07-01"}, key=self.key)

    def _proceeds(self) -> httpx.Response:
        status = self.random.choice(("planned", "preparing", "in_progress", "completed"))
        return self._changed("PATCH", "/initiatives/ioc_centre", {"status": status})

    def _releases(self) -> httpx.Response:
        sent = {"name": f"r-{self.random.randint(0, 10**9)}", "as_of": self.random.randint(0, self.newest)}
        return self.service.post("/releases", sent, key=self.key)

    def _shares(self) -> httpx.Response:
        """Shares of a divided ward are entered, whole or for one part, or taken back."""
        old = self.random.choice(list(DIVIDED))
        if self.random.random() < 0.3:
            return self._changed("DELETE", f"/area-changes/2025-07-01/shares/{old}")
        percent = self.random.randint(1, 99)
        parts = zip(DIVIDED[old], (percent, 100 - percent), strict=True)
        sent = [{"old": old, "new": new, "share": p / 100, "basis": f"Lần {percent}"} for new, p in parts]
        return self.service.post("/area-changes/2025-07-01/shares", {"shares": sent}, key=self.key)

    def _steers(self) -> httpx.Response:
        """A target gets interim points, or loses them."""
        value = self.random.choice((None, *range(71, 99)))
        points = [] if value is None else [{"date": "2025-06-30", "value": value}]
        return self._changed("PATCH", f"/targets/{FLAG}-2025", {"trajectory": points})

    def _plans(self) -> httpx.Response:
        """Something new is planned, renamed, or dropped."""
        code = f"plan_{self.random.randint(1, 3)}"
        act = self.random.random()
        if act < 0.4:
            sent = {"code": code, "kind": "task", "name_vi": "Việc mới", "name_en": "A new task"}
            return self.service.post("/initiatives", sent, key=self.key)
        if act < 0.8:
            return self._changed("PATCH", f"/initiatives/{code}", {"name_en": f"Task {self.random.randint(1, 99)}"})
        return self._changed("DELETE", f"/initiatives/{code}")

    def _changed(self, method: str, path: str, content: Any = None) -> httpx.Response:
        more = {} if content is None else {"json": content}
        return self.service.raw(method, f"/api/v1{path}", key=self.key, headers={"If-Match": "*"}, **more)


_WEIGHTS = (8, 3, 2, 3, 1, 3, 1, 1, 1, 2, 1, 1)
