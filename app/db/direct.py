"""Statements that the driver is given itself: SQLAlchemy's execution costs more than a row by its key does."""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Dialect, Select, TextClause, TextualSelect

# What is asked: a text that names no columns gives rows as the driver does.
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | TextualSelect | TextClause


class Direct:
    """A statement as the driver takes it, and how its rows are read."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        # A list's length is not known before.
        self.possible = not compiled.post_compile_params
        self._given = compiled.params
        self._places: Sequence[str] | None = compiled.positiontup
        bound: dict[BindParameter[Any], str] = compiled.bind_names
        writers = [(name, each.type.dialect_impl(dialect).bind_processor(dialect)) for each, name in bound.items()]
        self._writers = [(name, write) for name, write in writers if write is not None]
        self._named = not isinstance(statement, TextClause)
        if isinstance(statement, TextClause):
            return
        columns = statement.selected_columns
        kind: Any = namedtuple("_row", columns.keys(), rename=True)  # type: ignore[misc]
        self._row = partial(tuple.__new__, kind)
        readers = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
        self._readers = [(place, read) for place, read in enumerate(readers) if read is not None]

    def parameters(self, asked: dict[str, Any]) -> Any:
        whole = {**self._given, **asked}
        for name, write in self._writers:
            whole[name] = write(whole[name])
        return whole if self._places is None else [whole[name] for name in self._places]

    def rows(self, told: Sequence[Sequence[Any]]) -> list[Any]:
        """The driver's rows as the statement's: column by column, for a row at a time takes twice as long.

        For one row alone the columns take longer.
        """
        if not self._named:
            return [*told]
        if len(told) == 1:
            row = [*told[0]]
            for place, read in self._readers:
                row[place] = read(row[place])
            return [self._row(row)]
        columns: list[Iterable[Any]] = [*zip(*told, strict=True)]
        for place, read in self._readers if columns else ():
            columns[place] = map(read, columns[place])
        return [*map(self._row, zip(*columns, strict=True))]


direct = lru_cache(maxsize=512)(Direct)
