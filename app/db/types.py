"""Column types that lose nothing: exact decimals and UTC instants, the same on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.core.numbers import EXACT


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# The rows of one change share their instant.
@lru_cache(maxsize=4096)
def instant_of(text: str) -> datetime:
    """The instant that SQLite keeps as this text."""
    return datetime.fromisoformat(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)


def _in_utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


def exact_sum(one: str, other: str) -> str:
    """The sum of two decimals as SQLite keeps them; its own would go through a binary float."""
    return format(EXACT.add(Decimal(one), Decimal(other)), "f")


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept digit for digit: NUMERIC on PostgreSQL, plain-notation text on SQLite.

    SQLite's own NUMERIC goes through a binary float, and 28 digits do not fit a scaled integer.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(64))
        return dialect.type_descriptor(Numeric(asdecimal=True))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None] | None:
        # Without SQLAlchemy's function around it, which costs as much again; psycopg gives decimals as they are.
        return _decimal if dialect.name == "sqlite" else None


class UTCInstant(TypeDecorator[datetime]):
    """An instant in UTC to the microsecond: timestamptz on PostgreSQL, sortable ISO 8601 text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its offset")
        instant = value.astimezone(UTC)
        return instant.isoformat(timespec="microseconds") if dialect.name == "sqlite" else instant

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _instant if dialect.name == "sqlite" else _in_utc


class CodeText(TypeDecorator[str]):
    """A code that lists are sorted by: byte order on every server, whatever its locale."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(collation="C" if dialect.name == "postgresql" else None))
