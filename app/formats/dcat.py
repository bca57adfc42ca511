"""DCAT 3 as JSON-LD whose context is in the document, so that reading it asks no other host."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/ld+json"
Names = tuple[str, str]
"""In Vietnamese and in English."""

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EUROPE = "http://publications.europa.eu/resource/authority"
_LANGUAGES = [{"@id": f"{_EUROPE}/language/{code}"} for code in ("VIE", "ENG")]
_THEMES = [{"@id": f"{_EUROPE}/data-theme/{code}"} for code in ("GOVE", "TECH")]
_IANA = "https://www.iana.org/assignments/media-types"
# Those that IANA has registered; the others are told in words only.
_REGISTERED = {
    "application/json",
    "application/ld+json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """One form of a dataset. `whole` is whether its address gives all of it at once."""

    id: str
    title: str
    url: str
    media_type: str
    whole: bool
    conforms_to: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    id: str
    title: Names
    description: Names
    keywords: Sequence[Names]
    distributions: Sequence[Distribution]
    # First and last day, as ISO dates.
    span: tuple[str, str] | None = None
    # A code of the SDMX list of frequencies.
    frequency: str | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Ids of its parts are fragments of `url`. `issued` and `modified` are RFC 3339 instants."""

    url: str
    homepage: str
    endpoint: str
    description_url: str
    title: Names
    description: Names
    publisher: Names
    place: Names
    place_code: str
    license: str
    issued: str | None
    modified: str | None
    version: str
    datasets: Sequence[Dataset]


def document(catalog: Catalog) -> dict[str, Any]:
    """The catalogue as JSON-LD."""
    service = f"{catalog.url}#api"
    known: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": catalog.url,
        "@type": "dcat:Catalog",
        **_described(catalog, catalog.title, catalog.description),
        "dcterms:publisher": {
            "@id": f"{catalog.url}#publisher",
            "@type": ["foaf:Agent", "foaf:Organization"],
            "foaf:name": _words(catalog.publisher),
        },
        "foaf:homepage": {"@id": catalog.homepage},
        "dcterms:spatial": {
            "@id": f"{catalog.url}#city",
            "@type": "dcterms:Location",
            "rdfs:label": _words(catalog.place),
            "dcterms:identifier": catalog.place_code,
        },
        "dcat:dataset": [_dataset(catalog, dataset, service) for dataset in catalog.datasets],
        "dcat:service": {
            "@id": service,
            "@type": "dcat:DataService",
            "dcterms:title": _words(catalog.title),
            "dcterms:license": {"@id": catalog.license},
            "dcat:endpointURL": {"@id": catalog.endpoint},
            "dcat:endpointDescription": {"@id": catalog.description_url},
            "dcat:servesDataset": [{"@id": f"{catalog.url}#{dataset.id}"} for dataset in catalog.datasets],
        },
    }
    return _present(known)


def _described(catalog: Catalog, title: Names, description: Names) -> dict[str, Any]:
    return {
        "dcterms:title": _words(title),
        "dcterms:description": _words(description),
        "dcterms:language": _LANGUAGES,
        "dcterms:license": {"@id": catalog.license},
        "dcterms:issued": catalog.issued and _typed(catalog.issued, "dateTime"),
        "dcterms:modified": catalog.modified and _typed(catalog.modified, "dateTime"),
        "dcat:version": catalog.version,
    }


def _dataset(catalog: Catalog, dataset: Dataset, service: str) -> dict[str, Any]:
    known: dict[str, Any] = {
        "@id": f"{catalog.url}#{dataset.id}",
        "@type": "dcat:Dataset",
        "dcterms:identifier": dataset.id,
        **_described(catalog, dataset.title, dataset.description),
        "dcterms:publisher": {"@id": f"{catalog.url}#publisher"},
        "dcterms:spatial": {"@id": f"{catalog.url}#city"},
        "dcat:theme": _THEMES,
        "dcat:keyword": [word for names in dataset.keywords for word in _words(names)],
        "dcat:distribution": [_distribution(catalog, d, service) for d in dataset.distributions],
    }
    if dataset.frequency is not None:
        known["dcterms:accrualPeriodicity"] = {
            "@id": f"http://purl.org/linked-data/sdmx/2009/code#freq-{dataset.frequency}"
        }
    if dataset.span is not None:
        known["dcterms:temporal"] = {
            "@type": "dcterms:PeriodOfTime",
            "dcat:startDate": _typed(dataset.span[0], "date"),
            "dcat:endDate": _typed(dataset.span[1], "date"),
        }
    return _present(known)


def _distribution(catalog: Catalog, distribution: Distribution, service: str) -> dict[str, Any]:
    plain = distribution.media_type.partition(";")[0]
    known: dict[str, Any] = {
        "@id": f"{catalog.url}#{distribution.id}",
        "@type": "dcat:Distribution",
        "dcterms:title": distribution.title,
        "dcterms:license": {"@id": catalog.license},
        "dcat:accessURL": {"@id": distribution.url},
        "dcat:accessService": {"@id": service},
        "dcterms:format": {"@type": "dcterms:MediaTypeOrExtent", "rdfs:label": distribution.media_type},
        "dcat:downloadURL": {"@id": distribution.url} if distribution.whole else None,
        "dcat:mediaType": {"@id": f"{_IANA}/{plain}"} if plain in _REGISTERED else None,
        "dcterms:conformsTo": {"@id": distribution.conforms_to} if distribution.conforms_to else None,
    }
    return _present(known)


def _words(names: Names) -> list[dict[str, str]]:
    return [{"@value": text, "@language": lang} for lang, text in zip(("vi", "en"), names, strict=True)]


def _typed(text: str, kind: str) -> dict[str, str]:
    return {"@value": text, "@type": f"xsd:{kind}"}


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
