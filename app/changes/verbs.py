"""What a change of something kept in versions is called in the log."""

from typing import Protocol


class Version(Protocol):
    @property
    def retired(self) -> bool: ...


def verb(before: Version | None, after: Version) -> str:
    if before is None:
        return "created"
    if before.retired == after.retired:
        return "revised"
    return "retired" if after.retired else "restored"
