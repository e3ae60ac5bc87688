"""Encrypted documents of Office 97 to 2003 (doc, xls, ppt), opened with a password.

Layout          Head: u16 x 2 version. 1, 1 (RC4): salt 16, verifier 16, its MD5 16, both in RC4. 2 to 4, 2 (CryptoAPI):
                u32, u32 bytes of a description (u32 at 16: bits of the key), u32, salt 16, verifier 16, u32, its
                SHA-1 20. Key of a block: its number hashed with the password's hash. doc: head at the
                start of the table stream (u32 bytes at 14 of WordDocument), blocks of 512; plain are 68
                bytes of WordDocument. xls: head in record 2F behind u16 1 (else: xor_crypt), blocks of 1024; plain are
                heads of records, some records, the place of a sheet. ppt: head in record 2F14, each
                object a block by its number in the table of objects
Source          Microsoft [MS-OFFCRYPTO] 2.3.5, 2.3.6; [MS-DOC] 2.2.6, [MS-XLS] 2.2.10, [MS-PPT] 2.3.7
Proves          the document opens with this password, or with the one that Excel takes where none was asked for
Does not prove  who set it
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from forensics.unpack import xor_crypt
from forensics.unpack.compound import Entry, File
from forensics.unpack.office_crypt import USUAL
from forensics.unpack.unpacker import UnpackError, blocks

METHOD = "Office 97 encryption"
HEAD_MAX = 4096  # bytes
STREAM_MAX = 256 << 20  # bytes of a stream that is held in memory
WORD_PLAIN = 68  # bytes of WordDocument
WORD_BLOCK, EXCEL_BLOCK = 512, 1024
EDITS_MAX = 4096  # savings of a presentation
OBJECTS_MAX = 1 << 20  # of them, each time it was saved anew counted
_WORD_STREAMS = ("worddocument", "0table", "1table", "data")
# BOF, FILEPASS, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead: not encrypted.
_EXCEL_PLAIN = frozenset((0x809, 0x2F, 0x194, 0x195, 0xE1, 0x196, 0x138))
_FILEPASS, _SHEET = 0x2F, 0x85
_EDIT, _DIRECTORY, _SESSION = 0xFF5, 0x1772, 0x2F14

Cipher = Callable[
    [int], Callable[[bytes], bytes]
]  # number of a block -> what decrypts from its start
Plain = Callable[[Iterator[bytes]], Iterator[bytes]]
Body = Callable[[int, int], bytes]  # place and bytes of a record's body -> decrypted
Bodies = Callable[[bytes], Body]  # of a stream


class Opened(NamedTuple):
    """What decrypts streams, by entry; given: was the password one of those given."""

    streams: dict[Entry, Plain]
    given: bool


def opened(file: File, passwords: tuple[str, ...]) -> Opened | None:
    """The encrypted streams by the first password that opens them; None where none does."""
    names = {entry.key for entry in file.streams()}
    reader = next((read for name, read in _READERS.items() if name in names), None)
    if reader is None:
        return None
    try:
        return reader(file, passwords)
    except (struct.error, ValueError):
        return None


def _cipher(head: bytes, passwords: tuple[str, ...]) -> tuple[Cipher, bool] | None:
    """The cipher by the first password that fits, and was that one given."""
    version = struct.unpack_from("<HH", head)
    for password in (USUAL, *passwords):
        raw = password.encode("utf-16-le", "surrogatepass")
        if version == (1, 1):
            salt, proof, digest = head[4:20], head[20:52], "md5"
            cipher = _rc4_cipher(salt, raw)
        elif version[1] == 2 and version[0] in (2, 3, 4):
            (size,) = struct.unpack_from("<I", head, 8)
            (bits,) = struct.unpack_from("<I", head, 12 + 16)
            at = 12 + size
            salt, digest = head[at + 4 : at + 20], "sha1"
            proof = head[at + 20 : at + 36] + head[at + 40 : at + 60]
            cipher = _crypto_api_cipher(salt, raw, bits or 40)
        else:
            return None
        plain = cipher(0)(proof)
        if len(plain) > 16 and hashlib.new(digest, plain[:16]).digest() == plain[16:]:
            return cipher, password != USUAL
    return None


def _rc4_cipher(salt: bytes, password: bytes) -> Cipher:
    start = _md5((_md5(password)[:5] + salt) * 16)[:5]
    return lambda number: _rc4(_md5(start + number.to_bytes(4, "little")))


def _crypto_api_cipher(salt: bytes, password: bytes, bits: int) -> Cipher:
    start = _sha1(salt + password)

    def block(number: int) -> Callable[[bytes], bytes]:
        key = _sha1(start + number.to_bytes(4, "little"))[: bits // 8]
        return _rc4(key.ljust(16, b"\0") if bits == 40 else key)

    return block


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _rc4(key: bytes) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(ARC4(key), None).decryptor().update


def _blocks(cipher: Cipher, size: int, plain: int, raw: Iterator[bytes]) -> Iterator[bytes]:
    """A stream decrypted block by block; its first `plain` bytes as they are."""
    for number, block in enumerate(blocks(raw, size)):
        yield block[:plain] + cipher(number)(block)[plain:]
        plain = max(plain - size, 0)


# Word ---------------------------------------------------------------------------------------------


def _word(file: File, passwords: tuple[str, ...]) -> Opened | None:
    fib = file.head("WordDocument")
    flags, size = struct.unpack_from("<H2xI", fib, 10)
    table = "1Table" if flags & 0x200 else "0Table"
    found = _cipher(file.head(table)[: min(size, HEAD_MAX)], passwords) if size else None
    if not found or flags & 0x8000:  # obfuscated only
        return None
    plain = {"worddocument": WORD_PLAIN, table.lower(): size}
    streams: dict[Entry, Plain] = {
        entry: partial(_blocks, found[0], WORD_BLOCK, plain.get(entry.key, 0))
        for entry in file.streams()
        if len(entry.path) == 1 and entry.key in _WORD_STREAMS
    }
    return Opened(streams, found[1])


# Excel --------------------------------------------------------------------------------------------


def _excel(file: File, passwords: tuple[str, ...]) -> Opened | None:
    for entry in file.streams():
        if entry.key in ("workbook", "book"):
            data, at = file.start_of(entry, HEAD_MAX), 0
            while at + 4 <= len(data):
                kind, size = struct.unpack_from("<HH", data, at)
                if kind == _FILEPASS:
                    found = _bodies(data[at + 4 : at + 4 + size], passwords)
                    return found and Opened({entry: partial(_records, found[0])}, found[1])
                at += 4 + size
    return None


def _bodies(told: bytes, passwords: tuple[str, ...]) -> tuple[Bodies, bool] | None:
    """What decrypts the records of a workbook, and was the password given."""
    if told[:2] == b"\1\0":
        found = _cipher(told[2:], passwords)
        return found and (partial(_ciphered, found[0]), found[1])
    for password in (USUAL, *passwords):
        mask = xor_crypt.mask_of(told[-4:], password)
        if mask:
            return partial(_masked, mask), password != USUAL
    return None


def _ciphered(cipher: Cipher, stored: bytes) -> Body:
    whole = b"".join(_blocks(cipher, EXCEL_BLOCK, 0, iter((stored,))))
    return lambda at, size: whole[at : at + size]


def _masked(mask: bytes, stored: bytes) -> Body:
    return lambda at, size: xor_crypt.plain(mask, at, stored[at : at + size])


def _records(bodies: Bodies, raw: Iterator[bytes]) -> Iterator[bytes]:
    """A workbook: as it is where records tell their kind and size, decrypted else."""
    stored, problem = _whole(raw)
    body, out, at = bodies(stored), bytearray(), 0
    while at + 4 <= len(stored):
        kind, size = struct.unpack_from("<HH", stored, at)
        shown = 4 + (size if kind in _EXCEL_PLAIN else 4 if kind == _SHEET else 0)
        out += stored[at : at + shown] + body(at + 4, size)[shown - 4 :]
        at += 4 + size
    yield bytes(out[: len(stored)]) + stored[len(out) :]
    if problem:
        raise problem


def _whole(raw: Iterator[bytes]) -> tuple[bytes, UnpackError | None]:
    """A stream as far as it can be read, and what ended it."""
    held = bytearray()
    try:
        for piece in raw:
            held += piece
            if len(held) > STREAM_MAX:
                return bytes(held), UnpackError("BUDGET_MEMORY")
    except UnpackError as error:
        return bytes(held), error
    return bytes(held), None


# PowerPoint ---------------------------------------------------------------------------------------


def _slides(file: File, passwords: tuple[str, ...]) -> Opened | None:
    entry = file.find("PowerPoint Document")
    (edit,) = struct.unpack_from("<I", file.head("Current User"), 16)
    stored = file.start_of(entry, STREAM_MAX) if entry else b""
    numbers, session = _objects(stored, edit)
    sessions = [place for place, number in numbers.items() if number == session]
    at = sessions[0] if sessions else len(stored)
    kind, size = struct.unpack_from("<2xHI", stored, at)
    if entry is None or kind != _SESSION:
        return None
    found = _cipher(stored[at + 8 : at + 8 + min(size, HEAD_MAX)], passwords)
    for place in sessions:
        del numbers[place]
    return found and Opened({entry: partial(_presentation, found[0], numbers)}, found[1])


def _objects(stored: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Numbers of the objects by place, those of the last saving first; the number of the session."""
    numbers: dict[int, int] = {}
    session, left = 0, OBJECTS_MAX
    for _ in range(EDITS_MAX):
        kind, size, before, directory = struct.unpack_from("<2xHI8xII", stored, edit)
        if kind != _EDIT:
            raise ValueError
        if size >= 32 and not session:
            (session,) = struct.unpack_from("<I", stored, edit + 36)
        for number, place in _directory(stored, directory):
            numbers.setdefault(place, number)
            left -= 1
            if not left:
                raise ValueError
        if not 0 < before < edit:  # an earlier one lies before it
            break
        edit = before
    return numbers, session


def _directory(stored: bytes, at: int) -> Iterator[tuple[int, int]]:
    kind, size = struct.unpack_from("<2xHI", stored, at)
    if kind != _DIRECTORY:
        raise ValueError
    end, at = min(at + 8 + size, len(stored)), at + 8
    while at + 4 <= end:
        (word,) = struct.unpack_from("<I", stored, at)
        first, count = word & 0xFFFFF, word >> 20
        for step in range(min(count, (end - at - 4) // 4)):
            yield (
                first + step,
                int.from_bytes(stored[at + 4 + 4 * step : at + 8 + 4 * step], "little"),
            )
        at += 4 + 4 * count


def _presentation(cipher: Cipher, numbers: dict[int, int], raw: Iterator[bytes]) -> Iterator[bytes]:
    """Objects decrypted, each no further than to the next one."""
    stored, problem = _whole(raw)
    out = bytearray(stored)
    starts = [*sorted(numbers), len(stored)]
    for place, number in numbers.items():
        plain = cipher(number)
        head = plain(stored[place : place + 8])
        following = starts[min(bisect_right(starts, place), len(starts) - 1)]
        end = min(place + 8 + int.from_bytes(head[4:8], "little"), following)
        out[place:end] = (head + plain(stored[place + 8 : end]))[: max(end - place, 0)]
    yield bytes(out)
    if problem:
        raise problem


_READERS: dict[str, Callable[[File, tuple[str, ...]], Opened | None]] = {
    "worddocument": _word,
    "workbook": _excel,
    "book": _excel,
    "powerpoint document": _slides,
}
