"""Keys and signatures in minisign's format: Ed25519 over the BLAKE2b-512 of a file ("ED").

Layout          text lines; the second and fourth are base64
                public key  | "Ed" | key id 8 | public key 32
                secret key  | "Ed" | kdf 2 zero bytes | "B2" | salt 32, ops 8, mem 8: zero
                              | key id 8 | seed 32, public key 32 | BLAKE2b-256 of "Ed", key id, key
                signature   | "ED" | key id 8 | signature 64 of the digest
                              trusted comment | signature 64 of signature and comment
Source          jedisct1.github.io/minisign, "Minisign signature format"
A secret key is kept without a password: its folder is its protection (mode 0600).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

UNTRUSTED = "untrusted comment: "
TRUSTED = "trusted comment: "
PUBLIC_BYTES, SECRET_BYTES, SIGNATURE_BYTES = 42, 158, 74


class BrokenSealError(ValueError):
    """A key or signature that is not in the format, or does not hold; one line says why."""


class PublicKey(NamedTuple):
    id: bytes
    key: Ed25519PublicKey


class SecretKey(NamedTuple):
    id: bytes
    key: Ed25519PrivateKey

    def public(self) -> PublicKey:
        return PublicKey(self.id, self.key.public_key())


def _decode(line: str, length: int, what: str) -> bytes:
    try:
        value = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise BrokenSealError(f"{what} is not base64") from None
    if len(value) != length:
        raise BrokenSealError(f"{what} has {len(value)} bytes, not {length}")
    return value


def public_text(key: PublicKey) -> str:
    """The text of a public key file."""
    line = base64.b64encode(b"Ed" + key.id + key.key.public_bytes_raw()).decode()
    return f"{UNTRUSTED}minisign public key {key.id[::-1].hex().upper()}\n{line}\n"


def read_public(text: str) -> PublicKey:
    """A public key from its file or its one line; BrokenSealError otherwise."""
    lines = text.strip().splitlines()
    value = _decode(lines[-1] if lines else "", PUBLIC_BYTES, "public key")
    if value[:2] != b"Ed":
        raise BrokenSealError("public key is of an unknown algorithm")
    return PublicKey(value[2:10], Ed25519PublicKey.from_public_bytes(value[10:]))


def secret_text(key: SecretKey) -> str:
    """The text of a secret key file, as `minisign -G -W` writes it."""
    pair = key.key.private_bytes_raw() + key.key.public_key().public_bytes_raw()
    check = hashlib.blake2b(b"Ed" + key.id + pair, digest_size=32).digest()
    line = base64.b64encode(b"Ed\0\0B2" + bytes(48) + key.id + pair + check).decode()
    return f"{UNTRUSTED}minisign secret key {key.id[::-1].hex().upper()}\n{line}\n"


def read_secret(text: str) -> SecretKey:
    """A secret key without password; BrokenSealError otherwise."""
    lines = text.strip().splitlines()
    value = _decode(lines[-1] if lines else "", SECRET_BYTES, "secret key")
    if value[:6] != b"Ed\0\0B2":
        raise BrokenSealError("secret key has a password or is of an unknown algorithm")
    key_id, seed, public, check = value[54:62], value[62:94], value[94:126], value[126:]
    key = SecretKey(key_id, Ed25519PrivateKey.from_private_bytes(seed))
    whole = hashlib.blake2b(b"Ed" + key_id + seed + public, digest_size=32).digest()
    if check != whole or public != key.key.public_key().public_bytes_raw():
        raise BrokenSealError("secret key is damaged")
    return key


def key_of(folder: Path, name: str = "signing") -> SecretKey:
    """The signing key of a keys folder: NAME.key (mode 0600) and NAME.pub, made on first use."""
    place = folder / f"{name}.key"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = SecretKey(os.urandom(8), Ed25519PrivateKey.generate())
        _new_file(place, secret_text(key))
    key = read_secret(place.read_text("ascii"))
    public = folder / f"{name}.pub"
    if not public.exists():
        public.write_text(public_text(key.public()), "ascii")
    return key


def _new_file(place: Path, text: str) -> None:
    """Write a file of mode 0600 in one step; where another process was faster, its file stays."""
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, "ascii")
    try:
        os.link(draft, place)
    except FileExistsError:
        pass  # the first of two runs wins, both then read the same key
    finally:
        draft.unlink()


def sign(data: bytes, key: SecretKey, comment: str) -> str:
    """The text of a signature file. comment: one line, covered by the second signature."""
    signature = key.key.sign(hashlib.blake2b(data).digest())
    whole = key.key.sign(signature + comment.encode())
    return (
        f"{UNTRUSTED}signature from forensics\n"
        f"{base64.b64encode(b'ED' + key.id + signature).decode()}\n"
        f"{TRUSTED}{comment}\n{base64.b64encode(whole).decode()}\n"
    )


def verify(data: bytes, signature: str, key: PublicKey) -> str:
    """The trusted comment of a signature that holds; BrokenSealErrorSealError otherwise."""
    lines = signature.split("\n")
    if len(lines) < 4 or not lines[0].startswith(UNTRUSTED) or not lines[2].startswith(TRUSTED):
        raise BrokenSealError("signature is not in minisign's format")
    value = _decode(lines[1], SIGNATURE_BYTES, "signature")
    if value[:2] != b"ED":
        raise BrokenSealError("signature is of an unknown algorithm")
    if value[2:10] != key.id:
        raise BrokenSealError(
            f"signed by key {value[2:10][::-1].hex().upper()}, not {key.id[::-1].hex().upper()}"
        )
    comment = lines[2].removeprefix(TRUSTED)
    try:
        key.key.verify(value[10:], hashlib.blake2b(data).digest())
        key.key.verify(_decode(lines[3], 64, "signature"), value[10:] + comment.encode())
    except InvalidSignature:
        raise BrokenSealError("signature does not hold") from None
    return comment
