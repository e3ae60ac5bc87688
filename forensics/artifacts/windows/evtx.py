"""Event logs (EVTX) out of any bytes: every chunk is read for itself, every record by its own size.

Layout          "ElfFile", 4096 bytes; chunks of 65536: "ElfChnk", u64 first and last record id at 24,
                CRC-32 of the records at 52 (their end u32 at 48); records from 512: "**", u32 size, u64
                id, FILETIME, BinXML. BinXML: tokens; 0C template + values, 01 element, 06 attribute,
                05 value, 0D 0E substitution; names and templates are kept once per chunk, by offset.
                When it happened stands in System/TimeCreated: in exported logs the FILETIME of a
                record is that of the next one, and of the last one 0 (measured)
Source          libyal/libevtx "Windows XML Event Log (EVTX)"
Proves          what its artefact parsers say
Does not prove  that records between those left were not removed: see `missing` in log_span
"""

from __future__ import annotations

import re
import struct
import uuid
import zlib
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from forensics.artifacts.artifact import ROWS_MAX
from forensics.values import FILETIME_EPOCH_MICROS, Gap

MAGIC = b"ElfFile\0"
CHUNK = 65536
FIRST = 512  # of a chunk: its first record
_DEPTH_MAX = 32
_ELEMENTS_MAX = 4096  # of one record
_AUDIT_FAILURE = 1 << 52
_HEX = re.compile(r"0x[0-9a-f]{1,16}")
_DATA = ("Event/EventData/", "Event/UserData/")
_HEAD = {
    "Event/System/EventID", "Event/System/Provider@Name", "Event/System/Channel", "Event/System/Computer",
    "Event/System/Security@UserID", "Event/System/TimeCreated@SystemTime", "Event/System/Keywords",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A record: what its System part says, and its data by name (or "0", "1" … without names)."""

    record: int
    created: int  # FILETIME of the event, or of the record where the event has none
    provider: str
    number: int  # EventID
    channel: str  # the log it was written to
    computer: str
    user: str  # SID
    failed: bool  # an audited attempt without success
    data: dict[str, str]
    at: tuple[int, int]


class _Slot(NamedTuple):
    """A place in a template that a value of the record fills."""

    number: int


class _Leaf(NamedTuple):
    """A text of a template: `a/b` or `a/b@attribute`; its parts are texts and slots.

    name: of a leaf of EventData or UserData ("": none), as parts, for those have names only here.
    """

    path: str
    parts: list[str | _Slot]
    name: list[str | _Slot] | None = None


class _Filled(NamedTuple):
    """Leaves, and where the values for their slots lie: (type, offset in the chunk, size)."""

    leaves: list[_Leaf]
    values: list[tuple[int, int, int]]


@dataclass(slots=True)
class _Node:
    name: str
    attributes: list[tuple[str, list[str | _Slot]]] = field(default_factory=list)
    parts: list[str | _Slot] = field(default_factory=list)
    nodes: list[_Node] = field(default_factory=list)


class _BadError(ValueError):
    """Bytes that are no BinXML."""


def events(data: bytes, wanted: Container[tuple[str, int]], gaps: list[Gap]) -> Iterator[Event]:
    """All records in file order; only those of wanted (provider, event id) with their data.

    Gaps: chunks and records that cannot be read. Ids that are missing between records are no gap of
    the bytes.
    """
    if data[:8] != MAGIC:
        gaps.append(Gap(0, min(len(data), 4096), "NO_FILE_HEADER"))
    count, dirty = 0, bool(data[120:121] and data[120] & 1)
    for start in range(4096, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        if chunk[:8] != b"ElfChnk\0" and chunk.strip(b"\0"):
            gaps.append(Gap(start, len(chunk), "NO_CHUNK"))
        if b"\x2a\x2a\0\0" not in chunk:
            continue
        for event in _Chunk(chunk, start, gaps, dirty=dirty).events(wanted):
            count += 1
            if count > ROWS_MAX:
                gaps.append(Gap(start, len(data) - start, "ROW_LIMIT"))
                return
            yield event


class _Chunk:
    def __init__(self, data: bytes, start: int, gaps: list[Gap], *, dirty: bool) -> None:
        self.data, self.start, self.gaps, self.dirty = data, start, gaps, dirty
        self.names: dict[int, str] = {}
        self.templates: dict[int, list[_Leaf]] = {}

    def events(self, wanted: Container[tuple[str, int]]) -> Iterator[Event]:
        """Records by their sizes; where one is damaged, the next one is looked for by its mark."""
        declared = int.from_bytes(self.data[48:52], "little")
        end = min(declared, len(self.data)) if declared >= FIRST else len(self.data)
        if FIRST <= len(self.data) < declared <= CHUNK:
            self.gaps.append(Gap(self.start + len(self.data), 0, "TRUNCATED"))
        flags = self.data[120] if len(self.data) > 120 else 0  # 1: dirty, 4: without CRC
        unsummed = self.dirty or bool(flags & 5)
        stored = int.from_bytes(self.data[52:56], "little")
        if not unsummed and zlib.crc32(self.data[FIRST:end]) != stored:
            self.gaps.append(Gap(self.start + FIRST, max(end - FIRST, 0), "CRC_MISMATCH"))
        at = FIRST
        while at + 24 < end:
            size = int.from_bytes(self.data[at + 4 : at + 8], "little")
            whole = self.data[at : at + 4] == b"\x2a\x2a\0\0" and 28 < size <= end - at
            event = self._event(at, size, wanted) if whole else None
            if event:
                yield event
                at += size
                continue
            after = self.data.find(b"\x2a\x2a\0\0", at + 4, end)
            after = at + size if whole else after if after >= 0 else end
            self.gaps.append(Gap(self.start + at, after - at, "RECORD_DAMAGED"))
            at = after

    def _event(self, at: int, size: int, wanted: Container[tuple[str, int]]) -> Event | None:
        record, written = struct.unpack_from("<QQ", self.data, at + 8)
        try:
            parts = _Reader(self, at + 24, at + size - 4).fragment(0)
            head = dict(self._texts(parts, _HEAD, 0))
            number = head.get("Event/System/EventID", "")
            key = (
                head.get("Event/System/Provider@Name", ""),
                int(number) if number.isdecimal() else 0,
            )
            data: dict[str, str] = {}
            for name, text in self._texts(parts, None, 0) if key in wanted else ():
                data.setdefault(name or str(len(data)), text)
        except (_BadError, struct.error):
            return None
        keywords = head.get("Event/System/Keywords", "")
        return Event(
            record % 2**63, _created(head.get("Event/System/TimeCreated@SystemTime", ""), written), *key,
            head.get("Event/System/Channel", ""), head.get("Event/System/Computer", ""),
            head.get("Event/System/Security@UserID", ""),
            bool(_HEX.fullmatch(keywords) and int(keywords, 16) & _AUDIT_FAILURE), data,
            (self.start + at, size),
        )  # fmt: skip

    def _texts(
        self, parts: list[_Filled], only: Container[str] | None, depth: int, above: str = ""
    ) -> Iterator[tuple[str, str]]:
        """(path, text) of the leaves named in `only`; without it (name, text) of the event's data."""
        if depth > _DEPTH_MAX:
            raise _BadError
        for leaves, values in parts:
            for leaf in leaves:
                path = f"{above}/{leaf.path}" if above else leaf.path
                inner = _nested(leaf, values)
                if inner:
                    reader = _Reader(self, inner[0], inner[0] + inner[1])
                    yield from self._texts(reader.fragment(depth + 1), only, depth + 1, path)
                elif only is not None and path in only:
                    yield path, self._text(leaf.parts, values)
                elif only is None and leaf.name is not None and path.startswith(_DATA):
                    yield self._text(leaf.name, values), self._text(leaf.parts, values)

    def _text(self, parts: list[str | _Slot], values: list[tuple[int, int, int]]) -> str:
        out = []
        for part in parts:
            if isinstance(part, str):
                out.append(part)
            elif part.number < len(values):
                kind, at, size = values[part.number]
                out.append(_value(kind, self.data[at : at + size]))
        return "".join(out)


def _created(told: str, written: int) -> int:
    """FILETIME of an event. told: its own time in microseconds, as `_filetime` writes it."""
    own = (int(told) - FILETIME_EPOCH_MICROS) * 10 if told.isdecimal() else 0
    return own if own and own // 10 != written // 10 else written


def _nested(leaf: _Leaf, values: list[tuple[int, int, int]]) -> tuple[int, int] | None:
    """Place and size of the BinXML that is a leaf's only value."""
    slot = leaf.parts[0] if len(leaf.parts) == 1 else None
    if not isinstance(slot, _Slot) or slot.number >= len(values):
        return None
    kind, at, size = values[slot.number]
    return (at, size) if kind == 0x21 and size else None


class _Reader:
    """Reads BinXML of one chunk between two offsets."""

    def __init__(self, chunk: _Chunk, at: int, end: int) -> None:
        self.chunk, self.data, self.at, self.end = chunk, chunk.data, at, min(end, len(chunk.data))
        self.elements = 0

    def fragment(self, depth: int) -> list[_Filled]:
        """The templates with values, or plain elements, of a fragment."""
        out: list[_Filled] = []
        while self.at < self.end:
            token = self.data[self.at] & 0xBF
            if token == 0x00:
                break
            if token == 0x0F:
                self.at += 4
            elif token == 0x0C:
                out.append(self._instance(depth))
            elif token == 0x01:
                out.append(_Filled(list(_leaves(self._element(depth, in_template=False), "")), []))
            else:
                raise _BadError
        return out

    def _instance(self, depth: int) -> _Filled:
        place = self._number(self.at + 6, 4)
        self.at += 10
        if place == self.at:
            self.at += 24 + self._number(self.at + 20, 4)
        if place not in self.chunk.templates:
            body = _Reader(self.chunk, place + 24, place + 24 + self._number(place + 20, 4))
            self.chunk.templates[place] = body.template(depth + 1)
        count = self._number(self.at, 4)
        at = self.at + 4 + 4 * count
        if at > self.end:
            raise _BadError
        values = []
        for size, kind in struct.iter_unpack("<HBx", self.data[self.at + 4 : at]):
            values.append((kind, at, size))
            at += size
        if at > self.end:
            raise _BadError
        self.at = at
        return _Filled(self.chunk.templates[place], values)

    def template(self, depth: int) -> list[_Leaf]:
        out: list[_Leaf] = []
        while self.at < self.end and self.data[self.at] != 0:
            if self.data[self.at] == 0x0F:
                self.at += 4
            elif self.data[self.at] & 0xBF == 0x01:
                out += _leaves(self._element(depth, in_template=True), "")
            else:
                raise _BadError
        return out

    def _element(self, depth: int, *, in_template: bool) -> _Node:
        self.elements += 1
        if depth > _DEPTH_MAX or self.elements > _ELEMENTS_MAX:
            raise _BadError
        more = self.data[self.at] & 0x40
        self.at += 7 if in_template else 5
        node = _Node(self._name())
        if more:
            self.at += 4
            while self.at < self.end and self.data[self.at] & 0xBF == 0x06:
                self.at += 1
                name = self._name()
                node.attributes.append((name, self._content()))
        token = self._number(self.at, 1)
        self.at += 1
        if token == 0x03:
            return node
        if token != 0x02:
            raise _BadError
        while True:
            node.parts += self._content()
            token = self._number(self.at, 1) & 0xBF
            if token == 0x04:
                self.at += 1
                return node
            if token != 0x01:
                raise _BadError
            node.nodes.append(self._element(depth + 1, in_template=in_template))

    def _content(self) -> list[str | _Slot]:
        """Texts and slots up to the next structure."""
        out: list[str | _Slot] = []
        while True:
            token = self._number(self.at, 1) & 0xBF
            if token == 0x05:
                length = 2 * self._number(self.at + 2, 2)
                out.append(_utf16(self.data[self.at + 4 : self.at + 4 + length]))
                self.at += 4 + length
            elif token in (0x0D, 0x0E):
                out.append(_Slot(self._number(self.at + 1, 2)))
                self.at += 4
            elif token == 0x07:
                length = 2 * self._number(self.at + 1, 2)
                out.append(_utf16(self.data[self.at + 3 : self.at + 3 + length]))
                self.at += 3 + length
            elif token == 0x08:
                out.append(chr(self._number(self.at + 1, 2)))
                self.at += 3
            elif token == 0x09:
                self.at += 1
                out.append(
                    {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}.get(
                        self._name(), ""
                    )
                )
            else:
                return out

    def _name(self) -> str:
        place = self._number(self.at, 4)
        self.at += 4
        length = self._number(place + 6, 2)
        if place == self.at:
            self.at += 10 + 2 * length
        if place not in self.chunk.names:
            raw = self.data[place + 8 : place + 8 + 2 * length]
            if len(raw) < 2 * length or length > 512:
                raise _BadError
            self.chunk.names[place] = _utf16(raw)
        return self.chunk.names[place]

    def _number(self, at: int, size: int) -> int:
        if at < 0 or at + size > len(self.data):
            raise _BadError
        return int.from_bytes(self.data[at : at + size], "little")


def _leaves(node: _Node, above: str) -> Iterator[_Leaf]:
    path = f"{above}/{node.name}" if above else node.name
    for name, parts in node.attributes:
        yield _Leaf(f"{path}@{name}", parts)
    if not node.nodes:
        named = dict(node.attributes).get("Name")
        yield _Leaf(path, node.parts, named or ([] if node.name == "Data" else [node.name]))
    elif node.parts:
        yield _Leaf(path, node.parts)
    for below in node.nodes:
        yield from _leaves(below, path)


def _value(kind: int, raw: bytes) -> str:
    if kind & 0x80:
        return _array(kind & 0x7F, raw)
    return _VALUES.get(kind, bytes.hex)(raw) if raw else ""


def _utf16(raw: bytes) -> str:
    return raw[: len(raw) & ~1].decode("utf-16-le", "replace").rstrip("\0")


def _sid(raw: bytes) -> str:
    if len(raw) < 8:
        return raw.hex()
    parts = struct.unpack(f"<{(len(raw) - 8) // 4}I", raw[8 : 8 + (len(raw) - 8) // 4 * 4])
    return "-".join(["S", str(raw[0]), str(int.from_bytes(raw[2:8], "big")), *map(str, parts)])


def _filetime(raw: bytes) -> str:
    """Microseconds since 1970 UTC, as decimal text."""
    return str(FILETIME_EPOCH_MICROS + int.from_bytes(raw[:8], "little") // 10)


def _unsigned(raw: bytes) -> str:
    return str(int.from_bytes(raw, "little"))


def _signed(raw: bytes) -> str:
    return str(int.from_bytes(raw, "little", signed=True))


def _hexadecimal(raw: bytes) -> str:
    return f"0x{int.from_bytes(raw, 'little'):x}"


def _guid(raw: bytes) -> str:
    return str(uuid.UUID(bytes_le=raw)) if len(raw) == 16 else raw.hex()


def _ansi(raw: bytes) -> str:
    return raw.decode("cp1252", "replace").rstrip("\0")


_VALUES: dict[int, Callable[[bytes], str]] = {
    0x00: lambda _: "", 0x01: _utf16, 0x02: _ansi, 0x03: _signed, 0x04: _unsigned, 0x05: _signed,
    0x06: _unsigned, 0x07: _signed, 0x08: _unsigned, 0x09: _signed, 0x0A: _unsigned,
    0x0D: lambda raw: "true" if any(raw) else "false", 0x0F: _guid, 0x10: _hexadecimal,
    0x11: _filetime, 0x13: _sid, 0x14: _hexadecimal, 0x15: _hexadecimal,
}  # fmt: skip


def _array(kind: int, raw: bytes) -> str:
    if kind == 0x01:
        return ",".join(_utf16(raw).split("\0"))
    width = {3: 1, 4: 1, 5: 2, 6: 2, 7: 4, 8: 4, 9: 8, 10: 8, 0x14: 4, 0x15: 8}.get(kind)
    if width is None:
        return raw.hex()
    return ",".join(_VALUES[kind](raw[at : at + width]) for at in range(0, len(raw), width))
