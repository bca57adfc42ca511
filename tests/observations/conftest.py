"""One service for a whole module on each engine: for tests that change nothing, or that all change the same way."""

from collections.abc import Iterator

import pytest

from tests.databases import Databases, Kind
from tests.service import Service, running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory) -> Iterator[Service]:
    kind: Kind = request.param
    with databases.fresh(kind, tmp_path_factory.mktemp("city")) as url, running(url) as service:
        yield service
