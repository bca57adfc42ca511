"""Every problem there is, in both languages: status, title, and the sentence that fills in what went wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`detail_*` are templates; `{given}`, `{expected}`, `{hint}` and the problem's own parameters fill them."""

    status: int
    title_vi: str
    title_en: str
    detail_vi: str
    detail_en: str

    def title(self, lang: str) -> str:
        return self.title_en if lang == "en" else self.title_vi

    def detail(self, lang: str) -> str:
        return self.detail_en if lang == "en" else self.detail_vi


class _Catalogue(dict[str, Entry]):
    def __missing__(self, key: str) -> Entry:
        return Entry(422, key, key, key, key)


CATALOGUE: dict[str, Entry] = _Catalogue()
