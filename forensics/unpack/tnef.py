"""winmail.dat (TNEF): the text, bodies and attachments that Outlook put into one part of a mail.

Layout          u32 223E9F78, u16; attributes: u8 level, u16 id, u16 type, u32 bytes, data, u16 sum of its
                bytes. 9003 and (of an attachment) 9005: u32 count, properties: u16 type, u16 id (from 8000
                on: GUID, u32 kind, u32 number or u32 bytes and name), value, variable ones with u32 count
                and u32 bytes each; 9002 begins an attachment, 800F its bytes, 8010 its name; 8004 subject
Source          Microsoft [MS-OXTNEF]
Proves          the mail carried these
Does not prove  that its reader could open them: few programs do
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from forensics.unpack import mapi
from forensics.unpack.mapi import Item, Value
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, UnpackError, bounded

MAGIC = bytes.fromhex("789f3e22")
FILE_MAX = 256 << 20  # bytes, held in memory
VALUES_MAX = 100_000
_PROPERTIES, _ATTACHED_PROPERTIES, _BEGIN, _DATA, _NAME = 0x9003, 0x9005, 0x9002, 0x800F, 0x8010
_OLD = {0x8004: 0x37, 0x8000: 0x0C1A, 0x800C: mapi.BODY}  # attributes of before MAPI
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, mapi.TIME: 8, 0x48: 16}
_VARIABLE = (mapi.STRING, mapi.UNICODE, mapi.BINARY, mapi.OBJECT)


@dataclass(slots=True)
class _Read:
    values: dict[int, Value] = field(default_factory=dict)
    attachments: list[dict[int, Value]] = field(default_factory=list)
    problem: str | None = None


def _read(data: bytes) -> _Read:
    """All attributes as far as they are sound."""
    out, at = _Read(), 6
    while at + 11 <= len(data):
        number, _, size = struct.unpack_from("<HHI", data, at + 1)
        body = data[at + 9 : at + 9 + size]
        total = data[at + 9 + size : at + 11 + size]
        if len(total) < 2:
            out.problem = "TRUNCATED"
        elif sum(body) & 0xFFFF != int.from_bytes(total, "little"):
            out.problem = "CRC_MISMATCH"
        at += 11 + size
        if number == _BEGIN:
            out.attachments.append({})
        inner = out.attachments[-1] if out.attachments else {}
        try:
            if number == _PROPERTIES:
                out.values |= dict(_properties(body))
            elif number == _ATTACHED_PROPERTIES:
                inner.update(_properties(body))
            elif number in _OLD:
                out.values.setdefault(_OLD[number], mapi.value(mapi.STRING, body))
            elif number == _DATA:
                inner.setdefault(mapi.CONTENT, mapi.value(mapi.BINARY, body))
            elif number == _NAME:
                inner.setdefault(0x3704, mapi.value(mapi.STRING, body))
        except (struct.error, UnpackError):
            out.problem = out.problem or "DAMAGED"
    return out


def _properties(raw: bytes) -> Iterator[tuple[int, Value]]:
    (count,) = struct.unpack_from("<I", raw)
    at = 4
    for _ in range(min(count, VALUES_MAX)):
        kind, number = struct.unpack_from("<HH", raw, at)
        at += 4
        if number >= 0x8000:
            at += 20
            if struct.unpack_from("<I", raw, at - 4)[0]:
                at += _padded(struct.unpack_from("<I", raw, at)[0])
            at += 4
        several = bool(kind & 0x1000)
        kind &= 0xFFF
        if kind in _VARIABLE:
            (values,) = struct.unpack_from("<I", raw, at)
            at, parts = at + 4, list[bytes]()
            for _ in range(min(values, VALUES_MAX)):
                (size,) = struct.unpack_from("<I", raw, at)
                parts.append(raw[at + 4 : at + 4 + size])
                at += 4 + _padded(size)
            if several:
                yield number, mapi.value(kind | 0x1000, mapi.several(parts))
            elif parts:
                yield number, mapi.value(kind, parts[0])
        elif kind in _FIXED:
            values = struct.unpack_from("<I", raw, at)[0] if several else 1
            at += 4 * several
            if not several:
                yield number, mapi.value(kind, raw[at : at + _FIXED[kind]])
            at += _FIXED[kind] * values
        else:
            raise UnpackError("DAMAGED")


def _padded(size: int) -> int:
    return -(-size // 4) * 4


def _item(data: bytes, problems: list[str], depth: int = 0) -> Item:
    found = _read(data)
    if found.problem:
        problems.append(found.problem)
    return Item(found.values, (), lambda: _attachments(found, problems, depth))


def _attachments(found: _Read, problems: list[str], depth: int) -> Iterator[Item]:
    for values in found.attachments:
        content = values.get(mapi.CONTENT)
        message = None
        if content and content.type == mapi.OBJECT:
            raw = content.read(FILE_MAX)[16:]  # behind the id of its kind
            if raw.startswith(MAGIC) and depth < mapi.DEPTH_MAX:
                message = _item(raw, problems, depth + 1)
            values[mapi.CONTENT] = mapi.value(mapi.BINARY, raw)
        yield Item(values, message=message)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > FILE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    problems: list[str] = []
    yield from mapi.members(_item(source.read(0, source.size), problems), "tnef")
    for problem in dict.fromkeys(problems):
        yield Member("", None, "partial", problem, "tnef")


UNPACKER = Unpacker("tnef", lambda head: head[:4] == MAGIC, bounded(_members))
