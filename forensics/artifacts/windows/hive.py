"""Registry hives: keys, values and raw key times out of any bytes, transaction logs applied.

Layout          4096 bytes base block ("regf": u32 sequence 1, 2 at 4; type at 28; root cell at 36;
                UTF-16 file name at 48; XOR checksum of the first 508 bytes at 508), then hive bins ("hbin",
                u32 offset, u32 size), in them cells: i32 size (negative: in use), then the data.
                nk key | lf lh li ri lists of subkeys | vk value | db big data. Cell offsets
                count from byte 4096. Logs: see _replay
Source          msuhanov/regf "Windows registry file format specification"
Proves          what its artefact parsers say
Does not prove  that a key was not deleted before
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.artifacts.artifact import Content
from forensics.values import Gap

BASE = 4096
PAGE = 512
LOG_TYPES = (1, 2, 6)  # u32 at 28 of a base block: 0 is a hive
DEPTH_MAX = 512  # levels of keys, the format's own limit
LIST_MAX = 100_000  # subkeys or values of one key
_MARVIN_SEED = 0x82EF4D887A4E55C5


@dataclass(frozen=True, slots=True)
class Value:
    name: str
    kind: int  # REG_SZ 1, REG_EXPAND_SZ 2, REG_BINARY 3, REG_DWORD 4, REG_MULTI_SZ 7, REG_QWORD 11
    data: bytes
    at: tuple[int, int]  # of its cell in the hive, bytes

    def text(self) -> str:
        """The data as text up to the first NUL; numbers in decimal."""
        if self.kind in (4, 11):
            return str(self.number())
        text = self.data[: len(self.data) & ~1].decode("utf-16-le", "replace")
        return text.split("\0", 1)[0]

    def number(self) -> int:
        """The data as a little-endian number of at most 8 bytes."""
        return int.from_bytes(self.data[:8], "little")


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    written: int  # FILETIME
    cell: int  # offset of its cell from the first bin
    parent: int
    subkeys: tuple[int, int]  # count, cell of the list
    values: tuple[int, int]
    state: str  # listed; carved: only its own cell says where it belongs; deleted: in a free cell

    @property
    def at(self) -> tuple[int, int]:
        return (BASE + self.cell, 80)


class Hive:
    """A handle on the bytes of one hive; `gaps` grows while it is read."""

    def __init__(self, data: bytes, gaps: list[Gap]) -> None:
        self.data = data
        self.gaps = gaps
        self._damaged: set[int] = set()

    def root(self) -> Key | None:
        """The root key, or None (a gap says why)."""
        if self.data[:4] != b"regf" or len(self.data) < BASE:
            self._gap(0, len(self.data), "NO_BASE_BLOCK")
            return None
        return self._key(_u32(self.data, 36), "listed")

    def key(self, path: str, start: Key | None = None) -> Key | None:
        r"""The key at a `\`-separated path below start or the root; names match in any case."""
        key = start or self.root()
        for part in path.lower().split("\\"):
            if key is None:
                return None
            key = next((child for child in self.subkeys(key) if child.name.lower() == part), None)
        return key

    def subkeys(self, key: Key | None) -> list[Key]:
        """The keys below a key, in the order of its lists; of none: none."""
        if key is None:
            return []
        found: list[Key] = []
        seen: set[int] = set()
        if key.subkeys[0]:
            for cell in self._list(key.subkeys[1], 0):
                if cell in seen or len(seen) >= LIST_MAX:
                    self._gap(BASE + key.cell, 80, "SUBKEY_LIST_LOOPS")
                    break
                seen.add(cell)
                child = self._key(cell, "listed")
                if child is not None:
                    found.append(child)
            if len(found) < min(key.subkeys[0], LIST_MAX):
                self._gap(BASE + key.cell, 80, "SUBKEYS_MISSING")
        return found

    def values(self, key: Key | None) -> list[Value]:
        """The values of a key; of none: none."""
        count, cell = key.values if key else (0, 0)
        if not count:
            return []
        body = self._cell(cell)
        if body is None or count > min(LIST_MAX, len(body) // 4):
            self._gap(BASE + cell, 4, "VALUE_LIST_SHORT")
            count = 0 if body is None else min(LIST_MAX, len(body) // 4)
        found = (self._value(_u32(body or b"", 4 * place)) for place in range(count))
        return [value for value in found if value is not None]

    def value(self, key: Key | None, name: str) -> Value | None:
        """A value by name in any case; the default value is ``""``."""
        return next((v for v in self.values(key) if v.name.lower() == name.lower()), None)

    def text(self, key: Key | None, name: str) -> str | None:
        """A value as text, or None."""
        value = self.value(key, name)
        return None if value is None else value.text()

    def lost(self, path: str, seen: set[int]) -> Iterator[Key]:
        r"""Keys below a path that no list names: deleted ones, and all behind a damaged list.

        path: `\`-separated, any case; a part `*` stands for any name. seen: cells already read.
        Found by their cells, placed by their parents' offsets.
        """
        names = [re.escape(part).replace(r"\*", r"[^\\]+") for part in path.split("\\")]
        pattern = re.compile(r"\\".join(names), re.IGNORECASE)
        places: dict[int, str | None] = {_u32(self.data, 36): ""}
        for match in re.finditer(rb"nk[\x00-\xff][\x00-\x7f]", self.data):
            cell = match.start() - 4 - BASE
            if cell < 0 or cell % 8 or cell in seen:
                continue
            in_use = struct.unpack_from("<i", self.data, cell + BASE)[0] < 0
            key = self._key(cell, "carved" if in_use else "deleted", quiet=True)
            if key is not None and pattern.fullmatch(self._place(key, places) or ""):
                yield key

    def _place(self, key: Key, places: dict[int, str | None]) -> str | None:
        """Path of a key by its parents' cells, without the root; None if it does not reach it."""
        names = [key.name]
        below = [key.cell]
        for _ in range(DEPTH_MAX):
            if key.parent in places:
                break
            above = self._key(key.parent, "listed", quiet=True)
            if above is None:
                places[key.parent] = None
                break
            key = above
            names.append(key.name)
            below.append(key.cell)
        place = places.get(key.parent)
        for name, cell in zip(reversed(names), reversed(below), strict=True):
            place = None if place is None else f"{place}\\{name}".removeprefix("\\")
            places.setdefault(cell, place)
        return place

    def _gap(self, start: int, length: int, reason: str) -> None:
        start = min(max(start, 0), len(self.data))
        if start not in self._damaged:
            self._damaged.add(start)
            self.gaps.append(Gap(start, min(length, len(self.data) - start), reason))

    def _cell(self, cell: int) -> bytes | None:
        """The data of a cell without its size; None where it does not lie in the hive."""
        start = BASE + cell
        if cell % 8 or start + 8 > len(self.data):
            return None
        size = abs(struct.unpack_from("<i", self.data, start)[0])
        return (
            None
            if size < 8 or start + size > len(self.data)
            else self.data[start + 4 : start + size]
        )

    def _key(self, cell: int, state: str, *, quiet: bool = False) -> Key | None:
        body = self._cell(cell)
        length = _u16(body or b"", 72)
        if body is None or body[:2] != b"nk" or len(body) < 76 + length:
            if not quiet:
                self._gap(BASE + cell, 80, "NO_KEY_CELL")
            return None
        flags, written = struct.unpack_from("<HQ", body, 2)
        return Key(
            _name(body[76 : 76 + length], compressed=bool(flags & 0x20)),
            written,
            cell,
            _u32(body, 16),
            (_u32(body, 20), _u32(body, 28)),
            (_u32(body, 36), _u32(body, 40)),
            state,
        )

    def _list(self, cell: int, depth: int) -> Iterator[int]:
        """Cells that a list of subkeys names; lists of lists are two levels deep."""
        body = self._cell(cell)
        sign, count = (body or b"")[:2], _u16(body or b"", 2)
        step = {b"lf": 8, b"lh": 8, b"li": 4, b"ri": 4}.get(sign)
        if body is None or step is None or depth > 1:
            self._gap(BASE + cell, 8, "NO_LIST_CELL")
            return
        if 4 + count * step > len(body):
            self._gap(BASE + cell, len(body), "SUBKEY_LIST_SHORT")
            count = (len(body) - 4) // step
        for place in range(count):
            entry = _u32(body, 4 + place * step)
            if sign == b"ri":
                yield from self._list(entry, depth + 1)
            else:
                yield entry

    def _value(self, cell: int) -> Value | None:
        body = self._cell(cell)
        length = _u16(body or b"", 2)
        if body is None or body[:2] != b"vk" or len(body) < 20 + length:
            self._gap(BASE + cell, 24, "NO_VALUE_CELL")
            return None
        size, place, kind, flags = struct.unpack_from("<IIIH", body, 4)
        data: bytes | None
        if size & 0x8000_0000:
            data = body[8 : 8 + min(size & 0x7FFF_FFFF, 4)]
        else:
            data = self._data(place, size) if size else b""
        if data is None:
            self._gap(BASE + cell, 24, "VALUE_DATA_MISSING")
            data = b""
        name = _name(body[20 : 20 + length], compressed=bool(flags & 1))
        return Value(name, kind & 0xFFFF, data, (BASE + cell, 24 + length))

    def _data(self, cell: int, size: int) -> bytes | None:
        body = self._cell(cell)
        if body is None or body[:2] != b"db" or size <= len(body):
            return None if body is None or len(body) < size else body[:size]
        segments = self._cell(_u32(body, 4)) or b""
        pieces: list[bytes] = []
        for place in range(min(_u16(body, 2), len(segments) // 4)):
            piece = self._cell(_u32(segments, 4 * place))
            if piece is None:
                return None
            pieces.append(piece[: len(piece) - 4])
        joined = b"".join(pieces)
        return None if len(joined) < size else joined[:size]


def is_hive(head: bytes, path: str, name: str) -> bool:
    """Is this the hive called `name` (lower case), by its path or by the name it carries?

    Its transaction logs carry the name, too: they are read with the hive.
    """
    if head[:4] != b"regf" or _u32(head, 28) in LOG_TYPES:
        return False
    inside = head[48:112].decode("utf-16-le", "replace").split("\0", 1)[0]
    last = re.split(r"[/!\\]", path)[-1].lower()
    return name in (last, re.split(r"[/\\]", inside)[-1].lower())


def open_hive(content: Content) -> Hive:
    """The hive of a content with its transaction logs applied where it is dirty.

    gaps hold what is wrong with it as a whole: bins that are no bins, a cut end, logs missing.
    """
    gaps: list[Gap] = []
    data = _replay(content, gaps)
    offset = BASE
    end = min(len(data), BASE + _u32(data, 40)) if data[:4] == b"regf" else BASE
    while offset + 32 <= end:
        size = _u32(data, offset + 8)
        if data[offset : offset + 4] != b"hbin" or size < BASE or size % BASE:
            after = data.find(b"hbin", offset + 4)
            while after >= 0 and after % BASE:
                after = data.find(b"hbin", after + 4)
            size = (after if after >= 0 else end) - offset
            gaps.append(Gap(offset, size, "NO_HIVE_BIN"))
        offset += size
    if data[:4] == b"regf" and len(data) < BASE + _u32(data, 40):
        gaps.append(Gap(len(content.data), 0, "TRUNCATED"))
    return Hive(data, gaps)


def _replay(content: Content, gaps: list[Gap]) -> bytes:
    """The hive with the changes that only its logs hold.

    New logs (HvLE at 512): u32 size, flags, sequence, hive size, count, u64 hash of the entry from
    byte 40, u64 hash of its first 32 bytes, count × (u32 offset, u32 size), pages. Old ones (DIRT
    at 512): a bit per 512 bytes of the hive, then the dirty pages.
    """
    data = content.data
    sound = data[:4] == b"regf" and len(data) >= BASE and _checksum(data) == _u32(data, 508)
    if sound and data[4:8] == data[8:12]:
        return data
    name = re.split(r"[/!\\]", content.path or "")[-1]
    logs = [_beside(content, name, suffix) for suffix in (".LOG1", ".LOG2", ".LOG") if name]
    usable = [
        log for log in logs if log and log[:4] == b"regf" and _checksum(log) == _u32(log, 508)
    ]
    entries = sorted((entry for log in usable for entry in _entries(log)), key=lambda e: e[0])
    old = [log for log in usable if log[PAGE : PAGE + 4] == b"DIRT"]
    if data[:4] == b"regf" and not entries and not old:
        gaps.append(Gap(0, min(len(data), BASE), "DIRTY_WITHOUT_LOG"))
        return data
    image = bytearray(data)
    if entries:
        first = _u32(data, 8) if sound else entries[0][0]
        _apply_entries(image, [entry for entry in entries if entry[0] >= first])
    else:
        newest = max(old, key=lambda log: _u32(log, 4), default=None)
        if newest is not None:
            _apply_dirt(image, newest)
    if not sound and usable:
        newest = max(usable, key=lambda log: _u32(log, 4))
        size = entries[-1][2] if entries else _u32(newest, 40)
        image[:PAGE] = newest[:40] + struct.pack("<I", size) + newest[44:PAGE]
        gaps.append(Gap(0, PAGE, "BASE_BLOCK_FROM_LOG"))
    return bytes(image)


def _beside(content: Content, name: str, suffix: str) -> bytes | None:
    """A log by the names that Windows gives it: NTUSER.DAT has ntuser.dat.LOG1."""
    names = dict.fromkeys((name + suffix, name.lower() + suffix, name.lower() + suffix.lower()))
    return next((data for one in names if (data := content.companion(one)) is not None), None)


_Entry = tuple[int, list[tuple[int, bytes]], int]  # sequence, pages by offset, size of all bins


def _entries(log: bytes) -> Iterator[_Entry]:
    offset = PAGE
    while log[offset : offset + 4] == b"HvLE":
        size, _, sequence, bins, count, whole, head = struct.unpack_from(
            "<IIIIIQQ", log[offset : offset + 40].ljust(40, b"\0"), 4
        )
        entry = log[offset : offset + size]
        if size < 40 or size % PAGE or len(entry) < size or 40 + 8 * count > size:
            return
        if _marvin(entry[:32]) != head or _marvin(entry[40:]) != whole:
            return
        pages, place = [], 40 + 8 * count
        for number in range(count):
            at, length = struct.unpack_from("<II", entry, 40 + 8 * number)
            pages.append((at, entry[place : place + length]))
            place += length
        yield sequence, pages, bins
        offset += size


def _apply_entries(image: bytearray, entries: list[_Entry]) -> None:
    wanted = None
    for sequence, pages, bins in entries:
        if wanted is not None and sequence != wanted:
            return
        wanted = sequence + 1
        for at, page in pages:
            if at + len(page) <= bins:
                _put(image, BASE + at, page)
        image[40:44] = struct.pack("<I", bins)


def _apply_dirt(image: bytearray, log: bytes) -> None:
    bits = log[PAGE + 4 : PAGE + 4 + _u32(log, 40) // PAGE // 8]
    place = PAGE + -(-(4 + len(bits)) // PAGE) * PAGE
    for number in range(len(bits) * 8):
        if bits[number // 8] >> (number % 8) & 1 and place + PAGE <= len(log):
            _put(image, BASE + number * PAGE, log[place : place + PAGE])
            place += PAGE


def _put(image: bytearray, start: int, page: bytes) -> None:
    if len(image) < start:
        image.extend(bytes(start - len(image)))
    image[start : start + len(page)] = page


def _marvin(data: bytes) -> int:
    """Marvin32 of the data with the seed of the registry, 64 bits.

    Source: msuhanov/regf, "Log entry".
    """
    low, high = _MARVIN_SEED & 0xFFFFFFFF, _MARVIN_SEED >> 32
    whole = len(data) & ~3
    tail = int.from_bytes(data[whole:] + b"\x80", "little")
    for (word,) in (*struct.iter_unpack("<I", data[:whole]), (tail,), (0,)):
        low = (low + word) & 0xFFFFFFFF
        high ^= low
        low = ((low << 20 | low >> 12) + high) & 0xFFFFFFFF
        high = (high << 9 | high >> 23) & 0xFFFFFFFF ^ low
        low = ((low << 27 | low >> 5) + high) & 0xFFFFFFFF
        high = (high << 19 | high >> 13) & 0xFFFFFFFF
    return high << 32 | low


def _checksum(data: bytes) -> int:
    total = 0
    for (word,) in struct.iter_unpack("<I", data[:508].ljust(508, b"\0")):
        total ^= word
    return {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total)


def _name(raw: bytes, *, compressed: bool) -> str:
    if compressed:
        return raw.decode("cp1252", "replace")
    return raw[: len(raw) & ~1].decode("utf-16-le", "replace")


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "little")


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")
