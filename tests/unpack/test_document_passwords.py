"""Documents of Office 97, ODF, and RAR 5, that open with a password that was given."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from document_lockers import doc, odf, odf_package, ppt, rar5, xls, xor_xls
from packers import TEXT
from test_unpack import contents, samples

from forensics.unpack import Budget, Buffer, find, office97_crypt, xor_crypt
from forensics.unpack.office_crypt import USUAL
from forensics.unpack.unpacker import blocks

PASSWORDS = ("other", "合言葉")
LINES = [(f"蓮見 貴子{n}", "1980/01/02", "例題市1-2-3") for n in range(60)]  # several blocks
PROSE = "".join("\t".join(line) + "\n" for line in LINES)
PAGE = f"<office:text xmlns:office='o' xmlns:text='t'><text:p>{PROSE}</text:p></office:text>"
OFFICE = {
    **{f"xls {bits}": (lambda p, bits=bits: xls(LINES, p, bits)) for bits in (0, 40, 128)},
    **{f"doc {bits}": (lambda p, bits=bits: doc(PROSE, p, bits)) for bits in (0, 40, 128)},
    **{f"ppt {bits}": (lambda p, bits=bits: ppt(["前", PROSE], p, bits)) for bits in (40, 128)},
}
SHOWN: dict[str, Callable[[str], bytes]] = {
    **OFFICE,
    **{f"odf {kind}": (lambda p, kind=kind: odf(PAGE.encode(), p, kind)) for kind in ("AES", "Blowfish")},
}  # fmt: skip


def opened(data: bytes, passwords: tuple[str, ...] = PASSWORDS) -> list[tuple]:
    return contents(data, Budget(len(data), passwords=passwords))


def text_of(data: bytes, passwords: tuple[str, ...] = PASSWORDS) -> str:
    """What the derived members show, in lines."""
    bodies = [body for name, body, *_ in opened(data, passwords) if name[0] == "~"]
    return b"".join(bodies).decode().replace(" ", "").replace("\t", "")


def locks(data: bytes, passwords: tuple[str, ...] = PASSWORDS) -> dict[str, str | None]:
    budget = Budget(len(data), passwords=passwords)
    return {member.name: member.lock for member in find(data).members(Buffer(data), budget)}


@pytest.mark.parametrize("kind", list(SHOWN))
def test_a_document_opens_with_its_password_alone(kind: str) -> None:
    data = SHOWN[kind]("合言葉")
    assert PROSE.replace(" ", "").replace("\t", "").strip() in text_of(data)
    for passwords in ((), ("wrong", "secret")):
        found = opened(data, passwords)
        assert ("locked", "LOCKED") in [one[2:4] for one in found]
        assert "蓮見".encode() not in b"".join(body or b"" for _, body, *_ in found)
        assert "~text" not in [name for name, *_ in found]
    wanted = "ODF encryption" if kind.startswith("odf") else "Office 97 encryption"
    told = locks(data)
    assert {told[name] for name in told if name[0] == "~"} == {wanted}
    assert set(told.values()) <= {wanted, None}
    assert set(locks(data, ()).values()) == {None}


@pytest.mark.parametrize("kind", list(OFFICE))
def test_what_excel_opens_unasked_was_protected_not_locked(kind: str) -> None:
    data = OFFICE[kind](USUAL)
    assert "蓮見貴子59" in text_of(data, ())
    assert set(locks(data).values()) == {None}


def test_what_a_presentation_was_before_it_was_saved_again() -> None:
    data = ppt(["new 1", "new 2"], "合言葉", older=["old 1", "old 2"])
    assert text_of(data).split() == ["old1", "old2", "new1", "new2"]


def test_objects_of_a_presentation_that_overlap() -> None:
    stream = bytes(range(256)) * 400
    cipher = office97_crypt._rc4_cipher(bytes(16), b"x")
    numbers = dict.fromkeys(range(0, len(stream), 8), 7)
    (shown,) = office97_crypt._presentation(cipher, numbers, iter([stream]))
    assert len(shown) == len(stream)
    directory = struct.pack("<HHI", 0, 0x1772, 8) + struct.pack("<II", 1 << 20 | 1, 0)
    edit = struct.pack("<HHIIIIIIIHHI", 0, 0xFF5, 32, 0, 0, 16, 0, 1, 9, 1, 0, 1)
    assert office97_crypt._objects(directory + edit, 16) == ({0: 1}, 1)  # before itself is itself


@pytest.mark.parametrize("size", [1, 1024, 5000, 3 << 20])
def test_blocks(size: int) -> None:
    data = random.Random(size).randbytes(size)
    parts = [data[at : at + 700_001] for at in range(0, size, 700_001)]
    found = [*blocks(iter(parts), 1024, first=8)]
    assert b"".join(found) == data
    assert {len(one) for one in found[1:-1]} <= {1024}
    assert len(found[0]) == min(8, size)


@pytest.mark.parametrize("password", ["a", "ab", "secret7", "fourteen chars", USUAL])
def test_a_workbook_that_is_only_obfuscated(password: str) -> None:
    raw = password.encode()
    data = xor_xls(LINES, raw, xor_crypt._key(raw), xor_crypt._verifier(raw))
    assert "蓮見貴子59" in text_of(data, ("other", password))
    assert ("蓮見貴子59" in text_of(data, ("wrong",))) == (password == USUAL)
    assert set(locks(data, (password,)).values()) == {
        None if password == USUAL else "Office 97 encryption"
    }


def test_key_and_verifier_are_those_that_excel_writes() -> None:
    assert xor_crypt.mask_of(bytes.fromhex("59b30a9a"), USUAL)
    assert not xor_crypt.mask_of(bytes.fromhex("59b30a9b"), USUAL)
    assert not xor_crypt.mask_of(b"", "")
    assert not xor_crypt.mask_of(b"", "a")


def test_streams_are_decrypted_whatever_their_size() -> None:
    for count in (1, 3, 7, 20, 200):
        lines = LINES[:1] * count
        assert text_of(xls(lines, "合言葉")).count("蓮見") == count
        assert text_of(doc("蓮見\n" * count, "合言葉")).count("蓮見") == count


@pytest.mark.parametrize("packed", [True, False])
def test_a_document_that_is_encrypted_as_a_whole(packed: bool) -> None:
    inner = odf(PAGE.encode(), "another")
    data = odf_package(inner, "合言葉", packed=packed)
    found = {name: rest for name, *rest in opened(data)}
    assert found["encrypted-package"][:2] == [inner, "examined"]
    assert locks(data)["encrypted-package"] == "ODF encryption"
    for passwords in ((), ("wrong",)):
        found = {name: rest for name, *rest in opened(data, passwords)}
        assert found["encrypted-package"][1:3] == ["locked", "LOCKED"]
    huge = odf_package(inner, "合言葉", told_kib=1 << 24)
    assert {name: rest for name, *rest in opened(huge)}["encrypted-package"][1] == "locked"


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("size", [1, 16, 2049])
def test_rar5(size: int, headers: bool) -> None:
    plain = random.Random(size).randbytes(size)
    data = rar5(plain, "合言葉", headers=headers)
    assert opened(data) == [("a.csv", plain, "examined", None, "rar")]
    assert locks(data) == {"a.csv": "rar"}
    for passwords in ((), ("wrong",)):
        (found,) = opened(data, passwords)
        assert found == ("" if headers else "a.csv", None, "locked", "LOCKED", "rar")
    assert not headers or b"a.csv" not in data


def test_a_checksum_that_does_not_match_is_said() -> None:
    data = bytearray(rar5(TEXT * 9, "合言葉", headers=False))
    data[-30] ^= 1  # of the content
    assert opened(bytes(data))[0][2:4] == ("partial", "CRC_MISMATCH")
    odt = odf(PAGE.encode(), "合言葉")
    at = odt.index(b"content.xml") + 11
    broken = odt[: at + 1100] + bytes(16) + odt[at + 1116 :]
    assert "partial" in [one[2] for one in opened(broken)]


def test_damage_ends_with_a_reason() -> None:
    made = [make("secret") for make in SHOWN.values()]
    made += [
        odf_package(TEXT, "secret"),
        rar5(TEXT, "secret", headers=True),
        rar5(TEXT, "secret", headers=False),
    ]
    for seed in range(120):
        chance = random.Random(seed)
        data = bytearray(made[seed % len(made)])
        for _ in range(chance.choice((1, 5, 50))):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])
        for _, body, outcome, reason, _ in opened(cut, ("secret",)):
            assert reason or body is not None, outcome


# --- real ones ------------------------------------------------------------------------------------

REAL = {  # -> what a member of it holds, plain
    "office/rc4cryptoapi_password.doc.xz": ("Password1234_", "~text", b"lorem ipsum"),
    "office/testPPT_protected_passtika.ppt": ("tika", "~text", b"Click to edit Master title"),
    "office/xor_password_123456789012345.xls.xz": ("123456789012345", "~sheet:1", b"1\t1\t1"),
    "office/testODTEncrypted.odt": ("tika", "~text", b"This should be encrypted."),
    "archives/rar5-psw.rar": ("password", "stest2.txt", b"000\n001\n002\n"),
    "archives/rar5-hpsw.rar": ("password", "stest2.txt", b"000\n001\n002\n"),
}


@pytest.mark.image
@pytest.mark.parametrize("path", list(REAL))
def test_what_others_locked_opens_with_their_passwords(path: str, shared: Path) -> None:
    files = samples(shared, "documents/")
    password, name, wanted = REAL[path]
    key = f"documents/{path}"
    data = files.get(key) or files[key.removesuffix(".xz")]
    found = {one[0]: one for one in opened(data, ("other", password))}
    assert wanted in found[name][1]
    assert found[name][2] == "examined"
    assert "locked" in {one[2] for one in opened(data, ("other",))}


@pytest.mark.image
def test_a_document_is_what_others_decrypted(shared: Path) -> None:
    """Byte for byte, but for the flag and the size of the head that tell of the encryption."""
    files = samples(shared, "documents/office/rc4cryptoapi")
    locked, plain = (files[one] for one in sorted(files, key=lambda name: "plain" in name))
    streams = [
        {one[0]: one[1] for one in opened(data, ("Password1234_",))} for data in (locked, plain)
    ]
    word, wanted = (one["WordDocument"] for one in streams)
    assert [at for at in range(len(word)) if word[at] != wanted[at]] == [11, 14]
    assert streams[0]["~text"] == streams[1]["~text"]
