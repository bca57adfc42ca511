"""What the same requests cost among 10 million observations and among one city's."""

import json
import statistics
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.data import SIZES
from tests.benchmarks.services import Measured, in_turns
from tests.benchmarks.stage import databases, fill, service
from tests.benchmarks.workload import Filled, distinct

# The cost among 10 million observations, the database's CPU included, as a multiple of one city's.
SCALE = 1.5
SCALED = ("snapshot", "series", "page", "batch")
FEW = 30


def measure_scale(kind: str, rounds: int, folder: Path) -> dict[str, dict[str, Measured]]:
    """The same requests to one city's service and to one of 10 million observations, by operation and size."""
    with databases(kind, folder, *SIZES) as urls, ExitStack() as running:
        filled = {size: Filled(**json.loads(fill(size, url))) for size, url in urls.items()}
        ours = {
            size: running.enter_context(
                service(size, url, folder, "tests.benchmarks.serve", "ours", DXI_DATABASE_URL=url)
            )
            for size, url in urls.items()
        }
        table = {
            operation: {size: Measured(ours[size], distinct(operation, filled[size]), FEW) for size in SIZES}
            for operation in SCALED
        }
        for measured in table.values():
            in_turns(list(measured.values()), rounds)
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
