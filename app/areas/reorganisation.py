"""A reorganisation as a source gives it: which areas begin, which go where, by which document. Read from files too."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from app.core.errors import refuse
from app.core.places import CITY_CODE

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An area that begins on the day."""

    code: str
    name_vi: str
    name_en: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An area of the day before (id or code) goes to one of the new codes, whole or in part.

    A `share` only where a source gives one, named in its basis.
    """

    old: str
    new: str
    extent: str
    clause: str | None
    share: Decimal | None = None
    share_basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """A predecessor that the data does not hold."""

    code: str
    name_vi: str
    name_en: str
    new: str
    clause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganisation:
    """`city_kind` is what the city becomes on the day: once abolished it goes on as a statistical area."""

    day: date
    document: str
    city: str
    city_kind: str | None
    areas: tuple[Begun, ...]
    links: tuple[Arrow, ...]
    outside: tuple[Outsider, ...]


def shipped(name: str, **where: str) -> Reorganisation:
    """A reorganisation that came with the service, by its day. Raises `unknown-file` at `where`."""
    known = sorted(p.stem.removeprefix("area_changes_") for p in SEEDS.glob("area_changes_????-??-??.csv"))
    if name not in known:
        raise refuse("unknown-file", **where, given=name, expected=", ".join(known))
    return read(SEEDS / f"area_changes_{name}.csv")


def read(path: Path) -> Reorganisation:
    """The reorganisation of an `area_changes_<day>.csv`, with `areas_<day>.csv` and `…_outside.csv` beside it.

    Raises OSError for a file that is not there, KeyError and ValueError for one of another form.
    """
    links = _rows(path)
    sources = {_source(row["legal_basis"])[0] for row in links}
    days = {date.fromisoformat(row["effective_date"]) for row in links}
    if len(sources) != 1 or len(days) != 1:
        raise ValueError(f"{path.name}: one document and one day are wanted")
    day = days.pop()
    beyond = path.with_name(f"{path.stem}_outside.csv")
    return Reorganisation(
        day=day,
        document=sources.pop(),
        city=CITY_CODE,
        city_kind="statistical",
        areas=tuple(
            Begun(code=row["code"], name_vi=row["name"], name_en=row["name_en"], type=row["type"])
            for row in _rows(path.with_name(f"areas_{day}.csv"))
        ),
        links=tuple(
            Arrow(
                old=row["old_code"],
                new=row["new_code"],
                extent=row["share"],
                clause=_source(row["legal_basis"])[1],
            )
            for row in links
        ),
        outside=tuple(
            Outsider(
                code=row["old_code"],
                name_vi=row["old_name_vi"],
                name_en=row["old_name_en"],
                new=row["new_code"],
                clause=_source(row["legal_basis"])[1],
            )
            for row in (_rows(beyond) if beyond.exists() else [])
        ),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _source(basis: str) -> tuple[str, str | None]:
    """`1686/NQ-UBTVQH15 Điều 1 khoản 132` as the document and its clause."""
    document, _, clause = basis.partition(" ")
    return document, clause or None
