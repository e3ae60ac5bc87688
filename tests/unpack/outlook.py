"""Builds stores and messages of Outlook by the published formats ([MS-PST], [MS-OXMSG])."""

from __future__ import annotations

import struct
import zlib

from packers import ole

from forensics.unpack import pst_blocks

Values = dict[int, tuple[int, bytes]]
UNICODE, NARROW, BYTES, OBJECT, TIME, NUMBER = 0x1F, 0x1E, 0x102, 0xD, 0x40, 3
NAME, BODY, RTF, HTML, CONTENT = 0x3001, 0x1000, 0x1009, 0x1013, 0x3701


def wide(text: str) -> tuple[int, bytes]:
    return UNICODE, text.encode("utf-16-le")


def rtf_packed(data: bytes) -> tuple[int, bytes]:
    """RTF in its packed form, in literals and one reference: the first bytes of the ring."""
    head = b"{\\rtf1"
    body = data.removeprefix(head)
    out, units = b"", [struct.pack(">H", len(head) - 2)] + [bytes((byte,)) for byte in body]
    units.append(struct.pack(">H", (207 + len(data)) % 4096 << 4))
    for at in range(0, len(units), 8):
        group = units[at : at + 8]
        out += bytes((sum((len(one) == 2) << bit for bit, one in enumerate(group)),)) + b"".join(
            group
        )
    return BYTES, struct.pack("<II4sI", len(out) + 12, len(data), b"LZFu", 0) + out


class Store:
    """A store in the making: blocks of data, nodes."""

    def __init__(self, coding: int = 1, form: str = "unicode") -> None:
        self.coding, self.form = coding, form
        self.word = 4 if form == "ansi" else 8
        self.code = "<I" if form == "ansi" else "<Q"
        self.out = bytearray(0x4600)
        self.blocks: list[tuple[int, int, int]] = []
        self.nodes: list[tuple[int, int, int, int]] = []
        self._next = 4

    def block(self, data: bytes, *, inner: bool = False) -> int:
        number = self._next | 2 * inner
        self._next += 4
        stored, packed = data if inner else self._coded(data, number), 0
        if self.form == "4k" and len(stored) > 100:
            stored, packed = zlib.compress(stored), len(stored)
        place = len(self.out)
        tail = {
            "ansi": struct.pack("<HHII", len(stored), 0, number, pst_blocks.weak_crc(stored)),
            "unicode": struct.pack("<HHIQ", len(stored), 0, pst_blocks.weak_crc(stored), number),
            "4k": struct.pack(
                "<HHIQHHI", len(stored), 0, pst_blocks.weak_crc(stored), number, 2, packed, 0
            ),
        }[self.form]
        unit = 512 if self.form == "4k" else 64
        self.out += stored + bytes(-(len(stored) + len(tail)) % unit) + tail
        self.blocks.append((number, place, len(stored)))
        return number

    def _coded(self, data: bytes, number: int) -> bytes:
        if self.coding == 1:
            return data.translate(pst_blocks._ENCODE)
        return pst_blocks._keyed(data, number) if self.coding == 2 else data

    def data(self, data: bytes, piece: int = 8000) -> int:
        """A block, or a list of blocks."""
        if len(data) <= piece:
            return self.block(data)
        ids = [self.block(data[at : at + piece]) for at in range(0, len(data), piece)]
        raw = b"".join(struct.pack(self.code, number) for number in ids)
        return self.block(struct.pack("<BBHI", 1, 1, len(ids), len(data)) + raw, inner=True)

    def below(self, nodes: list[tuple[int, int, int]]) -> int:
        if not nodes:
            return 0
        raw = b"".join(struct.pack(self.code, word) for node in nodes for word in node)
        head = struct.pack("<BBH", 2, 0, len(nodes)) + bytes(self.word - 4)
        return self.block(head + raw, inner=True)

    def heap(self, kind: int, parts: list[bytes]) -> bytes:
        """A heap of one block; its root is the first part."""
        body, places = bytearray(12), []
        for part in parts:
            places.append(len(body))
            body += part
        places.append(len(body))
        body += bytes(len(body) % 2)
        page_map = struct.pack(f"<HH{len(places)}H", len(parts), 0, *places)
        struct.pack_into("<HBBI", body, 0, len(body), 0xEC, kind, 0x20)
        return bytes(body) + page_map

    def item(
        self, values: Values, more: list[tuple[int, int, int]] | None = None
    ) -> tuple[int, int]:
        """Properties as (data, below); long ones lie in nodes of their own."""
        parts, records, nodes = [b"", b""], b"", list(more or [])
        for number, (kind, raw) in sorted(values.items()):
            if kind == NUMBER:
                place = int.from_bytes(raw, "little")
            elif len(raw) > 3000 or kind == OBJECT:
                place = 0x1F | (len(nodes) + 0x100) << 5
                nodes.append((place, self.data(raw), 0))
            else:
                parts.append(raw)
                place = len(parts) << 5
            if kind == OBJECT:
                parts.append(struct.pack("<II", place, len(raw)))
                place = len(parts) << 5
            records += struct.pack("<HHI", number, kind, place)
        parts[:2] = [struct.pack("<BBBBI", 0xB5, 2, 6, 0, 0x40), records]
        return self.block(self.heap(0xBC, parts)), self.below(nodes)

    def table(self, rows: list[Values]) -> int:
        """A table of strings as a node's data."""
        columns = sorted({(number, kind) for row in rows for number, (kind, _) in row.items()})
        width = 4 * len(columns) + 1
        parts, cells = [b"", b""], b""
        for row in rows:
            for number, _ in columns:
                kind, raw = row.get(number, (NUMBER, b""))
                if kind != NUMBER:
                    parts.append(raw)
                cells += struct.pack(
                    "<I", len(parts) << 5 if kind != NUMBER else int.from_bytes(raw, "little")
                )
            cells += b"\xff"
        head = struct.pack(
            "<BBHHHHIII", 0x7C, len(columns), width - 1, width - 1, width - 1, width, 0, 0x40, 0
        )
        for place, (number, kind) in enumerate(columns):
            head += struct.pack("<HHHBB", kind, number, place * 4, 4, place)
        parts[:2] = [head, cells]
        return self.block(self.heap(0x7C, parts))

    def message(
        self, values: Values, recipients: list[Values], attachments: list[tuple[int, int]]
    ) -> tuple[int, int]:
        nodes = [(0x692, self.table(recipients), 0)] if recipients else []
        nodes += [(5 | (0x400 + n) << 5, *item) for n, item in enumerate(attachments)]
        return self.item(values, nodes)

    def bytes(self) -> bytes:
        """The file: trees of one leaf below one branch."""
        word, large = self.word, self.form == "4k"
        blocks = [
            struct.pack("<QQHHI" if word == 8 else "<IIHH", *one, 1, *([0] * (word == 8)))
            for one in self.blocks
        ]
        nodes = [
            struct.pack("<QQQII" if word == 8 else "<IIII", *one, *([0] * (word == 8)))
            for one in sorted(self.nodes)
        ]
        roots = []
        for kind, entries in ((0x81, nodes), (0x80, blocks)):
            per = 13
            leaves = [entries[at : at + per] for at in range(0, len(entries), per)]
            above = [
                leaf[0][:word] + bytes(word) + struct.pack(self.code, self._page(kind, 0, leaf))
                for leaf in leaves
            ]
            roots.append(self._page(kind, 1, above))
        head = bytearray(self.out[:564])
        head[:4] = b"!BDN"
        struct.pack_into("<2sH", head, 8, b"SM", {"ansi": 14, "unicode": 23, "4k": 36}[self.form])
        head[513 if word == 8 else 461] = self.coding
        for at, place in zip((224, 240) if word == 8 else (188, 196), roots, strict=True):
            struct.pack_into(self.code, head, at, place)
        assert large or len(self.out) % 64 == 0
        return bytes(head) + bytes(self.out[564:])

    def _page(self, kind: int, level: int, entries: list[bytes]) -> int:
        page_bytes = 4096 if self.form == "4k" else 512
        self.out += bytes(-len(self.out) % 512)
        place, size = len(self.out), len(entries[0]) if entries else 3 * self.word
        body = b"".join(entries)
        if self.form == "4k":
            foot = struct.pack("<HHBB10xBB", len(entries), 13, size, level, kind, kind).ljust(
                40, b"\0"
            )
        elif self.form == "unicode":
            foot = struct.pack("<BBBB4xBB", len(entries), 13, size, level, kind, kind).ljust(
                24, b"\0"
            )
        else:
            foot = struct.pack("<BBBBBB", len(entries), 13, size, level, kind, kind).ljust(
                16, b"\0"
            )
        self.out += body.ljust(page_bytes - len(foot), b"\0") + foot
        return place


LONG = "一行の本文です。蓮見 貴子 090-0000-0000\r\n" * 900
TABLE = b"1,2,3\n" * 4000
INNER: Values = {0x37: wide("内側"), BODY: wide("中の本文")}
OUTER: Values = {
    0x37: wide("名簿の送付"), 0x0C1A: wide("蓮見 貴子"), 0x39: (TIME, (133_000_000_000_000_000).to_bytes(8, "little")),
    BODY: wide(LONG), RTF: rtf_packed(b"{\\rtf1\\ansi\\ansicpg932 \\'96\\'bc\\'95\\'eb\\par}"),
    HTML: (BYTES, b"<html><td>A</td><td>&#33970;</td></html>"), 0x3FFD: (NUMBER, struct.pack("<I", 932)),
    0x8001: (NARROW, "表の名".encode("cp932")), 0x8002: (0x101F, struct.pack("<III", 2, 12, 16) + "一人".encode("utf-16-le") + "二".encode("utf-16-le")),
}  # fmt: skip
TO: Values = {NAME: wide("宛先 一郎"), 0x39FE: wide("b@example.com"), 0x0C15: (NUMBER, b"\1\0\0\0")}
CC: Values = {NAME: wide("写し 花子"), 0x39FE: wide("c@example.com"), 0x0C15: (NUMBER, b"\2\0\0\0")}


def pst(coding: int = 1, form: str = "unicode") -> bytes:
    """A store: a folder, a message with recipients, a file, an attached message; a removed block."""
    store = Store(coding, form)
    store.nodes.append((0x122, *store.item({NAME: wide("一番上")}), 0x122))
    store.nodes.append((0x8022, *store.item({NAME: wide("受信/箱")}), 0x122))
    file = store.item({0x3707: wide("名簿.csv"), CONTENT: (BYTES, TABLE)})
    inner = (4 | 0x9999 << 5, *store.message(INNER, [], []))
    held = store.item({0x3705: (NUMBER, b"\5\0\0\0"), CONTENT: (OBJECT, b"x")}, [inner])
    store.nodes.append((0x200024, *store.message(OUTER, [TO, CC], [file, held]), 0x8022))
    store.block("消した 太郎の一行".encode("utf-16-le"))
    store.blocks.pop()
    return store.bytes()


def msg() -> bytes:
    """The same message as a compound file."""
    streams: dict[str, bytes] = {}

    def put(path: str, values: Values, head: int) -> None:
        fixed = bytes(head)
        for number, (kind, raw) in values.items():
            if kind in (NUMBER, TIME):
                fixed += struct.pack("<HHI", kind, number, 6) + raw.ljust(8, b"\0")
            elif kind == 0x101F:
                streams[f"{path}__substg1.0_{number:04X}{kind:04X}"] = bytes(8)
                for place, part in enumerate((raw[12:16], raw[16:])):
                    streams[f"{path}__substg1.0_{number:04X}{kind:04X}-{place:08X}"] = part
            else:
                streams[f"{path}__substg1.0_{number:04X}{kind:04X}"] = raw
        streams[f"{path}__properties_version1.0"] = fixed

    outer = OUTER | {BODY: wide(LONG[:1000])}
    put("", outer, 32)
    put("__recip_version1.0_#00000000/", TO, 8)
    put("__recip_version1.0_#00000001/", CC, 8)
    put(
        "__attach_version1.0_#00000000/",
        {0x3707: wide("名簿.csv"), CONTENT: (BYTES, TABLE[:3000])},
        8,
    )
    put("__attach_version1.0_#00000001/", {0x3705: (NUMBER, b"\5\0\0\0")}, 8)
    put("__attach_version1.0_#00000001/__substg1.0_3701000D/", INNER, 24)
    streams["__nameid_version1.0/__substg1.0_00030102"] = b"names"
    return ole(streams)


def tnef(values: Values | None = None, files: dict[str, bytes] | None = None) -> bytes:
    """The same message as winmail.dat: old attributes, a file, an attached message."""

    def attribute(number: int, body: bytes) -> bytes:
        head = struct.pack("<BHHI", 1, number, 6, len(body))
        return head + body + struct.pack("<H", sum(body) & 0xFFFF)

    def properties(values: Values) -> bytes:
        out = struct.pack("<I", len(values))
        for number, (kind, raw) in values.items():
            out += struct.pack("<HH", kind, number)
            if number == 0x8001:
                out += bytes(16) + struct.pack("<II", 0, 7)
            elif number >= 0x8000:
                out += bytes(16) + struct.pack("<II", 1, 6) + "名".encode("utf-16-le") + bytes(6)
            parts = [raw[12:16], raw[16:]] if kind == 0x101F else [raw]
            if kind not in (NUMBER, TIME):
                out += struct.pack("<I", len(parts))
            for part in parts:
                out += struct.pack("<I", len(part)) if kind not in (NUMBER, TIME) else b""
                out += part + bytes(-len(part) % 4)
        return out

    out = b"\x78\x9f\x3e\x22\1\0" + attribute(0x9006, b"\0\0\1\0")
    out += attribute(0x8004, b"old subject\0") + attribute(0x9003, properties(values or OUTER))
    for name, data in (files or {"名簿.csv": TABLE}).items():
        out += attribute(0x9002, bytes(14)) + attribute(0x8010, name.encode("cp932") + b"\0")
        out += attribute(0x800F, data) + attribute(0x9005, properties({0x3707: wide(name)}))
    if values is None:
        inner = bytes(16) + tnef(INNER, {"x": b"y"})
        out += attribute(0x9002, bytes(14))
        out += attribute(0x9005, properties({CONTENT: (OBJECT, inner)}))
    return out
