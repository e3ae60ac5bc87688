"""Names in the indexes of NTFS folders that no file record has any more.

Layout          Index block: "INDX" | fixups as in a record | 0x1C u32 bytes used, from 0x18.
                Entry: u64 file reference | u16 length | u16 | u32 | content of a $FILE_NAME, which
                begins with the reference of the folder. What a removed entry leaves lies behind
                the used bytes; its first 16 bytes may be gone.
Source          libyal/libfsntfs documentation, "The index entry"
Proves          a file of this name, with these times and this size, was in the folder
Does not prove  that its content is still there, or when it went

Entries are found by their parent: a folder's own number at a multiple of 8 bytes, with a sequence
number, a name and its length behind it. That finds live and removed entries alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forensics.walk.intervals import Bools, Ints
from forensics.walk.ntfs.records import RECORD_MASK, Bytes, fix_up, gather, texts

_FOLDER = 0x10000000
_DECADES = (119_600_064_000_000_000, 157_469_184_000_000_000)  # FILETIME of 1980 and 2100


class Entries(NamedTuple):
    """Index entries: the folder's record, the file's reference (0: lost), `live`: still in use."""

    folder: Ints
    file: Ints
    parent: Ints  # reference as the entry has it
    times: npt.NDArray[np.uint64]
    size: Ints
    is_folder: Bools
    space: Ints
    live: Bools
    text: list[str]


def entries(block: Bytes, folder: Ints, used: Ints) -> Entries:
    """Entries in equally long blocks (rows of `block`); `used`: bytes of each that are live."""
    words = block.view("<i8")
    hit = ((words & RECORD_MASK) == folder[:, None]) & ((words >> 48) != 0)
    row, word = np.nonzero(hit)
    size = block.shape[1]
    at = word.astype(np.int64) * 8
    good = (at >= 16) & (at + 0x42 + 2 <= size)
    row, at = row[good].astype(np.int64), at[good]
    flat = block.reshape(-1)
    head = gather(flat, row * size + at, 0x42)
    units = head[:, 0x40].astype(np.int64)
    times = np.ascontiguousarray(head[:, 8:40]).view("<u8")
    real = np.ascontiguousarray(head[:, 0x30:0x38]).view("<i8")[:, 0]
    plausible = (times >= _DECADES[0]) & (times < _DECADES[1]) | (times == 0)
    good = (units > 0) & (at + 0x42 + 2 * units <= size) & (head[:, 0x41] <= 3)
    good &= (units != 1) | (flat[row * size + at + 0x42] != ord("."))  # the root names itself
    good &= plausible.all(axis=1) & (real >= 0)
    row, at, units, head, times = row[good], at[good], units[good], head[good], times[good]
    flags = np.ascontiguousarray(head[:, 0x38:0x3C]).view("<u4")[:, 0]
    lengths = words[row, (at >> 3) - 1]
    headed = ((lengths >> 16) & 0xFFFF) == 0x42 + 2 * units
    headed &= (lengths & 0xFFFF) >= 0x52 + 2 * units
    return Entries(
        folder[row],
        np.where(headed, words[row, (at >> 3) - 2], 0),
        words[row, at >> 3],
        times,
        real[good],
        flags & _FOLDER > 0,
        head[:, 0x41].astype(np.int64),
        headed & (at < used[row]),
        texts(flat, row * size + at + 0x42, units),
    )


def blocks(data: Bytes, index_bytes: int, sector_bytes: int) -> tuple[Bytes, Ints]:
    """Index blocks with their fixups applied, and the end of the live part of each."""
    block = data[: data.size // index_bytes * index_bytes].reshape(-1, index_bytes).copy()
    sound = fix_up(block, sector_bytes, block.view("<u4")[:, 0] == 0x58444E49)
    used = np.where(sound, block.view("<u4")[:, 7].astype(np.int64) + 0x18, 0)
    return block, used


def join(parts: list[Entries]) -> Entries:
    """The entries of all parts (at least one)."""
    return Entries(
        np.concatenate([part.folder for part in parts]),
        np.concatenate([part.file for part in parts]),
        np.concatenate([part.parent for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.size for part in parts]),
        np.concatenate([part.is_folder for part in parts]),
        np.concatenate([part.space for part in parts]),
        np.concatenate([part.live for part in parts]),
        [name for part in parts for name in part.text],
    )


def take(entry: Entries, chosen: Ints) -> Entries:
    """The entries at these places."""
    return Entries(
        entry.folder[chosen],
        entry.file[chosen],
        entry.parent[chosen],
        entry.times[chosen],
        entry.size[chosen],
        entry.is_folder[chosen],
        entry.space[chosen],
        entry.live[chosen],
        [entry.text[place] for place in chosen.tolist()],
    )
