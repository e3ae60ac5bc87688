"""Blocks and nodes of Outlook's stores (PST, OST): the lower half of the format.

Layout          Head: `!BDN`, u16 version at 10 (to 15 ANSI, 23 Unicode, 36 with pages of 4 KiB); roots of
                the trees of nodes and blocks at 216, 232 (ANSI 184, 192): id, place; u8 coding at 513
                (461): 0 none, 1 a substitution, 2 that with a key. Page: entries; how many, of how many
                bytes, level; type 80 (blocks: id, place, u16 bytes) or 81 (nodes: id, block of its data, of
                its nodes below, parent). Block: data, padding to 64 (512) with a trailer: u16 bytes, u16,
                u32 CRC, id. Block ids: bit 1: not coded, a list (01: of blocks; 02: of nodes below)
Source          Microsoft [MS-PST] 2.2, 5.1 to 5.3; J. Metz, "Personal Folder File (PFF) format" (4 KiB)
"""

from __future__ import annotations

import struct
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from forensics.unpack.unpacker import PIECE, Source, UnpackError

MAGIC = b"!BDN"
DEPTH_MAX = 8
ENTRIES_MAX = 20_000_000
BLOCK_MAX = 1 << 17  # bytes of a block, unpacked
_ENCODE = bytes.fromhex(
    "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7"
    "233b388ec8c1df25b120a546604e9cfbaad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf"
    "264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcde2e9274fc3087280cfb0eff5286dbe30"
    "4d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287"
    "58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd6710f10c19ecae03a1147ba90bfff8a3c0"
    "a201f72ebc2468750dfeba2fb5d0da3d"
)
_SECOND = bytes.fromhex(
    "14530f56b3c87a9ceb65481716159f02cc547c83000d0c0ba262a876dbd9edc7c5a4dcac8574d6d0a79bae9a967166c3"
    "6399b8dd73928e847da55ed15d93b1575150808952944f4e0a6bbc8d7f6e47464140440111cb033ff7f4e1a98f3c3af9"
    "fbf0193082092ec99da08649ee6f4d6dc42d813425871b88aafc06a11238fd4c4272641337246a757743ffe6b44b365c"
    "e4d8353d45b92cecb7312b290768a30e697b189e2139be281a5b78f523ca2ab0af3efe048ce7e5983295d3f64ae8a6ea"
    "e9f3d52f7020f21f0567ad5510cecde3273bdabad7c226d4911dd21c2233f8faf15aefcf90b68bb5bdc0bf08971e6ce2"
    "61e0c6c159abbb58de5fdf60797eb28a"
)
_DECODE = bytes(_ENCODE.index(code) for code in range(256))
PLAIN, SUBSTITUTED, KEYED = 0, 1, 2


class Node(NamedTuple):
    """data, below: ids of blocks, 0 for none."""

    id: int
    data: int
    below: int
    parent: int

    @property
    def type(self) -> int:
        return self.id & 31


class Store:
    """Blocks by id, and nodes in the order of theirs.

    damaged: a tree is not whole. problems: of nodes that were read, as codes; the reader clears them.
    """

    def __init__(self, source: Source) -> None:
        head = source.read(0, 564)
        if len(head) < 564:
            raise UnpackError("TRUNCATED")
        (version,) = struct.unpack_from("<H", head, 10)
        self.source, self.damaged = source, False
        self.problems: list[str] = []
        self.wide, self.large = version > 20, version >= 36
        self.coding = head[513 if self.wide else 461]
        if self.coding > KEYED:
            raise UnpackError("UNSUPPORTED")
        self.word = 8 if self.wide else 4
        self._number = struct.Struct("<Q" if self.wide else "<I")
        self._ids, self._places, self._sizes = array("Q"), array("Q"), array("I")
        self.pages: list[int] = []
        nodes, blocks = (224, 240) if self.wide else (188, 196)
        for raw in self._leaves(self._number.unpack_from(head, blocks)[0], 0x80):
            number, place = struct.unpack_from("<QQ" if self.wide else "<II", raw)
            if self._ids and number <= self._ids[-1]:
                self.damaged = True
                continue
            self._ids.append(number & ~1)
            self._places.append(place)
            self._sizes.append(int.from_bytes(raw[2 * self.word : 2 * self.word + 2], "little"))
        self._read = bytearray(len(self._ids))
        self._root = self._number.unpack_from(head, nodes)[0]

    @property
    def page_bytes(self) -> int:
        return 4096 if self.large else 512

    def nodes(self) -> Iterator[Node]:
        """All nodes of the store; `damaged` is told behind the last."""
        form = struct.Struct("<I4xQQI" if self.wide else "<IIII")
        for raw in self._leaves(self._root, 0x81):
            if len(raw) < form.size:
                self.damaged = True
                continue
            yield Node(*form.unpack_from(raw))

    def _leaves(self, root: int, kind: int) -> Iterator[bytes]:
        """Entries of all leaves of a tree, in order."""
        stack, seen, count = [(root, DEPTH_MAX)], set[int](), 0
        footer = self.page_bytes - (40 if self.large else 24 if self.wide else 16)
        while stack:
            place, level_max = stack.pop()
            page = self.source.read(place, self.page_bytes) if place < self.source.size else b""
            type_at = footer + (16 if self.large else 8 if self.wide else 4)
            if len(page) < self.page_bytes or page[type_at] != kind or place in seen:
                self.damaged = True
                continue
            seen.add(place)
            self.pages.append(place)
            if self.large:
                entries, _, size, level = struct.unpack_from("<HHBB", page, footer)
            else:
                entries, _, size, level = page[footer : footer + 4]
            if level > level_max or size < 3 * self.word or entries * size > footer:
                self.damaged = True
                continue
            count += entries
            if count > ENTRIES_MAX:
                raise UnpackError("BUDGET_MEMBERS")
            raws = [page[at : at + size] for at in range(0, entries * size, size)]
            if not level:
                yield from raws
                continue
            below = [self._number.unpack_from(raw, 2 * self.word)[0] for raw in raws]
            stack += [(number, level - 1) for number in reversed(below)]

    def block(self, number: int) -> tuple[bytes, str | None]:
        """Data of a block, decoded, and what is wrong with it as a code."""
        at = bisect_left(self._ids, number & ~1)
        if at == len(self._ids) or self._ids[at] != number & ~1:
            return b"", "BLOCK_MISSING"
        self._read[at] = 1
        place, size = self._places[at], self._sizes[at]
        whole = self.span(size)
        raw = self.source.read(place, whole) if place < self.source.size else b""
        data, tail = raw[:size], raw[whole - self._trailer :]
        problem = None if len(raw) == whole else "TRUNCATED"
        if not problem and weak_crc(data).to_bytes(4, "little") != (
            tail[4:8] if self.wide else tail[8:12]
        ):
            problem = "CRC_MISMATCH"
        if self.large and 0 < (unpacked := int.from_bytes(tail[18:20], "little")) != size:
            data = _inflated(data)
            problem = problem or (None if len(data) == unpacked else "DAMAGED")
        return data if number & 2 else self.decoded(data, number), problem

    @property
    def _trailer(self) -> int:
        return 24 if self.large else 16 if self.wide else 12

    def span(self, size: int) -> int:
        """Bytes that a block of so many takes on disk."""
        unit = 512 if self.large else 64
        return -(-(size + self._trailer) // unit) * unit

    def decoded(self, data: bytes, number: int) -> bytes:
        if self.coding == SUBSTITUTED:
            return data.translate(_DECODE)
        return _keyed(data, number & 0xFFFFFFFF) if self.coding == KEYED else data

    def data(self, number: int, depth: int = 2) -> Iterator[bytes]:
        """Blocks of the data that an id names, through lists; UnpackError behind the last one."""
        block, problem = self.block(number) if number else (b"", None)
        if not number & 2 or block[:1] != b"\1" or len(block) < 8:
            yield block
        elif not depth or block[1] > depth:
            problem = problem or "DAMAGED"
        else:
            (count,) = struct.unpack_from("<H", block, 2)
            for at in range(8, min(8 + count * self.word, len(block) - self.word + 1), self.word):
                try:
                    yield from self.data(self._number.unpack_from(block, at)[0], block[1] - 1)
                except UnpackError as error:
                    problem = problem or error.reason
        if problem:
            raise UnpackError(problem)

    def below(self, number: int, depth: int = 2) -> Iterator[Node]:
        """Nodes below a node."""
        block, problem = self.block(number) if number else (b"", None)
        if problem or not depth:
            self.problems.append(problem or "DAMAGED")
        if block[:1] != b"\2" or len(block) < 8 or not depth:
            return
        (count,) = struct.unpack_from("<H", block, 2)
        width = (2 if block[1] else 3) * self.word
        for at in range(self.word, min(self.word + count * width, len(block) - width + 1), width):
            form = f"<{width // self.word}{'Q' if self.wide else 'I'}"
            node, data, *more = struct.unpack_from(form, block, at)
            if more:
                yield Node(node & 0xFFFFFFFF, data, more[0], 0)
            else:
                yield from self.below(data, depth - 1)

    def unread(self) -> Iterator[bytes]:
        """Blocks that were not read so far; UnpackError behind the last one."""
        problem = None
        for at, number in enumerate(self._ids):
            if not self._read[at]:
                data, trouble = self.block(number)
                problem = problem or trouble
                yield data
        if problem:
            raise UnpackError(problem)

    def unused(self) -> Iterator[tuple[int, int]]:
        """Ranges that no block and no page of the trees holds: (start, length)."""
        used = sorted(
            [(place, self.page_bytes) for place in self.pages]
            + [(at, self.span(size)) for at, size in zip(self._places, self._sizes, strict=True)]
        )
        place = 0x4400
        for start, length in used:
            if start > place:
                yield place, min(start, self.source.size) - place
            place = max(place, start + length)
        if place < self.source.size:
            yield place, self.source.size - place


def weak_crc(data: bytes) -> int:
    """CRC-32 without the inversions at its beginning and end."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _inflated(data: bytes) -> bytes:
    """The data of a packed block; nothing where it is damaged."""
    try:
        return zlib.decompressobj(15).decompress(data, BLOCK_MAX)
    except zlib.error:
        return b""


def _keyed(data: bytes, key: int) -> bytes:
    """The coding that adds a running key around three substitutions; it is its own inverse."""
    import numpy as np

    start = (key ^ key >> 16) & 0xFFFF
    words = (start + np.arange(len(data))).astype(np.uint16)
    low, high = words.astype(np.uint8), (words >> 8).astype(np.uint8)
    first, second, third = (np.frombuffer(table, np.uint8) for table in (_ENCODE, _SECOND, _DECODE))
    values = first[np.frombuffer(data, np.uint8) + low] + high
    out: bytes = (third[second[values] - high] - low).tobytes()
    return out


def readable(store: Store, start: int, length: int) -> Iterator[bytes]:
    """Bytes of a range that no block names, decoded as far as that needs no key."""
    for at in range(start, start + length, PIECE):
        raw = store.source.read(at, min(PIECE, start + length - at))
        yield raw.translate(_DECODE) if store.coding == SUBSTITUTED else raw
