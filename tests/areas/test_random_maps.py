"""Random cities told on the map of 1 July 2025, against plain fractions written apart from the service."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from app.areas.reorganisation import shipped
from app.core import succession
from tests.areas.test_apply import NEW, applied
from tests.areas.test_geography import MAP, defined, enter
from tests.city.clerk import check, explained

pytestmark = pytest.mark.endurance

MONTHS = ("2025-04", "2025-05", "2025-06")
RATIO: dict[str, Any] = {"measure": "ratio", "rollup": "ratio_of_sums", "unit": "PT", "decimals": 2}
FLOW: dict[str, Any] = {"over_time": "sum", "carry_forward": 0}
KINDS: dict[str, dict[str, Any]] = {
    "random_count": {},
    "random_lowest": {"rollup": "min"},
    "random_highest": {"rollup": "max"},
    "random_mean": {"rollup": "mean"},
    "random_amount": {"measure": "amount", "unit": "VND"},
    "random_flow": FLOW,
    "random_mean_over_time": FLOW | {"over_time": "mean", "decimals": 2},
    "random_ratio": RATIO,
    "random_ratio_flow": RATIO | FLOW,
    "random_mean_of_ratios": RATIO | {"rollup": "mean"},
}
LINKS = shipped("2025-07-01").links
OUTSIDE = {one.new for one in shipped("2025-07-01").outside}
OLD = sorted({link.old for link in LINKS})
ADDITIVE = {code for code in KINDS if code not in ("random_mean", "random_amount")}


class City:
    """47 wards that say what chance tells them, one in thirty nothing; two of them divided by random shares."""

    def __init__(self, service, seed):
        self.service, chance = service, Random(seed)
        self.said = dict(self._said(chance))
        for code, more in KINDS.items():
            defined(service, code, **more)
        for month in MONTHS:
            rows = [self._row(code, old, said) for (code, old, at), said in self.said.items() if at == month]
            assert service.submit(service.key("admin"), rows, period=month).status_code == 201
        applied(service)
        first, second = Decimal(chance.randint(1, 99)) / 100, Decimal(chance.randint(1, 999)) / 1000
        self.shares = {("14758", "14758"): first, ("14758", "14797"): 1 - first}
        self.shares |= {("16435", "14797"): second, ("16435", "16417"): 1 - second}
        assert enter(service, *((old, new, float(share)) for (old, new), share in self.shares.items())).is_success

    def _said(self, chance) -> Iterator[tuple[tuple[str, str, str], tuple[int, ...]]]:
        for code, more in KINDS.items():
            for old in OLD:
                for month in MONTHS:
                    above, below = chance.randint(0, 50), chance.choice((0, *range(50, 90)))
                    pair = (above, below) if below else (0, 0)
                    if chance.random() > 1 / 30:
                        yield (code, old, month), pair if more.get("measure") == "ratio" else (above,)

    def _row(self, code, old, said):
        names = ("value",) if len(said) == 1 else ("numerator", "denominator")
        return {"indicator": code, "area": f"{old}-202501"} | dict(zip(names, said, strict=True))

    def heard(self, code, old, period):
        """What an old ward said of a month; of the quarter a flow's total, a stock's last word."""
        if period in MONTHS:
            return self.said.get((code, old, period))
        words = [self.said.get((code, old, month)) for month in MONTHS]
        over_time = KINDS[code].get("over_time")
        if over_time is not None:
            totals = () if None in words else map(sum, zip(*words, strict=True))
            return tuple(Fraction(t, len(words) if over_time == "mean" else 1) for t in totals) or None
        return next((word for word in reversed(words) if word is not None), None)

    def wanted(self, code, new, period):
        """How a new ward can be told, why not, and its number or its components."""
        arrows = [link for link in LINKS if link.new == new]
        words = [self.heard(code, link.old, period) for link in arrows]
        shares = [self.shares.get((link.old, new), Decimal(1)) for link in arrows]
        divided, extreme = any(link.extent == "part" for link in arrows), KINDS[code].get("rollup") in ("min", "max")
        reasons = {
            "not-additive": code not in ADDITIVE,
            "outside-predecessor": new in OUTSIDE,
            "share-of-extreme": extreme and divided,
            "predecessor-silent": None in words,
        }
        for reason, holds in reasons.items():
            if holds:
                return "not_comparable", reason, ()
        if extreme:
            numbers = [number for (number,) in words]
            return "exact", None, (Fraction(min(numbers) if KINDS[code]["rollup"] == "min" else max(numbers)),)
        columns = zip(*words, strict=True)
        total = tuple(sum(Fraction(s) * n for s, n in zip(shares, column, strict=True)) for column in columns)
        return "estimated" if divided else "exact", None, total

    def check(self, code, period):
        params = {"indicator": code, "period": period} | MAP
        answer = json.loads(self.service.get("/city/ranking", params=params).text, parse_float=Decimal)
        rows = {row["area"].partition("-")[0]: row for row in answer["data"]}
        assert set(rows) == NEW
        for new, row in rows.items():
            comparability, reason, total = self.wanted(code, new, period)
            where = (code, period, new)
            assert (row["comparability"], row["reason"], *where) == (comparability, reason, *where)
            assert row["status"] == {"exact": "A", "estimated": "E", "not_comparable": "L"}[comparability]
            if len(total) == 2:
                assert (Fraction(row["numerator"]), Fraction(row["denominator"]), *where) == (*total, *where)
            value = rounded(total, KINDS[code].get("decimals", 0))
            assert (None if row["value"] is None else Fraction(row["value"]), *where) == (value, *where)
        check(explained(self.service, **params))


def rounded(total, decimals):
    if not total or (len(total) == 2 and not total[1]):
        return None
    value = total[0] * 100 / total[1] if len(total) == 2 else total[0]
    return Fraction((value * 10**decimals * 2 + 1) // 2, 10**decimals)


@pytest.mark.parametrize("seed", range(3))
def test_every_new_ward_is_told_as_fractions_tell_it_and_every_figure_can_be_redone(service, seed):
    city = City(service, seed)

    for code in KINDS:
        for period in (*MONTHS, "2025-Q2"):
            city.check(code, period)


def test_shares_that_are_left_out_are_found(service, monkeypatch):
    whole = succession._sum
    monkeypatch.setattr(succession, "_sum", lambda terms: whole((None, number) for _, number in terms))
    city = City(service, 0)

    with pytest.raises(AssertionError):
        city.check("random_count", "2025-05")
