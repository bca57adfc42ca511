"""Metrics: read by somebody else's parser, true, and of bounded number."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families


def families(service):
    answer = service.raw("GET", "/metrics")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def counted(service, **labels):
    """How many answers there were of a route, method and status."""
    return sum(
        sample.value
        for sample in families(service)["dxi_requests"].samples
        if sample.name == "dxi_requests_total" and labels.items() <= sample.labels.items()
    )


def test_openmetrics_parsers_read_them_and_they_are_documented(service):
    found = families(service)

    assert {"dxi_requests", "dxi_request_seconds", "dxi_seq", "dxi_observations", "dxi_build"} <= set(found)
    assert all(family.documentation for family in found.values())


def test_answers_are_counted_by_the_template_of_their_route(service):
    service.get("/areas/14758-202501")
    service.get("/areas/14755-202501")
    service.get("/areas/none")
    service.post("/keys", {}, key=service.key("read"))

    assert counted(service, route="/api/v1/areas/{id}", method="GET", status="200") == 2
    assert counted(service, route="/api/v1/areas/{id}", method="GET", status="404") == 1
    assert counted(service, route="/api/v1/keys", method="POST", status="403") == 1


def test_answers_from_the_cache_are_counted_as_such(service):
    tag = service.get("/areas").headers["etag"]
    service.get("/areas")
    service.get("/areas", headers={"If-None-Match": tag})

    assert counted(service, route="cached", status="200") == 1
    assert counted(service, route="cached", status="304") == 1


def test_times_are_counted_as_often_as_answers(service):
    for _ in range(3):
        service.get("/areas/14758")

    samples = families(service)["dxi_request_seconds"].samples
    (count,) = [s.value for s in samples if s.name.endswith("_count") and s.labels.get("route") == "/api/v1/areas/{id}"]
    assert count + counted(service, route="cached") == 3


def test_paths_and_methods_that_somebody_makes_up_add_no_series(service):
    def series():
        return sum(len(family.samples) for family in families(service).values())

    service.get("/made-up")
    service.raw("MADEUP", "/made-up")
    series()
    before = series()

    for number in range(50):
        service.get(f"/areas/none?x{number}=1")
        service.get(f"/made-up/{number}")
        service.raw("GET", f"/{number}")
        service.raw(f"X{number}", "/api/v1/areas")
        service.raw(f"X{number}", "/healthz")
    first = series()
    for number in range(50, 100):
        service.get(f"/areas/none?x{number}=1")
        service.get(f"/made-up/{number}")
        service.raw("GET", f"/{number}")
        service.raw(f"X{number}", "/api/v1/areas")
        service.raw(f"X{number}", "/healthz")

    assert series() == first
    # Each new pair of method and route is a counter, its start, and a histogram.
    assert first - before < 200


def test_gauges_tell_where_the_ledger_stands(service, monkeypatch):
    monkeypatch.setattr("app.ops.metrics.RECOUNT_SECONDS", 0.0)

    def gauge(name):
        return families(service)[name].samples[0].value

    seeded = gauge("dxi_observations")
    assert gauge("dxi_seq") == int(service.get("/areas").headers["x-seq"])

    rows = [{"indicator": "adults_with_smartphone_rate", "numerator": 8, "denominator": 9}]
    sent = service.submit(service.ward("14758"), rows)
    assert sent.status_code == 201
    assert gauge("dxi_observations") == seeded + 1
    assert gauge("dxi_seq") == sent.json()["seq"]

    cell = sent.json()["results"][0]["observation"]
    gone = service.delete(f"/observations/{cell}", key=service.key("steward"), headers={"If-Match": "*"})
    assert gone.status_code == 200, gone.text
    assert gauge("dxi_observations") == seeded


def test_the_count_of_observations_is_not_taken_at_every_scrape(service, monkeypatch):
    families(service)
    asked = []
    monkeypatch.setattr("app.ops.metrics.func.count", lambda: asked.append(1))

    for _ in range(5):
        families(service)

    assert asked == []


@pytest.mark.parametrize("name", ["version", "build"])
def test_the_build_is_told(service, name):
    about = service.raw("GET", "/version").json()

    assert families(service)["dxi_build"].samples[0].labels[name] == about[name]
