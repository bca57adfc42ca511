"""One city for a whole module: on each engine, or on one where the engine makes no difference."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.observations.conftest import shared
from tests.service import Service, running

__all__ = ["shared"]


@pytest.fixture(scope="module")
def one(databases: Databases, tmp_path_factory: Any) -> Iterator[Service]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("city")) as url, running(url) as service:
        yield service
