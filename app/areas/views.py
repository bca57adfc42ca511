"""Areas as clients and the log see them."""

from collections.abc import Sequence
from typing import Any

from app.core.registry import Area


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
