"""Reads so short that PostgreSQL is asked them by the event loop itself (app/db/wire.py), not from a thread.

The handler of such a read is a plain function. It is run `aside`: what it wants to ask leaves it as `Wanted`, and with
the answer at hand it is run again. Where it wants anything else of the database, it belongs in a thread (`NotAside`).
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Never, TypeVar

from sqlalchemy import Select

if TYPE_CHECKING:
    from app.db.wire import Wires

Answered = TypeVar("Answered")


class Wanted(Exception):
    """What a function that runs aside asks of the database."""

    def __init__(self, statement: Select[Any], parameters: dict[str, Any]) -> None:
        super().__init__()
        self.statement, self.parameters = statement, parameters


class NotAside(Exception):
    """The function needs more of the database than one answer."""


class _NoConnection:
    def __getattr__(self, name: str) -> Never:
        raise NotAside


NO_CONNECTION: Any = _NoConnection()
# The answers that a function has been given so far; None where it does not run aside.
_answers: ContextVar[list[Sequence[Any]] | None] = ContextVar("answers", default=None)


def is_aside() -> bool:
    return _answers.get() is not None


def told(statement: Select[Any], parameters: dict[str, Any]) -> Sequence[Any]:
    """The answer to the function's question. Raises Wanted before there is one."""
    answers = _answers.get()
    assert answers is not None
    if not answers:
        raise Wanted(statement, parameters)
    return answers[0]


async def aside(wires: "Wires", function: Callable[..., Answered], values: dict[str, Any]) -> Answered:
    """Run a function that asks the database once. Raises NotAside, and psycopg.Error."""
    answers: list[Sequence[Any]] = []
    mark = _answers.set(answers)
    try:
        try:
            return function(**values)
        except Wanted as wanted:
            answers.append(await wires.ask(wanted.statement, wanted.parameters))
        return function(**values)
    finally:
        _answers.reset(mark)
