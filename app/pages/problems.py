"""`/problems` and `/problems/{code}`: what went wrong and the way out, in both languages on one page."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

from app.core.errors import refuse
from app.pages.layout import page, sent, text
from app.web.answers import encoded
from app.web.catalogue import CATALOGUE, Entry
from app.web.negotiation import best_type, nearest

router = APIRouter(include_in_schema=False)

_OFFERED = ("text/html", "application/json")


@router.get("/problems")
async def list_problems(request: Request) -> Response:
    """Every problem, by its status."""
    known = sorted(CATALOGUE.items(), key=lambda item: (item[1].status, item[0]))
    if best_type(request.headers.get("accept"), _OFFERED) != _OFFERED[0]:
        return sent(request, encoded({"data": [_shown(c, e) for c, e in known]}), "application/json", vary="Accept")
    rows = "\n".join(
        f'<tr><td>{entry.status}</td><td><a href="/problems/{code}"><code>{code}</code></a></td>'
        f'<td>{escape(entry.vi.title)}<br><small lang="en">{escape(entry.en.title)}</small></td></tr>'
        for code, entry in known
    )
    body = (
        "<h1>Các lỗi của dịch vụ</h1>\n"
        "<p>Mọi câu trả lời lỗi đều nêu mã lỗi. Trang của từng mã nói chuyện gì đã xảy ra và cách khắc phục.</p>\n"
        '<p lang="en">Every error names its code; the page of the code says what happened and what to do.</p>\n'
        f"<table>\n<tr><th>HTTP</th><th>code</th><th>Nghĩa · <span lang=en>Meaning</span></th></tr>\n{rows}\n</table>"
    )
    return sent(request, page("Các lỗi của dịch vụ · Problems", body), "text/html", vary="Accept")


@router.get("/problems/{code}")
async def show_problem(request: Request, code: str) -> Response:
    """One problem. An unknown code is a 404 problem itself."""
    entry = CATALOGUE.get(code)
    if entry is None:
        raise refuse("not-found", parameter="code", given=request.url.path[:200], hint=nearest(code, list(CATALOGUE)))
    if best_type(request.headers.get("accept"), _OFFERED) != _OFFERED[0]:
        return sent(request, encoded(_shown(code, entry)), "application/json", vary="Accept")
    body = (
        f"<section lang=vi><h1>{escape(entry.vi.title)}</h1>\n"
        f"<p><small>HTTP {entry.status} · <code>{code}</code></small></p>\n<p>{text(entry.vi.help)}</p></section>\n"
        f"<section lang=en><h2>{escape(entry.en.title)}</h2>\n<p>{text(entry.en.help)}</p></section>\n"
        '<p><a href="/problems">Tất cả các lỗi · <span lang=en>All problems</span></a>'
        ' · <a href="/docs">API</a></p>'
    )
    return sent(request, page(f"{entry.vi.title} · {entry.en.title}", body), "text/html", vary="Accept")


def _shown(code: str, entry: Entry) -> dict[str, Any]:
    return {
        "type": f"/problems/{code}",
        "code": code,
        "status": entry.status,
        "title_vi": entry.vi.title,
        "title_en": entry.en.title,
        "help_vi": entry.vi.help,
        "help_en": entry.en.help,
    }
