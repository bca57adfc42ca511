"""`python -m tests.benchmarks.fill naive|city|nation`: the same observations into either database, in bulk.

Ours holds those of one city, or of a nation of 3,321 communes.

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
    """Tables, areas, indicators and observations; ids count from 1, those of observations as wards report.

    Month by month, ward by ward, each 25 indicators at a time: as they come in, and as ours are stored too.
    """
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
        for month in data.MONTHS:
            readings = [
                data.reading(indicator, area, month)
                for area in range(data.AREAS)
                for indicator in range(data.INDICATORS)
            ]
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


def fill_ours(size: data.Size) -> Filled:
    """Migrated, seeded, 25 indicators more, as many areas as wanted, and one change of the ledger for each month."""
    from app.access import commands as access
    from app.core.clock import Clock
    from app.core.periods import Period
    from app.db.engine import Database
    from app.db.inserts import insert_rows
    from app.db.migrate import upgrade
    from app.indicators.queries import registry
    from app.indicators.tables import DefinitionVersion, IndicatorRow, TargetRow, TargetVersion
    from app.main import open_ledger
    from app.observations import tallies
    from app.observations.tables import Revision, Tally
    from app.ops.seed import seed_database
    from app.settings import Settings

    settings = Settings()
    with closing(Database(settings.database_url)) as database:
        upgrade(database)
        seed_database(database)
    ledger = open_ledger(settings, Clock(lambda: data.NOW))
    with ledger.write("system") as session:
        seq = session.seq()
        areas = _areas(session, size.areas)
        definitions = [_definition(n) | {"seq": seq} for n in range(data.INDICATORS)]
        targets = [_target(n) | {"seq": seq} for n in range(data.INDICATORS)]
        insert_rows(session.connection, IndicatorRow, [{"id": each["code"]} for each in definitions])
        insert_rows(session.connection, DefinitionVersion, definitions)
        insert_rows(session.connection, TargetRow, [{"id": each["id"]} for each in targets])
        insert_rows(session.connection, TargetVersion, targets)
        session.record("indicator.created", "benchmark", {}, registry=True)
    for number, month in enumerate(size.months):
        with ledger.write("system") as session:
            ends = Period.parse(month).ends
            said = {"ends": ends, "seq": session.seq(), "at": session.at}
            # Thousands of areas say the same every month: the database copies what would take an hour to send.
            same = size.areas > data.AREAS
            if number and same:
                _copy(session, Revision, ends - number, said | {"period": month})
                _copy(session, Tally, ends - number, said)
            else:
                # What the batches send goes on from there, so that nothing looks like a slip.
                readings = data.readings_of(size.months[-1] if same else month, size.areas)
                rows = [_revision(reading, areas) | said | {"period": month} for reading in readings]
                insert_rows(session.connection, Revision, rows)
                tallies.move(session, registry(session), rows, ())
            session.record("observation.created", month, {})
    with ledger.write("system") as session:
        some = areas[: data.AREAS]
        _, key = access.create(session, name="benchmark", scopes=("submit",), areas=tuple(some), expires=None)
    ledger.database.close()
    return Filled(some, key, size.open_months)


def _copy(session: Any, model: Any, month: int, other: dict[str, Any]) -> None:
    """Copy the benchmark's rows of a table that are of one month, with `other` values in some columns."""
    from sqlalchemy import insert, literal, select

    table = model.__table__
    columns = [literal(other[c.name], c.type) if c.name in other else c for c in table.columns]
    codes = [data.code(n) for n in range(data.INDICATORS)]
    copied = select(*columns).where(table.c.ends == month, table.c.indicator.in_(codes))
    session.connection.execute(insert(table).from_select([c.name for c in table.columns], copied))


def _areas(session: Any, count: int) -> list[str]:
    """The ids of `count` communes of the city: the seeded ones, and others made beside them."""
    from sqlalchemy import select
    from sqlmodel import col

    from app.areas.tables import AreaRow, AreaVersion
    from app.db.inserts import insert_rows

    known = list(session.rows(select(*AreaVersion.__table__.columns).order_by(col(AreaVersion.id))))  # type: ignore[attr-defined]
    communes = [dict(row._mapping) for row in known if row.level == "commune"]
    more = [
        communes[0] | {"id": f"b{n:04d}-202501", "code": f"b{n:04d}", "name_vi": f"Xã {n}", "name_en": f"Xã {n}"}
        for n in range(len(communes), count)
    ]
    insert_rows(session.connection, AreaRow, [{"id": row["id"], "code": row["code"]} for row in more])
    insert_rows(session.connection, AreaVersion, [row | {"seq": session.seq()} for row in more])
    return [row["id"] for row in (*communes, *more)]


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
        print(json.dumps(asdict(fill_ours(data.SIZES[sys.argv[1]]))))
