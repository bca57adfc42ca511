"""Whether this process can serve, and what it is."""

import hashlib
import platform
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.core.errors import Fault, Problem
from app.db import migrate
from app.db.session import Ledger
from app.submissions.commands import MAX_ROWS
from app.web.decoding import MAX_DEPTH
from app.web.edge import MAX_BODY
from app.web.paging import MAX_LIMIT

PACKAGE = Path(__file__).resolve().parents[1]


@lru_cache
def build_of(version: str) -> str:
    """`version` and a digest of the code: two builds never share a tag, even when nobody raised the version."""
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{version}+{digest.hexdigest()}"


@dataclass(frozen=True)
class Health:
    """What probes ask. `schema` is the one this build was made for."""

    ledger: Ledger
    require_durable: bool
    version: str
    build: str
    schema: str

    def ready(self) -> dict[str, Any]:
        """What was looked at. Raises `not-ready` (503), naming everything that stands in the way."""
        faults = self._obstacles()
        if faults:
            raise Problem("not-ready", *faults, headers={"Retry-After": "2"})
        return {"status": "ready", "schema": self.schema, "durable": self.require_durable}

    def _obstacles(self) -> list[Fault]:
        database = self.ledger.database
        try:
            with self.ledger.read():
                at = migrate.current(database)
                unsafe = database.unsafe_settings() if self.require_durable else []
        except Problem as problem:
            return [Fault(code=problem.code)]
        faults = [Fault(code="settings-not-durable", given=f"{name} = off", expected="on") for name in unsafe]
        if at != self.schema:
            faults.append(Fault(code="schema-mismatch", given=at, expected=self.schema, hint="dxi migrate"))
        return faults

    def about(self) -> dict[str, Any]:
        """Versions and limits. Raises `database-unavailable`."""
        with self.ledger.read() as session:
            database, point = self.ledger.database.version(), session.point
        return {
            "name": "dxi",
            "version": self.version,
            "build": self.build,
            "schema": self.schema,
            "database": database,
            "python": platform.python_version(),
            "limits": {
                "body_bytes": MAX_BODY,
                "json_depth": MAX_DEPTH,
                "rows_per_submission": MAX_ROWS,
                "rows_per_page": MAX_LIMIT,
            },
            "epoch": point.epoch,
            "seq": point.seq,
        }
