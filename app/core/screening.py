"""Screening: what a ward sent, checked row by row against the registry, with findings a clerk can act on.

A row is valid or refused as a whole. The rules stand on the indicator: a caller cannot choose a wrong one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from app.core.entities import Area, Definition, Level, Measure, Rule
from app.core.errors import Fault, Problem
from app.core.numbers import Qualifier, decimals_of, round_half_up
from app.core.periods import Frequency, Period
from app.core.places import resolve_area
from app.core.registry import View

EXTRA_DECIMALS = 6
# Looking for the nearest name is dear; who errs a thousand times does not need it each time.
MAX_HINTS = 100
MAX_UNKNOWN = 20
MAX_TOKEN = 100
MAX_NOTE = 2000
MEMBERS = ("indicator", "area", "period", "value", "numerator", "denominator", "qualifier", "status", "note")
FORMS = {"A": "2025", "S": "2025-S1", "Q": "2025-Q1", "M": "2025-03"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a cell says: a value (a flag is 1 or 0), or both components, or a status M or Q."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: Qualifier = Qualifier.EQ
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A valid row: where it goes and what it says. `note` None means that the row did not speak of it."""

    definition: Definition
    area: Area
    period: Period
    content: Content
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.definition.code, self.area.id, str(self.period))


@dataclass(slots=True)
class Row:
    """A screened row: its cell when it is valid, and everything found."""

    index: int
    cell: Cell | None = None
    findings: list[Fault] = field(default_factory=list)

    @property
    def errors(self) -> list[Fault]:
        return [f for f in self.findings if f.severity == "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What rows are screened against. `own_areas` None means every area is the caller's."""

    view: View
    today: date
    own_areas: frozenset[str] | None
    area: str | None = None
    period: str | None = None
    hints: Iterator[int] = field(default_factory=lambda: iter(range(MAX_HINTS)))
    placed: dict[tuple[str | None, Level, Period], Area] = field(default_factory=dict)

    def may_search(self, name: str) -> bool:
        return len(name) <= MAX_TOKEN and next(self.hints, None) is not None

    def near(self, name: str, known: Sequence[str]) -> str | None:
        """The known name that was meant, while hints last."""
        if not self.may_search(name):
            return None
        found = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
        return found[0] if found else None


def screen(rows: Sequence[Any], context: Context) -> list[Row]:
    """Every row with its findings, pointers below `/rows/<index>`; the same cell twice is refused the second time."""
    screened = [_screen_row(index, sent, context) for index, sent in enumerate(rows)]
    first: dict[tuple[str, str, str], int] = {}
    for row in screened:
        if row.cell is None:
            continue
        before = first.setdefault(row.cell.key, row.index)
        if before != row.index:
            row.findings.append(
                Fault(
                    code="duplicate-cell",
                    pointer=f"/rows/{row.index}",
                    given=".".join(row.cell.key),
                    params={"first": before},
                )
            )
            row.cell = None
    return screened


def _screen_row(index: int, sent: Any, context: Context) -> Row:
    row = Row(index)
    place = f"/rows/{index}"
    try:
        row.cell, warnings = _cell(sent, context)
        row.findings = [w.at(place) for w in warnings]
    except Problem as problem:
        row.findings = [f.at(place) for f in problem.faults]
    return row


def _refused(*faults: Fault) -> Problem:
    return Problem("submission-rejected", *faults)


def _fault(code: str, member: str, **more: Any) -> Problem:
    return _refused(Fault(code=code, pointer=f"/{member}", **more))


def _cell(sent: Any, context: Context) -> tuple[Cell, list[Fault]]:
    if not isinstance(sent, dict):
        raise _refused(Fault(code="not-an-object", pointer="", given=sent))
    unknown = [name for name in sent if name not in MEMBERS]
    if unknown:
        raise _refused(
            *(
                Fault(
                    code="unknown-member",
                    pointer=f"/{_token(name)}",
                    hint=context.near(name, MEMBERS),
                    expected=", ".join(MEMBERS),
                )
                for name in unknown[:MAX_UNKNOWN]
            )
        )
    code = _text(sent, "indicator")
    if code is None:
        raise _fault("required", "indicator")
    newest = context.view.definition(code)
    if newest is None:
        known = [d.code for d in context.view.definitions() if not d.retired]
        raise _fault("unknown-indicator", "indicator", given=code, hint=context.near(code, known))
    if newest.retired:
        raise _fault("indicator-retired", "indicator", given=code)
    period = _period(sent, newest, context)
    definition = context.view.definition_for(code, period)
    if definition is None:
        starts = context.view.versions(code)[0].valid_from
        raise _fault("indicator-not-valid-in-period", "period", given=str(period), expected=f"≥ {starts.isoformat()}")
    area = _placed(sent, definition, period, context)
    warnings: list[Fault] = []
    content = _content(sent, definition, area, warnings)
    note = _text(sent, "note")
    if note is not None and len(note) > MAX_NOTE:
        raise _fault("text-too-long", "note", given=len(note), expected=f"≤ {MAX_NOTE}")
    return Cell(definition=definition, area=area, period=period, content=content, note=note), warnings


def _token(name: str) -> str:
    """A member's name as a token of a JSON Pointer (RFC 6901); one too long to be meant is cut."""
    shown = name if len(name) <= MAX_TOKEN else name[: MAX_TOKEN - 1] + "…"
    return shown.replace("~", "~0").replace("/", "~1")


def _text(sent: Mapping[str, Any], member: str) -> str | None:
    value = sent.get(member)
    if value is not None and not isinstance(value, str):
        raise _fault("not-a-text", member, given=value)
    return value


def _period(sent: Mapping[str, Any], definition: Definition, context: Context) -> Period:
    own = _text(sent, "period")
    text = context.period if own is None else own
    expected = FORMS[definition.frequency.value]
    if text is None:
        raise _fault("required", "period", expected=expected)
    try:
        period = Period.parse(text)
    except Problem:
        raise _fault("period-malformed", "period", given=text, expected=expected) from None
    if period.frequency is not definition.frequency:
        raise _fault(
            "frequency-mismatch", "period", given=text, expected=expected, params={"indicator": definition.code}
        )
    if period.first > context.today:
        newest = Period.containing(context.today, Frequency(definition.frequency))
        raise _fault("period-not-open", "period", given=text, expected=f"≤ {newest}")
    return period


def _placed(sent: Mapping[str, Any], definition: Definition, period: Period, context: Context) -> Area:
    """The row's area; a lot names one area for all its rows, and what was found good once is so for all."""
    named = sent.get("area")
    if named is not None and not isinstance(named, str):
        raise _fault("not-a-text", "area", given=named)
    key = (named, definition.level, period)
    area = context.placed.get(key)
    if area is None:
        area = context.placed[key] = _area(sent, definition, period, context)
    return area


def _area(sent: Mapping[str, Any], definition: Definition, period: Period, context: Context) -> Area:
    named, own = _text(sent, "area"), context.own_areas
    named = context.area if named is None else named
    if named is None:
        if own is None or len(own) != 1:
            raise _fault("required", "area", expected=", ".join(sorted(own)[:5]) if own else "14758")
        named = next(iter(own))
    view = context.view
    if view.area(named) is None and not view.areas_of_code(named) and not context.may_search(named):
        raise _fault("unknown-area", "area", given=named)
    try:
        area = resolve_area(view, named, period.last)
    except Problem as problem:
        raise _refused(*(f.at("/area") for f in problem.faults)) from None
    if not area.valid_on(period.last):
        raise _fault("area-not-valid-in-period", "area", given=named, **_validity(view, area, period))
    if own is not None and view.all_ended(own, context.today):
        heirs = ", ".join(view.heirs(own))
        raise _fault("key-area-ended", "area", given=", ".join(sorted(own)[:5]), hint=heirs or None)
    if own is not None and area.id not in own:
        raise _fault("area-not-yours", "area", given=named, expected=", ".join(sorted(own)[:5]))
    if area.level != definition.level and area.level is not Level.CITY:
        raise _fault("area-level-mismatch", "area", given=named, expected=definition.level.value)
    return area


def _validity(view: View, area: Area, period: Period) -> dict[str, Any]:
    """When the area was valid, and, once it ended, the areas that took its place."""
    until = area.valid_to.isoformat() if area.valid_to else "…"
    span = f"{area.valid_from.isoformat()} – {until}"
    heirs = [view.area(link.new) for link in view.successors(area.id)] if area.valid_from <= period.last else []
    named = ", ".join(f"{heir.id} {heir.name_vi}" for heir in heirs if heir is not None)
    return {"expected": span, "hint": named or None, "params": {"name": area.name_vi, "period": str(period)}}


def _content(sent: Mapping[str, Any], definition: Definition, area: Area, warnings: list[Fault]) -> Content:
    """The number of a row as its indicator wants it; rules.md 3, 4 and 8."""
    status = _text(sent, "status")
    numbers = [m for m in ("value", "numerator", "denominator") if sent.get(m) is not None]
    if status is not None:
        if status not in ("M", "Q"):
            raise _fault("not-one-of", "status", given=status, expected="M, Q")
        if numbers or sent.get("qualifier") is not None:
            raise _fault("status-with-value", numbers[0] if numbers else "qualifier", given=status)
        return Content(status=status)
    qualifier = _qualifier(sent)
    if not numbers:
        wants = "components-required" if _needs_components(definition, area) else "value-required"
        raise _fault(wants, "numerator" if wants == "components-required" else "value")
    by_city = area.level is Level.CITY and definition.rollup is Rule.SHARE_REACHING
    if definition.measure is Measure.FLAG and not by_city:
        return _flag(sent, numbers, qualifier)
    if "numerator" in numbers or "denominator" in numbers:
        return _components(sent, definition, qualifier, by_city=by_city)
    if _needs_components(definition, area):
        raise _fault("components-required", "value", given=sent["value"], params={"indicator": definition.code})
    value = _number(sent, "value", definition)
    percent = by_city or definition.figure_unit == "PT"
    if value < 0 and (percent or definition.measure is not Measure.AMOUNT):
        raise _fault("negative-value", "value", given=value)
    if percent and value > 100:
        raise _fault("out-of-range", "value", given=value, expected="0 … 100")
    if definition.measure is Measure.COUNT and not by_city and value != value.to_integral_value():
        warnings.append(Fault(code="fractional-count", pointer="/value", given=value, severity="warning"))
    return Content(value=value, qualifier=qualifier)


def _needs_components(definition: Definition, area: Area) -> bool:
    """Wards' ratios are summed by components; the city's own figure may be a share alone, as the plan's are."""
    return definition.rollup is Rule.RATIO_OF_SUMS and area.level is not Level.CITY


def _qualifier(sent: Mapping[str, Any]) -> Qualifier:
    given = _text(sent, "qualifier")
    if given is None:
        return Qualifier.EQ
    try:
        return Qualifier(given)
    except ValueError:
        raise _fault("not-one-of", "qualifier", given=given, expected="eq, gt, ge, lt, le") from None


def _flag(sent: Mapping[str, Any], numbers: list[str], qualifier: Qualifier) -> Content:
    if numbers != ["value"]:
        raise _fault("components-not-allowed", numbers[-1], given=sent[numbers[-1]])
    if not isinstance(sent["value"], bool):
        raise _fault("not-a-boolean", "value", given=sent["value"], expected="true, false")
    if qualifier is not Qualifier.EQ:
        raise _fault("qualifier-not-allowed", "qualifier", given=qualifier.value)
    return Content(value=Decimal(int(sent["value"])))


def _number(sent: Mapping[str, Any], member: str, definition: Definition) -> Decimal:
    value = sent[member]
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise _fault("not-a-number", member, given=value)
    most = definition.decimals + EXTRA_DECIMALS
    if decimals_of(value) > most:
        raise _fault("too-many-decimals", member, given=value, expected=f"≤ {most}")
    return value


def _components(sent: Mapping[str, Any], definition: Definition, qualifier: Qualifier, *, by_city: bool) -> Content:
    if definition.measure is not Measure.RATIO and not by_city:
        raise _fault("components-not-allowed", "numerator" if sent.get("numerator") is not None else "denominator")
    for member in ("numerator", "denominator"):
        if sent.get(member) is None:
            raise _fault("component-missing", member)
    numerator, denominator = (_number(sent, member, definition) for member in ("numerator", "denominator"))
    for member, number in (("numerator", numerator), ("denominator", denominator)):
        if number < 0:
            raise _fault("negative-value", member, given=number)
    if (by_city or definition.figure_unit == "PT" or not denominator) and numerator > denominator:
        raise _fault("numerator-exceeds-denominator", "numerator", given=numerator, expected=f"≤ {denominator}")
    if sent.get("value") is not None:
        _check_agreement(_number(sent, "value", definition), numerator, denominator)
    return Content(numerator=numerator, denominator=denominator, qualifier=qualifier)


def _check_agreement(value: Decimal, numerator: Decimal, denominator: Decimal) -> None:
    """A share sent beside its components must be theirs, to the decimals it is written with."""
    if not denominator:
        raise _fault("value-contradicts-components", "value", given=value, expected="null")
    right = round_half_up(Fraction(numerator) * 100 / Fraction(denominator), decimals_of(value))
    if right != value:
        raise _fault("value-contradicts-components", "value", given=value, expected=str(right))
