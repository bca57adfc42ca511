"""The IOC's view: how many of what are how far, what they cost, which milestones fall due."""

from collections import Counter
from datetime import date
from typing import Any

from app.initiatives.initiative import KINDS, STATUSES, Initiative, Initiatives, word
from app.initiatives.views import brief

SOON = 90


def summary(known: Initiatives, today: date, lang: str) -> dict[str, Any]:
    """Everything in use, as of `today`."""
    used = [i for i in known if not i.retired]
    milestones = [_milestone(i, today, lang) for i in used if i.kind == "milestone" and i.ends]
    return {
        "today": today,
        "total": len(used),
        "counts": _counts(used, lang),
        "budget_vnd": sum(_counted(i, used, known) for i in used),
        "budget_groups": _groups(used, known, lang),
        "budget_by_status": _by_status(used, known, lang),
        "milestones_due": {state: sum(m["state"] == state for m in milestones) for state in STATES},
        "milestones": sorted(milestones, key=lambda m: (m["ends"], m["code"])),
    }


STATES = ("overdue", "due", "later", "completed", "cancelled")


def _counts(used: list[Initiative], lang: str) -> list[dict[str, Any]]:
    found = Counter((i.kind, i.status) for i in used)
    order = sorted(found, key=lambda pair: ([*KINDS].index(pair[0]), [None, *STATUSES].index(pair[1])))
    return [
        {
            "kind": kind,
            "kind_name": word(KINDS, kind, lang),
            "status": status,
            "status_name": word(STATUSES, status, lang),
            "count": found[kind, status],
        }
        for kind, status in order
    ]


def _members(package: Initiative, used: list[Initiative], known: Initiatives) -> list[Initiative]:
    """What makes up the package's total: everything under it that has a budget and is no package itself."""
    return [i for i in used if i.kind != "package" and i.budget_vnd is not None and package in known.ancestors(i)]


def _counted(i: Initiative, used: list[Initiative], known: Initiatives) -> int:
    """What an initiative adds to a sum: a package nothing, for its members do, unless none of them has a budget."""
    if i.kind == "package" and (_members(i, used, known) or any(a.kind == "package" for a in known.ancestors(i))):
        return 0
    return i.budget_vnd or 0


def _groups(used: list[Initiative], known: Initiatives, lang: str) -> list[dict[str, Any]]:
    """One group for each outermost initiative with money in it; of a package whether its members make up its total."""
    groups: dict[str, list[Initiative]] = {}
    for i in used:
        if i.budget_vnd is not None:
            root = ([i, *known.ancestors(i)])[-1]
            groups.setdefault(root.code, []).append(i)
    return [_group(known, code, inside, used, lang) for code, inside in sorted(groups.items())]


def _group(
    known: Initiatives, code: str, inside: list[Initiative], used: list[Initiative], lang: str
) -> dict[str, Any]:
    root = known.get(code) or inside[0]
    members = [i for i in inside if i.code != code]
    total = sum(_counted(i, used, known) for i in inside)
    stated = root.budget_vnd
    is_package = root.kind == "package"
    return {
        "code": root.code,
        "kind": root.kind,
        "name": root.name(lang),
        "budget_vnd": total,
        "stated_vnd": stated,
        "agrees": total == stated if is_package and stated is not None else None,
        "members": [brief(i, lang) for i in members],
    }


def _by_status(used: list[Initiative], known: Initiatives, lang: str) -> list[dict[str, Any]]:
    sums: dict[str | None, int] = {}
    for i in used:
        counted = _counted(i, used, known)
        if counted:
            sums[i.status] = sums.get(i.status, 0) + counted
    return [
        {"status": s, "status_name": word(STATUSES, s, lang), "budget_vnd": sums[s]}
        for s in [None, *STATUSES]
        if s in sums
    ]


def _milestone(i: Initiative, today: date, lang: str) -> dict[str, Any]:
    days = (i.ends - today).days if i.ends else 0
    return brief(i, lang) | {"target": i.target, "days_left": days, "state": _state_of(i, days)}


def _state_of(i: Initiative, days: int) -> str:
    if i.status in ("completed", "cancelled"):
        return i.status
    if days < 0:
        return "overdue"
    return "due" if days <= SOON else "later"
