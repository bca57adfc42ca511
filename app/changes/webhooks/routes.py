"""`/webhooks`: endpoints that get the changes pushed, and what became of the deliveries. For stewards."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Row

from app.access.callers import Steward
from app.changes.webhooks import commands, queries
from app.changes.webhooks.messages import secret_of, written
from app.changes.webhooks.queries import Webhook
from app.changes.webhooks.schemas import (
    DELIVERY_ID,
    WEBHOOK_ID,
    DeliveryList,
    DeliveryView,
    WebhookIn,
    WebhookIssued,
    WebhookList,
    WebhookPatch,
    WebhookView,
)
from app.core.clock import rfc3339
from app.core.errors import refuse
from app.db.session import ReadSession, WriteSession
from app.web.answers import PREFIX, answer, unnumbered
from app.web.conditional import IfMatch
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route
from app.web.sessions import Lang, Reads, Writes

router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=Route)

URL = ("webhook-url-invalid", "webhook-address-forbidden", "not-one-of", "unknown-area")
NO_STORE = {"Cache-Control": "no-store"}

Id = Annotated[str, Path(description="The endpoint's id.", examples=[WEBHOOK_ID])]
DeliveryId = Annotated[str, Path(description="The attempt's id.", examples=[DELIVERY_ID])]


@router.post("", **documented(WebhookIssued, "too-many-webhooks", *URL, status=201))
def create_webhook(request: Request, writes: Writes, caller: Steward, _lang: Lang, sent: WebhookIn) -> Response:
    """A new endpoint; the answer holds its secret, once.

    It gets every change from now on that passes its filters: one POST a change, in order, each the change as the feed
    shows it (`actor` null) with a `timestamp`, signed after Standard Webhooks (`webhook-id`, `webhook-timestamp`,
    `webhook-signature`). Answer 2xx within 10 seconds. Anything else is tried again for about four days, and what comes
    later waits; 410 ends it. The same change may come twice, under the same `webhook-id`. Types that are not public
    must be named. Redirects are not followed, and addresses that are not public not called, unless the service's
    administrator allows their network (`DXI_WEBHOOK_ALLOWED_NETWORKS`).
    """
    with writes(caller.id) as session:
        made = commands.create(session, sent.wish(), request.app.state.webhook_networks)
        shown = _issued(session, made)
        headers = {"Location": f"{PREFIX}/webhooks/{made.id}", **NO_STORE}
    return answer(session, shown, status=201, revision=made.revision, headers=headers)


@router.get("", **documented(WebhookList, "missing-scope"))
def list_webhooks(reads: Reads, _caller: Steward, page: Page, _lang: Lang) -> Response:
    """Every endpoint, those that are not enabled included; never a secret."""
    opened, _ = reads.page(page)
    with opened as session:
        rows = [commands.state(webhook) for webhook in queries.webhooks(session)]
        fields = tuple(WebhookView.model_fields)
        sort = ("id", "url", "enabled", "created_at", "seq")
        shown = page_of(rows, page, secret=reads.secret, seq=session.as_of, sort_keys=sort, default="id", fields=fields)
        return answer(session, shown)


@router.get("/{id}", **documented(WebhookView, "missing-scope", "webhook-not-found"))
def show_webhook(reads: Reads, _caller: Steward, _lang: Lang, id: Id) -> Response:
    """One endpoint, without its secret."""
    with reads() as session:
        found = _found(session, id)
        return answer(session, commands.state(found), revision=found.revision)


@router.patch("/{id}", **documented(WebhookView, "webhook-not-found", *URL))
def revise_webhook(
    request: Request,
    writes: Writes,
    caller: Steward,
    _lang: Lang,
    id: Id,
    sent: WebhookPatch,
    if_match: IfMatch = None,
) -> Response:
    """Change an endpoint; `enabled: true` lets one that was ended go on where it stopped, so nothing is lost.

    Other filters apply to every change after the last one delivered.
    """
    with writes(caller.id) as session:
        after = commands.revise(session, id, sent.wish(), request.app.state.webhook_networks, if_match)
    return answer(session, commands.state(after), revision=after.revision)


@router.delete("/{id}", **documented(WebhookView, "webhook-not-found"))
def delete_webhook(writes: Writes, caller: Steward, _lang: Lang, id: Id) -> Response:
    """End an endpoint and forget its deliveries; answers with what it was.

    No `If-Match` is needed: nothing that happened since could be a reason not to.
    """
    with writes(caller.id) as session:
        ended = commands.remove(session, id)
    return answer(session, commands.state(ended))


@router.post("/{id}/secret", **documented(WebhookIssued, "webhook-not-found"))
def rotate_webhook_secret(
    writes: Writes,
    caller: Steward,
    _lang: Lang,
    id: Id,
    overlap_hours: Annotated[
        int, Query(ge=0, le=168, description="For how long messages are signed with the old secret too.")
    ] = 24,
) -> Response:
    """A new secret for an endpoint; the answer holds it, once.

    While both overlap, `webhook-signature` holds two signatures and a receiver may know either. With `overlap_hours=0`
    the old one ends at once.
    """
    with writes(caller.id) as session:
        after = commands.rotate(session, id, timedelta(hours=overlap_hours))
        shown = _issued(session, after)
    return answer(session, shown, revision=after.revision, headers=NO_STORE)


@router.post("/{id}/test", **documented(DeliveryView, "webhook-not-found", status=202))
def try_webhook(writes: Writes, caller: Steward, _lang: Lang, id: Id) -> Response:
    """Send a message of type `webhook.test` now, also to an endpoint that is not enabled.

    The answer is the delivery that waits; `Location` tells where to see what became of it.
    """
    with writes(caller.id) as session:
        return _asked(session, id, commands.try_out(session, id))


@router.get("/{id}/deliveries", **documented(DeliveryList, "webhook-not-found", "missing-scope"))
def list_deliveries(
    reads: Reads,
    _caller: Steward,
    page: Page,
    _lang: Lang,
    id: Id,
    state: Annotated[
        list[Literal["queued", "delivered", "failed"]] | None, Query(description="Only attempts that ended so.")
    ] = None,
) -> Response:
    """The latest attempts to deliver to an endpoint, the newest first, and how far it has got.

    Read anew every time, the ETag is made of what was found: deliveries are no changes of the log, so they do not move
    `seq`.
    """
    opened, _ = reads.page(page)
    with opened as session:
        webhook = _found(session, id)
        rows = [_delivery(row) for row in queries.deliveries(session, id) if not state or row.state in state]
        shown = page_of(
            rows,
            page if page.sort else replace(page, sort=(("id", True),)),
            secret=reads.secret,
            seq=session.as_of,
            sort_keys=("id", "seq", "at", "state", "type"),
            default="id",
            fields=tuple(DeliveryView.model_fields),
        )
        standing = {
            "seq": webhook.at_seq,
            "attempts": webhook.attempts,
            "next_attempt_at": None if webhook.next_at is None else rfc3339(webhook.next_at),
        }
    return unnumbered({**shown, "standing": standing})


@router.get(
    "/{id}/deliveries/{delivery}",
    **documented(DeliveryView, "missing-scope", "webhook-not-found", "delivery-not-found"),
)
def show_delivery(reads: Reads, _caller: Steward, _lang: Lang, id: Id, delivery: DeliveryId) -> Response:
    """One attempt: what became of a test, or of another attempt that was asked for."""
    with reads() as session:
        _found(session, id)
        row = queries.delivery(session, id, delivery)
        if row is None:
            raise refuse("delivery-not-found", parameter="delivery", given=delivery)
    return unnumbered(_delivery(row))


@router.post(
    "/{id}/deliveries/{delivery}/retry",
    **documented(DeliveryView, "webhook-not-found", "delivery-not-found", status=202),
)
def retry_delivery(writes: Writes, caller: Steward, _lang: Lang, id: Id, delivery: DeliveryId) -> Response:
    """Send the message of an attempt again now, out of turn, under the same `webhook-id`.

    If it is the one that the endpoint waits at, and it is delivered, the endpoint goes on behind it.
    """
    with writes(caller.id) as session:
        return _asked(session, id, commands.retry(session, id, delivery))


def _found(session: ReadSession, webhook_id: str) -> Webhook:
    found = queries.webhook(session, webhook_id)
    if found is None:
        raise refuse("webhook-not-found", parameter="id", given=webhook_id)
    return found


def _issued(session: WriteSession, webhook: Webhook) -> dict[str, Any]:
    return {**commands.state(webhook), "secret": written(secret_of(session.secret, webhook.id, webhook.salt))}


def _asked(session: WriteSession, webhook_id: str, delivery_id: str) -> Response:
    row = queries.delivery(session, webhook_id, delivery_id)
    assert row is not None
    headers = {"Location": f"{PREFIX}/webhooks/{webhook_id}/deliveries/{delivery_id}"}
    return answer(session, _delivery(row), status=202, headers=headers)


def _delivery(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DeliveryView.model_fields} | {"at": rfc3339(row.at)}
