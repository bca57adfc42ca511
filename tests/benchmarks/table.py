"""What each request cost each service, printed and judged."""

import statistics
from dataclasses import dataclass

from tests.benchmarks.services import Measured
from tests.benchmarks.workload import READS

# By operation, mode (asked for the first time, again, or with the tag known) and service.
Table = dict[tuple[str, str, str], Measured]


@dataclass(frozen=True, slots=True)
class Limit:
    """Our CPU a request, as a share of another service's in the same run."""

    modes: tuple[str, ...]
    operations: tuple[str, ...]
    against: str
    at_most: float


NAIVE = (
    Limit(("first",), READS, "naive", 1 / 5),
    Limit(("first",), ("batch",), "naive", 1 / 10),
    Limit(("again",), ("snapshot",), "naive", 1 / 40),
    Limit(("again",), ("series", "page"), "naive", 1 / 60),
    Limit(("again",), ("one",), "naive", 1 / 3),
)
LIMITS = {
    "sqlite": (*NAIVE, Limit(("again", "304"), READS, "bare", 2.0)),
    "postgresql": (*NAIVE, Limit(("again", "304"), READS, "bare", 2.5)),
}
# What a first-time read may cost at most, in milliseconds of our CPU.
MILLISECONDS = {"snapshot": 10, "series": 5}


def show(table: Table, kind: str) -> list[str]:
    """Print the table; gives what was missed."""
    head = f"{'':9} {'':6}" + "".join(f"{title:>31}" for title in ("naive", "ours", "bare"))
    print(f"{head}{'ours / naive':>27}{'ours / bare':>23}")
    print(
        f"{'ms':16}"
        + f"{'CPU':>8}{'db CPU':>8}{'p50':>7}{'p99':>8}" * 3
        + f"{'CPU':>9}{'limit':>10}{'p99':>8}{'CPU':>13}{'limit':>10}"
    )
    missed = []
    for operation, mode in dict.fromkeys((key[0], key[1]) for key in table):
        cells = [_cells(table.get((operation, mode, name))) for name in ("naive", "ours", "bare")]
        judged = {}
        for against in ("naive", "bare"):
            share, limit = ratio(table, operation, mode, against), limit_of(kind, operation, mode, against)
            over = share is not None and limit is not None and share > limit
            if over:
                missed.append(f"{operation} ({mode}): {share:.3f} of the {against} service, at most {limit:.3f}")
            said = "" if limit is None else f"{'>' if over else '<='} {limit:.3f}"
            judged[against] = share, f"{said:>10}"
        most, spent = MILLISECONDS.get(operation), 1000 * statistics.median(table[operation, mode, "ours"].cpu)
        if mode == "first" and most is not None and spent > most:
            missed.append(f"{operation} ({mode}): {spent:.2f} ms, at most {most}")
        (naive, its_limit), (bare, other_limit) = judged["naive"], judged["bare"]
        ratios = f"{_number(naive, 9)}{its_limit}{_number(_slowest(table, operation, mode), 8)}"
        print(f"{operation:9} {mode:6}{''.join(cells)}{ratios}{_number(bare, 13)}{other_limit}")
    return missed


def percentile(seconds: list[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def ratio(table: Table, operation: str, mode: str, against: str) -> float | None:
    """Our CPU over the other's: the median of the rounds' ratios."""
    other = table.get((operation, mode, against))
    if other is None:
        return None
    pairs = zip(table[operation, mode, "ours"].cpu, other.cpu, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def limit_of(kind: str, operation: str, mode: str, against: str) -> float | None:
    """The limit that stands for this; None where any ratio will do."""
    found = (
        each.at_most
        for each in LIMITS[kind]
        if mode in each.modes and operation in each.operations and each.against == against
    )
    return next(found, None)


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
