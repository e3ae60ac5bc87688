"""The chunks of an EWF set as bytes of the medium, every checksum verified.

Chunks are independent, so that memory is flat (one table at a time, a few MiB of chunks) and any
range is read without what is before it. Peers give zeros or flipped bytes here, without an error.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from typing import Any, NamedTuple

from forensics.evidence.facts import clipped, joined
from forensics.evidence.files import Files
from forensics.evidence.inflate import Damaged, adler32, inflate
from forensics.values import Gap

BATCH_BYTES = 1 << 20  # of one read of compressed chunks
CACHE_BYTES = 2 << 20  # of inflated chunks kept for small reads
TABLES_KEPT = 4
FEW_CHUNKS = 4  # a read that spans more goes past the cache
COMPRESSED = 1 << 31

Bytes = bytes | bytearray | memoryview


class Group(NamedTuple):
    """The chunks of one table section.

    first: number of its first chunk, from 0. at: of the entries in file `file`. base: None if the
    table's head is damaged (then nothing of it can be read). end: of the last chunk's bytes.
    footer: a checksum follows the entries. mirror: (at, base) of table2.
    """

    first: int
    chunks: int
    file: int
    at: int
    base: int | None
    end: int
    footer: bool
    mirror: tuple[int, int] | None = None


class Entries(NamedTuple):
    """Entries of a table as on disk.

    From number `overflow` on they are offsets of 32 bits without a flag: EnCase before 6.7 wrote
    such tables into segments beyond 2 GiB.
    """

    values: array[int]
    base: int
    overflow: int


class EwfStore:
    """Reads chunks; `reason` is the code of chunks that belong to no group."""

    def __init__(
        self, files: Files, groups: list[Group], chunk_bytes: int, size: int, reason: str
    ) -> None:
        self.notes: set[str] = set()
        self._reason = reason
        self._files = files
        self._groups = groups
        self._firsts = [group.first for group in groups]
        self._chunk_bytes = chunk_bytes
        self._size = size
        self._stored_max = chunk_bytes + chunk_bytes // 8 + 1024
        self._cache: dict[int, tuple[Bytes, str | None]] = {}
        self._cache_chunks = max(CACHE_BYTES // chunk_bytes, FEW_CHUNKS)
        self._tables: dict[int, Entries | None] = {}
        self._short = b""  # the last short compressed chunk, and what it inflates to
        self._inflated: Bytes = b""

    def close(self) -> None:
        self._files.close()

    def read_gaps(self, offset: int, length: int) -> tuple[bytes | bytearray, list[Gap]]:
        if not length:
            return b"", []
        unit = self._chunk_bytes
        first, last = offset // unit, (offset + length - 1) // unit
        gaps: list[Gap] = []
        if last - first < FEW_CHUNKS:
            parts: list[Any] = [self._cached(number, gaps) for number in range(first, last + 1)]
        else:
            parts = self._range(first, last + 1, gaps)
        gaps = clipped(joined(gaps), offset, length) if gaps else gaps
        cut = offset - first * unit
        if len(parts) == 1:
            return parts[0][cut : cut + length], gaps
        parts[0] = memoryview(parts[0])[cut:]
        parts[-1] = memoryview(parts[-1])[: cut + length - (last - first) * unit]
        return b"".join(parts), gaps

    def _cached(self, number: int, gaps: list[Gap]) -> Bytes:
        found = self._cache.pop(number, None)
        if found is None:
            own: list[Gap] = []
            data = self._range(number, number + 1, own)[0]
            found = data, own[0].reason if own else None
            while len(self._cache) >= self._cache_chunks:
                del self._cache[next(iter(self._cache))]
        self._cache[number] = found
        if found[1] is not None:
            gaps.append(Gap(number * self._chunk_bytes, len(found[0]), found[1]))
        return found[0]

    def _range(self, number: int, stop: int, gaps: list[Gap]) -> list[Any]:
        """The chunks from `number` up to `stop`, each in its place."""
        parts: list[Any] = []
        while number < stop:
            index = bisect_right(self._firsts, number) - 1
            group = self._groups[index] if index >= 0 else None
            if group is None or number >= group.first + group.chunks:
                following = self._firsts[index + 1] if index + 1 < len(self._firsts) else stop
                upto, reason = min(stop, following), self._reason
            else:
                upto, reason = min(stop, group.first + group.chunks), "TABLE_CHECKSUM"
                entries = self._entries(index)
                if entries is not None:
                    self._decode(group, entries, number, upto, parts, gaps)
                    number = upto
                    continue
            start = number * self._chunk_bytes
            length = min(upto * self._chunk_bytes, self._size) - start
            parts += [bytes(min(self._chunk_bytes, length - at))
                      for at in range(0, length, self._chunk_bytes)]  # fmt: skip
            gaps.append(Gap(start, length, reason))
            number = upto
        return parts

    def _entries(self, index: int) -> Entries | None:
        """The entries of a group: of `table`, else of its mirror, else None."""
        if index in self._tables:
            return self._tables[index]
        group = self._groups[index]
        entries = None
        if group.base is not None:
            entries = self._load(group, group.at, group.base)
        if entries is None and group.mirror is not None:
            entries = self._load(group, *group.mirror)
            if entries is not None:
                self.notes.add("TABLE2_USED")
        while len(self._tables) >= TABLES_KEPT:
            del self._tables[next(iter(self._tables))]
        self._tables[index] = entries
        return entries

    def _load(self, group: Group, at: int, base: int) -> Entries | None:
        size = group.chunks * 4
        try:
            data = self._files.pread(group.file, at, size + 4 * group.footer)
        except OSError:
            return None
        if len(data) < size + 4 * group.footer:
            return None
        if group.footer:
            if adler32(memoryview(data)[:size]) != int.from_bytes(data[size:], "little"):
                return None
            data = data[:size]
        values = array("I", data)
        if sys.byteorder == "big":
            values.byteswap()
        overflow = group.chunks
        if base == 0 and group.end >= COMPRESSED:
            masked = [value & (COMPRESSED - 1) for value in values]
            overflow = next(
                (n for n in range(1, len(masked)) if masked[n] < masked[n - 1]), group.chunks
            )
        return Entries(values, base, overflow)

    def _borders(self, group: Group, entries: Entries, number: int, stop: int) -> list[int]:
        """Offsets in the file of the chunks, and of the end of the last."""
        low, high = number - group.first, stop - group.first
        values = entries.values[low : high + 1].tolist()
        mask, base = COMPRESSED - 1, entries.base
        if high <= entries.overflow - 1:
            out = [base + (value & mask) for value in values]
        else:
            out = [
                base + (value & mask if low + n < entries.overflow else value)
                for n, value in enumerate(values)
            ]
        if high == group.chunks:
            out.append(group.end)
        return out

    def _decode(
        self, group: Group, entries: Entries, number: int, stop: int, parts: list[Any],
        gaps: list[Gap],
    ) -> None:  # fmt: skip
        """Chunks of one group, read in batches of neighbours."""
        borders = self._borders(group, entries, number, stop)
        flags = entries.values[number - group.first : stop - group.first]
        flagged = entries.overflow - (number - group.first)  # so many entries have a flag
        whole = self._size // self._chunk_bytes - number  # so many chunks are full
        limit = self._stored_max
        count = stop - number
        at = 0
        while at < count:
            begin, upto = borders[at], at + 1
            while (
                upto < count
                and borders[upto - 1] < borders[upto] <= borders[upto - 1] + limit
                and borders[upto] - begin < BATCH_BYTES
            ):
                upto += 1
            end = min(borders[upto], borders[upto - 1] + limit)
            try:
                data = self._files.pread(group.file, begin, max(end - begin, 0))
            except OSError:
                data = b""  # each chunk below then fails alone
                if upto - at > 1:
                    upto = at + 1
                    end = min(borders[upto], begin + limit)
                    data = self._one(group.file, begin, max(end - begin, 0))
            view = memoryview(data)
            low = 0
            for n in range(at, upto):
                high = (borders[n + 1] if n + 1 < upto else end) - begin
                expected = self._chunk_bytes if n < whole else self._size % self._chunk_bytes
                if n >= flagged:  # only the checksum decides
                    out = self._plain(view, low, high, expected)
                    out = out or self._packed(data, view, low, high, expected)
                elif flags[n] & COMPRESSED:
                    out = self._packed(data, view, low, high, expected)
                else:
                    out = self._plain(view, low, high, expected)
                if out is None:
                    short = high > len(data) and borders[n] >= 0
                    reason = "TRUNCATED" if short else "CHUNK_CHECKSUM"
                    gaps.append(Gap((number + n) * self._chunk_bytes, expected, reason))
                    out = bytes(expected)
                parts.append(out)
                low = high
            at = upto

    def _one(self, number: int, offset: int, length: int) -> bytes:
        try:
            return self._files.pread(number, offset, length)
        except OSError:
            return b""

    def _plain(self, view: memoryview, low: int, high: int, expected: int) -> Bytes | None:
        """One stored chunk of `expected` bytes, or None if its checksum does not hold."""
        for end in dict.fromkeys((low + expected, high - 4)):
            if low + expected <= end <= min(high, len(view)) - 4:
                data = view[low:end]
                if adler32(data) == int.from_bytes(view[end : end + 4], "little"):
                    return self._cut(data, expected)
        return None

    def _packed(
        self, data: bytes, view: memoryview, low: int, high: int, expected: int
    ) -> Bytes | None:
        """One compressed chunk of `expected` bytes, or None if its checksum does not hold."""
        same = high - low == len(self._short) and data[low:high] == self._short
        if same and len(self._inflated) == expected:
            return self._inflated
        try:
            out = inflate(view[low:high], self._chunk_bytes)
        except Damaged:
            return None
        if len(out) != expected:
            return self._cut(out, expected)
        if high - low < expected >> 3:  # worth remembering: long runs of one byte come in many
            self._short, self._inflated = data[low:high], out
        return out

    def _cut(self, out: Bytes, expected: int) -> Bytes | None:
        """The last chunk may hold more than whole sectors: that is no part of the medium."""
        if len(out) < expected or (len(out) > expected == self._chunk_bytes):
            return None
        if len(out) > expected:
            self.notes.add("LONGER_THAN_MEDIUM")
        return out[:expected]
