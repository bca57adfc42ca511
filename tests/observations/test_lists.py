"""Lists of cells: filters, order, counts, fields, cursors and what is refused."""

from itertools import product

import pytest

from tests.observations.conftest import COUNT
from tests.service import Service


def ids(shared: Service, query: str) -> list[str]:
    return [row["id"] for row in shared.get(f"/observations?{query}").json()["data"]]


def named(*parts: tuple[str, str, str]) -> list[str]:
    return [f"{indicator}.{ward}-202501.{month}" for indicator, ward, month in parts]


def test_filters_of_one_kind_are_alternatives_and_of_two_kinds_conditions(city: Service):
    query = f"indicator={COUNT}&area=14758&area=14764-202501&period=2025-01&period=2025-03"

    cells = product([COUNT], ["2025-01", "2025-03"], ["14758", "14764"])
    assert ids(city, query) == named(*((indicator, ward, month) for indicator, month, ward in cells))


def test_a_span_of_periods_holds_both_its_ends(city: Service):
    base = f"indicator={COUNT}&area=14758"

    assert ids(city, f"{base}&period_from=2025-02") == named((COUNT, "14758", "2025-02"), (COUNT, "14758", "2025-03"))
    assert ids(city, f"{base}&period_to=2025-02") == named((COUNT, "14758", "2025-01"), (COUNT, "14758", "2025-02"))
    assert len(ids(city, f"{base}&period_from=2025-Q1&period_to=2025")) == 3


@pytest.mark.parametrize(
    "sort", ["indicator", "area", "period", "seq", "period,area", "-period,area", "area,-period,-seq"]
)
@pytest.mark.parametrize("turned", [False, True])
def test_every_order_goes_both_ways(city: Service, sort: str, turned: bool):
    keys = [(k.lstrip("-"), k.startswith("-") != turned) for k in sort.split(",")]
    sort = ",".join(("-" if down else "") + name for name, down in keys)
    rows = city.get(f"/observations?sort={sort}&area=14758&area=14761&area=14764").json()["data"]

    expected = sorted(rows, key=lambda r: (r["indicator"], r["period"], r["area"]))
    for name, down in reversed(keys):
        expected.sort(key=lambda r: r[name], reverse=down)

    assert len(rows) == 18
    assert rows == expected


def test_a_count_is_given_on_request_for_the_whole_list(city: Service):
    page = city.get(f"/observations?indicator={COUNT}&area=14758&limit=2&count=exact").json()

    assert (page["count"], len(page["data"])) == (3, 2)
    assert "count" not in city.get("/observations?limit=1").json()


def test_fields_trim_a_row(city: Service):
    rows = city.get(f"/observations?indicator={COUNT}&area=14758&fields=value,period").json()["data"]

    assert rows == [{"value": n, "period": f"2025-0{n}"} for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter"),
    [
        ("indicators=x", 400, "unknown-parameter", "indicators"),
        ("sort=value", 400, "unknown-sort-key", "sort"),
        ("sort=perod", 400, "unknown-sort-key", "sort"),
        ("fields=id,valeu", 400, "unknown-field", "fields"),
        ("cursor=x", 400, "cursor-invalid", "cursor"),
        ("cursor=%C3%A9", 400, "cursor-invalid", "cursor"),
        ("limit=0", 422, "invalid-parameter", "limit"),
        ("limit=1001", 422, "invalid-parameter", "limit"),
        ("limit=x", 422, "invalid-parameter", "limit"),
        ("limit=1&limit=2", 422, "invalid-parameter", "limit"),
        ("count=about", 422, "invalid-parameter", "count"),
        ("period=2025-13", 422, "period-malformed", "period"),
        ("period_from=x", 422, "period-malformed", "period_from"),
        ("period_to=x", 422, "period-malformed", "period_to"),
        ("withdrawn=maybe", 422, "invalid-parameter", "withdrawn"),
        ("indicator=relics_digitised_4d", 422, "unknown-indicator", "indicator"),
        ("area=99999", 422, "unknown-area", "area"),
        ("area=a%00", 422, "invalid-parameter", "area"),
        ("area=a%E2%80%8B", 422, "invalid-parameter", "area"),
        ("as_of=yesterday", 422, "as-of-malformed", "as_of"),
    ],
)
def test_a_wrong_question_is_refused_by_its_parameter(
    shared: Service, query: str, status: int, code: str, parameter: str
):
    answer = shared.get(f"/observations?{query}")

    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert told["errors"][0]["parameter"] == parameter


def test_a_cursor_serves_its_own_question_only(city: Service):
    cursor = city.get("/observations?limit=2&sort=seq").json()["next"]

    assert city.get(f"/observations?limit=5&sort=seq&cursor={cursor}").status_code == 200
    for other in ("sort=-seq", "sort=seq&area=14758", "", "sort=seq&withdrawn=true"):
        answer = city.get(f"/observations?limit=2&{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid")
    flipped = ("B" if cursor[20] == "A" else "A").join((cursor[:20], cursor[21:]))
    assert city.get(f"/observations?limit=2&sort=seq&cursor={flipped}").status_code == 400
