"""Examples for the OpenAPI file where a route gives none of its own: of a schema, of a parameter, of a problem."""

from typing import Any

from app.core.errors import Fault, Problem
from app.web.catalogue import CATALOGUE
from app.web.catalogue.entry import placeholders
from app.web.problems import document

# What members are called everywhere, and what they look like.
MEMBERS: dict[str, Any] = {
    "indicator": "commune_dx_completed",
    "area": "380-202501",
    "area_name": "Thành phố Thanh Hóa",
    "name": "Phường, xã hoàn thành chuyển đổi số",
    "name_vi": "Phường, xã hoàn thành chuyển đổi số",
    "name_en": "Communes that completed their digital transformation",
    "period": "2025-01",
    "value_period": "2025-01",
    "domain": "government",
    "unit": "PT",
    "qualifier": "eq",
    "rule": "share_reaching",
    "basis": "reported",
    "quality": "none",
    "status": "A",
    "progress": "on_track",
    "comparator": "eq",
    "target_comparator": "eq",
    "target_due": "2025-12-31",
    "due": "2025-12-31",
    "valid_from": "2025-01-01",
    "level": "commune",
    "type": "phường",
    "kind": "unit",
    "state": "accepted",
    "outcome": "created",
    "seq": 57,
    "next": None,
    "revision": 1,
    "version": 1,
    "limit": 100,
    "submission": "3f1c2b7e9d5a4c1e8b60a2f47d91c35e",
    "measure": "flag",
    "rollup": "share_reaching",
    "over_time": "latest",
    "frequency": "M",
    "direction": "up",
    "carry_forward": 12,
    "min_coverage": 0.8,
    "unit_mult": 0,
    "decimals": 2,
    "value": 70.21,
    "numerator": 33,
    "denominator": 47,
    "reported_value": 70.21,
    "target_value": 100,
    "gap": 29.79,
    "expected": 47,
    "reported": 33,
    "carried": 0,
    "missing": 14,
    "rank": 1,
    "index": 0,
    "rejected": 0,
    "revised": 0,
    "unchanged": 0,
    "warnings": 0,
    "rows": 1,
    "created": 1,
}
INSTANT = "2026-11-22T03:00:00.000000Z"
_MAX_DEPTH = 8


def resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema that a `$ref` stands for; itself otherwise."""
    reference = schema.get("$ref")
    found: dict[str, Any] = schemas[reference.rpartition("/")[2]] if reference else schema
    return found


def of_schema(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value of the schema: its own example, what its name tells, else the plainest value of its type."""
    schema = {**resolved(schema, schemas), **{k: v for k, v in schema.items() if k != "$ref"}}
    if schema.get("examples"):
        return schema["examples"][0]
    for known in ("const", "default"):
        if schema.get(known) is not None:
            return schema[known]
    if schema.get("enum"):
        return MEMBERS[name] if MEMBERS.get(name) in schema["enum"] else schema["enum"][0]
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return _of_branches(branches, schemas, name, depth)
    if schema.get("type") == "object" or "properties" in schema:
        return {
            member: of_schema(inner, schemas, member, depth + 1)
            for member, inner in schema.get("properties", {}).items()
            if depth < _MAX_DEPTH
        }
    if schema.get("type") == "array":
        return [of_schema(schema.get("items", {}), schemas, name, depth + 1)] if schema.get("items") else []
    return _of_scalar(schema, name)


def _of_branches(branches: list[dict[str, Any]], schemas: dict[str, Any], name: str, depth: int) -> Any:
    can_be_null = {"type": "null"} in branches
    real = [b for b in branches if b.get("type") != "null"]
    plain = real[0].get("type") in ("string", "integer", "number", "boolean") and not real[0].get("examples")
    if can_be_null and plain and (name not in MEMBERS or MEMBERS[name] is None):
        return None
    return of_schema(real[0], schemas, name, depth)


def _of_scalar(schema: dict[str, Any], name: str) -> Any:
    kind = schema.get("type")
    known = MEMBERS.get(name)
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        return known if isinstance(known, int | float) else schema.get("minimum", 1)
    if kind == "string":
        if schema.get("format") == "date":
            return known if isinstance(known, str) else "2025-01-31"
        if schema.get("format") == "date-time" or name.endswith(("_at", "at")):
            return INSTANT
        return known if isinstance(known, str) else "…"
    return None


def of_parameter(name: str, schema: dict[str, Any], members: list[str]) -> Any:
    """An example of a parameter that shows none; None where only a real answer can give one (`cursor`)."""
    if name == "cursor":
        return None
    if name == "fields":
        return ",".join(members[:2]) or None
    if name == "sort":
        return "-seq" if "seq" in members else next(iter(members), None)
    told: dict[str, Any] = {"lang": "en", "count": "exact", "limit": 20, "at": "2025-03-31", "q": "so"}
    told |= {"due_from": "2025-01-01", "due_to": "2030-12-31", "parent": "380", "actor": "system"}
    if "subject" in members:
        told |= {"type": "indicator.created", "subject": MEMBERS["indicator"]}
    if name in told:
        return told[name]
    options = [schema, *schema.get("anyOf", [])]
    options += [o["items"] for o in options if "items" in o]
    for option in options:
        if "enum" in option or "const" in option:
            return option.get("const") or option["enum"][0]
        if option.get("default") is not None:
            return option["default"]
    if name in MEMBERS:
        return MEMBERS[name]
    kind = next((o["type"] for o in options if o.get("type") not in (None, "null", "array")), None)
    return {"boolean": False, "integer": 1}.get(str(kind))


_FAULTS = {
    "unauthenticated": Fault(code="unauthenticated", header="Authorization", expected="Bearer dxk_<id>_<secret>"),
    "missing-scope": Fault(code="missing-scope", expected="submit"),
    "unknown-parameter": Fault(
        code="unknown-parameter", parameter="perod", given="perod", expected="lang, limit, period", hint="period"
    ),
    "invalid-parameter": Fault(code="out-of-range", parameter="limit", given=5000, expected="≤ 1000"),
    "invalid-body": Fault(code="unknown-member", pointer="/perod", expected="area, note, period, rows", hint="period"),
    "submission-rejected": Fault(code="components-required", pointer="/rows/0/value", given=84.39),
    "malformed-json": Fault(code="malformed-json", given="1:12", params={"line": 1, "column": 12}),
    "unsupported-media-type": Fault(
        code="unsupported-media-type", header="Content-Type", given="text/csv", expected="application/json"
    ),
    "not-acceptable": Fault(
        code="not-acceptable", header="Accept", given="application/xml", expected="application/json, text/csv"
    ),
    "unknown-sort-key": Fault(
        code="unknown-sort-key", parameter="sort", given="perid", expected="indicator, area, period, seq", hint="period"
    ),
    "unknown-field": Fault(
        code="unknown-field", parameter="fields", given="valeu", expected="indicator, area, value", hint="value"
    ),
    "unknown-indicator": Fault(
        code="unknown-indicator",
        parameter="indicator",
        given="commune_dx_complete",
        hint="commune_dx_completed",
    ),
    "unknown-area": Fault(code="unknown-area", parameter="area", given="14759", hint="14758 phường Đông Thọ"),
    "area-code-ambiguous": Fault(
        code="area-code-ambiguous", parameter="area", given="14758", expected="14758-202501, 14758-202507"
    ),
    "cursor-invalid": Fault(code="cursor-invalid", parameter="cursor", given="abc"),
    "as-of-malformed": Fault(code="as-of-malformed", parameter="as_of", given="2025-03-31"),
    "as-of-in-future": Fault(code="as-of-in-future", parameter="as_of", given=9999, expected="0…57"),
    "min-seq-in-future": Fault(code="min-seq-in-future", parameter="min_seq", given=9999, expected="0…57"),
    "replica-behind": Fault(code="replica-behind", parameter="min_seq", given=57, expected="≤ 55"),
    "period-malformed": Fault(code="period-malformed", parameter="period", given="03/2025", expected="2025-03"),
    "feed-cursor-gone": Fault(
        code="feed-cursor-gone", parameter="after", given=9999, expected="0…57", hint="/api/v1/changes?after=0"
    ),
    "if-match-required": Fault(code="if-match-required", header="If-Match"),
    "if-match-stale": Fault(code="if-match-stale", header="If-Match", given='"9f2c4e7a.1"', expected=2),
    "idempotency-key-reused": Fault(
        code="idempotency-key-reused", header="Idempotency-Key", given="3f1c2b7e-2025-03-14758"
    ),
    "no-rows": Fault(code="no-rows", pointer="/rows"),
    "too-many-rows": Fault(code="too-many-rows", pointer="/rows", given=12000, expected="≤ 10000"),
    "not-found": Fault(code="not-found", given="/api/v1/areas/00000"),
    "required": Fault(code="required", parameter="period", expected="2025-03"),
    "area-level-mismatch": Fault(code="area-level-mismatch", pointer="/rows/0/area", given="14758", expected="city"),
    "area-not-a-city": Fault(code="area-not-a-city", parameter="area", given="14758", expected="380"),
    "not-yours-to-change": Fault(code="not-yours-to-change", given="14758-202501"),
    "observation-not-found": Fault(
        code="observation-not-found", parameter="observation", given="commune_dx_completed.380-202501.2024-01"
    ),
    "submission-not-found": Fault(
        code="submission-not-found", parameter="submission", given="3f1c2b7e9d5a4c1e8b60a2f47d91c35e"
    ),
    "indicator-not-found": Fault(
        code="indicator-not-found", parameter="code", given="commune_dx_complete", hint="commune_dx_completed"
    ),
    "indicator-exists": Fault(code="indicator-exists", pointer="/code", given="commune_dx_completed"),
    "indicator-in-use": Fault(
        code="indicator-in-use", given="adult_residents", params={"users": "digital_literacy_rate"}
    ),
    "definition-fixed": Fault(code="definition-fixed", pointer="/measure", params={"members": "measure, unit"}),
    "target-not-found": Fault(code="target-not-found", parameter="id", given="commune_dx_completed-2026-12-31-city"),
    "target-exists": Fault(code="target-exists", pointer="/id", given="commune_dx_completed-2025-12-31-city"),
    "initiative-not-found": Fault(
        code="initiative-not-found", parameter="code", given="smart_city", hint="smart_city_2025"
    ),
    "initiative-exists": Fault(code="initiative-exists", pointer="/code", given="smart_city_2025"),
    "initiative-has-children": Fault(
        code="initiative-has-children", given="dx_package", params={"children": "smart_loudspeaker"}
    ),
    "unknown-file": Fault(code="unknown-file", pointer="/file", given="2024-12-01", expected="2025-07-01"),
    "area-exists": Fault(code="area-exists", given="14758-202507"),
    "area-change-not-found": Fault(code="area-change-not-found", parameter="id", given="2025-07-02"),
    "geography-without-areas": Fault(
        code="geography-without-areas", parameter="geography", given="1990-01-01", expected="2025-01-01"
    ),
    "area-not-on-map": Fault(
        code="area-not-on-map",
        parameter="area",
        given="14758-202501",
        expected="2025-07-01",
        hint="14758-202507, 14797-202507",
    ),
    "area-not-valid-on-day": Fault(
        code="area-not-valid-on-day",
        parameter="at",
        given="14758",
        expected="2024-12-31",
        hint="14758-202501 Phường Đông Thọ",
    ),
    "share-not-found": Fault(code="share-not-found", parameter="old", given="14758-202501"),
    "link-not-in-part": Fault(
        code="link-not-in-part",
        pointer="/shares/0",
        given="14755 → 14758",
        expected="14758-202501 → 14758-202507, 14758-202501 → 14797-202507",
    ),
    "share-out-of-range": Fault(code="share-out-of-range", pointer="/shares/0/share", given=1.2),
    "shares-contradict": Fault(code="shares-contradict", pointer="/shares/0", given="14758-202501", expected="= 1"),
    "area-change-applied": Fault(code="area-change-applied", given="2025-07-01"),
    "area-has-later-rows": Fault(code="area-has-later-rows", given=3, expected="14758-202501"),
    "area-change-in-use": Fault(code="area-change-in-use", given="2025-07-01", expected="14797-202507"),
    "key-area-ended": Fault(code="key-area-ended", given="14758-202501", hint="14758-202507, 14797-202507"),
    "area-not-found": Fault(code="area-not-found", parameter="id", given="14759", hint="14758 phường Đông Thọ"),
    "document-not-found": Fault(code="document-not-found", parameter="id", given="plans", hint="plan"),
    "clause-not-found": Fault(code="clause-not-found", parameter="id", given="B.I.22", hint="B.I.2"),
    "not-one-of": Fault(
        code="not-one-of",
        parameter="type",
        given="observation.create",
        expected="observation.created, observation.revised, observation.withdrawn",
        hint="observation.created",
    ),
    "webhook-not-found": Fault(code="webhook-not-found", parameter="id", given="5f0c2a91b7d5"),
    "delivery-not-found": Fault(code="delivery-not-found", parameter="delivery", given="0643c1a2b7d4e05f0c2a92"),
    "webhook-url-invalid": Fault(code="webhook-url-invalid", pointer="/url", expected="https://ioc.example.org/dxi"),
    "webhook-address-forbidden": Fault(
        code="webhook-address-forbidden", pointer="/url", expected="https://ioc.example.org/dxi"
    ),
    "too-many-webhooks": Fault(code="too-many-webhooks", given=100),
    "sdmx-not-found": Fault(
        code="sdmx-not-found", parameter="flow", given="CTY", expected="OBSERVATIONS, CITY", hint="CITY"
    ),
    "too-many-cells": Fault(code="too-many-cells", parameter="indicator", given=93312, expected="≤ 50000"),
    "entity-not-found": Fault(
        code="entity-not-found",
        parameter="id",
        given="urn:ngsi-ld:KeyPerformanceIndicator:commune_dx",
        hint="urn:ngsi-ld:KeyPerformanceIndicator:commune_dx_completed",
    ),
    "sdmx-key-malformed": Fault(
        code="sdmx-key-malformed", parameter="key", given="M.380", expected="FREQ.REF_AREA.INDICATOR"
    ),
    "too-few-readings": Fault(code="too-few-readings", parameter="indicator", given=1, expected="≥ 4"),
    "not-a-date": Fault(code="not-a-date", parameter="due", given="2030-02-30", expected="2030-12-31"),
    "range-reversed": Fault(code="range-reversed", parameter="period_from", given="2025-12", expected="≤ 2025-01"),
    "release-exists": Fault(code="release-exists", pointer="/name", given="q1-2025"),
    "release-not-found": Fault(code="release-not-found", parameter="name", given="q1-2052", hint="q1-2025"),
    "release-fixes-as-of": Fault(code="release-fixes-as-of", parameter="as_of", expected="57"),
    "too-many-periods": Fault(code="too-many-periods", parameter="period_from", given=1200, expected="≤ 600"),
}


def of_problem(code: str) -> dict[str, Any]:
    """The problem document of `code`, in Vietnamese, as the service would answer it."""
    fault = _FAULTS.get(code)
    wanted = placeholders(CATALOGUE[code].detail("vi"))
    params: dict[str, Any] = {"limit": 8 * 1024 * 1024} if "limit" in wanted else {}
    if "wait" in wanted:
        params = {"limit": 60_000, "wait": 42}
    problem = Problem(code, *([fault] if fault else []), **params)
    return document(problem, lang="vi", instance="/api/v1/…", trace_id="4bf92f3577b34da6a3ce929d0e0e4736")
