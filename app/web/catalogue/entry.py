"""What is known of a problem, and how its sentences are filled."""

import re
from dataclasses import dataclass
from typing import Any

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A problem in one language.

    `detail` is a template. `{given}`, `{expected}`, `{hint}`, `{place}`, `{count}`, `{message}` (the first error's own
    sentence) and the problem's own parameters fill it; a part in square brackets is left out when one of its parameters
    is not known. `help` is what the page of the problem says: what happened, what to do, an example.
    """

    title: str
    detail: str
    help: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem in both languages, and the status it is answered with."""

    status: int
    vi: Words
    en: Words

    def words(self, lang: str) -> Words:
        return self.en if lang == "en" else self.vi

    def title(self, lang: str) -> str:
        return self.words(lang).title

    def detail(self, lang: str) -> str:
        return self.words(lang).detail


def placeholders(template: str) -> set[str]:
    """The names that a template may be filled with."""
    return set(_PLACE.findall(template))


def filled(template: str, params: dict[str, Any]) -> str:
    """The sentence: optional parts without their parameters are left out, any other unknown one is an ellipsis."""

    def optional(part: re.Match[str]) -> str:
        return part[1] if placeholders(part[1]) <= params.keys() else ""

    return _PLACE.sub(lambda m: str(params.get(m[1], "…")), _OPTIONAL.sub(optional, template))
