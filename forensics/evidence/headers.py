"""Headers of encrypted volumes, held against a copy that the owner kept from before the loss.

The copy is of the volume or of the whole medium, from its first byte on (`cryptsetup luksHeaderBackup`, or the first
MiB by any tool). Compared are the bytes that hold passwords and keys.

Layout          LUKS1: first sector of data, u32 BE at 104. LUKS2: size of the binary and JSON header, u64 BE at 8; in
                the JSON, behind 4096 bytes, the offset of the first segment of data. BitLocker: three blocks of
                metadata, 64 KiB each, their offsets three u64 LE at 176, To Go at 440; of Vista (jump EB 52) u64
                cluster of the first at 56, and in it, as in all, the offsets of the three at 32. VeraCrypt,
                TrueCrypt: no mark; 512 bytes of noise, and 512 of the hidden volume at 64 KiB
Source          LUKS On-Disk Format 1.2.3; LUKS2 On-Disk Format 1.1.3; libbde, BitLocker Drive Encryption format;
                VeraCrypt, "Volume Format Specification"
Proves          equal: no password or key was set, changed, added or removed since the copy
Does not prove  that nobody read: reading changes none of these bytes. FileVault and APFS keep keys in metadata that
                move at every use: a copy of the first bytes says nothing of them
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

from forensics.case.earlier import DIFFERS, EQUAL, HEADER_BYTES_MAX, SHORT, UNMARKED
from forensics.evidence.image import Image
from forensics.evidence.magics import ENCRYPTION, Peek
from forensics.evidence.signatures import identify
from forensics.evidence.volumes import Volume, reader, volumes

Spans = list[tuple[int, int]]  # offset in the volume, length

_SECTOR = 512
_LUKS2_BINARY = 4096
_BITLOCKER_OFFSETS = {"BitLocker": 176, "BitLocker To Go": 440}
_BITLOCKER_BLOCK = 1 << 16
_VISTA = b"\xeb\x52"
_HIDDEN_AT = 1 << 16


def compare(image: Image, copy: bytes) -> list[dict[str, Any]]:
    """Rows of `baselines` without `evidence`: one for each encrypted volume of which the copy may speak.

    Where the copy is of an encrypted volume and the medium has none, the protection is gone: one row of the medium.
    """
    found = volumes(image)
    locked = [volume for volume in found if volume.method]
    rows = [row for volume in locked if (row := _row(image, volume, copy))]
    rows += [row for volume in found if (row := _unmarked(image, volume, copy))]
    was = _encryption(copy)
    if not locked and was:
        rows.append(_said(None, was, 0, DIFFERS))
    return rows


def _encryption(copy: bytes) -> str | None:
    """What encrypts the volume that these bytes begin; None where they are of none (another file, a list)."""
    found = identify(_of(copy), len(copy))
    return found.name if found and found.kind == ENCRYPTION else None


def _row(image: Image, volume: Volume, copy: bytes) -> dict[str, Any] | None:
    """None where nothing can be said: which bytes hold the keys, what they are now, or that the copy is of a header."""
    assert volume.method
    peek = reader(image, volume.start, volume.length)
    spans = key_bytes(peek, volume.method)
    if not spans or any(image.read_gaps(volume.start + at, length)[1] for at, length in spans):
        return None
    copy = copy[_begins(image, volume, copy) :]
    if not _encryption(copy):
        return None
    held = [(copy[at : at + length], peek(at, length)) for at, length in spans]
    compared = sum(min(len(before), len(now)) for before, now in held)
    if any(before != now[: len(before)] for before, now in held):
        return _said(volume.name, volume.method, compared, DIFFERS)
    whole = all(len(before) == len(now) for before, now in held)
    return _said(volume.name, volume.method, compared, EQUAL if whole else SHORT)


def _unmarked(image: Image, volume: Volume, copy: bytes) -> dict[str, Any] | None:
    """Of a volume that may be one of VeraCrypt: noise in which nothing is known. None where nothing can be said.

    A copy that differs in the header alone is of this volume: a new password changes no other byte.
    """
    if volume.name is None or volume.method or volume.filesystem:
        return None
    now = reader(image, volume.start, volume.length)(0, _HIDDEN_AT + _SECTOR)
    if len(now) < _HIDDEN_AT + _SECTOR or not _is_noise(now[:_SECTOR]):
        return None
    before = copy[_begins(image, volume, copy) :][: len(now)]
    if before[:_SECTOR] == now[:_SECTOR]:
        same = before[_HIDDEN_AT:] == now[_HIDDEN_AT : len(before)]
        state = (EQUAL if len(before) == len(now) else SHORT) if same else DIFFERS
        return _said(volume.name, UNMARKED, 2 * _SECTOR, state)
    filler = before[_SECTOR:_HIDDEN_AT]
    own = filler == now[_SECTOR:_HIDDEN_AT] and bool(filler.strip(filler[:1]))
    return _said(volume.name, UNMARKED, 2 * _SECTOR, DIFFERS) if own else None


def _is_noise(sector: bytes) -> bool:
    """Cannot it be packed? Then it holds no structure."""
    return len(zlib.compress(sector, 9)) > len(sector)


def _said(volume: str | None, method: str, size: int, state: str) -> dict[str, Any]:
    return {"volume": volume, "method": method, "bytes": size, "state": state}


def _begins(image: Image, volume: Volume, copy: bytes) -> int:
    """Offset of the volume in the copy: that of the medium, where the copy is of the whole medium."""
    head = copy[:_SECTOR]
    of_medium = volume.start > 0 and head == image.read_gaps(0, min(_SECTOR, image.size))[0]
    return volume.start if of_medium else 0


def key_bytes(peek: Peek, method: str) -> Spans:
    """Runs of a volume that hold what opens it; empty where this is not known of the method."""
    if method == "LUKS1":
        return _upto(struct.unpack_from(">I", peek(0, 108).ljust(108, b"\0"), 104)[0] * _SECTOR)
    if method == "LUKS2":
        return _upto(_luks2_end(peek))
    if method in _BITLOCKER_OFFSETS:
        places = _bitlocker_blocks(peek, method)
        return [(0, _SECTOR), *((at, _BITLOCKER_BLOCK) for at in places)] if all(places) else []
    return []


def _bitlocker_blocks(peek: Peek, method: str) -> tuple[int, ...]:
    at = _BITLOCKER_OFFSETS[method]
    head = peek(0, 64).ljust(64, b"\0")
    if head[:2] == _VISTA:
        sector, per_cluster = struct.unpack_from("<HB", head, 11)
        at = struct.unpack_from("<Q", head, 56)[0] * per_cluster * sector + 32
    return struct.unpack("<3Q", peek(at, 24).ljust(24, b"\0"))


def _upto(end: int) -> Spans:
    return [(0, end)] if 0 < end <= HEADER_BYTES_MAX else []


def _luks2_end(peek: Peek) -> int:
    """Where the first segment of data begins; 0 where the header does not say."""
    size = struct.unpack_from(">Q", peek(0, 16).ljust(16, b"\0"), 8)[0]
    if not _LUKS2_BINARY < size <= HEADER_BYTES_MAX:
        return 0
    text = peek(_LUKS2_BINARY, size - _LUKS2_BINARY).split(b"\0", 1)[0]
    try:
        segments = json.loads(text)["segments"]
        return min(int(segment["offset"]) for segment in segments.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0


def _of(data: bytes) -> Peek:
    return lambda offset, length: data[offset : offset + length] if offset >= 0 else b""
