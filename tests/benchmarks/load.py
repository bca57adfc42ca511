"""The snapshot while wards post, and whether it is ever stale.

`python -m tests.benchmarks.load PORT SECONDS PATH` is the client that asks again and again on one kept connection.
"""

import http.client
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.benchmarks import data
from tests.benchmarks.services import ROOT, Request, Requests, Service, check
from tests.benchmarks.workload import PREFIX, Filled

BATCHES_A_SECOND = 20
# Of the rate alone, and of the time within which 99 of 100 answers come.
LEAST_RATE, MOST_MILLISECONDS = 0.8, 5.0
LEAST_POSTED = 19
CHECKS = 10_000


@dataclass
class Load:
    """Answers a second alone and while batches arrive, and the 99th percentile of their times, round by round."""

    alone: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    posted: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        return statistics.median(loaded / alone for loaded, alone in zip(self.loaded, self.alone, strict=True))

    def show(self) -> list[str]:
        """Print; gives what was missed."""
        alone, loaded, posted = (statistics.median(each) for each in (self.alone, self.loaded, self.posted))
        slowest = 1000 * statistics.median(self.p99)
        print(
            f"snapshot while {posted:.0f} batches a second arrive: {loaded:.0f} answers a second, {alone:.0f} alone"
            f" ({self.share:.2f}, at least {LEAST_RATE}); p99 {slowest:.1f} ms, at most {MOST_MILLISECONDS:.0f}"
        )
        missed = []
        if posted < LEAST_POSTED:
            missed.append(f"snapshot under batches: {posted:.0f} of {BATCHES_A_SECOND} a second could be posted")
        if self.share < LEAST_RATE:
            missed.append(f"snapshot under batches: {self.share:.2f} of its rate alone, at least {LEAST_RATE}")
        if slowest > MOST_MILLISECONDS:
            missed.append(f"snapshot under batches: p99 {slowest:.1f} ms, at most {MOST_MILLISECONDS:.0f}")
        return missed


def snapshot_path() -> str:
    return f"{PREFIX}/city/snapshot?area=380-202501&period={data.MONTHS[-1]}"


def under_batches(ours: Service, batches: Requests, rounds: int, seconds: float) -> Load:
    load = Load()
    for _ in range(rounds):
        load.alone.append(_read(_reader(ours, seconds))[0])
        reader = _reader(ours, seconds)
        load.posted.append(_post(ours, batches, reader) / seconds)
        rate, p99 = _read(reader)
        load.loaded.append(rate)
        load.p99.append(p99)
    return load


def _reader(ours: Service, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.load", str(ours.port), str(seconds), snapshot_path()]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    # It says when it begins.
    started.stdout.readline()
    return started


def _read(reader: subprocess.Popen[str]) -> tuple[float, float]:
    told, _ = reader.communicate()
    rate, p99 = json.loads(told)
    return rate, p99


def _post(ours: Service, batches: Requests, reader: subprocess.Popen[str]) -> int:
    """Batches at an even pace until the reader has ended; how many there were."""
    ours.connect()
    begun, posted = time.perf_counter(), 0
    while reader.poll() is None:
        request = next(batches)
        check(ours, request, ours.ask(request))
        posted += 1
        time.sleep(max(0.0, begun + posted / BATCHES_A_SECOND - time.perf_counter()))
    return posted


def stale_answers(workers: tuple[Service, Service], filled: Filled, checks: int) -> int:
    """Of so many answers, by either worker, those that did not know of a write acknowledged before they were asked."""
    month, said = data.MONTHS[-1], data.reading(1, 0, data.MONTHS[-1]).value
    assert said is not None
    one = Request(f"{PREFIX}/observations/{data.code(1)}.{filled.areas[0]}.{month}")
    snapshot = Request(snapshot_path())
    before = _figure(workers[0].ask(snapshot).body)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {filled.key}"}
    stale = 0
    for worker in workers:
        worker.connect()
    for number in range(checks // 4):
        more = 1 - number % 2
        row = {"indicator": data.code(1), "value": float(said) + more}
        body = {"period": month, "area": filled.areas[0], "rows": [row]}
        written = Request(f"{PREFIX}/submissions", json.dumps(body).encode(), headers)
        answer = workers[number // 2 % 2].ask(written)
        check(workers[0], written, answer)
        for worker in workers:
            told = worker.ask(one)
            known = int(told.headers["x-seq"]) >= int(answer.headers["x-seq"])
            stale += not (known and json.loads(told.body)["value"] == row["value"])
            told = worker.ask(snapshot)
            known = int(told.headers["x-seq"]) >= int(answer.headers["x-seq"])
            stale += not (known and _figure(told.body) == before + more)
    return stale


def _figure(body: bytes) -> float:
    return next(float(row["value"]) for row in json.loads(body)["data"] if row["indicator"] == data.code(1))


def main(port: int, seconds: float, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    waited: list[float] = []

    def ask() -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        if not (answer.status == 200 and answer.read()):
            raise RuntimeError(f"{path}: {answer.status}")

    for _ in range(50):
        ask()
    print("begins", flush=True)
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        ask()
        waited.append(time.perf_counter() - begun)
    waited.sort()
    print(json.dumps([len(waited) / seconds, waited[int(len(waited) * 0.99)]]))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
