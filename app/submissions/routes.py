"""`/submissions`: wards send, and look up what became of it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app.access.callers import Holder, Submitter
from app.core.periods import parse_at
from app.submissions import commands, queries
from app.submissions.schemas import SubmissionIn, SubmissionList, SubmissionView, Validation
from app.web import idempotency, paging
from app.web.answers import PREFIX, Reply, answer
from app.web.idempotency import IdempotencyKey
from app.web.openapi import documented
from app.web.paging import Page
from app.web.routing import Route
from app.web.sessions import Lang, Reads, Writes

router = APIRouter(prefix="/submissions", tags=["submissions"], route_class=Route)


@router.post(
    "",
    **documented(
        SubmissionView,
        "submission-rejected",
        "no-rows",
        "too-many-rows",
        status=201,
        responses={200: {"model": Validation}},
    ),
)
def submit(
    request: Request,
    reads: Reads,
    writes: Writes,
    caller: Submitter,
    sent: SubmissionIn,
    lang: Lang,
    mode: Annotated[
        Literal["commit", "validate"], Query(description="`validate` answers 200 and stores nothing.")
    ] = "commit",
    on_error: Annotated[
        Literal["reject_all", "accept_valid"], Query(description="`accept_valid` stores the good rows of a mixed lot.")
    ] = "reject_all",
    key: IdempotencyKey = None,
) -> Response:
    """Send figures; either every row is stored or none is.

    Equal values make no new revision. With `Idempotency-Key` a retry gets the very answer of the first try, for seven
    days.
    A refused lot answers 422 with one entry a bad row, and nothing of it is stored.
    """
    lot = commands.Sent(rows=sent.rows, area=sent.area, period=sent.period, note=sent.note)
    if mode == "validate":
        with reads() as session:
            return answer(session, commands.validate(session, caller, lot, lang))

    with writes(caller.id) as session:

        def run() -> Reply:
            receipt = commands.submit(session, caller, lot, on_error, lang)
            location = {"Location": f"{PREFIX}/submissions/{receipt['id']}"}
            return answer(session, receipt, status=201, headers=location)

        return idempotency.once(session, request, key, run)


@router.get("", **documented(SubmissionList, "unknown-sort-key", hidden=("sort",)))
def list_submissions(
    reads: Reads,
    caller: Holder,
    page: Page,
    _lang: Lang,
    area: Annotated[list[str] | None, Query(description="Only of these areas (ids).")] = None,
    period: Annotated[list[str] | None, Query(description="Only of these periods.", examples=["2025-03"])] = None,
) -> Response:
    """Receipts, the newest first: a ward's key sees its own, reviewers and stewards see all."""
    paging.check_sort(page, [], ())
    periods = [str(parse_at(p, parameter="period")) for p in period or ()]
    opened, at = reads.page(page)
    with opened as session:
        before = int(at.key[0]) if at else None
        rows = queries.listed(session, caller, area=area or (), period=periods, before=before, limit=page.limit)
        shown = rows[: page.limit]
        following = None
        if len(rows) > page.limit:
            following = paging.cursor_at(page, reads.secret, paging.Position(session.as_of, [shown[-1].seq]))
        total = queries.count(session, caller, area=area or (), period=periods) if page.count else None
        data = paging.trimmed([queries.shown(row) for row in shown], page.fields, queries.FIELDS)
        return answer(session, paging.listed(data, seq=session.as_of, next=following, count=total))


@router.get("/{submission}", **documented(SubmissionView, "submission-not-found"))
def get_submission(
    reads: Reads, caller: Holder, _lang: Lang, submission: Annotated[str, Path(description="The receipt's id")]
) -> Response:
    """One receipt with what became of each row; another ward's does not exist."""
    with reads() as session:
        return answer(session, queries.one(session, caller, submission))
