"""`python -m tests.benchmarks.serve ours|bare`: one worker with the server settings of `dxi serve`."""

import gc
import os
import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from app.__main__ import YOUNG
from app.cli.serving import server_settings
from app.core.clock import Clock
from app.main import create_app
from app.ops import logs
from app.settings import Settings
from tests.benchmarks import data
from tests.benchmarks.bare import bare_app


def app_named(name: str, settings: Settings) -> ASGIApp:
    """Ours is the real app; only its clock stands still, in a year in which all the data's months have begun."""
    if name == "bare":
        return bare_app(Path(os.environ["RECORDED"]))
    logs.configure(settings.log_level)
    return create_app(settings, clock=Clock(lambda: data.NOW))


if __name__ == "__main__":
    settings = Settings()
    lifespan = "off" if sys.argv[1] == "bare" else "on"
    # As the command does it, so that nothing is measured that nobody runs.
    server = server_settings(settings) | {"host": settings.host, "port": settings.port, "lifespan": lifespan}
    gc.freeze()
    gc.set_threshold(YOUNG)
    uvicorn.run(app_named(sys.argv[1], settings), **server)
