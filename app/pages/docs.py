"""`/docs` and `/openapi.json`: Swagger UI from an installed package, so that the page works with the cable out."""

from functools import cache, partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from app.pages import guide
from app.pages.layout import sent
from app.pages.operations import VIETNAMESE
from app.submissions.schemas import RowIn
from app.web.answers import encoded
from app.web.openapi import describe

router = APIRouter(include_in_schema=False)

# Swagger UI sets styles while it runs, and its pictures are data inside its own files.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>API · Chỉ tiêu chuyển đổi số thành phố Thanh Hóa</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
""".encode()

# A script of its own: the policy allows none inside the page.
_START = b"""window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The documentation, where every operation can be tried out."""
    return sent(request, _PAGE, "text/html", policy=_POLICY)


@router.get("/docs/start.js")
async def start(request: Request) -> Response:
    return sent(request, _START, "text/javascript")


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """The OpenAPI file, made once."""
    state = request.app.state
    if not hasattr(state, "openapi_bytes"):
        state.openapi_bytes = encoded(request.app.openapi())
    return sent(request, state.openapi_bytes, "application/json")


def install(app: FastAPI) -> None:
    """Put the pages into the app and make `app.openapi()` ours."""
    app.include_router(router)
    app.mount("/docs/assets", StaticFiles(packages=[("fastapi_offline", "static")]), name="docs-assets")
    words: dict[str, Any] = {
        "description": guide.DESCRIPTION,
        "tags": guide.TAGS,
        "key": guide.KEY,
        "vietnamese": VIETNAMESE,
    }
    describing = partial(describe, app, **words, shapes=[RowIn])
    app.openapi = cache(describing)  # type: ignore[method-assign]
