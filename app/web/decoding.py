"""Strict JSON: numbers keep every digit, and what JSON leaves to taste is refused with a pointer.

Refused: NaN and Infinity, duplicate keys, more than 28 significant digits, exponents beyond ±12, forbidden characters
(U+0000, bidirectional controls, zero-width), anything deeper than 32 levels, text that is not UTF-8.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import Fault, Problem
from app.core.numbers import NumberRefused, accepted

MAX_DEPTH = 32
# Objects and lists in one body: ten thousand rows need one each.
MAX_PARTS = 100_000
MAX_FAULTS = 20
MAX_TOKEN = 100

# Controls but tab and line breaks, lone surrogates, zero-width and bidirectional marks: invisible, so never meant.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class _Refused:
    code: str
    literal: str


def decode(body: bytes) -> Any:
    """The value of a JSON document: objects, lists, strings (NFC), Decimals, booleans and None.

    Raises `malformed-json` (400) with line and column, or `invalid-body` (422) with a pointer for each refused value.
    """
    parts = body.count(b"{") + body.count(b"[")
    if parts > MAX_PARTS:
        # Eight megabytes of empty lists would hold up every other request while they are made into objects.
        raise Problem("too-many-rows", Fault(code="too-many-rows", pointer="", given=parts, expected=f"≤ {MAX_PARTS}"))

    def number(literal: str) -> Any:
        try:
            return accepted(literal)
        except NumberRefused as error:
            return _Refused(error.code, literal)

    def constant(literal: str) -> Any:
        return _Refused("number-not-finite", literal)

    def members(pairs: list[tuple[str, Any]]) -> Any:
        made: dict[str, Any] = {}
        for key, value in pairs:
            made[key] = _Refused("duplicate-key", _writable(key)) if key in made else value
        return made

    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, parse_float=number, parse_int=number, parse_constant=constant, object_pairs_hook=members
        )
    except UnicodeDecodeError as error:
        raise Problem("malformed-json", Fault(code="not-utf-8", given=error.start)) from None
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        fault = Fault(code="malformed-json", given=f"{error.lineno}:{error.colno}", params=where)
        raise Problem("malformed-json", fault) from None
    except RecursionError:
        raise Problem("too-deep", limit=MAX_DEPTH) from None
    faults: list[Fault] = []
    clean = _walk(value, [], faults)
    if faults:
        raise Problem("invalid-body", *faults)
    return clean


def _walk(value: Any, path: list[str | int], faults: list[Fault]) -> Any:
    """`value` cleaned; `path` leads to it, and only what is wrong pays for a pointer."""
    if isinstance(value, str):
        return _text(value, path, faults)
    if isinstance(value, dict | list):
        if len(path) >= MAX_DEPTH:
            raise Problem("too-deep", limit=MAX_DEPTH)
        return _members(value, path, faults) if isinstance(value, dict) else _items(value, path, faults)
    if isinstance(value, _Refused):
        _note(faults, Fault(code=value.code, pointer=_pointer(path), given=value.literal))
    return value


def _members(value: dict[str, Any], path: list[str | int], faults: list[Fault]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, item in value.items():
        name = _text(key, path, faults)
        path.append(key)
        if name in made:
            # Two Unicode forms of one name.
            _note(faults, Fault(code="duplicate-key", pointer=_pointer(path), given=name))
        made[name] = _walk(item, path, faults)
        path.pop()
    return made


def _items(value: list[Any], path: list[str | int], faults: list[Fault]) -> list[Any]:
    made: list[Any] = []
    for index, item in enumerate(value):
        path.append(index)
        made.append(_walk(item, path, faults))
        path.pop()
    return made


def _note(faults: list[Fault], fault: Fault) -> None:
    # More are not told, and a body may be wrong a million times.
    if len(faults) < MAX_FAULTS:
        faults.append(fault)


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{escape(str(step))}" for step in path)


def _text(value: str, path: list[str | int], faults: list[Fault]) -> str:
    if value.isascii() and value.isprintable():
        return value
    found: list[Fault] = []
    clean = clean_text(value, found)
    if found:
        _note(faults, replace(found[0], pointer=_pointer(path)))
    return clean


def clean_text(value: str, faults: list[Fault], **where: Any) -> str:
    """`value` in NFC; a forbidden character becomes a fault at `where`."""
    found = _FORBIDDEN.search(value)
    if found is not None:
        faults.append(Fault(code="forbidden-character", given=f"U+{ord(found[0]):04X}", **where))
    return unicodedata.normalize("NFC", value)


def escape(key: str) -> str:
    """A key as a token of a JSON Pointer (RFC 6901); a key too long to be meant is cut."""
    shown = key if len(key) <= MAX_TOKEN else key[: MAX_TOKEN - 1] + "…"
    return _writable(shown).replace("~", "~0").replace("/", "~1")


def _writable(key: str) -> str:
    # A lone surrogate cannot be written as UTF-8, not even in the answer that refuses it.
    return key.encode("utf-8", "replace").decode()
