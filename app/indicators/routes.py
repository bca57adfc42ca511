"""`/indicators`: the registry. Stewards write; each change is a version."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.access.callers import Anyone, Steward
from app.core.entities import Definition
from app.core.errors import refuse
from app.core.places import folded
from app.indicators import commands, views
from app.indicators.queries import registry
from app.indicators.schemas import (
    Domain,
    FrequencyName,
    IndicatorIn,
    IndicatorList,
    IndicatorPatch,
    IndicatorRow,
    IndicatorState,
    LevelName,
    MeasureName,
    RuleName,
    VersionList,
)
from app.web.answers import PREFIX, answer
from app.web.conditional import IfMatch
from app.web.negotiation import nearest
from app.web.openapi import documented
from app.web.paging import Page, page_of
from app.web.routing import Route
from app.web.sessions import AsOf, Lang, Reads, Writes

router = APIRouter(prefix="/indicators", tags=["indicators"], route_class=Route)

FIELDS = tuple(IndicatorRow.model_fields)
SORT = tuple(name for name in FIELDS if name != "criterion")

Code = Annotated[str, Path(description="The indicator's code.", examples=["commune_dx_completed"])]


@router.get("", **documented(IndicatorList))
def list_indicators(
    reads: Reads,
    _caller: Anyone,
    page: Page,
    lang: Lang,
    as_of: AsOf,
    domain: Annotated[list[Domain] | None, Query(description="Only these fields of the plan.")] = None,
    measure: Annotated[list[MeasureName] | None, Query(description="Only these measures.")] = None,
    rollup: Annotated[list[RuleName] | None, Query(description="Only these rules.")] = None,
    level: Annotated[list[LevelName] | None, Query(description="Only those collected at these levels.")] = None,
    frequency: Annotated[list[FrequencyName] | None, Query(description="Only these frequencies.")] = None,
    retired: Annotated[
        bool, Query(description="`true` lists the retired ones instead of those in use.", examples=[False])
    ] = False,
    q: Annotated[
        str | None,
        Query(max_length=100, description="Text in a code, name or definition; case and marks do not matter."),
    ] = None,
) -> Response:
    """Every indicator in its newest version, with the rule that makes the city figure.

    With `as_of` the version known then. Retired indicators are left out unless `retired=true` asks for them.
    """
    opened, _ = reads.page(page, as_of)
    with opened as session:
        wanted = {"domain": domain, "measure": measure, "rollup": rollup, "level": level, "frequency": frequency}
        rows = [
            views.definition_row(d, lang)
            for d in registry(session).definitions()
            if d.retired == retired
            and all(values is None or getattr(d, name) in values for name, values in wanted.items())
            and (q is None or folded(q) in _text(d))
        ]
        listed = page_of(
            rows,
            page,
            secret=reads.secret,
            seq=session.as_of,
            sort_keys=SORT,
            default="code",
            fields=FIELDS,
        )
        return answer(session, listed)


def _text(d: Definition) -> str:
    return folded(f"{d.code} | {d.name_vi} | {d.name_en} | {d.definition_vi} | {d.definition_en}")


@router.get("/{code}", **documented(IndicatorState, "indicator-not-found"))
def show_indicator(reads: Reads, _caller: Anyone, lang: Lang, as_of: AsOf, code: Code) -> Response:
    """One indicator in its newest version (with `as_of`: the newest known then), retired or not."""
    with reads(as_of) as session:
        known = registry(session)
        found = known.definition(code)
        if found is None:
            raise _absent(code, [d.code for d in known.definitions()])
        return answer(session, views.definition_single(found, lang), revision=found.version)


@router.get("/{code}/versions", **documented(VersionList, "indicator-not-found"))
def list_versions(reads: Reads, _caller: Anyone, page: Page, lang: Lang, as_of: AsOf, code: Code) -> Response:
    """Every version of an indicator, oldest first.

    A version applies to periods whose last day is on or after its `valid_from`; of several the one made last.
    """
    opened, _ = reads.page(page, as_of)
    with opened as session:
        known = registry(session)
        versions = known.versions(code)
        if not versions:
            raise _absent(code, [d.code for d in known.definitions()])
        listed = page_of(
            [views.definition_single(v, lang) for v in versions],
            page,
            secret=reads.secret,
            seq=session.as_of,
            sort_keys=("version", "valid_from", "seq"),
            default="version",
            fields=tuple(IndicatorState.model_fields),
        )
        return answer(session, listed)


def _absent(code: str, known: list[str]) -> Exception:
    return refuse("indicator-not-found", parameter="code", given=code, hint=nearest(code, known))


@router.post("", **documented(IndicatorState, "indicator-exists", status=201))
def create_indicator(writes: Writes, caller: Steward, lang: Lang, sent: IndicatorIn) -> Response:
    """A new indicator with its rule.

    The rule must fit the measure and the level: a caller of the figures cannot choose another one later.
    """
    with writes(caller.id) as session:
        made = commands.create(session, sent.definition())
        location = {"Location": f"{PREFIX}/indicators/{made.code}"}
        shown = views.definition_single(made, lang)
        return answer(session, shown, status=201, revision=made.version, headers=location)


@router.patch(
    "/{code}",
    **documented(IndicatorState, "definition-fixed", "indicator-not-found", "indicator-in-use"),
)
def revise_indicator(
    writes: Writes, caller: Steward, lang: Lang, code: Code, sent: IndicatorPatch, if_match: IfMatch = None
) -> Response:
    """Change members of an indicator: a new version, from `valid_from` on (unless given, that of the version before).

    Figures of periods that ended before `valid_from` keep the older rule. Equal content makes no version. Measure,
    frequency and level stay as they are while readings stand. `retired: false` restores a retired indicator.
    """
    with writes(caller.id) as session:
        made = commands.revise(session, code, sent.changes(), if_match)
        return answer(session, views.definition_single(made, lang), revision=made.version)


@router.delete("/{code}", **documented(IndicatorState, "indicator-not-found", "indicator-in-use"))
def retire_indicator(writes: Writes, caller: Steward, lang: Lang, code: Code, if_match: IfMatch = None) -> Response:
    """Retire an indicator: no more figures, no more rows; all that was sent and said stays readable.

    Answers with the retired indicator; retiring it again changes nothing.
    """
    with writes(caller.id) as session:
        made = commands.retire(session, code, if_match)
        return answer(session, views.definition_single(made, lang), revision=made.version)
