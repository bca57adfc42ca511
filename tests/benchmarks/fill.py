"""`python -m tests.benchmarks.fill naive|ours`: the same observations into either database, in bulk.

In a process of its own for each, because both services name their tables alike.
"""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from tests.benchmarks import data
from tests.benchmarks.workload import Filled


def fill_naive() -> None:
    """Tables, areas, indicators and observations; ids count from 1 in the order of data.py's numbers."""
    from sqlalchemy import insert
    from sqlmodel import SQLModel

    from tests.benchmarks.naive import Area, Indicator, Observation, engine

    SQLModel.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            insert(Area), [{"code": f"{n:05d}", "name": f"Phường số {n + 1}"} for n in range(data.AREAS)]
        )
        connection.execute(
            insert(Indicator),
            [
                {
                    "code": data.code(n),
                    "name": f"Chỉ số đo thử số {n + 1}",
                    "rule": data.rule(n),
                    "unit": "PT" if data.rule(n) in {"ratio_of_sums", "share_reaching"} else "NUMBER",
                    "criterion": 1 if data.rule(n) == "share_reaching" else None,
                    "target": data.TARGET,
                }
                for n in range(data.INDICATORS)
            ],
        )
        for indicator in range(data.INDICATORS):
            readings = [data.reading(indicator, area, month) for area in range(data.AREAS) for month in data.MONTHS]
            connection.execute(
                insert(Observation),
                [
                    {
                        "indicator_id": r.indicator + 1,
                        "area_id": r.area + 1,
                        "period": r.month,
                        "value": None if r.value is None else float(r.value),
                        "numerator": r.numerator,
                        "denominator": r.denominator,
                    }
                    for r in readings
                ],
            )
    engine.dispose()


def fill_ours() -> Filled:
    """Migrated, seeded, 25 indicators more, and one change of the ledger for each month."""
    from sqlalchemy import select
    from sqlmodel import col

    from app.access import commands as access
    from app.areas.tables import AreaVersion
    from app.core.clock import Clock
    from app.core.periods import Period
    from app.db.engine import Database
    from app.db.migrate import upgrade
    from app.db.session import insert_rows
    from app.indicators.queries import registry
    from app.indicators.tables import DefinitionVersion, IndicatorRow, TargetRow, TargetVersion
    from app.main import open_ledger
    from app.observations import tallies
    from app.observations.tables import Revision
    from app.ops.seed import seed_database
    from app.settings import Settings

    settings = Settings()
    with closing(Database(settings.database_url)) as database:
        upgrade(database)
        seed_database(database)
    ledger = open_ledger(settings, Clock(lambda: data.NOW))
    with ledger.write("system") as session:
        communes = select(col(AreaVersion.id)).where(col(AreaVersion.level) == "commune").order_by(col(AreaVersion.id))
        areas = [row.id for row in session.rows(communes)]
        seq = session.seq()
        definitions = [_definition(n) | {"seq": seq} for n in range(data.INDICATORS)]
        targets = [_target(n) | {"seq": seq} for n in range(data.INDICATORS)]
        insert_rows(session.connection, IndicatorRow, [{"id": each["code"]} for each in definitions])
        insert_rows(session.connection, DefinitionVersion, definitions)
        insert_rows(session.connection, TargetRow, [{"id": each["id"]} for each in targets])
        insert_rows(session.connection, TargetVersion, targets)
        session.record("indicator.created", "benchmark", {}, registry=True)
    for month in data.MONTHS:
        with ledger.write("system") as session:
            said = {"ends": Period.parse(month).ends, "seq": session.seq(), "at": session.at}
            rows = [_revision(reading, areas) | said for reading in data.readings_of(month)]
            insert_rows(session.connection, Revision, rows)
            tallies.move(session, registry(session), rows, ())
            session.record("observation.created", month, {})
    with ledger.write("system") as session:
        _, key = access.create(session, name="benchmark", scopes=("submit",), areas=tuple(areas), expires=None)
    ledger.database.close()
    return Filled(areas, key)


def _definition(n: int) -> dict[str, Any]:
    rule = data.rule(n)
    return {
        "code": data.code(n),
        "version": 1,
        "valid_from": date(2025, 1, 1),
        "name_vi": f"Chỉ số đo thử số {n + 1}",
        "name_en": f"Benchmark indicator {n + 1}",
        "domain": "government",
        "measure": {"ratio_of_sums": "ratio", "sum": "count", "share_reaching": "flag", "mean": "amount"}[rule],
        "rollup": rule,
        "over_time": "latest",
        "carry_forward": 12,
        "min_coverage": Decimal("0.8"),
        "frequency": "M",
        "level": "commune",
        "unit": {"ratio_of_sums": "PT", "share_reaching": "BOOL"}.get(rule, "NUMBER"),
        "unit_mult": 0,
        "decimals": 2,
        "direction": "up",
        "criterion_comparator": None,
        "criterion_value": None,
        "weight": None,
        "definition_vi": "Chỉ để đo tốc độ.",
        "definition_en": "For measuring speed only.",
        "clause": None,
        "quote": None,
        "retired": False,
    }


def _target(n: int) -> dict[str, Any]:
    empty = ("area", "baseline_value", "baseline_date", "clause", "quote", "note_vi", "note_en")
    return dict.fromkeys(empty) | {
        "id": f"{data.code(n)}-2030",
        "version": 1,
        "indicator": data.code(n),
        "level": "city",
        "comparator": "ge",
        "value": Decimal(data.TARGET),
        "due": date(2030, 12, 31),
        "flags": "",
        "trajectory": "[]",
        "retired": False,
    }


def _revision(reading: data.Reading, areas: list[str]) -> dict[str, Any]:
    return dict.fromkeys(("closed_seq", "status", "note", "submission", "source")) | {
        "indicator": data.code(reading.indicator),
        "area": areas[reading.area],
        "period": reading.month,
        "revision": 1,
        "value": reading.value,
        "numerator": None if reading.numerator is None else Decimal(reading.numerator),
        "denominator": None if reading.denominator is None else Decimal(reading.denominator),
        "qualifier": "eq",
        "withdrawn": False,
        "period_assumed": False,
    }


if __name__ == "__main__":
    if sys.argv[1] == "naive":
        fill_naive()
    else:
        print(json.dumps(asdict(fill_ours())))
