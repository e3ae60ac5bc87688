"""Encrypted parts of OpenDocument files (odt, ods, odp), opened with a password.

Layout          META-INF/manifest.xml tells of each part: algorithm (AES-CBC, Blowfish CFB), start, salt, rounds, bytes of
                the key, hash of the password (SHA-1, SHA-256), and a checksum of the first 1024 packed bytes.
                Key: PBKDF2 (HMAC-SHA1) of the password's hash. Inside: raw deflate; AES with padding,
                whose last byte counts it. Since 2024 also: key by Argon2id (rounds, KiB, lanes), AES-GCM
                (start 12 | data | 16 to check), the whole document one part, `encrypted-package`
Source          OASIS OpenDocument 1.2 part 3: 3.8, 4.8; LibreOffice 24.2 release notes; XML Encryption 1.1: 5.2.4
Proves          the document opens with this password; the checksums of its parts are verified
Does not prove  who set it
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from forensics.unpack import streams
from forensics.unpack.unpacker import UnpackError

METHOD = "ODF encryption"
ROUNDS_MAX = 10_000_000
CHECKED = 1024  # bytes
ARGON_ROUNDS_MAX, ARGON_KIB_MAX, ARGON_LANES_MAX = 64, 1 << 18, 64  # more would take minutes
WHOLE_MAX = 256 << 20  # bytes of a part that is checked as a whole, held in memory
CODE = 16  # bytes that check it
_CIPHERS = {"-cbc": "AES", "-gcm": "GCM", "blowfish cfb": "Blowfish"}
_STARTS = {"AES": 16, "GCM": 12, "Blowfish": 8}  # bytes
Chunks = Callable[[], Iterator[bytes]]


class Lock(NamedTuple):
    """How a part is encrypted."""

    cipher: str  # AES, GCM, Blowfish
    start: bytes
    salt: bytes
    rounds: int
    key_bytes: int
    hash: str  # of the password
    checksum_hash: str
    checksum: bytes  # empty of GCM, which has its own
    memory_kib: int  # of Argon2id; 0: PBKDF2
    lanes: int
    size: int  # bytes of the content, -1 unknown


class Manifest:
    """What a manifest tells, fed by a parser of XML. locked: locks by name; None: of another kind."""

    def __init__(self) -> None:
        self.locked: dict[str, Lock | None] = {}
        self._name, self._size = "", "-1"
        self._told: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        told = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        if tag == "file-entry":
            self._name, self._size = told.get("full-path", ""), told.get("size", "-1")
        elif tag == "encryption-data":
            self._told = {**told, "size": self._size}
            self.locked[self._name] = None
        elif tag in ("algorithm", "key-derivation"):
            self._told |= told
        elif tag == "start-key-generation":
            self._told["hash"] = told.get("start-key-generation-name", "")

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "encryption-data":
            self.locked[self._name] = _lock(self._told)


def _lock(told: dict[str, str]) -> Lock | None:
    algorithm = told.get("algorithm-name", "").lower()
    cipher = next((name for end, name in _CIPHERS.items() if algorithm.endswith(end)), "")
    argon = told.get("key-derivation-name", "").lower().endswith("argon2id")
    try:
        lock = Lock(
            cipher,
            base64.b64decode(told["initialisation-vector"]),
            base64.b64decode(told["salt"]),
            int(told["argon2-iterations" if argon else "iteration-count"]),
            int(told.get("key-size", "16" if cipher == "Blowfish" else "32")),
            _hash(told.get("hash", "")),
            _hash(told.get("checksum-type", "")),
            base64.b64decode(told["checksum"] if cipher != "GCM" else ""),
            int(told["argon2-memory"]) if argon else 0,
            int(told["argon2-lanes"]) if argon else 1,
            int(told.get("size", "-1")),
        )
    except (KeyError, ValueError):
        return None
    name = told.get("key-derivation-name", "PBKDF2").upper()
    sound = (
        len(lock.start) == _STARTS.get(cipher) and lock.key_bytes in (16, 24, 32)
        and lock.rounds in range(1, ARGON_ROUNDS_MAX if argon else ROUNDS_MAX)
        and lock.memory_kib <= ARGON_KIB_MAX and lock.lanes in range(1, ARGON_LANES_MAX)
        and (name.endswith("PBKDF2") or (argon and _argon_takes(lock)))
    )  # fmt: skip
    return lock if sound else None


def _argon_takes(lock: Lock) -> bool:
    """Are the numbers those that Argon2id is defined for?"""
    return lock.memory_kib >= 8 * lock.lanes and len(lock.salt) >= 8


def _hash(name: str) -> str:
    """Of the names that the standard and the programs have: …#sha256, SHA256/1K, SHA1, nothing."""
    return "sha256" if "sha256" in name.lower() else "sha1"


def opened(lock: Lock, packed: Chunks, passwords: Iterable[str]) -> tuple[str, Chunks] | None:
    """The first password that opens a part, and its plain content; None where none does."""
    for password in passwords:
        key = _key(lock, password)
        if _fits(lock, key, packed):
            return password, partial(_content, lock, key, packed)
    return None


def _key(lock: Lock, password: str) -> bytes:
    start = hashlib.new(lock.hash, password.encode("utf-8", "surrogateescape")).digest()
    if not lock.memory_kib:
        return hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.rounds, lock.key_bytes)
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(
        salt=lock.salt, length=lock.key_bytes, iterations=lock.rounds, lanes=lock.lanes,
        memory_cost=lock.memory_kib,
    )  # fmt: skip
    return kdf.derive(start)


def _fits(lock: Lock, key: bytes, packed: Chunks) -> bool:
    if lock.cipher == "GCM":
        return _gcm(lock, key, packed) is not None
    held = b""
    try:
        for piece in _plain(lock, key, packed()):
            held += piece
            if len(held) >= CHECKED:
                break
    except UnpackError:
        return False
    return hashlib.new(lock.checksum_hash, held[:CHECKED]).digest() == lock.checksum


def _content(lock: Lock, key: bytes, packed: Chunks) -> Iterator[bytes]:
    if lock.cipher == "GCM":
        whole = _gcm(lock, key, packed) or b""
        is_packed = len(whole) != lock.size
        yield from streams.decoded(iter((whole,)), streams.deflate) if is_packed else (whole,)
        return
    plain = _plain(lock, key, packed())
    yield from streams.decoded(plain, streams.deflate)
    for _ in plain:  # to its end, where the archive's checksum is checked
        pass


def _plain(lock: Lock, key: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    """Decrypted bytes, still packed, without padding."""
    return _aes(lock, key, packed) if lock.cipher == "AES" else _blowfish(lock, key, packed)


def _gcm(lock: Lock, key: bytes, packed: Chunks) -> bytes | None:
    """A part that is checked as a whole; None where the key is another, or it is too large."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    held = bytearray()
    try:
        for piece in packed():
            held += piece
            if len(held) > WHOLE_MAX:
                return None
        if len(held) < len(lock.start) + CODE:
            return None
        return AESGCM(key).decrypt(bytes(held[: len(lock.start)]), held[len(lock.start) :], None)
    except (InvalidTag, UnpackError):
        return None


def _aes(lock: Lock, key: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decoder, held = Cipher(algorithms.AES(key), modes.CBC(lock.start)).decryptor(), b""
    for piece in packed:
        held += decoder.update(piece)
        yield held[:-16]
        held = held[-16:]
    yield held[: -held[-1]] if held and held[-1] <= len(held) else held


def _blowfish(lock: Lock, key: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    """Each block is mixed with the one before it, encrypted."""
    import numpy as np
    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    coder, before, held = Cipher(Blowfish(key), modes.ECB()).encryptor(), lock.start, b""  # noqa: S305

    def mixed(data: bytes) -> bytes:
        stream = coder.update((before + data)[: -(-len(data) // 8) * 8])
        out = np.frombuffer(data, np.uint8) ^ np.frombuffer(stream, np.uint8)[: len(data)]
        return bytes(out)

    for piece in packed:
        held += piece
        size = len(held) // 8 * 8
        if size:
            yield mixed(held[:size])
            before, held = held[size - 8 : size], held[size:]
    yield mixed(held)
