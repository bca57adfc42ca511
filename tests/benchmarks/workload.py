"""What is asked: the same things of both services, each in its own words."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, permutations, product
from typing import Any
from urllib.parse import quote, urlencode

from tests.benchmarks import data
from tests.benchmarks.services import Request, Requests

READS = ("series", "snapshot", "page", "one")
PREFIX = "/api/v1"
# From the second year on: the very first month has none before it to compare with.
_MONTHS = data.MONTHS[12:] + data.MONTHS[:12]


@dataclass(frozen=True, slots=True)
class Filled:
    """What the filled service under test is asked with: ids of areas in order, and a key that may submit for them."""

    areas: list[str]
    key: str
    open_months: list[str]


def distinct(operation: str, filled: Filled | None) -> Requests:
    """Requests of one kind that do not repeat; of the naive service when nothing was `filled` by ours."""
    ours = {"series": _series, "snapshot": _snapshots, "page": _pages}
    naive = {"series": _naive_series, "snapshot": _naive_snapshots, "page": _naive_pages, "one": _naive_ones}
    if filled is None:
        return _naive_batches() if operation == "batch" else naive[operation]()
    if operation == "batch":
        return _batches(filled)
    return _ones(filled) if operation == "one" else ours[operation]()


def repeated(request: Request) -> Requests:
    while True:
        yield request


def _each(paths: Iterable[str]) -> Requests:
    for path in paths:
        yield Request(path)


def _cells() -> Iterator[tuple[int, int, str]]:
    """All cells (indicator, area, month), far apart one after another."""
    for n in range(data.INDICATORS * data.AREAS * len(data.MONTHS)):
        indicator, rest = divmod(n * 7_919 % (data.INDICATORS * data.AREAS * len(data.MONTHS)), data.AREAS * 72)
        yield indicator, rest // 72, data.MONTHS[rest % 72]


def _series() -> Requests:
    """The whole series of an indicator; the parameters' order and the language make each request a new one."""
    span = {"period_from": data.MONTHS[0], "period_to": data.MONTHS[-1]}
    queries = product(permutations(("indicator", *span)), ("vi", "en"), range(data.INDICATORS))
    for order, language, indicator in queries:
        given = {**span, "indicator": data.code(indicator)}
        yield Request(f"{PREFIX}/city/series?{urlencode({name: given[name] for name in order})}&lang={language}")


def _naive_series() -> Requests:
    return _each(f"/series?indicator={data.code(indicator)}" for indicator in cycle(range(data.INDICATORS)))


def _snapshots() -> Requests:
    varied = product(("&lang=vi", "&lang=en", "", "&area=380", "&area=380&lang=vi", "&area=380&lang=en"), _MONTHS)
    return _each(f"{PREFIX}/city/snapshot?period={month}{more}" for more, month in varied)


def _naive_snapshots() -> Requests:
    return _each(f"/snapshot?period={month}" for month in cycle(_MONTHS))


def _pages() -> Requests:
    path = f"{PREFIX}/observations?limit=100"
    cursor = ""
    while True:
        body = yield Request(path + cursor)
        if body is not None:
            cursor = f"&cursor={quote(json.loads(body)['next'], safe='')}"


def _naive_pages() -> Requests:
    return _each(f"/observations?offset={offset}&limit=100" for offset in range(0, 84_600, 100))


def _ones(filled: Filled) -> Requests:
    return _each(
        f"{PREFIX}/observations/{data.code(indicator)}.{filled.areas[area]}.{month}"
        for indicator, area, month in _cells()
    )


def _naive_ones() -> Requests:
    return _each(
        f"/observations/{1 + (data.MONTHS.index(month) * data.AREAS + area) * data.INDICATORS + indicator}"
        for indicator, area, month in _cells()
    )


def _new_cells(open_months: list[str]) -> Iterator[list[data.Reading]]:
    """25 readings of an area and a month that nobody has reported yet."""
    for month, area in product(open_months, range(data.AREAS)):
        yield [data.reading(indicator, area, month) for indicator in range(data.INDICATORS)]


def _batches(filled: Filled) -> Requests:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {filled.key}"}
    for readings in _new_cells(filled.open_months):
        rows = [{"indicator": data.code(r.indicator), **_sent(r)} for r in readings]
        body = {"period": readings[0].month, "area": filled.areas[readings[0].area], "rows": rows}
        yield Request(f"{PREFIX}/submissions", json.dumps(body).encode(), headers)


def _sent(reading: data.Reading) -> dict[str, Any]:
    if reading.value is None:
        return {"numerator": reading.numerator, "denominator": reading.denominator}
    if data.rule(reading.indicator) == "share_reaching":
        return {"value": bool(reading.value)}
    return {"value": float(reading.value)}


def _naive_batches() -> Requests:
    for readings in _new_cells(data.SIZES["city"].open_months):
        rows = [
            {
                "indicator_id": r.indicator + 1,
                "area_id": r.area + 1,
                "period": r.month,
                "value": None if r.value is None else float(r.value),
                "numerator": r.numerator,
                "denominator": r.denominator,
            }
            for r in readings
        ]
        yield Request("/batch", json.dumps(rows).encode(), {"Content-Type": "application/json"})
