"""A hundred thousand rows cost the memory of a page, in every format, on both databases, over the wire too."""

import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.core.periods import Frequency, Period
from app.db.inserts import insert_rows
from app.indicators import queries as indicators
from app.main import open_ledger
from app.observations.tables import Revision
from app.settings import Settings
from tests.cli.processes import serving
from tests.exports.exporting import peak

pytestmark = pytest.mark.endurance

ROWS = 100_000
FEW_MB = 8 * 2**20
MARCH = Period.parse("2025-03")


def fill(url: str) -> int:
    """Cells enough: every monthly indicator, every ward, as many months back as it takes."""
    ledger = open_ledger(Settings(database_url=url))
    with closing(ledger.database):
        with ledger.read() as session:
            view = indicators.registry(session)
        codes = [d.code for d in view.definitions() if d.frequency is Frequency.MONTHLY]
        wards = [a.id for a in view.expected_areas("380-202501", view.definitions()[0].level, MARCH.last)]
        months, filled = (MARCH.step(-n) for n in range(10_000)), 0
        while filled < ROWS:
            month = next(months)
            with ledger.write("test") as session:
                said = {"period": str(month), "ends": month.ends, "seq": session.seq(), "at": session.at}
                rows = [{**CELL, **said, "indicator": code, "area": ward} for code in codes for ward in wards]
                insert_rows(session.connection, Revision, rows)
                session.record("observation.created", str(month), {})
            filled += len(rows)
    return filled


CELL: dict[str, Any] = {
    **dict.fromkeys(("closed_seq", "numerator", "denominator", "status", "submission", "source")),
    **dict.fromkeys(("withdrawn", "period_assumed"), False),
    "revision": 1,
    "value": Decimal("12345.678901"),
    "qualifier": "eq",
    "note": "Đối chiếu với sổ theo dõi của phường",
}


@pytest.fixture(scope="module")
def full(shared_database_url: str) -> tuple[str, int]:
    return shared_database_url, fill(shared_database_url)


def grown(url: str, kind: str, *, at_once: bool = False) -> int:
    command = [sys.executable, "-m", "tests.exports.exporting", url, kind, str(int(at_once))]
    size, growth, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    print(f"{kind}: {int(size) / 2**20:.0f} MB in {float(seconds):.1f} s, memory + {int(growth) / 2**20:.1f} MB")
    return int(growth)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_stays_flat(full: tuple[str, int], kind: str):
    assert grown(full[0], kind) < FEW_MB


def test_the_control_holds_every_row_and_shows(full: tuple[str, int]):
    assert grown(full[0], "csv", at_once=True) > 10 * FEW_MB


def test_the_serving_process_stays_flat_too(full: tuple[str, int], tmp_path: Any):
    url, rows = full
    with serving(url, tmp_path) as server, httpx.Client(base_url=f"{server.address}/api/v1", timeout=60) as client:
        client.get("/exports/observations.csv?area=14758")
        before = peak(server.process.pid)
        with client.stream("GET", "/exports/observations.csv") as answer:
            lines = sum(piece.count(b"\n") for piece in answer.iter_bytes())
        growth = peak(server.process.pid) - before

    assert lines == int(answer.headers["x-total-count"]) + 1 > rows
    assert growth < 2 * FEW_MB
