"""The seeds: what the plan says, brought in by the registry's own verbs in the name of `system`.

One transaction, and idempotent: what is there already stays as it is, stewards' changes included; only what is missing
is added. `seeds/README.md` explains the files.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlmodel import col

from app.areas import commands as areas
from app.areas import queries as known_areas
from app.areas.reorganisation import SEEDS
from app.core.clock import SYSTEM_CLOCK, Clock
from app.core.entities import Level
from app.core.screening import Context, screen
from app.db.chain import encode
from app.db.engine import Database
from app.db.session import Ledger, WriteSession
from app.indicators import commands as indicators
from app.indicators import documents, targets
from app.indicators.queries import registry_within
from app.indicators.schemas import IndicatorIn
from app.indicators.tables import ClauseRow, DocumentRow
from app.indicators.target_schemas import TargetIn
from app.initiatives import commands as initiatives
from app.initiatives.schemas import InitiativeIn
from app.observations import queries as observations
from app.submissions import commands as submissions

SYSTEM = "system"


class _Exact(yaml.SafeLoader):
    """YAML whose numbers keep every digit."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_Exact.add_constructor("tag:yaml.org,2002:float", _decimal)
_Exact.add_constructor("tag:yaml.org,2002:int", _decimal)


def read_yaml(path: Path) -> Any:
    """The content of a seed file; every number is a Decimal."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, _Exact)  # noqa: S506  (a SafeLoader)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed_database(
    database: Database, clock: Clock = SYSTEM_CLOCK, *, secret: str | None = None, folder: Path = SEEDS
) -> bool:
    """Bring in whatever of the seeds is missing; True when something was.

    `secret` is the setting of that name: the change log is signed with it, else with the database's own.
    """
    with Ledger.over(database, clock, secret).write(SYSTEM) as session:
        before = session.latest
        _areas(session, folder)
        _documents(session, folder)
        _indicators(session, folder)
        _targets(session, folder)
        _observations(session, folder)
        _initiatives(session, folder)
        return session.latest > before


def _areas(session: WriteSession, folder: Path) -> None:
    known = {area.id for area in known_areas.every_version(session)}
    rows = read_csv(folder / "areas.csv")
    for row in sorted(rows, key=lambda r: r["level"] != "city"):
        valid_from = date.fromisoformat(row["valid_from"])
        if areas.area_id(row["code"], valid_from) not in known:
            areas.create(
                session,
                code=row["code"],
                name_vi=row["name_vi"],
                name_en=row["name_en"],
                level=Level(row["level"]),
                kind=row["kind"],
                type=row["type"],
                parent=row["parent"] or None,
                valid_from=valid_from,
            )


def _documents(session: WriteSession, folder: Path) -> None:
    known = {row.id for row in session.rows(select(col(DocumentRow.id)))}
    rows = read_yaml(folder / "documents.yaml")
    documents.add_documents(session, [_columns(DocumentRow, r) for r in rows if r["id"] not in known])
    known = documents.clause_ids(session)
    rows = read_yaml(folder / "clauses.yaml")
    documents.add_clauses(session, [_columns(ClauseRow, r) for r in rows if r["id"] not in known])


def _columns(table: Any, entry: dict[str, Any]) -> dict[str, Any]:
    return {c.name: entry.get(c.name) for c in table.__table__.columns}


def _indicators(session: WriteSession, folder: Path) -> None:
    entries = read_yaml(folder / "indicators.yaml")
    view = registry_within(session)
    # What weighs others comes first.
    for entry in sorted(entries, key=lambda e: e.get("weight") is not None):
        if view.definition(entry["code"]) is None:
            sent = IndicatorIn.model_validate({n: v for n, v in entry.items() if n in IndicatorIn.model_fields})
            indicators.create(session, sent.definition())


def _targets(session: WriteSession, folder: Path) -> None:
    view = registry_within(session)
    for entry in read_yaml(folder / "targets.yaml"):
        if view.target(entry["id"]) is None:
            sent = TargetIn.model_validate({n: v for n, v in entry.items() if n in TargetIn.model_fields})
            targets.create(session, sent.values())


def _initiatives(session: WriteSession, folder: Path) -> None:
    """A status of the plan is noted in the plan's own words, which give it no day."""
    drafts = []
    for entry in read_yaml(folder / "initiatives.yaml"):
        members = {n: v for n, v in entry.items() if n in InitiativeIn.model_fields}
        members["status_note"] = entry["status_quote"]
        drafts.append(InitiativeIn.model_validate(members).initiative())
    initiatives.add(session, drafts)


def _observations(session: WriteSession, folder: Path) -> None:
    """The city's own figures in the plan, as one submission; a cell that was ever written stays as it is."""
    view = registry_within(session)
    entries = read_yaml(folder / "observations.yaml")
    members = ("indicator", "area", "period", "value", "numerator", "denominator", "qualifier")
    sent = [{name: entry[name] for name in members if name in entry} for entry in entries]
    rows = screen(sent, Context(view=view, today=session.today, own_areas=None))
    for row in rows:
        if row.cell is None:
            raise ValueError(f"observations.yaml, entry {row.index}: {row.errors[0]}")
    cells = [row.cell for row in rows if row.cell]
    known = observations.live(session, cells)
    new = [row for row in rows if row.cell and row.cell.key not in known]
    if new:
        lot = submissions.Sent(
            rows=[],
            area=None,
            period=None,
            note="Số liệu nêu trong kế hoạch (mục B.I.2 và chú thích); kỳ được giả định.",
        )
        stood = [entries[row.index] for row in new]
        sources = [encode({"document": "plan-57", "clause": e["clause"], "quote": e["quote"]}) for e in stood]
        submissions.accept(session, view, lot, new, "vi", sources=sources, period_assumed=True)
