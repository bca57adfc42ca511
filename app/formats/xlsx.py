"""XLSX (ECMA-376) written as it is read from the rows: neither the workbook nor a file of it is ever held.

Libraries write a workbook when it is whole, and its reader would wait for a million rows before the first byte. A
workbook of plain cells is a ZIP of six small XML parts and the sheets, which the standard library can stream.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from app.core.numbers import EXACT

MAX_ROWS = 1_048_576
# A part of 2 GB or more needs ZIP64, of which Excel warns.
MAX_SHEET_BYTES = 2**31 - 2**26
# A spreadsheet's numbers are binary floats, of which Excel shows fifteen digits.
DIGITS = 15
_TOGETHER = 200

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN = 'numFmtId="0" fillId="0" borderId="0"'
_FONT = '<sz val="11"/><name val="Calibri"/>'
_STYLES = (
    f'{_XML}<styleSheet {_MAIN}><fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts><fills count="2">'
    '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1"><xf {_PLAIN} fontId="0"/></cellStyleXfs>'
    f'<cellXfs count="2"><xf {_PLAIN} fontId="0" xfId="0"/><xf {_PLAIN} fontId="1" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_HEAD = (
    f'{_XML}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
    ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_FOOT = "</sheetData></worksheet>"


def encoded(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, title: str = "data") -> Iterator[bytes]:
    """A workbook of the rows under a bold header that stays in view; a sheet that is full is followed by another.

    Texts are stored as texts, so none is a formula. A number of more than 15 digits is a text too, for a spreadsheet
    would round it. Equal rows give equal bytes.
    """
    sink = _Sink()
    names: list[str] = []
    left, more = iter(rows), True
    with zipfile.ZipFile(sink, "w") as book:
        while more:
            names.append(f"{title} {len(names) + 1}" if names else title)
            with book.open(_part(f"xl/worksheets/sheet{len(names)}.xml"), "w") as sheet:
                for _ in _filled(sheet, columns, left):
                    yield sink.taken()
            following = list(islice(left, 1))
            left, more = chain(following, left), bool(following)
        for path, content in _package(names):
            with book.open(_part(path), "w") as part:
                part.write(content.encode())
    yield sink.taken()


def _filled(sheet: IO[bytes], columns: Sequence[str], left: Iterator[Mapping[str, Any]]) -> Iterator[None]:
    """Write one sheet, stopping for whoever takes the bytes, until the rows end or no more fit."""
    letters = [_letters(place) for place in range(len(columns))]
    size = sheet.write((_HEAD + _line(1, letters, columns, ' s="1"')).encode())
    number = 1
    while size < MAX_SHEET_BYTES and (some := list(islice(left, min(_TOGETHER, MAX_ROWS - number)))):
        lines = (_line(n, letters, [row[c] for c in columns]) for n, row in enumerate(some, start=number + 1))
        size += sheet.write("".join(lines).encode())
        number += len(some)
        yield
    sheet.write(_FOOT.encode())


class _Sink:
    """A file without a past: what was written is taken away and cannot be sought."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def taken(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data


def _part(path: str) -> zipfile.ZipInfo:
    # It carries the year that ZIP begins with: a clock would make other bytes of the same rows.
    info = zipfile.ZipInfo(path)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _line(number: int, letters: Sequence[str], values: Sequence[Any], style: str = "") -> str:
    cells = [
        f'<c r="{letter}{number}"{style}{_cell(value)}'
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


# What XML cannot hold, or would not keep, and what looks like the way to write it (ECMA-376 22.9.2.19).
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@lru_cache(maxsize=8192)
def _text(value: str) -> str:
    plain = escape(_SPECIAL.sub(lambda found: f"_x{ord(found[0]):04X}_", value))
    return f' t="inlineStr"><is><t xml:space="preserve">{plain}</t></is></c>'


def _number(value: Decimal) -> str:
    written = format(value, "f")
    if len(value.normalize(EXACT).as_tuple().digits) > DIGITS:
        return _text(written)
    return f"><v>{written}</v></c>"


# By exact type, since this is done a million times twenty; what is of another type is nested.
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _text,
    bool: lambda value: f' t="b"><v>{value:d}</v></c>',
    float: lambda value: f"><v>{value!r}</v></c>",
    int: lambda value: _number(Decimal(value)),
    Decimal: _number,
    msgspec.Raw: lambda value: _number(Decimal(bytes(value).decode())),
}


def _cell(value: Any) -> str:
    """The rest of a cell's element, after its place."""
    write = _WRITERS.get(type(value))
    return write(value) if write else _text(msgspec.json.encode(value).decode())


def _letters(place: int) -> str:
    """The name of a column: A … Z, AA …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _package(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts that say what the sheets are; they may stand behind them."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    yield "xl/workbook.xml", f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    parts = [(f"rId{n}", f"{_OFFICE}/worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*parts, ("rId0", f"{_OFFICE}/styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES
    yield "_rels/.rels", _relations([("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml")])
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    kinds += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers]
    overrides = "".join(f'<Override PartName="{path}" ContentType="{_TYPE}.{kind}+xml"/>' for path, kind in kinds)
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    yield "[Content_Types].xml", f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>'


def _relations(found: Iterable[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{path}"/>' for name, kind, path in found)
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'
