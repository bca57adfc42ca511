"""Several workers over one PostgreSQL: each worker's streams tell what any worker wrote, and one of them delivers."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.access import commands as access
from app.db.engine import Database
from app.main import open_ledger
from app.settings import Settings
from tests.changes.receiving import receiving
from tests.changes.streaming import Listener
from tests.cli.processes import Server, serving

pytestmark = pytest.mark.endurance


@pytest.fixture
def city(databases: Any, tmp_path: Path) -> Iterator[tuple[Server, str, str]]:
    """A service of two workers, with an administrator's key and a reader's."""
    with databases.fresh("postgresql", tmp_path) as url:
        ledger = open_ledger(Settings(database_url=url), database=Database(url))
        with closing(ledger.database), ledger.write("test") as session:
            _, admin = access.create(session, name="admin", scopes=["admin", "submit"], areas=["14758"])
            _, reader = access.create(session, name="reader", scopes=["read"])
        with serving(url, tmp_path, "--workers", "2", DXI_WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8") as server:
            yield server, admin, reader


def test_streams_webhooks_revocation_and_leaving_with_two_workers(city: tuple[Server, str, str]):
    server, admin, reader = city
    key = {"Authorization": f"Bearer {admin}"}
    api = f"{server.address}/api/v1"
    # Enough that the kernel gives some to either worker.
    named = [Listener(server.address, {}, {"Authorization": f"Bearer {reader}"}).start() for _ in range(6)]
    nameless = [Listener(server.address).start() for _ in range(6)]
    with receiving() as ioc, httpx.Client(headers=key, timeout=30) as client:
        assert client.post(f"{api}/webhooks", json={"url": ioc.url}).status_code == 201
        for value in range(1, 21):
            rows = [{"indicator": "relics_digitised_3d", "value": value}]
            sent = client.post(f"{api}/submissions", json={"period": "2025-03", "area": "14758", "rows": rows})
            assert sent.status_code == 201, sent.text

        expected = list(range(1, 21))
        for listener in (*named, *nameless):
            assert [e.data["data"]["value"] for e in listener.count(20)] == expected
        assert [got.change["data"]["value"] for got in ioc.wait(20)] == expected

        began = time.monotonic()
        assert client.delete(f"{api}/keys/{reader.split('_')[1]}").status_code == 200
        assert all(listener.ended.wait(30) for listener in named)
        assert time.monotonic() - began < 10
        assert not any(listener.ended.is_set() for listener in nameless)

    code, seconds = server.stop(signal.SIGTERM)

    assert code == 0
    assert seconds < 10
    assert all(listener.ended.wait(30) for listener in nameless)
