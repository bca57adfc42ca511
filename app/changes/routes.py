"""`/changes`: the feed that mirrors read, in pages and as a stream."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from app.access import audit
from app.access.callers import Anyone, Caller
from app.changes import places, queries
from app.changes.places import After, Cursor, Place
from app.changes.schemas import EVERYTHING, PUBLIC, ChangeList
from app.changes.stream import EventStream, Reading
from app.core.errors import Problem
from app.db.session import ReadSession
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import DEFAULT_LIMIT, MAX_LIMIT, Fields, listed, names_in, trimmed
from app.web.routing import Route
from app.web.sessions import Lang, Reads

router = APIRouter(prefix="/changes", tags=["changes"], route_class=Route)

Types = Annotated[list[str] | None, Query(description="Only changes of these types.", examples=["observation.created"])]
Areas = Annotated[
    list[str] | None,
    Query(description="Only changes of these areas: ids, or codes for every place that ever had it."),
]
_EVENTS = """retry: 2000

id: 57
event: observation.created
data: {"seq":57,"at":"2026-11-22T03:00:00Z","type":"observation.created","subject":"…","actor":null,"data":{}}

"""


@router.get("", **documented(ChangeList, "unknown-area", "feed-cursor-gone"))
def list_changes(
    reads: Reads,
    caller: Anyone,
    _lang: Lang,
    after: After = "0",
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="About how many changes.")] = DEFAULT_LIMIT,
    type: Types = None,
    area: Areas = None,
    fields: Fields = None,
) -> Response:
    """Every change once, oldest first; withdrawals and retirements are changes like any other.

    Ask again with `cursor` = `next` until that is null, and later with the last `cursor`; or with `after` = the last
    seq you saw, which cannot notice that the database was restored. The changes of one transaction share its seq and
    always come in one page. Anonymous callers get registry, area, observation and target changes without their actor;
    keys with `review`, `steward` or `admin` get everything, with actor and the state before.
    """
    with reads() as session:
        place = places.place_of(reads.secret, after=after, cursor=cursor)
        places.check(session, place)
        wanted = _filter(session, caller, type, area)
        rows, following = queries.feed(session, place.seq, limit, wanted)
        data = trimmed(rows, names_in(fields), EVERYTHING if wanted.everything else PUBLIC)
        end = following or (session.point.seq, session.point.at)
        here = places.cursor_of(session.point.epoch, *end, reads.secret)
        page = listed(data, seq=session.point.seq, next=here if following else None)
        return answer(session, {**page, "cursor": here})


@router.get(
    "/stream",
    response_class=EventStream,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EVENTS}}}},
    **documented(None, "unknown-area", "too-many-streams"),
)
def stream_changes(
    request: Request,
    reads: Reads,
    caller: Anyone,
    _lang: Lang,
    after: After = None,
    cursor: Cursor = None,
    type: Types = None,
    area: Areas = None,
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            max_length=200,
            description="Sent by a browser that comes back: the last id it has.",
            examples=["1"],
        ),
    ] = None,
) -> Response:
    """The feed as server-sent events, as it happens.

    It goes on after the furthest of `after`, `cursor` and `Last-Event-ID`; without any of them it begins now. Each
    change is an event of its type, with the change as data. Of the events of one transaction only the last has an
    `id`, its seq, so that nobody resumes inside a transaction: until an id has come, keep what came apart. An event
    `reset` says that your place is not in this log, mostly after a restore: throw your copy away, the whole log
    follows; with `cursor` in the address a restore is noticed always. A comment comes every 15 seconds. Whoever does
    not read for 30 seconds is cut off, and a key that is revoked ends its streams.
    """
    place = _place(reads.secret, after, cursor, last_event_id)
    with reads() as session:
        wanted = _filter(session, caller, type, area)
    state, authorization = request.app.state, request.headers.get("authorization")
    reading = Reading(state.tail, wanted, place, lambda point: state.gate.identify(authorization, point), reads.secret)
    return EventStream(reading, state.metrics.on_dropped_stream)


def _filter(session: ReadSession, caller: Caller, types: list[str] | None, areas: list[str] | None) -> queries.Filter:
    audit.check_types(session, types or ())
    ids = queries.area_ids(session, areas or (), parameter="area")
    return queries.Filter(frozenset(types or ()), ids, caller.sees_all)


def _place(secret: bytes, after: str | None, cursor: str | None, last_event_id: str | None) -> Place | None:
    if after is None and cursor is None and not last_event_id:
        return None
    place = places.place_of(secret, after=after, cursor=cursor)
    if not last_event_id:
        return place
    try:
        last = places.place_of(secret, after=last_event_id)
    except Problem:
        # An id that was never ours: as of a log that is gone.
        return Place(place.seq, "")
    return last.furthest(place)
