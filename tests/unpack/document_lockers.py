"""Documents of Office 97 and ODF, and RAR 5, locked with a password, written by their specifications."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO

from tests.unpack.lockers import cipher, deflated
from tests.unpack.packers import ole

SALT, PROOF = bytes(range(16)), b"sixteen letters!"
Keys = Callable[[int], bytes]  # number of a block -> its key


def rc4(key: bytes, data: bytes) -> bytes:
    state, other = list(range(256)), 0
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) & 255
        state[place], state[other] = state[other], state[place]
    out, first, other = bytearray(), 0, 0
    for byte in data:
        first = (first + 1) & 255
        other = (other + state[first]) & 255
        state[first], state[other] = state[other], state[first]
        out.append(byte ^ state[(state[first] + state[other]) & 255])
    return bytes(out)


def head(password: str, bits: int) -> tuple[bytes, Keys]:
    """What tells how a document is encrypted, and the keys; bits: 0 RC4, else of the CryptoAPI."""
    raw = password.encode("utf-16-le")
    if not bits:
        start = hashlib.md5((hashlib.md5(raw).digest()[:5] + SALT) * 16).digest()[:5]
        keys: Keys = lambda n: hashlib.md5(start + struct.pack("<I", n)).digest()  # noqa: E731
        proof = rc4(keys(0), PROOF + hashlib.md5(PROOF).digest())
        return struct.pack("<HH", 1, 1) + SALT + proof, keys
    begin = hashlib.sha1(SALT + raw).digest()

    def key(number: int) -> bytes:
        found = hashlib.sha1(begin + struct.pack("<I", number)).digest()[: bits // 8]
        return found + bytes(11) if bits == 40 else found

    proof = rc4(key(0), PROOF + hashlib.sha1(PROOF).digest())
    name = "Some Provider\0".encode("utf-16-le")
    told = struct.pack("<8I", 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + name
    told = struct.pack("<HHII", 4, 2, 4, len(told)) + told
    return told + struct.pack("<I", 16) + SALT + proof[:16] + struct.pack("<I", 20) + proof[
        16:
    ], key


def stream(keys: Keys, size: int, length: int) -> bytes:
    """The bytes that a stream of so many is mixed with, by blocks."""
    return b"".join(rc4(keys(n), bytes(size)) for n in range(length // size + 1))[:length]


def mixed(data: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, other, strict=True))


def xls(rows: Sequence[Sequence[str]], password: str, bits: int = 0) -> bytes:
    """A workbook whose cells hold their text."""
    told, keys = head(password, bits)

    def records(place: int) -> list[tuple[int, bytes]]:
        cells = [
            (0x0204, struct.pack("<HHHHB", r, c, 0, len(v), 1) + v.encode("utf-16-le"))
            for r, row in enumerate(rows)
            for c, v in enumerate(row)
        ]
        return [
            (0x0809, b"\0\6\5\0" + bytes(12)), (0x2F, b"\1\0" + told), (0xE1, b"\xb0\4"),
            (0x85, struct.pack("<IBBBB", place, 0, 0, 1, 0) + b"A"), (0x0A, b""),
            (0x0809, b"\0\6\x10\0" + bytes(12)), *cells, (0x0A, b""),
        ]  # fmt: skip

    place = sum(4 + len(body) for _, body in records(0)[:5])
    plain = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records(place))
    mask, out = stream(keys, 1024, len(plain)), b""
    for kind, body in records(place):
        at = len(out) + 4
        shown = len(body) if kind in (0x0809, 0x2F, 0xE1) else 4 if kind == 0x85 else 0
        closed = mixed(body[shown:], mask[at + shown : at + len(body)])
        out += plain[at - 4 : at + shown] + closed
    return ole({"Workbook": out})


def xor_mask(password: bytes, key: int) -> bytes:
    """The 16 bytes by [MS-OFFCRYPTO] 2.3.7.2, step by step."""
    pad = bytes.fromhex("bbffffbaffffb98000be0f00bf0f00")
    high, low, out, at = key >> 8, key & 255, [0] * 16, len(password)

    def turned(byte: int, other: int) -> int:
        mixed = byte ^ other
        return mixed >> 1 | (mixed & 1) << 7

    if at % 2:
        out[at], at = turned(pad[0], high), at - 1
        out[at] = turned(password[-1], low)
    while at > 0:
        at -= 1
        out[at], at = turned(password[at], high), at - 1
        out[at] = turned(password[at], low)
    at, left = 15, 15 - len(password)
    while left > 0:
        out[at], out[at - 1] = turned(pad[left], high), turned(pad[left - 1], low)
        at, left = at - 2, left - 2
    return bytes(out)


def xor_xls(rows: Sequence[Sequence[str]], password: bytes, key: int, verifier: int) -> bytes:
    """A workbook that is obfuscated; key, verifier: of the password."""
    mask = xor_mask(password, key)
    cells = [
        (0x0204, struct.pack("<HHHHB", r, c, 0, len(v), 1) + v.encode("utf-16-le"))
        for r, row in enumerate(rows)
        for c, v in enumerate(row)
    ]
    told = struct.pack("<HHH", 0, key, verifier)
    out, place = b"", 20 + 10 + 13 + 4  # of the sheet, behind the first four records
    for kind, body in [
        (0x0809, b"\0\6\5\0" + bytes(12)), (0x2F, told),
        (0x85, struct.pack("<IBBBB", place, 0, 0, 1, 0) + b"A"), (0x0A, b""),
        (0x0809, b"\0\6\x10\0" + bytes(12)), *cells, (0x0A, b""),
    ]:  # fmt: skip
        at = len(out) + 4
        shown = len(body) if kind in (0x0809, 0x2F) else 4 if kind == 0x85 else 0
        closed = bytes(
            (byte << 5 & 0xFF | byte >> 3) ^ mask[(at + len(body) + step) % 16]
            for step, byte in enumerate(body)
        )
        out += struct.pack("<HH", kind, len(body)) + body[:shown] + closed[shown:]
    return ole({"Workbook": out})


def doc(text: str, password: str, bits: int = 0) -> bytes:
    """A document of one piece of text."""
    told, keys = head(password, bits)
    raw = text.encode("utf-16-le")
    clx = struct.pack("<BI", 2, 16) + struct.pack("<IIHIH", 0, len(text), 0, 600, 0)
    fib = bytearray(600)
    struct.pack_into("<HHHHHHHI", fib, 0, 0xA5EC, 0xC1, 0, 0, 0, 0x0300, 0, len(told))
    struct.pack_into("<II", fib, 418, len(told), len(clx))
    whole = bytes(fib) + raw
    word = whole[:68] + mixed(whole, stream(keys, 512, len(whole)))[68:]
    table = told + clx
    table = told + mixed(table, stream(keys, 512, len(table)))[len(told) :]
    return ole({"WordDocument": word, "1Table": table})


def ppt(texts: Sequence[str], password: str, bits: int = 128, older: Sequence[str] = ()) -> bytes:
    """A presentation, an object for each text; older: of the same numbers, of a saving before."""
    told, keys = head(password, bits)

    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    out, edit = b"", 0
    for saved in filter(None, (older, texts)):
        places = []
        for number, text in enumerate(saved, 1):
            places.append(len(out))
            whole = record(0x3E8, record(0xFA0, text.encode("utf-16-le")), 15)
            out += mixed(whole, rc4(keys(number), bytes(len(whole))))
        places.append(len(out))
        out += record(0x2F14, told, 15)
        directory = len(out)
        out += record(0x1772, struct.pack(f"<{len(places) + 1}I", len(places) << 20 | 1, *places))
        body = struct.pack("<IIIIIIHHI", 0, 0, edit, directory, 1, 9, 1, 0, len(places))
        edit = len(out)
        out += record(0xFF5, body)
    user = record(0xFF6, struct.pack("<III", 20, 0xF3D1C4DF, edit) + bytes(12))
    return ole({"PowerPoint Document": out, "Current User": user})


# --- ODF ------------------------------------------------------------------------------------------


def odf(content: bytes, password: str, kind: str = "AES") -> bytes:
    """A document of one part and its manifest. kind: AES (SHA-256) or Blowfish (SHA-1)."""
    packed, raw = deflated(content), password.encode()
    is_aes = kind == "AES"
    digest, size, start = ("sha256", 32, bytes(range(16))) if is_aes else ("sha1", 16, b"initial.")
    key = hashlib.pbkdf2_hmac("sha1", hashlib.new(digest, raw).digest(), SALT, 1000, size)
    closed = _aes(key, start, packed) if is_aes else _blowfish(key, start, packed)
    told = base64.b64encode(hashlib.new(digest, packed[:1024]).digest()).decode()
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    names = (
        (f"{space}#sha256-1k", "http://www.w3.org/2001/04/xmlenc#aes256-cbc")
        if is_aes
        else ("SHA1/1K", "Blowfish CFB")
    )
    begin = base64.b64encode(start).decode()
    hashed = '<m:start-key-generation m:start-key-generation-name="x#sha256" m:key-size="32"/>'
    manifest = (
        f'<m:manifest xmlns:m="{space}"><m:file-entry m:full-path="content.xml" m:size="9">'
        f'<m:encryption-data m:checksum-type="{names[0]}" m:checksum="{told}">'
        f'<m:algorithm m:algorithm-name="{names[1]}" m:initialisation-vector="{begin}"/>'
        f'<m:key-derivation m:key-derivation-name="PBKDF2" m:iteration-count="1000" '
        f'm:salt="{base64.b64encode(SALT).decode()}" {"m:key-size=" + chr(34) + "32" + chr(34) if is_aes else ""}/>'
        f"{hashed if is_aes else ''}</m:encryption-data></m:file-entry></m:manifest>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", closed)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def odf_package(inner: bytes, password: str, *, packed: bool = False, told_kib: int = 64) -> bytes:
    """A document whose whole package is one part, by Argon2id (64 KiB) and AES-GCM."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    start, raw = bytes(range(12)), hashlib.sha256(password.encode()).digest()
    key = Argon2id(salt=SALT, length=32, iterations=2, lanes=4, memory_cost=64).derive(raw)
    closed = start + AESGCM(key).encrypt(start, deflated(inner) if packed else inner, None)
    begin, salt = (base64.b64encode(one).decode() for one in (start, SALT))
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = (
        f'<m:manifest xmlns:m="{space}" xmlns:loext="l"><m:file-entry m:full-path="encrypted-package" '
        f'm:size="{len(inner)}"><m:encryption-data>'
        '<m:algorithm m:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm" '
        f'm:initialisation-vector="{begin}"/><m:start-key-generation '
        'm:start-key-generation-name="http://www.w3.org/2001/04/xmlenc#sha256" m:key-size="32"/>'
        '<m:key-derivation m:key-derivation-name="urn:org:documentfoundation:names:experimental:'
        f'office:manifest:argon2id" m:key-size="32" m:salt="{salt}" loext:argon2-iterations="2" '
        f'loext:argon2-memory="{told_kib}" loext:argon2-lanes="4"/>'
        "</m:encryption-data></m:file-entry></m:manifest>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("encrypted-package", closed)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _aes(key: bytes, start: bytes, data: bytes) -> bytes:
    pad = 16 - len(data) % 16
    return cipher(key, start, data + bytes(pad - 1) + bytes((pad,)))


def _blowfish(key: bytes, start: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    out = b""
    for at in range(0, len(data), 8):
        mask = Cipher(Blowfish(key), modes.ECB()).encryptor().update(start)
        start = mixed(data[at : at + 8], mask[: len(data[at : at + 8])])
        out += start
    return out


# --- RAR 5 ----------------------------------------------------------------------------------------


def rar5(data: bytes, password: str, *, headers: bool) -> bytes:
    """One stored file, a.csv, encrypted; its checksum is hidden. headers: they are encrypted, too."""
    keys = [hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 16 + n) for n in (0, 16, 32)]
    check = folded(keys[2], 8)
    check += hashlib.sha256(check).digest()[:4]
    start = bytes(range(100, 116))

    def block(body: bytes) -> bytes:
        body = vint(len(body)) + body
        raw = zlib.crc32(body).to_bytes(4, "little") + body
        if not headers:
            return raw
        return start + cipher(keys[0], start, raw + bytes(-len(raw) % 16))

    closed = cipher(keys[0], start, data + bytes(-len(data) % 16))
    crc = folded(hmac.digest(keys[1], zlib.crc32(data).to_bytes(4, "little"), "sha256"), 4)
    extra = b"\1\0\3\4" + SALT + start + check
    extra = vint(len(extra)) + extra
    file = b"\2\3" + vint(len(extra)) + vint(len(closed)) + b"\4" + vint(len(data)) + b"\0" + crc
    file += b"\0\0\5a.csv" + extra
    lock = b"\4\0\0\1\4" + SALT + check
    first = vint(len(lock)) + lock
    first = zlib.crc32(first).to_bytes(4, "little") + first if headers else b""
    return b"Rar!\x1a\x07\1\0" + first + block(b"\1\0\0") + block(file) + closed + block(b"\5\0\0")


def folded(digest: bytes, size: int) -> bytes:
    out = digest[:size]
    for at in range(size, len(digest), size):
        out = mixed(out, digest[at : at + size])
    return out


def vint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))
