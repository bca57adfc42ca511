"""`create_app(settings)`: the only place that wires things."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.callers import Gate
from app.access.routes import router as access
from app.areas.change_routes import router as area_changes
from app.areas.routes import router as areas
from app.areas.share_routes import router as area_shares
from app.changes.routes import router as changes
from app.changes.tail import Tail
from app.changes.webhooks.addresses import networks
from app.changes.webhooks.deliverer import LOCK, Deliverer
from app.changes.webhooks.routes import router as webhooks
from app.city.analysis_routes import router as analysis
from app.city.provenance_routes import router as provenance
from app.city.routes import router as city
from app.city.trajectory_routes import router as trajectories
from app.core.clock import SYSTEM_CLOCK, Clock
from app.db import migrate
from app.db.counter import Counters
from app.db.engine import Database
from app.db.leader import leader
from app.db.replica import Replica
from app.db.session import Ledger
from app.exports.dcat_routes import router as dcat
from app.exports.download_routes import router as downloads
from app.exports.jsonstat_routes import router as jsonstat
from app.exports.ngsi_ld_routes import router as ngsi_ld
from app.exports.sdmx_routes import router as sdmx
from app.indicators.document_routes import router as documents
from app.indicators.preview import router as previews
from app.indicators.routes import router as indicators
from app.indicators.target_routes import router as targets
from app.initiatives.routes import router as initiatives
from app.observations.routes import router as observations
from app.ops import logs
from app.ops.health import Health, build_of
from app.ops.metrics import Metrics
from app.ops.routes import router as ops
from app.pages import docs
from app.pages.home import router as home
from app.pages.problems import router as problem_pages
from app.releases.frozen import Frozen
from app.releases.routes import reads as release_reads
from app.releases.routes import router as releases
from app.settings import Settings
from app.submissions.routes import router as submissions
from app.web import handlers
from app.web.answers import PREFIX, Answers
from app.web.edge import Edge
from app.web.gathered import Gathered
from app.web.limits import Limits
from app.web.routing import Declared, Operations

VERSION = "0.2.0"


def open_ledger(settings: Settings, clock: Clock = SYSTEM_CLOCK, database: Database | None = None) -> Ledger:
    """The ledger of `settings.database_url`; its schema must be this build's.

    Raises SchemaMismatch with a sentence that says what to run.
    """
    database = database or Database(settings.database_url)
    migrate.check(database)
    return Ledger.over(database, clock, settings.secret)


# Where a path fits several, the first is asked.
OPERATIONS = (
    city,
    analysis,
    observations,
    submissions,
    changes,
    webhooks,
    indicators,
    targets,
    trajectories,
    documents,
    initiatives,
    areas,
    previews,
    area_changes,
    area_shares,
    provenance,
    downloads,
    sdmx,
    jsonstat,
    ngsi_ld,
    dcat,
    releases,
    access,
)


class Service(FastAPI):
    """FastAPI inside our own wrappers: an answer they have takes no way through its middleware."""

    wrapped: Callable[[ASGIApp], ASGIApp]

    def build_middleware_stack(self) -> ASGIApp:
        return self.wrapped(super().build_middleware_stack())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        await self.middleware_stack(scope, receive, send)


def create_app(settings: Settings, *, clock: Clock = SYSTEM_CLOCK) -> FastAPI:
    """The service over the database of `settings`."""
    ledger = open_ledger(settings, clock)
    if settings.database_read_url is not None:
        ledger = replace(ledger, replica=Replica(settings.database_read_url))
    gate = Gate(ledger)
    counters = Counters(ledger.database, ledger.replica)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        delivering = asyncio.create_task(app.state.deliverer.run())
        yield
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        await app.state.tail.close()
        await counters.close()
        if ledger.database.is_postgresql:
            await ledger.database.wires.close()
        ledger.close()
        # The end of a worker is not the end of its interpreter.
        answered.now()

    app = Service(
        title="Thanh Hóa digital-transformation indicators",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        strict_content_type=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
    )
    app.state.ledger = ledger
    app.state.counters = counters
    app.state.gate = gate
    app.state.public_read = settings.public_read
    app.state.address = settings.address
    build = build_of(VERSION)
    app.state.health = Health(
        ledger, settings.require_durable, VERSION, build, migrate.head(), settings.writes_per_minute
    )
    app.state.metrics = metrics = Metrics(ledger, version=VERSION, build=build)
    app.state.answered = answered = Gathered(metrics.on_answers, logs.on_answers)
    app.state.tail = Tail(ledger, lambda: counters.primary, metrics.on_stream)
    app.state.webhook_networks = networks(settings.webhook_allowed_networks)
    app.state.deliverer = Deliverer(
        ledger, lambda: counters.primary, leader(ledger.database, LOCK), app.state.webhook_networks, metrics.on_delivery
    )

    app.include_router(Declared(routes=[route for router in OPERATIONS for route in router.routes]), prefix=PREFIX)
    app.include_router(release_reads, prefix=PREFIX)
    for router in (ops, home, problem_pages):
        app.include_router(router)
    docs.install(app)
    handlers.install(app)
    frozen = Frozen(ledger, app)

    def wrapped(inner: ASGIApp) -> ASGIApp:
        operations = Operations(inner, routers=(*OPERATIONS, release_reads), prefix=PREFIX, database=ledger.database)
        answers = Answers(
            operations,
            counter=lambda: counters.nearest,
            identify=gate.identify,
            resolve=frozen.resolve,
            clock=clock,
            build=f"{build} {settings.public_url or ''}",
            limits=Limits(ledger, settings.writes_per_minute),
        )
        return Edge(answers, answered)

    app.wrapped = wrapped
    return app
