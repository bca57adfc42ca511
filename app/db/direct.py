"""Statements that the driver is given itself: SQLAlchemy's execution costs more than a row by its key does."""

from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select


class Direct:
    """A statement as the driver takes it, and how its rows are read."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        # A list's length is not known before.
        self.possible = not compiled.post_compile_params
        self._given = compiled.params
        self._places: Sequence[str] | None = compiled.positiontup
        columns = statement.selected_columns
        self._row = namedtuple("_row", columns.keys(), rename=True)._make  # type: ignore[attr-defined]
        readers = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
        self._readers = [(place, read) for place, read in enumerate(readers) if read is not None]

    def parameters(self, asked: dict[str, Any]) -> Any:
        whole = {**self._given, **asked}
        return whole if self._places is None else [whole[name] for name in self._places]

    def row(self, told: Sequence[Any]) -> Any:
        values = list(told)
        for place, read in self._readers:
            values[place] = read(values[place])
        return self._row(values)


direct = lru_cache(maxsize=512)(Direct)
