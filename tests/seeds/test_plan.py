"""The seeds say what the plan says: every word, every quotation, every number."""

import copy
from collections import Counter
from decimal import Decimal

import pytest

from tests.seeds.plan import PLAN, absent_numbers, folded, misquoted, quotations, raw, seeds, stitched, unstated

WORLD = seeds()
TEXT = raw(PLAN)
CLAUSES = WORLD["clauses.yaml"]
# Page feet fall into the middle of these two.
INTERRUPTED = {"B.I.3", "B.I.4.4"}


@pytest.fixture
def world():
    return copy.deepcopy(WORLD)


def told(clauses):
    """What the clauses hold: the body in the order of the plan, and the footnotes."""
    ordered = sorted(clauses, key=lambda clause: clause["ordinal"])
    body = " ".join(folded(c["text"]) for c in ordered if not c["id"].startswith("fn"))
    return body, [folded(c["text"]) for c in ordered if c["id"].startswith("fn")]


def test_the_clauses_in_order_are_the_plan():
    assert told(CLAUSES) == stitched(TEXT)


def test_the_clauses_hold_every_word_of_the_plan_as_often_as_it_stands():
    body, notes = told(CLAUSES)

    assert Counter(" ".join([body, *notes]).split()) == Counter(folded(TEXT).split())


def test_a_clause_stands_in_the_plan_unbroken_save_where_a_page_foot_falls():
    plan = folded(TEXT)

    assert {c["id"] for c in CLAUSES if folded(c["text"]) not in plan} == INTERRUPTED


def test_no_clause_can_be_left_out():
    for clause in CLAUSES:
        rest = [other for other in CLAUSES if other is not clause]
        assert told(rest) != stitched(TEXT), clause["id"]


def test_every_quotation_stands_in_its_clause():
    assert misquoted(WORLD) == []


def test_every_seed_that_speaks_of_the_plan_quotes_it():
    counted = {name: len(list(quotations(content))) for name, content in WORLD.items() if name.endswith(".yaml")}

    assert all(count for name, count in counted.items() if name != "clauses.yaml"), counted


def test_a_changed_word_or_another_clause_is_noticed(world):
    target = world["targets.yaml"][0]
    target["quote"] = target["quote"].replace("2025", "2026")
    world["observations.yaml"][0]["clause"] = "B.I.3"

    assert [name for name, _ in misquoted(world)] == ["observations.yaml", "targets.yaml"]


def test_no_number_of_the_plan_is_in_no_seed():
    assert absent_numbers(WORLD, TEXT) == []


def test_no_number_of_the_plan_is_in_its_clauses_alone(world):
    del world["clauses.yaml"]

    assert absent_numbers(world, TEXT) == []


def test_a_lost_clause_or_a_new_number_is_noticed(world):
    only_clauses = {"clauses.yaml": [c for c in world["clauses.yaml"] if c["id"] != "fn2"]}

    assert absent_numbers(only_clauses, TEXT) == ["82", "98"]
    assert absent_numbers(world, TEXT.replace("84,39%", "84,40%")) == ["84,40"]


def figures(world):
    """The records whose quotation holds figures: baselines, targets, initiatives with their budgets."""
    named = ("observations.yaml", "targets.yaml", "initiatives.yaml")
    return [record for name in named for record in world[name] if record.get("quote")]


def test_every_figure_of_a_quotation_stands_in_a_field_of_its_own():
    assert [(r["quote"], lost) for r in figures(WORLD) if (lost := unstated(r, r["quote"]))] == []


@pytest.mark.parametrize(
    ("file", "quote", "field", "wrong"),
    [
        ("observations.yaml", "84,39%", "value", "84.4"),
        ("observations.yaml", "33/47", "numerator", "34"),
        ("observations.yaml", "33/47", "denominator", "48"),
        ("observations.yaml", "97,96%", "value", "9796"),
        ("targets.yaml", "131 di tích", "of", "132"),
        ("targets.yaml", "30 di tích", "value", "3"),
        ("targets.yaml", "ít nhất 02", "value", "20"),
    ],
)
def test_a_changed_value_is_noticed(world, file, quote, field, wrong):
    record = [r for r in world[file] if quote in r["quote"] and field in r][-1]

    record[field] = Decimal(wrong)

    assert unstated(record, record["quote"])


@pytest.mark.parametrize(
    ("quote", "fields"),
    [
        ("đạt 84,39%", {"value": Decimal("84.39")}),
        ("Có 33/47 phường, xã", {"numerator": Decimal(33), "denominator": Decimal(47)}),
        ("tổng mức đầu tư là 350 tỷ đồng", {"budget_vnd": Decimal(350_000_000_000)}),
        ("ít nhất 02 doanh nghiệp", {"value": Decimal(2)}),
        ("ngày 16/01/2025", {"date": "2025-01-16"}),
        ("trước năm 2028", {"due": "2027-12-31", "flags": ["exclusive_deadline"]}),
        ("hết tháng 12/2025", {"ends": "2025-12-31"}),
        ("mạng thông tin di động 4G/5G", {}),
    ],
)
def test_the_notation_of_the_plan_is_understood(quote, fields):
    assert unstated(fields, quote) == []
    assert bool(unstated({}, quote)) == bool(fields)
