"""Folder entries of FAT12, FAT16, FAT32 and exFAT: what they say of times and sizes.

Layout          FAT entry, 32 bytes: 0x0B attributes | 0x0D u8 10 ms | 0x0E u16 time, 0x10 u16 date
                of creation | 0x12 u16 date of access | 0x16 u16 time, 0x18 u16 date of writing.
                exFAT entries: 0x85 file (0x08, 0x0C, 0x10 u32 created, written,
                accessed; 0x14, 0x15 u8 10 ms; 0x16, 0x17, 0x18 i7 quarter hours of UTC offset, bit
                7: valid), then 0xC0 stream (0x01 bit 1: one run | 0x08 u64 valid size); bit 7 of
                the type is clear in deleted ones.
                Time: u16 date (year - 1980, month, day: 7, 4, 5 bits), u16 time (hour, minute,
                two seconds: 5, 6, 5 bits). Access on FAT: a date.
Source          Microsoft "FAT Type Guide"; "exFAT file system specification"
Proves          the entry held this name and these wall clock times
Does not prove  the zone (FAT; exFAT without its offset byte); that deleted content is whole
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass
from itertools import pairwise

from forensics.values import NO_TIME, Interval, from_wall_clock, interval
from forensics.walk.reader import Reader

ENTRY_BYTES = 32
_TWO_SECONDS, _TEN_MS, _DAY = 2_000_000, 10_000, 86_400_000_000
_QUARTER_HOUR = 900_000_000
_BLOCK_BYTES = 1 << 16
_LABEL, _LONG_NAME = 0x08, 0x0F
_EXFAT_BITMAP, _EXFAT_UPCASE, _EXFAT_LABEL, _EXFAT_FILE, _EXFAT_STREAM = (
    0x01,
    0x02,
    0x03,
    0x05,
    0x40,
)


# ------------------------------------------------------------------ entries


@dataclass(frozen=True, slots=True)
class Entry:
    """A directory entry as the disk has it; raw times are the bytes as one number."""

    kind: str  # file, label, bitmap, upcase, other
    modified: Interval = NO_TIME
    accessed: Interval = NO_TIME
    born: Interval = NO_TIME
    modified_raw: int | None = None
    accessed_raw: int | None = None
    born_raw: int | None = None
    valid_size: int | None = None
    one_run: bool = False


def wall_clock(date: int, clock: int, width_us: int, fine_ms: int = 0) -> Interval:
    """A FAT date and time as an interval of unknown zone; impossible ones are no time."""
    try:
        wall = dt.datetime(  # noqa: DTZ001 a wall clock: its zone is not on the disk
            1980 + (date >> 9), date >> 5 & 15, date & 31,
            clock >> 11, clock >> 5 & 63, (clock & 31) * 2,
        ) + dt.timedelta(milliseconds=fine_ms)  # fmt: skip
    except ValueError:
        return NO_TIME
    return from_wall_clock(wall, dt.timedelta(microseconds=width_us))


def fat_entry(raw: bytes) -> Entry:
    """A 32-byte entry of FAT12, FAT16 or FAT32."""
    attributes, fine = raw[0x0B], raw[0x0D]
    if attributes & 0x3F == _LONG_NAME:
        return Entry("other")
    born_clock, born_date, accessed = struct.unpack_from("<HHH", raw, 0x0E)
    clock, date = struct.unpack_from("<HH", raw, 0x16)
    width = _TEN_MS if fine < 200 else _TWO_SECONDS
    return Entry(
        "label" if attributes & _LABEL else "file",
        wall_clock(date, clock, _TWO_SECONDS),
        wall_clock(accessed, 0, _DAY),
        wall_clock(born_date, born_clock, width, 10 * fine if fine < 200 else 0),
        date << 16 | clock,
        accessed,
        (born_date << 16 | born_clock) << 8 | fine,
    )


def exfat_time(stamp: int, fine: int, offset: int, width_us: int) -> Interval:
    """An exFAT timestamp: UTC where its offset byte is valid, else a wall clock."""
    good = fine < 200
    local = wall_clock(
        stamp >> 16, stamp & 0xFFFF, width_us if good else _TWO_SECONDS, 10 * fine if good else 0
    )
    if not offset & 0x80 or local.start is None or local.until is None:
        return local
    quarters = (offset & 0x7F) - (0x80 if offset & 0x40 else 0)
    return interval(local.start - quarters * _QUARTER_HOUR, local.until - local.start, "utc")


def exfat_entry(raw: bytes, follower: bytes) -> Entry:
    """A file entry of exFAT with the stream entry that follows it."""
    kind = raw[0] & 0x7F
    if kind != _EXFAT_FILE:
        names = {_EXFAT_BITMAP: "bitmap", _EXFAT_UPCASE: "upcase", _EXFAT_LABEL: "label"}
        return Entry(names.get(kind, "other"))
    born, modified, accessed = struct.unpack_from("<III", raw, 8)
    born_fine, modified_fine, born_zone, modified_zone, accessed_zone = raw[0x14:0x19]
    valid, one_run = None, False
    if len(follower) == ENTRY_BYTES and follower[0] & 0x7F == _EXFAT_STREAM:
        (valid,) = struct.unpack_from("<Q", follower, 8)
        one_run = bool(follower[1] & 2)
    return Entry(
        "file",
        exfat_time(modified, modified_fine, modified_zone, _TEN_MS),
        exfat_time(accessed, 0, accessed_zone, _TWO_SECONDS),
        exfat_time(born, born_fine, born_zone, _TEN_MS),
        (modified << 8 | modified_fine) << 8 | modified_zone,
        accessed << 8 | accessed_zone,
        (born << 8 | born_fine) << 8 | born_zone,
        valid,
        one_run,
    )


class Entries:
    """Directory entries by the number TSK gives them."""

    def __init__(self, reader: Reader, first: int, *, exfat: bool) -> None:
        """first: where the entry with the number 3 lies, bytes of the medium."""
        self._reader, self._first, self._exfat = reader, first, exfat
        self._block = (-1, b"")
        self.folders: dict[int, list[tuple[int, int]]] = {}  # runs of folders, by inum

    def read(self, inum: int, folder: int) -> Entry:
        at = self._first + (inum - 3) * ENTRY_BYTES
        raw = self._bytes(at)
        if len(raw) < ENTRY_BYTES:
            return Entry("other")
        if not self._exfat:
            return fat_entry(raw)
        return exfat_entry(raw, self._bytes(self._after(at, folder)))

    def _after(self, at: int, folder: int) -> int:
        """Where the next entry of the folder lies: a set may go on in another cluster."""
        runs = self.folders.get(folder, [])
        for (start, length), following in pairwise(runs):
            if start <= at < start + length:
                return at + ENTRY_BYTES if at + ENTRY_BYTES < start + length else following[0]
        return at + ENTRY_BYTES

    def _bytes(self, at: int) -> bytes:
        first = at - at % _BLOCK_BYTES
        if not 0 <= at <= self._reader.size - ENTRY_BYTES:
            return b""
        if self._block[0] != first:
            size = min(_BLOCK_BYTES, self._reader.size - first)
            self._block = (first, self._reader.read(first, size))
        raw = self._block[1][at - first : at - first + ENTRY_BYTES]
        return raw if len(raw) == ENTRY_BYTES else self._reader.read(at, ENTRY_BYTES)
