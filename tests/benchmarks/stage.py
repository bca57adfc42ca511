"""Databases to measure on, filled, and the services over them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.benchmarks.services import ROOT, Service
from tests.databases import Cluster


@contextmanager
def databases(kind: str, folder: Path, *names: str) -> Iterator[dict[str, str]]:
    """An empty database for each name. PostgreSQL is a server of our own, as durable as in production."""
    if kind == "sqlite":
        yield {name: f"sqlite:///{folder / name}.db" for name in names}
        return
    cluster = Cluster.create(fsync=True)
    try:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}".encode())
        yield {name: make_url(cluster.url).set(database=name).render_as_string() for name in names}
    finally:
        cluster.remove()


def fill(name: str, url: str) -> str:
    """What the filling process tells; it also brings PostgreSQL's statistics up to date."""
    environment = {**os.environ, "DATABASE_URL": url, "DXI_DATABASE_URL": url}
    command = [sys.executable, "-m", "tests.benchmarks.fill", name]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    if not url.startswith("sqlite"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return told


def services(urls: dict[str, str], folder: Path) -> dict[str, Service]:
    def made(name: str, *command: str, environment: dict[str, str]) -> Service:
        return service(name, urls.get(name), folder, *command, **environment)

    naive = ("uvicorn", "tests.benchmarks.naive:app", "--port", "{port}")
    return {
        "naive": made("naive", *naive, environment={"DATABASE_URL": urls["naive"]}),
        "ours": made("ours", "tests.benchmarks.serve", "ours", environment={"DXI_DATABASE_URL": urls["ours"]}),
        "bare": made("bare", "tests.benchmarks.serve", "bare", environment={"RECORDED": str(folder / "recorded")}),
    }


def ours_again(url: str, folder: Path) -> Service:
    """Another worker on the same database."""
    return service("other", url, folder, "tests.benchmarks.serve", "ours", DXI_DATABASE_URL=url)


def service(name: str, database: str | None, folder: Path, *command: str, **environment: str) -> Service:
    own = database if database and not database.startswith("sqlite") else None
    return Service(name, [sys.executable, "-m", *command], environment, folder / f"{name}.log", own)
