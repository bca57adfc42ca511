"""JSON-stat, NGSI-LD and DCAT, each read by somebody else's reader and compared with what our own lists say."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from jsonstat_validator import validate_jsonstat  # type: ignore[import-untyped]
from jsonstat_validator.utils import JSONStatValidationError  # type: ignore[import-untyped]
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, XSD

from app.core.cube import Cell, Cube, Dimension
from app.exports import cubes, jsonstat_routes
from app.formats.jsonstat import dataset
from app.formats.ngsi_ld import CONTEXT, KPI, KPI_CONTEXT, kpi_id
from tests.exports.dialects import COUNT, FLAG, RATE, Row, exact, figures, listed, number
from tests.service import Service

# rdflib warns of a class that its own reader of JSON-LD uses.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")


@pytest.fixture
def city(told_city: Service) -> Service:
    return told_city


def read(service: Service, path: str) -> Any:
    answer = service.get(path)
    assert answer.status_code == 200, answer.text
    return exact(answer.text)


# -- JSON-stat ---------------------------------------------------------------------------------------------------------


def unfolded(found: Any) -> dict[tuple[str, str, str], Row]:
    """A dataset cell by cell, by area, indicator and period; cells without a status are holes of the cube."""
    axes = [found["dimension"][name]["category"]["index"] for name in found["id"]]
    places = {key: str(place) for place, key in enumerate(product(*axes))}
    held = {key: place for key, place in places.items() if place in found["status"]}
    units = found["dimension"]["INDICATOR"]["category"]["unit"]
    more = found["extension"]
    return {
        key[1:]: {
            "value": found["value"][int(place)],
            "status": found["status"][place],
            "symbol": None if place in more.get("unit", {}) else units[key[2]].get("symbol"),
            **{name: more.get(name, {}).get(place) for name in ("qualifier", "numerator", "denominator")},
        }
        for key, place in held.items()
    }


@pytest.mark.parametrize(
    "query", [f"indicator={RATE}", f"indicator={COUNT}&period=2025-03", f"indicator={FLAG}&lang=en", "", "as_of=2"]
)
def test_a_dataset_holds_the_observations_digit_for_digit(city: Service, query: str):
    found, expected = read(city, f"/jsonstat/observations?{query}"), listed(city, query)

    assert validate_jsonstat(city.get(f"/jsonstat/observations?{query}").json())
    cells = unfolded(found)
    assert len(cells) == len(expected) > 0
    for row in expected:
        cell = cells[row["area"], row["indicator"], row["period"]]
        assert cell["value"] == number(row["value"])
        assert (cell["numerator"], cell["denominator"]) == (row["numerator"], row["denominator"])
        assert (cell["status"], cell["qualifier"] or "eq") == (row["status"], row["qualifier"] or "eq")
    assert found["role"] == {"geo": ["REF_AREA"], "metric": ["INDICATOR"], "time": ["TIME_PERIOD"]}


def test_a_dataset_holds_the_figures_of_the_city(city: Service):
    found, expected = read(city, "/jsonstat/city?lang=en"), figures(city)

    assert validate_jsonstat(city.get("/jsonstat/city").json())
    cells = unfolded(found)
    assert len(cells) == len(expected) > 0
    for row in expected:
        cell = cells[row["area"], row["indicator"], row["period"]]
        assert (cell["value"], cell["status"]) == (row["value"], row["status"])
        assert (cell["qualifier"] or "eq") == (row["qualifier"] or "eq")
        assert cell["symbol"] == ("%" if row["unit"] == "PT" else None)
    names = found["dimension"]["REF_AREA"]["category"]["label"]
    assert names == {"380-202501": "Thanh Hóa City"}


def test_the_collection_leads_to_every_dataset(city: Service):
    found = read(city, "/jsonstat?lang=en")

    assert validate_jsonstat(city.get("/jsonstat").json())
    links = [item["href"] for item in found["link"]["item"]]
    assert len(links) == 28
    for link in links[:3]:
        assert link.startswith("http://127.0.0.1:8000/api/v1/jsonstat/")
        assert read(city, link.partition("/api/v1")[2])["href"] == link


def test_nothing_is_a_dataset_too(city: Service):
    found = city.get("/jsonstat/observations?period=2024-01").json()

    assert validate_jsonstat(found)
    assert (found["value"], found["size"]) == ([], [0, 0, 0, 0])


def test_a_cube_too_large_is_refused_with_what_to_do(city: Service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cubes, "MAX_CELLS", 12)
    monkeypatch.setattr(jsonstat_routes, "MAX_CELLS", 12)

    for query in ("", f"indicator={COUNT}&indicator={RATE}"):
        refused = city.get(f"/jsonstat/observations?{query}", headers={"Accept-Language": "en"})
        assert (refused.status_code, refused.json()["code"]) == (422, "too-many-cells")


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.data())
def test_every_cell_stands_where_its_key_says(sizes: list[int], data: st.DataObject):
    axes = [[f"{axis}{n}" for n in range(size)] for axis, size in zip("abcd", sizes, strict=False)]
    keys = list(product(*axes))
    held = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    cells = {key: Cell("".join(key), "A", {}) for key in held}
    cube = Cube(tuple(Dimension(a, a, {c: c for c in axis}) for a, axis in zip("abcd", axes, strict=False)), cells)

    found = dataset(cube, label="", source="", href="http://city.test")

    assert found["value"] == ["".join(key) if key in held else None for key in keys]
    assert list(found["status"]) == [str(n) for n, key in enumerate(keys) if key in held]


def test_the_validator_sees_a_wrong_size(city: Service):
    found = city.get("/jsonstat/city").json()
    found["size"][2] += 1

    with pytest.raises((JSONStatValidationError, ValueError)):
        validate_jsonstat(found)


# -- NGSI-LD -----------------------------------------------------------------------------------------------------------

ENTITIES = "/ngsi-ld/v1/entities"
LD = {"Accept": "application/ld+json"}
MODEL = Namespace("https://smartdatamodels.org/dataModel.KeyPerformanceIndicator/")
NGSI = Namespace("https://uri.etsi.org/ngsi-ld/")
# What the two contexts say, as far as these entities need it.
MEANT = {
    "id": "@id",
    "type": "@type",
    "value": str(NGSI.hasValue),
    "Property": str(NGSI.Property),
    "unitCode": str(NGSI.unitCode),
    "observedAt": {"@id": str(NGSI.observedAt), "@type": str(NGSI.DateTime)},
    KPI: str(MODEL[KPI]),
    **{name: str(MODEL[name]) for name in ("kpiValue", "currentStanding", "calculationPeriod", "category", "process")},
    "@vocab": "https://uri.etsi.org/ngsi-ld/default-context/",
}
_TEXT = {"type": "string", "minLength": 1}
_INSTANT = {"type": "string", "format": "date-time", "pattern": "Z$"}
# The model's schema 0.2.1: required members, types, closed lists.
SCHEMA = {
    "type": "object",
    "required": ["id", "type", "process"],
    "properties": {
        "id": {"type": "string", "pattern": "^urn:ngsi-ld:KeyPerformanceIndicator:[a-z0-9_]+$"},
        "type": {"const": KPI},
        "category": {"type": "array", "minItems": 1, "items": {"enum": ["quantitative", "qualitative", "output"]}},
        "calculationFrequency": {"enum": ["hourly", "daily", "weekly", "monthly", "yearly", "quarterly"]},
        "calculationMethod": {"enum": ["manual", "automatic", "semiautomatic"]},
        "calculationPeriod": {
            "type": "object",
            "required": ["from", "to"],
            "properties": {name: {"type": "string", "format": "date"} for name in ("from", "to")},
        },
        "currentStanding": {"enum": ["veryGood", "good", "fair", "bad", "veryBad"]},
        "kpiValue": {"type": "number"},
        **dict.fromkeys(("effectiveSince", "updatedAt", "dateModified", "createdAt", "modifiedAt"), _INSTANT),
        **dict.fromkeys(("name", "alternateName", "description", "dataProvider", "source", "organization"), _TEXT),
        **dict.fromkeys(("process", "provider", "businessTarget", "calculatedBy", "calculationFormula"), _TEXT),
        **dict.fromkeys(("area", "areaServed"), _TEXT),
    },
    "additionalProperties": False,
}


def test_entities_are_of_the_model_and_hold_the_figures(city: Service):
    found = city.get(f"{ENTITIES}?options=keyValues,sysAttrs,count&type={KPI}")
    expected = exact(city.get("/city/snapshot").text)["data"]

    entities = exact(found.text)
    checked = Draft202012Validator({"type": "array", "items": SCHEMA}, format_checker=FormatChecker())
    assert [e.message for e in checked.iter_errors(found.json())] == []
    assert found.headers["ngsild-results-count"] == str(len(expected)) == "27"
    assert found.headers["content-type"] == "application/json"
    assert KPI_CONTEXT in found.headers["link"]
    assert [(e["id"], e["name"], e.get("kpiValue")) for e in entities] == [
        (kpi_id(row["indicator"]), row["name"], row["value"]) for row in expected
    ]
    standings = {e["id"]: e.get("currentStanding") for e in entities}
    assert standings[kpi_id(FLAG)] == "veryBad"


def test_a_reader_of_linked_data_finds_each_value_with_its_unit_and_time(city: Service):
    found = city.get(f"{ENTITIES}?period=2025-03", headers=LD)
    expected = {row["indicator"]: row for row in city.get("/city/snapshot?period=2025-03").json()["data"]}

    assert found.headers["content-type"] == "application/ld+json"
    entities = found.json()
    assert {json.dumps(entity.pop("@context")) for entity in entities} == {json.dumps(CONTEXT)}
    graph = Graph().parse(data=json.dumps({"@context": MEANT, "@graph": entities}), format="json-ld")
    assert len(set(graph.subjects(RDF.type, MODEL[KPI]))) == len(expected)
    for code, row in expected.items():
        values = list(graph.objects(URIRef(kpi_id(code)), MODEL.kpiValue))
        assert len(values) == (row["value"] is not None)
        for value in values:
            assert graph.value(value, RDF.type) == NGSI.Property
            assert graph.value(value, NGSI.hasValue).toPython() == row["value"]  # type: ignore[union-attr]
            assert str(graph.value(value, NGSI.observedAt)).startswith("2025-")
            assert (graph.value(value, NGSI.unitCode) == Literal("P1")) == (row["unit"] == "PT")


def test_one_entity_and_only_the_attributes_asked_for(city: Service):
    path = f"{ENTITIES}/{kpi_id(FLAG)}"
    whole = exact(city.get(path).text)

    assert whole["kpiValue"]["numerator"] == {"type": "Property", "value": 33}
    assert exact(city.get(f"{path}?attrs=kpiValue&lang=en").text) == {
        "id": kpi_id(FLAG),
        "type": KPI,
        "kpiValue": whole["kpiValue"],
    }
    assert city.get(f"{path}?as_of=1", headers=LD).json()["@context"] == CONTEXT
    assert city.get(f"{path}?attrs=name&options=simplified&lang=en").json()["name"].startswith("Wards and communes")


def test_entities_come_in_pages_and_by_id_and_type(city: Service):
    first = city.get(f"{ENTITIES}?limit=20&attrs=name&count=true")
    rest = city.get(f"{ENTITIES}?limit=20&offset=20&attrs=name")

    assert (len(first.json()), len(rest.json())) == (20, 7)
    assert 'rel="next"' in first.headers["link"]
    assert "offset=0" in rest.headers["link"]
    none = city.get(f"{ENTITIES}?limit=0&count=true")
    assert (none.json(), none.headers["ngsild-results-count"], 'rel="next"' in none.headers["link"]) == (
        [],
        "27",
        False,
    )
    assert city.get(f"{ENTITIES}?type=Room").json() == []
    assert [e["id"] for e in city.get(f"{ENTITIES}?id={kpi_id(FLAG)},urn:x").json()] == [kpi_id(FLAG)]
    valued = city.get(f"{ENTITIES}?attrs=kpiValue").json()
    assert 0 < len(valued) < 27
    assert all("kpiValue" in entity for entity in valued)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{ENTITIES}/urn:ngsi-ld:{KPI}:commune_dx", 404, "entity-not-found"),
        (f"{ENTITIES}?options=keyvalues", 422, "invalid-parameter"),
        (f"{ENTITIES}?limit=0", 422, "invalid-parameter"),
        (f"{ENTITIES}?indicator=nothing", 422, "unknown-indicator"),
        (f"{ENTITIES}?q=kpiValue>3", 400, "unknown-parameter"),
        (f"{ENTITIES}?period=13/2025", 422, "period-malformed"),
    ],
)
def test_what_is_no_entity_is_refused(city: Service, path: str, status: int, code: str):
    refused = city.get(path)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


# -- DCAT --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(city: Service) -> Graph:
    answer = city.get("/dcat")
    assert answer.headers["content-type"] == "application/ld+json"
    return Graph().parse(data=answer.text, format="json-ld")


def test_the_catalogue_says_what_it_must_of_every_data_set(catalogue: Graph):
    (found,) = catalogue.subjects(RDF.type, DCAT.Catalog)
    datasets = set(catalogue.objects(found, DCAT.dataset))

    assert datasets == set(catalogue.subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) == 5
    for item in (found, *datasets):
        for said in (DCTERMS.title, DCTERMS.description):
            assert {text.language for text in catalogue.objects(item, said) if isinstance(text, Literal)} == {
                "vi",
                "en",
            }
        for said in (DCTERMS.publisher, DCTERMS.license, DCTERMS.spatial, DCTERMS.modified):
            assert len(list(catalogue.objects(item, said))) == 1, (item, said)
    (publisher,) = set(catalogue.objects(None, DCTERMS.publisher))
    assert Literal("Ủy ban nhân dân thành phố Thanh Hóa", lang="vi") in set(catalogue.objects(publisher))


def test_the_figures_have_their_span_and_their_rhythm(catalogue: Graph):
    (city,) = (
        s for s in catalogue.subjects(DCTERMS.identifier, Literal("city")) if (s, RDF.type, DCAT.Dataset) in catalogue
    )
    span = catalogue.value(city, DCTERMS.temporal)

    assert catalogue.value(span, DCAT.startDate) == Literal("2025-01-01", datatype=XSD.date)
    assert catalogue.value(span, DCAT.endDate) == Literal("2025-03-31", datatype=XSD.date)
    assert str(catalogue.value(city, DCTERMS.accrualPeriodicity)).endswith("code#freq-M")


def test_every_form_of_every_data_set_is_where_the_catalogue_says(city: Service, catalogue: Graph):
    forms = set(catalogue.subjects(RDF.type, DCAT.Distribution))

    assert {str(title) for form in forms for title in catalogue.objects(form, DCTERMS.title)} == {
        "CSV",
        "XLSX",
        "NDJSON",
        "JSON",
        "SDMX-CSV 2.0",
        "JSON-stat 2.0",
        "NGSI-LD",
    }
    for form in forms:
        address = str(catalogue.value(form, DCAT.accessURL))
        said = catalogue.value(
            catalogue.value(form, DCTERMS["format"]), URIRef("http://www.w3.org/2000/01/rdf-schema#label")
        )
        assert address.startswith("http://127.0.0.1:8000/api/v1/")
        answer = city.get(address.partition("/api/v1")[2], headers={"Accept": f"{said}, */*;q=0.1"})
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].partition(";")[0] == str(said).partition(";")[0]


def test_dialects_are_not_made_again_while_nothing_changed(city: Service):
    for path in ("/dcat", "/jsonstat", "/jsonstat/city", "/jsonstat/observations", ENTITIES):
        first = city.get(path)
        again = city.get(path, headers={"If-None-Match": first.headers["etag"]})
        head = city.raw("HEAD", f"/api/v1{path}")
        assert (first.status_code, again.status_code, head.status_code) == (200, 304, 200)
        assert (again.content, head.content) == (b"", b"")
        assert city.get(f"{path}?as_of=0").status_code == 200, path
