"""`/city/explain`: a figure with everything it stands on, so that it can be redone from the answer alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Row, select, tuple_
from sqlmodel import col

from app.city import queries
from app.city.facts import Facts
from app.city.maps import facts_on
from app.city.rule_words import BASES, ON_MAP, OVER_TIME, RULES, STEPS
from app.core.entities import Area, Definition, Rule
from app.core.explain import Step, Term, exact_text, headline_steps, over_time, roll_up_steps, succession, words
from app.core.figures import Figure, is_break
from app.core.periods import Period
from app.core.registry import View
from app.core.rollup import reaches
from app.core.series import Reading, Standing, own_period
from app.core.succession import Retold
from app.db.session import ReadSession
from app.indicators import documents
from app.indicators import queries as indicators
from app.indicators.views import definition_single
from app.observations import queries as observations
from app.observations.tables import Revision

# SQLite takes no more than some thousand parameters in a statement.
_SLICE = 500


class Part(NamedTuple):
    """One area's share in the figure: how it stands, and its words. `role`: reading, weight or reported."""

    role: str
    definition: Definition
    place: Area
    stands: Standing
    said: tuple[Reading, ...]
    counted: bool = True
    told: Retold | None = None

    @property
    def is_retold(self) -> bool:
        """Whether its reading on the map is made of those of other areas."""
        return self.told is not None and bool(self.told.parts or self.told.over)


def explain(
    session: ReadSession, *, code: str, period: Period | None, area: str, lang: str, geography: date | None = None
) -> dict[str, Any]:
    """The figure as a city row, its revisions, its rule and definition, its clause, and the arithmetic."""
    view = indicators.registry(session)
    newest = queries.the_indicator(view, code)
    facts = facts_on(session, view, queries.the_city(view, area, period, geography), geography)
    at = queries.shown_periods(facts, [newest], period)[code]
    need, before = queries.needed(view, newest, at), queries.needed(view, newest, at.previous())
    facts.load([before])
    facts.load([need], singly=True)
    starts = facts.starts([newest]) if view.targets_of(code) else {}
    figures = (facts.figure(need.definition, at), facts.figure(before.definition, before.period))
    parts = [*_parts(facts, figures[0])]
    heard = [p for p in parts if p.counted and p.stands.reading is not None]
    places = {area.id: area.name(lang) for area in view.places()}
    rows = _revisions(session, [r for p in parts for r in p.said])
    return {
        "data": [_contribution(p, r, rows, figures[0], places) for p in heard for r in p.said],
        "next": None,
        "seq": session.as_of,
        "figure": queries.city_rows(session, facts, [figures], starts, lang)[0],
        "carried": [_absent(p, lang, "carried") for p in parts if p.role == "reading" and p.counted and _is_carried(p)],
        "missing": [_absent(p, lang, _reason(p)) for p in parts if p.role == "reading" and _is_missing(p)],
        "withheld": [
            _absent(p, lang, "withheld") for p in parts if p.role == "reading" and p.stands.state == "withheld"
        ],
        "not_applicable": [
            _absent(p, lang, "not_applicable")
            for p in parts
            if p.role == "reading" and p.stands.state == "not_applicable"
        ],
        "rule": _rule(figures[0], geography),
        "area_change": _broken(view, figures[0]),
        "definition": definition_single(need.definition, lang),
        "clause": _clause(session, need.definition),
        "arithmetic": [_step(role, s, figures[0], places) for role, s in _steps(facts, figures[0], heard)],
    }


def _parts(facts: Facts, figure: Figure) -> Iterator[Part]:
    """Every expected area's share, its weight, and what the city itself reported."""
    definition = figure.definition
    shown = own_period(figure.period, definition.frequency)
    weights = facts.weights(definition, shown)
    of = facts.view.definition_for(definition.weight, shown) if weights and definition.weight else None
    weighed = {told.area: told for told in facts.retold(of, shown)} if of is not None else {}
    places = facts.expected(definition, shown)
    for place, told in zip(places, facts.retold(definition, figure.period), strict=True):
        stands = told.stands
        weight = weights.get(place.id) if weights is not None else None
        weighs = weights is None or (weight is not None and weight.qualifier == "eq" and weight.exact is not None)
        if definition.rollup is not Rule.NONE or stands.reading is None:
            yield Part("reading", definition, place, stands, _said(facts, definition, told), weighs, told)
        if of is not None and weight is not None and stands.reading is not None and weighs:
            by = weighed[place.id]
            yield Part("weight", of, place, Standing("reported", weight), _said(facts, of, by), told=by)
    reported = figure.reported_reading
    if reported is not None:
        said = words(definition, reported.period, facts.history(definition.code, facts.city.id))
        yield Part("reported", definition, facts.city, Standing("reported", reported), said)


def _said(facts: Facts, definition: Definition, told: Retold) -> tuple[Reading, ...]:
    """The words behind where an area stands: its own, or those of the areas it came from."""
    return tuple(r for source, _ in told.sources() for r in _words(facts, definition, source))


def _words(facts: Facts, definition: Definition, told: Retold) -> tuple[Reading, ...]:
    """What an area itself said that decides where it stands."""
    return words(definition, told.period, facts.history(definition.code, told.area))


def _broken(view: View, figure: Figure) -> dict[str, Any] | None:
    """The area change behind a status B."""
    if figure.status != "B" or figure.value_period is None:
        return None
    day = next(d for d in view.breaks if is_break(figure.value_period, [d]))
    return {"id": day.isoformat(), "day": day, "document": view.links(day)[0].document}


def _is_carried(part: Part) -> bool:
    return part.stands.state == "carried"


def _is_missing(part: Part) -> bool:
    return part.stands.state == "missing" or (part.stands.reading is not None and not part.counted)


def _reason(part: Part) -> str:
    """Not comparable on the map; silent; of a flow, some sub-periods said and not all; or without a weight."""
    if part.told is not None and part.told.reason is not None:
        return part.told.reason
    if part.stands.reading is not None:
        return "no_weight"
    return "incomplete" if part.said else "silent"


def _absent(part: Part, lang: str, reason: str) -> dict[str, Any]:
    return {
        "area": part.place.id,
        "area_name": part.place.name(lang),
        "reason": reason,
        "observations": [observations.cell_id(r.indicator, r.area, str(r.period)) for r in part.said],
    }


def _revisions(session: ReadSession, said: Sequence[Reading]) -> dict[tuple[str, str, str], Row[Any]]:
    """The revisions behind these readings, as they stood at `as_of`."""
    keys = sorted({(r.indicator, r.area, str(r.period)) for r in said})
    columns = (col(Revision.indicator), col(Revision.area), col(Revision.period))
    found: dict[tuple[str, str, str], Row[Any]] = {}
    for start in range(0, len(keys), _SLICE):
        statement = select(*columns, col(Revision.revision), col(Revision.submission), col(Revision.seq)).where(
            observations.known(session), tuple_(*columns).in_(keys[start : start + _SLICE])
        )
        found |= {(row.indicator, row.area, row.period): row for row in session.rows(statement)}
    return found


def _contribution(
    part: Part,
    reading: Reading,
    rows: Mapping[tuple[str, str, str], Row[Any]],
    figure: Figure,
    places: Mapping[str, str],
) -> dict[str, Any]:
    row = rows[reading.indicator, reading.area, str(reading.period)]
    carried = part.role == "reading" and _is_carried(part)
    reaching = part.role == "reading" and figure.definition.rollup is Rule.SHARE_REACHING
    decides = part.stands.reading if part.is_retold and part.stands.reading else reading
    shares = {source.area: share for source, share in part.told.sources()} if part.told else {}
    return {
        "observation": observations.cell_id(*(str(k) for k in row[:3])),
        "revision": row.revision,
        "role": part.role,
        "indicator": reading.indicator,
        "area": reading.area,
        "area_name": places.get(reading.area, reading.area),
        "into": part.place.id if part.is_retold else None,
        "share": shares.get(reading.area),
        "period": row.period,
        "value": reading.value,
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "qualifier": reading.qualifier.value,
        "carried": carried,
        "carried_from": row.period if carried else None,
        "reached": reaches(decides, figure.definition.criterion) if reaching else None,
        "submission": row.submission,
        "seq": row.seq,
    }


def _rule(figure: Figure, geography: date | None) -> dict[str, Any]:
    definition = figure.definition
    over = [text.format(months=definition.carries) for text in OVER_TIME[definition.over_time]]
    texts = [RULES[definition.rollup], over, BASES[figure.basis]]
    if geography is not None:
        texts.append([text.format(day=geography) for text in ON_MAP])
    return {
        "rule": definition.rollup.value,
        "over_time": definition.over_time.value,
        "basis": figure.basis,
        "vi": " ".join(t[0] for t in texts),
        "en": " ".join(t[1] for t in texts),
    }


def _clause(session: ReadSession, definition: Definition) -> dict[str, Any] | None:
    """The clause with its exact words, and the document it stands in."""
    if definition.clause is None:
        return None
    clause = documents.clause(session, definition.clause)
    document = documents.document(session, clause["document"])
    named = {name: document[name] for name in ("id", "number", "title_vi", "title_en")}
    told = {name: clause[name] for name in ("id", "heading_vi", "heading_en", "text", "gloss_en")}
    return told | {"quote": definition.quote, "document": named}


def _steps(facts: Facts, figure: Figure, heard: Sequence[Part]) -> Iterator[tuple[str, Step]]:
    for part in heard:
        if part.told is None:
            steps = over_time(part.definition, part.stands, part.said)
        else:
            steps = succession(part.definition, part.told, partial(_words, facts, part.definition))
        for step in steps:
            yield part.role, step
    definition = figure.definition
    weights = facts.weights(definition, own_period(figure.period, definition.frequency))
    for step in roll_up_steps(figure, facts.standings(definition, figure.period), weights):
        yield "reading", step
    for step in headline_steps(figure):
        yield "headline", step


def _step(role: str, step: Step, figure: Figure, names: Mapping[str, str]) -> dict[str, Any]:
    told = [text.format(decimals=figure.definition.decimals) for text in STEPS[step.operation]]
    return {
        "of": role,
        "area": step.area,
        "gives": step.gives,
        "operation": step.operation,
        "terms": [_term(t, names) for t in step.terms],
        "result": exact_text(step.result),
        "vi": told[0],
        "en": told[1],
    }


def _term(term: Term, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "value": exact_text(term.value),
        "times": None if term.times is None else exact_text(term.times),
        "area": term.area,
        "area_name": names.get(term.area) if term.area else None,
        "period": str(term.period) if term.period else None,
    }
