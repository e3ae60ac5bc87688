"""What is locked and opens with a password that was given: archives, packages of Office, PDF."""

from __future__ import annotations

import csv
import io
import random
import zipfile
import zlib
from pathlib import Path

import pytest
from lockers import aes, agile, locked_7z, locked_pdf, traditional
from packers import TEXT
from test_unpack import contents, samples, tree

from forensics.unpack import Budget, office_crypt, zip_crypt

PASSWORDS = ("other", "合言葉", "secret")


def opened(data: bytes, passwords: tuple[str, ...] = PASSWORDS) -> list[tuple]:
    return contents(data, Budget(len(data), passwords=passwords))


# --- ZIP ------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("stored", [True, False])
def test_what_passes_the_check_of_one_byte_is_not_the_password(stored: bool) -> None:
    data = traditional(TEXT, b"secret", stored=stored)
    start = data.index(b"a.csv") + 5
    passing = [
        str(number)
        for number in range(3000)
        if zip_crypt._Traditional(str(number).encode()).plain(data[start : start + 12])[-1]
        == zlib.crc32(TEXT) >> 24
    ]
    assert len(passing) > 2
    assert opened(data, (*passing, "secret"))[0][1] == TEXT
    assert opened(data, tuple(passing))[0][2:4] == ("locked", "LOCKED")


def test_a_method_that_nobody_knows_behind_a_lock() -> None:
    sound = aes(TEXT, b"secret", 3)
    other = sound.replace(b"AE\3\x08\0", b"AE\3\x0a\0")
    assert opened(other)[0][2:] == ("unsupported", "UNSUPPORTED", "method 10")


def test_the_sample_is_read_by_python() -> None:
    with zipfile.ZipFile(io.BytesIO(traditional(TEXT, b"secret"))) as archive:
        assert archive.read("a.csv", pwd=b"secret") == TEXT


# --- 7z -------------------------------------------------------------------------------------------


def test_7z() -> None:
    archive = locked_7z(TEXT, "secret")
    assert opened(archive)[0][:4] == ("a.csv", TEXT, "examined", None)
    assert contents(archive)[0][2:4] == ("locked", "LOCKED")
    assert opened(archive, ("wrong",))[0][2:4] == ("locked", "LOCKED")
    as_it_is = locked_7z(TEXT, "secret", stored=True)
    assert opened(as_it_is, ("wrong", "secret"))[0][:4] == ("a.csv", TEXT, "examined", None)
    assert opened(as_it_is, ("wrong",))[0][2:4] == ("locked", "LOCKED")


# --- Office ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10, 4096, 9001])
def test_packages(size: int) -> None:
    plain = random.Random(size).randbytes(size)
    package = opened(agile(plain, "secret"))[1]
    assert package[:4] == ("EncryptedPackage", plain, "examined", None)
    assert contents(agile(plain, "secret"))[1][2:4] == ("locked", "LOCKED")
    assert contents(agile(plain, office_crypt.USUAL))[1][1] == plain  # protected, not locked


@pytest.mark.parametrize("method", ["RC4-40", "RC4-128", "AES"])
def test_pdf(method: str) -> None:
    for data in (locked_pdf(method, b"secret"), locked_pdf(method, b"user", owner=b"secret")):
        assert opened(data)[0][1].startswith(b"seen\n")
        assert contents(data)[0][2:4] == ("locked", "LOCKED")


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
    by_owner = opened(files["documents/pdf/r6-both-passwords.pdf"], ("bar",))
    assert b"pdf encryption test" in by_owner[0][1]
