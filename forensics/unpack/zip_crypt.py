"""Encrypted members of ZIP archives, opened with a password that was given.

Layout          ZipCrypto: 12 bytes (the last: high byte of the CRC-32, or of the time where flag 8 is set) | data;
                AES: salt of half a key's bytes | 2 bytes to check | data | 10 bytes HMAC-SHA1
Source          PKWARE APPNOTE.TXT 6.1; WinZip "AES Encryption Information" (AE-1, AE-2)
Proves          the member opens with this password; its checksum (AES: its code) is verified
Does not prove  who set it
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from forensics.unpack.unpacker import PIECE, Source, UnpackError, pieces

KEYS = (0x12345678, 0x23456789, 0x34567890)
HEAD, CODE = 12, 10
_AES_ROUNDS = 1000
_KEY_BYTES = {1: 16, 2: 24, 3: 32}

Opened = Callable[[], Iterator[bytes]]  # plain bytes, still packed


def encodings(password: str) -> list[bytes]:
    """Bytes that a password may have been typed as."""
    utf8, cp932 = password.encode("utf-8", "surrogateescape"), password.encode("cp932", "replace")
    return [utf8] if utf8 == cp932 else [utf8, cp932]


def traditional(
    source: Source, start: int, length: int, check: int, password: bytes
) -> Opened | None:
    """A member of ZipCrypto; None where the password is not its own. check: byte that must come out."""
    state = _Traditional(password)
    head = state.plain(source.read(start, min(HEAD, length)))
    if len(head) < HEAD or head[-1] != check:
        return None

    def opened() -> Iterator[bytes]:
        again = _Traditional(password)
        again.plain(source.read(start, HEAD))
        for piece in pieces(source, start + HEAD, length - HEAD):
            for at in range(0, len(piece), 1 << 16):
                yield again.plain(piece[at : at + (1 << 16)])

    return opened


class _Traditional:
    """The stream cipher of PKZIP 2."""

    def __init__(self, password: bytes) -> None:
        self._keys = KEYS
        for byte in password:
            self._update(byte)

    def _update(self, byte: int) -> None:
        first, second, third = self._keys
        table = _table()
        first = first >> 8 ^ table[(first ^ byte) & 255]
        second = ((second + (first & 255)) * 134775813 + 1) & 0xFFFFFFFF
        third = third >> 8 ^ table[(third ^ second >> 24) & 255]
        self._keys = first, second, third

    def plain(self, data: bytes) -> bytes:
        table, out = _table(), bytearray()
        first, second, third = self._keys
        for code in data:
            mask = third | 2
            byte = code ^ mask * (mask ^ 1) >> 8 & 255
            first = first >> 8 ^ table[(first ^ byte) & 255]
            second = ((second + (first & 255)) * 134775813 + 1) & 0xFFFFFFFF
            third = third >> 8 ^ table[(third ^ second >> 24) & 255]
            out.append(byte)
        self._keys = first, second, third
        return bytes(out)


@cache
def _table() -> tuple[int, ...]:
    """The table of CRC-32: what a byte alone gives, without the inversions."""
    return tuple(zlib.crc32(bytes((byte,)), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))


def aes(source: Source, start: int, length: int, strength: int, password: bytes) -> Opened | None:
    """A member of AES; None where the password is not its own, or the member is cut."""
    size = _KEY_BYTES.get(strength, 0)
    body = length - size // 2 - 2 - CODE
    if not size or body < 0:
        return None
    head = source.read(start, size // 2 + 2)
    keys = hashlib.pbkdf2_hmac("sha1", password, head[:-2], _AES_ROUNDS, 2 * size + 2)
    if keys[-2:] != head[-2:]:
        return None

    def opened() -> Iterator[bytes]:
        at, block = start + len(head), 1
        code = hmac.new(keys[size : 2 * size], digestmod="sha1")
        for piece in pieces(source, at, body):
            code.update(piece)
            yield _counted(keys[:size], block, piece)
            block += PIECE // 16
        if code.digest()[:CODE] != source.read(at + body, CODE):
            raise UnpackError("CRC_MISMATCH")

    return opened


def _counted(key: bytes, block: int, data: bytes) -> bytes:
    """AES in counter mode whose counter has its lowest byte first."""
    import numpy as np
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    count = -(-len(data) // 16)
    counters = np.zeros((count, 2), "<u8")
    counters[:, 0] = np.arange(block, block + count)
    stream = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(counters.tobytes())  # noqa: S305
    mixed = np.frombuffer(data, np.uint8) ^ np.frombuffer(stream, np.uint8)[: len(data)]
    out: bytes = mixed.tobytes()
    return out
