"""Stores of Outlook (PST, OST): all messages, contacts and the like, with their attachments.

Layout          see pst_blocks. Heap: u16 place of the list of its parts, EC, u8 kind (BC properties, 7C a
                table), u32 root; ids of parts: 5 bits 0, 11 number from 1, 16 block (4 KiB pages: 14, 13);
                else a node below. Tree (B5, u8 bytes of a key, of a value, u8 levels, u32 root). Properties:
                u16 id -> u16 type, u32 value or id. Table: 7C, u8 columns, u16 x 4 (the last: bytes
                of a row), u32, u32 rows; from 22 on columns: u16 type, id, u16 place, u8, u8 bit. Nodes:
                type 2 folders, 4 messages, 8 hidden ones; below them 5 attachments, 692 recipients
Source          Microsoft [MS-PST] 2.3, 2.4
Proves          the store holds these messages; CRCs of blocks are verified. `~removed` are the bytes that
                nothing names, decoded: what was deleted and not yet written over. `~rest` are the blocks that
                no message holds: lists of folders, and messages that no node names any more
Does not prove  that a message was sent or read; a password of a store is a formality and locks nothing
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import partial

from forensics.unpack import mapi, pst_blocks
from forensics.unpack.mapi import Item, Value
from forensics.unpack.pst_blocks import MAGIC, Node, Store
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, UnpackError, bounded

FOLDER, MESSAGE, ATTACHMENT, HIDDEN = 2, 4, 5, 8
RECIPIENTS = 0x692
HEAP_MAX, FOLDER_MAX = 64 << 20, 1 << 20  # bytes of one heap, of that of a folder
RECORDS_MAX = 1 << 16
FOLDERS_MAX = 100_000
NAME = 0x3001
_INLINE = {2: 2, 3: 4, 4: 4, 0xA: 4, 0xB: 1}  # bytes of values that stand in the place of an id


class _Heap:
    """Parts of a node's data, and the nodes below it; UnpackError DAMAGED where it does not begin as one."""

    def __init__(self, store: Store, node: Node, most: int = HEAP_MAX) -> None:
        self._store = store
        self._blocks: list[bytes] = []
        size = 0
        try:
            for block in store.data(node.data):
                if not self._blocks and (len(block) < 12 or block[2] != 0xEC):
                    break
                self._blocks.append(block)
                size += len(block)
                if size > most:
                    store.problems.append("BUDGET_MEMORY")
                    break
        except UnpackError as error:
            store.problems.append(error.reason)
        if not self._blocks:
            raise UnpackError("DAMAGED")
        self.below = {one.id: one for one in store.below(node.below)} if node.below else {}
        self.root = int.from_bytes(self._blocks[0][4:8], "little")

    def part(self, number: int) -> bytes:
        """The bytes of a part; UnpackError DAMAGED where there is none."""
        bits = 14 if self._store.large else 11
        index, at = number >> 5 & ((1 << bits) - 1), number >> 5 + bits
        block = self._blocks[at] if at < len(self._blocks) else b""
        places = int.from_bytes(block[:2], "little")
        begin, end = places + 2 + 2 * index, places + 6 + 2 * index
        if number & 31 or not index or end > len(block):
            raise UnpackError("DAMAGED")
        first, following = struct.unpack_from("<HH", block, begin)
        return block[first:following]

    def value(self, kind: int, number: int) -> Value:
        """What an id of a part or of a node below names; a part is read when it is wanted."""
        if not number & 31:
            return Value(kind, partial(self._parts, number))
        node = self.below.get(number)
        if node is None:
            raise UnpackError("DAMAGED")
        return Value(kind, partial(self._store.data, node.data))

    def _parts(self, number: int) -> Iterator[bytes]:
        yield self.part(number) if number else b""

    def records(self, root: int) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values of the tree at a part."""
        mark, key, size, levels, top = struct.unpack("<BBBBI", self.part(root)[:8].ljust(8, b"\0"))
        if mark != 0xB5 or not key or levels > pst_blocks.DEPTH_MAX:
            raise UnpackError("DAMAGED")
        stack, count = [(top, levels)] if top else [], 0
        while stack:
            number, level = stack.pop()
            raw, width = self.part(number), key + (4 if level else size)
            count += len(raw) // width + 1
            if count > RECORDS_MAX:
                raise UnpackError("DAMAGED")
            rows = [raw[at : at + width] for at in range(0, len(raw) - width + 1, width)]
            if level:
                below = [int.from_bytes(row[key:], "little") for row in rows]
                stack += [(one, level - 1) for one in reversed(below)]
            else:
                yield from ((row[:key], row[key:]) for row in rows)

    def properties(self) -> dict[int, Value]:
        """Properties by id, as far as they can be found; a broken one tells when it is read."""
        found: dict[int, Value] = {}
        try:
            for key, raw in self.records(self.root):
                kind, number = struct.unpack("<HI", raw[:6].ljust(6, b"\0"))
                found[int.from_bytes(key, "little")] = self._property(kind, number)
        except UnpackError as error:
            self._store.problems.append(error.reason)
        return found

    def _property(self, kind: int, number: int) -> Value:
        if kind in _INLINE:
            return mapi.value(kind, number.to_bytes(4, "little")[: _INLINE[kind]])
        try:
            found = self.value(kind, number)
            if kind != mapi.OBJECT:
                return found
            node = self.below.get(int.from_bytes(found.read(4), "little"))
        except UnpackError:
            return Value(kind, _broken)
        return Value(kind, partial(self._store.data, node.data) if node else _broken)

    def rows(self) -> Iterator[dict[int, Value]]:
        """Rows of a table, with the strings and numbers in them."""
        head = self.part(self.root)
        if head[:1] != b"\x7c" or len(head) < 22:
            raise UnpackError("DAMAGED")
        width, number = struct.unpack_from("<H", head, 8)[0], struct.unpack_from("<I", head, 14)[0]
        told = [struct.unpack_from("<HHHBB", head, at) for at in range(22, len(head) - 7, 8)]
        columns = [(kind, name, place) for kind, name, place, size, _ in told if size == 4]
        if not number or not width:
            return
        if width < 4 * len(columns):
            raise UnpackError("DAMAGED")
        left = RECORDS_MAX
        for block in self.value(mapi.BINARY, number).chunks():
            for at in range(0, len(block) - width + 1, width):
                left -= 1
                if left < 0:
                    raise UnpackError("BUDGET_MEMBERS")
                row = block[at : at + width]
                yield {
                    name: self._property(kind, int.from_bytes(row[place : place + 4], "little"))
                    for kind, name, place in columns
                }


def _broken() -> Iterator[bytes]:
    raise UnpackError("DAMAGED")
    yield b""


def _item(store: Store, node: Node, depth: int = 0) -> Item:
    heap = _Heap(store, node)
    values = heap.properties()
    people = list[Mapping[int, Value]]()
    if RECIPIENTS in heap.below:
        try:
            people.extend(_Heap(store, heap.below[RECIPIENTS]).rows())
        except UnpackError as error:
            store.problems.append(error.reason)
    return Item(values, tuple(people), lambda: _attachments(store, heap, depth))


def _attachments(store: Store, heap: _Heap, depth: int) -> Iterator[Item]:
    for node in heap.below.values():
        if node.type != ATTACHMENT:
            continue
        try:
            inner = _Heap(store, node)
            values = inner.properties()
        except UnpackError as error:
            store.problems.append(error.reason)
            continue
        held = values.get(mapi.CONTENT)
        message = None
        if held and held.type == mapi.OBJECT and depth < mapi.DEPTH_MAX:
            found = next((one for one in inner.below.values() if one.type == MESSAGE), None)
            try:
                message = _item(store, found, depth + 1) if found else None
            except UnpackError as error:
                store.problems.append(error.reason)
        yield Item(values, message=message)


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    store = Store(source)
    folders: dict[int, tuple[str, int]] = {}
    found = []
    for node in store.nodes():
        budget.spend(0)
        if node.type == FOLDER and len(folders) < FOLDERS_MAX:
            folders[node.id] = (_name(store, node), node.parent)
        elif node.type in (MESSAGE, HIDDEN):
            found.append(node)
    if store.damaged:
        yield Member("", None, "partial", "DIRECTORY_DAMAGED", "pst")
    for node in found:
        prefix = f"{_path(folders, node.parent)}{node.id}/"
        try:
            yield from mapi.members(_item(store, node), "pst", prefix)
        except UnpackError as error:
            store.problems.append(error.reason)
        for problem in dict.fromkeys(store.problems):
            yield Member(prefix, None, "partial", problem, "pst")
        store.problems.clear()
    if store.coding:
        yield Member("~removed", method="pst", chunks=lambda: _removed(store), derived=True)
    if store.coding or store.large:  # else they are read as they lie
        yield Member("~rest", method="pst", chunks=store.unread, derived=True)


def _name(store: Store, node: Node) -> str:
    try:
        found = _Heap(store, node, FOLDER_MAX).properties().get(NAME)
    except UnpackError:
        found = None
    text = Item({NAME: found}).text(NAME) if found else None
    return text.replace("/", "_") if text else str(node.id)


def _path(folders: Mapping[int, tuple[str, int]], number: int) -> str:
    names: list[str] = []
    while number in folders and len(names) < 64:
        name, above = folders[number]
        if above == number:
            break
        names.append(name)
        number = above
    return "".join(f"{name}/" for name in reversed(names))


def _removed(store: Store) -> Iterator[bytes]:
    for start, length in store.unused():
        yield from pst_blocks.readable(store, start, length)


UNPACKER = Unpacker("pst", lambda head: head[:4] == MAGIC, bounded(_members))
