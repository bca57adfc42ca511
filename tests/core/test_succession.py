"""Which past can be told on the newer map: exact, estimated, or not, by extent, share and rule (rules.md 1)."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.entities import Level, Link, Measure, Rule
from app.core.succession import Outlook, outlook


def link(extent: str | None = "whole", share: str | None = None, *, outside: bool = False) -> Link:
    return Link(
        old="14758-202501",
        new="14758-202507",
        version=1,
        seq=1,
        extent=extent,
        share=None if share is None else Decimal(share),
        share_basis=None if share is None else "Dân số",
        day=date(2025, 7, 1),
        document="1686/NQ-UBTVQH15",
        clause=None,
        outside=outside,
        old_name_vi=None,
        old_name_en=None,
        withdrawn=False,
    )


def indicator(measure: str, rollup: str, level: str = "commune") -> Any:
    return SimpleNamespace(measure=Measure(measure), rollup=Rule(rollup), level=Level(level))


WHOLE, PART, SHARED, OUTSIDE = link(), link("part"), link("part", "0.4"), link(None, outside=True)
CASES = [
    ("ratio", "ratio_of_sums", [WHOLE, WHOLE], "exact", None),
    ("ratio", "ratio_of_sums", [WHOLE, PART], "not_comparable", "share-missing"),
    ("ratio", "ratio_of_sums", [WHOLE, SHARED], "estimated", None),
    ("ratio", "ratio_of_sums", [SHARED, OUTSIDE], "not_comparable", "outside-predecessor"),
    ("count", "sum", [WHOLE], "exact", None),
    ("count", "mean", [WHOLE], "not_comparable", "not-additive"),
    ("count", "max", [WHOLE, WHOLE], "exact", None),
    ("count", "max", [WHOLE, SHARED], "not_comparable", "share-of-extreme"),
    ("flag", "share_reaching", [WHOLE], "not_comparable", "not-additive"),
    ("amount", "sum", [WHOLE], "not_comparable", "not-additive"),
    ("count", "none", [OUTSIDE], "unaffected", None),
]


@pytest.mark.parametrize(("measure", "rollup", "links", "effect", "reason"), CASES)
def test_the_past_is_told_as_far_as_extent_share_and_rule_allow(measure, rollup, links, effect, reason):
    assert outlook(indicator(measure, rollup), links) == Outlook(effect, reason)
