"""Lists in other formats, by `format` or `Accept`: the rows of any `{data, next, seq}` as CSV, XLSX or NDJSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.core.errors import Fault, Problem, refuse
from app.formats.tables import FORMATS, XLSX, TableFormat
from app.web.answers import Reply, reply, tagged
from app.web.negotiation import acceptable, nearest
from app.web.paging import names_in

JSON = "application/json"
PARAMETER = "format"
OFFERED = {"json": JSON, **{name: found.media_type.partition(";")[0] for name, found in FORMATS.items()}}
SCHEMAS = {
    name: {"type": "string", **({"format": "binary"} if found is XLSX else {})} for name, found in FORMATS.items()
}
# Every number stays the characters it was sent as.
_decoder = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode()))


def columns_of(model: Any) -> tuple[str, ...]:
    """The members of a list's rows; none where the model is no list, which other formats could not hold."""
    members = getattr(model, "model_fields", {})
    if not {"data", "next", "seq"} <= members.keys():
        return ()
    (row,) = get_args(members["data"].annotation)
    return tuple(row.model_fields)


def asked_format(request: Request) -> TableFormat | None:
    """The format a list is wanted in; None for JSON. The parameter goes before the header.

    Raises `not-one-of` (422) for another `format`, `not-acceptable` (406) where `Accept` allows none of ours.
    """
    given = request.query_params.get(PARAMETER)
    if given is not None:
        if given not in OFFERED:
            fault = Fault(
                code="not-one-of",
                parameter=PARAMETER,
                given=given,
                expected=", ".join(OFFERED),
                hint=nearest(given, list(OFFERED)),
            )
            raise Problem("invalid-parameter", fault)
        return FORMATS.get(given)
    accept = request.headers.get("accept")
    if accept is None or accept in ("*/*", JSON):
        return None
    best = acceptable(accept, tuple(OFFERED.values()))
    if best is None:
        raise refuse("not-acceptable", header="Accept", given=accept, expected=", ".join(OFFERED.values()))
    return next((found for name, found in FORMATS.items() if OFFERED[name] == best), None)


def tabled(listed: Response, wanted: TableFormat, request: Request, columns: Sequence[str]) -> Response:
    """The rows of a list that was answered in JSON; `columns` are those of its shape, for a list without rows.

    The cursor of the next page is a `Link`, the count of `count=exact` is `X-Total-Count`.
    """
    document = _decoder.decode(listed.body)
    rows: list[dict[str, Any]] = document["data"]
    told = list(dict.fromkeys(name for row in rows for name in row))
    # A row may leave out what another one says.
    whole = [row if len(row) == len(told) else dict.fromkeys(told) | row for row in rows]
    shown = spreadsheet(whole) if wanted is XLSX else whole
    named = told or names_in(request.query_params.get("fields")) or columns
    headers = attachment(request.url.path.rpartition("/")[2], document["seq"], wanted)
    if document["next"] is not None:
        url = request.url.include_query_params(cursor=document["next"])
        headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    if "count" in document:
        headers["X-Total-Count"] = str(document["count"])
    body = b"".join(wanted.encoded(named, shown))
    if isinstance(listed, Reply):
        return reply(body, listed.seq, media_type=wanted.media_type, headers=headers)
    return tagged(body, media_type=wanted.media_type, headers=headers)


def attachment(name: str, seq: object, wanted: TableFormat) -> dict[str, str]:
    """The header that makes a browser keep the file, under a name that tells what it holds and as of when."""
    return {"Content-Disposition": f'attachment; filename="{quote(name)}-seq{seq}.{wanted.name}"'}


def spreadsheet(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The rows with each quotient as the number that a spreadsheet would make of its components.

    A quotient may have more digits than a spreadsheet has, and would become a text that cannot be added up.
    """
    for row in rows:
        value = row.get("value")
        if row.get("numerator") is None or not isinstance(value, Decimal | msgspec.Raw):
            yield row
        else:
            number = value if isinstance(value, Decimal) else bytes(value).decode()
            yield {**row, "value": float(number)}
