"""7z archives: made here, and by 7-Zip and others (corpus)."""

from __future__ import annotations

import lzma
from pathlib import Path

import pyarrow as pa
import pytest
from packers import LZMA2, TEXT, sevenz

from forensics import unpack
from forensics.unpack import Budget, Buffer, Member, UnpackError

FILES = {"a.csv": TEXT, "深い/b.txt": b"plain" * 9000, "c.bin": bytes(range(256)) * 300}


def members(data: bytes) -> list[tuple[Member, bytes, str | None]]:
    """Member, its bytes, why they ended."""
    out = []
    for member in unpack.find(data[:4096]).members(Buffer(data), Budget(len(data))):
        pieces, reason = [], member.reason
        try:
            pieces.extend(member.chunks() if member.chunks else ())
        except UnpackError as error:
            reason = error.reason
        out.append((member, b"".join(pieces), reason))
    return out


BCJ = b"\x02\x04\3\3\1\3" + LZMA2[1:] + b"\xff" + bytes(8) + b"\xff\1" + bytes(7)
DELTA = b"\x02\x21\3\1\3" + LZMA2[1:] + b"\xff" + bytes(8) + b"\xff\1" + bytes(7)


@pytest.mark.parametrize(
    "data",
    [
        sevenz(FILES),
        sevenz(FILES, [{"id": lzma.FILTER_X86}], BCJ),
        sevenz(FILES, [{"id": lzma.FILTER_DELTA, "dist": 4}], DELTA),
    ],
    ids=["LZMA2", "BCJ", "Delta"],
)
def test_solid_archives(data: bytes) -> None:
    found = members(data)
    assert {member.name: body for member, body, _ in found} == FILES
    assert {reason for _, _, reason in found} == {None}


@pytest.mark.parametrize(("codec", "number"), [("zstd", b"\1"), ("lz4", b"\4")])
def test_coders_of_other_builds(codec: str, number: bytes) -> None:
    body = pa.compress(b"".join(FILES.values()), codec, asbytes=True)
    coder = b"\x01\x24\4\xf7\x11" + number + b"\x05" + bytes(5)
    found = members(sevenz(FILES, coders=coder, body=body))
    assert {member.name: body for member, body, _ in found} == FILES
    assert {member.method for member, _, _ in found} == {f"7z {codec}"}


def test_in_another_order_and_twice() -> None:
    data = sevenz(FILES)
    found = list(unpack.find(data[:4096]).members(Buffer(data), Budget(len(data))))
    for member in (*reversed(found), *found):
        assert b"".join(member.chunks()) == FILES[member.name]


def test_a_wrong_byte_is_told_of_the_file_it_is_in() -> None:
    stored = sevenz({"a": bytes(1000), "b": b"x" * 1000}, coders=b"\x01\x01\0")
    assert {reason for _, _, reason in members(stored)} <= {"CRC_MISMATCH", "TRUNCATED"}
    cut = members(sevenz(FILES)[:-1])
    assert [(member.outcome, reason) for member, _, reason in cut] == [("unsupported", "TRUNCATED")]


# file -> outcomes and methods of its members
CORPUS = {
    "deflate.7z": {("examined", "7z Deflate")},
    "umlaut-solid.7z": {("examined", "7z LZMA")},
    "symlink.7z": {("examined", "7z LZMA2")},
    "ppmd.7z": {("unsupported", "7z PPMd")},
    "encrypted_1.7z": {("locked", "7z LZMA+7zAES")},
    "full_encrypted.7z": {("locked", "7z 7zAES")},
    "lzma2bcj2.7z": {("examined", "7z LZMA2"), ("unsupported", "7z BCJ2+LZMA2+LZMA+LZMA")},
    "empty.7z": set(),
}


@pytest.mark.image
@pytest.mark.parametrize("name", list(CORPUS))
def test_archives_of_other_programs(shared: Path, name: str) -> None:
    data = (shared / "corpus" / "documents" / "archives" / name).read_bytes()
    found = members(data)
    assert {(member.outcome, member.method) for member, _, _ in found} == CORPUS[name]
    assert not [reason for member, _, reason in found if member.outcome == "examined" and reason]
    assert all(
        len(body) == member.size for member, body, _ in found if member.outcome == "examined"
    )
