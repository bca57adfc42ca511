"""`/changes`: the feed that mirrors read."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import audit
from app.access.callers import Anyone
from app.changes import queries
from app.changes.schemas import ChangeList
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import DEFAULT_LIMIT, MAX_LIMIT, listed
from app.web.routing import Route
from app.web.sessions import Lang, Reads

router = APIRouter(prefix="/changes", tags=["changes"], route_class=Route)


@router.get("", **documented(ChangeList, "invalid-parameter", "feed-cursor-gone"))
def list_changes(
    reads: Reads,
    caller: Anyone,
    _lang: Lang,
    after: Annotated[int, Query(ge=0, le=2**53, description="The seq of the last change you have.", examples=[0])] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="About how many changes.")] = DEFAULT_LIMIT,
    type: Annotated[list[str] | None, Query(description="Only changes of these types.")] = None,
    area: Annotated[list[str] | None, Query(description="Only changes of these areas (ids).")] = None,
) -> Response:
    """Every change once, oldest first.

    Ask again with `after` = `next` until it is null, later with the last seq you saw. The changes of one transaction
    share its seq and always come in one page. Anonymous callers get registry, area, observation and target changes
    without their actor; keys with `review`, `steward` or `admin` get everything, with actor and the state before.
    """
    with reads() as session:
        audit.check_types(session, type or ())
        data, following = queries.feed(session, after, limit, types=type, areas=area, everything=caller.sees_all)
        return answer(session, listed(data, seq=session.point.seq, next=following))
