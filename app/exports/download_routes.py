"""`/exports/observations.{csv,xlsx,ndjson}`: what was said, whole, in one file."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.access.callers import Look, Looking
from app.exports.downloads import download
from app.formats import csv_text
from app.formats.tables import CSV, NDJSON, XLSX, TableFormat
from app.observations.selection import Selected, Selection
from app.observations.views import FIELDS
from app.web.openapi import documented
from app.web.paging import chosen, names_in
from app.web.representation import OFFERED, SCHEMAS, attachment, spreadsheet
from app.web.routing import Route
from app.web.streams import Streamed

router = APIRouter(prefix="/exports", tags=["exports"], route_class=Route)

Fields = Annotated[str | None, Query(description="Only these columns, comma-separated.", examples=["id,value"])]
FILE_HEADERS = {
    "X-Total-Count": {"description": "How many rows will come.", "schema": {"type": "integer"}, "example": 9},
    "Content-Disposition": {"description": "The name to keep the file under.", "schema": {"type": "string"}},
}
_CELL = "commune_dx_completed.380-202501.2025-01"


def _file(offered: TableFormat, example: str | None = None) -> dict[str, Any]:
    """What documents an operation that answers a file."""
    shown = {"schema": SCHEMAS[offered.name], **({"example": example} if example else {})}
    content = {OFFERED[offered.name]: shown}
    known = documented(
        None, "unknown-indicator", "unknown-area", "area-code-ambiguous", "period-malformed", "range-reversed"
    )
    return {**known, "response_class": Response, "responses": {200: {"content": content, "headers": FILE_HEADERS}}}


def _sent(look: Looking, selected: Selection, offered: TableFormat, fields: str | None) -> Response:
    columns = chosen(names_in(fields), FIELDS)
    found = download(look.at, look.as_of, selected, look.lang)
    rows = spreadsheet(found.rows) if offered is XLSX else found.rows
    headers = attachment("observations", found.as_of, offered) | {"X-Total-Count": str(found.total)}
    return Streamed(offered.encoded(columns, rows), found.latest, media_type=offered.media_type, headers=headers)


@router.get("/observations.csv", **_file(CSV, f"id,value\r\n{_CELL},70.21\r\n"))
def export_csv(
    look: Look,
    selected: Selected,
    fields: Fields = None,
    bom: Annotated[
        bool, Query(description="Start with the mark by which Excel knows UTF-8 when it opens the file.")
    ] = False,
) -> Response:
    """Every observation selected, as CSV (RFC 4180, UTF-8), numbers digit for digit.

    One moment of the ledger, however long it takes, one area after another; `X-Total-Count` says how many rows will
    come. A text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    offered = TableFormat(CSV.name, CSV.media_type, partial(csv_text.encoded, bom=bom))
    return _sent(look, selected, offered, fields)


@router.get("/observations.xlsx", **_file(XLSX))
def export_xlsx(look: Look, selected: Selected, fields: Fields = None) -> Response:
    """Every observation selected, as a workbook for Excel and LibreOffice.

    Texts are texts and never formulas. A number of more than 15 digits, which a spreadsheet would round, is a text; the
    value of a ratio is the quotient of its components, which stand exact beside it. Over 1,048,575 rows a second sheet
    follows.
    """
    return _sent(look, selected, XLSX, fields)


@router.get("/observations.ndjson", **_file(NDJSON, f'{{"id":"{_CELL}","value":70.21}}\n'))
def export_ndjson(look: Look, selected: Selected, fields: Fields = None) -> Response:
    """Every observation selected, a JSON object a line, exactly as `/observations` lists them."""
    return _sent(look, selected, NDJSON, fields)
