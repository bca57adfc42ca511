"""`/releases`: moments under a name, and every read as of them."""

from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Path, Request, Response

from app.access.callers import Anyone, Look, Steward
from app.core.errors import Problem, refuse
from app.releases import commands, queries
from app.releases.frozen import names_as_of
from app.releases.queries import Release
from app.releases.schemas import ReleaseIn, ReleaseList, ReleaseRow
from app.web.answers import PREFIX, answer
from app.web.negotiation import nearest
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.problems import address
from app.web.routing import Route
from app.web.sessions import Lang, Reads, Writes

router = APIRouter(prefix="/releases", tags=["releases"], route_class=Route)
# Whatever parameters a read below a release takes, that read checks them itself.
reads = APIRouter(prefix="/releases", tags=["releases"])

FIELDS = tuple(ReleaseRow.model_fields)
SORT = tuple(name for name in FIELDS if name != "as_of")

Name = Annotated[str, Path(description="The release's name.", examples=["q1-2025"])]


def _shown(release: Release, lang: str) -> dict[str, Any]:
    said = queries.state(release) | {"title": release.title(lang)}
    return {name: said[name] for name in FIELDS}


@router.post("", **documented(ReleaseRow, "release-exists", "as-of-in-future", status=201))
def create_release(writes: Writes, caller: Steward, lang: Lang, sent: ReleaseIn) -> Response:
    """Give a moment a name: all that was known then can be read below it for ever.

    Without `as_of` it is the moment of this very change. A release is a promise to whoever cites it: it is never
    changed, moved or taken back, and its name is never used again.
    """
    with writes(caller.id) as session:
        made = commands.create(
            session, sent.name, sent.as_of, title_vi=sent.title_vi, title_en=sent.title_en, note=sent.note
        )
        location = {"Location": f"{PREFIX}/releases/{made.name}"}
        return answer(session, _shown(made, lang), status=201, revision=1, headers=location)


@router.get("", **documented(ReleaseList))
def list_releases(look: Look, page: Page) -> Response:
    """Every release, the oldest first."""
    opened, _ = look.from_page(page)
    with opened as session:
        rows = [_shown(release, look.lang) for release in queries.releases(session).values()]
        shown = page_of(rows, page, secret=look.secret, seq=session.as_of, sort_keys=SORT, default="seq", fields=FIELDS)
        return answer(session, shown)


@router.get("/{name}", **documented(ReleaseRow, "release-not-found"))
def show_release(look: Look, name: Name) -> Response:
    """One release: which moment its name stands for."""
    with look() as session:
        known = queries.releases(session)
        if name not in known:
            raise _absent(name, list(known))
        return answer(session, _shown(known[name], look.lang), revision=1)


def _absent(name: str, known: list[str]) -> Problem:
    return refuse("release-not-found", parameter="name", given=name, hint=nearest(name, known))


@reads.get(
    "/{name}/{path:path}",
    **documented(
        dict[str, Any],
        "release-not-found",
        "release-fixes-as-of",
        "not-found",
        example={"data": [], "next": None, "seq": 57},
    ),
)
def read_release(
    request: Request,
    ledger: Reads,
    _caller: Anyone,
    _lang: Lang,
    name: Name,
    path: Annotated[
        str,
        Path(
            description="Any read below `/api/v1` that takes `as_of`, with its parameters.", examples=["city/snapshot"]
        ),
    ],
) -> NoReturn:
    """Any read, as of a release: `/releases/{name}/city/snapshot` is `/city/snapshot?as_of=…`, byte for byte.

    Parameters, cursors, tags and languages are those of the read itself; `as_of` is the release's and cannot be given
    again. What takes no `as_of` (keys, the log, what is being sent in) is not found below a release.
    """
    # `frozen` has answered what can be answered; what comes here is refused.
    with ledger() as session:
        known = queries.releases(session)
    if name not in known:
        raise _absent(name, list(known))
    if names_as_of(request.scope["query_string"]):
        raise refuse("release-fixes-as-of", parameter="as_of", expected=known[name].as_of)
    raise Problem("not-found", given=address(request.scope))
