"""Text of Word documents of 6 to 2003, in the order of the document; ole.py offers it.

Layout          stream WordDocument: u16 A5EC or A5DC, u16 version (C1: 97 and later), u16 flags at 10 (4: fast-saved;
                200: 1Table, else 0Table), u32 begin, end of the text at 24; u32 place, bytes of the
                piece table at 418 (97) or 352. Piece table: 01 u16 grammar.., 02 u32 bytes,
                u32 x (n+1) character numbers, n x 8: u16, u32 place (bit 30: 8-bit, half of it), u16
Source          Microsoft [MS-DOC] 2.4.1, 2.9.38
Proves          the document holds this text: body, notes, headers, remarks, text boxes
Does not prove  what was deleted: that lies in the stream, which is examined as it is
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

from forensics.unpack.compound import Entry, File
from forensics.unpack.unpacker import UnpackError, file_name

STREAM_MAX = 256 << 20  # bytes of the document's stream, held in memory
TABLE_MAX = 16 << 20
PIECES_MAX = 1 << 20
_WORD_97 = 0xC1
# Paragraph, cell and row ends, page breaks, fields, notes; the rest of the controls is nothing.
_CONTROLS = dict.fromkeys(range(32)) | {
    7: "\t", 9: "\t", 10: "\n", 11: "\n", 12: "\n", 13: "\n", 14: "\n", 30: "-", 0xA0: " ",
}  # fmt: skip
_ROW_END = "\x07\x07"


def text(file: File, entry: Entry) -> Iterator[bytes]:
    """The text in pieces; UnpackError DAMAGED where the table of pieces leads nowhere."""
    data = file.start_of(entry, STREAM_MAX)
    if len(data) < 426:
        raise UnpackError("TRUNCATED")
    version, flags = struct.unpack_from("<2xH6xH", data)
    wide = version >= _WORD_97
    place, size = struct.unpack_from("<II", data, 418 if wide else 352)
    table = data
    if wide:
        found = file.beside(entry, "1Table" if flags & 0x200 else "0Table")
        table = file.start_of(found, TABLE_MAX) if found else b""
    pieces = list(_pieces(table[place : place + size])) if wide or flags & 4 else []
    if not pieces:
        begin, end = struct.unpack_from("<II", data, 24)
        pieces = [(begin, max(end - begin, 0), False)]
    damaged = False
    for at, count, double in pieces:
        raw = data[at : at + (2 * count if double else count)]
        damaged = damaged or len(raw) < count
        shown = raw.decode("utf-16-le", "replace") if double else _narrow(raw, wide=wide)
        shown = shown.replace(_ROW_END, "\t\n").translate(_CONTROLS)
        yield shown.encode("utf-8", "replace")
    if damaged:
        raise UnpackError("DAMAGED")


def _narrow(raw: bytes, *, wide: bool) -> str:
    """8-bit text: since Word 97 of code page 1252, before it of the system's."""
    return raw.decode("cp1252", "replace") if wide else file_name(raw)


def _pieces(table: bytes) -> Iterator[tuple[int, int, bool]]:
    """Place in bytes, characters, and whether they are UTF-16."""
    at = 0
    while table[at : at + 1] == b"\1":
        at += 3 + int.from_bytes(table[at + 1 : at + 3], "little")
    if table[at : at + 1] != b"\2":
        return
    body = table[at + 5 : at + 5 + int.from_bytes(table[at + 1 : at + 5], "little")]
    count = min((len(body) - 4) // 12, PIECES_MAX)
    if count < 1:
        return
    borders = struct.unpack_from(f"<{count + 1}I", body)
    for number, (first, following) in enumerate(pairwise(borders)):
        (place,) = struct.unpack_from("<I", body, 4 * (count + 1) + 8 * number + 2)
        narrow = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        yield place // 2 if narrow else place, max(following - first, 0), not narrow
