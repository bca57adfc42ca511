"""gzip for whoever asks: the same answer in fewer bytes, with a tag of its own, never mixed up with the plain one."""

import zlib
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.web.answers import AnswerCache, Kept
from app.web.coding import LEAST, coding, is_text, packed, packing
from tests.service import Service

SNAPSHOT = "/city/snapshot"
CELL = "/observations/commune_dx_completed.380-202501.2025-01"
ROW = {"indicator": "commune_dx_completed", "value": True}


def unpacked(body: bytes) -> bytes:
    """What the bytes of one whole gzip member say; nothing may stand behind it."""
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    said = reader.decompress(body)
    assert reader.eof
    assert reader.unused_data == b""
    return said


def asked(service: Service, path: str, accept: str | None, method: str = "GET", **more: Any) -> tuple[Any, bytes]:
    """The answer, and its body as it came over the wire."""
    headers = {"Accept-Encoding": accept or "", **more.pop("headers", {})}
    if "key" in more:
        headers["Authorization"] = f"Bearer {more.pop('key')}"

    async def ask() -> tuple[httpx.Response, bytes]:
        request = service.client.build_request(method, path, headers=headers, **more)
        if accept is None:
            del request.headers["Accept-Encoding"]
        answer = await service.client.send(request, stream=True)
        body = b"".join([piece async for piece in answer.aiter_raw()])
        await answer.aclose()
        return answer, body

    return service.runner.run(ask())


@pytest.fixture
def service(shared: Service) -> Service:
    """One for all tests here: those that write ask for what they wrote themselves."""
    return shared


def api(path: str) -> str:
    return f"/api/v1{path}"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("br, deflate", None),
        ("gzip;q=0", None),
        ("gzip;q=0.000, *", None),
        ("gzip ; q=0.5", "gzip"),
        ("*", "gzip"),
        ("*;q=0", None),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity;q=0.2, *;q=0.1", None),
        ("gzip;q=much", None),
        (",, gzip ,", "gzip"),
        ("gzipped", None),
    ],
)
def test_whoever_asks_for_gzip_gets_it_and_nobody_else(accept: str | None, form: str | None):
    assert coding(accept) == form


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_no_header_breaks_it(accept: str):
    assert coding(accept) in {None, "gzip"}


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_packing_pieces_changes_nothing_of_what_they_say(pieces: list[bytes]):
    whole = b"".join(pieces)

    assert unpacked(b"".join(packing(iter(pieces)))) == whole
    assert packed(whole) == packed(whole)
    assert unpacked(packed(whole)) == whole


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/json", True),
        ("application/ld+json", True),
        ("text/csv; charset=utf-8", True),
        ("application/x-ndjson", True),
        ("application/vnd.sdmx.structure+xml;version=3.0.0", True),
        ("application/vnd.sdmx.data+csv;version=2.0.0", True),
        ("text/event-stream", False),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("", False),
    ],
)
def test_texts_are_packed_but_neither_events_nor_workbooks(kind: str, text: bool):
    assert is_text(kind) is text


@pytest.mark.parametrize(
    "path",
    [
        SNAPSHOT,
        "/areas",
        "/observations?format=csv",
        "/city/series?indicator=commune_dx_completed&period_to=2026-10",
        "/dcat",
    ],
)
def test_the_same_is_said_in_fewer_bytes_under_another_tag(service: Service, path: str):
    (plain, said), (small, sent) = asked(service, api(path), None), asked(service, api(path), "gzip")

    assert len(said) >= LEAST
    assert (plain.headers.get("content-encoding"), small.headers["content-encoding"]) == (None, "gzip")
    assert unpacked(sent) == said
    assert len(sent) < len(said) / 2
    assert int(small.headers["content-length"]) == len(sent)
    assert small.headers["etag"] != plain.headers["etag"]
    assert not small.headers["etag"].startswith("W/")
    for name in ("vary", "x-seq", "content-type", "cache-control"):
        assert small.headers[name] == plain.headers[name]
    assert "Accept-Encoding" in plain.headers["vary"].split(", ")


def test_if_none_match_of_one_form_is_never_304_for_the_other(service: Service):
    forms = {accept: asked(service, api(SNAPSHOT), accept) for accept in (None, "gzip")}

    for mine in forms:
        for asking, (known, body) in forms.items():
            again, bytes_again = asked(
                service, api(SNAPSHOT), asking, headers={"If-None-Match": forms[mine][0].headers["etag"]}
            )
            if mine == asking:
                assert (again.status_code, bytes_again) == (304, b"")
                assert "content-encoding" not in again.headers
            else:
                assert (again.status_code, bytes_again) == (200, body)
            assert again.headers["etag"] == known.headers["etag"]
            assert again.headers["vary"] == known.headers["vary"]


def test_a_browser_that_knows_both_forms_gets_304_with_the_tag_of_the_one_it_asks_for(service: Service):
    plain, small = (asked(service, api(SNAPSHOT), a)[0].headers["etag"] for a in (None, "gzip"))
    both = {"If-None-Match": f"{plain}, {small}"}

    for accept, tag in ((None, plain), ("gzip", small)):
        again, _ = asked(service, api(SNAPSHOT), accept, headers=both)
        assert (again.status_code, again.headers["etag"]) == (304, tag)


@pytest.mark.parametrize("path", [SNAPSHOT, "/exports/observations.csv", "/exports/observations.xlsx", "/areas/380"])
def test_head_says_what_get_says(service: Service, path: str):
    for accept in (None, "gzip"):
        got, body = asked(service, api(path), accept)
        head, nothing = asked(service, api(path), accept, "HEAD")

        assert nothing == b""
        for name in ("etag", "content-encoding", "content-length", "vary", "content-type"):
            assert head.headers.get(name) == got.headers.get(name), name
        if "content-length" in got.headers:
            assert int(got.headers["content-length"]) == len(body)


def test_a_short_answer_stays_plain(service: Service):
    answer, body = asked(service, api(f"{SNAPSHOT}?indicator=commune_dx_completed&fields=value"), "gzip")

    assert "content-encoding" not in answer.headers
    assert body.startswith(b'{"data":[{"value":70.21}]')
    assert len(body) < LEAST


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_download_is_packed_while_it_is_made(service: Service, kind: str):
    plain, said = asked(service, api(f"/exports/observations.{kind}"), None)
    small, sent = asked(service, api(f"/exports/observations.{kind}"), "gzip")

    assert small.headers["content-encoding"] == "gzip"
    assert unpacked(sent) == said
    assert small.headers["etag"] != plain.headers["etag"]
    assert small.headers["x-total-count"] == plain.headers["x-total-count"]
    again, body = asked(
        service, api(f"/exports/observations.{kind}"), None, headers={"If-None-Match": small.headers["etag"]}
    )
    assert (again.status_code, body) == (200, said)


def test_workbooks_are_left_as_they_are(service: Service):
    for path in ("/exports/observations.xlsx", "/areas?format=xlsx"):
        answer, body = asked(service, api(path), "gzip")

        assert "content-encoding" not in answer.headers
        assert body.startswith(b"PK")


def test_pages_are_packed_too(service: Service):
    # Problem pages are pages like any other; the file is made by tests/web/test_openapi.py, and takes a second.
    for path in ("/problems", "/problems/unknown-area", "/"):
        (plain, said), (small, sent) = asked(service, path, None), asked(service, path, "gzip")

        assert small.headers["content-encoding"] == "gzip"
        assert unpacked(sent) == said
        assert small.headers["etag"] != plain.headers["etag"]
        assert "Accept-Encoding" in plain.headers["vary"]
        assert asked(service, path, "gzip", headers={"If-None-Match": plain.headers["etag"]})[0].status_code == 200
        assert asked(service, path, "gzip", headers={"If-None-Match": small.headers["etag"]})[0].status_code == 304


def test_callers_are_not_mixed_up_in_either_form(service: Service):
    wards = [service.ward(code) for code in ("14758", "14761")]
    receipts = [service.submit(ward, [ROW]).json()["id"] for ward in wards]

    for _ in range(2):
        for accept in ("gzip", None):
            for ward, receipt in zip(wards, receipts, strict=True):
                answer, body = asked(service, api("/submissions"), accept, key=ward)
                said = unpacked(body) if "content-encoding" in answer.headers else body
                assert receipt.encode() in said
                assert not any(other.encode() in said for other in receipts if other != receipt)


def test_the_tag_of_a_packed_resource_serves_if_match(service: Service):
    admin = service.key("admin")
    known, _ = asked(service, api(CELL), "gzip", key=admin)

    sent = {"numerator": 33, "denominator": 47, "note": "đã đối chiếu"}
    corrected = service.patch(CELL, sent, key=admin, headers={"If-Match": known.headers["etag"]})

    assert corrected.status_code == 200, corrected.text


def test_a_refusal_is_never_packed(service: Service):
    answer, body = asked(service, api("/areas?perod=1"), "gzip")

    assert (answer.status_code, answer.headers.get("content-encoding")) == (400, None)
    assert b"unknown-parameter" in body


def test_the_second_time_the_packed_bytes_come_from_the_cache(service: Service, monkeypatch: pytest.MonkeyPatch):
    _, first = asked(service, api(SNAPSHOT), "gzip")

    def never(body: bytes) -> bytes:
        raise AssertionError("packed again")

    monkeypatch.setattr("app.web.coding.packed", never)
    assert asked(service, api(SNAPSHOT), "gzip")[1] == first


def test_the_cache_counts_the_packed_bytes():
    body = b"a" * 8000
    plain, kept = (Kept((1,), "t", '"t"', [], [], each) for each in (body, packed(body)))
    cache = AnswerCache(limit=8 * 4096)

    assert len(kept.body) < 200
    for number in range(40):
        cache.put((str(number),), kept)
        cache.put((f"plain {number}",), plain)

    assert cache.get(("39",), (1,)) == kept
    # The plain ones are over an eighth of the limit each, so none is kept.
    assert cache.get(("plain 39",), (1,)) is None


def test_the_cache_counts_long_questions_too():
    cache = AnswerCache(limit=64 * 1024)
    asked = [(f"{number}" + "x" * 30_000,) for number in range(3)]
    for one in asked:
        cache.put(one, Kept((1,), "t", '"t"', [], [], b"{}"))

    assert [cache.get(one, (1,)) is not None for one in asked] == [False, True, True]


def test_a_newer_answer_takes_the_place_of_the_one_before():
    cache = AnswerCache(limit=4096)
    older, newer = (Kept((seq,), "t", '"t"', [], [], b"a" * 400) for seq in (1, 2))

    for kept in [older, newer] * 40:
        cache.put(("snapshot",), kept)
    for _ in range(3):
        cache.put(("series",), older)

    assert cache.get(("snapshot",), (2,)) == newer
    assert cache.get(("snapshot",), (1,)) is None
    assert cache.get(("series",), (1,)) == older
