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
    """What probes ask. `schema` is the one this build was made for, `writes_per_minute` a key's limit (0: none)."""

    ledger: Ledger
    require_durable: bool
    version: str
    build: str
    schema: str
    writes_per_minute: int

    def ready(self) -> dict[str, Any]:
        """What was looked at. Raises `not-ready` (503), naming everything that stands in the way.

        With a replica that can be reached, a service whose primary is away is ready to be read.
        """
        faults, newest = self._obstacles()
        replica = self._replica(newest)
        alone = newest is None and replica is not None and replica["reachable"]
        if faults and not alone:
            raise Problem("not-ready", *faults, headers={"Retry-After": "2"})
        status = "read-only" if alone else "ready"
        return {"status": status, "schema": self.schema, "durable": self.require_durable, "replica": replica}

    def _obstacles(self) -> tuple[list[Fault], int | None]:
        """What stands in the way, and the newest seq; None while the database is away."""
        database = self.ledger.database
        try:
            with self.ledger.read() as session:
                newest = session.point.seq
                at = migrate.current(database)
                unsafe = database.unsafe_settings() if self.require_durable else []
        except Problem as problem:
            return [Fault(code=problem.code)], None
        faults = [Fault(code="settings-not-durable", given=f"{name} = off", expected="on") for name in unsafe]
        if at != self.schema:
            faults.append(Fault(code="schema-mismatch", given=at, expected=self.schema, hint="dxi migrate"))
        return faults, newest

    def _replica(self, newest: int | None) -> dict[str, Any] | None:
        """Where the replica stands, and by how many seqs it is behind; None without one."""
        if self.ledger.replica is None:
            return None
        seq = self.ledger.replica.seq()
        behind = None if seq is None or newest is None else max(0, newest - seq)
        return {"reachable": seq is not None, "seq": seq, "behind": behind}

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
                "writes_per_minute": self.writes_per_minute,
            },
            "epoch": point.epoch,
            "seq": point.seq,
        }
