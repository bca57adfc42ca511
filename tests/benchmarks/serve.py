"""`python -m tests.benchmarks.serve ours|bare`: one worker, started as `dxi serve` starts it."""

import os
import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from app.settings import Settings
from tests.benchmarks import data


def ours(settings: Settings) -> ASGIApp:
    """The real app; only its clock stands still, in a year in which all the data's months have begun."""
    from app.core.clock import Clock
    from app.main import create_app

    return create_app(settings, clock=Clock(lambda: data.NOW))


def bare() -> ASGIApp:
    from tests.benchmarks.bare import bare_app

    return bare_app(Path(os.environ["RECORDED"]))


if __name__ == "__main__":
    settings = Settings()
    app = ours(settings) if sys.argv[1] == "ours" else bare()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        access_log=False,
        log_config=None,
        lifespan="on" if sys.argv[1] == "ours" else "off",
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
