"""A ward's numbers are shown as it wrote them, its percentage as exactly as 28 digits tell, none with an exponent."""

from decimal import Decimal

import pytest

from app.formats import plain_json
from app.observations.views import numbers

SHOWN = [
    ("50", "50", "100"),
    ("1.50", "3", "50"),
    ("1.50", "3.00", "50"),
    ("1", "8", "12.5"),
    ("911", "1102", "82.66787658802177858439201452"),
    ("0.00000001", "1000", "0.000000001"),
    ("0.00", "5", "0"),
    ("5", "0", "null"),
]


@pytest.mark.parametrize(("numerator", "denominator", "percentage"), SHOWN)
def test_a_percentage_and_its_components(numerator: str, denominator: str, percentage: str):
    shown = plain_json.encoded(numbers(None, Decimal(numerator), Decimal(denominator)))

    assert shown.decode() == f'{{"value":{percentage},"numerator":{numerator},"denominator":{denominator}}}'
