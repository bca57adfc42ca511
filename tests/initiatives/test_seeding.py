"""Seeding initiatives: once, and what stewards changed stays."""

from contextlib import closing

import pytest
from sqlalchemy import text

from app.core.clock import Clock
from app.db.engine import Database
from app.db.migrate import upgrade
from app.ops.seed import seed_database
from tests.service import START, running


@pytest.fixture
def seeded(empty_database_url):
    with closing(Database(empty_database_url)) as database:
        upgrade(database)
        seed_database(database, Clock(lambda: START))
    return empty_database_url


def test_a_status_that_a_steward_set_stays(seeded):
    with running(seeded) as service:
        steward = service.key("steward")
        url = "/initiatives/smart_city_2025"
        service.patch(url, {"status": "suspended"}, key=steward, headers={"If-Match": "*"})
        before = service.get(url).json()

    with closing(Database(seeded)) as database:
        assert seed_database(database, Clock(lambda: START)) is False
        with database.reads() as connection:
            assert connection.execute(text("SELECT count(*) FROM initiative_version")).scalar_one() == 73

    with running(seeded) as service:
        assert service.get("/initiatives/smart_city_2025").json() == before
