"""City figures as Key Performance Indicators (Smart Data Models), one entity an indicator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.changes.queries import instants
from app.city import queries as city
from app.city.rule_words import RULES
from app.core.clock import rfc3339
from app.core.entities import Definition
from app.core.periods import Frequency, Period
from app.db.session import ReadSession
from app.exports.publisher import DOMAINS, PUBLISHER, UNITS, spoken
from app.formats.ngsi_ld import KPI, Entity, Property, kpi_id
from app.indicators import queries as indicators
from app.web.answers import PREFIX

# The model has no word for half-years.
_FREQUENCIES = {Frequency.MONTHLY: "monthly", Frequency.QUARTERLY: "quarterly", Frequency.ANNUAL: "yearly"}
_METHODS = {"rolled_up": "automatic", "reported": "manual"}
_STANDINGS = {"met": "veryGood", "on_track": "good", "at_risk": "fair", "off_track": "bad", "overdue": "veryBad"}
_SIGNS = {"gt": ">", "ge": "≥", "eq": "=", "le": "≤", "lt": "<"}
# UN/CEFACT Recommendation 20.
_UNIT_CODES = {"PT": "P1", "NUMBER": "C62"}
# What else a figure's row says, as properties of its value.
_SAID = ("qualifier", "numerator", "denominator", "status", "basis", "quality")
_COVERAGE = ("expected", "reported", "carried", "missing")
_WAY = ("target_value", "target_comparator", "target_due", "progress", "gap", "previous_value", "change")


@dataclass(frozen=True, slots=True)
class Wished:
    """Which figures: as `/city/snapshot` is asked."""

    period: Period | None
    area: str
    domains: Sequence[str]
    codes: Sequence[str]


def kpis(session: ReadSession, wished: Wished, lang: str, address: str) -> Iterator[Entity]:
    """An entity for each row of `/city/snapshot`."""
    view = indicators.registry(session)
    rows = city.snapshot(
        session, period=wished.period, area=wished.area, domains=wished.domains, codes=wished.codes, lang=lang
    )
    first = {row["indicator"]: view.versions(row["indicator"])[0] for row in rows}
    made = instants(session, {version.seq for version in first.values()})
    for row in rows:
        known = view.definition_for(row["indicator"], Period.parse(row["period"])) or first[row["indicator"]]
        begun = rfc3339(made[first[known.code].seq])
        properties = _properties(row, known, first[known.code].valid_from, lang, address)
        yield Entity(kpi_id(known.code), KPI, properties, begun, max(begun, row["updated_at"] or begun))


def _properties(
    row: dict[str, Any], definition: Definition, since: date, lang: str, address: str
) -> dict[str, Property]:
    other = "vi" if lang == "en" else "en"
    period = Period.parse(row["period"])
    publisher = spoken(PUBLISHER, lang)
    explained = f"{address}{PREFIX}/city/explain?indicator={definition.code}&period={row['period']}"
    plain = {
        "name": row["name"],
        "alternateName": definition.name(other),
        "description": spoken((definition.definition_vi, definition.definition_en), lang) or None,
        "dataProvider": publisher,
        "source": explained,
        "category": ["quantitative"],
        "organization": row["area_name"],
        "process": spoken(DOMAINS[row["domain"]], lang),
        "provider": publisher,
        "businessTarget": _target(row, lang),
        "calculationFrequency": _FREQUENCIES.get(definition.frequency),
        "calculatedBy": publisher,
        "calculationMethod": _METHODS.get(row["basis"]),
        "calculationFormula": spoken(RULES[definition.rollup], lang),
        "calculationPeriod": {"from": period.first.isoformat(), "to": period.last.isoformat()},
        "currentStanding": _STANDINGS.get(row["progress"] or ""),
        "effectiveSince": f"{since.isoformat()}T00:00:00Z",
        "updatedAt": row["updated_at"],
        "dateModified": row["updated_at"],
        "area": row["area_name"],
        "areaServed": row["area"],
    }
    return {"kpiValue": _value(row, definition), **{name: Property(value) for name, value in plain.items()}}


def _value(row: dict[str, Any], definition: Definition) -> Property:
    """The figure with all that is known of it, so that whoever is sent this one attribute needs no other."""
    at = Period.parse(row["value_period"]).last.isoformat() if row["value_period"] else row["time"]
    more = {_camel(name): row[name] for name in (*_SAID, *_COVERAGE, *_WAY)}
    more |= {"unit": row["unit"], "unitMultiplier": definition.unit_mult or None, "seq": row["seq"]}
    return Property(row["value"], _UNIT_CODES.get(row["unit"]), f"{at}T00:00:00Z", more)


def _target(row: dict[str, Any], lang: str) -> str | None:
    if row["target_value"] is None:
        return None
    unit = "%" if row["unit"] == "PT" else spoken(UNITS.get(row["unit"], (row["unit"], row["unit"])), lang)
    return f"{_SIGNS[row['target_comparator']]} {row['target_value']:f} {unit}, {row['target_due']}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
