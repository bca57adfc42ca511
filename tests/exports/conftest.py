"""Cities that many tests share.

`one` is a module's own, on the engine that starts sooner; `told_city` is the one of `dialects.py`, for all tests that
only read other people's formats.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import tried
from tests.databases import Databases
from tests.exports.dialects import told
from tests.service import Service, running


@pytest.fixture(scope="module")
def one(databases: Databases, tmp_path_factory: Any) -> Iterator[Service]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("city")) as url, running(url) as service:
        yield service


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def told_city(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: Any) -> Iterator[Service]:
    with databases.fresh(tried(request.param), tmp_path_factory.mktemp("told")) as url, running(url) as service:
        yield told(service)
