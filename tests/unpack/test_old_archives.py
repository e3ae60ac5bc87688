"""Cabinets, LHA and RAR archives: made here bit by bit, and by the programs of their time (corpus)."""

from __future__ import annotations

import lzma
import random
import struct
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
from packers import TEXT, cab, compressed, cpio, lzh, lzh_crc, lzipped, rar, sevenz
from test_sevenz import members

from forensics.unpack import Budget, Buffer, find
from forensics.unpack.cab import checksum

FILES = {"a.csv": TEXT * 30, "深い/b.txt": b"plain" * 9000, "empty": b""}


@pytest.mark.parametrize("packed", [True, False])
def test_cabinets(packed: bool) -> None:
    found = members(cab(FILES, packed=packed))
    assert {member.name: body for member, body, _ in found} == FILES
    assert {reason for _, _, reason in found} == {None}
    assert [reason for _, _, reason in members(cab(FILES, packed=packed)[:-5])][1] == "TRUNCATED"


def old_rar(*blocks: tuple[int, int, str, bytes, int]) -> bytes:
    """RAR 4: kind, flags, name, data, method of each block, stored or said to be packed."""
    out = b"Rar!\x1a\x07\0" + struct.pack("<HBHH6x", 0x90CF, 0x73, 0, 13)
    for kind, flags, name, data, method in blocks:
        high = bytes(8) if flags & 0x100 and name else b""
        size = 32 + len(high) + len(name)
        body = struct.pack("<BHHIIBIIBBHI", kind, flags | 0x8000, size, len(data), len(data), 0,
                           zlib.crc32(data), 0, 20, method, len(name), 0)  # fmt: skip
        body += high + name.encode()
        out += struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + data
    return out + struct.pack("<HBHH", 0x3DC4, 0x7B, 0x4000, 7)


def test_remarks_and_streams_of_rar_are_listed() -> None:
    data = old_rar(
        (0x74, 0x100, "a.csv", b"plain", 0x30), (0x7A, 0, "CMT", b"packed", 0x33), (0x7A, 0, "STM", b"beside", 0x30),
        (0x7A, 0, "RR", b"no content", 0x30),
    )  # fmt: skip
    found = [*find(data).members(Buffer(data), Budget(len(data)))]
    assert [(one.name, one.outcome) for one in found] == [
        ("a.csv", "examined"),
        ("CMT", "unsupported"),
        ("STM", "examined"),
    ]
    assert [data[start:end] for one in found[::2] for start, end in one.places] == [
        b"plain",
        b"beside",
    ]
    short = old_rar((0x74, 0x100, "", b"", 0x30))  # tells of numbers that it has no room for
    assert [one.reason for one in find(short).members(Buffer(short), Budget(99))] == ["DAMAGED"]


def test_stored_files_of_rar() -> None:
    found = members(rar(FILES))
    assert {member.name: body for member, body, _ in found} == FILES
    wrong = rar(FILES).replace(b"plainplain", b"plainplaim", 1)
    assert [reason for _, _, reason in members(wrong)] == [None, "CRC_MISMATCH", None]


def test_the_checksum_of_a_cabinet() -> None:
    assert checksum(b"\x01\0\0\0\x02\0\0\0") == 3
    assert checksum(b"\x01\0\0\0ab") == 1 ^ int.from_bytes(b"ab", "big")


class Bits:
    """Writes bits from the highest on."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def put(self, value: int, count: int) -> None:
        self._parts.append(f"{value:0{count}b}" if count else "")

    def bytes(self) -> bytes:
        text = "".join(self._parts)
        text += "0" * (-len(text) % 8)
        return b"".join(
            int(text[at : at + 4096], 2).to_bytes(len(text[at : at + 4096]) // 8, "big")
            for at in range(0, len(text), 4096)
        )


def packed(data: bytes, window: int) -> bytes:
    """LHA's coding with plain codes: symbols of nine bits (0 and 1 of eight), all distances alike."""
    symbols = []  # (symbol, distance)
    at, seen = 0, {}
    while at < len(data):
        key = data[at : at + 8]
        back = at - seen.get(key, at)
        seen[key] = at
        if 0 < back < 1 << window and len(key) == 8:
            symbols.append((256 + 8 - 3, back - 1))
            at += 8
        else:
            symbols.append((data[at], 0))
            at += 1
    bits, width = Bits(), 4 if window <= 13 else 5
    for first in range(0, len(symbols), 60_000):
        block = symbols[first : first + 60_000]
        bits.put(len(block), 16)
        bits.put(12, 5)  # code lengths: 10 and 11 stand for 8 and 9, one bit each
        for place in range(12):
            bits.put(1 if place >= 10 else 0, 3)
            if place == 2:
                bits.put(0, 2)
        bits.put(510, 9)
        for symbol in range(510):
            bits.put(0 if symbol < 2 else 1, 1)  # lengths 8, 8, then 9
        lengths = [3, 3] + [4] * 12 if window <= 13 else [4] * 16
        bits.put(len(lengths), width)
        for length in lengths:
            bits.put(length, 3)
        for symbol, back in block:
            bits.put(symbol + 2 if symbol > 1 else symbol, 9 if symbol > 1 else 8)
            if symbol >= 256:
                length = back.bit_length()
                if window <= 13:
                    bits.put(length, 3) if length < 2 else bits.put(length + 2, 4)
                else:
                    bits.put(length, 4)
                if length > 1:
                    bits.put(back - (1 << (length - 1)), length - 1)
    return bits.bytes()


@pytest.mark.parametrize(("method", "window"), [("-lh5-", 13), ("-lh6-", 15)])
def test_packed_lha(method: str, window: int) -> None:
    chance = random.Random(4)
    lines = [
        f"{chance.randrange(10**6)},蓮見 貴子,例題市1-2-{n}\r\n".encode("cp932") for n in range(600)
    ]
    data = b"".join(chance.choices(lines, k=36_000))  # more than a piece and a window
    assert len(data) > 1 << 20
    coded = packed(data, window)
    archive = lzh("一覧.csv", coded, len(data) | lzh_crc(data) << 32, method.encode()) + b"\0"
    ((member, body, reason),) = members(archive)
    assert (member.name, member.method, reason) == ("一覧.csv", f"lzh {method}", None)
    assert body == data
    ((_, _, reason),) = members(archive[: len(archive) // 2])
    assert reason in ("TRUNCATED", "DAMAGED", "CRC_MISMATCH")


@pytest.mark.parametrize("form", ["newc", "odc", "<", ">"])
def test_cpio(form: str) -> None:
    found = members(cpio(FILES, form))
    assert {member.name: body for member, body, _ in found} == FILES
    assert [reason for _, _, reason in members(cpio(FILES, form)[:-300])][-1] == "TRUNCATED"


@pytest.mark.parametrize("most", [9, 12, 16])
def test_compress(most: int) -> None:
    data = random.Random(most).randbytes(3000) + TEXT * 40 + bytes(range(256)) * 700
    ((member, body, reason),) = members(compressed(data, most))
    assert (body, reason, member.method) == (data, None, "compress")
    assert members(b"\x1f\x9d\x90\xff\xff\xff")[0][2] == "DAMAGED"


def test_lzip() -> None:
    data = random.Random(2).randbytes(2 << 20)
    for packed, whole in ((lzipped(data), data), (lzipped(data) + lzipped(TEXT), data + TEXT)):
        ((_, body, reason),) = members(packed)
        assert (body == whole, reason) == (True, None)
    assert members(lzipped(TEXT)[:-21])[0][2] in ("TRUNCATED", "DAMAGED")
    assert members(lzipped(TEXT)[:-1] + b"x")[0][2] is None  # the last field is only for seeking
    assert members(lzipped(TEXT) + b"rest")[0][2] == "TRAILING_BYTES"
    assert members(lzipped(TEXT)[:-17] + b"x" + lzipped(TEXT)[-16:])[0][2] == "CRC_MISMATCH"


def program(size: int, *, windows: bool) -> bytes:
    """A program that says how long it is: by the pages of its old head, or by its sections."""
    head = bytearray(size)
    if not windows:
        head[:6] = (
            b"MZ" + (size % 512).to_bytes(2, "little") + (-(-size // 512)).to_bytes(2, "little")
        )
        return bytes(head)
    head[:2], head[60:64] = b"MZ", (128).to_bytes(4, "little")
    head[128:132], head[134], head[148] = b"PE\0\0", 1, 16
    at = 128 + 24 + 16
    head[at + 16 : at + 24] = (size - 1024).to_bytes(4, "little") + (1024).to_bytes(4, "little")
    return bytes(head)


@pytest.mark.parametrize("windows", [True, False])
@pytest.mark.parametrize(
    "archive",
    [
        lzh("a.csv", TEXT, len(TEXT)) + b"\0",
        rar({"a.csv": TEXT}),
        cab({"a.csv": TEXT}),
        sevenz({"a.csv": TEXT}),
    ],
)
def test_archives_that_unpack_themselves(archive: bytes, windows: bool) -> None:
    found = members(program(5000, windows=windows) + b";!@Install@!UTF-8!\r\n" + archive)
    assert [(member.name, body, reason) for member, body, reason in found] == [
        ("a.csv", TEXT, None)
    ]
    assert members(program(5000, windows=windows)) == []


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3"), ("unsupported", "OneNote")),
        (b"\x85\x01\x0c\x03" + bytes(range(8)) + b"\1", ("locked", "OpenPGP")),
        (b"\x30\x82\x01\x5a\x06\x09" + bytes.fromhex("2a864886f70d010703"), ("locked", "CMS")),
        (b"\6\0\0\0_AttacheCaseData", ("locked", "AttacheCase")),
    ],
)
def test_what_is_only_known_by_name(head: bytes, told: tuple[str, str]) -> None:
    ((member, _, _),) = members(head + bytes(100))
    assert (member.outcome, member.method) == told


CORPUS = {
    "test-documents.cab": ("testEXCEL.xls", "examined"),
    "test_read_format_cab_2.cab": ("dir2/file2", "examined"),
    "test_read_format_cab_filename_cp932.cab": ("表だよ/漢字.txt", "unsupported"),
    "test_read_format_lha_filename_cp932.lzh": ("漢字.txt", "examined"),
    "test_read_format_lha_header2.lzh": ("file2", "examined"),
    "rar15-comment.rar": ("FILE1.TXT", "unsupported"),
    "test_read_format_rar_unicode.rar": ("表だよ/ファイル", "examined"),
    "test_read_format_rar5_zip_in_rar.rar": ("payload/inner.zip", "examined"),
    "rar5-psw.rar": ("stest1.txt", "locked"),
    "rar5-hpsw.rar": ("", "locked"),
}


@pytest.mark.image
@pytest.mark.parametrize("name", list(CORPUS))
def test_archives_of_other_programs(shared: Path, name: str) -> None:
    data = (shared / "corpus" / "documents" / "archives" / name).read_bytes()
    found = members(data)
    assert CORPUS[name] in {(member.name, member.outcome) for member, _, _ in found}
    assert not [reason for member, _, reason in found if member.outcome == "examined" and reason]


def level3(name: str, folder: str, data: bytes) -> bytes:
    """A stored entry of LHA with a header of level 3."""
    parts = [b"\1" + name.encode("cp932"), b"\2" + folder.encode("cp932") + b"\xff"]
    more = b"".join(struct.pack("<I", len(part) + 4) + part for part in parts) + bytes(4)
    head = b"\x04\0-lh0-" + struct.pack(
        "<IIIBBHB", len(data), len(data), 0, 32, 3, lzh_crc(data), 85
    )
    return head + struct.pack("<I", len(head) + 4 + len(more)) + more + data


def test_lha_level_3() -> None:
    data = level3("表.csv", "住民", TEXT) + level3("b.txt", "住民", b"plain") + b"\0"
    found = [(member.name, body, reason) for member, body, reason in members(data)]
    assert found == [("住民/表.csv", TEXT, None), ("住民/b.txt", b"plain", None)]
    beyond = data[:24] + b"\xff" * 4 + data[28:]  # bytes of all headers
    assert [member.reason for member, *_ in members(beyond)] == ["TRUNCATED"]


def ar_member(name: bytes, data: bytes) -> bytes:
    head = name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8)
    return head + str(len(data)).encode().ljust(10) + b"`\n" + data + b"\n" * (len(data) % 2)


LONG = "とても長い名前のファイル.txt"


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([ar_member(b"/", b"tbl"), ar_member(b"//", LONG.encode() + b"/\n"), ar_member(b"a.csv/", TEXT), ar_member(b"/0", b"odd")], [("a.csv", TEXT, None), (LONG, b"odd", None)]),
        ([ar_member(b"a.csv", TEXT), ar_member(b"#1/44", LONG.encode().ljust(44, b"\0") + b"odd")], [("a.csv", TEXT, None), (LONG, b"odd", None)]),
        ([ar_member(b"a.csv/", TEXT)[:-3]], [("a.csv", TEXT[:-3], "TRUNCATED")]),
        ([ar_member(b"a/", b"12"), b"x" * 60], [("a", b"12", None), ("", b"", "HEADER_DAMAGED")]),
        ([ar_member(b"a/", b"12"), b"x" * 9], [("a", b"12", None), ("", b"", "TRUNCATED")]),
    ],
)  # fmt: skip
def test_ar(parts: list[bytes], found: list[tuple]) -> None:
    told = members(b"!<arch>\n" + b"".join(parts))
    assert [(member.name, body, reason or member.reason) for member, body, reason in told] == found


@pytest.mark.parametrize("sized", [True, False])
def test_lzma_alone(sized: bool) -> None:
    data = lzma.compress(TEXT, lzma.FORMAT_ALONE)
    data = data[:5] + len(TEXT).to_bytes(8, "little") + data[13:] if sized else data
    assert [(body, reason) for _, body, reason in members(data)] == [(TEXT, None)]
    assert [reason for _, _, reason in members(data[: len(data) // 2])] == ["TRUNCATED"]


@pytest.mark.parametrize(
    "head",
    [bytes(4096), b"\x5d" + bytes(30), b"]\0\0\1\0" + bytes(8) + b"\0text", b"]\n[\n" + b"\0" * 20],
)
def test_what_only_begins_like_lzma_is_not_claimed(head: bytes) -> None:
    assert find(head) is None


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_frames_to_be_skipped_may_come_first(codec: str) -> None:
    skipped = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"aside"
    data = 2 * skipped + pa.compress(TEXT, codec, asbytes=True)
    assert [(member.method, body, reason) for member, body, reason in members(data)] == [(codec, TEXT, None)]  # fmt: skip
    assert find(skipped + b"something else") is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [(b"\xed\xab\xee\xdb\3\0", "rpm"), (b"\x89LZO\0\r\n\x1a\n", "lzop"), (b"\xff\6\0\0sNaPpY", "snappy")],
)  # fmt: skip
def test_what_is_not_opened_has_its_row(head: bytes, kind: str) -> None:
    told = [(member.outcome, member.method) for member, *_ in members(head + bytes(100))]
    assert told == [("unsupported", kind)]
