"""`/keys`, `/me`, `/audit`: who may do what, who is asking, who did what."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from app.access import audit, commands, queries
from app.access.callers import SCOPES, Admin, Holder
from app.access.queries import KeyRecord
from app.access.schemas import KEY_ID, AuditEntry, AuditList, KeyIssued, KeyList, KeySent, KeyView, Me, Verification
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.web.answers import PREFIX, answer, unnumbered
from app.web.openapi import documented
from app.web.paging import DEFAULT_LIMIT, MAX_LIMIT, Fields, Page, listed, names_in, page_of, trimmed
from app.web.routing import Route
from app.web.sessions import Lang, Reads, Writes

router = APIRouter(tags=["access"], route_class=Route)

SORT = ("id", "name", "created_at", "expires", "revoked_at", "seq")
FIELDS = tuple(KeyView.model_fields)
NO_STORE = {"Cache-Control": "no-store"}

Id = Annotated[str, Path(description="The public part of the key.", examples=[KEY_ID])]


def _view(record: KeyRecord) -> dict[str, Any]:
    return {**commands.state(record), "seq": record.seq}


@router.post(
    "/keys",
    **documented(KeyIssued, "unknown-area", "area-code-ambiguous", status=201),
)
def create_key(writes: Writes, caller: Admin, sent: KeySent) -> Response:
    """Issue a key; the answer holds it, once.

    Only a digest of its secret is stored, so nobody can show it again: when it is lost, issue another and revoke it.
    `submit` is bound to `areas`, which may be given by id or by code (the place of today); it needs some, unless
    `admin` is among the scopes. A key never changes: to rotate one, issue the next, hand it over, revoke the first.
    """
    with writes(caller.id) as session:
        record, token = commands.create(
            session, name=sent.name, scopes=sent.scopes, areas=sent.areas, expires=sent.expires
        )
        shown = {**_view(record), "key": token}
        headers = {"Location": f"{PREFIX}/keys/{record.id}", **NO_STORE}
    return answer(session, shown, status=201, revision=1, headers=headers)


@router.get("/keys", **documented(KeyList, "missing-scope"))
def list_keys(reads: Reads, caller: Admin, page: Page, _lang: Lang) -> Response:
    """Every key ever issued, revoked ones included; never a secret.

    Ordered by id; `sort` takes id, name, created_at, expires, revoked_at and seq.
    """
    opened, _ = reads.page(page)
    with opened as session:
        rows = [_view(record) for record in queries.keys(session)]
        shown = page_of(rows, page, secret=reads.secret, seq=session.as_of, sort_keys=SORT, default="id", fields=FIELDS)
        return answer(session, shown)


@router.get("/keys/{id}", **documented(KeyView, "missing-scope", "not-found"))
def show_key(reads: Reads, caller: Admin, _lang: Lang, id: Id) -> Response:
    """One key, without its secret."""
    with reads() as session:
        record = queries.key(session, id)
        if record is None:
            raise refuse("not-found", parameter="id", given=id)
        return answer(session, _view(record), revision=1 if record.revoked_at is None else 2)


@router.delete("/keys/{id}", **documented(KeyView, "not-found"))
def revoke_key(writes: Writes, caller: Admin, id: Id) -> Response:
    """End a key at once, in every process; it stays in the list with the time of its end.

    Revoking it again changes nothing. No `If-Match` is needed: nothing that happened since could be a reason not to.
    """
    with writes(caller.id) as session:
        record = commands.revoke(session, id)
    return answer(session, _view(record), revision=2)


@router.get("/me", **documented(Me))
def show_me(reads: Reads, caller: Holder, _lang: Lang) -> Response:
    """Whose key this is, and what it may do."""
    with reads() as session:
        shown = {
            "id": caller.id,
            "name": caller.name,
            "scopes": [scope for scope in SCOPES if scope in caller.scopes],
            "areas": caller.areas,
            "expires": None if caller.expires is None else rfc3339(caller.expires),
        }
        return answer(session, shown)


@router.get("/audit", **documented(AuditList, "missing-scope", "feed-cursor-gone"))
def list_audit(
    reads: Reads,
    caller: Admin,
    _lang: Lang,
    after: Annotated[int, Query(ge=0, le=2**53, description="The seq of the last entry you have.", examples=[0])] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="About how many entries.")] = DEFAULT_LIMIT,
    type: Annotated[list[str] | None, Query(description="Only changes of these types.")] = None,
    actor: Annotated[list[str] | None, Query(description="Only what these keys did (ids).")] = None,
    subject: Annotated[list[str] | None, Query(description="Only what happened to these things.")] = None,
    fields: Fields = None,
) -> Response:
    """Who did what, when: the whole log, oldest first, with the state before and after.

    The entries of one transaction share a seq and always come in one page. `digest` chains each entry to the one
    before; keep the newest seq and digest somewhere else, and `/audit/verify` can later prove that nothing was cut off.
    """
    wanted = audit.Filter(types=tuple(type or ()), actors=tuple(actor or ()), subjects=tuple(subject or ()))
    with reads() as session:
        audit.check_types(session, wanted.types)
        rows, following = audit.entries(session, after, limit, wanted)
        data = trimmed(rows, names_in(fields), tuple(AuditEntry.model_fields))
        return answer(session, listed(data, seq=session.point.seq, next=following))


@router.get("/audit/verify", **documented(Verification, "missing-scope"))
def verify_audit(
    reads: Reads,
    caller: Admin,
    _lang: Lang,
    seq: Annotated[int | None, Query(ge=0, le=2**53, description="The seq of an exported head.", examples=[1])] = None,
    head: Annotated[
        str | None,
        Query(pattern="^[0-9a-f]{64}$", description="The digest exported at `seq`; without `seq`, the newest."),
    ] = None,
) -> Response:
    """Whether the log is as it was written: every digest is computed anew.

    Finds rows edited, dropped, inserted or swapped. Compared with a `head` exported before, it also finds a log whose
    end was cut off. Every request looks anew, and the ETag is made of what was found: tampering does not move `seq`.
    """
    with reads() as session:
        verdict = audit.verify(session, reads.secret, seq=seq, head=head)
    return unnumbered(verdict_view(verdict))


def verdict_view(verdict: audit.Verdict) -> dict[str, Any]:
    broken = verdict.first_broken
    return {
        "intact": verdict.intact,
        "checked": verdict.checked,
        "seq": verdict.seq,
        "head": verdict.head,
        "first_broken": None if broken is None else {"seq": broken[0], "ordinal": broken[1]},
    }
