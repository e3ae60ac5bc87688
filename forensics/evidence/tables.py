"""Partition tables: MBR with extended chains, GPT, Apple, and how large a medium they claim.

Layout          MBR: 4 entries of 16 bytes at 446, 55 AA at 510; extended ones link EBRs whose data
                entries count from the EBR, links from the first EBR. GPT: header in sector 1, a
                copy in the last; CRC32 over header and entries. APM: `ER` block, then `PM` blocks.
                Sun: label with DA BE at 508. BSD, Solaris, SGI: see slices
Source          UEFI 2.10 chapter 5; TSK mmls as referee; Inside Macintosh: Devices, "Partition map"
Proves          the table names these runs
Does not prove  that a run holds what its type says
"""

from __future__ import annotations

import struct
import uuid
import zlib
from typing import NamedTuple

from forensics.evidence import slices
from forensics.evidence.facts import SECTOR_BYTES, SIZE_MAX
from forensics.evidence.magics import Peek
from forensics.evidence.signatures import BOOT_SECTOR, Signature, identify

SECTOR_SIZES = (512, 4096)
EBR_MAX = 256  # logical partitions followed; Linux stops at 252
GPT_ENTRIES_MAX = 1024
APM_ENTRIES_MAX = 256
EXTENDED = frozenset({0x05, 0x0F, 0x85})
CLAIMS = frozenset({
    "fat12", "fat16", "fat32", "exfat", "ntfs", "ext2", "ext3", "ext4", "iso9660", "hfs+", "hfsx",
})  # fmt: skip
NOT_VOLUMES = frozenset({"Apple_partition_map", "Apple_Free", "Apple_Void"})


class Entry(NamedTuple):
    """A run that a table names: bytes of the medium, and the table's own type."""

    start: int
    length: int
    type: str


class Table(NamedTuple):
    """entries in no order. end: bytes the medium must have. reason: damage that was got round."""

    scheme: str
    sector_size: int
    entries: tuple[Entry, ...]
    end: int
    reason: str | None = None


def partition_table(peek: Peek, size: int, sector_size: int = 512) -> Table | None:
    """The table of a medium, None where there is none (the medium is then one volume).

    A file system whose boot sector looks like an MBR wins over it; so does an ISO 9660 image
    over the tables that make it bootable, but for what they name behind it.
    """
    whole = identify(peek, size)
    if whole is not None and whole.name == "iso9660":
        return _behind_disc(peek, size, sector_size, whole)
    found = _gpt(peek, size)
    if found is not None:
        return found
    if whole is not None and whole.name in BOOT_SECTOR:
        return None
    return (
        apple(peek)
        or _sun(peek)
        or _labelled("sgi", slices.sgi(peek, size))
        or _mbr(peek, size, sector_size, whole)
        or _labelled("bsd", slices.bsd(peek, 0, size) if whole is None else [])
    )


def _behind_disc(peek: Peek, size: int, sector_size: int, disc: Signature) -> Table | None:
    """The image of a disc on a stick, and the volumes that its tables name behind it; None where there are none.

    A system that starts from the stick keeps there what it was told to remember.
    """
    table = _gpt(peek, size) or apple(peek) or _mbr(peek, size, sector_size, None)
    if table is None or not disc.size:
        return None
    behind = [
        entry
        for entry in table.entries
        if entry.start >= disc.size and identify(shifted(peek, entry.start), entry.length)
    ]
    if not behind:
        return None
    end = max(entry.start + entry.length for entry in behind)
    return table._replace(entries=(Entry(0, disc.size, ""), *behind), end=end)


def _labelled(scheme: str, runs: slices.Runs) -> Table | None:
    """The table of a disk by its label."""
    entries = tuple(Entry(*run) for run in runs)
    return (
        Table(scheme, SECTOR_BYTES, entries, entries[-1].start + entries[-1].length)
        if entries
        else None
    )


def _within(peek: Peek, entry: Entry) -> list[Entry]:
    """What a label inside a partition divides it into; the partition itself where there is none."""
    runs: slices.Runs = []
    if entry.type in slices.BSD_TYPES:
        runs = slices.bsd(peek, entry.start, entry.length)
    elif entry.type in slices.SOLARIS_TYPES:
        runs = slices.solaris(peek, entry.start, entry.length)
    return [Entry(*run) for run in runs] or [entry]


def claimed_size(peek: Peek, size: int) -> int:
    """Bytes the medium must have had, by a validated table or boot sector; 0 if none says."""
    whole = identify(peek, size)
    table = partition_table(peek, size)
    if table is not None:
        claim = table.end
    elif whole is not None and whole.name in CLAIMS:
        claim = whole.size or 0
    else:
        claim = 0
    return claim if claim <= SIZE_MAX else 0


def _mbr(peek: Peek, size: int, sector_size: int, whole: Signature | None) -> Table | None:
    head = peek(0, 512)
    if head[510:512] != b"\x55\xaa":
        return None
    rows = _mbr_rows(head)
    if not rows or any(status & 0x7F for status, *_ in rows):
        return None
    if whole is not None and any(start == 0 for *_, start, _ in rows):
        return None
    unit = _mbr_unit(peek, rows, sector_size)
    entries: list[Entry] = []
    reason = None
    for _, kind, start, length in rows:
        if kind in EXTENDED:
            logical, whole_chain = _logical(peek, start, unit, size)
            entries += logical
            reason = reason if whole_chain else "CHAIN_DAMAGED"
        elif start:
            entries.append(Entry(start * unit, length * unit, f"0x{kind:02x}"))
    ends = [(start + length) * unit for _, kind, start, length in rows if kind != 0xEE]
    ends += [entry.start + entry.length for entry in entries if entry.type != "0xee"]
    if any(entry.type == "0xee" for entry in entries):
        entries = [e for e in entries if e.type != "0xee" or e.start + e.length <= size]
    if not entries and slices.bsd(peek, 0, size):
        return None  # a disk of BSD alone, whose boot code has a table for show
    divided = [part for entry in entries for part in _within(peek, entry)]
    return Table("mbr", unit, tuple(divided), max(ends, default=0), reason)


def _mbr_rows(sector: bytes) -> list[tuple[int, int, int, int]]:
    """(status, type, start, length) of the entries in use; start and length in sectors."""
    rows = []
    for at in range(446, 510, 16):
        status, kind, start, length = struct.unpack_from("<B3xB3xII", sector, at)
        if kind and length:
            rows.append((status, kind, start, length))
    return rows


def _mbr_unit(peek: Peek, rows: list[tuple[int, int, int, int]], sector_size: int) -> int:
    """Bytes of a sector: where the partitions' content is found, else what the container says."""
    for unit in sorted(SECTOR_SIZES, key=lambda unit: unit != sector_size):
        for _, kind, start, length in rows:
            at = start * unit
            if kind in EXTENDED:
                if peek(at + 510, 2) == b"\x55\xaa":
                    return unit
            elif start and _is_known(peek, Entry(at, length * unit, f"0x{kind:02x}")):
                return unit
    return sector_size


def _is_known(peek: Peek, entry: Entry) -> bool:
    """Is there something known where an entry puts a partition: its content, or a label that divides it?"""
    found = identify(shifted(peek, entry.start), entry.length)
    return found is not None or _within(peek, entry) != [entry]


def shifted(peek: Peek, start: int) -> Peek:
    return lambda offset, length: peek(start + offset, length)


def _logical(peek: Peek, base: int, unit: int, size: int) -> tuple[list[Entry], bool]:
    """The chain of extended boot records from sector `base`, and whether it could be followed to its end.

    It ends at a loop or a bad record. One behind the medium's end is missing as all there is.
    """
    entries: list[Entry] = []
    seen: set[int] = set()
    queue, whole = [base], True
    while queue and len(seen) < EBR_MAX:
        at = queue.pop()
        sector = peek(at * unit, 512)
        if at in seen or sector[510:512] != b"\x55\xaa":
            whole &= at * unit >= size
            continue
        seen.add(at)
        for _, kind, start, length in _mbr_rows(sector):
            if kind in EXTENDED:
                queue.append(base + start)
            elif start:
                entries.append(Entry((at + start) * unit, length * unit, f"0x{kind:02x}"))
    return entries, whole and not queue


def _gpt(peek: Peek, size: int) -> Table | None:
    """From the primary header, else (and then it says so) from the copy in the last sector."""
    for unit in SECTOR_SIZES:
        table = _gpt_at(peek, unit, unit)
        if table is not None:
            return table
    for unit in SECTOR_SIZES:
        last = (size // unit - 1) * unit
        table = _gpt_at(peek, last, unit) if last > unit else None
        if table is not None:
            return table._replace(reason="GPT_BACKUP", end=size)
    return None


def _gpt_at(peek: Peek, at: int, unit: int) -> Table | None:
    header = peek(at, 512)
    if len(header) < 92 or header[:8] != b"EFI PART":
        return None
    length, crc = struct.unpack_from("<II", header, 12)
    here, other = struct.unpack_from("<QQ", header, 24)
    entries_at, count, width, entries_crc = struct.unpack_from("<QIII", header, 72)
    if not 92 <= length <= 512 or here * unit != at or not 128 <= width <= 4096:
        return None
    if zlib.crc32(header[:16] + bytes(4) + header[20:length]) != crc or count > GPT_ENTRIES_MAX:
        return None
    body = peek(entries_at * unit, count * width)
    if zlib.crc32(body) != entries_crc:
        return None
    entries = []
    for row in range(0, count * width, width):
        first, last = struct.unpack_from("<QQ", body, row + 32)
        if any(body[row : row + 16]) and last >= first:
            kind = str(uuid.UUID(bytes_le=body[row : row + 16]))
            entries.append(Entry(first * unit, (last + 1 - first) * unit, kind))
    end = max([(other + 1) * unit, *(entry.start + entry.length for entry in entries)])
    return Table("gpt", unit, tuple(entries), end)


def apple(peek: Peek) -> Table | None:
    """The partition map of Apple."""
    head = peek(0, 512)
    if head[:2] != b"ER":
        return None
    unit, blocks = struct.unpack_from(">HI", head, 2)
    for step in dict.fromkeys((unit, 512)):
        count = struct.unpack(">I", peek(step + 4, 4).ljust(4, b"\0"))[0] if step else 0
        if not 0 < count <= APM_ENTRIES_MAX:
            continue
        rows = [peek(step * (1 + row), 512) for row in range(count)]
        if any(row[:2] != b"PM" for row in rows):
            continue
        entries = []
        for row in rows:
            start, length = struct.unpack_from(">II", row, 8)
            kind = row[48:80].split(b"\0")[0].decode("latin-1")
            if kind not in NOT_VOLUMES and length:
                entries.append(Entry(start * step, length * step, kind))
        ends = [entry.start + entry.length for entry in entries]
        return Table("apm", step, tuple(entries), max([*ends, blocks * unit]))
    return None


def _sun(peek: Peek) -> Table | None:
    """Sun label: u16 heads at 436, u16 sectors per track at 438, 8 x (u32 cylinder, u32 sectors)."""
    head = peek(0, 512)
    words = struct.unpack(">256H", head) if len(head) == 512 else ()
    if not words or head[508:510] != b"\xda\xbe":
        return None
    checksum = 0
    for word in words:
        checksum ^= word
    heads, sectors = struct.unpack_from(">HH", head, 436)
    if checksum:
        return None
    entries = []
    for row in range(8):
        cylinder, length = struct.unpack_from(">II", head, 444 + 8 * row)
        if length and struct.unpack_from(">H", head, 142 + 4 * row)[0] != 5:  # 5: the whole disk
            kind = f"0x{struct.unpack_from('>H', head, 142 + 4 * row)[0]:02x}"
            entries.append(Entry(cylinder * heads * sectors * 512, length * 512, kind))
    end = max((entry.start + entry.length for entry in entries), default=0)
    return Table("sun", 512, tuple(entries), end) if entries else None
