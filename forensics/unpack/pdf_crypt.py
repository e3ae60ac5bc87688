"""Encryption of PDF files: those that open without a password, or with one that was given.

Layout          Encrypt dictionary: V 1, 2 (RC4), 4 (CF: V2 RC4, AESV2), 5 (AESV3); R 2 to 6, O, U, P,
                Length, UE; key of an object: MD5 of key, number, generation (V 5: the key itself)
Source          ISO 32000-2: 7.6.3 to 7.6.6 (algorithms 1, 2, 2.A, 2.B, 4 to 7)
Proves          the file opens with the empty password, as any reader tries it, or with one given, the user's or the owner's
Does not prove  anything where it does not: then its content is locked
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from forensics.unpack.unpacker import UnpackError

ENCRYPT = re.compile(rb"/Encrypt[\0\t\n\f\r ]*(?=<<|\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+R)")
IDENTITY = re.compile(rb"/ID[\0\t\n\f\r ]*(?=\[)")
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


@dataclass(frozen=True, slots=True)
class Key:
    """A file's key. given: not by the empty password.

    strings, streams, files: RC4, AES, AES256, or none; files is None where only those are locked.
    metadata: are they encrypted, too.
    """

    raw: bytes
    strings: str
    streams: str
    files: str | None
    metadata: bool = True
    given: bool = False

    def method(self, kind: Any, filters: list[Any], parameters: list[dict[str, Any]]) -> str:
        """How a stream of a type is encrypted, by its filters and their parameters."""
        is_named = "Crypt" in filters
        name = parameters[filters.index("Crypt")].get("Name", "Identity") if is_named else ""
        if name == "Identity" or (kind == "Metadata" and not self.metadata):
            return "none"
        return (self.files or "none") if kind == "EmbeddedFile" else self.streams

    def opened(self, data: bytes, number: int, generation: int, method: str) -> bytes:
        """Plain bytes of a string or stream of an object."""
        if method == "none" or not data:
            return data
        key = self.raw
        if method != "AES256":
            salt = number.to_bytes(4, "little")[:3] + generation.to_bytes(4, "little")[:2]
            salt += b"sAlT" if method == "AES" else b""
            key = _md5(key + salt)[: min(len(key) + 5, 16)]
        return _rc4(key, data) if method == "RC4" else _unpadded(_aes(key, data[:16], data[16:]))


def key_of(head: Mapping[str, Any], identity: bytes, passwords: tuple[str, ...]) -> Key:
    """The key by the empty password or one of those given, the user's or the owner's.

    UnpackError LOCKED where it is another. head: the Encrypt dictionary, resolved. identity: the
    first string of ID.
    """
    for password in ("", *passwords):
        key = _tried(head, identity, password)
        if key:
            return replace(key, given=bool(password))
    if "EFF" in head and _method(head, "StmF") == _method(head, "StrF") == "none":
        return Key(b"", "none", "none", None)
    raise UnpackError("LOCKED")


def _tried(head: Mapping[str, Any], identity: bytes, password: str) -> Key | None:
    version, revision = head.get("V"), head.get("R")
    own, user, flags = head.get("O"), head.get("U"), head.get("P")
    usual = head.get("Filter") == "Standard"
    if not (
        usual and isinstance(own, bytes) and isinstance(user, bytes) and isinstance(flags, int)
    ):
        return None
    if version == 5 and revision in (5, 6):
        return _tried_256(head, own, user, revision, password.encode("utf-8", "replace")[:127])
    length = head.get("Length", 40) if version != 1 else 40
    if version not in (1, 2, 4) or revision not in (2, 3, 4) or not isinstance(length, int):
        return None
    size = 5 if revision == 2 else 16 if version == 4 else min(max(length // 8, 5), 16)
    typed = (password.encode("latin-1", "replace") + _PADDING)[:32]
    rest = own[:32] + (flags & 0xFFFFFFFF).to_bytes(4, "little") + identity
    if revision == 4 and _false(head.get("EncryptMetadata")):
        rest += b"\xff" * 4
    hidden = _each(_derived(typed, revision, size), own[:32], revision, backwards=True)
    for padded in (typed, hidden):
        key = _derived(padded + rest, revision, size)
        told = _PADDING if revision == 2 else _md5(_PADDING + identity)
        if _each(key, told, revision) == user[: len(told)]:
            return _key(key, head) if version == 4 else Key(key, "RC4", "RC4", "RC4")
    return None


def _derived(data: bytes, revision: int, size: int) -> bytes:
    key = _md5(data)
    for _ in range(50 if revision > 2 else 0):
        key = _md5(key[:size])
    return key[:size]


def _each(key: bytes, data: bytes, revision: int, *, backwards: bool = False) -> bytes:
    """RC4 once, or with twenty keys made of one."""
    steps = range(20 if revision > 2 else 1)
    for step in reversed(steps) if backwards else steps:
        data = _rc4(bytes(byte ^ step for byte in key), data)
    return data


def _tried_256(
    head: Mapping[str, Any], own: bytes, user: bytes, revision: int, password: bytes
) -> Key | None:
    digest = _hash_6 if revision == 6 else _hash_5
    for told, name, more in ((user, "UE", b""), (own, "OE", user[:48])):
        packed = head.get(name)
        if not isinstance(packed, bytes) or len(packed) < 32 or len(told) < 48:
            continue
        if digest(password, told[32:40], more) == told[:32]:
            key = _aes(digest(password, told[40:48], more), bytes(16), packed[:32])
            return _key(key, head)
    return None


def _key(raw: bytes, head: Mapping[str, Any]) -> Key:
    strings, of_streams = _method(head, "StrF"), _method(head, "StmF")
    files = _method(head, "EFF") if "EFF" in head else of_streams
    return Key(raw, strings, of_streams, files, not _false(head.get("EncryptMetadata")))


def _method(head: Mapping[str, Any], name: str) -> str:
    filters = head.get("CF")
    found = filters.get(head.get(name, "Identity")) if isinstance(filters, dict) else None
    method = found.get("CFM") if isinstance(found, dict) else None
    return {"V2": "RC4", "AESV2": "AES", "AESV3": "AES256"}.get(str(method), "none")


def _false(value: Any) -> bool:
    return getattr(value, "name", None) == b"false"


def _hash_5(password: bytes, salt: bytes, user: bytes) -> bytes:
    return hashlib.sha256(password + salt + user).digest()


def _hash_6(password: bytes, salt: bytes, user: bytes) -> bytes:
    """Algorithm 2.B; user: what tells the user's password, for that of the owner."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    digest, step = hashlib.sha256(password + salt + user).digest(), 0
    while True:
        cipher = Cipher(algorithms.AES(digest[:16]), modes.CBC(digest[16:32])).encryptor()
        mixed = cipher.update((password + digest + user) * 64)
        name = ("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3]
        digest, step = hashlib.new(name, mixed).digest(), step + 1
        if step >= 64 and mixed[-1] <= step - 32:
            return digest[:32]


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(ARC4(key), None).decryptor().update(data)


def _aes(key: bytes, start: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if len(start) < 16:
        return b""
    decoder = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    return decoder.update(data[: len(data) // 16 * 16])


def _unpadded(data: bytes) -> bytes:
    return data[: -data[-1]] if data and 0 < data[-1] <= 16 else data
