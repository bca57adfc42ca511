"""SDMX 3.0: structures as SDMX-ML, data as SDMX-CSV 2.0. What they hold is the caller's."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

STRUCTURE_XML = "application/vnd.sdmx.structure+xml;version=3.0.0"
DATA_CSV = "application/vnd.sdmx.data+csv;version=2.0.0"
# Of two parts, so that it may change: three would promise that the artefact never does.
VERSION = "1.0"
CONCEPTS = "CONCEPTS"
TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"
PIECE = 64 * 1024

Names = tuple[str, str]
"""In Vietnamese and in English."""


@dataclass(frozen=True, slots=True)
class Code:
    id: str
    name: Names
    description: Names | None = None


@dataclass(frozen=True, slots=True)
class Codelist:
    id: str
    name: Names
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A dimension or attribute. `form` is the id of its codelist, or an SDMX text type such as `Decimal`."""

    id: str
    name: Names
    form: str
    required: bool = False
    # Whether it is said of a series and holds for all its periods.
    of_series: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """A data structure, and the one dataflow of the same id that follows it."""

    id: str
    name: Names
    dimensions: tuple[Component, ...]
    attributes: tuple[Component, ...]

    @property
    def columns(self) -> list[str]:
        """The columns of its data after the three that SDMX-CSV begins with."""
        return [*(d.id for d in self.dimensions), TIME, VALUE, *(a.id for a in self.attributes)]


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: Names


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything an agency maintains. `measures` are the time dimension and the measure that all structures have."""

    agency: Agency
    concepts: Names
    measures: tuple[Component, Component]
    codelists: tuple[Codelist, ...]
    structures: tuple[Structure, ...]

    def ids(self, kind: str) -> list[str]:
        """The artefacts of one kind."""
        return {
            "agencyscheme": ["AGENCIES"],
            "dataflow": [s.id for s in self.structures],
            "codelist": [c.id for c in self.codelists],
            "conceptscheme": [CONCEPTS],
            "datastructure": [s.id for s in self.structures],
        }[kind]


# In the order of the schema.
KINDS = ("agencyscheme", "dataflow", "codelist", "conceptscheme", "datastructure")
_NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
_MES, _STR, _COM = (f"{{{_NAMESPACE}{part}}}" for part in ("message", "structure", "common"))
for _prefix, _part in (("mes", "message"), ("str", "structure"), ("com", "common")):
    register_namespace(_prefix, _NAMESPACE + _part)


def message(catalogue: Catalogue, wanted: Callable[[str, str], bool], *, id: str, prepared: datetime) -> bytes:
    """A structure message (SDMX-ML 3.0) of the artefacts that are `wanted` by kind and id."""
    root = Element(f"{_MES}Structure")
    header = SubElement(root, f"{_MES}Header")
    _text(header, f"{_MES}ID", id)
    _text(header, f"{_MES}Test", "false")
    _text(header, f"{_MES}Prepared", prepared.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    SubElement(header, f"{_MES}Sender", id=catalogue.agency.id)
    body = SubElement(root, f"{_MES}Structures")
    writers: dict[str, tuple[str, Callable[[Element, Catalogue, str], None]]] = {
        "agencyscheme": ("AgencySchemes", _agencies),
        "dataflow": ("Dataflows", _dataflow),
        "codelist": ("Codelists", _codelist),
        "conceptscheme": ("ConceptSchemes", _concepts),
        "datastructure": ("DataStructures", _datastructure),
    }
    for kind in KINDS:
        container, write = writers[kind]
        chosen = [found for found in catalogue.ids(kind) if wanted(kind, found)]
        parent = SubElement(body, f"{_STR}{container}") if chosen else body
        for found in chosen:
            write(parent, catalogue, found)
    written: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}'.encode()


def csv_message(agency: str, structure: Structure, rows: Iterable[tuple[str, Sequence[str]]]) -> Iterator[bytes]:
    """Data as SDMX-CSV 2.0, in pieces of about 64 KB. A row is its action (I or D) and its cells by `columns`."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["STRUCTURE", "STRUCTURE_ID", "ACTION", *structure.columns])
    flow = f"{agency}:{structure.id}({VERSION})"
    for action, cells in rows:
        write(["dataflow", flow, action, *cells])
        if out.tell() >= PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _named(parent: Element, tag: str, id: str, name: Names, *, agency: str | None = None) -> Element:
    made = SubElement(parent, f"{_STR}{tag}", id=id)
    if agency is not None:
        made.set("agencyID", agency)
        made.set("version", VERSION)
    _words(made, "Name", name)
    return made


def _words(parent: Element, tag: str, words: Names) -> None:
    for lang, text in zip(("vi", "en"), words, strict=True):
        made = SubElement(parent, f"{_COM}{tag}")
        made.set("{http://www.w3.org/XML/1998/namespace}lang", lang)
        made.text = text


def _urn(package: str, kind: str, agency: str, rest: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{package}.{kind}={agency}:{rest}"


def _agencies(parent: Element, catalogue: Catalogue, _: str) -> None:
    # The standard fixes owner and id of this scheme, and lets it have no version.
    scheme = SubElement(parent, f"{_STR}AgencyScheme", id="AGENCIES", agencyID="SDMX")
    _words(scheme, "Name", catalogue.agency.name)
    _named(scheme, "Agency", catalogue.agency.id, catalogue.agency.name)


def _dataflow(parent: Element, catalogue: Catalogue, id: str) -> None:
    agency = catalogue.agency.id
    flow = _named(parent, "Dataflow", id, _structure_of(catalogue, id).name, agency=agency)
    _text(flow, f"{_STR}Structure", _urn("datastructure", "DataStructure", agency, f"{id}({VERSION})"))


def _codelist(parent: Element, catalogue: Catalogue, id: str) -> None:
    codelist = next(c for c in catalogue.codelists if c.id == id)
    made = _named(parent, "Codelist", id, codelist.name, agency=catalogue.agency.id)
    for code in codelist.codes:
        item = _named(made, "Code", code.id, code.name)
        if code.description:
            _words(item, "Description", code.description)


def _concepts(parent: Element, catalogue: Catalogue, id: str) -> None:
    made = _named(parent, "ConceptScheme", id, catalogue.concepts, agency=catalogue.agency.id)
    used = [c for s in catalogue.structures for c in (*s.dimensions, *catalogue.measures, *s.attributes)]
    for component in {c.id: c for c in used}.values():
        _named(made, "Concept", component.id, component.name)


def _datastructure(parent: Element, catalogue: Catalogue, id: str) -> None:
    structure, agency = _structure_of(catalogue, id), catalogue.agency.id
    lists = {c.id for c in catalogue.codelists}
    time, value = catalogue.measures
    made = _named(parent, "DataStructure", id, structure.name, agency=agency)
    components = SubElement(made, f"{_STR}DataStructureComponents")
    dimensions = SubElement(components, f"{_STR}DimensionList", id="DimensionDescriptor")
    for position, dimension in enumerate(structure.dimensions, start=1):
        _component(dimensions, "Dimension", dimension, agency, lists, {"position": str(position)})
    _component(dimensions, "TimeDimension", time, agency, lists, {})
    attributes = SubElement(components, f"{_STR}AttributeList", id="AttributeDescriptor")
    for attribute in structure.attributes:
        usage = "mandatory" if attribute.required else "optional"
        item = _component(attributes, "Attribute", attribute, agency, lists, {"usage": usage})
        relation = SubElement(item, f"{_STR}AttributeRelationship")
        for dimension in structure.dimensions if attribute.of_series else ():
            _text(relation, f"{_STR}Dimension", dimension.id)
        if not attribute.of_series:
            SubElement(relation, f"{_STR}Observation")
    measures = SubElement(components, f"{_STR}MeasureList", id="MeasureDescriptor")
    _component(measures, "Measure", value, agency, lists, {"usage": "optional"})


def _component(
    parent: Element, tag: str, component: Component, agency: str, lists: set[str], attributes: dict[str, str]
) -> Element:
    made = SubElement(parent, f"{_STR}{tag}", {"id": component.id, **attributes})
    concept = _urn("conceptscheme", "Concept", agency, f"{CONCEPTS}({VERSION}).{component.id}")
    _text(made, f"{_STR}ConceptIdentity", concept)
    representation = SubElement(made, f"{_STR}LocalRepresentation")
    if component.form in lists:
        listed = _urn("codelist", "Codelist", agency, f"{component.form}({VERSION})")
        _text(representation, f"{_STR}Enumeration", listed)
    else:
        SubElement(representation, f"{_STR}TextFormat", textType=component.form)
    return made


def _structure_of(catalogue: Catalogue, id: str) -> Structure:
    return next(s for s in catalogue.structures if s.id == id)
