"""Problem documents (RFC 9457) for everything that goes wrong, in the caller's language.

`{type, title, status, detail, instance, code, trace_id, errors}`; at most 20 errors (1,000 of a rejected submission),
inputs cut at 100 characters.
"""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from starlette.types import Scope

from app.core.errors import Fault, Problem
from app.formats.plain_json import encoded
from app.web.catalogue import CATALOGUE
from app.web.catalogue.entry import filled
from app.web.secrecy import without_secrets

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
MAX_GIVEN = 100
# Our own words and lists of names, which may hold a piece of the input.
MAX_SAID = 1000
PLACES = ("pointer", "parameter", "header", "cell")


def sentence(code: str, lang: str, params: dict[str, Any]) -> str:
    """The catalogue's sentence for `code`, its placeholders filled."""
    known = {k: _shown(v, MAX_GIVEN if k == "given" else MAX_SAID) for k, v in params.items() if v is not None}
    return filled(CATALOGUE[code].detail(lang), known)


def _shown(value: Any, limit: int = MAX_GIVEN) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
    elif isinstance(value, dict | list | bool):
        text = encoded(value).decode()
    else:
        text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _cut(value: Any, limit: int = MAX_GIVEN) -> Any:
    """A value as it is shown back: numbers as they are, everything else as text of at most `limit` characters."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return value if len(format(value, "f")) <= MAX_GIVEN else _shown(value)
    if isinstance(value, list | tuple):
        return [item if isinstance(item, int) else _shown(item, limit) for item in value[:20]]
    return _shown(value, limit)


def fault_document(fault: Fault, lang: str) -> dict[str, Any]:
    """One entry of `errors` (or of a row's `findings`): the place, the sentence, what was given and would do."""
    document: dict[str, Any] = {}
    for place in PLACES:
        if (value := getattr(fault, place)) is not None:
            document[place] = value
    document["code"] = fault.code
    document["message"] = sentence(fault.code, lang, _said(fault))
    for name in ("given", "expected", "hint"):
        if (value := getattr(fault, name)) is not None:
            document[name] = _cut(value, MAX_GIVEN if name == "given" else MAX_SAID)
    if fault.severity == "warning":
        document["severity"] = "warning"
    return document


def _said(fault: Fault) -> dict[str, Any]:
    """What fills the sentence of a fault. The body as a whole has the empty pointer, which is shown as `/`."""
    place = next((value or "/" for p in PLACES if (value := getattr(fault, p)) is not None), None)
    said = {"given": fault.given, "expected": fault.expected, "hint": fault.hint, "place": place, **fault.params}
    return {k: v for k, v in said.items() if v is not None}


def _summed(problem: Problem, lang: str) -> dict[str, Any]:
    """What fills the sentence of a problem: its own parameters, the first fault's, how many there are."""
    first = problem.faults[0] if problem.faults else None
    said = _said(first) if first else {}
    if first and first.code != problem.code:
        said["message"] = sentence(first.code, lang, said)
    return {"count": problem.error_count or len(problem.faults), **said, **problem.params}


def document(problem: Problem, *, lang: str, instance: str, trace_id: str) -> dict[str, Any]:
    """The problem document as a value."""
    entry = CATALOGUE[problem.code]
    limit = 1000 if problem.error_count is not None else MAX_ERRORS
    shown: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": entry.title(lang),
        "status": entry.status,
        "detail": sentence(problem.code, lang, _summed(problem, lang)),
        "instance": instance[:2000],
        "code": problem.code,
        "trace_id": trace_id,
        "errors": [fault_document(f, lang) for f in problem.faults[:limit]],
    }
    if problem.error_count is not None:
        shown["error_count"] = problem.error_count
    return shown


def render(problem: Problem, *, lang: str, instance: str, trace_id: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer."""
    shown = document(problem, lang=lang, instance=instance, trace_id=trace_id)
    headers = {"content-type": MEDIA_TYPE, "content-language": lang, "cache-control": "no-store", **problem.headers}
    return shown["status"], headers, without_secrets(encoded(shown))


def address(scope: Scope) -> str:
    """The path that was asked for, also where it went by another name (a release's)."""
    return quote(scope.get("dxi.asked", scope["path"]))


def unauthenticated() -> Problem:
    """One answer for every cause: no key, an unknown, wrong, expired or revoked one."""
    return Problem(
        "unauthenticated",
        Fault(code="unauthenticated", header="Authorization", expected="Bearer dxk_<id>_<secret>"),
        headers={"WWW-Authenticate": 'Bearer realm="dxi"'},
    )
