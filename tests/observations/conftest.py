"""A city that has told a little, one for each module."""

from itertools import product

import pytest

from tests.service import Service

FLAG, COUNT = "commune_dx_completed", "relics_digitised_3d"
WARDS, MONTHS = ("14758", "14761", "14764"), ("2025-01", "2025-02", "2025-03")


@pytest.fixture(scope="module")
def city(shared: Service) -> Service:
    """Three wards told two indicators over three months; the last ward's first, so that seq is no other order."""
    for ward, month in product(reversed(WARDS), MONTHS):
        rows = [{"indicator": COUNT, "value": int(month[-1])}, {"indicator": FLAG, "value": month > "2025-01"}]
        assert shared.submit(shared.ward(ward), rows, period=month).status_code == 201
    return shared
