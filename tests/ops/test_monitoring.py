"""What docs/ ships for Grafana and Prometheus fits the service: every address, field, metric and label is there."""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.databases import Databases
from tests.service import Service, running

DOCS = Path(__file__).resolve().parents[2] / "docs"
DASHBOARD = json.loads((DOCS / "grafana" / "dashboard.json").read_text("utf-8"))
ALERTS = yaml.safe_load((DOCS / "prometheus" / "alerts.yml").read_text("utf-8"))
SCRAPING = yaml.safe_load((DOCS / "prometheus" / "prometheus.yml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
RATE = "adults_with_smartphone_rate"
KINDS = {"string": str, "number": int | float, "timestamp": str}


@pytest.fixture(scope="module")
def city(databases: Databases, tmp_path_factory: Any) -> Iterator[Service]:
    """Two months of a ward, so that every column has something to show; the engine changes no field."""
    with databases.fresh("sqlite", tmp_path_factory.mktemp("city")) as url, running(url) as service:
        for month, reached in (("2025-02", 1), ("2025-03", 2)):
            row = {"indicator": RATE, "numerator": reached, "denominator": 3}
            assert service.submit(service.ward("14758"), [row], period=month).status_code == 201
        yield service


# -- Grafana -----------------------------------------------------------------------------------------------------------


def variables(dashboard: dict[str, Any]) -> dict[str, str]:
    return {v["name"]: v["current"]["value"] for v in dashboard["templating"]["list"]}


def questions(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Every query of the panels and of the variables."""
    asked = [target for panel in dashboard["panels"] for target in panel["targets"]]
    return asked + [v["query"]["infinityQuery"] for v in dashboard["templating"]["list"] if v["type"] == "query"]


def misfits(service: Service, dashboard: dict[str, Any]) -> list[str]:
    """What a dashboard asks for that the service does not answer, or answers as something else."""
    wrong, given = [], variables(dashboard)
    for asked in questions(dashboard):
        params = [
            (p["key"], re.sub(r"\$\{(\w+)\}", lambda m: given[m[1]], p["value"]))
            for p in asked["url_options"]["params"]
        ]
        answer = service.raw("GET", asked["url"], params=params)
        if answer.status_code != 200:
            wrong.append(f"{asked['url']}: {answer.json()['detail']}")
            continue
        rows = answer.json()[asked["root_selector"]]
        wrong += [] if rows else [f"{asked['url']}: no rows"]
        for column in asked["columns"]:
            wrong += [
                f"{asked['url']}: {column['selector']} is {row.get(column['selector'], 'not there')!r}"
                for row in rows
                if column["selector"] not in row or not fits(column["type"], row[column["selector"]])
            ]
    return wrong


def fits(kind: str, value: Any) -> bool:
    if value is None:
        return True
    if kind == "timestamp":
        with suppress(ValueError):
            return bool(datetime.fromisoformat(value))
        return False
    return isinstance(value, KINDS[kind]) and not isinstance(value, bool)


def test_every_address_and_field_of_the_dashboard_is_in_the_services_answers(city: Service):
    assert misfits(city, DASHBOARD) == []
    paths = {asked["url"] for asked in questions(DASHBOARD)}
    assert paths >= {f"/api/v1/city/{name}" for name in ("snapshot", "series", "ranking", "progress", "completeness")}


@pytest.mark.parametrize(
    ("place", "name"), [("selector", "valeu"), ("type", "timestamp"), ("url", "/api/v1/city/snapshots")]
)
def test_a_dashboard_that_does_not_fit_is_noticed(city: Service, place: str, name: str):
    broken = copy.deepcopy(DASHBOARD)
    asked = broken["panels"][0]["targets"][0]
    (asked if place == "url" else next(c for c in asked["columns"] if c["selector"] == "unit"))[place] = name

    assert misfits(city, broken)


@pytest.mark.parametrize("domain", ["economy", "culture_society", "smart_governance", "infrastructure", "government"])
def test_each_choice_of_a_variable_has_rows(city: Service, domain: str):
    chosen = next(v for v in DASHBOARD["templating"]["list"] if v["name"] == "domain")

    assert domain in [option["value"] for option in chosen["options"]]
    assert city.get(f"/city/snapshot?domain={domain}").json()["data"]


def test_the_dashboard_can_be_imported_and_transforms_nothing():
    panels = DASHBOARD["panels"]

    assert DASHBOARD["id"] is None
    assert {"uid", "title", "schemaVersion", "time", "templating", "__inputs", "__requires"} <= DASHBOARD.keys()
    assert len({panel["id"] for panel in panels}) == len(panels) >= 4
    assert not any("transformations" in panel for panel in panels)
    assert {p["id"] for p in DASHBOARD["__requires"] if p["type"] == "panel"} == {panel["type"] for panel in panels}
    sources = {asked["datasource"]["uid"] for panel in panels for asked in panel["targets"]}
    assert sources == {f"${{{given['name']}}}" for given in DASHBOARD["__inputs"]}
    for panel in panels:
        shown = {column["text"] for asked in panel["targets"] for column in asked["columns"]}
        assert {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]} <= shown


def test_titles_speak_both_languages_and_panels_do_not_overlap():
    places: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        assert " · " in panel["title"]
        assert " · " in panel["description"]
        at = panel["gridPos"]
        covered = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not places & covered
        places |= covered


# -- Prometheus --------------------------------------------------------------------------------------------------------


def scraped(service: Service) -> dict[str, set[str]]:
    """The labels of every sample, by its name; `up` is the scraper's own."""
    found: dict[str, set[str]] = {"up": {"job"}}
    for family in text_string_to_metric_families(service.raw("GET", "/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def used(expression: str) -> dict[str, set[str]]:
    """The metrics of an expression with the labels they are chosen by."""
    found: dict[str, set[str]] = {}
    for name, chosen in re.findall(r"\b((?:dxi_\w+|up))\b(?:\{([^}]*)\})?", expression):
        found.setdefault(name, set()).update(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_metric_and_label_of_a_rule_is_scraped(city: Service, rule: dict[str, Any]):
    known, asked = scraped(city), used(rule["expr"])

    assert asked
    for name, labels in asked.items():
        assert labels <= known[name]
    told = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
    assert told <= set().union(*(known[name] for name in asked))
    assert " · " in rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}


def test_a_metric_that_there_is_not_would_be_noticed(city: Service):
    assert used('dxi_city_value{indicatr="x"} > 1') == {"dxi_city_value": {"indicatr"}}
    assert "dxi_city_value" not in scraped(city)


def test_the_scrape_example_reads_what_is_served(city: Service):
    (job,) = SCRAPING["scrape_configs"]

    assert city.raw("GET", job["metrics_path"]).status_code == 200
    assert job["job_name"] == "dxi"
    assert all((DOCS / "prometheus" / name).exists() for name in SCRAPING["rule_files"])


def test_every_gauge_of_the_city_is_documented(city: Service):
    told, gauges = (DOCS / "grafana" / "README.md").read_text("utf-8"), scraped(city)

    assert {"dxi_city_figure_value", "dxi_city_areas_reported"} <= gauges.keys()
    for name, labels in gauges.items():
        if name.startswith("dxi_city_areas_"):
            assert f"_{name.removeprefix('dxi_city_areas_')}`" in told
        elif name.startswith("dxi_city"):
            (line,) = [row for row in told.splitlines() if row.startswith(f"| `{name}`")]
            assert {f"`{label}`" for label in labels} <= set(re.findall(r"`\w+`", line))
