"""Pages neither repeat nor skip while wards write; the module has a city of its own, since it keeps changing."""

from itertools import count

import pytest

from tests.observations.conftest import COUNT, MONTHS, WARDS
from tests.service import Service

ID = "fields=id,area,period,seq"
FRESH = count(10)  # no value twice, so that every write between two pages is a revision


@pytest.mark.parametrize("sort", ["", "sort=-period,area&", "sort=seq&", "sort=-seq&", "sort=-area,period&"])
@pytest.mark.parametrize("limit", [1, 4, 17, 18])
def test_pages_neither_repeat_nor_skip_while_wards_write(city: Service, sort: str, limit: int):
    areas = "".join(f"area={ward}&" for ward in WARDS)
    whole = city.get(f"/observations?{sort}{areas}{ID}").json()
    pages, url = [], f"/observations?{sort}{areas}{ID}&limit={limit}"

    page = city.get(url).json()
    pages.append(page["data"])
    while page["next"]:
        # New values for what is yet to come and what was shown, and cells before and after.
        value = next(FRESH)
        ward = WARDS[value % 3]
        rows = [{"indicator": COUNT, "value": value}, {"indicator": COUNT, "value": 1, "period": "2025-04"}]
        city.submit(city.ward(ward), rows, period=MONTHS[value % 3])
        page = city.get(f"{url}&cursor={page['next']}").json()
        assert page["seq"] == whole["seq"]
        pages.append(page["data"])

    assert [row for rows in pages for row in rows] == whole["data"]
    assert all(len(rows) == limit for rows in pages[:-1])
