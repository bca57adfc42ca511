"""Areas as clients and the log see them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.core.entities import Area, Link
from app.core.registry import View


def state(area: Area) -> dict[str, Any]:
    """Everything known of a place in one version."""
    return {
        "id": area.id,
        "code": area.code,
        "name_vi": area.name_vi,
        "name_en": area.name_en,
        "level": area.level.value,
        "kind": area.kind,
        "type": area.type,
        "parent": area.parent,
        "valid_from": area.valid_from,
        "valid_to": area.valid_to,
        "effective": area.effective,
        "version": area.version,
        "seq": area.seq,
    }


def row(area: Area, lang: str) -> dict[str, Any]:
    """The place as one of a list: its name in the asked language only."""
    shown = {"id": area.id, "name": area.name(lang), **state(area)}
    del shown["name_vi"], shown["name_en"]
    return shown


def single(area: Area, versions: Sequence[Area], lang: str) -> dict[str, Any]:
    return {"id": area.id, "name": area.name(lang), **state(area), "versions": [state(v) for v in versions]}


def arrow(view: View, link: Link, lang: str | None = None) -> dict[str, Any]:
    """One link old → new with the names of both; with `lang` their names in that language only."""
    old, new = view.area(link.old) if not link.outside else None, view.area(link.new)
    names = [
        (old.name_vi, old.name_en) if old else (link.old_name_vi or link.old, link.old_name_en or link.old),
        (new.name_vi, new.name_en) if new else (link.new, link.new),
    ]
    which = 1 if lang == "en" else 0
    return {
        "old": link.old,
        "old_name": names[0][which],
        "new": link.new,
        "new_name": names[1][which],
        "extent": link.extent,
        "share": link.share,
        "share_basis": link.share_basis,
        "outside": link.outside,
        "day": link.day,
        "document": link.document,
        "clause": link.clause,
        "seq": link.seq,
    }


def change(view: View, day: date, lang: str | None = None) -> dict[str, Any]:
    """The area change of a day: what ended, what began, and every link."""
    links = view.links(day)
    return {
        "id": day.isoformat(),
        "day": day,
        "document": links[0].document,
        "ends": sorted({link.old for link in links if not link.outside}),
        "begins": sorted({link.new for link in links}),
        "links": [arrow(view, link, lang) for link in links],
        "seq": max(link.seq for link in links),
    }
