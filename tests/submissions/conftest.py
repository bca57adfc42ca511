"""One service for a whole module on each engine: for tests that change nothing, or only cells of their own."""

from collections.abc import Iterator

import pytest

from app.areas import commands as areas
from app.core.registry import Level
from tests.databases import Databases, Kind
from tests.service import Service, running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def city(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory) -> Iterator[Service]:
    """The seeded city, with a retired indicator (`mobile_5g_coverage`) and a ward that begins in July 2025 (99901)."""
    kind: Kind = request.param
    with databases.fresh(kind, tmp_path_factory.mktemp("city")) as url, running(url) as service:
        with service.app.state.ledger.write("test") as session:
            areas.create(
                session,
                code="99901",
                name_vi="Phường Mới",
                name_en="New Ward",
                level=Level.COMMUNE,
                kind="unit",
                type="phường",
                parent="380-202501",
                valid_from=service.now[0].date().replace(year=2025, month=7, day=1),
            )
        steward = service.key("steward")
        retired = service.delete("/indicators/mobile_5g_coverage", key=steward, headers={"If-Match": "*"})
        assert retired.status_code == 200, retired.text
        yield service
