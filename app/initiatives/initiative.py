"""An initiative as a value, the whole plan's at one moment, and the words for kinds and statuses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

KINDS: Mapping[str, tuple[str, str]] = {
    "package": ("Gói đầu tư", "Investment package"),
    "project": ("Dự án", "Project"),
    "system": ("Hệ thống", "System"),
    "equipment": ("Thiết bị", "Equipment"),
    "milestone": ("Mốc", "Milestone"),
    "task": ("Nhiệm vụ, giải pháp", "Task"),
    "duty": ("Phân công", "Duty"),
    "duty_part": ("Nội dung phân công", "Part of a duty"),
    "cooperation": ("Phối hợp", "Cooperation"),
}
STATUSES: Mapping[str, tuple[str, str]] = {
    "planned": ("Dự kiến", "Planned"),
    "preparing": ("Chuẩn bị đầu tư", "In preparation"),
    "in_progress": ("Đang triển khai", "In progress"),
    "completed": ("Đã hoàn thành", "Completed"),
    "suspended": ("Tạm dừng", "Suspended"),
    "cancelled": ("Đã hủy", "Cancelled"),
}
UNSTATED = ("Chưa nêu", "Not stated")


def word(words: Mapping[str, tuple[str, str]], code: str | None, lang: str) -> str:
    """The name of a kind or status in the asked language; that of null too."""
    vi, en = UNSTATED if code is None else words[code]
    return en if lang == "en" else vi


@dataclass(frozen=True, slots=True)
class Initiative:
    """One version. `starts` and `ends` are inclusive; `status_date` is null for what the plan itself says."""

    code: str
    version: int
    seq: int
    kind: str
    parent: str | None
    name_vi: str
    name_en: str
    responsible: str | None
    responsible_vi: str | None
    responsible_en: str | None
    clause: str | None
    quote: str | None
    budget_vnd: int | None
    starts: date | None
    ends: date | None
    target: str | None
    status: str | None
    status_date: date | None
    status_note: str | None
    flags: tuple[str, ...]
    note_vi: str | None
    note_en: str | None
    retired: bool

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_vi

    @property
    def said(self) -> tuple[str | None, date | None, str | None]:
        """What the version says about how far it is."""
        return self.status, self.status_date, self.status_note


class Initiatives:
    """Every initiative in the version known at one seq, retired ones too, in the order of their codes."""

    def __init__(self, versions: Mapping[str, list[Initiative]]) -> None:
        self._versions = versions
        self._newest = {code: found[-1] for code, found in sorted(versions.items()) if found}

    def __iter__(self) -> Iterator[Initiative]:
        return iter(self._newest.values())

    def get(self, code: str) -> Initiative | None:
        return self._newest.get(code)

    def versions(self, code: str) -> list[Initiative]:
        """Oldest first."""
        return self._versions.get(code, [])

    def children(self, code: str) -> list[Initiative]:
        """Those in use that hang on `code`."""
        return [i for i in self if i.parent == code and not i.retired]

    def ancestors(self, initiative: Initiative) -> list[Initiative]:
        """Parent, grandparent and so on; ends where a parent was met before."""
        found: list[Initiative] = []
        above = self.get(initiative.parent) if initiative.parent else None
        while above is not None and above not in found:
            found.append(above)
            above = self.get(above.parent) if above.parent else None
        return found

    def statuses(self, code: str) -> list[Initiative]:
        """The versions in which the status, its day or its note became another one, oldest first."""
        versions = self.versions(code)
        before = [None, *versions]
        return [v for v, b in zip(versions, before, strict=False) if v.said != (b.said if b else (None, None, None))]
