"""Binary workbooks (xlsb): rows as of their other forms."""

from __future__ import annotations

import struct

from packers import zipped
from test_unpack import contents


def number(value: int) -> bytes:
    """7 bits a byte, the lowest first."""
    out = b""
    while value > 0x7F:
        out += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return out + bytes((value,))


def record(kind: int, body: bytes = b"") -> bytes:
    return number(kind) + number(len(body)) + body


def text(shown: str) -> bytes:
    return struct.pack("<I", len(shown)) + shown.encode("utf-16-le")


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + value)


SHEET = (
    record(129) + record(0, struct.pack("<I", 0) + bytes(20))
    + cell(7, 0, struct.pack("<I", 0)) + cell(6, 2, text("生年月日"))
    + record(0, struct.pack("<I", 1) + bytes(20))
    + cell(7, 0, struct.pack("<I", 1)) + cell(2, 1, struct.pack("<I", 12345 << 2 | 3)) + cell(5, 2, struct.pack("<d", 28567), 1)
    + record(0, struct.pack("<I", 2) + bytes(20))
    + cell(62, 0, b"\0" + text("太字")) + cell(8, 1, text("of a formula") + b"more") + cell(4, 2, b"\1") + cell(1, 3, b"")
    + record(130)
)  # fmt: skip
STRINGS = record(159) + record(19, b"\0" + text("氏名")) + record(19, b"\1" + text("蓮見 貴子") + b"runs") + record(160)  # fmt: skip
STYLES = (
    record(44, struct.pack("<H", 176) + text("yyyy/m/d")) + record(47, struct.pack("<HH", 0, 176))
    + record(617) + record(47, bytes(16)) + record(47, struct.pack("<HH", 0, 176) + bytes(12)) + record(618)
)  # fmt: skip
ROWS = "氏名\t\t生年月日\n蓮見 貴子\t123.45\t1978-03-18\n太字\tof a formula\t1\n"


def book(sheet: bytes) -> bytes:
    return zipped({
        "[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.bin": sheet, "xl/worksheets/binaryIndex1.bin": b"x",
        "xl/sharedStrings.bin": STRINGS, "xl/styles.bin": STYLES,
    })  # fmt: skip


def test_rows() -> None:
    found = [one for one in contents(book(SHEET)) if one[0].startswith("~")]
    assert [(name, body.decode(), outcome) for name, body, outcome, *_ in found] == [("~sheet:1", ROWS, "examined")]  # fmt: skip


def test_a_cut_sheet_gives_its_rows_before_the_cut() -> None:
    body, outcome, reason = contents(book(SHEET[:-20]))[-1][1:4]
    assert (outcome, reason) == ("partial", "TRUNCATED")
    assert body.decode() == "".join(ROWS.splitlines(keepends=True)[:2])
