"""`/area-changes/{id}/shares`: how much of each divided area came over, for stewards to enter and withdraw."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from app.access.callers import Anyone, Steward
from app.areas import change_commands, queries, shares, views
from app.areas.change_routes import ChangeId, the_day
from app.areas.change_schemas import LinkView
from app.areas.share_schemas import ShareList, SharesHeld, SharesIn
from app.core.registry import View
from app.web.answers import answer
from app.web.conditional import IfMatch, IfMatchIfSent, require_match
from app.web.openapi import documented
from app.web.paging import Fields, unpaged
from app.web.routing import Route
from app.web.sessions import AsOf, Lang, Reads, Writes

router = APIRouter(prefix="/area-changes/{id}/shares", tags=["areas"], route_class=Route)

_USUAL = ("area-change-not-found",)


@router.get("", **documented(ShareList, *_USUAL))
def list_shares(
    reads: Reads, _caller: Anyone, lang: Lang, as_of: AsOf, id: ChangeId, fields: Fields = None
) -> Response:
    """Every part of every divided area, with its share and basis where somebody entered them."""
    with reads(as_of) as session:
        view = queries.places(session)
        day = the_day(view, id)
        shown = _shown(view, day, lang, session.as_of, fields)
        return answer(session, shown, revision=_revision(view, day))


@router.post("", **documented(SharesHeld, *_USUAL))
def enter_shares(
    writes: Writes, caller: Steward, lang: Lang, id: ChangeId, sent: SharesIn, if_match: IfMatchIfSent = None
) -> Response:
    """Enter shares with their basis, or put others in their place: old figures become estimates on the new map.

    The shares of one old area add up to 1 exactly once all its parts have one, and to less before. `If-Match` is
    looked at when it is sent. Equal shares change nothing; no stored figure ever changes.
    """
    with writes(caller.id) as session:
        known = change_commands.alone(session)
        day = the_day(known, id)
        if if_match is not None:
            require_match(if_match, _revision(known, day))
        view = shares.enter(session, known, day, [one.share_of() for one in sent.shares])
        return answer(session, _shown(view, day, lang, session.latest), revision=_revision(view, day))


@router.delete(
    "/{old}",
    **documented(SharesHeld, *_USUAL, "share-not-found"),
)
def withdraw_shares(
    writes: Writes,
    caller: Steward,
    lang: Lang,
    id: ChangeId,
    old: Annotated[str, Path(description="The divided area, by id or code.", examples=["14758-202501"])],
    if_match: IfMatch = None,
) -> Response:
    """Withdraw the shares of one divided area: its figures are not comparable again, as of now."""
    with writes(caller.id) as session:
        known = change_commands.alone(session)
        day = the_day(known, id)
        require_match(if_match, _revision(known, day))
        view = shares.withdraw(session, known, day, old)
        return answer(session, _shown(view, day, lang, session.latest), revision=_revision(view, day))


def _revision(view: View, day: date) -> int:
    return max(link.seq for link in view.links(day))


def _shown(view: View, day: date, lang: str, seq: int, fields: str | None = None) -> dict[str, Any]:
    rows = [views.arrow(view, link, lang) for link in shares.divided(view, day)]
    return unpaged(rows, fields, tuple(LinkView.model_fields), seq=seq)
