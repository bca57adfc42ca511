"""One city for a whole module on each engine: for tests that change nothing, or only cells of their own."""

from datetime import date

import pytest

from tests.service import Service


@pytest.fixture(scope="module")
def city(shared: Service) -> Service:
    """The seeded city, with a retired indicator (`mobile_5g_coverage`) and a ward that begins in July 2025 (99901)."""
    shared.founded("99901", date(2025, 7, 1))
    steward = shared.key("steward")
    retired = shared.delete("/indicators/mobile_5g_coverage", key=steward, headers={"If-Match": "*"})
    assert retired.status_code == 200, retired.text
    return shared
