"""P6: many clients correct one cell with If-Match; every acknowledged correction is one revision, and none is lost."""

from collections import Counter

import pytest

from tests.ledger.serving import Server, at_once, serving

COUNT = "relics_digitised_3d"


def crowd(server: Server, clients: int, tries: int, *, careful: bool) -> tuple[Counter[int], int, int]:
    """Each client adds one to what it read; how they were answered, the last value, the number of revisions."""
    ward, key = next(iter(server.wards.items()))
    path = f"/observations/{COUNT}.{ward}.2025-03"
    with server.client(key) as client:
        rows = [{"indicator": COUNT, "value": 0}]
        assert client.post("/submissions", json={"period": "2025-03", "rows": rows}).status_code == 201

    def add(_: int) -> Counter[int]:
        answered: Counter[int] = Counter()
        with server.client(key) as client:
            for _ in range(tries):
                read = client.get(path)
                tag = read.headers["etag"] if careful else "*"
                sent = {"value": int(read.json()["value"]) + 1}
                answered[client.patch(path, json=sent, headers={"If-Match": tag}).status_code] += 1
        return answered

    answers = sum(at_once(add, range(clients)), Counter[int]())
    with server.client() as client:
        revisions = client.get(f"{path}/revisions").json()["data"]
    assert [r["revision"] for r in revisions] == list(range(1, len(revisions) + 1))
    return answers, int(revisions[-1]["value"]), len(revisions)


def check(server: Server, clients: int, tries: int) -> None:
    answers, value, revisions = crowd(server, clients, tries, careful=True)

    assert set(answers) <= {200, 412}
    assert sum(answers.values()) == clients * tries
    assert revisions == 1 + answers[200]
    assert value == answers[200]


def test_a_crowd_corrects_one_cell_and_nothing_is_lost(database_url: str):
    with serving(database_url) as server:
        check(server, 8, 8)


def test_without_the_tag_corrections_are_lost(database_url: str):
    """The control: who says `*` overwrites what it has not seen."""
    with serving(database_url) as server:
        answers, value, _ = crowd(server, 8, 8, careful=False)

    assert set(answers) == {200}
    assert value < answers[200]


@pytest.mark.endurance
def test_32_clients_correct_one_cell_fifty_times(database_url: str):
    with serving(database_url) as server:
        check(server, 32, 50)
