"""Metrics in OpenMetrics text, or in Prometheus' older one where that is asked for.

Labels are route templates, methods and status codes, so their number is bounded. With several workers each counts
into files that `/metrics` adds up (PROMETHEUS_MULTIPROC_DIR, which `dxi serve` sets).
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import exposition as prometheus
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics import exposition as openmetrics
from sqlalchemy import func, select
from sqlmodel import col

from app.changes.webhooks.queries import standing
from app.core.errors import Problem
from app.db.session import Ledger, ReadSession
from app.observations.tables import Revision
from app.ops.gauges import city_gauges
from app.web.edge import Answered, template
from app.web.negotiation import best_type

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# What `/metrics` can be written as; OpenMetrics where the caller says nothing.
WRITERS: dict[str, tuple[str, Callable[[Any], bytes]]] = {
    "application/openmetrics-text": (openmetrics.CONTENT_TYPE_LATEST, openmetrics.generate_latest),
    "text/plain": (prometheus.CONTENT_TYPE_PLAIN_0_0_4, prometheus.generate_latest),
}
RECOUNT_SECONDS = 10.0

# Method, route and status.
_Labels = tuple[str, str, int]


class Metrics:
    """What one process counts. `on_answers` is told of every answer; `text` is what `/metrics` sends."""

    def __init__(self, ledger: Ledger, *, version: str, build: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "dxi_requests", "Answers sent.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "dxi_request_seconds",
            "How long answers took.",
            ("method", "route"),
            buckets=BUCKETS,
            unit="seconds",
            registry=self._registry,
        )
        self._streams = Gauge(
            "dxi_streams", "Event streams that are open.", multiprocess_mode="livesum", registry=self._registry
        )
        self._dropped = Counter(
            "dxi_streams_dropped", "Event streams cut off because nobody read them.", registry=self._registry
        )
        self._deliveries = Counter(
            "dxi_webhook_deliveries", "Attempts to deliver a webhook.", ("outcome",), registry=self._registry
        )
        self._delivery_seconds = Histogram(
            "dxi_webhook_delivery_seconds",
            "How long endpoints took to answer.",
            buckets=BUCKETS,
            unit="seconds",
            registry=self._registry,
        )
        self._stands = _Stands(ledger, version, build)
        self._labelled: dict[_Labels, tuple[Counter, Histogram]] = {}

    def on_answers(self, answers: list[Answered]) -> None:
        for each in answers:
            method = each.scope["method"]
            # Anybody can make up a method; it may not become a label.
            labels = (method if method in METHODS else "other", template(each), each.status)
            counted = self._labelled.get(labels)
            if counted is None:
                # Looking a label up costs more than counting.
                method, route, status = labels
                counted = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
                self._labelled[labels] = counted
            counted[0].inc()
            counted[1].observe(each.seconds)

    def on_stream(self, more: int) -> None:
        """A stream was opened (1) or has ended (-1)."""
        self._streams.inc(more)

    def on_dropped_stream(self) -> None:
        self._dropped.inc()

    def on_delivery(self, delivered: bool, seconds: float) -> None:
        self._deliveries.labels("delivered" if delivered else "failed").inc()
        self._delivery_seconds.observe(seconds)

    def text(self, accept: str | None, *, figures: bool) -> tuple[str, bytes]:
        """The content type and the metrics, those of the city's figures only for a caller who may read them."""
        try:
            MultiProcessCollector(summed := CollectorRegistry())  # type: ignore[no-untyped-call]
        except ValueError:
            # One process: there is no folder to add up.
            summed = self._registry
        content_type, write = WRITERS[best_type(accept, tuple(WRITERS))]
        return content_type, write(_Both(summed, self._stands, figures=figures))


@dataclass
class _Both:
    """A registry and what is read from the database at the moment of asking."""

    registry: CollectorRegistry
    stands: "_Stands"
    figures: bool

    def collect(self) -> Iterable[Metric]:
        yield from self.registry.collect()
        yield from self.stands.collect(figures=self.figures)


@dataclass
class _Stands:
    """Where the ledger stands, and what the city's figures are."""

    ledger: Ledger
    version: str
    build: str
    _counted: tuple[float, int, int] = field(default=(0.0, -1, 0))

    def collect(self, *, figures: bool) -> Iterable[Metric]:
        build = InfoMetricFamily("dxi_build", "Which build answers.")
        build.add_metric([], {"version": self.version, "build": self.build})
        yield build
        try:
            seq, observations, gauges = self._look(figures=figures)
        except Problem:
            yield GaugeMetricFamily("dxi_database_up", "Whether the database can be reached.", value=0)
            return
        yield GaugeMetricFamily("dxi_database_up", "Whether the database can be reached.", value=1)
        yield GaugeMetricFamily("dxi_seq", "The number of the newest change.", value=seq)
        yield GaugeMetricFamily("dxi_observations", "Live observations, withdrawn ones left out.", value=observations)
        yield from gauges

    def _look(self, *, figures: bool) -> tuple[int, int, list[Metric]]:
        """The newest seq, the number of live cells, and the gauges of webhooks and of the city.

        Cells are counted at most every ten seconds, and only after a change.
        """
        counted_at, at_seq, observations = self._counted
        with self.ledger.read() as session:
            seq = session.point.seq
            if seq != at_seq and time.monotonic() - counted_at >= RECOUNT_SECONDS:
                live = select(func.count()).where(
                    col(Revision.closed_seq).is_(None), col(Revision.withdrawn).is_(False)
                )
                observations = int(session.scalar(live))
                self._counted = (time.monotonic(), seq, observations)
            return seq, observations, _endpoints(session) + (city_gauges(session) if figures else [])


def _endpoints(session: ReadSession) -> list[Metric]:
    enabled, disabled, behind = standing(session)
    endpoints = GaugeMetricFamily("dxi_webhooks", "Endpoints of webhooks.", labels=["state"])
    endpoints.add_metric(["enabled"], enabled)
    endpoints.add_metric(["disabled"], disabled)
    late = GaugeMetricFamily("dxi_webhooks_behind", "Seqs by which the slowest failing endpoint is late.", value=behind)
    return [endpoints, late]
