"""A service as a process of its own: how it is started and asked, and what it spends."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


# Gives the next request, and is told the body of the last answer (a page tells where the next one begins).
Requests = Generator[Request, bytes | None, None]


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process, all its threads and the threads that ended, has used: user and system.

    The same as utime + stime of /proc/<pid>/stat, in nanoseconds instead of ticks of 10 ms (clock_getcpuclockid(3)).
    """
    return time.clock_gettime(~pid << 3 | 2)


def _memory_of(pid: int) -> float:
    """Megabytes of a process alone, its share of shared pages included (PSS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


class Service:
    """One server process on a free port of the loopback, and one keep-alive connection to it."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, database: str | None = None
    ) -> None:
        self.name = name
        self.log = log
        self.database = database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._command = [part.format(port=self.port) for part in command]
        self._environment = {**os.environ, "DXI_PORT": str(self.port), **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Seconds from the spawn to the first 200 of /healthz."""
        begun = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        while not self._is_up():
            if self._process.poll() is not None or time.perf_counter() - begun > 60:
                self.stop()
                raise RuntimeError(f"{self.name} does not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.005)
        return time.perf_counter() - begun

    def stop(self) -> None:
        self._connection.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def ask(self, request: Request) -> Answer:
        method = "GET" if request.body is None else "POST"
        self._connection.request(method, request.path, request.body, dict(request.headers))
        response = self._connection.getresponse()
        body = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def connect(self) -> None:
        """A fresh connection: the server closes one that waited while the others had their turn."""
        self._connection.close()
        self._connection.connect()

    def cpu(self) -> float:
        return cpu_of(self.pid)

    def memory(self) -> float:
        """Megabytes of this process, or of the largest of its workers."""
        workers = [*map(int, Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split())]
        return max(map(_memory_of, workers or [self.pid]))

    def database_cpu(self) -> dict[int, float]:
        """The CPU of each PostgreSQL process that serves this service's database; nothing on SQLite."""
        if self.database is None:
            return {}
        with psycopg.connect(self.database) as connection:
            own = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            return {pid: cpu_of(pid) for (pid,) in connection.execute(own)}

    def _is_up(self) -> bool:
        try:
            return self.ask(Request("/healthz")).status == 200
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False


@dataclass
class Measured:
    """What requests of one kind cost one service, round by round, in seconds a request."""

    service: Service
    requests: Requests
    count: int
    cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    _last: bytes | None = None

    def round(self) -> None:
        """Ask `count` times; every answer must be the success that was asked for."""
        self.service.connect()
        database = self.service.database_cpu()
        cpu = self.service.cpu()
        for _ in range(self.count):
            request = self.requests.send(self._last)
            begun = time.perf_counter()
            answer = self.service.ask(request)
            self.waited.append(time.perf_counter() - begun)
            check(self.service, request, answer)
            self._last = answer.body
        self.cpu.append((self.service.cpu() - cpu) / self.count)
        spent = sum(used - database.get(pid, 0) for pid, used in self.service.database_cpu().items())
        self.database_cpu.append(spent / self.count)

    def warm_up(self) -> None:
        self.round()
        for seconds in (self.cpu, self.database_cpu, self.waited):
            seconds.clear()


def check(service: Service, request: Request, answer: Answer) -> None:
    expected: Any = 201 if request.body is not None else 304 if "If-None-Match" in request.headers else 200
    if answer.status != expected:
        log = service.log.read_text()[-2000:]
        raise RuntimeError(f"{service.name} {request.path}: {answer.status} {answer.body[:1000].decode()}\n{log}")


def in_turns(together: list[Measured], rounds: int) -> None:
    """Round by round, so that a slow minute of the machine falls on all of them."""
    for measured in together:
        measured.warm_up()
    for _ in range(rounds):
        for measured in together:
            measured.round()
