"""AES of RAR 5: the key of a password, what it decrypts, and checksums that hide their content.

Layout          u8 power of two of rounds | salt 16 | [start 16, of a file] | 8 to check the password, 4 of its SHA-256.
                Key: PBKDF2 (HMAC-SHA256) by rounds; by 16 rounds more the key of checksums, by 32 more what
                folds to the check. Checksum, where it is hidden: HMAC-SHA256 of the CRC-32, folded
Source          RARLAB "RAR 5.0 archive format": archive encryption header, file encryption record
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

POWER_MAX = 24  # of rounds: more would take minutes
SALT, CHECK, START = 16, 12, 16  # bytes


class Lock(NamedTuple):
    """How headers or a file are encrypted. check: empty where there is none. start: of a file."""

    power: int
    salt: bytes
    check: bytes
    start: bytes = b""
    hidden: bool = False  # its checksum


class Key(NamedTuple):
    cipher: bytes
    checksums: bytes


def key_of(lock: Lock, passwords: Iterable[str]) -> Key | None:
    """The key by the first password that passes the check; None where none does."""
    if lock.power > POWER_MAX or not lock.check:
        return None
    for password in passwords:
        key, check = _derived(password, lock.salt, lock.power)
        if check == lock.check[:8]:
            return key
    return None


@lru_cache(maxsize=64)
def _derived(password: str, salt: bytes, power: int) -> tuple[Key, bytes]:
    raw = password.encode("utf-8", "surrogateescape")
    cipher, checksums, check = (
        hashlib.pbkdf2_hmac("sha256", raw, salt, (1 << power) + more) for more in (0, 16, 32)
    )
    return Key(cipher, checksums), _folded(check, 8)


def _folded(digest: bytes, size: int) -> bytes:
    """Pieces of so many bytes, mixed."""
    out = bytearray(size)
    for place, byte in enumerate(digest):
        out[place % size] ^= byte
    return bytes(out)


def hidden(key: Key, crc: int) -> int:
    """The checksum that stands for a CRC-32."""
    digest = hmac.digest(key.checksums, crc.to_bytes(4, "little"), "sha256")
    return int.from_bytes(_folded(digest, 4), "little")


def decryptor(key: Key, start: bytes) -> Callable[[bytes], bytes]:
    """What decrypts bytes, whole blocks of 16, one piece after the other."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key.cipher), modes.CBC(start)).decryptor().update
