"""Builds a small ESE database page by page (the format as documented by libesedb)."""

from __future__ import annotations

import struct

Entry = tuple[int, bytes, bytes]  # flags, key, row


def page(owner: int, flags: int, entries: list[Entry], page_bytes: int, follow: int = 0) -> bytes:
    """A leaf whose entries have their first two bytes of the key in common, where they are marked so."""
    large = page_bytes >= 16384
    head = 80 if large else 40
    body, tags = b"ke", [(2, 0)]
    for marks, key, row in entries:
        common = struct.pack("<H", 2) if marks & 4 else b""
        entry = bytearray(common + struct.pack("<H", len(key)) + key + row)
        place = len(body)
        if large:
            entry[1] |= marks << 5
        else:
            place |= marks << 13
        tags.append((len(entry), place))
        body += entry
    raw = bytearray(page_bytes)
    struct.pack_into("<II", raw, 20, follow, owner)
    struct.pack_into("<HI", raw, 34, len(tags), flags)
    raw[head : head + len(body)] = body
    for number, tag in enumerate(tags):
        struct.pack_into("<HH", raw, page_bytes - 4 - 4 * number, *tag)
    return bytes(raw)


def row(
    fixed: bytes,
    last: int,
    variable: list[bytes | None],
    tagged: dict[int, tuple[int, bytes]],
    *,
    large: bool,
) -> bytes:
    ends, values = b"", b""
    for value in variable:
        values += value or b""
        ends += struct.pack("<H", len(values) | (0x8000 if value is None else 0))
    places, bodies, at = b"", b"", 4 * len(tagged)
    for number, (flags, body) in tagged.items():
        raw = bytes((flags,)) + body if large or flags else body
        places += struct.pack("<HH", number, at | (0x4000 if flags and not large else 0))
        bodies, at = bodies + raw, at + len(raw)
    head = struct.pack("<BBH", last, 127 + len(variable), 4 + len(fixed))
    return head + fixed + ends + values + places + bodies


def named(kind: int, owner: int, number: int, what: int, size: int, page: int, name: str) -> bytes:
    fixed = struct.pack("<IHIIIIIBHI", owner, kind, number, what, size, 0, page, 0, 0, 0)
    return row(fixed, 10, [name.encode()], {}, large=False)


SEVEN = bytes((1 << 3 | 6,)) + sum(
    code << 7 * place for place, code in enumerate(b"packed")
).to_bytes(6, "little")
COLUMNS = [
    (1, 4, 4, 0, "Id"), (2, 3, 2, 0, "Short"), (128, 10, 255, 1200, "名".encode().hex()), (129, 10, 255, 1252, "Ascii"),
    (256, 12, 0, 1200, "Long"), (257, 12, 0, 1252, "Packed"), (258, 12, 0, 1200, "Several"),
]  # fmt: skip


def database(page_bytes: int = 4096) -> bytes:
    large = page_bytes >= 16384
    catalog = [named(1, 7, 7, 5, 0, 0, "People")]
    catalog += [named(2, 7, *column) for column in COLUMNS]
    catalog += [named(4, 7, 9, 6, 0, 0, "LV")]
    wide = "一つ".encode("utf-16-le")
    several = struct.pack("<HH", 4, 4 + len(wide)) + wide + "二つ".encode("utf-16-le")

    def person(number: int, name: str, *, more: bool) -> bytes:
        tagged = {256: (5, b"\1\0\0\0"), 257: (3, SEVEN), 258: (9, several)} if more else {}
        fixed = struct.pack("<ih", number, -number) + b"\0"
        return row(
            fixed, 2, [name.encode("utf-16-le"), None if more else b"x"], tagged, large=large
        )

    entries = [
        [
            (4, b"y1", person(1, "蓮見 貴子", more=True)),
            (2, b"key2", person(2, "消した 太郎", more=False)),
        ],
        [(0, b"key3", person(3, "例題 花子", more=False))],
    ]
    long = "長い文章です。" * 20
    xpress = b"\x18" + struct.pack("<H", 300) + bytes.fromhex("ffffff1f61626317000fff2601")
    values = [
        (0, b"\0\0\0\1", struct.pack("<II", 1, 140)), (0, b"\0\0\0\1\0\0\0\0", long.encode("utf-16-le")),
        (0, b"\0\0\0\2", struct.pack("<II", 1, 300)), (0, b"\0\0\0\2\0\0\0\0", xpress),
    ]  # fmt: skip
    pages = [
        page(2, 0x2003, [(0, b"k%d" % n, one) for n, one in enumerate(catalog)], page_bytes),
        page(7, 0x2002, entries[1], page_bytes),  # the second in order
        page(7, 0x2002, entries[0], page_bytes, follow=2),
        page(9, 0x2082, values, page_bytes),
        page(55, 0x2002, [(0, b"key", b"lost row")], page_bytes),
        page(7, 0x2042, [(0, b"key", b"of an index")], page_bytes),
    ]
    head = bytearray(2 * page_bytes)
    head[4:8] = b"\xef\xcd\xab\x89"
    struct.pack_into("<II", head, 232, 0x14, page_bytes)
    return bytes(head) + b"".join(pages)
