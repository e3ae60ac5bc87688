"""Sheets of Excel 5 to 2003 workbooks (BIFF5, BIFF8) as tab-separated text; ole.py offers them.

Layout          records: u16 type, u16 size, data. 85 sheet (u32 offset, name), FC shared strings,
                continued in 3C; cells u16 row, u16 column, u16 style: FD shared string, 203 number, 27E
                RK, BD many RK, 204 and D6 text, 06 formula (its text in 207); E0 styles, 41E formats, 42 code page,
                22 days from 1904
Source          Microsoft [MS-XLS]
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from forensics.unpack.office_sheets import DATE_IDS, date_text, is_date_format, number_text
from forensics.unpack.unpacker import UnpackError, file_name

STREAM_MAX = 256 << 20  # bytes of a workbook's stream, held in memory
_COLUMNS_MAX = 256
SHEETS_MAX = 1024
_SHEETS = (b"\0", b"\1", b"\2")  # of cells, of macros, of a chart with the values that it shows
_Records = Iterator[tuple[int, int, bytes]]  # type, offset, data


def _records(data: bytes, at: int = 0) -> _Records:
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, at, data[at + 4 : at + 4 + size]
        at += 4 + size


class Workbook:
    """What all sheets share: strings, styles, names and places of the sheets."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.sheets: list[int] = []  # offsets
        self._strings: list[str] = []
        self._places: list[tuple[int, int]] = []  # of the strings that are no more than they show
        formats: dict[int, bool] = {}
        self._dates: list[bool] = []  # by style
        self._wide = True  # BIFF8
        self._from_1904 = False  # are days counted from then
        self._page = "cp932"  # of texts that are not wide
        shared: list[tuple[int, bytes]] = []  # where the body of a record begins, the body
        before = 0
        for kind, at, body in _records(data):
            if kind == 0x0809:
                self._wide = body[:2] != b"\0\5"
            elif kind == 0x85 and body[5:6] in _SHEETS:
                self.sheets.append(int.from_bytes(body[:4], "little"))
            elif kind == 0xFC or (kind == 0x3C and before in (0xFC, 0x3C) and shared):
                shared.append((at + 4, body))
            elif kind == 0x041E and len(body) > 5:
                formats[int.from_bytes(body[:2], "little")] = is_date_format(self._text(body[2:]))
            elif kind == 0x22:
                self._from_1904 = body[:2] == b"\1\0"
            elif kind == 0x42:
                number = int.from_bytes(body[:2], "little")
                self._page = _PAGES.get(number, f"cp{number}")
            elif kind == 0xE0:
                number = int.from_bytes(body[2:4], "little")
                self._dates.append(formats.get(number, number in DATE_IDS))
            elif kind == 0x0A:
                break
            before = kind
        if shared:
            strings = _Strings(shared)
            self._strings = list(strings.all())
            self._places = strings.places

    def rows(self, start: int) -> Iterator[str]:
        """Lines of the sheet at an offset; UnpackError TRUNCATED where its end is missing."""
        cells: dict[int, str] = {}
        current, open_formula = 0, (0, 0)
        for kind, at, body in _records(self._data, start):
            if kind == 0x0A and at > start:
                yield _line(cells)
                return
            if kind == 0x0207 and open_formula[0] == current:
                cells[open_formula[1]] = self._text(body)
                continue
            if kind not in _CELLS or len(body) < 6:
                continue
            row, column, style = struct.unpack_from("<HHH", body)
            values = dict(self._values(kind, column, style, body))
            if row != current or not values.keys().isdisjoint(cells):  # a cell again is not shown
                yield _line(cells)
                cells, current = {}, row
            open_formula = (row, column)
            cells |= values
        yield _line(cells)
        raise UnpackError("TRUNCATED")

    def told(self) -> Iterator[tuple[int, int]]:
        """Bytes of the stream whose values the rows give as they are: cells, and the strings they use.

        Not what a formula holds, strings with furigana, with line breaks, or of doubtful letters.
        """
        used = set[int]()
        for start in self.sheets:
            for kind, at, body in _records(self._data, start):
                if kind == 0x0A and at > start:
                    break
                if int.from_bytes(body[2:4], "little") >= _COLUMNS_MAX:
                    continue
                if kind == 0xFD and len(body) >= 10:
                    used.add(int.from_bytes(body[6:10], "little"))
                size = _NUMBERS.get(kind)
                if kind in _TEXTS and self._is_sure(text := self._text(body[6:])):
                    wide = self._wide and body[8:9] and body[8] & 1
                    size = 6 + 2 + self._wide + len(text) * (1 + bool(wide))
                if size:
                    yield at, at + 4 + min(size, len(body))
        for place in sorted(used):
            if place < len(self._places) and self._is_sure(self._strings[place]):
                yield self._places[place]

    def _is_sure(self, text: str) -> bool:
        """Is a text given as it lies, in one line and not in letters of Europe that Japanese ones were taken for?"""
        sure = text.isascii() or (max(text) > "\xff" if self._wide else self._page == "cp932")
        return sure and _LINES.search(text) is None

    def _values(self, kind: int, column: int, style: int, body: bytes) -> Iterator[tuple[int, str]]:
        if column >= _COLUMNS_MAX:
            return
        if kind == 0xFD and len(body) >= 10:
            place = int.from_bytes(body[6:10], "little")
            yield column, self._strings[place] if place < len(self._strings) else ""
        elif kind in _TEXTS:
            yield column, self._text(body[6:])
        elif kind in (0x0203, 0x06) and len(body) >= 14:
            if kind == 0x0203 or body[12:14] != b"\xff\xff":
                yield column, self._number(struct.unpack_from("<d", body, 6)[0], style)
        elif kind == 0x027E and len(body) >= 10:
            yield column, self._number(rk(body[6:10]), style)
        elif kind == 0xBD:
            for step, at in enumerate(range(4, len(body) - 7, 6)):
                own = int.from_bytes(body[at : at + 2], "little")
                yield column + step, self._number(rk(body[at + 2 : at + 6]), own)

    def _number(self, value: float, style: int) -> str:
        if style < len(self._dates) and self._dates[style]:
            return date_text(value, from_1904=self._from_1904)
        return number_text(value)

    def _text(self, body: bytes) -> str:
        """A string with u16 length; in BIFF8 with flags, else of the workbook's code page."""
        length = int.from_bytes(body[:2], "little")
        if not self._wide:
            try:
                return body[2 : 2 + length].decode(self._page, "replace")
            except LookupError:
                return file_name(body[2 : 2 + length])
        if body[2:3] and body[2] & 1:
            return body[3 : 3 + 2 * length].decode("utf-16-le", "replace")
        return body[3 : 3 + length].decode("latin-1")


_CELLS = (0xFD, 0x0203, 0x027E, 0xBD, 0x0204, 0xD6, 0x06)
_TEXTS = (0x0204, 0xD6)  # plain; with fonts for parts of it behind it
_PAGES = {
    10000: "mac_roman",
    10001: "cp932",
    1200: "utf-16-le",
    32768: "mac_roman",
    32769: "cp1252",
}
_NUMBERS = {
    0xFD: 10,
    0x0203: 14,
    0x027E: 10,
    0xBD: 1 << 16,
}  # cells without text, their bytes at most
_LINES = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ufffd]")


class _Strings:
    """Shared strings over the borders of their records: characters go on after a new flag byte.

    places: bytes of the stream (start, end) of each; empty ranges of those that hold more than text.
    """

    def __init__(self, parts: list[tuple[int, bytes]]) -> None:
        self._parts, self._part, self._at = [body for _, body in parts], 0, 8
        self._starts = [at for at, _ in parts]
        self.places: list[tuple[int, int]] = []

    def all(self) -> Iterator[str]:
        while self._part < len(self._parts):
            start = self._starts[self._part] + self._at
            head = self._take(3)
            if len(head) < 3:
                return
            length, flags = struct.unpack("<HB", head)
            runs = int.from_bytes(self._take(2), "little") if flags & 8 else 0
            extra = int.from_bytes(self._take(4), "little") if flags & 4 else 0
            text = self._characters(length, wide=bool(flags & 1))
            self._take(4 * runs + extra)
            self.places.append((start, start if extra else self._place()))
            yield text

    def _place(self) -> int:
        """Where the next string begins; behind the last record, its end."""
        if self._part < len(self._parts):
            return self._starts[self._part] + self._at
        return self._starts[-1] + len(self._parts[-1])

    def _take(self, size: int) -> bytes:
        out = b""
        while size > 0 and self._part < len(self._parts):
            piece = self._parts[self._part][self._at : self._at + size]
            out, size, self._at = out + piece, size - len(piece), self._at + len(piece)
            if self._at >= len(self._parts[self._part]):
                self._part, self._at = self._part + 1, 0
        return out

    def _characters(self, left: int, *, wide: bool) -> str:
        out = []
        if (
            left > 0 and not self._at and self._part < len(self._parts)
        ):  # behind its head a new record
            wide, self._at = bool(self._parts[self._part][:1] == b"\1"), 1
        while left > 0 and self._part < len(self._parts):
            part = self._parts[self._part]
            width = 2 if wide else 1
            count = min(left, (len(part) - self._at) // width)
            raw = part[self._at : self._at + count * width]
            out.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            left, self._at = left - count, self._at + count * width
            if left > 0 or self._at >= len(part):
                self._part, self._at = self._part + 1, 0
                if left > 0 and self._part < len(self._parts):
                    wide, self._at = bool(self._parts[self._part][:1] == b"\1"), 1
        return "".join(out)


def rk(raw: bytes) -> float:
    """A number in the RK form: bit 1 integer, bit 0 in hundredths."""
    number = int.from_bytes(raw, "little")
    value: float
    if number & 2:
        value = float(int.from_bytes(raw, "little", signed=True) >> 2)
    else:
        value = struct.unpack("<d", bytes(4) + (number & 0xFFFFFFFC).to_bytes(4, "little"))[0]
    return value / 100 if number & 1 else value


def _line(cells: dict[int, str]) -> str:
    if not cells:
        return ""
    row = [cells.get(column, "") for column in range(min(max(cells) + 1, _COLUMNS_MAX))]
    return "\t".join(" ".join(text.split()) for text in row) + "\n"
