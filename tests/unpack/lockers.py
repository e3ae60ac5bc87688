"""Archives and documents locked with a password, written by their specifications."""

from __future__ import annotations

import base64
import hashlib
import hmac
import lzma
import struct
import zlib

from forensics.unpack import zip_crypt
from forensics.unpack.pdf_crypt import _PADDING, _rc4
from tests.unpack.packers import ole, sevenz, zipped

PAGE = b"<</Type/Page/Contents 2 0 R/Resources<</Font<</F 3 0 R>>>>>>"
CONTENT = b"BT /F 10 Tf 1 0 0 1 50 700 Tm (seen) Tj ET"


def cipher(key: bytes, start: bytes | None, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    mode = modes.CBC(start) if start else modes.ECB()
    return Cipher(algorithms.AES(key), mode).encryptor().update(data)


def locked_zip(data: bytes, method: int, extra: bytes, packed: bytes, crc: int) -> bytes:
    raw = bytearray(zipped({"a.csv": data}))
    first = raw.index(b"PK\1\2")
    local, central = bytearray(raw[:35]), bytearray(raw[first : first + 46 + 5])
    for head, at in ((local, 6), (central, 8)):
        struct.pack_into("<HH", head, at, 1, method)
        struct.pack_into("<II", head, at + 8, crc, len(packed))
    struct.pack_into("<H", local, 28, len(extra))
    struct.pack_into("<H", central, 30, len(extra))
    body = bytes(local) + extra + packed
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central) + len(extra), len(body), 0)
    return body + bytes(central) + extra + end


def deflated(data: bytes) -> bytes:
    coder = zlib.compressobj(9, wbits=-15)
    return coder.compress(data) + coder.flush()


def traditional(data: bytes, password: bytes, *, stored: bool = False) -> bytes:
    crc, state = zlib.crc32(data), zip_crypt._Traditional(password)
    out = bytearray()
    for byte in bytes(11) + bytes((crc >> 24,)) + (data if stored else deflated(data)):
        mask = state._keys[2] | 2
        out.append(byte ^ mask * (mask ^ 1) >> 8 & 255)
        state._update(byte)
    return locked_zip(data, 0 if stored else 8, b"", bytes(out), crc)


def aes(data: bytes, password: bytes, strength: int) -> bytes:
    size, salt = 8 + 8 * strength, bytes(range(4 + 4 * strength))
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * size + 2)
    plain = deflated(data)
    stream = b"".join(
        cipher(keys[:size], None, (1 + n).to_bytes(16, "little"))
        for n in range(len(plain) // 16 + 1)
    )
    body = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
    code = hmac.digest(keys[size : 2 * size], body, "sha1")[:10]
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", strength, 8)
    return locked_zip(data, 99, extra, salt + keys[-2:] + body + code, 0)


def locked_7z(data: bytes, password: str, *, stored: bool = False) -> bytes:
    """One member a.csv, LZMA2 or as it is in AES, 16 rounds."""
    salt, start = b"salt", bytes(range(16))
    raw, digest = salt + password.encode("utf-16-le"), hashlib.sha256()
    for count in range(16):
        digest.update(raw + count.to_bytes(8, "little"))
    chain = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    packed = data if stored else lzma.compress(data, lzma.FORMAT_RAW, filters=chain)
    body = cipher(digest.digest(), start, packed + bytes(-len(packed) % 16))
    properties = bytes((0x40 | 0x80 | 4, 0x3F)) + salt + start
    coder = b"\x24\x06\xf1\x07\x01" + bytes((len(properties),)) + properties
    inner = b"\1\0" if stored else b"\x21\x21\1\x10"
    return sevenz({"a.csv": data}, coders=b"\2" + inner + coder + b"\0\1", body=body)


def agile(data: bytes, password: str) -> bytes:
    """A package encrypted by [MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15 with SHA-512 and AES-256."""
    salt, data_salt, key, proof = (
        bytes((n,)) * size for n, size in ((1, 16), (2, 16), (3, 32), (4, 16))
    )
    digest = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for step in range(100):
        digest = hashlib.sha512(step.to_bytes(4, "little") + digest).digest()

    def closed(block: str, value: bytes) -> str:
        own = hashlib.sha512(digest + bytes.fromhex(block)).digest()[:32]
        return base64.b64encode(cipher(own, salt, value)).decode()

    names = 'cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" keyBits="256"'
    salts = [base64.b64encode(one).decode() for one in (data_salt, salt)]
    xml = (
        f'<encryption><keyData {names} saltValue="{salts[0]}"/>'
        f'<p:encryptedKey xmlns:p="p" {names} spinCount="100" saltValue="{salts[1]}" '
        f'encryptedVerifierHashInput="{closed("fea7d2763b4b9e79", proof)}" '
        f'encryptedVerifierHashValue="{closed("d7aa0f6d3061344e", hashlib.sha512(proof).digest())}" '
        f'encryptedKeyValue="{closed("146e0be7abacd0d6", key)}"/></encryption>'
    )
    body = len(data).to_bytes(8, "little")
    for number, at in enumerate(range(0, len(data), 4096)):
        piece = data[at : at + 4096]
        begin = hashlib.sha512(data_salt + number.to_bytes(4, "little")).digest()[:16]
        body += cipher(key, begin, piece + bytes(-len(piece) % 16))
    info = struct.pack("<HHI", 4, 4, 0x40) + xml.encode()
    return ole({"EncryptionInfo": info, "EncryptedPackage": body})


ID = b"identity of file"


def md5(data: bytes) -> bytes:
    return hashlib.md5(data).digest()


def locked_pdf(
    method: str, user: bytes = b"", title: bytes = "名簿".encode("utf-16"), owner: bytes = b""
) -> bytes:
    """One page and a title, encrypted by the standard's algorithms 1 to 5."""
    version, size = {"RC4-40": (1, 5), "RC4-128": (2, 16), "AES": (4, 16)}[method]
    revision = {1: 2, 2: 3, 4: 4}[version]

    def derived(data: bytes) -> bytes:
        key = md5(data)
        for _ in range(50 if revision > 2 else 0):
            key = md5(key[:size])
        return key[:size]

    def hidden(key: bytes, data: bytes) -> bytes:
        for step in range(20 if revision > 2 else 1):
            data = _rc4(bytes(byte ^ step for byte in key), data)
        return data

    padded = (user + _PADDING)[:32]
    own = hidden(derived(((owner or user) + _PADDING)[:32]), padded)
    key = derived(padded + own + b"\xfc\xff\xff\xff" + ID)
    told = hidden(key, md5(_PADDING + ID)) + bytes(16) if revision > 2 else _rc4(key, _PADDING)

    def closed(data: bytes, number: int) -> bytes:
        mixed = md5(key + bytes((number, 0, 0, 0, 0)) + (b"sAlT" if method == "AES" else b""))
        mixed = mixed[: min(size + 5, 16)]
        if method != "AES":
            return _rc4(mixed, data)
        pad = 16 - len(data) % 16
        return ID + cipher(mixed, ID, data + bytes((pad,)) * pad)

    body = closed(CONTENT, 2)
    out = b"%PDF-1.6\n1 0 obj\n" + PAGE + b"\nendobj\n"
    out += b"2 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(body), body)
    out += b"3 0 obj\n<</Type/Font/Subtype/Type1>>\nendobj\n"
    out += b"4 0 obj\n<</Title<%s>>>\nendobj\n" % closed(title, 4).hex().encode()
    filters = b"/CF<</Std<</CFM/AESV2>>>>/StmF/Std/StrF/Std" if method == "AES" else b""
    out += b"5 0 obj\n<</Filter/Standard/V %d/R %d/Length %d/P -4%s/O<%s>/U<%s>>>\nendobj\n" % (
        version, revision, size * 8, filters, own.hex().encode(), told.hex().encode(),
    )  # fmt: skip
    return out + b"trailer<</Root 1 0 R/Encrypt 5 0 R/ID[<%s><00>]>>\n%%%%EOF\n" % ID.hex().encode()
