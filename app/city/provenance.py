"""`/provenance`: the chain from the plan's words to a cell of a ward's sheet, up and down from any link of it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from app.access.callers import Caller
from app.core.errors import Problem, refuse
from app.core.registry import View
from app.db.session import ReadSession
from app.indicators import documents
from app.indicators import queries as indicators
from app.initiatives import queries as initiatives
from app.observations import queries as observations
from app.observations.tables import Revision
from app.submissions import queries as submissions
from app.web.answers import PREFIX
from app.web.problems import unauthenticated

Node = dict[str, Any]
MOST = 100


def chain(session: ReadSession, caller: Caller, kind: str, id: str, lang: str) -> dict[str, Any]:
    """What `id` comes from (`up`) and what comes from it (`down`), each node with the one it hangs from."""
    told = _Telling(session, indicators.registry(session), caller, lang)
    ways: dict[str, Callable[[str], None]] = {
        "clause": told.from_clause,
        "indicator": told.from_indicator,
        "target": told.from_target,
        "initiative": told.from_initiative,
        "observation": told.from_observation,
        "submission": told.from_submission,
    }
    ways[kind](id)
    return {"kind": kind, "id": id, "up": told.up, "down": told.down, "seq": session.as_of}


class _Telling:
    """The two halves of one chain while they are told."""

    def __init__(self, session: ReadSession, view: View, caller: Caller, lang: str) -> None:
        self.session, self.view, self.caller, self.lang = session, view, caller, lang
        self.up: list[Node] = []
        self.down: list[Node] = []

    def from_clause(self, id: str) -> None:
        found = documents.clause(self.session, id)
        self._document(found["document"], id)
        for definition in self.view.definitions():
            if definition.clause == id:
                self.down.append(_node("indicator", definition.code, definition.name(self.lang), id))
                self._below_indicator(definition.code)
        told = {node["id"] for node in self.down if node["kind"] == "target"}
        for target in self.view.targets():
            if target.clause == id and target.id not in told:
                self.down.append(_node("target", target.id, target.quote, id))
        for initiative in initiatives.initiatives(self.session):
            if initiative.clause == id and not initiative.retired:
                self.down.append(_node("initiative", initiative.code, initiative.name(self.lang), id))

    def from_indicator(self, id: str) -> None:
        definition = self.view.definition(id)
        if definition is None:
            raise refuse("indicator-not-found", parameter="id", given=id)
        self._clause(definition.clause, definition.quote, id)
        self._below_indicator(id)

    def from_target(self, id: str) -> None:
        target = self.view.target(id)
        if target is None:
            raise refuse("target-not-found", parameter="id", given=id)
        self._indicator(target.indicator, id)
        if not any(node["kind"] == "clause" and node["id"] == target.clause for node in self.up):
            self._clause(target.clause, target.quote, id)
        self._cells(col(Revision.indicator) == target.indicator, id)

    def from_initiative(self, id: str) -> None:
        known = initiatives.initiatives(self.session)
        found = known.get(id)
        if found is None:
            raise refuse("initiative-not-found", parameter="id", given=id)
        below = id
        for above in known.ancestors(found):
            self.up.append(_node("initiative", above.code, above.name(self.lang), below))
            below = above.code
        self._clause(found.clause, found.quote, id)
        self.down += [_node("initiative", i.code, i.name(self.lang), id) for i in known if i.parent == id]
        target = self.view.target(found.target) if found.target else None
        if target is not None:
            self.down.append(_node("target", target.id, target.quote, id))

    def from_observation(self, id: str) -> None:
        row = observations.one(self.session, id)
        self._submission(row.submission, row.source, id)
        self._indicator(row.indicator, id)
        self._figure(row.indicator, row.period, id)

    def from_submission(self, id: str) -> None:
        if self.caller.id is None:
            raise unauthenticated()
        submissions.one(self.session, self.caller, id)
        self._cells(col(Revision.submission) == id, id, every=True)
        for node in [n for n in self.down if n["kind"] == "observation"]:
            indicator, _, period = observations.split_id(node["id"])
            if not any(n["kind"] == "figure" and n["id"] == f"{indicator}@{period}" for n in self.down):
                self._figure(indicator, period, node["id"])

    def _document(self, id: str, parent: str) -> None:
        self.up.append(_node("document", id, documents.document(self.session, id)[f"title_{self.lang}"], parent))

    def _clause(self, id: str | None, words: str | None, parent: str) -> None:
        if id is not None:
            self.up.append(_node("clause", id, words, parent))
            self._document(documents.clause(self.session, id)["document"], id)

    def _indicator(self, code: str, parent: str) -> None:
        definition = self.view.definition(code)
        if definition is not None:
            self.up.append(_node("indicator", code, definition.name(self.lang), parent))
            self._clause(definition.clause, definition.quote, code)

    def _below_indicator(self, code: str) -> None:
        for target in self.view.targets_of(code):
            self.down.append(_node("target", target.id, target.quote, code))
        self._cells(col(Revision.indicator) == code, code)

    def _cells(self, condition: ColumnElement[bool], parent: str, *, every: bool = False) -> None:
        """The newest cells and how many there are; `every` revision (of a submission), not only those that stand."""
        wanted = [condition, col(Revision.seq) <= self.session.as_of]
        if not every:
            wanted += [observations.known(self.session), col(Revision.withdrawn).is_(False)]
        keys = (col(Revision.indicator), col(Revision.area), col(Revision.period))
        statement = select(*keys).where(*wanted)
        newest = statement.order_by(col(Revision.ends).desc(), col(Revision.seq).desc(), *keys).limit(MOST)
        count = self.session.scalar(select(func.count()).select_from(Revision).where(*wanted))
        self.down.append(_node("observations", parent, None, parent, count=int(count)))
        for row in self.session.rows(newest):
            place = self.view.area(row.area)
            self.down.append(
                _node("observation", observations.cell_id(*row), place.name(self.lang) if place else None, parent)
            )

    def _submission(self, id: str | None, source: str | None, parent: str) -> None:
        """The receipt; where in a file the cell stood is told to those alone who may read the receipt."""
        if id is None:
            return
        self.up.append(_node("submission", id, None, parent))
        if source is not None and self._reads(id):
            self.up.append(_node("cell", id, None, id, place=msgspec.json.decode(source)))

    def _reads(self, submission: str) -> bool:
        if self.caller.id is None:
            return False
        try:
            submissions.one(self.session, self.caller, submission)
        except Problem:
            return False
        return True

    def _figure(self, indicator: str, period: str, parent: str) -> None:
        self.down.append(_node("figure", f"{indicator}@{period}", None, parent))


def _node(kind: str, id: str, name: str | None, parent: str, *, count: int | None = None, place: Any = None) -> Node:
    return {
        "kind": kind,
        "id": id,
        "name": name,
        "parent": parent,
        "href": _href(kind, id),
        "count": count,
        "place": place,
    }


def _href(kind: str, id: str) -> str | None:
    if kind == "figure":
        indicator, _, period = id.partition("@")
        return f"{PREFIX}/city/explain?indicator={indicator}&period={period}"
    if kind in ("observations", "cell"):
        return None
    return f"{PREFIX}/{kind}s/{quote(id)}"
