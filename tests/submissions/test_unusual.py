"""Which rows get `unusual-change`: the database's quick look misses none that the core would name."""

import random
from decimal import Decimal
from typing import Any

import pytest

from app.core.outliers import MOST, number, usual

KINDS = {"plain": ("amount", "sum"), "share": ("ratio", "ratio_of_sums")}
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][:20]
Said = dict[str, Any]


def said(chance: random.Random, kind: str, level: int) -> Said | None:
    """What a ward says of a month: mostly near its level, now and then a slip, a bound, nothing of nothing, silence."""
    what = chance.random()
    if what < 0.12:
        return None
    if what < 0.18:
        return {"status": chance.choice("MQ")}
    value = level + chance.randint(0, 3) if what < 0.9 else level * chance.choice((0, 3, 10)) + chance.randint(0, 9)
    if kind == "share":
        return {"numerator": min(value, 900), "denominator": 900} if what > 0.22 else {"numerator": 0, "denominator": 0}
    sent: Said = {"value": float(f"{value}e{chance.choice((-3, 0))}") if what < 0.3 else value}
    return sent | ({"qualifier": "gt"} if what < 0.24 else {})


def exact(one: Said | None) -> Decimal | None:
    if one is None or "status" in one or "qualifier" in one:
        return None
    value, above, below = (None if (n := one.get(m)) is None else Decimal(str(n)) for m in MEMBERS)
    return number(value, above, below)


MEMBERS = ("value", "numerator", "denominator")


def unusual(history: list[Said | None], at: int) -> bool:
    """By the core alone, over the months that may count."""
    value = exact(history[at])
    before = [n for one in history[max(0, at - MOST) : at] if (n := exact(one)) is not None]
    found = usual(before)
    return value is not None and found is not None and not found.allows(value)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_named_as_the_core_names_them(service, kind):
    chance = random.Random(kind)
    measure, rollup = KINDS[kind]
    made = {
        "code": "x_y_z",
        "name_vi": "Số",
        "name_en": "N",
        "domain": "government",
        "frequency": "M",
        "level": "commune",
    }
    made |= {"measure": measure, "rollup": rollup}
    assert service.post("/indicators", made, key=service.key("steward")).status_code == 201
    wards = [a["id"] for a in service.get("/areas?level=commune&limit=100").json()["data"]]
    levels = {ward: chance.choice((2, 20, 600)) for ward in wards}
    told = {ward: [said(chance, kind, levels[ward]) for _ in MONTHS] for ward in wards}

    def send(months: list[int]) -> set[tuple[str, int]]:
        """The rows of these months in one submission; which of them were named."""
        rows = [(ward, m, one) for ward in wards for m in months if (one := told[ward][m]) is not None]
        sent = [{"indicator": "x_y_z", "area": ward, "period": MONTHS[m], **one} for ward, m, one in rows]
        answer = service.post("/submissions", {"rows": sent}, key=service.key("admin", "submit"))
        assert answer.status_code == 201, answer.text
        named = [any(f["code"] == "unusual-change" for f in r["findings"]) for r in answer.json()["results"]]
        return {(ward, m) for (ward, m, _), was in zip(rows, named, strict=True) if was}

    first = list(range(16))
    found = [send(first), *(send([m]) for m in range(16, len(MONTHS)))]

    expected = {(ward, m) for ward in wards for m in range(len(MONTHS)) if unusual(told[ward], m)}
    assert set().union(*found) == expected
    assert len(expected) > 20
    assert found[1], "the quick look found none"
