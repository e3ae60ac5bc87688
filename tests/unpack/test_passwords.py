"""What is locked and opens with a password that was given: archives, packages of Office, PDF."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import lzma
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from packers import TEXT, ole, sevenz, zipped
from test_pdf_forms import encrypted as encrypted_pdf
from test_unpack import contents, samples, tree

from forensics.unpack import Budget, office_crypt, sevenz_crypt, zip_crypt

PASSWORDS = ("other", "合言葉", "secret")


def opened(data: bytes, passwords: tuple[str, ...] = PASSWORDS) -> list[tuple]:
    return contents(data, Budget(len(data), passwords=passwords))


def cipher(key: bytes, start: bytes | None, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    mode = modes.CBC(start) if start else modes.ECB()
    return Cipher(algorithms.AES(key), mode).encryptor().update(data)


# --- ZIP ------------------------------------------------------------------------------------------


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


def traditional(data: bytes, password: bytes) -> bytes:
    crc, state = zlib.crc32(data), zip_crypt._Traditional(password)
    out = bytearray()
    for byte in bytes(11) + bytes((crc >> 24,)) + deflated(data):
        mask = state._keys[2] | 2
        out.append(byte ^ mask * (mask ^ 1) >> 8 & 255)
        state._update(byte)
    return locked_zip(data, 8, b"", bytes(out), crc)


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


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_zip(encoding: str) -> None:
    password = "合言葉".encode(encoding)
    locked = [aes(TEXT, password, strength) for strength in (1, 2, 3)]
    for data in (traditional(TEXT, password), *locked):
        assert opened(data)[0][:4] == ("a.csv", TEXT, "examined", None)
        assert contents(data)[0][2:4] == ("locked", "LOCKED")
        assert opened(data, ("wrong",))[0][2:4] == ("locked", "LOCKED")
    wrong = bytearray(aes(TEXT, password, 3))
    wrong[wrong.index(b"PK\1\2") - 1] ^= 1
    assert opened(bytes(wrong))[0][2:4] == ("partial", "CRC_MISMATCH")


def test_a_method_that_nobody_knows_behind_a_lock() -> None:
    sound = aes(TEXT, b"secret", 3)
    other = sound.replace(b"AE\3\x08\0", b"AE\3\x0a\0")
    assert opened(other)[0][2:] == ("unsupported", "UNSUPPORTED", "method 10")


def test_the_sample_is_read_by_python() -> None:
    with zipfile.ZipFile(io.BytesIO(traditional(TEXT, b"secret"))) as archive:
        assert archive.read("a.csv", pwd=b"secret") == TEXT


# --- 7z -------------------------------------------------------------------------------------------


def test_7z() -> None:
    salt, start = b"salt", bytes(range(16))
    properties = bytes((0x40 | 0x80 | 4, 0x3F)) + salt + start
    raw, digest = salt + "secret".encode("utf-16-le"), hashlib.sha256()
    for count in range(16):
        digest.update(raw + count.to_bytes(8, "little"))
    chain = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    packed = lzma.compress(TEXT, lzma.FORMAT_RAW, filters=chain)
    body = cipher(digest.digest(), start, packed + bytes(-len(packed) % 16))
    plain = sevenz_crypt.decrypted(iter([body[:16], body[16:]]), properties, "secret")
    assert b"".join(plain).startswith(packed)
    coder = b"\x24\x06\xf1\x07\x01" + bytes((len(properties),)) + properties
    archive = sevenz({"a.csv": TEXT}, coders=b"\2\x21\x21\1\x10" + coder + b"\0\1", body=body)
    assert opened(archive)[0][:4] == ("a.csv", TEXT, "examined", None)
    assert contents(archive)[0][2:4] == ("locked", "LOCKED")
    assert opened(archive, ("wrong",))[0][2:4] == ("locked", "LOCKED")


# --- Office ---------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("size", [10, 4096, 9001])
def test_packages(size: int) -> None:
    plain = random.Random(size).randbytes(size)
    package = opened(agile(plain, "secret"))[1]
    assert package[:4] == ("EncryptedPackage", plain, "examined", None)
    assert contents(agile(plain, "secret"))[1][2:4] == ("locked", "LOCKED")
    assert contents(agile(plain, office_crypt.USUAL))[1][1] == plain  # protected, not locked


@pytest.mark.parametrize("method", ["RC4-40", "RC4-128", "AES"])
def test_pdf(method: str) -> None:
    assert opened(encrypted_pdf(method, b"secret"))[0][1].startswith(b"seen\n")


def test_damage_ends_with_a_reason() -> None:
    sound = (agile(TEXT, "secret"), aes(TEXT, b"secret", 3), traditional(TEXT, b"secret"))
    for seed in range(40):
        chance = random.Random(seed)
        data = bytearray(chance.choice(sound))
        for _ in range(chance.choice((1, 5, 50))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for _, body, outcome, reason, _ in opened(bytes(data[: chance.randrange(len(data))])):
            assert reason or body is not None, outcome


# --- real ones ------------------------------------------------------------------------------------

GIVEN = ("secret", "hello", "password", "12345678", "tika", "Password1234_", "asdfzxcv", "foo")
WHOLE = (
    "7zip_encryption.7z", "filename_encryption.7z", "traditional_encryption_data.zip", "aes256.zip",
)  # fmt: skip


@pytest.mark.image
def test_what_others_locked_opens_with_their_passwords(shared: Path) -> None:
    folder = shared / "corpus/expected/documents"
    wanted: dict[str, set[str]] = {}
    for name, column, ends in (
        ("encryption.csv", "sha256_plaintext", ("x", "x.xz")),
        ("members.csv", "sha256", WHOLE),
    ):
        with (folder / name).open(encoding="utf-8") as file:
            for line in csv.DictReader(file):
                if line[column] and line["path"].endswith(ends):
                    wanted.setdefault(line["path"], set()).add(line[column])
    files = samples(shared, "documents/")
    assert len(wanted) > 6
    for path, digests in wanted.items():
        budget = Budget(len(files[path]), passwords=GIVEN)
        assert digests <= {digest for digest, _, _ in tree(files[path], budget, [])}, path
    for name in (
        "r2-user-password",
        "r4-aes-user-password",
        "r5-user-password",
        "r6-both-passwords",
    ):
        assert b"pdf encryption test" in opened(files[f"documents/pdf/{name}.pdf"], GIVEN)[0][1]
