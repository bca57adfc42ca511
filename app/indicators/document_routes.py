"""`/documents` and `/clauses`: the plan and its clauses, with the exact words."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from app.access.callers import Look
from app.core.places import folded
from app.indicators import documents
from app.indicators.document_schemas import ClauseView, DocumentList, DocumentRow, DocumentView
from app.indicators.queries import registry
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route

router = APIRouter(tags=["documents"], route_class=Route)

FIELDS = tuple(DocumentRow.model_fields)
SORT = tuple(name for name in FIELDS if name not in ("type", "quote"))


@router.get("/documents", **documented(DocumentList))
def list_documents(
    look: Look,
    page: Page,
    q: Annotated[
        str | None, Query(max_length=100, description="Text in number, title or issuer; case and marks do not matter.")
    ] = None,
) -> Response:
    """The plan, and the documents it carries out."""
    opened, _ = look.from_page(page)
    with opened as session:
        rows = [
            _row(found, look.lang)
            for found in documents.documents(session)
            if q is None or folded(q) in folded(" | ".join(v for v in found.values() if isinstance(v, str)))
        ]
        listed = page_of(
            rows,
            page,
            secret=look.secret,
            seq=session.as_of,
            sort_keys=SORT,
            default="ordinal",
            fields=FIELDS,
        )
        return answer(session, listed)


def _named(found: dict[str, Any], lang: str, *names: str) -> dict[str, Any]:
    return {name: found[f"{name}_{lang}"] for name in names}


def _row(found: dict[str, Any], lang: str) -> dict[str, Any]:
    """The document as one of a list: its names in the asked language only."""
    plain = {name: value for name, value in found.items() if not name.endswith(("_vi", "_en"))}
    return plain | _named(found, lang, "type", "issuer", "title")


@router.get("/documents/{id}", **documented(DocumentView, "document-not-found"))
def show_document(
    look: Look,
    id: Annotated[str, Path(description="The document's id.", examples=["plan-57"])],
) -> Response:
    """One document with the ids of its clauses, in the order of the text."""
    with look() as session:
        found = documents.document(session, id)
        named = _named(found, look.lang, "type", "issuer", "title")
        return answer(session, found | named | {"clauses": documents.clauses_of(session, id)})


@router.get("/clauses/{id}", **documented(ClauseView, "clause-not-found"))
def show_clause(
    look: Look,
    id: Annotated[str, Path(description="The clause's id.", examples=["B.I.2"])],
) -> Response:
    """One clause: its exact words (white space folded), and what cites it: indicators, targets and documents."""
    with look() as session:
        found = documents.clause(session, id)
        known = registry(session)
        cited_by = {
            "indicators": [d.code for d in known.definitions() if d.clause == id and not d.retired],
            "targets": sorted(t.id for t in known.targets() if t.clause == id and not t.retired),
            "documents": documents.documents_citing(session, id),
        }
        return answer(session, found | _named(found, look.lang, "heading") | cited_by)
