"""Cities that many tests share.

`shared` and `one` are a module's own, on each engine or on one where the engine makes no difference; `told_city` is the
one of `dialects.py`, for all tests that only read other people's formats.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.exports.dialects import told
from tests.observations.conftest import shared
from tests.service import Service, running

__all__ = ["shared"]


@pytest.fixture(scope="module")
def one(databases: Databases, tmp_path_factory: Any) -> Iterator[Service]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("city")) as url, running(url) as service:
        yield service


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def told_city(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: Any) -> Iterator[Service]:
    with databases.fresh(request.param, tmp_path_factory.mktemp("told")) as url, running(url) as service:
        yield told(service)
