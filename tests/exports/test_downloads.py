"""Downloads: what `/observations` lists, whole, as of one moment, exact and harmless in a spreadsheet."""

import csv
import io
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from operator import itemgetter
from typing import Any

import anyio
import httpx
import pytest
from python_calamine import CalamineWorkbook
from starlette.requests import ClientDisconnect

from app.core.periods import Period
from app.exports import downloads
from app.exports.downloads import download
from app.observations.queries import Wanted
from app.observations.selection import Selection
from app.web import streams
from tests.service import Service
from tests.web.serving import serving

KINDS = ("csv", "xlsx", "ndjson")
WARDS = ("14755", "14758", "14761", "14764")
RATE, COUNT = "adults_with_smartphone_rate", "relics_digitised_3d"
Row = dict[str, Any]
EVERYTHING = Selection([], [], (), None, None, withdrawn=False)
FRESH = count(1000)


@pytest.fixture(scope="module")
def city(shared: Service) -> Service:
    """Four wards over two months, one of them with words that a spreadsheet would run, and one cell taken back."""
    for n, ward in enumerate(WARDS):
        for month in ("2025-02", "2025-03"):
            rows = [{"indicator": COUNT, "value": n, "note": f'=HYPERLINK("http://x", {n})'}]
            rows += [{"indicator": RATE, "numerator": 8123 + n, "denominator": 9340}]
            assert shared.submit(shared.ward(ward), rows, period=month).status_code == 201
    gone = shared.delete(
        f"/observations/{COUNT}.14764-202501.2025-02", key=shared.key("steward"), headers={"If-Match": "*"}
    )
    assert gone.status_code == 200
    return shared


def listed(service: Service, query: str = "") -> list[Row]:
    """Every page of the list, numbers exact."""
    found, after = [], f"/observations?limit=1000&{query}"
    while after:
        page = json.loads(service.get(after).text, parse_float=Decimal)
        found += page["data"]
        after = page["next"] and f"/observations?limit=1000&{query}&cursor={page['next']}"
    return found


def downloaded(service: Service, kind: str, query: str = "") -> list[Row]:
    answer = service.get(f"/exports/observations.{kind}?{query}")
    assert answer.status_code == 200, answer.text
    rows = read(kind, answer.content)
    assert int(answer.headers["x-total-count"]) == len(rows)
    return rows


def read(kind: str, data: bytes) -> list[Row]:
    if kind == "ndjson":
        return [json.loads(line, parse_float=Decimal) for line in data.split(b"\n")[:-1]]
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def as_cell(kind: str, name: str, value: object) -> object:
    """What a member of a listed row is in a file."""
    match value:
        case None:
            return ""
        case bool():
            return value if kind == "xlsx" else str(value).lower()
        case int() if kind == "xlsx" and value >= 10**15:
            return str(value)
        case int() | Decimal():
            return float(value) if kind == "xlsx" else format(Decimal(value), "f")
        case str() if kind == "csv" and value.startswith("="):
            return f"'{value}"
    return value


FILTERS = (
    "",
    f"indicator={COUNT}&indicator={RATE}",
    "area=14758&area=14761-202501",
    "period=2025-03",
    "period_from=2025-02&period_to=2025-02",
    "withdrawn=true",
    "lang=en&area=380",
    "as_of=1",
    "as_of=2&withdrawn=true",
)


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_download_holds_what_the_list_holds_one_area_after_another(city: Service, kind: str, query: str):
    expected = sorted(listed(city, query), key=lambda row: (row["area"], row["period"], row["indicator"]))
    found = downloaded(city, kind, query)

    assert expected
    if kind == "ndjson":
        assert found == expected
    else:
        assert found == [{name: as_cell(kind, name, value) for name, value in row.items()} for row in expected]


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_columns_asked_for_come(city: Service, kind: str):
    assert list(downloaded(city, kind, "fields=value,id")[0]) == ["value", "id"]
    refused = city.get(f"/exports/observations.{kind}?fields=id,valeu")
    assert (refused.status_code, refused.json()["errors"][0]["hint"]) == (400, "value")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("indicator=nothing", 422, "unknown-indicator"),
        ("area=99999", 422, "unknown-area"),
        ("period=03/2025", 422, "period-malformed"),
        ("period_from=2025-03&period_to=2025-01", 422, "range-reversed"),
        ("as_of=99999", 422, "as-of-in-future"),
        ("limit=5", 400, "unknown-parameter"),
        ("bom=1", 400, "unknown-parameter"),
    ],
)
def test_a_wrong_wish_is_a_problem_and_no_file(city: Service, query: str, status: int, code: str):
    refused = city.get(f"/exports/observations.ndjson?{query}")

    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_tagged_before_any_work_like_every_answer(city: Service, kind: str):
    path = f"/api/v1/exports/observations.{kind}"
    first, head = city.raw("GET", path), city.raw("HEAD", path)
    tag = first.headers["etag"]

    same = city.raw("GET", path, headers={"If-None-Match": tag})
    never = city.raw("GET", path, headers={"If-None-Match": "*"})
    again = city.raw("GET", path)
    city.submit(city.ward("14758"), [{"indicator": COUNT, "value": next(FRESH), "period": "2025-04"}])
    later = city.raw("GET", path, headers={"If-None-Match": tag})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (never.status_code, never.content, never.headers["etag"]) == (304, b"", tag)
    assert (again.content, again.headers["etag"]) == (first.content, tag)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "x-seq", "x-total-count", "content-type", "content-disposition", "vary", "cache-control"):
        assert head.headers[name] == first.headers[name]
    assert (later.status_code, later.headers["etag"] != tag) == (200, True)
    assert first.headers["content-disposition"].endswith(f'-seq{first.headers["x-seq"]}.{kind}"')


def test_bodies_are_not_kept_and_a_head_makes_none(city: Service, monkeypatch):
    begun = []

    def rows(*_: object) -> Iterator[Row]:
        begun.append("rows")
        yield from ()

    monkeypatch.setattr(downloads, "_rows", rows)

    city.raw("HEAD", "/api/v1/exports/observations.csv?area=14755")
    assert begun == []
    for _ in range(2):
        city.get("/exports/observations.csv?area=14755")
    assert begun == ["rows", "rows"]


def test_excel_gets_its_mark_on_request(city: Service):
    marked = city.get("/exports/observations.csv?bom=true").content

    assert marked[:3] == b"\xef\xbb\xbf"
    assert marked[3:] == city.get("/exports/observations.csv").content
    assert "Phường Đông Thọ" in marked.decode("utf-8-sig")


def test_digits_are_those_that_were_sent(city: Service):
    sent = Decimal(1234567890123456789)
    row = {"indicator": COUNT, "period": "2025-01", "value": int(sent)}
    assert city.submit(city.ward("14767"), [row]).status_code == 201
    found = {kind: downloaded(city, kind, f"indicator={COUNT}&area=14767")[-1]["value"] for kind in KINDS}

    assert (found["csv"], found["xlsx"], found["ndjson"]) == (str(sent), str(sent), sent)


def test_a_quotient_is_exact_for_programs_and_a_number_for_spreadsheets(city: Service):
    query = f"indicator={RATE}&area=14755&period=2025-02"
    csv_row, xlsx_row, ndjson_row = (downloaded(city, kind, query)[0] for kind in KINDS)

    assert csv_row["value"] == str(ndjson_row["value"]) == "86.97002141327623126338329764"
    assert xlsx_row["value"] == float("86.97002141327623126338329764")
    assert (xlsx_row["numerator"], xlsx_row["denominator"]) == (8123, 9340)


# -- one moment --------------------------------------------------------------------------------------------------------


def write(service: Service) -> None:
    """New words about cells that come early and late in the order."""
    for ward in WARDS:
        rows = [{"indicator": COUNT, "value": next(FRESH)}, {"indicator": COUNT, "value": 1, "period": "2025-05"}]
        assert service.submit(service.ward(ward), rows).status_code == 201


def while_wards_write(service: Service, look) -> list[Row]:
    rows = []
    for n, row in enumerate(download(look, None, EVERYTHING, "vi").rows):
        rows.append({name: row[name] for name in ("id", "revision", "seq")})
        if n % 7 == 3:
            write(service)
    return rows


def test_a_download_is_one_moment_however_long_it_takes(city: Service, monkeypatch):
    monkeypatch.setattr(downloads, "TOGETHER", 3)
    read = city.app.state.ledger.read
    at = city.get("/observations?limit=1000&fields=id,revision,seq").json()["data"]

    assert sorted(while_wards_write(city, read), key=itemgetter("id")) == sorted(at, key=itemgetter("id"))
    # The control: each look at the newest state instead of the moment of the first.
    then = city.get("/observations?limit=1000&fields=id,revision,seq").json()["data"]
    found = while_wards_write(city, lambda as_of: read(None))
    assert sorted(found, key=itemgetter("id")) != sorted(then, key=itemgetter("id"))


def test_between_two_pieces_no_connection_is_held(city: Service, monkeypatch):
    monkeypatch.setattr(downloads, "TOGETHER", 3)
    database = city.app.state.ledger.database
    open_ones = [iter(download(city.app.state.ledger.read, None, EVERYTHING, "vi").rows) for _ in range(60)]

    for rows in open_ones:
        next(rows)

    # Some are kept ready for the next look.
    assert database._reading.pool.checkedout() <= len(database._ready) < 5


def plans(service: Service, **asked: object) -> str:
    """How the database means to take one more step of a download."""
    with service.app.state.ledger.read() as session:
        explained = []

        def rows(statement: Any, parameters: Any) -> list[Any]:
            said = statement.params(**parameters).compile(session.connection, compile_kwargs={"literal_binds": True})
            how = "EXPLAIN" if session.is_postgresql else "EXPLAIN QUERY PLAN"
            explained.extend(session.connection.exec_driver_sql(f"{how} {said}".replace("%", "%%")).all())
            return []

        object.__setattr__(session, "rows", rows)
        downloads._step(session, Wanted(**asked), ("14758-202501", "2025-02", COUNT))  # type: ignore[arg-type]
    return " ".join(str(line) for line in explained)


@pytest.mark.parametrize("asked", [{}, {"periods": (Period.parse("2025-03"),)}, {"withdrawn": True}])
def test_a_step_walks_the_key_and_sorts_nothing_that_grows(city: Service, asked: dict[str, object]):
    plan = plans(city, **asked)

    assert "pk_revision" in plan or "sqlite_autoindex_revision_1" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan


# -- readers -----------------------------------------------------------------------------------------------------------


def test_a_reader_that_stalls_is_cut_off_and_one_that_is_slow_is_not(city: Service, monkeypatch):
    monkeypatch.setattr(streams, "STALLED_SECONDS", 0.5)
    sent = []

    async def call(wait: float) -> None:
        async def receive() -> Any:
            await anyio.sleep(60)

        async def send(message: Any) -> None:
            await anyio.sleep(wait)
            sent.append(message.get("body"))

        answer = streams.Streamed(iter([b"a", b"b", b"c", b"d"]), 1, media_type="text/csv")
        await answer({"type": "http"}, receive, send)

    began = time.monotonic()
    with pytest.raises(ClientDisconnect):
        city.runner.run(call(30))
    assert (sent, time.monotonic() - began < 20) == ([], True)
    city.runner.run(call(0.05))
    assert sent == [None, b"a", b"b", b"c", b"d", b""]


def test_a_browser_gets_the_file_piece_by_piece_over_http(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url, serving(url) as address:
        with httpx.stream("GET", f"{address}/api/v1/exports/observations.xlsx") as answer:
            data = b"".join(answer.iter_raw())
        plain = httpx.get(f"{address}/api/v1/exports/observations.csv")

    assert answer.headers["transfer-encoding"] == "chunked"
    assert len(read("xlsx", data)) == int(answer.headers["x-total-count"]) == len(read("csv", plain.content))
