"""`/healthz`, `/readyz`, `/version`, `/metrics`: outside the prefix, for machines, with no key and never kept."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from app.db.points import Point
from app.db.session import Ledger
from app.ops.health import Health
from app.ops.metrics import WRITERS, Metrics
from app.web.answers import encoded
from app.web.openapi import documented
from app.web.schemas import Shape

router = APIRouter(tags=["operation"])


class Alive(Shape):
    status: str = Field(examples=["alive"])


class ReplicaState(Shape):
    reachable: bool
    seq: int | None = Field(description="The newest change it knows")
    behind: int | None = Field(description="How many changes the primary knows that it does not", examples=[0])


class Ready(Shape):
    status: str = Field(
        description="`ready`; `read-only` while the primary is away and a replica answers in its place",
        examples=["ready"],
    )
    schema_: str = Field(alias="schema", description="The revision of the database's schema", examples=["0001"])
    durable: bool = Field(description="Whether the server's settings were checked: an acknowledged write survives")
    replica: ReplicaState | None = Field(description="The replica for reads; null without one")


class Limits(Shape):
    body_bytes: int
    json_depth: int
    rows_per_submission: int
    rows_per_page: int
    writes_per_minute: int = Field(description="Requests that change something, for each key; 0: no limit")


class Version(Shape):
    name: str
    version: str
    build: str = Field(description="The version and a digest of the code; a part of every ETag")
    schema_: str = Field(alias="schema", description="The revision of the database's schema")
    database: str = Field(description="The database library or server", examples=["SQLite 3.46.1"])
    python: str
    limits: Limits
    epoch: str = Field(description="Changes when the database is restored")
    seq: int = Field(description="The newest change")


class Told(Response):
    """A probe's answer; a HEAD gets its headers only."""

    def __init__(self, body: bytes, media_type: str = "application/json") -> None:
        super().__init__(body, media_type=media_type, headers={"Cache-Control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            self.body = b""
        await super().__call__(scope, receive, send)


@router.get("/healthz", **documented(Alive))
@router.head("/healthz", include_in_schema=False)
async def healthz() -> Response:
    """Whether the process is alive.

    Asks nothing but the process itself: a database that is away makes it unready, not dead.
    """
    return Told(b'{"status":"alive"}')


@router.get("/readyz", **documented(Ready, "not-ready"))
@router.head("/readyz", include_in_schema=False)
def readyz(request: Request) -> Response:
    """Whether requests can be served now.

    The database answers, its schema is this build's, and (unless DXI_REQUIRE_DURABLE is false) the server does not run
    with fsync or synchronous_commit off. Else 503, and `errors` names what stands in the way. A replica never makes it
    unready; while the primary is away, one that answers keeps the service ready to be read.
    """
    health: Health = request.app.state.health
    return Told(encoded(health.ready()))


@router.get("/version", **documented(Version, "database-unavailable"))
@router.head("/version", include_in_schema=False)
def version(request: Request) -> Response:
    """Which build this is, on what it runs, and its limits."""
    health: Health = request.app.state.health
    return Told(encoded(health.about()))


async def _reads_figures(request: Request) -> bool:
    """Whether the caller may read published figures: anybody, or where that is closed the holder of a key."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        public: bool = request.app.state.public_read
        return public
    point = await run_in_threadpool(_point, request.app.state.ledger)
    await request.app.state.gate.identify(authorization, point)
    return True


def _point(ledger: Ledger) -> Point:
    with ledger.read() as session:
        return session.point


_TEXTS = {content_type: {"schema": {"type": "string"}} for content_type in WRITERS}


@router.get(
    "/metrics",
    **{
        **documented(None, "unauthenticated", "database-unavailable"),
        "response_class": Response,
        "responses": {200: {"content": _TEXTS}},
    },
)
@router.head("/metrics", include_in_schema=False)
def metrics(request: Request, figures: Annotated[bool, Depends(_reads_figures)]) -> Response:
    """Counters and gauges in OpenMetrics text, or in Prometheus' older text format by `Accept`.

    Answers by method, route and status with their times; the newest seq; the number of live observations; the build;
    and the city's newest figures with coverage, target and gap (`dxi_city_…`). What is not known has no sample.
    """
    counted: Metrics = request.app.state.metrics
    request.app.state.answered.now()
    content_type, text = counted.text(request.headers.get("accept"), figures=figures)
    return Told(text, content_type)
