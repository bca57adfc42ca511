"""Probes and facts about the process: outside the prefix, without a key, never kept."""

import re

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.ops.health import build_of

PROBES = ("/healthz", "/readyz", "/version", "/metrics")


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_answers_without_a_key_and_is_never_kept(service, path):
    got, head = service.raw("GET", path), service.raw("HEAD", path)

    assert (got.status_code, head.status_code) == (200, 200)
    assert got.headers["cache-control"] == head.headers["cache-control"] == "no-store"
    assert "etag" not in got.headers
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("path", PROBES)
def test_other_methods_are_refused_with_the_ones_there_are(service, path):
    refused = service.raw("POST", path)

    assert (refused.status_code, refused.json()["code"]) == (405, "method-not-allowed")
    assert {m.strip() for m in refused.headers["allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


def test_a_bad_key_does_not_matter_to_a_probe(service):
    assert service.raw("GET", "/healthz", key="dxk_no_such").status_code == 200


def test_the_version_tells_build_library_and_limits(service):
    about = service.raw("GET", "/version").json()

    assert about["limits"] == {
        "body_bytes": 8 * 1024 * 1024,
        "json_depth": 32,
        "rows_per_submission": 10_000,
        "rows_per_page": 1000,
        "writes_per_minute": 60_000,
    }
    assert re.fullmatch(r"(SQLite|PostgreSQL) \d+\.\d+.*", about["database"])
    assert about["build"].startswith(about["version"] + "+")
    assert about["seq"] == int(service.get("/areas").headers["x-seq"])


def test_a_build_is_told_by_its_code(monkeypatch, tmp_path):
    (tmp_path / "a.py").write_text("x = 1")
    monkeypatch.setattr("app.ops.health.PACKAGE", tmp_path)
    # One process reads its code once; this test plays several.
    before = build_of.__wrapped__("1.0")
    assert build_of.__wrapped__("1.0") == before

    (tmp_path / "a.py").write_text("x = 2")

    assert build_of.__wrapped__("1.0") != before


def test_a_database_of_another_schema_makes_the_service_unready_and_not_dead(service):
    with service.app.state.ledger.database.writes() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    unready = service.raw("GET", "/readyz")

    assert (unready.status_code, unready.json()["code"]) == (503, "not-ready")
    assert [(e["code"], e["given"]) for e in unready.json()["errors"]] == [("schema-mismatch", "9999")]
    assert unready.headers["retry-after"]
    assert service.raw("GET", "/healthz").status_code == 200


def test_a_server_that_could_lose_writes_is_unready_unless_that_is_allowed(service, monkeypatch):
    monkeypatch.setattr(Database, "unsafe_settings", lambda _: ["fsync", "synchronous_commit"])
    assert service.raw("GET", "/readyz").status_code == 200

    object.__setattr__(service.app.state.health, "require_durable", True)
    unready = service.raw("GET", "/readyz")

    assert unready.status_code == 503
    assert [e["code"] for e in unready.json()["errors"]] == ["settings-not-durable"] * 2


def test_without_its_database_the_service_is_unready_alive_and_says_so(databases, tmp_path):
    from tests.service import running

    with databases.fresh("postgresql", tmp_path) as url, running(url) as service:
        from psycopg import OperationalError

        def away(*_):
            raise OperationalError("connection refused")

        database = service.app.state.ledger.database
        while database._ready:
            database._ready.pop().close()
        database._reading.connect = away

        assert service.raw("GET", "/healthz").status_code == 200
        unready = service.raw("GET", "/readyz")
        assert unready.status_code == 503
        assert unready.json()["errors"][0]["code"] == "database-unavailable"
        assert service.raw("GET", "/version").status_code == 503
        assert "dxi_database_up 0.0" in service.raw("GET", "/metrics").text
