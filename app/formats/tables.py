"""The formats that rows of one shape can take, each made piece by piece."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.formats import csv_text, ndjson, xlsx

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TableFormat:
    """`name` is what `format=` calls it and how its files end."""

    name: str
    media_type: str
    encoded: Callable[[Sequence[str], Rows], Iterator[bytes]]


CSV = TableFormat("csv", "text/csv; charset=utf-8", csv_text.encoded)
XLSX = TableFormat("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.encoded)
NDJSON = TableFormat("ndjson", "application/x-ndjson", ndjson.encoded)
FORMATS = {found.name: found for found in (CSV, XLSX, NDJSON)}
