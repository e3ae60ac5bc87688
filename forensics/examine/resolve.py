"""What lies at an address: evidence opened anew, streams, members, and a masked look at bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from forensics import personal
from forensics.case import Case, Refused, passwords
from forensics.evidence import open_all, open_medium
from forensics.examine import split
from forensics.examine.sources import Plain, Source
from forensics.examine.spots import member_address
from forensics.unpack import Budget, find
from forensics.values import Address, Gap, encode_name
from forensics.walk.stream import NotOpen, open_volume

SHOWN_BYTES = 256
CONTEXT_BYTES = 4096  # what the masking looks at on both sides


@dataclass(frozen=True, slots=True)
class _Held:
    """A member held in memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        return self.data[offset : offset + length], []


@contextmanager
def content(case: Case, address: Address) -> Iterator[Source]:
    """The content that an address names (its offset and length not applied); Refused if there is none."""
    item = next((medium for medium in open_all(case) if medium.id == address.evidence), None)
    if item is None:
        raise Refused(f"no evidence {address.evidence} in case {case.id}")
    if item.reason:
        raise Refused(f"{item.id} could not be opened: {item.reason}")
    with open_medium(item) as image:
        if address.path is None and address.file_id is None:
            yield image
            return
        row = _file_row(case, address)
        start = next(
            volume["start"]
            for volume in case.table("volumes").to_pylist()
            if volume["evidence"] == address.evidence and volume["volume"] == address.volume
        )
        volume = open_volume(image, start)
        try:
            source: Source = volume.open(row)
        except NotOpen as error:
            raise Refused(f"{address} cannot be read: {error.outcome} {error.reason}") from None
        if address.members:
            part = split.part_of(row, _beside(case, row), volume, item.size)
            source = part.whole if part and part.whole else source
        yield _descend(source, address, passwords(case.keys) if address.members else ())


def _file_row(case: Case, address: Address) -> dict[str, Any]:
    files = case.table("files")
    wanted = pc.and_(
        pc.equal(files.column("evidence").cast("string"), address.evidence),
        pc.equal(files.column("volume"), address.volume or ""),
    )
    if address.path is not None:
        wanted = pc.and_(wanted, pc.equal(files.column("path"), address.path))
    if address.file_id is not None:
        wanted = pc.and_(wanted, pc.equal(files.column("file_id"), address.file_id))
    rows = files.filter(wanted).to_pylist()
    named = [row for row in rows if encode_name(row["stream"] or "") == (address.stream or "")]
    named.sort(key=lambda row: row["state"] != "allocated")
    if not named:
        raise Refused(f"nothing at {address}")
    row: dict[str, Any] = named[0]
    return row


def _beside(case: Case, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Files that may belong to the same archive in several."""
    name = split.name_of(row["path"])
    files = case.table("files")
    wanted = pc.and_(
        pc.equal(files.column("evidence").cast("string"), row["evidence"]),
        pc.starts_with(pc.utf8_lower(files.column("path")), name.stem if name else "\0"),
    )
    near = files.filter(wanted).to_pylist()
    place = [(one["volume"], one["state"], one["stream"]) for one in near]
    mine = (row["volume"], row["state"], row["stream"])
    return [one for one, where in zip(near, place, strict=True) if where == mine]


def _descend(source: Source, address: Address, keys: tuple[str, ...]) -> Source:
    """Down through members, by the names that the examination gave them."""
    place = Address(address.evidence, address.volume, address.path, address.file_id, address.stream)
    for name in address.members:
        head, _ = source.read_gaps(0, min(4096, source.size))
        unpacker = find(head)
        if unpacker is None:
            raise Refused(f"nothing to open at {place}")
        budget = Budget(source.size, passwords=keys)
        for number, member in enumerate(unpacker.members(Plain(source), budget)):
            if member_address(place, member, number).members[-1] == name and member.chunks:
                source = _Held(b"".join(member.chunks()))
                break
        else:
            raise Refused(f"no member {name} in {place}")
        place = place.member(name)
    return source


def look(case: Case, address: Address, *, reveal: bool = False) -> str:
    """The bytes at an address as a dump of offset, hex and text; masked unless revealed."""
    with content(case, address) as source:
        start = address.offset or 0
        if start > source.size:
            raise Refused(f"{address}: beyond the end ({source.size} bytes)")
        length = min(address.length or SHOWN_BYTES, SHOWN_BYTES * 16, source.size - start)
        low = max(0, start - CONTEXT_BYTES)
        high = min(source.size, start + length + CONTEXT_BYTES)
        data, gaps = source.read_gaps(low, high - low)
    hidden = bytearray(len(data)) if reveal else _hidden(case, data)
    lost = bytearray(len(data))
    for gap in gaps:
        begin = max(0, gap.start - low)
        lost[begin : gap.start - low + gap.length] = b"\1" * (gap.start - low + gap.length - begin)
    lines = []
    for offset in range(start, start + length, 16):
        place = slice(offset - low, min(offset + 16, start + length) - low)
        cells = zip(data[place], hidden[place], lost[place], strict=True)
        row = [
            ("!!", "!") if gone else ("..", "*") if dark else (f"{byte:02x}", _letter(byte))
            for byte, dark, gone in cells
        ]
        hexes = " ".join(pair[0] for pair in row)
        lines.append(f"{offset:012x}  {hexes:<47}  {''.join(pair[1] for pair in row)}")
    return "\n".join(lines)


def _letter(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F else "."


# What is hidden unless revealed: every character that is no ASCII, runs of four and more digits
# with their separators, what stands round an @, and all that a detector finds.
_DARK = re.compile(
    rb"[\x80-\xff]+[\x40-\x7e]?|[0-9][0-9 /.+-]{2,}[0-9]|[\w.+-]+@[\w.-]+|(?:[0-9]\0[-/]?\0?){4,}"
)


def _hidden(case: Case, data: bytes) -> bytearray:
    """1 for each byte that is not shown."""
    mask = bytearray(len(data))
    for match in _DARK.finditer(data):
        mask[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    detector = personal.open_detector(personal.Settings(token_key=case.token_key()))
    for hit in detector.detect([data]).hits:
        mask[hit.start : hit.start + hit.length] = b"\1" * hit.length
    return mask
