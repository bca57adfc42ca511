"""`dxi export`: the download without a server, to a file or to standard output."""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from app.core.periods import parse_at
from app.db.session import Ledger
from app.exports.downloads import Row, download
from app.formats import csv_text
from app.formats.tables import CSV, FORMATS, XLSX, TableFormat
from app.observations.selection import Selection
from app.observations.views import FIELDS
from app.web.paging import chosen, names_in
from app.web.representation import spreadsheet
from app.web.sessions import parse_as_of

# How often somebody who watches is told how far it is.
STEP = 10_000

Told = Callable[[str], None]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="where to; without it standard output")
    parser.add_argument("--format", choices=FORMATS, help="by default what FILE ends in, else csv")
    parser.add_argument("--as-of", help="a seq or an instant: as the service would have answered then")
    for name, says in (("indicator", "a code"), ("area", "an id or a code"), ("period", "2025, 2025-Q1, 2025-03 …")):
        parser.add_argument(f"--{name}", action="append", default=[], help=f"only this ({says}); may be repeated")
    parser.add_argument("--period-from", help="not before this period")
    parser.add_argument("--period-to", help="not after this period")
    parser.add_argument("--withdrawn", action="store_true", help="withdrawn cells too")
    parser.add_argument("--fields", help="only these columns, comma-separated")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi", help="language of names")
    parser.add_argument("--bom", action="store_true", help="begin CSV with the mark by which Excel knows UTF-8")


def format_of(asked: argparse.Namespace) -> TableFormat:
    ending = asked.file.suffix.removeprefix(".").lower() if asked.file else ""
    found = FORMATS[asked.format or (ending if ending in FORMATS else "csv")]
    if asked.bom and found is CSV:
        return TableFormat(CSV.name, CSV.media_type, partial(csv_text.encoded, bom=True))
    return found


def export(asked: argparse.Namespace, ledger: Ledger, told: Told | None = None) -> str:
    """Write what was asked for; what there is to say about it. A file is there whole or not at all."""
    offered, columns = format_of(asked), chosen(names_in(asked.fields), FIELDS)
    selection = Selection(
        asked.indicator,
        asked.area,
        tuple(parse_at(text, parameter="period") for text in asked.period),
        parse_at(asked.period_from, parameter="period_from") if asked.period_from else None,
        parse_at(asked.period_to, parameter="period_to") if asked.period_to else None,
        withdrawn=asked.withdrawn,
    )
    as_of = None if asked.as_of is None else parse_as_of(asked.as_of)
    found = download(ledger.read, as_of, selection, asked.lang)
    rows = _counted(found.rows, found.total, told) if told else found.rows
    pieces = offered.encoded(columns, spreadsheet(rows) if offered is XLSX else rows)
    if asked.file is None:
        _write(sys.stdout.buffer, pieces)
    else:
        unfinished = asked.file.with_name(f".{asked.file.name}.unfinished")
        try:
            with unfinished.open("wb") as file:
                _write(file, pieces)
            unfinished.replace(asked.file)
        finally:
            unfinished.unlink(missing_ok=True)
    return f"{found.total} rows as of seq {found.as_of}."


def _write(file: BinaryIO, pieces: Iterator[bytes]) -> None:
    file.writelines(pieces)
    file.flush()


def _counted(rows: Iterator[Row], total: int, told: Told) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if number % STEP == 0:
            told(f"{number} / {total}")
        yield row
