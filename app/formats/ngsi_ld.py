"""NGSI-LD (ETSI GS CIM 009): entities in the normalized and in the simplified form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON, JSON_LD = "application/json", "application/ld+json"
CORE_CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"
KPI = "KeyPerformanceIndicator"
KPI_URI = f"https://smartdatamodels.org/dataModel.{KPI}/{KPI}"
KPI_CONTEXT = f"https://raw.githubusercontent.com/smart-data-models/dataModel.{KPI}/master/context.jsonld"
# The core context goes last, for nothing may redefine its terms.
CONTEXT = [KPI_CONTEXT, CORE_CONTEXT]
LINK = f'<{KPI_CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="{JSON_LD}"'


@dataclass(frozen=True, slots=True)
class Property:
    """A value with what is said of it. Null is no value in NGSI-LD: such a property is left out."""

    value: Any
    unit_code: str | None = None
    observed_at: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    type: str
    properties: Mapping[str, Property]
    created_at: str | None
    modified_at: str | None


def kpi_id(local: str) -> str:
    return f"urn:ngsi-ld:{KPI}:{local}"


def written(entity: Entity, *, simplified: bool, system: bool, context: bool) -> dict[str, Any]:
    """The entity as JSON; `system` adds when it was made and changed, `context` what its terms mean."""
    made: dict[str, Any] = {"id": entity.id, "type": entity.type}
    for name, held in entity.properties.items():
        if held.value is not None:
            made[name] = held.value if simplified else _normalized(held)
    if system:
        made |= _present({"createdAt": entity.created_at, "modifiedAt": entity.modified_at})
    if context:
        made["@context"] = CONTEXT
    return made


def _normalized(held: Property) -> dict[str, Any]:
    made = {"type": "Property", "value": held.value, "unitCode": held.unit_code, "observedAt": held.observed_at}
    more = {name: {"type": "Property", "value": known} for name, known in held.more.items() if known is not None}
    return _present(made) | more


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
