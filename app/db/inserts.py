"""Rows into tables, many at a time."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Date, Dialect, TextClause, text

from app.db.engine import driver_of, execute
from app.db.types import ExactDecimal, UTCInstant

# Rows a statement: enough for a ward's lot, and few enough statements to stay prepared.
_ROWS = 50


def insert_rows(connection: Connection, table: Any, rows: Sequence[dict[str, Any]], *, on_conflict: str = "") -> None:
    """Insert all rows with few statements that hardly vary; `on_conflict` is what else to do with those that are there.

    `executemany` in a thread starves under the interpreter's lock, and SQLAlchemy compiles a VALUES list anew for each
    length. On PostgreSQL the rows travel as one JSON parameter.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            sql, columns = _values(table, len(some))
            # SQLAlchemy would look at each of the parameters.
            driver_of(connection).execute(
                sql + on_conflict, [write(row[name]) for row in some for name, write in columns]
            )
        return
    # What the table has no column for is passed over there.
    sent = msgspec.json.encode(rows).decode()
    execute(connection, _recordset(table, on_conflict, connection.dialect), {"rows": sent})


def _plain(value: Any) -> Any:
    # A whole number of a seed is a decimal too; SQLite takes digits for its column's type.
    return format(value, "f") if isinstance(value, Decimal) else value


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


@lru_cache(maxsize=256)
def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


_WRITERS: dict[type, Callable[[Any], Any]] = {ExactDecimal: _decimal, UTCInstant: _instant, Date: _day}


@lru_cache(maxsize=512)
def _values(table: Any, count: int) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    """The statement for so many rows, and the columns with how SQLite is given a value of each."""
    columns = [(c.name, _WRITERS.get(type(c.type), _plain)) for c in table.__table__.columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    row = f"({', '.join('?' * len(columns))})"
    return f'INSERT INTO "{table.__table__.name}" ({names}) VALUES {", ".join([row] * count)}', columns


@lru_cache(maxsize=64)
def _recordset(table: Any, on_conflict: str, dialect: Dialect) -> TextClause:
    described = table.__table__
    names = ", ".join(f'"{c.name}"' for c in described.columns)
    typed = ", ".join(f'"{c.name}" {c.type.compile(dialect=dialect)}' for c in described.columns)
    return text(
        f'INSERT INTO "{described.name}" ({names}) SELECT {names}'
        f" FROM json_to_recordset(CAST(:rows AS json)) AS sent ({typed}){on_conflict}"
    )
