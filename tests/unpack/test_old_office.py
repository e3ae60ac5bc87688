"""Workbooks of Excel 5 to 2003 as other programs write them."""

from __future__ import annotations

import struct

import pytest
from lockers import deflated
from packers import _biff, ole, xls
from test_unpack import contents

from forensics.unpack import Buffer
from forensics.unpack.compound import File


def stream_of(data: bytes, name: str = "Workbook") -> bytes:
    file = File(Buffer(data))
    entry = file.find(name)
    assert entry
    return file.start_of(entry, 1 << 20)


def sheets(data: bytes) -> dict[str, str]:
    return {name: body.decode() for name, body, *_ in contents(data) if name.startswith("~")}


@pytest.mark.parametrize("name", ["WORKBOOK", "workbook", "BOOK"])
def test_names_of_streams_in_any_letters(name: str) -> None:
    assert sheets(ole({name: stream_of(xls())})) == sheets(xls())


def test_sheets_of_a_book_inside_have_names_of_their_own() -> None:
    book = stream_of(xls())
    found = sheets(ole({"MBD1/Workbook": book, "Workbook": book}))
    assert len(found) == 2
    assert set(found.values()) == set(sheets(xls()).values())


@pytest.mark.parametrize("cut", range(1, 40))
def test_shared_strings_over_the_borders_of_records(cut: int) -> None:
    """The same strings wherever a record ends; characters go on behind a byte of flags."""
    names = ["ab", "cdef", "氏名", "end"]
    parts = []  # (bytes, is it of characters, flags)
    for name in names:
        flags = 0 if name.isascii() else 1
        parts.append((struct.pack("<HB", len(name), flags), False, 0))
        raw = [name[at].encode("utf-16-le" if flags else "latin-1") for at in range(len(name))]
        parts += [(char, True, flags) for char in raw]
    first, second, size = b"", b"", 0
    for raw, is_text, flags in parts:
        if size < cut <= size + len(raw) and is_text:
            second += bytes((flags,))
        size += len(raw)
        if size >= cut:
            second += raw
        else:
            first += raw
    strings = _biff(0xFC, struct.pack("<II", 4, 4) + first) + (_biff(0x3C, second) if second else b"")  # fmt: skip
    cells = b"".join(_biff(0xFD, struct.pack("<HHHI", 0, place, 0, place)) for place in range(4))
    sheet = _biff(0x0809, b"\0\6\x10\0" + bytes(12)) + cells + _biff(0x0A)
    head = _biff(0x0809, b"\0\6\5\0" + bytes(12))
    start = len(head) + 13 + len(strings) + 4
    sheets_at = _biff(0x85, struct.pack("<IBBBB", start, 0, 0, 1, 0) + b"A")
    data = ole({"Workbook": head + sheets_at + strings + _biff(0x0A) + sheet})
    assert sheets(data) == {"~sheet:1": "ab\tcdef\t氏名\tend\n"}


def book5(page: int | None, *cells: bytes) -> bytes:
    """BIFF5 with one sheet."""
    sheet = _biff(0x0809, b"\0\5\x10\0" + bytes(4)) + b"".join(cells) + _biff(0x0A)
    books = [b""]
    for _ in range(2):  # the second time with the sheet's offset
        books.append(
            _biff(0x0809, b"\0\5\5\0" + bytes(4))
            + (_biff(0x42, struct.pack("<H", page)) if page else b"")
            + _biff(0x85, struct.pack("<IBBB", len(books[-1]), 0, 0, 1) + b"A") + _biff(0x0A)
        )  # fmt: skip
    return ole({"Book": books[-1] + sheet})


def cell(kind: int, column: int, raw: bytes, behind: bytes = b"") -> bytes:
    return _biff(kind, struct.pack("<HHHH", 0, column, 0, len(raw)) + raw + behind)


@pytest.mark.parametrize(
    ("page", "encoding", "text"),
    [(None, "cp932", "蓮見 貴子"), (932, "cp932", "蓮見 貴子"), (1252, "cp1252", "Müller"), (1251, "cp1251", "Имя"), (10000, "mac_roman", "Müller"), (9999, "cp932", "蓮見")],
)  # fmt: skip
def test_code_pages_of_a_workbook(page: int | None, encoding: str, text: str) -> None:
    raw = text.encode(encoding)
    cells = cell(0x0204, 0, raw), cell(0xD6, 1, raw, b"\1\2\0")
    assert sheets(book5(page, *cells)) == {"~sheet:1": f"{text}\t{text}\n"}


def test_workbooks_before_excel_5_have_their_row() -> None:
    for head in ("0900040000001000", "090206000000100000000000", "0904060000001000"):
        found = contents(bytes.fromhex(head) + bytes(100))
        assert [one[2:] for one in found] == [("unsupported", "UNSUPPORTED", "Excel 2 to 4")]


def hangul(flags: int) -> bytes:
    head = (b"HWP Document File".ljust(32, b"\0") + bytes(4) + bytes((flags,))).ljust(256, b"\0")
    text = deflated("氏名 蓮見 貴子".encode("utf-16-le") * 9)
    return ole({"FileHeader": head, "BodyText/Section0": text, "BinData/BIN0001.png": b"x" * 80})


def test_hangul_documents():
    found = {name: (body, outcome) for name, body, outcome, *_ in contents(hangul(1))}
    assert found["BodyText/Section0"] == ("氏名 蓮見 貴子".encode("utf-16-le") * 9, "examined")
    assert found["BinData/BIN0001.png"] == (b"x" * 80, "examined")
    locked = {name: (outcome, method) for name, _, outcome, _, method in contents(hangul(3))}
    assert locked["BodyText/Section0"] == ("locked", "HWP")
    damaged = contents(hangul(1).replace(b"HWP Document File", b"HWP Document Fila"))
    assert {outcome for _, _, outcome, *_ in damaged} == {"examined"}
