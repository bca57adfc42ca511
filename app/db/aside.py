"""Reads so short that the event loop itself asks the database them: the way to a thread and back costs more.

The handler of such a read is a plain function, run `aside`. SQLite answers its question at once. PostgreSQL is asked by
app/db/wire.py: the question leaves the function as `Wanted`, and with the answer at hand it is run again. Where it
wants anything else of the database, it belongs in a thread (`NotAside`).
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
Ask = Callable[[Select[Any], dict[str, Any]], Sequence[Any]]
# How a function that runs aside asks; None where none does.
_ask: ContextVar[Ask | None] = ContextVar("ask", default=None)


def is_aside() -> bool:
    return _ask.get() is not None


def told(statement: Select[Any], parameters: dict[str, Any]) -> Sequence[Any]:
    """The answer to the function's question. Raises Wanted before there is one."""
    ask = _ask.get()
    assert ask is not None
    return ask(statement, parameters)


def at_once(ask: Ask, function: Callable[..., Answered], values: dict[str, Any]) -> Answered:
    """Run a function whose question `ask` answers. Raises NotAside."""
    mark = _ask.set(ask)
    try:
        return function(**values)
    finally:
        _ask.reset(mark)


async def aside(wires: "Wires", function: Callable[..., Answered], values: dict[str, Any]) -> Answered:
    """Run a function that asks the database once. Raises NotAside, and psycopg.Error."""
    try:
        return at_once(_want, function, values)
    except Wanted as wanted:
        rows = await wires.ask(wanted.statement, wanted.parameters)
    return at_once(lambda *_: rows, function, values)


def _want(statement: Select[Any], parameters: dict[str, Any]) -> Never:
    raise Wanted(statement, parameters)
