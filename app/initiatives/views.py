"""Initiatives as clients and the log see them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.core.clock import rfc3339
from app.core.places import folded
from app.initiatives.initiative import KINDS, STATUSES, Initiative, Initiatives, word

_BILINGUAL = ("name_vi", "name_en", "responsible_vi", "responsible_en", "note_vi", "note_en")


def state(i: Initiative) -> dict[str, Any]:
    """One version, complete."""
    return asdict(i) | {"flags": list(i.flags)}


def version(i: Initiative, lang: str) -> dict[str, Any]:
    """One version with the words of the asked language beside those of both."""
    english = lang == "en"
    return state(i) | {
        "name": i.name(lang),
        "kind_name": word(KINDS, i.kind, lang),
        "status_name": word(STATUSES, i.status, lang),
        "responsible_name": i.responsible_en if english else i.responsible_vi,
        "note": i.note_en if english else i.note_vi,
    }


def row(i: Initiative, lang: str) -> dict[str, Any]:
    """The initiative as one of a list: in the asked language only."""
    return {name: value for name, value in version(i, lang).items() if name not in _BILINGUAL}


def brief(i: Initiative, lang: str) -> dict[str, Any]:
    return {name: value for name, value in row(i, lang).items() if name in BRIEF}


BRIEF = ("code", "kind", "name", "budget_vnd", "status", "status_name", "ends")


def single(
    i: Initiative, known: Initiatives, clause: Mapping[str, Any] | None, at: Mapping[int, datetime], lang: str
) -> dict[str, Any]:
    """The initiative with what it belongs to, the clause's words and every status it has had."""
    parent = known.get(i.parent) if i.parent else None
    return version(i, lang) | {
        "parent_name": parent.name(lang) if parent else None,
        "children": [brief(child, lang) for child in known.children(i.code)],
        "document": clause["document"] if clause else None,
        "clause_text": clause["text"] if clause else None,
        "status_history": history(known.statuses(i.code), at, lang),
    }


def history(versions: Sequence[Initiative], at: Mapping[int, datetime], lang: str) -> list[dict[str, Any]]:
    """Each status with the day it is of, its note and when it was noted; never by whom."""
    return [
        {
            "status": v.status,
            "status_name": word(STATUSES, v.status, lang),
            "date": v.status_date,
            "note": v.status_note,
            "version": v.version,
            "seq": v.seq,
            "at": rfc3339(at[v.seq]),
        }
        for v in versions
    ]


def text(i: Initiative) -> str:
    """What a search looks into."""
    said = (i.code, i.name_vi, i.name_en, i.quote, i.responsible_vi, i.responsible_en, i.note_vi, i.note_en)
    return folded(" | ".join(t for t in said if t))
