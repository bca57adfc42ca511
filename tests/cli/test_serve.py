"""`dxi serve` as a real process: what it does before the first request and after the last."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.db.engine import Database
from tests.cli.processes import ROOT, dxi, process, serving

TOKEN = re.compile(r"dxk_[a-z0-9]+_[A-Za-z0-9_-]{43}")


def test_the_first_start_on_an_empty_file_migrates_seeds_and_prints_one_admin_key(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"

    with serving(url, tmp_path) as server:
        rows = {row["indicator"]: row for row in server.get("/api/v1/city/snapshot").json()["data"]}
        printed = server.err.read_text("utf-8")
        (key,) = TOKEN.findall(printed)
        me = server.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).json()

    assert rows["commune_dx_completed"]["value"] == 70.21
    assert me["scopes"] == ["admin"]
    assert "Khóa quản trị đầu tiên" in printed
    assert "The first admin key" in printed
    assert not TOKEN.search(server.out.read_text("utf-8"))


def test_a_second_start_prints_no_key_and_keeps_the_first(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    with serving(url, tmp_path) as first:
        (key,) = TOKEN.findall(first.err.read_text("utf-8"))
        seq = first.get("/version").json()["seq"]

    with serving(url, tmp_path) as second:
        assert not TOKEN.search(second.err.read_text("utf-8"))
        assert second.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        assert second.get("/version").json()["seq"] == seq


def test_a_service_that_had_a_key_gets_no_other_even_when_that_is_revoked(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    made = dxi("keys", "create", "--name", "a", "--scope", "admin", url=url).out
    dxi("keys", "revoke", made.split("_")[1], url=url)

    with serving(url, tmp_path) as server:
        assert not TOKEN.search(server.err.read_text("utf-8"))


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_being_asked_to_stop_is_no_failure(database_url, tmp_path, sig):
    with serving(database_url, tmp_path) as server:
        server.get("/api/v1/areas")
        code, seconds = server.stop(sig)

    assert code == 0
    assert seconds < 5


def test_open_connections_do_not_hold_the_exit(tmp_path, databases):
    with (
        databases.fresh("sqlite", tmp_path) as url,
        serving(url, tmp_path, DXI_SHUTDOWN_SECONDS="3") as server,
        closing(socket.create_connection(("127.0.0.1", httpx.URL(server.address).port))) as idle,
        closing(socket.create_connection(("127.0.0.1", httpx.URL(server.address).port))) as half,
    ):
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        half.sendall(b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.3)
        code, seconds = server.stop()

    assert code == 0
    # A machine at work takes its time; by default it would be seven.
    assert seconds < 6


def test_every_line_of_the_log_is_json_and_a_requests_line_carries_its_trace_id(database_url, tmp_path):
    with serving(database_url, tmp_path) as server:
        answers = [server.get("/api/v1/areas"), server.get("/api/v1/nothing"), server.get("/healthz")]
        server.stop()

    requests = {line["trace_id"]: line for line in server.lines() if line["event"] == "request"}
    for answer in answers:
        line = requests[answer.headers["x-trace-id"]]
        assert (line["status"], line["path"], line["method"]) == (answer.status_code, answer.url.path, "GET")
    assert all(datetime.fromisoformat(str(line["at"])).tzinfo for line in server.lines())
    assert any(line.get("logger") == "uvicorn.error" for line in server.lines())


def test_a_quiet_service_logs_no_requests(tmp_path, databases):
    with databases.fresh("sqlite", tmp_path) as url, serving(url, tmp_path, DXI_LOG_LEVEL="info") as loud:
        loud.get("/healthz")
        loud.stop()
    with databases.fresh("sqlite", tmp_path) as url:
        done = process("serve", "--port", "-1", url=url, DXI_LOG_LEVEL="warning")

    assert any(line["event"] == "request" for line in loud.lines())
    assert done.code == 2
    assert "DXI_PORT" in done.err


def set_schema(url, revision):
    with closing(Database(url)) as database, database.writes() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_a_newer_schema_is_refused_with_a_sentence(database_url):
    set_schema(database_url, "9999")

    done = process("serve", "--port", "0", url=database_url)

    assert done.code == 1
    assert "newer than this build" in done.err
    assert "Traceback" not in done.err


def test_an_empty_server_is_refused_with_what_to_run(databases, tmp_path):
    with databases.fresh("postgresql", tmp_path, prepared=False) as url:
        done = process("serve", "--port", "0", url=url)

    assert done.code == 1
    assert "dxi migrate" in done.err
    assert "Traceback" not in done.err


def test_an_older_server_is_refused_with_what_to_run(databases, tmp_path, monkeypatch):
    from app.db import migrate

    known = migrate.revisions()
    monkeypatch.setattr(migrate, "revisions", lambda: [*known, "9999"])
    with (
        databases.fresh("postgresql", tmp_path) as url,
        closing(Database(url)) as database,
        pytest.raises(migrate.SchemaMismatch, match=r"older than this build .*Run `dxi migrate`"),
    ):
        migrate.check(database)


def test_several_workers_on_sqlite_are_refused_with_a_sentence(tmp_path):
    done = process("serve", "--workers", "2", url=f"sqlite:///{tmp_path}/x.db")

    assert done.code == 2
    assert "SQLite" in done.err
    assert not (tmp_path / "x.db").exists()


def workers_of(server):
    """The processes that a server has begun; Linux tells."""
    pid = server.process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are begun anew, not copied")
def test_several_workers_are_copies_that_count_together_and_are_replaced(databases, tmp_path):
    with databases.fresh("postgresql", tmp_path) as url, serving(url, tmp_path, "--workers", "2") as server:
        (key,) = TOKEN.findall(server.err.read_text("utf-8"))
        for _ in range(40):
            assert server.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        # What the other worker has counted is written a moment later.
        deadline = time.monotonic() + 5
        while (counted := requests_counted(server)) < 40 and time.monotonic() < deadline:
            time.sleep(0.02)
        begun = workers_of(server)
        commands = {Path(f"/proc/{pid}/cmdline").read_bytes() for pid in (server.process.pid, *begun)}
        os.kill(min(begun), signal.SIGKILL)
        answers = [server.get("/healthz").status_code]
        while len(after := workers_of(server)) < 2 or after == begun:
            answers.append(server.get("/healthz").status_code)
        code, seconds = server.stop()

    assert counted == 40
    assert len(commands) == 1
    assert after & begun == {max(begun)}
    assert set(answers) == {200}
    assert code == 0
    assert seconds < 10


def requests_counted(server):
    metrics = server.get("/metrics").text
    line = r'^dxi_requests_total\{.*route="(?:/api/v1/me|cached)".*\} ([0-9.]+)$'
    return sum(map(float, re.findall(line, metrics, re.MULTILINE)))


@pytest.mark.skipif(sys.platform != "linux", reason="how workers are found is Linux's")
def test_workers_leave_with_a_parent_that_was_killed(databases, tmp_path):
    with databases.fresh("postgresql", tmp_path) as url, serving(url, tmp_path, "--workers", "2") as server:
        begun = workers_of(server)
        server.process.kill()
        server.process.wait()
        deadline = time.monotonic() + 10
        while left := {pid for pid in begun if is_running(pid)}:
            if time.monotonic() > deadline:
                for pid in left:
                    os.kill(pid, signal.SIGKILL)
                pytest.fail(f"{len(left)} workers stayed and kept the port")
            time.sleep(0.05)

    assert len(begun) == 2


def is_running(pid):
    """Whether it is more than an entry that nobody has read."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_service_on_sqlite_does_without_is_not_loaded():
    asked = "import sys, app.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    spared = {"alembic", "httpx", "psycopg", "sqlalchemy.dialects.postgresql", "yaml"}
    assert "app.main" in loaded.split()
    assert spared.isdisjoint(loaded.split())


def test_a_port_in_use_is_told_in_a_sentence(tmp_path, databases):
    with databases.fresh("sqlite", tmp_path) as url, closing(socket.create_server(("127.0.0.1", 0))) as taken:
        done = process("serve", "--port", str(taken.getsockname()[1]), url=url)

    assert done.code == 1
    assert "--port" in done.err
    assert "Traceback" not in done.err


def test_a_server_that_is_away_is_told_in_a_sentence_without_its_password():
    done = process("serve", "--port", "0", url="postgresql://dxi:geheim@127.0.0.1:1/dxi")

    assert done.code == 1
    assert "The database cannot be used" in done.err
    assert "geheim" not in done.err + done.out
    assert "Traceback" not in done.err
