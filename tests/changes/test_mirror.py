"""The thirty lines of docs/clients: a mirror that equals its source, byte for byte, whatever is killed; a receiver."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook as Signer

from app.access import commands as access
from app.changes.webhooks.messages import written
from app.db.engine import Database
from app.main import open_ledger
from app.settings import Settings
from tests.ledger.serving import Server, every_change, serving

CLIENTS = Path(__file__).resolve().parents[2] / "docs" / "clients"
INDICATORS = ("relics_digitised_3d", "adults_with_smartphone_rate", "commune_dx_completed")
LOTS, ROWS = 520, 24


class Mirror:
    """The mirror as a process that can be killed."""

    def __init__(self, url: str, file: Path) -> None:
        self.url, self.file = url, file
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, str(CLIENTS / "mirror.py"), self.url, str(self.file)])

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def text(self) -> str:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as copy:
            return "\n".join(data for (data,) in copy.execute("SELECT data FROM cell ORDER BY id"))


def source(server: Server) -> str:
    """Every observation there is, withdrawn ones too, written as the mirror writes them."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    with server.client() as client:
        while cursor is not None:
            answer = client.get(f"/observations?withdrawn=true&limit=1000{cursor and f'&cursor={cursor}'}")
            page = json.loads(answer.content, parse_float=str)
            rows += page["data"]
            cursor = page["next"]
    return "\n".join(json.dumps(row, sort_keys=True) for row in sorted(rows, key=lambda row: str(row["id"])))


def lot(random: Random, areas: list[str]) -> dict[str, Any]:
    cells = {(random.choice(INDICATORS), random.choice(areas), random.randint(1, 12)) for _ in range(ROWS)}
    values: dict[str, Any] = {
        "relics_digitised_3d": lambda: {"value": random.randrange(1000)},
        "adults_with_smartphone_rate": lambda: {"numerator": random.randrange(1000), "denominator": 1000},
        "commune_dx_completed": lambda: {"value": random.random() < 0.5},
    }
    rows = [{"indicator": i, "area": a, "period": f"2025-{m:02d}", **values[i]()} for i, a, m in sorted(cells)]
    return {"rows": rows}


def persist(send: Any) -> httpx.Response:
    """Until the service is there to answer."""
    while True:
        try:
            answer: httpx.Response = send()
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if answer.status_code != 503:
            return answer


def write(server: Server, key: str, lots: int) -> None:
    random = Random(30)
    areas = list(server.wards)
    with server.client(key) as client:
        for number in range(lots):
            headers = {"Idempotency-Key": f"mirror-{number}"}
            body = lot(random, areas)
            sent = persist(lambda body=body, headers=headers: client.post("/submissions", json=body, headers=headers))
            assert sent.status_code == 201, sent.text
            if number % 5 == 0:
                cell = sent.json()["results"][0]["observation"]
                gone = persist(lambda cell=cell: client.delete(f"/observations/{cell}", headers={"If-Match": "*"}))
                assert gone.status_code == 200, gone.text


@pytest.mark.endurance
def test_a_mirror_equals_its_source_after_10_000_changes_and_kills_of_both(database_url: str, tmp_path: Path):
    random, finished = Random(31), threading.Event()
    with serving(database_url) as server:
        ledger = open_ledger(Settings(database_url=database_url), database=Database(database_url, checkpoints=False))
        with closing(ledger.database), ledger.write("test") as session:
            _, key = access.create(session, name="all", scopes=["steward", "submit"], areas=list(server.wards))
        mirror = Mirror(server.url, tmp_path / "mirror.db")
        mirror.start()
        kills = {"mirror": 0, "server": 0}

        def killer() -> None:
            while not finished.wait(random.uniform(0.3, 1.0)):
                mirror.kill()
                mirror.start()
                kills["mirror"] += 1
                if kills["mirror"] % 3 == 0 and kills["server"] < 4:
                    server.kill()
                    server.start()
                    kills["server"] += 1

        killing = threading.Thread(target=killer)
        killing.start()
        write(server, key, LOTS)
        finished.set()
        killing.join()
        expected = source(server)
        deadline = time.monotonic() + 120
        while mirror.text() != expected and time.monotonic() < deadline:
            time.sleep(0.2)
        mirror.kill()
        told = mirror.text()
        types = [c["type"] for c in every_change(server)]

    assert told == expected
    assert sum(name.startswith("observation.") for name in types) > 10_000
    assert types.count("observation.withdrawn") > 50
    assert kills["mirror"] >= 3
    assert kills["server"] >= 1


def test_the_receiver_of_the_docs_takes_what_is_signed_and_takes_it_once():
    secret, other = (written(bytes([n]) * 32) for n in (1, 2))
    command = [sys.executable, str(CLIENTS / "receive.py"), "0", secret]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            port = int(process.stderr.readline().split()[-1])
            now = datetime.now(UTC)
            statuses = []
            for number, signed_with in ((1, secret), (1, secret), (2, other), (3, secret)):
                body = json.dumps({"type": "observation.created", "seq": number, "subject": "x"})
                headers = {
                    "webhook-id": f"msg_{number}",
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": Signer(signed_with).sign(f"msg_{number}", now, body),
                }
                statuses.append(httpx.post(f"http://127.0.0.1:{port}/", content=body, headers=headers).status_code)
        finally:
            process.kill()
        assert process.stdout is not None
        printed = process.stdout.read().splitlines()

    assert statuses == [204, 204, 400, 204]
    assert printed == ["observation.created 1 x", "observation.created 3 x"]


def test_they_are_thirty_lines():
    for name in ("mirror.py", "receive.py"):
        code = [line for line in (CLIENTS / name).read_text().splitlines() if line.strip()]
        assert len(code) <= 30, (name, len(code))
