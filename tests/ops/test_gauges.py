"""The city's figures as gauges: what the snapshot says, by the reference parsers; silence where nothing is known."""

from datetime import datetime
from itertools import cycle

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from app.city import queries
from app.core.clock import CITY_TIME
from tests.databases import Databases
from tests.service import running

OPENMETRICS, PLAIN = "application/openmetrics-text", "text/plain"
RATE, FLAG = "adults_with_smartphone_rate", "commune_dx_completed"
# What a scraper of today sends.
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
# Gauge, member of the city's row.
SAMPLES = {
    "dxi_city_figure_value": "value",
    "dxi_city_figure_change": "change",
    "dxi_city_areas_expected": "expected",
    "dxi_city_areas_reported": "reported",
    "dxi_city_areas_carried": "carried",
    "dxi_city_areas_missing": "missing",
    "dxi_city_target_value": "target_value",
    "dxi_city_target_gap": "gap",
}


WARDS = cycle(["14755", "14758", "14761", "14764", "14767", "14770", "14773", "14776"])


def say(service):
    """Another ward speaks."""
    row = {"indicator": RATE, "numerator": 1, "denominator": 3}
    assert service.submit(service.ward(next(WARDS)), [row]).status_code == 201


def scraped(service, parse=openmetrics, **headers):
    answer = service.raw("GET", "/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {s.name: f for f in parse(answer.text) for s in f.samples if s.name.startswith("dxi_city")}


def samples(service, name):
    """The samples of a gauge by indicator."""
    found = scraped(service).get(name)
    return {s.labels["indicator"]: s for s in found.samples} if found else {}


def rows(service):
    return {row["indicator"]: row for row in service.get("/city/snapshot").json()["data"]}


def test_gauges_say_what_the_snapshot_says_and_nothing_of_what_is_unknown(shared):
    say(shared)

    for name, member in SAMPLES.items():
        known = {code: row[member] for code, row in rows(shared).items() if row[member] is not None}
        assert {code: s.value for code, s in samples(shared, name).items()} == known
    assert 0 < len(samples(shared, "dxi_city_figure_value")) < len(rows(shared))


def test_a_figure_is_told_with_its_unit_its_bound_and_its_facts(shared):
    value, info = (
        samples(shared, f"dxi_city_figure_{name}")["online_public_services_provided_rate"].labels
        for name in ("value", "info")
    )

    assert value == {
        "indicator": "online_public_services_provided_rate",
        "area": "380-202501",
        "unit": "PT",
        "qualifier": "gt",
    }
    assert info["name"] == "Tỷ lệ cung cấp dịch vụ công trực tuyến"
    assert (info["name_en"], info["basis"], info["period"]) == (
        "Public services provided online",
        "reported",
        "2025-01",
    )
    assert samples(shared, "dxi_city_figure_info")[FLAG].labels["progress"] == "overdue"


def test_times_are_unix_times_of_days_that_end_in_the_city(shared):
    ended = samples(shared, "dxi_city_figure_period_end_timestamp_seconds")[FLAG].value
    due = samples(shared, "dxi_city_target_due_timestamp_seconds")[FLAG].value
    updated = samples(shared, "dxi_city_figure_updated_timestamp_seconds")[FLAG].value

    assert datetime.fromtimestamp(ended, CITY_TIME).isoformat() == "2025-02-01T00:00:00+07:00"
    assert datetime.fromtimestamp(due, CITY_TIME).isoformat() == "2026-01-01T00:00:00+07:00"
    assert updated == datetime.fromisoformat(rows(shared)[FLAG]["updated_at"]).timestamp()


def test_a_wards_word_moves_the_gauge_and_starts_no_new_series(shared):
    before = samples(shared, "dxi_city_areas_reported")[RATE]

    say(shared)

    after = samples(shared, "dxi_city_areas_reported")[RATE]
    assert after.value == before.value + 1
    assert before.labels == after.labels


def test_figures_are_made_once_for_each_state_however_often_they_are_scraped(shared, monkeypatch):
    made = []
    snapshot = queries.snapshot

    def counted(*arguments, **more):
        made.append("snapshot")
        return snapshot(*arguments, **more)

    say(shared)
    monkeypatch.setattr(queries, "snapshot", counted)
    for _ in range(3):
        scraped(shared)
    assert made == ["snapshot"]

    say(shared)
    scraped(shared)
    assert made == ["snapshot"] * 2


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, OPENMETRICS),
        ("*/*", OPENMETRICS),
        ("text/html,*/*;q=0.8", OPENMETRICS),
        (PROMETHEUS, OPENMETRICS),
        ("text/plain;version=0.0.4", PLAIN),
        ("text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.1", PLAIN),
        ("application/vnd.google.protobuf", OPENMETRICS),
    ],
)
def test_both_texts_are_spoken_and_the_newer_one_by_default(shared, accept, kind):
    answer = shared.raw("GET", "/metrics", headers={"Accept": accept} if accept else {})

    assert answer.headers["content-type"].startswith(kind)
    parse = prometheus if kind == PLAIN else openmetrics
    found = {s.name: s.value for f in parse(answer.text) for s in f.samples if s.labels.get("indicator") == FLAG}
    assert found["dxi_city_figure_value"] == 70.21


def test_where_reading_is_closed_only_a_key_sees_figures(databases: Databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url, running(url, public_read=False) as service:
        key = service.key("read")

        assert scraped(service) == {}
        assert "dxi_seq" in service.raw("GET", "/metrics").text
        assert scraped(service, Authorization=f"Bearer {key}").keys() >= {"dxi_city_figure_value"}
        assert service.raw("GET", "/metrics", key="dxk_nobody_" + "x" * 43).status_code == 401


def test_before_the_seeds_there_are_no_figures(databases: Databases, tmp_path):
    from app.db.engine import Database
    from app.db.migrate import upgrade

    with databases.fresh("sqlite", tmp_path, prepared=False) as url:
        database = Database(url)
        upgrade(database)
        database.close()
        with running(url) as service:
            assert not [f for f in scraped(service).values() if f.samples]
