"""What is not urgent, done together: for many small things cost more one by one than the answers that cause them."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

# Nobody reads logs or metrics faster. Killed, a process loses that much of them.
SECONDS = 0.05

T = TypeVar("T")


class Gathered(Generic[T]):
    """Hands what was added to all `listeners`, in order, a moment after the first of it; `now` does it at once."""

    def __init__(self, *listeners: Callable[[list[T]], None]) -> None:
        self._listeners = listeners
        # Another thread may hand over while the loop adds.
        self._waiting: deque[T] = deque()

    def add(self, one: T) -> None:
        """Only in a running loop."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(SECONDS, self.now)
        self._waiting.append(one)

    def now(self) -> None:
        handed: list[T] = []
        with suppress(IndexError):
            while True:
                handed.append(self._waiting.popleft())
        for told in self._listeners if handed else ():
            told(handed)
