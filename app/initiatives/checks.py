"""What an initiative must satisfy beyond types."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from app.core.errors import Fault
from app.initiatives.initiative import Initiative, Initiatives
from app.web.negotiation import nearest


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an initiative refers to, and the day it is looked at."""

    known: Initiatives
    clauses: Collection[str]
    targets: Collection[str]
    today: date


def faults_of(draft: Initiative, around: Surroundings) -> list[Fault]:
    """Everything wrong with `draft` among the others."""
    return [
        *_parent_faults(draft, around.known),
        *_reference_faults(draft, around),
        *_day_faults(draft, around.today),
        *_responsible_faults(draft),
        *_status_faults(draft),
    ]


def _parent_faults(draft: Initiative, known: Initiatives) -> list[Fault]:
    if draft.parent is None:
        return []
    parent = known.get(draft.parent)
    if parent is None or parent.retired:
        hint = nearest(draft.parent, [i.code for i in known if not i.retired])
        return [Fault(code="unknown-parent", pointer="/parent", given=draft.parent, hint=hint)]
    if draft.code in (parent.code, *(i.code for i in known.ancestors(parent))):
        return [Fault(code="parent-cycle", pointer="/parent", given=draft.parent)]
    return []


def _reference_faults(draft: Initiative, around: Surroundings) -> list[Fault]:
    faults: list[Fault] = []
    if draft.clause is not None and draft.clause not in around.clauses:
        faults.append(Fault(code="unknown-clause", pointer="/clause", given=draft.clause))
    if draft.target is not None and draft.target not in around.targets:
        hint = nearest(draft.target, list(around.targets))
        faults.append(Fault(code="unknown-target", pointer="/target", given=draft.target, hint=hint))
    return faults


def _day_faults(draft: Initiative, today: date) -> list[Fault]:
    faults: list[Fault] = []
    if draft.starts and draft.ends and draft.ends < draft.starts:
        faults.append(Fault(code="ends-before-start", pointer="/ends", given=draft.ends, expected=f"≥ {draft.starts}"))
    if draft.status_date and draft.status_date > today:
        faults.append(
            Fault(code="status-in-future", pointer="/status_date", given=draft.status_date, expected=f"≤ {today}")
        )
    return faults


def _responsible_faults(draft: Initiative) -> list[Fault]:
    """A body is named by its code and in both languages, or not at all."""
    members = ("responsible", "responsible_vi", "responsible_en")
    missing = [name for name in members if getattr(draft, name) is None]
    if len(missing) == len(members):
        return []
    return [Fault(code="responsible-incomplete", pointer=f"/{name}") for name in missing]


def _status_faults(draft: Initiative) -> list[Fault]:
    """A day and a note say something about a status; without one there is nothing they could say it about."""
    if draft.status is not None:
        return []
    told = [name for name in ("status_date", "status_note") if getattr(draft, name) is not None]
    return [Fault(code="status-required", pointer="/status", given=getattr(draft, name)) for name in told[:1]]
