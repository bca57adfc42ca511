"""Fixtures of the tests of the web's manners."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.service import Service, running


@pytest.fixture
def sqlite(databases: Any, tmp_path: Any) -> Iterator[Service]:
    """One database is enough where none is asked."""
    with databases.fresh("sqlite", tmp_path) as url, running(url) as service:
        yield service
