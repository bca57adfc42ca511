"""What a command says, in both languages."""

import sys


class Failed(Exception):
    """What could not be done, as a sentence in both languages, and the exit code."""

    def __init__(self, vi: str, en: str, code: int = 1) -> None:
        super().__init__(en)
        self.vi, self.en, self.code = vi, en, code


def tell(vi: str, en: str) -> None:
    """What was done, on standard output."""
    print(f"{vi}\n{en}", flush=True)


def say(vi: str, en: str) -> None:
    """What could not be done, on standard error."""
    complain(vi)
    complain(en)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
