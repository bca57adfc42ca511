"""Reading the plan and its seeds for these tests alone; nothing of the app is used."""

import copy
import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

SEEDS = Path(__file__).parents[2] / "seeds"
PLAN = "plan.vi.txt"

NUMBER = re.compile(r"\d[\d.,/]*\d|\d")
# A number followed by letters, or that says which of several things is meant, is part of a name.
NAME = re.compile(
    r"\d+\s?[-/]\s?[A-ZĐ][-A-ZĐ/ ]*|\dG(?:/\dG)?|\dD|A3|mức độ 3|chợ 4\.0|layer 2|“3 không”|“3 Không”|Ban Chỉ đạo 35"
)


class _Exact(yaml.SafeLoader):
    """Every number is a Decimal, so that 84.39 is 84.39."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


for _tag in ("int", "float"):
    _Exact.add_constructor(f"tag:yaml.org,2002:{_tag}", _decimal)


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def raw(name: str) -> str:
    return (SEEDS / name).read_text(encoding="utf-8")


def load(name: str) -> Any:
    if name.endswith(".csv"):
        return list(csv.DictReader(raw(name).splitlines()))
    return yaml.load(raw(name), _Exact)


def seeds() -> dict[str, Any]:
    """Every seed but the plan itself, by file name; a fresh copy, to be mutated by controls."""
    names = sorted(path.name for path in SEEDS.iterdir() if path.suffix in {".yaml", ".csv"})
    return copy.deepcopy({name: load(name) for name in names})


def stitched(text: str) -> tuple[str, list[str]]:
    """The body without its page feet, and the footnotes.

    A footnote opens with its bare number ("1 Trong đó", where items of the body have "1."), and the feet of a page end
    where the next page begins, with a line set in by one space.
    """
    body: list[str] = []
    notes: list[str] = []
    foot = False
    for line in text.splitlines():
        if re.match(r"\d \S", line):
            foot = True
            notes.append(line)
        elif foot and not re.match(r" \S", line):
            notes[-1] += " " + line
        else:
            foot = False
            body.append(line)
    return folded(" ".join(body)), [folded(note) for note in notes]


def records(node: Any, clause: str | None = None) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Every mapping, with the clause it speaks of: its own or that of the mapping around it."""
    if isinstance(node, dict):
        clause = node.get("clause") or clause
        yield node, clause
        for child in node.values():
            yield from records(child, clause)
    elif isinstance(node, list):
        for child in node:
            yield from records(child, clause)


def quotations(node: Any) -> Iterator[tuple[str, str | None]]:
    """Each quotation with its clause; `status_quote` may name its own with `status_clause`, and so on."""
    for record, clause in records(node):
        for key, text in record.items():
            if text and (key == "quote" or key.endswith("_quote")):
                yield text, record.get(key.removesuffix("quote") + "clause") or clause


def misquoted(seeds: dict[str, Any]) -> list[tuple[str, str]]:
    """(file, quotation) of every quotation that its clause does not hold."""
    texts = {clause["id"]: folded(clause["text"]) for clause in seeds["clauses.yaml"]}
    return [
        (name, quote)
        for name, content in seeds.items()
        for quote, clause in quotations(content)
        if quote not in texts.get(clause or "", "")
    ]


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def absent_numbers(seeds: dict[str, Any], plan: str) -> list[str]:
    """The numbers of the plan that stand in no clause's text, no quotation and no reference to a clause."""
    held = {number for content in seeds.values() for text in _words(content) for number in numbers(folded(text))}
    return sorted(set(numbers(folded(plan))) - held)


def _words(node: Any) -> Iterator[str]:
    """The plan's words in a seed. Codes and ordinals are ours: that one holds an 82 says nothing of the plan's 82."""
    for record, _ in records(node):
        for key, value in record.items():
            if key in {"text", "clause", "number"} or key.endswith("quote"):
                yield value or ""


def unstated(record: dict[str, Any], quote: str) -> list[str]:
    """The numbers of a quotation that no structured field of its record equals.

    The notation of the plan is its own: 84,39 is 84.39, 33/47 is two numbers, 350 tỷ is 350 × 10⁹, 16/01/2025 a day,
    a bare year the year of a day; the record of "trước năm 2028" is flagged, and due the day before.
    """
    facts = set(_facts(record))
    before = "exclusive_deadline" in (record.get("flags") or [])
    said = NAME.sub(" ", quote)
    return [
        found.group()
        for found in NUMBER.finditer(said)
        if not _meanings(found.group(), said[found.end() :], before=before) <= facts
    ]


def _facts(record: dict[str, Any]) -> Iterator[Decimal | date | str]:
    for value in record.values():
        if isinstance(value, Decimal):
            yield value
        elif (day := as_date(value)) is not None:
            yield from (day, f"{day:%m/%Y}", f"{day:%Y}")


def _meanings(number: str, rest: str, *, before: bool) -> set[Decimal | date | str]:
    parts = number.split("/")
    if len(parts) == 3:
        day, month, year = (int(part) for part in parts)
        return {date(year, month, day)}
    if len(parts) == 2 and len(parts[1]) == 4:
        return {number}
    if re.fullmatch(r"20\d\d", number):
        return {str(int(number) - 1) if before else number}
    scale = 10**9 if rest.startswith(" tỷ") else 1
    return {Decimal(part.replace(",", ".")) * scale for part in parts}


def as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    return None
