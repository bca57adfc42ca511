"""The pages of problems: both languages, two representations, a tag and a strict policy."""

import re

import pytest

from app.web.catalogue import CATALOGUE
from app.web.negotiation import best_type
from tests.service import Service
from tests.web.documents import problem_of


def test_the_page_of_every_problem_says_it_in_both_languages(sqlite: Service):
    for code, entry in CATALOGUE.items():
        page = sqlite.raw("GET", f"/problems/{code}", headers={"Accept": "text/html"})

        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        plain = re.sub(r"<[^>]+>", "", page.text)
        assert entry.vi.title in plain
        assert entry.en.title.replace("'", "&#x27;") in plain
        assert page.text.index("<section lang=vi") < page.text.index("<section lang=en")
        # An address may be named as an example; nothing is fetched or linked from elsewhere.
        assert not re.search(r"(?:href|src|url)\W*https?:", page.text)


def test_the_pages_speak_json_too(sqlite: Service):
    every = sqlite.raw("GET", "/problems", headers={"Accept": "application/json"}).json()["data"]
    one = sqlite.raw("GET", "/problems/not-found", headers={"Accept": "application/problem+json, application/json"})

    assert {p["code"] for p in every} == CATALOGUE.keys()
    assert one.json() == next(p for p in every if p["code"] == "not-found")
    assert one.json()["status"] == 404
    assert one.headers["vary"] == "Accept, Accept-Encoding"


def test_an_unknown_problem_is_a_404_with_the_nearest_one(sqlite: Service):
    document = problem_of(sqlite.raw("GET", "/problems/not-fuond"), 404, "not-found")

    assert document["errors"][0]["hint"] == "not-found"


@pytest.mark.parametrize("path", ["/", "/problems", "/problems/not-found", "/docs", "/openapi.json"])
def test_pages_have_a_tag_and_a_strict_policy(sqlite: Service, path: str):
    first = sqlite.raw("GET", path)
    again = sqlite.raw("GET", path, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert first.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
        ("application/*", "application/json"),
        ("text/html;q=0.1, */*", "application/json"),
        ("image/png", "text/html"),
        ("application/json;q=x", "text/html"),
    ],
)
def test_the_representation_that_accept_likes_best(accept: str | None, best: str):
    assert best_type(accept, ("text/html", "application/json")) == best
