"""AES of 7z archives: the key of a password, and the decoder.

Layout          properties: u8 (6 bits: power of two of rounds, 40 and 80: a byte of start, of salt more), u8
                (4 bits each: salt, start, added to those) | salt | start. Key: SHA-256 of (salt, UTF-16
                password, u64 count) by rounds
Source          "7zFormat.txt", 7zAes of the LZMA SDK (public domain)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from forensics.unpack.unpacker import UnpackError

POWER_MAX = 24  # of rounds: more would take minutes
_AT_ONCE = 1 << 12  # rounds whose bytes are hashed together


def decrypted(packed: Iterator[bytes], properties: bytes, password: str) -> Iterator[bytes]:
    """Plain bytes, with the padding of the last block; UnpackError LOCKED where it cannot be tried."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if len(properties) < 2 or properties[0] & 0x3F > POWER_MAX:
        raise UnpackError("LOCKED")
    first, second = properties[:2]
    salt_bytes, start_bytes = (first >> 7) + (second >> 4), (first >> 6 & 1) + (second & 15)
    salt = properties[2 : 2 + salt_bytes]
    start = properties[2 + salt_bytes : 2 + salt_bytes + start_bytes].ljust(16, b"\0")
    key = _key(password, salt, first & 0x3F)
    decoder = Cipher(algorithms.AES(key), modes.CBC(start[:16])).decryptor()
    for piece in packed:
        yield decoder.update(piece)


@lru_cache(maxsize=64)
def _key(password: str, salt: bytes, power: int) -> bytes:
    raw = salt + password.encode("utf-16-le", "surrogatepass")
    digest = hashlib.sha256()
    for first in range(0, 1 << power, _AT_ONCE):
        counts = range(first, min(first + _AT_ONCE, 1 << power))
        digest.update(b"".join(raw + count.to_bytes(8, "little") for count in counts))
    return digest.digest()
