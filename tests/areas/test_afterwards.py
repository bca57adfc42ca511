"""The city after 1 July 2025: codes by date, keys of ended wards, the break, and nothing carried over it."""

import pytest

from tests.areas.test_apply import NEW, ROW, applied, revisions

TWICE = ("14758", "14797", "16378", "16417", "15925", "16522")


@pytest.fixture
def city(service):
    for code in ("14758", "14797", "15925"):
        service.submit(service.ward(code), [ROW], period="2025-05")
    applied(service)
    return service


def row(service, period):
    params = {"period": period, "indicator": ROW["indicator"]}
    return next(
        r for r in service.get("/city/snapshot", params=params).json()["data"] if r["indicator"] == ROW["indicator"]
    )


def test_47_areas_are_expected_before_the_change_and_seven_after(city):
    assert (row(city, "2025-06")["expected"], row(city, "2025-07")["expected"]) == (47, 7)
    assert len(city.get("/city/completeness", params={"period": "2025-07"}).json()["data"]) == 7


def test_nothing_is_carried_across_the_change(city):
    assert (row(city, "2025-06")["carried"], row(city, "2025-07")["carried"]) == (3, 0)


def test_the_first_city_figure_on_the_new_map_is_a_break(city):
    rows = [ROW | {"area": area} for area in sorted(NEW)]
    for period in ("2025-07", "2025-08"):
        sent = city.submit(city.key("admin"), rows, period=period)
        assert sent.status_code == 201, sent.text

    shown = [row(city, period) for period in ("2025-06", "2025-07", "2025-08")]

    assert [r["status"] for r in shown] == ["A", "B", "A"]
    assert [r["basis"] for r in shown] == ["reported", "rolled_up", "rolled_up"]
    assert [r["area"] for r in shown] == ["380-202501"] * 3


@pytest.mark.parametrize("code", TWICE)
def test_a_code_of_two_places_resolves_by_date_and_not_without(city, code):
    old, new = f"{code}-202501", f"{code}-202507"

    bare = city.get(f"/areas/{code}")

    assert city.get(f"/areas/{code}", params={"at": "2025-06-30"}).json()["id"] == old
    assert city.get(f"/areas/{code}", params={"at": "2025-07-01"}).json()["id"] == new
    assert (bare.status_code, bare.json()["code"]) == (400, "area-code-ambiguous")
    assert bare.json()["errors"][0]["expected"] == f"{old}, {new}"


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/observations", {}),
        ("/observations/compare", {"from": "1"}),
        ("/exports/observations.csv", {}),
        ("/jsonstat/observations", {}),
        ("/sdmx/data/OBSERVATIONS", {}),
    ],
)
def test_a_list_does_not_mix_two_places_of_one_code(city, path, more):
    bare = city.get(path, params={**more, "area": "14758"})
    dated = city.get(path, params={**more, "area": "14758", "period": "2025-06"})

    assert (bare.status_code, bare.json()["code"]) == (400, "area-code-ambiguous")
    assert bare.json()["errors"][0]["parameter"] == "area"
    assert dated.status_code == 200
    assert "14758-202507" not in dated.text


def test_an_sdmx_key_does_not_mix_them_either(city):
    path = "/sdmx/data/OBSERVATIONS/M.14755+14758.*"

    bare = city.get(path)

    assert (bare.status_code, bare.json()["code"]) == (400, "area-code-ambiguous")
    assert bare.json()["errors"][0] | {"parameter": "key", "given": "14758"} == bare.json()["errors"][0]
    assert city.get(path, params={"endPeriod": "2025-06"}).status_code == 200
    assert city.get(path.replace("14758", "14758-202501")).status_code == 200


def test_15853_means_the_new_place_alone_for_the_old_one_lay_outside(city):
    assert city.get("/areas/15853").json()["id"] == "15853-202507"


def test_a_row_finds_the_place_its_code_meant_in_its_period(city):
    admin = city.key("admin")

    for period, area in (("2025-06", "14758-202501"), ("2025-07", "14758-202507")):
        sent = city.submit(admin, [ROW | {"area": "14758"}], period=period)
        assert sent.json()["area"] == area, sent.text


def test_a_row_for_an_ended_area_names_its_successors(city):
    refused = city.submit(city.key("admin"), [ROW | {"area": "14758-202501"}], period="2025-07")

    error = refused.json()["errors"][0]
    assert (refused.status_code, error["code"]) == (422, "area-not-valid-in-period")
    assert error["hint"] == "14758-202507 Phường Hàm Rồng, 14797-202507 Phường Hạc Thành"


@pytest.mark.parametrize("period", ["2025-06", "2025-07"])
def test_the_key_of_an_ended_ward_posts_nothing_until_it_is_issued_anew(service, period):
    old = service.ward("14758")
    service.submit(old, [ROW], period="2025-05")
    applied(service)
    again = service.key("submit", areas=("14758-202507", "14758-202501"))

    refused = service.submit(old, [ROW], period=period)
    withdrawn = service.delete(
        f"/observations/{ROW['indicator']}.14758-202501.2025-05", key=old, headers={"If-Match": "*"}
    )

    assert refused.status_code == 422
    assert withdrawn.json()["code"] == "key-area-ended"
    sent = service.submit(again, [ROW | {"area": "14758"}], period=period)
    assert sent.status_code == 201, sent.text


def test_a_ward_reads_on_what_its_successors_send_and_its_successors_what_it_sent(service):
    old, other = service.ward("14758"), service.ward("14800")
    service.submit(old, [ROW], period="2025-05")
    applied(service)
    new = service.key("submit", areas=("14758-202507",))
    service.submit(new, [ROW], period="2025-07")

    listed = {key: service.get("/submissions", key=key).json()["data"] for key in (old, new, other)}

    assert [s["area"] for s in listed[old]] == [s["area"] for s in listed[new]] == ["14758-202507", "14758-202501"]
    assert listed[other] == []


def test_nothing_stored_changes_when_figures_are_read_on_the_new_map(city):
    before = revisions(city)

    for period in ("2025-06", "2025-07", "2025-S2", "2025"):
        row(city, period)
    city.get("/city/ranking", params={"indicator": ROW["indicator"], "period": "2025-07"})

    assert revisions(city) == before


def test_as_of_before_the_change_the_old_map_still_answers(service):
    service.submit(service.ward("14758"), [ROW], period="2025-05")
    params = {"period": "2025-07", "as_of": int(service.get("/areas").headers["x-seq"])}
    before = service.get("/city/snapshot", params=params)

    applied(service)

    assert service.get("/city/snapshot", params=params).content == before.content
