"""The city's newest figures as gauges: one sample an indicator, the same figures as `/city/snapshot` shows.

What is not known has no sample: 0 would be a figure, and NaN breaks every sum. Facts about a figure that are no numbers
(its period, basis, quality, status, progress) are labels of `dxi_city_figure_info`, so that a new period starts no new
series of the value.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from app.city import queries as city
from app.core.clock import CITY_TIME
from app.core.periods import Period
from app.core.places import CITY_CODE
from app.db.session import ReadSession
from app.indicators import queries as indicators

Row = dict[str, Any]
_TOLD = ("domain", "period", "value_period", "basis", "quality", "status", "rule", "progress", "target_comparator")
_AREAS = {
    "expected": "Areas whose word is due.",
    "reported": "Areas that gave a reading of the period itself.",
    "carried": "Areas whose earlier reading still stands.",
    "missing": "Areas without a reading.",
}


def city_gauges(session: ReadSession) -> list[Metric]:
    """Made once for each state of the ledger and day, however often they are scraped."""
    kept = session.kept("gauges")
    if "families" not in kept:
        rows = city.snapshot(session, period=None, area=CITY_CODE, domains=(), codes=(), lang="vi")
        kept["families"] = list(_families(session, rows))
    families: list[Metric] = kept["families"]
    return families


def _families(session: ReadSession, rows: list[Row]) -> Iterable[Metric]:
    view = indicators.registry(session)
    info = InfoMetricFamily("dxi_city_figure", "What the city's newest figure of an indicator is.")
    for row in rows:
        definition = view.definition(row["indicator"])
        assert definition is not None
        told = {name: str(row[name]) for name in _TOLD if row[name] is not None}
        names = {"name": definition.name_vi, "name_en": definition.name_en}
        info.add_metric([], {"indicator": row["indicator"], "area": row["area"], **names, **told})
    yield info

    def gauge(
        name: str, says: str, value: Callable[[Row], Any], *, labels: tuple[str, ...] = (), unit: str = ""
    ) -> Metric:
        family = GaugeMetricFamily(f"dxi_city_{name}", says, labels=("indicator", "area", *labels), unit=unit)
        for row in rows:
            number = value(row)
            if number is not None:
                family.add_metric([str(row[label]) for label in ("indicator", "area", *labels)], float(number))
        return family

    of_value, of_target = ("unit", "qualifier"), ("unit", "target_comparator")
    yield gauge("figure_value", "The newest figure.", lambda row: row["value"], labels=of_value)
    yield gauge("figure_change", "Its difference to the period before.", lambda row: row["change"], labels=("unit",))
    yield gauge("figure_period_end_timestamp", "When the figure's period ended.", _period_end, unit="seconds")
    yield gauge("figure_updated_timestamp", "When the figure last changed.", _updated, unit="seconds")
    for name, says in _AREAS.items():
        yield gauge(f"areas_{name}", says, lambda row, name=name: row[name])  # type: ignore[misc]
    yield gauge(
        "target_value", "The target that the figure is held against.", lambda row: row["target_value"], labels=of_target
    )
    yield gauge(
        "target_gap",
        "How far the figure is from its target; 0 when it is met.",
        lambda row: row["gap"],
        labels=("unit",),
    )
    yield gauge("target_due_timestamp", "When the target's last day ends.", _due, unit="seconds")


def _period_end(row: Row) -> float | None:
    return None if row["value_period"] is None else _end_of(Period.parse(row["value_period"]).last)


def _due(row: Row) -> float | None:
    return None if row["target_due"] is None else _end_of(date.fromisoformat(row["target_due"]))


def _end_of(day: date) -> float:
    return datetime.combine(day + timedelta(days=1), time(), CITY_TIME).timestamp()


def _updated(row: Row) -> float | None:
    return None if row["updated_at"] is None else datetime.fromisoformat(row["updated_at"]).timestamp()
