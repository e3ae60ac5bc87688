"""Builds a small Access database page by page (the format as mdbtools documents it)."""

from __future__ import annotations

import struct

from forensics.unpack.access import _HEAD_KEY, _rc4

Field = tuple[str, int, bool]  # name, type, fixed
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 8, 8: 8, 10: 100, 12: 12}


class Maker:
    """jet: 3 or 4. key: of the pages, 0 for none."""

    def __init__(self, jet: int = 4, key: int = 0) -> None:
        self.wide, self.key = jet > 3, key
        self.page_bytes = 4096 if self.wide else 2048
        self.pages: list[bytes] = [b"", b"\1\1" + bytes(self.page_bytes - 2)]

    def add(self, page: bytes) -> int:
        self.pages.append(page.ljust(self.page_bytes, b"\0"))
        return len(self.pages) - 1

    def definition(self, fields: list[Field]) -> int:
        head, index, width = (63, 12, 25) if self.wide else (43, 8, 18)
        raw = bytearray(head + index)
        raw[:2] = b"\2\1"
        struct.pack_into("<H", raw, 45 if self.wide else 25, len(fields))
        struct.pack_into("<I", raw, 51 if self.wide else 31, 1)
        place = variable = 0
        at = (5, 7, 15, 21, 23) if self.wide else (1, 3, 13, 14, 16)
        for number, (_, kind, fixed) in enumerate(fields):
            column = bytearray(width)
            column[0], column[at[2]] = kind, fixed
            for offset, value in zip(
                at[:2] + at[3:], (number, variable, place, SIZES[kind]), strict=True
            ):
                struct.pack_into("<H", column, offset, value)
            place += SIZES[kind] * (fixed and kind != 1)
            variable += not fixed
            raw += column
        for name, *_ in fields:
            text = name.encode("utf-16-le" if self.wide else "cp932")
            raw += struct.pack("<H" if self.wide else "<B", len(text)) + text
        return self.add(bytes(raw))

    def row(self, fields: list[Field], values: list[bytes | None]) -> bytes:
        fixed, variable, bits = b"", [], 0
        for number, ((_, kind, is_fixed), value) in enumerate(zip(fields, values, strict=True)):
            bits |= (value is not None) << number
            if is_fixed and kind != 1:
                fixed += (value or b"").ljust(SIZES[kind], b"\0")
            elif not is_fixed:
                variable.append(value or b"")
        out, ends = len(fields).to_bytes(2 if self.wide else 1, "little") + fixed, []
        for value in variable:
            ends.append(len(out))
            out += value
        ends.append(len(out))
        mask = bits.to_bytes((len(fields) + 7) // 8, "little")
        if self.wide:
            places = b"".join(struct.pack("<H", end) for end in reversed(ends))
            return out + places + struct.pack("<H", len(variable)) + mask
        tail, jumps = len(ends) + 1 + len(mask), 0
        while (len(out) + tail + jumps - 1) // 256 > jumps:
            jumps += 1
        borders = bytes(
            next((n for n, end in enumerate(ends) if end >= 256 * step), 255)
            for step in range(jumps, 0, -1)
        )
        places = bytes(end & 255 for end in reversed(ends))
        return out + places + borders + bytes((len(variable),)) + mask

    def rows(self, owner: int | bytes, rows: list[tuple[bytes, int]]) -> int:
        """A page of rows, each with its marks; the first lies at the end."""
        head = 14 if self.wide else 10
        page, end, places = bytearray(self.page_bytes), self.page_bytes, []
        for raw, marks in rows:
            end -= len(raw)
            page[end : end + len(raw)] = raw
            places.append(end | marks)
        page[:2] = b"\1\1"
        page[4:8] = owner if isinstance(owner, bytes) else struct.pack("<I", owner)
        struct.pack_into("<H", page, head - 2, len(rows))
        struct.pack_into(f"<{len(places)}H", page, head, *places)
        return self.add(bytes(page))

    def bytes(self) -> bytes:
        head = bytearray(128)
        struct.pack_into("<I", head, 62 - 24, self.key)
        first = bytearray(self.page_bytes)
        first[:20] = b"\0\1\0\0Standard Jet DB\0"
        first[20] = int(self.wide)
        first[24:152] = _rc4(_HEAD_KEY, bytes(head))
        out = bytes(first)
        for number, page in enumerate(self.pages[1:], 1):
            out += _rc4(struct.pack("<I", self.key ^ number), page) if self.key else page
        return out


CATALOG: list[Field] = [("Id", 4, True), ("Name", 10, False), ("Type", 3, True)]
PEOPLE: list[Field] = [
    ("番号", 4, True), ("氏名", 10, False), ("料金", 5, True), ("生年月日", 8, True), ("電話", 10, False),
    ("備考", 12, False), ("済", 1, True),
]  # fmt: skip
NOTE = "長い備考です。" * 40


def access(jet: int = 4, key: int = 0) -> bytes:
    """People: live ones, one moved to another page, one removed; notes inline, on a page, in two rows."""
    made = Maker(jet, key)

    def text(value: str) -> bytes:
        if made.wide and value.isascii():
            return b"\xff\xfe" + value.encode()
        return value.encode("utf-16-le" if made.wide else "cp932")

    made.definition(CATALOG)
    catalog = [(b"\4\0\0\0", text("名簿"), b"\1\0"), (b"\x10\0\0\0", text("form"), b"\3\0")]
    made.rows(2, [(made.row(CATALOG, list(one)), 0) for one in catalog])
    people = made.definition(PEOPLE)
    note = text(NOTE)
    parts = struct.pack("<I", 5 << 8 | 2) + note[:100], bytes(4) + note[100:]
    long = made.rows(b"LVAL", [(note, 0), (parts[0], 0), (parts[1], 0)])
    assert (people, long) == (4, 5)

    def person(number: int, name: str, memo: bytes | None) -> bytes:
        cells = [
            struct.pack("<i", number), text(name), struct.pack("<q", 12_500),
            struct.pack("<d", 28567.0), text("090-0000"), memo, b"\1",
        ]  # fmt: skip
        return made.row(PEOPLE, cells)

    inline = len(text("短い")).to_bytes(3, "little") + b"\x80" + bytes(8) + text("短い")
    size = len(note).to_bytes(3, "little")
    one = size + b"\x40" + struct.pack("<I", 5 << 8) + bytes(4)
    two = size + b"\0" + struct.pack("<I", 5 << 8 | 1) + bytes(4)
    made.rows(people, [
        (person(1, "蓮見 貴子", inline), 0), (person(2, "消した 太郎", None), 0x8000),
        (person(3, "例題 花子", one), 0), (struct.pack("<I", 7 << 8), 0x4000),
    ])  # fmt: skip
    made.rows(people, [(person(4, "移した 次郎", two), 0x8000)])
    return made.bytes()
