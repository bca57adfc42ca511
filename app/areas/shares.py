"""Verbs of shares: how much of a divided area came over, entered with its basis, and withdrawn.

A share is known from its `seq` on: estimates before it stay as they were, `as_of` shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from app.areas import views
from app.areas.change_commands import store_links, within
from app.core.entities import Link
from app.core.errors import Fault, Problem, refuse
from app.core.places import resolve_area
from app.core.registry import View
from app.core.succession import is_share, unbalanced
from app.db.session import WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of `old` went to `new`, and what says so; both are ids or codes."""

    old: str
    new: str
    share: Decimal
    basis: str


def divided(view: View, day: date) -> list[Link]:
    """The links of a change by which a part of an area came over."""
    return [link for link in view.links(day) if link.extent == "part"]


def enter(session: WriteSession, view: View, day: date, sent: Sequence[Share]) -> View:
    """Enter shares of a change, or put others in their place; equal ones change nothing.

    `view` is that of a session that has locked every area (`change_commands.alone`). Raises `invalid-body` with
    everything that does not fit.
    """
    found, faults = _found(view, day, sent)
    if not faults:
        faults = _unbalanced(divided(view, day), found)
    if faults:
        raise Problem("invalid-body", *faults)
    known = {(k.old, k.new): (k.share, k.share_basis) for k in view.links(day)}
    new = [k for k in found if known[k.old, k.new] != (k.share, k.share_basis)]
    return _store(session, view, day, "area_change.shares_entered", new)


def withdraw(session: WriteSession, view: View, day: date, old: str) -> View:
    """Take back the shares of one divided area, as `enter` does. Raises `share-not-found`."""
    place = next((k.old for k in divided(view, day) if old in (k.old, k.old.partition("-")[0])), old)
    links = [k for k in divided(view, day) if k.old == place and k.share is not None]
    if not links:
        raise refuse("share-not-found", parameter="old", given=old)
    bare = [replace(k, share=None, share_basis=None) for k in links]
    return _store(session, view, day, "area_change.shares_withdrawn", bare)


def _store(session: WriteSession, view: View, day: date, verb: str, links: Sequence[Link]) -> View:
    if not links:
        return view
    store_links(session, links)
    after = within(session)
    before, now = views.change(view, day), views.change(after, day)
    session.record(verb, day.isoformat(), now, before=before, public=True, registry=True)
    return after


def _found(view: View, day: date, sent: Sequence[Share]) -> tuple[list[Link], list[Fault]]:
    """The links that are meant, with their shares."""
    parts = {(k.old, k.new): k for k in divided(view, day)}
    known = ", ".join(f"{old} → {new}" for old, new in parts)
    found: list[Link] = []
    faults: list[Fault] = []
    for index, share in enumerate(sent):
        place = f"/shares/{index}"
        try:
            old = resolve_area(view, share.old, day - timedelta(days=1), pointer=f"{place}/old")
            new = resolve_area(view, share.new, day, pointer=f"{place}/new")
        except Problem as problem:
            faults += problem.faults
            continue
        link = parts.get((old.id, new.id))
        if link is None:
            given = f"{share.old} → {share.new}"
            faults.append(Fault(code="link-not-in-part", pointer=place, given=given, expected=known))
        elif any((k.old, k.new) == (link.old, link.new) for k in found):
            faults.append(Fault(code="link-contradicts", pointer=place, given=f"{old.id} → {new.id}"))
        elif not is_share(share.share):
            faults.append(Fault(code="share-out-of-range", pointer=f"{place}/share", given=share.share))
        else:
            found.append(replace(link, share=share.share, share_basis=share.basis))
    return found, faults


def _unbalanced(parts: Sequence[Link], found: Sequence[Link]) -> list[Fault]:
    """The old areas whose shares would not add up."""
    now = {(k.old, k.new): k for k in (*parts, *found)}
    places = {k.old: index for index, k in reversed([*enumerate(found)])}
    return [
        Fault(code="shares-contradict", pointer=f"/shares/{places[old]}", given=old, expected=expected)
        for old, expected in unbalanced(now.values()).items()
        if old in places
    ]
