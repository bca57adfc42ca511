"""Errors are facts about the domain; the edge turns them into problem documents (RFC 9457).

    Problem                what a caller did wrong, or what the service cannot do now
      Fault                one place of it: a pointer, parameter, header or cell

A problem names a `code`. Its status, titles and sentences in both languages stand in `app.web.catalogue`, so that
no rule has to speak.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One complaint about one place.

    `given` is what was sent, `expected` what would do, `hint` the nearest valid thing ("did you mean …"); `params`
    fill the sentence of the catalogue. A fault of severity `warning` does not refuse anything.
    """

    code: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    cell: str | None = None
    given: Any = None
    expected: Any = None
    hint: Any = None
    severity: Literal["error", "warning"] = "error"
    params: dict[str, Any] = field(default_factory=dict)

    def at(self, pointer: str) -> "Fault":
        """The same complaint, its pointer put below `pointer` (RFC 6901)."""
        return replace(self, pointer=pointer + (self.pointer or ""))


class Problem(Exception):
    """A request that cannot be served, and where it went wrong.

    `code` is the last part of the problem type `/problems/<code>`. `headers` are sent along (Retry-After, Allow …).
    """

    def __init__(
        self,
        code: str,
        *faults: Fault,
        headers: dict[str, str] | None = None,
        error_count: int | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults
        self.headers = headers or {}
        self.error_count = error_count
        self.params = params


def refuse(code: str, **where: Any) -> Problem:
    """A problem with one fault of the same code: the usual shape of a refused value."""
    return Problem(code, Fault(code=code, **where), **where.get("params", {}))
