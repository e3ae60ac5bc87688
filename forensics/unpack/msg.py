"""Messages of Outlook (.msg): their text, bodies and attachments; ole.py offers them.

Layout          a compound file: `__properties_version1.0` (head of 32 bytes, 24 in an attached message,
                8 elsewhere; then u16 type, u16 id, u32 flags, 8 bytes value or size of it),
                `__substg1.0_IIIITTTT` (id, type; lists: -NNNNNNNN each), storages
                `__recip_version1.0_#N`, `__attach_version1.0_#N`; 3701000D is an attached message
Source          Microsoft [MS-OXMSG]
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping

from forensics.unpack import mapi
from forensics.unpack.compound import Entry, File
from forensics.unpack.mapi import Item, Value
from forensics.unpack.unpacker import Member

PROPERTIES = "__properties_version1.0"
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})(?:-[0-9A-F]{8})?", re.IGNORECASE)
_HEADS = {"__attach": 8, "__recip_": 8, "__substg": 24}  # by the storage that holds the properties
_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 2, 0x14: 8, mapi.TIME: 8}

_TEXTS = (mapi.STRING, mapi.UNICODE, mapi.STRINGS, mapi.UNICODES)

_Folder = dict[str, Entry]


class _Message:
    """Streams by the storage that they lie in; read: those that the members of a message give."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.read: set[Entry] = set()
        self.folders: dict[tuple[str, ...], _Folder] = {}
        for entry in file.streams():
            self.folders.setdefault(entry.path[:-1], {})[entry.name] = entry
        self._below: dict[tuple[str, ...], set[str]] = {}
        for path in self.folders:
            for depth in range(len(path)):
                self._below.setdefault(path[:depth], set()).add(path[depth])

    def item(self, path: tuple[str, ...]) -> Item:
        storages = sorted(self._below.get(path, ()))
        people = [name for name in storages if name.startswith("__recip_version1.0_")]
        return Item(
            self._values(path),
            tuple(self._values((*path, name)) for name in people),
            lambda: self._attachments(path, storages),
        )

    def _attachments(self, path: tuple[str, ...], storages: list[str]) -> Iterator[Item]:
        for name in storages:
            if name.startswith("__attach_version1.0_"):
                inner = (*path, name, "__substg1.0_3701000D")
                message = self.item(inner) if PROPERTIES in self.folders.get(inner, {}) else None
                yield Item(self._values((*path, name)), message=message)

    def _values(self, path: tuple[str, ...]) -> Mapping[int, Value]:
        streams = self.folders.get(path, {})
        found: dict[int, Value] = {}
        lists: dict[int, tuple[int, list[bytes]]] = {}
        for name, entry in sorted(streams.items()):
            match = _STREAM.fullmatch(name)
            if not match:
                continue
            number, kind = int(match[1], 16), int(match[2], 16)
            if kind in _TEXTS or number in (mapi.RTF, mapi.HTML, mapi.CONTENT):
                self.read.add(entry)
            if kind in (mapi.STRINGS, mapi.UNICODES):
                if "-" in name:
                    raw = self.file.start_of(entry, mapi.TEXT_MAX)
                    lists.setdefault(number, (kind, []))[1].append(raw)
            else:
                found[number] = Value(kind, self.file.chunks(entry))
        for number, (kind, parts) in lists.items():
            found[number] = mapi.value(kind, mapi.several(parts))
        return found | self._fixed(path, streams)

    def _fixed(self, path: tuple[str, ...], streams: _Folder) -> dict[int, Value]:
        entry = streams.get(PROPERTIES)
        if entry is None:
            return {}
        self.read.add(entry)
        raw = self.file.start_of(entry, 1 << 20)
        found = {}
        for at in range(_HEADS.get(path[-1][:8], 32) if path else 32, len(raw) - 15, 16):
            kind, number = struct.unpack_from("<HH", raw, at)
            if kind in _FIXED:
                found[number] = mapi.value(kind, raw[at + 8 : at + 8 + _FIXED[kind]])
        return found


def members(file: File) -> Iterator[Member]:
    """The message and what hangs on it, then the streams that these do not give."""
    message = _Message(file)
    yield from mapi.members(message.item(()), "msg")
    for entry in file.streams():
        if entry not in message.read:
            yield Member("/".join(entry.path), entry.size, method="ole", chunks=file.chunks(entry))
