"""Encrypted packages of Office 2007 and later (docx, xlsx, pptx), opened with a password.

Layout          EncryptionInfo: u16 x 2 version; 2 to 4, 2 standard: u32, u32 bytes of a head (u32 at 16: bits of
                the key), u32, salt 16, verifier 16, u32, its hash 32, in AES-ECB with SHA-1; 4, 4 agile: u32,
                XML (keyData, encryptedKey: salts, hash, rounds, values). EncryptedPackage: u64 bytes, AES;
                agile by pieces of 4096
Source          Microsoft [MS-OFFCRYPTO] 2.3.4
Proves          the package opens with this password, or with the one that Excel takes where none was asked for
Does not prove  who set it
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.parsers import expat

from forensics.unpack.unpacker import UnpackError, blocks

USUAL = "VelvetSweatshop"  # Excel's own, for what is only protected against changes
ROUNDS_MAX = 1_000_000
SEGMENT = 4096
_VERIFIER, _VERIFIER_HASH, _KEY = (
    bytes.fromhex(block) for block in ("fea7d2763b4b9e79", "d7aa0f6d3061344e", "146e0be7abacd0d6")
)
_HASHES = {"SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}

Opener = Callable[[Iterator[bytes]], Iterator[bytes]]


def opener(info: bytes, passwords: tuple[str, ...]) -> tuple[Opener, bool] | None:
    """What decrypts the package by the first password that opens it, and was that one given."""
    version = struct.unpack_from("<HH", info) if len(info) > 8 else (0, 0)
    for password in (USUAL, *passwords):
        raw = password.encode("utf-16-le", "surrogatepass")
        try:
            if version == (4, 4):
                found = _agile(info[8:], raw)
            else:
                found = _standard(info, raw) if version[1] == 2 else None
        except (ValueError, KeyError, expat.ExpatError, struct.error):
            return None
        if found:
            return found, password != USUAL
    return None


def _standard(info: bytes, password: bytes) -> Opener | None:
    (size,) = struct.unpack_from("<I", info, 8)
    (bits,) = struct.unpack_from("<I", info, 12 + 16)
    at = 12 + size
    salt, verifier, told = info[at + 4 : at + 20], info[at + 20 : at + 36], info[at + 40 : at + 72]
    digest = _rounds("sha1", salt, password, 50_000)
    digest = _sha1(digest + bytes(4)).ljust(64, b"\0")
    halves = (_sha1(bytes(byte ^ mask for byte in digest)) for mask in (0x36, 0x5C))
    key = b"".join(halves)[: bits // 8]
    if _plain(key, None, told)[:20] != _sha1(_plain(key, None, verifier)):
        return None
    return lambda packed: _sized(_blocks(packed, lambda _, data: _plain(key, None, data)))


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


class _Agile(NamedTuple):
    """Attributes of one element of the XML."""

    salt: bytes
    hash: str
    key_bytes: int
    rounds: int
    values: dict[str, bytes]


def _agile(xml: bytes, password: bytes) -> Opener | None:
    elements: dict[str, dict[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        elements[tag.rpartition(":")[2]] = attributes

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(xml.rstrip(b"\0"), True)
    data, lock = _element(elements["keyData"]), _element(elements["encryptedKey"])
    if lock.rounds > ROUNDS_MAX:
        return None
    digest = _rounds(lock.hash, lock.salt, password, lock.rounds)

    def value(name: str, block: bytes) -> bytes:
        raw = hashlib.new(lock.hash, digest + block).digest()
        key = raw[: lock.key_bytes].ljust(lock.key_bytes, b"\x36")
        return _plain(key, lock.salt, lock.values[name])

    told = value("encryptedVerifierHashValue", _VERIFIER_HASH)
    right = hashlib.new(lock.hash, value("encryptedVerifierHashInput", _VERIFIER)[: len(lock.salt)])
    if told[: right.digest_size] != right.digest():
        return None
    key = value("encryptedKeyValue", _KEY)[: lock.key_bytes]

    def segment(number: int, raw: bytes) -> bytes:
        begin = hashlib.new(data.hash, data.salt + number.to_bytes(4, "little")).digest()
        return _plain(key, begin[:16], raw)

    return lambda packed: _sized(_blocks(packed, segment))


def _element(told: dict[str, str]) -> _Agile:
    if told["cipherAlgorithm"] != "AES" or told["cipherChaining"] != "ChainingModeCBC":
        raise ValueError
    values = {
        name: base64.b64decode(text) for name, text in told.items() if name.startswith("encrypted")
    }
    return _Agile(
        base64.b64decode(told["saltValue"]),
        _HASHES[told["hashAlgorithm"]],
        int(told["keyBits"]) // 8,
        int(told.get("spinCount", "0")),
        values,
    )


def _rounds(name: str, salt: bytes, password: bytes, count: int) -> bytes:
    digest = hashlib.new(name, salt + password).digest()
    for step in range(count):
        digest = hashlib.new(name, step.to_bytes(4, "little") + digest).digest()
    return digest


def _plain(key: bytes, start: bytes | None, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    mode = modes.CBC(start[:16].ljust(16, b"\x36")) if start is not None else modes.ECB()  # noqa: S305
    return Cipher(algorithms.AES(key), mode).decryptor().update(data[: len(data) // 16 * 16])


def _blocks(packed: Iterator[bytes], plain: Callable[[int, bytes], bytes]) -> Iterator[bytes]:
    """The head of eight bytes as it is, then segments decrypted."""
    for number, block in enumerate(blocks(packed, SEGMENT, first=8), -1):
        yield block if number < 0 else plain(number, block)


def _sized(plain: Iterator[bytes]) -> Iterator[bytes]:
    """The content without its padding; UnpackError TRUNCATED where it ends early."""
    left = int.from_bytes(next(plain, b""), "little")
    for piece in plain:
        yield piece[:left]
        left -= min(len(piece), left)
    if left:
        raise UnpackError("TRUNCATED")
