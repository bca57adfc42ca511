"""Places over HTTP: filters, search, pages, codes that two places share."""

import unicodedata
from datetime import date

import pytest

from app.core.places import folded

COMMUNES = {"level": "commune", "limit": 1000}


def names(service):
    return {row["id"]: row["name"] for row in service.get("/areas", params=COMMUNES).json()["data"]}


def reuse(service):
    """A further place of a code that is taken, as the reorganisation of 1 July 2025 makes it."""
    return service.founded("14758", date(2025, 7, 1), name="Phường Hàm Rồng")


def test_the_seeded_world_is_the_city_and_its_47_units(service):
    listed = service.get("/areas", params={"count": "exact"}).json()

    assert listed["count"] == 48
    assert listed["next"] is None
    assert sum(row["level"] == "commune" for row in listed["data"]) == 47
    assert len({row["id"] for row in listed["data"]}) == 48


@pytest.mark.parametrize("form", ["NFC", "NFD", "unmarked", "capitals"])
def test_every_name_is_found_in_any_writing(service, form):
    every = names(service)
    assert len(every) == 47

    for area, name in every.items():
        q = {"unmarked": folded(name), "capitals": name.upper()}.get(form) or unicodedata.normalize(form, name)
        found = service.get("/areas", params={**COMMUNES, "q": q}).json()["data"]
        assert area in {row["id"] for row in found}, name
        assert all(folded(name) in folded(row["name"]) for row in found)


def test_a_search_that_nothing_matches_is_an_empty_page(service):
    assert service.get("/areas", params={"q": "Sài Gòn"}).json()["data"] == []


def test_filters_narrow_and_repeat(service):
    wards = service.get("/areas", params={"type": "phường", "limit": 1000}).json()["data"]
    communes = service.get("/areas", params={"type": "xa", "limit": 1000}).json()["data"]
    city = service.get("/areas", params={"level": "city"}).json()["data"]
    two = service.get("/areas", params={"code": ["14755", "14758"]}).json()["data"]

    assert len(wards) + len(communes) == 47
    assert [row["id"] for row in city] == ["380-202501"]
    assert [row["id"] for row in two] == ["14755-202501", "14758-202501"]
    assert len(service.get("/areas", params={"parent": "380", "limit": 1000}).json()["data"]) == 47
    assert service.get("/areas", params={"kind": "statistical"}).json()["data"] == []


def test_at_shows_the_places_of_that_day(service):
    assert service.get("/areas", params={"at": "2024-12-31"}).json()["data"] == []
    assert len(service.get("/areas", params={"at": "2025-01-01"}).json()["data"]) == 48

    reuse(service)

    before = service.get("/areas", params={"code": "14758", "at": "2025-06-30"}).json()["data"]
    assert [row["id"] for row in before] == ["14758-202501"]


@pytest.mark.parametrize(("lang", "name"), [("vi", "Phường Đông Thọ"), ("en", "Dong Tho Ward")])
def test_a_place_speaks_the_asked_language_and_holds_both_names(service, lang, name):
    place = service.get("/areas/14758", params={"lang": lang}).json()

    assert place["id"] == "14758-202501"
    assert place["name"] == name
    assert (place["name_vi"], place["name_en"]) == ("Phường Đông Thọ", "Dong Tho Ward")
    assert [v["version"] for v in place["versions"]] == [1]
    assert place["valid_to"] is None


def test_a_code_of_two_places_needs_a_day(service):
    reuse(service)

    asked = service.get("/areas/14758")
    assert asked.status_code == 400
    assert asked.json()["code"] == "area-code-ambiguous"
    assert asked.json()["errors"][0]["expected"] == "14758-202501, 14758-202507"
    assert asked.json()["errors"][0]["parameter"] == "id"

    assert service.get("/areas/14758", params={"at": "2025-06-30"}).json()["id"] == "14758-202501"
    assert service.get("/areas/14758-202507").json()["name_vi"] == "Phường Hàm Rồng"


def test_an_unknown_place_is_404_with_the_nearest_one(service):
    answer = service.get("/areas/phuong dong tho")

    assert answer.status_code == 404
    assert answer.json()["code"] == "area-not-found"
    assert answer.json()["errors"][0]["hint"] == "14758 Phường Đông Thọ"


def test_what_became_known_later_is_not_there_as_of_earlier(service):
    seq = service.get("/areas").json()["seq"]
    reuse(service)

    assert service.get("/areas/14758-202507", params={"as_of": seq}).status_code == 404
    assert service.get("/areas", params={"as_of": seq, "count": "exact"}).json()["count"] == 48
    assert service.get("/areas", params={"count": "exact"}).json()["count"] == 49


@pytest.mark.parametrize("sort", ["name", "-name", "-code", "type,-id", "-level,parent", "valid_to"])
def test_pages_hold_every_place_once_in_order(service, sort):
    whole = service.get("/areas", params={"sort": sort, "limit": 1000}).json()["data"]
    pages, cursor = [], None
    while True:
        params = {"sort": sort, "limit": 7, **({"cursor": cursor} if cursor else {})}
        page = service.get("/areas", params=params).json()
        pages += page["data"]
        cursor = page["next"]
        if cursor is None:
            break

    assert pages == whole


def test_names_stand_in_the_order_in_which_they_are_looked_up(service):
    names = [row["name"] for row in service.get("/areas", params={"sort": "name", "limit": 1000}).json()["data"]]

    # Đ with D, whatever its code point, and marks only where letters are the same.
    dinh = names.index("Phường Điện Biên")
    assert dinh < names.index("Phường Đông Cương") < names.index("Phường Hàm Rồng") < names.index("Phường Quảng Cát")
    assert names.index("Phường Đông Vệ") < names.index("Phường Hàm Rồng")
    assert names == sorted(names, key=lambda name: (plain(name), name))


def plain(name):
    marked = unicodedata.normalize("NFD", name.lower()).replace("đ", "d")
    return "".join(c for c in marked if not unicodedata.combining(c))


def test_fields_trim_the_rows(service):
    rows = service.get("/areas", params={"fields": "id,name", "limit": 2}).json()["data"]

    assert [list(row) for row in rows] == [["id", "name"]] * 2


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"sort": "nmae"}, 400, "unknown-sort-key"),
        ({"fields": "nmae"}, 400, "unknown-field"),
        ({"cursor": "abc"}, 400, "cursor-invalid"),
        ({"levle": "city"}, 400, "unknown-parameter"),
        ({"level": "ward"}, 422, "invalid-parameter"),
        ({"at": "2025-02-30"}, 422, "invalid-parameter"),
        ({"limit": 0}, 422, "invalid-parameter"),
        ({"limit": 1001}, 422, "invalid-parameter"),
        ({"count": "about"}, 422, "invalid-parameter"),
        ({"lang": "fr"}, 422, "invalid-parameter"),
        ({"as_of": 10**9}, 422, "as-of-in-future"),
    ],
)
def test_a_wrong_parameter_is_named(shared, params, status, code):
    answer = shared.get("/areas", params=params)

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["parameter"] == next(iter(params))


def test_a_cursor_of_another_query_is_refused(service):
    cursor = service.get("/areas", params={"limit": 5}).json()["next"]

    answer = service.get("/areas", params={"limit": 5, "cursor": cursor, "level": "commune"})

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid")


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_places_are_read_only(service, method):
    answer = service.raw(method, "/api/v1/areas/14758", key=service.key("admin"))

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
