"""Fixtures that every test may ask for.

`database_url` runs a test twice, on SQLite and on PostgreSQL, each time on a migrated and seeded database of its own;
`empty_database_url` does so on a database with nothing in it. `service` is the app over a database of the test's own,
`shared` one for all tests of a module. A test for one of the two engines asks for `databases` and calls
`databases.fresh("postgresql", tmp_path)`.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.databases import MISSING, Databases, Kind, State, find_binaries

if TYPE_CHECKING:
    from tests.service import Service

SHARED = "DXI_TEST_SHARED"
DATABASES = pytest.StashKey[Databases]()

# Two cores and several workers: how long an example takes says nothing about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


def prepare(url: str, state: State) -> None:
    """Migrate, and seed, the database that tests get a copy of; called once a session for each engine."""
    from app.core.clock import Clock
    from app.db.engine import Database
    from app.db.migrate import upgrade
    from app.ops.seed import seed_database

    with closing(Database(url)) as database:
        upgrade(database)
        if state == "seeded":
            # Before the day on which the tests stand still, or the seeds would lie in their future.
            seed_database(database, Clock(lambda: datetime(2026, 11, 1, tzinfo=UTC)))


def pytest_configure(config: pytest.Config) -> None:
    # Workers inherit the environment; only the first process makes the folder, and only it clears up.
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="dxi-")
    config.stash[DATABASES] = Databases(Path(os.environ[SHARED]), prepare)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[DATABASES].close()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    """Makes fresh databases of either kind."""
    return pytestconfig.stash[DATABASES]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """Runs the module once for each engine."""
    return tried(request.param)


def tried(kind: Kind) -> Kind:
    """Fails in CI, and skips elsewhere, where PostgreSQL is missing."""
    if kind == "postgresql" and not os.environ.get("DXI_TEST_DATABASE_URL") and find_binaries() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    return kind


@pytest.fixture
def database_url(databases: Databases, database_kind: Kind, tmp_path: Path) -> Iterator[str]:
    """A migrated and seeded database of the test's own."""
    with databases.fresh(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases, database_kind: Kind, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own with no table in it."""
    with databases.fresh(database_kind, tmp_path, prepared=False) as url:
        yield url


@pytest.fixture
def unseeded_database_url(databases: Databases, database_kind: Kind, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own that knows nothing yet."""
    with databases.fresh(database_kind, tmp_path, state="migrated") as url:
        yield url


@pytest.fixture
def service(database_url: str) -> "Iterator[Service]":
    """The app over a seeded database of the test's own, once for each engine."""
    from tests.service import running

    with running(database_url) as running_service:
        yield running_service


@pytest.fixture(scope="module")
def shared_database_url(
    databases: Databases, database_kind: Kind, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A migrated and seeded database of the module's own."""
    with databases.fresh(database_kind, tmp_path_factory.mktemp("city")) as url:
        yield url


@pytest.fixture(scope="module")
def shared(shared_database_url: str) -> "Iterator[Service]":
    """One app for all tests of a module: for those that change nothing, or only what is their own."""
    from tests.service import running

    with running(shared_database_url) as running_service:
        yield running_service
