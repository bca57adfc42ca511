"""Fill, start, measure in turns, print, judge."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from tests.benchmarks.data import MONTHS, SIZES
from tests.benchmarks.services import ROOT, Answer, Measured, Request, Service, check
from tests.benchmarks.workload import PREFIX, READS, Filled, distinct, repeated
from tests.databases import Cluster


@dataclass(frozen=True, slots=True)
class Limit:
    """Our CPU a request, as a share of another service's in the same run."""

    mode: str
    operations: tuple[str, ...]
    against: str
    at_most: float


LIMITS = (
    Limit("first", READS, "naive", 1 / 3),
    Limit("again", READS, "naive", 1 / 3),
    Limit("first", ("batch",), "naive", 1 / 10),
)
COLD_START_SECONDS = 1.5
# What a first-time read may cost at most, in milliseconds of our CPU.
MILLISECONDS = {"snapshot": 10, "series": 5}
# With `--scale`: the cost among 10 million observations, the database's CPU included, as a multiple of one city's.
SCALE = 1.5
SCALED = ("snapshot", "series", "page", "batch")

# A round's requests: enough for the slow, and more of what costs next to nothing.
FEW, MANY = 30, 400
STARTS = 5

Table = dict[tuple[str, str, str], Measured]


@contextmanager
def databases(kind: str, folder: Path, *names: str) -> Iterator[dict[str, str]]:
    """An empty database for each name. PostgreSQL is a server of our own, as durable as in production."""
    if kind == "sqlite":
        yield {name: f"sqlite:///{folder / name}.db" for name in names}
        return
    cluster = Cluster.create(fsync=True)
    try:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}".encode())
        yield {name: make_url(cluster.url).set(database=name).render_as_string() for name in names}
    finally:
        cluster.remove()


def fill(name: str, url: str) -> str:
    """What the filling process tells; it also brings PostgreSQL's statistics up to date."""
    environment = {**os.environ, "DATABASE_URL": url, "DXI_DATABASE_URL": url}
    command = [sys.executable, "-m", "tests.benchmarks.fill", name]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    if not url.startswith("sqlite"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return told


def services(urls: dict[str, str], folder: Path) -> dict[str, Service]:
    def service(name: str, *command: str, environment: dict[str, str]) -> Service:
        return _service(name, urls.get(name), folder, *command, **environment)

    naive = ("uvicorn", "tests.benchmarks.naive:app", "--port", "{port}")
    return {
        "naive": service("naive", *naive, environment={"DATABASE_URL": urls["naive"]}),
        "ours": service("ours", "tests.benchmarks.serve", "ours", environment={"DXI_DATABASE_URL": urls["ours"]}),
        "bare": service("bare", "tests.benchmarks.serve", "bare", environment={"RECORDED": str(folder / "recorded")}),
    }


def _service(name: str, database: str | None, folder: Path, *command: str, **environment: str) -> Service:
    own = database if database and not database.startswith("sqlite") else None
    return Service(name, [sys.executable, "-m", *command], environment, folder / f"{name}.log", own)


def record(ours: Service, asked: dict[str, Request], file: Path) -> dict[str, str]:
    """Write down our answers for the bare app; gives the tag of each."""
    answers: dict[str, Answer] = {operation: ours.ask(request) for operation, request in asked.items()}
    own = {"date", "server", "connection"}
    recorded: dict[str, Any] = {}
    for operation, answer in answers.items():
        check(ours, asked[operation], answer)
        headers = {name: value for name, value in answer.headers.items() if name not in own}
        recorded[asked[operation].path] = {"headers": headers, "body": answer.body.decode()}
    file.write_text(json.dumps(recorded))
    return {operation: answer.headers["etag"] for operation, answer in answers.items()}


def same_figures(naive: Service, ours: Service) -> None:
    """Both services must tell the same city, or one of them is cheap for a bad reason."""
    month = MONTHS[40]
    told = json.loads(naive.ask(Request(f"/snapshot?period={month}")).body)
    rows = json.loads(ours.ask(Request(f"{PREFIX}/city/snapshot?area=380-202501&period={month}")).body)["data"]
    values = {row["indicator"]: row["value"] for row in rows}
    for figure in told:
        value = values[figure["indicator"]]
        if value is None or abs(value - figure["value"]) > 0.01:
            raise RuntimeError(f"{figure['indicator']} in {month}: {value}, and {figure['value']} in the naive service")


def measure(kind: str, rounds: int, folder: Path) -> tuple[Table, dict[str, float], dict[str, float]]:
    """The table of costs, the services' memory in MB after the run, and their cold starts in seconds."""
    with databases(kind, folder, "naive", "ours") as urls:
        fill("naive", urls["naive"])
        filled = Filled(**json.loads(fill("city", urls["ours"])))
        every = services(urls, folder)
        with every["naive"] as naive, every["ours"] as ours:
            same_figures(naive, ours)
            asked = {name: next(distinct(name, filled)) for name in READS}
            tags = record(ours, asked, folder / "recorded")
            with every["bare"]:
                table = _reads(every, filled, asked, tags)
                table |= {("batch", "first", "naive"): Measured(naive, distinct("batch", None), FEW)}
                table |= {("batch", "first", "ours"): Measured(ours, distinct("batch", filled), FEW)}
                # Batches last: every write makes all tags new.
                for operation in (*READS, "batch"):
                    _in_turns([measured for key, measured in table.items() if key[0] == operation], rounds)
                memory = {service.name: service.memory() for service in (naive, ours)}
        # With the command and the clock that everybody has.
        dxi = [str(Path(sys.executable).with_name("dxi")), "serve"]
        installed = Service("dxi serve", dxi, {"DXI_DATABASE_URL": urls["ours"]}, folder / "dxi.log")
        starts = {"naive": _cold_start(naive), "ours": _cold_start(installed)}
    return table, memory, starts


def _reads(every: dict[str, Service], filled: Filled, asked: dict[str, Request], tags: dict[str, str]) -> Table:
    naive, ours, bare = every["naive"], every["ours"], every["bare"]
    table: Table = {}
    for name in READS:
        table[name, "first", "naive"] = Measured(naive, distinct(name, None), FEW)
        table[name, "first", "ours"] = Measured(ours, distinct(name, filled), FEW)
        table[name, "again", "naive"] = Measured(naive, repeated(next(distinct(name, None))), FEW)
        conditional = Request(asked[name].path, headers={"If-None-Match": tags[name]})
        for service in (ours, bare):
            table[name, "again", service.name] = Measured(service, repeated(asked[name]), MANY)
            table[name, "304", service.name] = Measured(service, repeated(conditional), MANY)
    return table


def _in_turns(together: list[Measured], rounds: int) -> None:
    """Round by round, so that a slow minute of the machine falls on all of them."""
    for measured in together:
        measured.warm_up()
    for _ in range(rounds):
        for measured in together:
            measured.round()


def measure_scale(kind: str, rounds: int, folder: Path) -> dict[str, dict[str, Measured]]:
    """The same requests to one city's service and to one of 10 million observations, by operation and size."""
    with databases(kind, folder, *SIZES) as urls, ExitStack() as running:
        filled = {size: Filled(**json.loads(fill(size, url))) for size, url in urls.items()}
        ours = {
            size: running.enter_context(
                _service(size, url, folder, "tests.benchmarks.serve", "ours", DXI_DATABASE_URL=url)
            )
            for size, url in urls.items()
        }
        table = {
            operation: {size: Measured(ours[size], distinct(operation, filled[size]), FEW) for size in SIZES}
            for operation in SCALED
        }
        for measured in table.values():
            _in_turns(list(measured.values()), rounds)
        return table


def show_scale(table: dict[str, dict[str, Measured]]) -> list[str]:
    """Print what each operation costs in both sizes; gives what was missed."""
    print(
        f"{'ms CPU + db CPU':10}"
        + "".join(f"{f'{SIZES[size].observations:,}':>22}" for size in SIZES)
        + f"{'':>10}limit"
    )
    missed = []
    for operation, measured in table.items():
        costs = {
            size: [mine + theirs for mine, theirs in zip(each.cpu, each.database_cpu, strict=True)]
            for size, each in measured.items()
        }
        share = statistics.median(large / small for small, large in zip(*costs.values(), strict=True))
        if share > SCALE:
            missed.append(f"{operation}: {share:.2f} × among {SIZES['nation'].observations:,}, at most {SCALE}")
        shown = "".join(f"{1000 * statistics.median(each):22.2f}" for each in costs.values())
        print(f"{operation:15}{shown}{share:10.2f} {'>' if share > SCALE else '<='} {SCALE}")
    return missed


def _cold_start(service: Service) -> float:
    taken = []
    for _ in range(STARTS):
        taken.append(service.start())
        service.stop()
    return statistics.median(taken)


def percentile(seconds: list[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def ratio(table: Table, operation: str, mode: str, against: str) -> float | None:
    """Our CPU over the other's: the median of the rounds' ratios."""
    other = table.get((operation, mode, against))
    if other is None:
        return None
    pairs = zip(table[operation, mode, "ours"].cpu, other.cpu, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def limit_of(operation: str, mode: str, against: str) -> float | None:
    found = (each for each in LIMITS if each.mode == mode and operation in each.operations and each.against == against)
    return next((each.at_most for each in found), None)


def show(table: Table) -> list[str]:
    """Print the table; gives what was missed."""
    head = f"{'':9} {'':6}" + "".join(f"{title:>31}" for title in ("naive", "ours", "bare"))
    print(f"{head}{'ours / naive':>27}{'ours / bare':>13}")
    print(
        f"{'ms':16}"
        + f"{'CPU':>8}{'db CPU':>8}{'p50':>7}{'p99':>8}" * 3
        + f"{'CPU':>9}{'limit':>10}{'p99':>8}{'CPU':>13}"
    )
    missed = []
    for operation, mode in dict.fromkeys((key[0], key[1]) for key in table):
        cells = [_cells(table.get((operation, mode, name))) for name in ("naive", "ours", "bare")]
        share, limit = ratio(table, operation, mode, "naive"), limit_of(operation, mode, "naive")
        over = share is not None and limit is not None and share > limit
        if over:
            missed.append(f"{operation} ({mode}): {share:.3f} of the naive service, at most {limit:.3f}")
        most, spent = MILLISECONDS.get(operation), 1000 * statistics.median(table[operation, mode, "ours"].cpu)
        if mode == "first" and most is not None and spent > most:
            missed.append(f"{operation} ({mode}): {spent:.2f} ms, at most {most}")
        judged = "" if limit is None else f"{'>' if over else '<='} {limit:.3f}"
        ratios = f"{_number(share, 9)}{judged:>10}{_number(_slowest(table, operation, mode), 8)}"
        print(f"{operation:9} {mode:6}{''.join(cells)}{ratios}{_number(ratio(table, operation, mode, 'bare'), 13)}")
    return missed


def _cells(measured: Measured | None) -> str:
    if measured is None:
        return " " * 31
    spent = [statistics.median(measured.cpu), statistics.median(measured.database_cpu)]
    waited = [percentile(measured.waited, share) for share in (0.5, 0.99)]
    return "".join(f"{1000 * s:{w}.2f}" for s, w in zip((*spent, *waited), (8, 8, 7, 8), strict=True))


def _slowest(table: Table, operation: str, mode: str) -> float | None:
    naive = table.get((operation, mode, "naive"))
    ours = table[operation, mode, "ours"]
    return None if naive is None else percentile(ours.waited, 0.99) / percentile(naive.waited, 0.99)


def _number(value: float | None, width: int) -> str:
    return " " * width if value is None else f"{value:{width}.3f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="only this one")
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, 10))
    parser.add_argument(
        "--smoke", action="store_true", help="one round on SQLite, limits shown and not judged: another's load decides"
    )
    parser.add_argument(
        "--scale",
        action="store_true",
        help="10 million observations against one city's: many minutes, 8 GB",
    )
    wanted = parser.parse_args()
    if wanted.smoke:
        wanted.database, wanted.rounds = ["sqlite"], 1
    missed: list[str] = []
    for kind in wanted.database or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="dxi-bench-") as folder:
            if wanted.scale:
                print(f"\n{kind}: 3,321 areas × 25 indicators × 120 months against 47 × 25 × 72")
                missed += [f"{kind}: {each}" for each in show_scale(measure_scale(kind, wanted.rounds, Path(folder)))]
                continue
            table, memory, starts = measure(kind, wanted.rounds, Path(folder))
        print(f"\n{kind}: 47 areas × 25 indicators × 72 months, {wanted.rounds} rounds; a request's cost, medians")
        missed += [f"{kind}: {each}" for each in show(table)]
        print("cold start s   " + "   ".join(f"{name} {seconds:.2f}" for name, seconds in starts.items()))
        print("PSS MB         " + "   ".join(f"{name} {megabytes:.0f}" for name, megabytes in memory.items()))
        if starts["ours"] > COLD_START_SECONDS:
            missed.append(f"{kind}: cold start {starts['ours']:.2f} s, at most {COLD_START_SECONDS}")
    print("\n" + "\n".join(f"MISSED {each}" for each in missed) if missed else "\nEvery limit is kept.")
    return 1 if missed and not wanted.smoke else 0


if __name__ == "__main__":
    sys.exit(main())
