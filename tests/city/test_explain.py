"""Every figure can be redone from its explanation alone: random cities, and the plan's own 33 of 47."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from app.core.explain import exact_text
from tests.city.clerk import check, explained
from tests.city.test_oracle_agrees import told_to_a_service

Row = dict[str, Any]


@pytest.mark.parametrize("seed", [3, 11])
def test_figures_of_random_cities_are_redone_from_the_answer_alone(unseeded_database_url, seed):
    random, rules = Random(seed), set()
    with told_to_a_service(unseeded_database_url, seed) as told:
        for code in sorted({v.indicator for v in told.world.versions}):
            months = [f"{random.choice((2024, 2025))}-{random.randint(1, 12):02d}" for _ in range(2)]
            for period in (None, *months, "2025-Q2", "2025-S1", "2025", "2024"):
                answer = explained(told.service, indicator=code, **({"period": period} if period else {}))
                check(answer)
                asked = {"indicator": code, "period": answer["figure"]["period"]}
                row = told.service.get("/city/snapshot", params=asked).text
                (shown,) = json.loads(row, parse_float=Decimal, parse_int=Decimal)["data"] or [answer["figure"]]
                assert shown == answer["figure"]
                if answer["figure"]["basis"] == "rolled_up":
                    rules.add(answer["definition"]["rollup"])

    assert rules


RULES = ["sum", "ratio_of_sums", "share_reaching", "mean", "weighted_mean", "min", "max"]
MADE: Row = {
    "domain": "government",
    "frequency": "M",
    "level": "commune",
    "definition_vi": "thử",
    "definition_en": "a trial",
    "name_vi": "Thử",
    "name_en": "Trial",
    "valid_from": "2024-01-01",
    "min_coverage": 0.01,
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_redone_by_hand(service, rule):
    steward = service.key("steward")
    ratio = rule == "ratio_of_sums"
    made: Row = {"measure": "ratio", "unit": "PT"} if ratio else {"measure": "amount", "unit": "NUMBER"}
    more: Row = {
        "share_reaching": {"criterion": {"comparator": "ge", "value": 5}},
        "weighted_mean": {"weight": "weight_x"},
    }
    weight = MADE | {"measure": "count", "unit": "NUMBER", "rollup": "sum", "code": "weight_x"}
    trial = MADE | made | {"code": "trial_x", "rollup": rule} | more.get(rule, {})
    for body in (weight, trial):
        answer = service.post("/indicators", body, key=steward)
        assert answer.status_code == 201, answer.text
    for code, period, value in (("14755", "2025-02", 3), ("14758", "2025-03", 8), ("14761", "2025-03", 1)):
        own = {"numerator": value, "denominator": 9} if ratio else {"value": value}
        rows = [{"indicator": "weight_x", "value": 7 + value}, {"indicator": "trial_x", **own}]
        assert service.submit(service.ward(code), rows, period=period).status_code == 201

    answer = explained(service, indicator="trial_x", period="2025-03", lang="en")

    check(answer)
    assert answer["figure"]["basis"] == "rolled_up"
    assert next(r["carried_from"] for r in answer["data"] if r["area"] == "14755-202501") == "2025-02"
    assert len(answer["missing"]) == 44
    by_hand = {
        "sum": "12",
        "ratio_of_sums": "400/9",
        "share_reaching": "100/47",
        "mean": "4",
        "weighted_mean": str(Fraction(3 * 10 + 8 * 15 + 1 * 8, 33)),
        "min": "1",
        "max": "8",
    }
    assert answer["arithmetic"][-1]["terms"][0]["value"] == by_hand[rule]
    assert [name for name, forged in forgeries(answer) if is_believed(forged)] == []


def is_believed(answer: Row) -> bool:
    try:
        check(answer)
    except AssertionError:
        return False
    return True


def forgeries(answer: Row) -> Iterator[tuple[str, Row]]:
    """The control: explanations that do not make their figure."""
    number = "value" if answer["data"][0]["numerator"] is None else "numerator"
    least = next(r for r in answer["data"] if r["area"] == "14761-202501" and r["role"] == "reading")
    yield "reading", answer | {"data": [r | {number: 100} if r is least else r for r in answer["data"]]}
    yield "silence", answer | {"missing": answer["missing"][1:]}
    yield "figure", answer | {"figure": answer["figure"] | {"value": answer["figure"]["value"] + 1}}
    steps = answer["arithmetic"]
    yield "step", answer | {"arithmetic": [steps[0] | {"result": "1234"}, *steps[1:]]}


def test_the_plans_own_33_of_47_names_its_words_and_its_document(service):
    answer = explained(service, indicator="commune_dx_completed", period="2025-01")

    check(answer)
    assert answer["figure"]["value"] == Decimal("70.21")
    (row,) = answer["data"]
    assert (row["role"], row["observation"], row["revision"]) == (
        "reported",
        "commune_dx_completed.380-202501.2025-01",
        1,
    )
    assert len(answer["missing"]) == 47
    assert {a["reason"] for a in answer["missing"]} == {"silent"}
    clause = answer["clause"]
    assert clause["quote"] in clause["text"]
    document = service.get(f"/documents/{clause['document']['id']}").json()
    assert clause["document"] == {name: document[name] for name in ("id", "number", "title_vi", "title_en")}
    single = service.get("/indicators/commune_dx_completed/versions").json()["data"][-1]
    assert json.loads(json.dumps(answer["definition"], default=float)) == single


def test_a_longer_period_names_every_sub_period_and_who_lacks_one(service):
    steward = service.key("steward")
    body = MADE | {"code": "flow_x", "measure": "count", "unit": "NUMBER", "rollup": "sum", "over_time": "sum"}
    assert service.post("/indicators", body, key=steward).status_code == 201
    for code, months in (("14755", (1, 2, 3)), ("14758", (1, 3))):
        for month in months:
            rows = [{"indicator": "flow_x", "value": month * 10}]
            assert service.submit(service.ward(code), rows, period=f"2025-{month:02d}").status_code == 201

    answer = explained(service, indicator="flow_x", period="2025-Q1")

    check(answer)
    assert answer["figure"]["value"] == 60
    assert [(r["period"], r["value"]) for r in answer["data"]] == [("2025-01", 10), ("2025-02", 20), ("2025-03", 30)]
    (lacking,) = [a for a in answer["missing"] if a["area"] == "14758-202501"]
    assert lacking["reason"] == "incomplete"
    assert lacking["observations"] == ["flow_x.14758-202501.2025-01", "flow_x.14758-202501.2025-03"]
    assert answer["arithmetic"][0]["area"] == "14755-202501"


def test_an_old_answer_is_explained_as_it_was_then(service):
    ward = service.ward("14758")
    first = service.submit(ward, [{"indicator": "commune_dx_completed", "value": True}]).json()["seq"]
    service.submit(ward, [{"indicator": "commune_dx_completed", "value": False}])

    old, new = (
        explained(service, indicator="commune_dx_completed", period="2025-03", **a) for a in ({"as_of": first}, {})
    )

    assert [(r["revision"], r["reached"]) for r in old["data"] if r["role"] == "reading"] == [(1, True)]
    assert [(r["revision"], r["reached"]) for r in new["data"] if r["role"] == "reading"] == [(2, False)]


@pytest.mark.parametrize(
    ("value", "text"), [("70", "70"), ("-0.125", "-0.125"), ("100/3", "100/3"), ("1/1024", "0.0009765625")]
)
def test_exact_numbers_are_written_so_that_nothing_is_lost(value, text):
    assert exact_text(Fraction(value)) == text
    assert Fraction(text) == Fraction(value)


def test_what_does_not_exist_is_refused(service):
    for asked, code in (({"indicator": "none"}, "unknown-indicator"), ({"indicator": "x", "area": "1"}, None)):
        refused = service.get("/city/explain", params=asked)
        assert refused.status_code in (404, 422), refused.text
        assert code is None or refused.json()["code"] == code
