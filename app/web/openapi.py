"""The OpenAPI file: every operation with its answer, its problems in the caller's language, runnable examples."""

from typing import Any

from fastapi.openapi.utils import get_openapi

from app.web.catalogue import CATALOGUE
from app.web.schemas import Shape


class ProblemEntry(Shape):
    """One place of a problem."""

    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    cell: str | None = None
    code: str
    message: str
    given: Any = None
    expected: Any = None
    hint: Any = None
    severity: str | None = None


class ProblemDocument(Shape):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    trace_id: str
    errors: list[ProblemEntry]
    error_count: int | None = None


# What any operation under the prefix may answer.
ALWAYS = ("unauthenticated", "unknown-parameter", "invalid-parameter", "database-busy", "internal-error")


def documented(model: Any, *codes: str, status: int = 200, **more: Any) -> dict[str, Any]:
    """The keyword arguments of a route: its answer's model, and the problems it may answer besides the usual ones."""
    by_status: dict[int, list[str]] = {}
    for code in (*codes, *ALWAYS):
        by_status.setdefault(CATALOGUE[code].status, []).append(code)
    responses: dict[int | str, dict[str, Any]] = {
        number: {
            "description": "; ".join(f"`{c}`: {CATALOGUE[c].title('en')}" for c in dict.fromkeys(named)),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for number, named in sorted(by_status.items())
    }
    return {"response_model": model, "status_code": status, "responses": responses, **more}


__all__ = ["ProblemDocument", "documented", "get_openapi"]
