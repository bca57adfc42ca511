"""Every problem code of the code base has its words, and every word its code."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.core.errors import Fault, Problem
from app.web.catalogue import CATALOGUE, Entry
from app.web.catalogue.entry import filled, placeholders
from app.web.problems import document

APP = Path(__file__).resolve().parents[2] / "app"
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
# What takes a code, and which of its arguments it is. Functions of the app that pass a `code` on are found besides.
_RAISERS: dict[str, int | str] = {
    "Problem": 0,
    "refuse": 0,
    "PydanticCustomError": 0,
    "NumberRefused": 0,
    "_Refused": 0,
    "Fault": "code",
}


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    files = [f for f in sorted(APP.rglob("*.py")) if "catalogue" not in f.parts and f.name != "samples.py"]
    return tuple((f, ast.parse(f.read_text())) for f in files)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _argument(call: ast.Call, which: int | str) -> ast.expr | None:
    named = next((k.value for k in call.keywords if k.arg == "code"), None)
    if named is not None:
        return named
    return call.args[which] if isinstance(which, int) and len(call.args) > which else None


@cache
def raisers() -> dict[str, int | str]:
    """Everything that takes a code, by name: what is known, and every function that hands its `code` to such."""
    found: dict[str, int | str] = dict(_RAISERS)
    before = 0
    while len(found) != before:
        before = len(found)
        for _, tree in modules():
            for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
                names = [a.arg for a in function.args.args]
                if "code" not in names:
                    continue
                for call in [n for n in ast.walk(function) if isinstance(n, ast.Call) and _name(n) in found]:
                    argument = _argument(call, found[_name(call)])
                    if isinstance(argument, ast.Name) and argument.id == "code":
                        found[function.name] = names.index("code")
    return found


def _strings(node: ast.expr | None, scope: ast.AST) -> Iterator[str]:
    """The constants that an argument may be: itself, both arms of a choice, what a local name was given."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body, scope)
        yield from _strings(node.orelse, scope)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        for argument in node.args[1:]:
            yield from _strings(argument, scope)
        for inner in ast.walk(node.func.value):
            if isinstance(inner, ast.Dict):
                for value in inner.values:
                    yield from _strings(value, scope)
    elif isinstance(node, ast.Name):
        for statement in ast.walk(scope):
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if any(isinstance(t, ast.Name) and t.id == node.id for t in targets):
                assert isinstance(statement, ast.Assign)
                if not (isinstance(statement.value, ast.Name) and statement.value.id == node.id):
                    yield from _strings(statement.value, scope)


@cache
def raised() -> dict[str, str]:
    """Every code that some statement of the app raises or declares, and where."""
    found: dict[str, str] = {}
    for file, tree in modules():
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        for scope in [*functions, tree]:
            for call in [n for n in ast.walk(scope) if isinstance(n, ast.Call)]:
                where = f"{file.relative_to(APP)}:{call.lineno}"
                if _name(call) in raisers():
                    for code in _strings(_argument(call, raisers()[_name(call)]), scope):
                        found.setdefault(code, where)
                if _name(call) == "documented":
                    for argument in call.args[1:]:
                        for code in _strings(argument, scope):
                            found.setdefault(code, where)
    from app.web.validation import _CODES

    return found | dict.fromkeys(_CODES.values(), "web/validation.py: _CODES")


def test_every_code_has_its_words():
    missing = {code: where for code, where in raised().items() if code not in CATALOGUE}

    assert not missing


def test_the_walk_finds_codes_that_are_passed_on():
    """Raised by a helper, chosen by a condition, declared by a route, mapped from pydantic: each way is seen."""
    assert {"not-a-text", "value-required", "unknown-parameter", "number-not-finite", "not-one-of"} <= raised().keys()


def test_no_words_stand_unused():
    said = {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert not CATALOGUE.keys() - said


def test_an_unknown_code_is_an_error_of_ours():
    with pytest.raises(KeyError):
        document(Problem("no-such-code"), lang="vi", instance="/", trace_id="")


@pytest.mark.parametrize(("code", "entry"), sorted(CATALOGUE.items()))
def test_words_are_whole_in_both_languages(code: str, entry: Entry):
    vi, en = entry.vi, entry.en

    assert _CODE.fullmatch(code)
    assert 400 <= entry.status <= 599
    assert placeholders(vi.detail) == placeholders(en.detail)
    for words in (vi, en):
        for text in (words.title, words.detail, words.help):
            assert text == unicodedata.normalize("NFC", text) == text.strip()
            assert "  " not in text
        assert not words.title.endswith(".")
        assert words.help.endswith(".")
        assert len(words.help.split()) >= 15
        assert words.help.count("`") % 2 == 0
    assert vi.title != en.title
    assert not vi.detail.isascii() or not vi.help.isascii()
    assert en.title.isascii()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_sentences_read_well_however_little_is_known(code: str, lang: str):
    bare = document(Problem(code, Fault(code=code, given=1)), lang=lang, instance="/", trace_id="")["detail"]

    assert not re.search(r"[{}\[\]]|  | [,.;:]|\.\.", bare)


def test_optional_parts_are_left_out_when_they_have_nothing_to_say():
    template = "No “{given}”.[ Did you mean “{hint}”?][ Known: {expected}.]"

    assert filled(template, {"given": "a"}) == "No “a”."
    assert filled(template, {"given": "a", "hint": "b"}) == "No “a”. Did you mean “b”?"
    assert filled("{given}", {}) == "…"


def test_what_was_given_cannot_fill_the_template_again():
    assert filled("“{given}”[ {hint}]", {"given": "{hint} [x]", "hint": "h"}) == "“{hint} [x]” h"


def test_the_feed_knows_every_type_of_change_that_is_recorded():
    """A filter refuses a type that is not listed, so one that some feature records must be."""
    from app.access.audit import TYPES

    whole, begun = set(), set()
    for _, tree in modules():
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call) and _name(n) == "record"):
            named = call.args[0] if call.args else None
            if isinstance(named, ast.Constant):
                whole.add(str(named.value))
            elif isinstance(named, ast.JoinedStr) and isinstance(named.values[0], ast.Constant):
                begun.add(str(named.values[0].value))

    assert {"observation.", "target.", "indicator."} <= begun
    assert whole <= set(TYPES)
    assert {start for start in begun if not any(t.startswith(start) for t in TYPES)} == set()
