"""P5: clients retry with idempotency keys while the server is killed; nothing twice, nothing lost, no two answers."""

import threading
import time
from collections import defaultdict
from random import Random
from typing import Any

import httpx
import pytest

from tests.ledger.serving import Server, at_once, every_change, serving

COUNT, FLAG = "relics_digitised_3d", "commune_dx_completed"


def body_of(number: int) -> dict[str, Any]:
    period = f"2025-{number % 12 + 1:02d}"
    return {"period": period, "rows": [{"indicator": COUNT, "value": number}, {"indicator": FLAG, "value": True}]}


def storm(
    server: Server, *, clients: int, keys: int, repeats: int, kills: int, pause: float, keyed: bool = True
) -> dict[int, set[bytes]]:
    """Every key's submission sent `repeats` times until it is answered; the different answers by key."""
    wards = list(server.wards)
    jobs = [number for number in range(keys) for _ in range(repeats)]
    Random(5).shuffle(jobs)
    answers: dict[int, set[bytes]] = defaultdict(set)
    guard = threading.Lock()
    finished = threading.Event()
    unfinished: list[bool] = []

    def send(client: httpx.Client, number: int, random: Random) -> None:
        ward = wards[number % 47]
        headers = {"Authorization": f"Bearer {server.wards[ward]}", "Idempotency-Key": f"key-{number}"}
        if not keyed:
            del headers["Idempotency-Key"]
        while True:
            # Some clients leave before the answer comes.
            patience = random.choice([30.0, 30.0, 30.0, 0.004, 0.02])
            try:
                answer = client.post("/submissions", json=body_of(number), headers=headers, timeout=patience)
            except httpx.TransportError:
                time.sleep(random.uniform(0.01, 0.1))
                continue
            if answer.status_code in (409, 503):
                time.sleep(random.uniform(0.01, 0.1))
                continue
            assert answer.status_code == 201, answer.text
            with guard:
                answers[number].add(answer.content)
            return

    def client_of(name: int) -> None:
        random = Random(name)
        with server.client() as client:
            for number in jobs[name::clients]:
                send(client, number, random)
                time.sleep(random.uniform(0, 8 * pause * clients / len(jobs)))

    def killer() -> None:
        for _ in range(kills):
            unfinished.append(not finished.wait(pause))
            server.kill()
            server.start()

    killing = threading.Thread(target=killer)
    killing.start()
    at_once(client_of, range(clients))
    finished.set()
    killing.join()
    assert unfinished == [True] * kills  # every kill hit clients at work
    return answers


def receipts_of(server: Server) -> list[dict[str, Any]]:
    return [c for c in every_change(server) if c["type"] == "submission.accepted" and c["area"] in server.wards]


def check(server: Server, answers: dict[int, set[bytes]], keys: int) -> None:
    wards = list(server.wards)
    changes = every_change(server)

    assert sorted(answers) == list(range(keys))
    assert {len(different) for different in answers.values()} == {1}
    assert len(receipts_of(server)) == keys
    cells = [(c["subject"], c["data"]["revision"]) for c in changes if c["type"].startswith("observation")]
    assert len(cells) == len(set(cells))
    with server.client() as client:
        for number in range(keys):
            cell = f"{COUNT}.{wards[number % 47]}.{body_of(number)['period']}"
            assert client.get(f"/observations/{cell}").json()["value"] == number
    seqs = {c["seq"] for c in changes}
    assert seqs == set(range(1, max(seqs) + 1))


def test_retries_through_three_kills_are_one_submission_each(database_url: str):
    with serving(database_url) as server:
        answers = storm(server, clients=16, keys=40, repeats=4, kills=3, pause=0.4)
        check(server, answers, 40)


@pytest.mark.endurance
def test_without_keys_retries_are_submissions_of_their_own(databases, tmp_path):
    """The control: the same storm without idempotency keys leaves more receipts than were meant."""
    with databases.fresh("sqlite", tmp_path) as url, serving(url) as server:
        storm(server, clients=8, keys=10, repeats=4, kills=1, pause=0.3, keyed=False)

        assert len(receipts_of(server)) > 10


@pytest.mark.endurance
def test_1280_submissions_of_160_keys_through_three_kills(database_url: str):
    with serving(database_url) as server:
        answers = storm(server, clients=64, keys=160, repeats=8, kills=3, pause=2.5)
        check(server, answers, 160)
