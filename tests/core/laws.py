"""Laws: what must hold for every example, and must fail for a wrong variant, or the law says nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

QUIET = settings(deadline=None, database=None, max_examples=200, suppress_health_check=list(HealthCheck))
# Any counterexample will do, so none is made smaller.
SEARCH = settings(QUIET, max_examples=3000, phases=[Phase.generate])


@dataclass(frozen=True)
class Law:
    """`holds(subject, example)` for every example of `examples`; the subject is the function under law."""

    examples: st.SearchStrategy[Any]
    holds: Callable[[Any, Any], bool]

    def keeps(self, subject: Any) -> None:
        """Fails with the smallest counterexample."""

        @QUIET
        @given(self.examples)
        def check(example: Any) -> None:
            assert self.holds(subject, example), example

        check()

    def refutes(self, wrong: Any) -> bool:
        """Whether a counterexample to a deliberately wrong subject is found."""
        try:
            find(self.examples, lambda example: not self.holds(wrong, example), settings=SEARCH)
        except NoSuchExample:
            return False
        return True
