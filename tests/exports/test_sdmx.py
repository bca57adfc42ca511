"""SDMX: read back by two public libraries, one of which checks the structures against the official schema."""

import csv
import io
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pysdmx.api.qb import ApiVersion, DataContext, DataQuery, StructureQuery, StructureType
from pysdmx.io import get_datasets, read_sdmx

from app.exports.sdmx_catalogue import OBSERVED
from app.formats.sdmx import csv_message
from tests.exports.dialects import COUNT, FLAG, NOTE, RATE, Row, exact, figures, listed, number
from tests.service import Service
from tests.web.serving import serving

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

KEY = ("REF_AREA", "INDICATOR", "TIME_PERIOD")


@pytest.fixture
def city(told_city: Service) -> Service:
    return told_city


@pytest.fixture
def structures(city: Service) -> str:
    return city.get("/sdmx/structure/*").text


def data(service: Service, path: str) -> str:
    answer = service.get(f"/sdmx/data/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.sdmx.data+csv;version=2.0.0"
    return answer.text


def by_pysdmx(text: str, structures: str) -> list[Row]:
    found: Any = get_datasets(text, structures)[0]
    assert (found.structure.agency, found.structure.version) == ("THANH_HOA", "1.0")
    rows: list[Row] = found.data.astype(object).to_dict("records")
    return [{name: "" if str(cell) in ("None", "nan") else str(cell) for name, cell in row.items()} for row in rows]


def by_sdmx1(text: str, structures: str, flow: str) -> list[Row]:
    import sdmx

    known: Any = sdmx.read_sdmx(io.BytesIO(structures.encode()))
    message: Any = sdmx.read_sdmx(io.BytesIO(text.encode()), format="CSV", structure=known.dataflow[flow])
    (found,) = message.data
    return [
        {
            **{name: key.value for name, key in obs.dimension.values.items()},
            **{name: attribute.value for name, attribute in obs.attached_attribute.items()},
            "OBS_VALUE": obs.value,
        }
        for obs in found.obs
    ]


def digits(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def keyed(rows: list[Row]) -> dict[tuple[str, ...], Row]:
    found = {tuple(row[name] for name in KEY): row for row in rows}
    assert len(found) == len(rows)
    return found


def same(cells: Row, row: Row, approximate: int | None) -> bool:
    """Whether a row of data says what a row of ours says; pandas reads a decimal into a binary float."""
    for name in ("value", "numerator", "denominator"):
        said, ours = digits(cells["OBS_VALUE" if name == "value" else name.upper()]), number(row[name])
        if approximate and said is not None and ours is not None:
            said, ours = (Decimal(f"{n:.{approximate}g}") for n in (said, ours))
        if said != ours:
            return False
    return (cells["OBS_STATUS"], cells["UNIT_MEASURE"], cells["QUALIFIER"]) == (
        row["status"],
        row["unit"],
        row["qualifier"] or "",
    )


def test_two_libraries_and_the_official_schema_read_the_structures(structures: str):
    import sdmx

    one = read_sdmx(structures, validate=True)
    other: Any = sdmx.read_sdmx(io.BytesIO(structures.encode()))

    for flow in ("OBSERVATIONS", "CITY"):
        first = one.get_data_structure_definition(f"DataStructure=THANH_HOA:{flow}(1.0)").components
        second = other.structure[flow]
        ids = {c.id for c in first}
        assert [d.id for d in first.dimensions] == [d.id for d in second.dimensions.components]
        assert ids == {
            c.id for part in (second.dimensions, second.attributes, second.measures) for c in part.components
        }
        assert {"FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "DECIMALS"} <= ids
    assert len(other.codelist["CL_AREA"]) == 48
    area = other.codelist["CL_AREA"]["14758-202501"].name
    assert (area["vi"], area["en"]) == ("Phường Đông Thọ", "Dong Tho Ward")


def test_observations_come_back_digit_for_digit(city: Service, structures: str):
    text, expected = data(city, "OBSERVATIONS"), listed(city)

    one, other = by_pysdmx(text, structures), by_sdmx1(text, structures, "OBSERVATIONS")

    assert any(r["value"] == Decimal("33.33333333333333333333333333") for r in expected)
    for rows, approximate in ((one, 15), (other, None)):
        found = keyed(rows)
        assert len(found) == len(expected) > 15
        for row in expected:
            cells = found[row["area"], row["indicator"], row["period"]]
            assert same(cells, row, approximate), (cells, row)
            assert (cells["COMMENT_OBS"], cells["FREQ"]) == (row["note"] or "", "M")
    assert NOTE in {row["COMMENT_OBS"] for row in one}


def test_city_figures_come_back_digit_for_digit(city: Service, structures: str):
    text, expected = data(city, "CITY"), figures(city)

    one, other = by_pysdmx(text, structures), by_sdmx1(text, structures, "CITY")

    for rows, approximate in ((one, 15), (other, None)):
        found = keyed(rows)
        assert len(found) == len(expected) > 10
        for row in expected:
            cells = found[row["area"], row["indicator"], row["period"]]
            assert same(cells, row, approximate), (cells, row)
            assert [cells["BASIS"], cells["QUALITY"]] == [row["basis"], row["quality"]]
            for name in ("expected", "reported", "carried", "missing"):
                assert digits(cells[name.upper()]) == row[name]


def rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"OBSERVATIONS/M.14758.{COUNT}", f"area=14758&indicator={COUNT}"),
        (f"OBSERVATIONS/..{COUNT}+{FLAG}", f"indicator={COUNT}&indicator={FLAG}"),
        (
            f"THANH_HOA,OBSERVATIONS,1.0/*.14755+14758-202501.*?indicator={RATE}",
            f"area=14755&area=14758&indicator={RATE}",
        ),
        ("dataflow/THANH_HOA/OBSERVATIONS/1.0?startPeriod=2025-02&endPeriod=2025-02", "period=2025-02"),
        ("dataflow/*/OBSERVATIONS/+/M.14755.*?period_from=2025-03", "area=14755&period_from=2025-03"),
        ("OBSERVATIONS/all?withdrawn=true&as_of=999", "withdrawn=true"),
        ("OBSERVATIONS?as_of=2", "as_of=2"),
    ],
)
def test_a_key_selects_what_the_filters_of_the_list_select(city: Service, path: str, query: str):
    path = path.replace("as_of=999", f"as_of={city.get('/city/snapshot').json()['seq']}")
    answer = city.get(f"/sdmx/data/{path}")
    expected = sorted(listed(city, query), key=lambda r: (r["area"], r["period"], r["indicator"]))

    found = rows_of(answer.text)
    assert [(r["REF_AREA"], r["INDICATOR"], r["TIME_PERIOD"]) for r in found] == [
        (r["area"], r["indicator"], r["period"]) for r in expected
    ]
    assert [r["ACTION"] for r in found] == ["D" if r["withdrawn"] else "I" for r in expected]
    assert int(answer.headers["x-total-count"]) == len(expected) > 0


@pytest.mark.parametrize(
    "path", [f"OBSERVATIONS/A..{RATE}", f"OBSERVATIONS/..{RATE}?indicator={COUNT}", "CITY/*.14755.*"]
)
def test_what_contradicts_itself_selects_nothing(city: Service, path: str):
    assert rows_of(data(city, path)) == []


def test_one_series_of_the_city(city: Service):
    found = rows_of(data(city, f"CITY/M.380.{FLAG}?period=2025-03"))

    (row,) = exact(city.get(f"/city/series?indicator={FLAG}&period_from=2025-03&period_to=2025-03").text)["data"]
    assert [digits(r["OBS_VALUE"]) for r in found] == [row["value"]]


@pytest.mark.parametrize(
    ("path", "status", "code", "hint"),
    [
        ("data/CTY", 404, "sdmx-not-found", "CITY"),
        ("data/OTHER,CITY,1.0", 404, "sdmx-not-found", "CITY"),
        ("data/dataflow/THANH_HOA/CITY/2.0", 404, "sdmx-not-found", "CITY"),
        ("data/CITY/M.380", 400, "sdmx-key-malformed", None),
        ("data/CITY/X.380.*", 400, "sdmx-key-malformed", None),
        ("data/CITY/M.380.commune_dx_complete", 400, "sdmx-key-malformed", FLAG),
        ("data/OBSERVATIONS/M.147555.*", 400, "sdmx-key-malformed", "14755"),
        ("data/CITY?startPeriod=2025-13", 422, "period-malformed", None),
        ("data/CITY?startPeriod=2025-03&endPeriod=2025-01", 422, "range-reversed", None),
        ("data/CITY?perod=2025-03", 400, "unknown-parameter", "period"),
        ("codelists", 404, "sdmx-not-found", "codelist"),
        ("structure/dataflow/THANH_HOA/CIY/1.0", 404, "sdmx-not-found", "CITY"),
    ],
)
def test_what_is_not_there_is_refused_with_what_was_meant(
    city: Service, path: str, status: int, code: str, hint: str | None
):
    answer = city.get(f"/sdmx/{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert hint is None or hint in answer.json()["errors"][0]["hint"]


def test_a_structure_alone_or_with_all_that_belongs_to_it(city: Service):
    alone: Any = read_sdmx(city.get("/sdmx/codelist/THANH_HOA/CL_FREQ,CL_BASIS/latest?references=none").text)
    flows: Any = read_sdmx(city.get("/sdmx/structure/dataflow?references=none").text)
    whole = city.get("/sdmx/datastructure/THANH_HOA/CITY/1.0")

    assert [s.id for s in alone.structures] == ["CL_FREQ", "CL_BASIS"]
    assert [s.id for s in flows.structures] == ["OBSERVATIONS", "CITY"]
    assert whole.text == city.get("/sdmx/structure/*").text
    assert whole.headers["content-type"] == "application/vnd.sdmx.structure+xml;version=3.0.0"


def test_what_nobody_can_read_is_refused_and_what_is_known_is_not_sent_again(city: Service):
    for path in ("/sdmx/data/OBSERVATIONS", "/sdmx/data/CITY", "/sdmx/dataflow"):
        assert city.get(path, headers={"Accept": "application/json"}).status_code == 406
        first = city.get(path, headers={"Accept": "text/csv, application/xml"})
        again = city.get(path, headers={"Accept": "text/csv, application/xml", "If-None-Match": first.headers["etag"]})
        head = city.raw("HEAD", f"/api/v1{path}")
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert (head.status_code, head.content) == (200, b"")


def test_data_are_written_as_they_are_read():
    left = iter(range(100_000))
    rows = (("I", ["M", "14758-202501", RATE, "2025-03", str(n), "A", *[""] * 8]) for n in left)
    pieces = csv_message("THANH_HOA", OBSERVED, rows)

    first = next(pieces)

    assert len(first) < 100_000
    assert next(left) < 2000
    assert first.count(b"\n") + sum(piece.count(b"\n") for piece in pieces) == 100_000


@pytest.mark.parametrize("version", [ApiVersion.V1_5_0, ApiVersion.V2_0_0, ApiVersion.V2_2_1])
@pytest.mark.parametrize("short", [False, True])
def test_the_addresses_that_a_public_library_makes_are_answered(city: Service, version: ApiVersion, short: bool):
    asked: list[Any] = [DataQuery(DataContext.DATAFLOW, "THANH_HOA", "CITY", "1.0", f"M.380.{FLAG}")]
    asked += [DataQuery(DataContext.DATAFLOW, "THANH_HOA", "OBSERVATIONS")]
    kinds = (StructureType.DATAFLOW, StructureType.DATA_STRUCTURE)
    asked += [StructureQuery(kind, "THANH_HOA", "CITY") for kind in kinds]

    for query in asked:
        address = query.get_url(version, short)
        assert city.get(f"/sdmx{address}").status_code == 200, address


@pytest.mark.parametrize("query", ["detail=serieskeysonly", "includeHistory=true", "attributes=none"])
def test_what_would_change_the_answer_is_not_ignored(city: Service, query: str):
    refused = city.get(f"/sdmx/data/CITY?{query}")

    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, query.partition("=")[0])


def test_a_public_client_finds_its_own_way(databases: Any, tmp_path: Any):
    import sdmx

    with databases.fresh("sqlite", tmp_path) as url, serving(url) as address:
        sdmx.add_source(
            {"id": "THANH_HOA", "name": "Thanh Hóa", "url": f"{address}/api/v1/sdmx", "versions": ["3.0.0"]},
            override=True,
        )
        client = sdmx.Client("THANH_HOA")
        known: Any = client.dataflow("CITY")
        # Its client parses the data it gets by itself only where they are XML.
        asked: Any = client.data("CITY", key=f"M..{FLAG}", dry_run=True)
        answer = httpx.get(asked.url, headers=dict(asked.headers))
        message: Any = sdmx.read_sdmx(io.BytesIO(answer.content), format="CSV", structure=known.dataflow["CITY"])

    assert [obs.value for obs in message.data[0].obs] == ["70.21"]
