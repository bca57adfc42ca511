"""`python -m tests.exports.exporting URL KIND AT_ONCE`: export everything, and print by how many bytes memory grew.

AT_ONCE holds all rows before the first is written: what a download must not do.
"""

import sys
import time
from contextlib import closing
from pathlib import Path

from app.exports.downloads import download
from app.formats.tables import FORMATS
from app.main import open_ledger
from app.observations.selection import Selection
from app.observations.views import FIELDS
from app.settings import Settings


def peak(process: int | str = "self") -> int:
    """The most memory a process ever held, in bytes."""
    (line,) = (t for t in Path(f"/proc/{process}/status").read_text().splitlines() if t.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def export(url: str, kind: str, *, at_once: bool) -> tuple[int, int, float]:
    """Bytes written, growth of memory over a small export, seconds."""
    ledger = open_ledger(Settings(database_url=url))

    def run(areas: list[str]) -> int:
        found = download(ledger.read, None, Selection([], areas, (), None, None, withdrawn=False), "vi")
        rows = list(found.rows) if at_once else found.rows
        return sum(map(len, FORMATS[kind].encoded(FIELDS, rows)))

    with closing(ledger.database):
        run(["14758"])
        before, began = peak(), time.monotonic()
        size = run([])
        return size, peak() - before, time.monotonic() - began


if __name__ == "__main__":
    print(*export(sys.argv[1], sys.argv[2], at_once=sys.argv[3] == "1"))
