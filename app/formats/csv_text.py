"""CSV (RFC 4180) in UTF-8, numbers digit for digit, and no cell that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

BOM = "\ufeff"
PIECE = 64 * 1024
# What spreadsheets start a formula with, the full-width forms that an East Asian Excel takes for the same included.
_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


def encoded(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, bom: bool = False) -> Iterator[bytes]:
    """A header line and a line a row, in pieces of about 64 KB. Null is an empty cell, nested values are JSON.

    A text that would start a formula gets an apostrophe in front; a number never does. With `bom` Excel recognises
    UTF-8 where it otherwise takes the system's code page.
    """
    out = io.StringIO()
    out.write(BOM if bom else "")
    write = csv.writer(out).writerow
    write(columns)
    for row in rows:
        write([_cell(row[name]) for name in columns])
        if out.tell() >= PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _text(value: str) -> str:
    # Some programs drop the white space in front.
    return f"'{value}" if value[:1] in _STARTS or value.lstrip()[:1] in _STARTS else value


# By exact type, since this is done a million times twenty; what is of another type is nested.
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "",
    Decimal: lambda value: format(value, "f"),
    msgspec.Raw: lambda value: bytes(value).decode(),
}


def _cell(value: Any) -> str:
    write = _WRITERS.get(type(value))
    return write(value) if write else _text(msgspec.json.encode(value).decode())
