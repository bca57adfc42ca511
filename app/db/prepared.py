"""PostgreSQL asked from a thread, by statements that the connection has prepared.

psycopg's own way runs some fifty functions a statement, and gives the interpreter's lock away three times: while reads
are answered it has to be won again each time. Here it is once.

The driver is loaded with this module, so it is imported where there is a PostgreSQL.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

FINE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
# How statements are written for psycopg's lower half: with $1, $2 …
DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class Prepared:
    """One connection; no transaction is begun but by `run`. All raise psycopg.Error."""

    dialect = DIALECT

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._raw = connection.pgconn
        self._values = Transformer(connection)
        self._names: dict[str, bytes] = {}
        self._made = 0

    def forget(self) -> None:
        """What psycopg rolls back it forgets, and lets the server forget all that is prepared."""
        if self._raw.transaction_status != pq.TransactionStatus.IDLE:
            self._names.clear()

    def run(self, sql: bytes) -> list[tuple[Any, ...]]:
        """The rows of the last of some statements without parameters."""
        return self._rows(self._raw.exec_(sql))

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._rows(self._executed(sql, parameters))

    def count(self, sql: str, parameters: Sequence[Any]) -> int:
        """How many rows the statement touched."""
        return self._executed(sql, parameters).command_tuples or 0

    def _executed(self, sql: str, parameters: Sequence[Any]) -> pq.abc.PGresult:
        sent = self._values.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters)) if parameters else None
        name = self._names.get(sql)
        if name is None:
            self._made += 1
            name = b"dxi_%d" % self._made
            self._checked(self._raw.prepare(name, sql.encode()))
            self._names[sql] = name
        return self._checked(self._raw.exec_prepared(name, sent))  # type: ignore[arg-type]

    def _rows(self, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        self._values.set_pgresult(self._checked(result))
        return self._values.load_rows(0, result.ntuples, tuple)

    def _checked(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in FINE:
            return result
        if self._raw.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError(self._raw.get_error_message())
        raise psycopg.errors.error_from_result(result)
