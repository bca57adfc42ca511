"""The published form of the API (docs/openapi.json) and what would break a client that was made from it.

`python -m tests.web.contract` brings the file up to date; it refuses while something breaks and the version does not
say so (semver: the major number, before 1.0 the minor one).
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.cli import main as dxi

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
Schema = dict[str, Any]

# Limits of what may be sent: a smaller one, or a first one, refuses what was taken before.
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_WORDS = ("description", "summary", "title", "example", "examples")
# Below these, names are data and not words of OpenAPI.
_NAMED = ("properties", "schemas", "paths", "headers", "responses", "content", "securitySchemes")


def contract_of(document: dict[str, Any]) -> dict[str, Any]:
    """The document without descriptions and examples, which break nobody; a valid document still."""
    info = {name: document["info"][name] for name in ("title", "version", "license", "contact")}
    made: dict[str, Any] = {**_without_words(document), "info": info}
    for operations in made["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                answer["description"] = ""
    return made


def _without_words(node: Any, *, named: bool = False) -> Any:
    if isinstance(node, list):
        return [_without_words(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {k: _without_words(v, named=k in _NAMED) for k, v in node.items() if named or k not in _WORDS}


def published() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(PUBLISHED.read_text("utf-8"))
    return document


def may_break(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the version says that clients must look."""
    before, after = ([int(n) for n in d["info"]["version"].split(".")[:2]] for d in (old, new))
    return after[0] > before[0] or (after[0] == before[0] == 0 and after[1] > before[1])


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a client of `old` can no longer do, or may now be told that it does not know; empty for additions."""
    return list(dict.fromkeys(_Comparison(old, new).all()))


@dataclass
class _Comparison:
    old: dict[str, Any]
    new: dict[str, Any]
    known: dict[tuple[str, str, bool], list[str]] = field(default_factory=dict)

    def all(self) -> Iterator[str]:
        for path, operations in self.old["paths"].items():
            for method, operation in operations.items():
                where = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{where}: gone"
                else:
                    yield from self.operation(where, operation, now)

    def operation(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{where}: called {new['operationId']} instead of {old['operationId']}"
        if {} in old.get("security", [{}]) and {} not in new.get("security", [{}]):
            yield f"{where}: needs a key now"
        yield from self.parameters(where, old, new)
        if "requestBody" in new:
            before = old.get("requestBody", {"content": {}})
            if new["requestBody"].get("required") and not before.get("required"):
                yield f"{where}: needs a body now"
            yield from self.contents(f"{where} body", before["content"], new["requestBody"]["content"], sent=True)
        elif "requestBody" in old:
            yield f"{where}: takes no body any more"
        for status, answer in old["responses"].items():
            if status.startswith("2"):
                yield from self.answer(f"{where} {status}", answer, new["responses"].get(status))

    def parameters(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = ({(p["in"], p["name"]): p for p in o.get("parameters", [])} for o in (old, new))
        for key, parameter in before.items():
            place = f"{where} {key[0]} {key[1]}"
            if key not in after:
                yield f"{place}: gone"
                continue
            if after[key].get("required") and not parameter.get("required"):
                yield f"{place}: required now"
            yield from self.schema(place, parameter["schema"], after[key]["schema"], sent=True)
        for key, parameter in after.items():
            if key not in before and parameter.get("required"):
                yield f"{where} {key[0]} {key[1]}: new and required"

    def answer(self, where: str, old: Schema, new: Schema | None) -> Iterator[str]:
        if new is None:
            yield f"{where}: gone"
            return
        for name in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"{where} header {name}: gone"
        yield from self.contents(where, old.get("content", {}), new.get("content", {}), sent=False)

    def contents(self, where: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        for kind, content in old.items():
            if kind not in new:
                yield f"{where} {kind}: gone"
            else:
                yield from self.schema(where, content["schema"], new[kind]["schema"], sent=sent)

    def schema(self, where: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        """What is sent may not be narrowed, what is answered not widened."""
        pair = (str(old), str(new), sent)
        if pair not in self.known:
            # A shape within itself is told of once.
            self.known[pair] = []
            self.known[pair] = list(self.alternatives(where, old, new, sent=sent))
        yield from self.known[pair]

    def alternatives(self, where: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        """Of every alternative given, what the one most like it among those taken breaks."""
        before, after = self.branches(self.old, old), self.branches(self.new, new)
        given, taken = (before, after) if sent else (after, before)
        for branch in given:
            found = [other for other in taken if _kind(other) == _kind(branch)]
            found = found or [other for other in taken if _kind(branch) == "integer" and _kind(other) == "number"]
            found = found or [other for other in taken if _kind(other) is None]
            if not found:
                yield f"{where}: {_kind(branch) or 'anything'} {'not taken any more' if sent else 'is new'}"
                continue
            told = [list(self.plain(where, *((branch, o) if sent else (o, branch)), sent=sent)) for o in found]
            yield from min(told, key=len)

    def branches(self, document: Schema, schema: Schema) -> list[Schema]:
        """The schema's alternatives, none of them a reference or a list of types."""
        if "$ref" in schema:
            found: Schema = document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            return self.branches(document, found)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return [b for branch in schema[several] for b in self.branches(document, branch)]
        if isinstance(schema.get("type"), list):
            return [{**schema, "type": kind} for kind in schema["type"]]
        return [schema]

    def plain(self, where: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        yield from _choices(where, old, new, sent=sent)
        if sent:
            yield from _limits(where, old, new)
        elif old.get("format") != new.get("format"):
            yield f"{where}: format {new.get('format')} instead of {old.get('format')}"
        if "items" in old and "items" in new:
            yield from self.schema(f"{where}[]", old["items"], new["items"], sent=sent)
        yield from self.members(where, old, new, sent=sent)

    def members(self, where: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - after.keys():
            yield f"{where}.{name}: gone"
        for name in sorted(needed_after - needed_before) if sent else ():
            yield f"{where}.{name}: required now"
        for name in sorted(needed_before - needed_after) if not sent else ():
            yield f"{where}.{name}: may be missing now"
        if sent and old.get("additionalProperties", True) is not False and new.get("additionalProperties") is False:
            yield f"{where}: other members are refused now"
        for name in before.keys() & after.keys():
            yield from self.schema(f"{where}.{name}", before[name], after[name], sent=sent)


def _kind(schema: Schema) -> str | None:
    kind: str | None = schema.get("type")
    return kind


def _choices(where: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
    before, after = ([s["const"]] if "const" in s else s.get("enum") for s in (old, new))
    if before is not None and after is not None:
        for value in before:
            if value not in after:
                yield f"{where}: {value!r} is no choice any more"
    elif after is not None and sent:
        yield f"{where}: only {after} now"
    elif before is not None and not sent:
        yield f"{where}: anything instead of {before}"


def _limits(where: str, old: Schema, new: Schema) -> Iterator[str]:
    for name in ("pattern", "format", "multipleOf"):
        if name in new and new[name] != old.get(name):
            yield f"{where}: {name} {new[name]} instead of {old.get(name)}"
    for names, sign in ((_UPPER, 1), (_LOWER, -1)):
        for name in names:
            if name in new and (name not in old or sign * new[name] < sign * old[name]):
                yield f"{where}: {name} {new[name]} instead of {old.get(name)}"


def main() -> int:
    from contextlib import redirect_stdout
    from io import StringIO

    out = StringIO()
    with redirect_stdout(out):
        dxi(["openapi"])
    new = contract_of(json.loads(out.getvalue()))
    if PUBLISHED.exists():
        found = breaks(published(), new)
        if found and not may_break(published(), new):
            print("Breaks clients, and the version does not say so:", *found, sep="\n  ")
            return 1
    PUBLISHED.write_text(json.dumps(new, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
