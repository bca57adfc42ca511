"""The frame of a page: Vietnamese first, English beside it, readable on a telephone and without scripts."""

import base64
import hashlib
from functools import lru_cache
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from app.web import coding
from app.web.conditional import answer_tag, not_modified

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}
code{background:#8882;padding:.1em .3em;border-radius:.25em;overflow-wrap:anywhere}
a{color:#0a58ca}@media(prefers-color-scheme:dark){a{color:#7ab2ff}}
section[lang=en]{border-top:1px solid #8886;margin-top:2rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0}
small{opacity:.75}
"""

_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


def page(title: str, body: str, *, lang: str = "vi") -> bytes:
    """A whole page; `title` is text, `body` is HTML. The empty icon keeps browsers from asking for one."""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


def text(words: str) -> str:
    """Plain words as HTML; `code` between backticks."""
    parts = words.split("`")
    return "".join(f"<code>{escape(part)}</code>" if n % 2 else escape(part) for n, part in enumerate(parts))


# The OpenAPI file and the scripts are the same bytes again and again, the problem pages a few.
_packed = lru_cache(maxsize=32)(coding.packed)


def sent(request: Request, body: bytes, media_type: str, *, policy: str = POLICY, vary: str = "") -> Response:
    """The answer with its tag and policy, as gzip where that is asked for; 304 when the browser has it already."""
    form = coding.coding(request.headers.get("accept-encoding")) if len(body) >= coding.LEAST else None
    tag = answer_tag(media_type, hashlib.sha256(body).hexdigest(), form)
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Vary": f"{vary}, Accept-Encoding" if vary else "Accept-Encoding",
    }
    if not_modified(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if form:
        body = _packed(body)
        headers["Content-Encoding"] = form
    return Response(body, media_type=media_type, headers=headers)
