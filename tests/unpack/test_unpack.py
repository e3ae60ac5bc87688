from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packers import DOCX, MAIL, MBOX, PDF, TEXT, XLSX, ole, pdf, tarred, xls, zipped
from samples import SAMPLES

from forensics import unpack
from forensics.unpack import UNPACKERS, Budget, Buffer, UnpackError
from forensics.values import OUTCOMES

NAMES = [unpacker.name for unpacker in UNPACKERS]


def contents(data: bytes, budget: Budget | None = None) -> list[tuple]:
    """(name, bytes or None, outcome, reason, method) of every member."""
    unpacker = unpack.find(data[:4096])
    found = []
    for member in unpacker.members(Buffer(data), budget or Budget(len(data))) if unpacker else ():
        body, outcome, reason = None, member.outcome, member.reason
        if member.chunks is not None:
            pieces = []
            try:
                for piece in member.chunks():
                    assert len(piece) <= 1 << 20
                    pieces.append(piece)
            except UnpackError as error:
                outcome, reason = "partial", error.reason
            body = b"".join(pieces)
        assert outcome in OUTCOMES
        found.append((member.name, body, outcome, reason, member.method))
    return found


def short(data: bytes) -> list[tuple]:
    return [
        (name, None if body is None else len(body), outcome, reason)
        for name, body, outcome, reason, _ in contents(data)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_unpacker_claims_its_sample_first(name):
    assert unpack.find(SAMPLES[name][:4096]).name == name
    found = contents(SAMPLES[name])
    assert found
    assert name == "unsupported" or {outcome for _, _, outcome, _, _ in found} == {"examined"}


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_zip_methods(method):
    found = contents(zipped({"住民/a.csv": TEXT, "empty": b""}, method))
    assert [(name, body) for name, body, *_ in found] == [("住民/a.csv", TEXT), ("empty", b"")]
    assert {(outcome, reason) for _, _, outcome, reason, _ in found} == {("examined", None)}


def streamed(files: dict[str, bytes]) -> bytes:
    """A ZIP written to a pipe: sizes and checksums follow the data."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return bytes(pipe.data)


TWO = zipped({"a.csv": TEXT, "b.csv": b"second"})
CENTRAL = TWO.index(b"PK\x01\x02")
SECOND = TWO.index(b"PK\x01\x02", CENTRAL + 4)
END = TWO.index(b"PK\x05\x06")


def without_second() -> bytes:
    """b.csv is there, but the directory does not name it."""
    end = bytearray(TWO[END:])
    struct.pack_into("<HHI", end, 8, 1, 1, SECOND - CENTRAL)
    return TWO[:SECOND] + bytes(end)


def headless(data: bytes) -> bytes:
    return data[: data.index(b"PK\x01\x02")]


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def renamed(raw: bytes) -> bytes:
    return zipped({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (TWO, [("a.csv", len(TEXT), "examined", None), ("b.csv", 6, "examined", None)]),
        (b"#!/bin/sh\n" + bytes(500) + TWO, [("a.csv", len(TEXT), "examined", None), ("b.csv", 6, "examined", None)]),
        (TWO + b"tail", [("a.csv", len(TEXT), "examined", None), ("b.csv", 6, "examined", None)]),
        (without_second(), [("a.csv", len(TEXT), "examined", None), ("b.csv", 6, "examined", "NOT_IN_DIRECTORY")]),
        (TWO[:CENTRAL], [("", None, "partial", "NO_CENTRAL_DIRECTORY"), ("a.csv", len(TEXT), "examined", "NOT_IN_DIRECTORY"), ("b.csv", 6, "examined", "NOT_IN_DIRECTORY")]),
        (streamed({"s.csv": TEXT}), [("s.csv", len(TEXT), "examined", None)]),
        (headless(streamed({"s.csv": TEXT, "t": b"12"})), [("", None, "partial", "NO_CENTRAL_DIRECTORY"), ("s.csv", len(TEXT), "examined", "NOT_IN_DIRECTORY"), ("t", 2, "examined", "NOT_IN_DIRECTORY")]),
        (zipped({"a": b"12345"}, zipfile.ZIP_STORED).replace(b"12345", b"12x45"), [("a", 5, "partial", "CRC_MISMATCH")]),
        (renamed("名簿.csv".encode("cp932")), [("名簿.csv", 1, "examined", None)]),
        (renamed("名簿.csv".encode()), [("名簿.csv", 1, "examined", None)]),
        (zipped({}), []),
        (b"PK\x03\x04", [("", None, "partial", "NO_CENTRAL_DIRECTORY")]),
    ],
)  # fmt: skip
def test_zip_shapes(data, found):
    assert short(data) == found


def test_zip_locks():
    def encrypted(flags: int, method: int = 8, extra: bytes = b"") -> bytes:
        data = bytearray(zipped({"a": b"secret"}))
        for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = data.index(sign) + at
            struct.pack_into("<HH", data, place, flags, method)
        return bytes(data)

    for flags, method, lock in (
        (1, 8, "ZipCrypto"),
        (0x41, 8, "PKWARE strong encryption"),
        (1, 99, "AES"),
    ):
        assert contents(encrypted(flags, method)) == [("a", None, "locked", "LOCKED", lock)]
    assert contents(encrypted(0, 9))[0][2:] == ("unsupported", "UNSUPPORTED", "deflate64")


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
def test_streams(name):
    whole = contents(SAMPLES[name])[0][1]
    data = SAMPLES[name]
    assert whole.startswith(TEXT)
    cases = {
        "TRUNCATED": data[:-3],
        "TRAILING_BYTES": data + b"rubbish, no zeros",
        "DAMAGED": flipped(data, len(data) // 2 if name != "gzip" else 30),
    }
    for reason, case in cases.items():
        ((_, body, outcome, found, _),) = contents(case)
        assert outcome == "partial", reason
        assert found == reason or (reason == "DAMAGED" and found in ("CRC_MISMATCH", "TRUNCATED"))
        assert reason != "TRAILING_BYTES" or body == whole
    assert short(data + bytes(1000))[0][2] == "examined"


def test_gzip_gives_its_last_bytes_before_it_tells_of_a_wrong_checksum():
    data = gzip.compress(TEXT)
    ((_, body, outcome, reason, _),) = contents(flipped(data, len(data) - 8))
    assert (body, outcome, reason) == (TEXT, "partial", "CRC_MISMATCH")
    buffer = io.BytesIO()
    with gzip.GzipFile("名簿.csv", "wb", fileobj=buffer) as file:
        file.write(TEXT)
    assert contents(gzip.compress(b"x"))[0][0] == ""
    named = (
        b"\x1f\x8b\x08\x08"
        + bytes(6)
        + "名簿.csv\0".encode("cp932")
        + gzip.compress(b"x", mtime=0)[10:]
    )
    assert contents(named) == [("名簿.csv", b"x", "examined", None, "gzip")]


def test_more_than_one_input_block():
    noise = b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(100_000))
    for pack in (
        gzip.compress,
        bz2.compress,
        lzma.compress,
        lambda d: zipped({"a": d}),
        lambda d: tarred({"a": d}),
    ):
        ((_, body, outcome, reason, _),) = contents(pack(noise))
        assert (body == noise, outcome, reason) == (True, "examined", None)


def test_tar_forms():
    long = "長い名前/" * 30 + "b.csv"
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        name = "a/b.csv" if form == tarfile.USTAR_FORMAT else long
        data = tarred({name: TEXT, "c": b"12"}, form)
        assert [(n, b) for n, b, *_ in contents(data)] == [(name, TEXT), ("c", b"12")]
    data = tarred({"a": TEXT, "c": b"12"})
    second = data.index(b"c" + bytes(99))
    assert short(flipped(data, second))[1] == ("", None, "partial", "HEADER_DAMAGED")
    assert short(data[:1000])[0] == ("a", 488, "partial", "TRUNCATED")


def test_office_text_and_sheets():
    found = {name: body for name, body, *_ in contents(XLSX)}
    assert found["~sheet:1"].decode() == (
        "氏名\t\t生年月日\n蓮見 貴子\t123456789012\t1978-03-18\n\t1.5\t1\n"
    )
    text = {name: body for name, body, *_ in contents(DOCX)}["~text"].decode()
    assert "蓮見 貴子\n" in text
    assert "A & B \t\n" in text
    assert "消した名" in text
    assert "note" in text
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    hostile = zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": bomb,
            "word/comments.xml": b"<c>seen</c",
        }
    )
    assert contents(hostile)[-1] == ("~text", b"seen\n\n", "partial", "XML_ENTITIES", "text")


def test_mail():
    found = contents(MAIL)
    assert [(name, body) for name, body, *_ in found[1:]] == [
        ("1", b"hello = world"),
        ("名簿.csv", b"1,2,3\n"),
    ]
    headers = found[0][1].decode()
    assert found[0][0] == "~headers"
    assert "From: 蓮見 貴子 <a@example.com>\n" in headers
    assert "Subject: 送付\n" in headers
    assert [(name, body.strip()) for name, body, *_ in contents(MBOX)] == [
        (str(number), MAIL.strip()) for number in (1, 2, 3)
    ]


def test_what_random_damage_found():
    """Each once ended in an exception of its own, not in a reason."""
    sheet = b'<?xml version="1.0" encoding="Shift_JIS"?><w:p>x</w:p>'
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": sheet}
    assert contents(zipped(parts))[-1][2:4] == ("partial", "XML_DAMAGED")
    assert contents(b"From: =?a\0b?B?eA==?=\nTo: b\n\nbody")[-1][1] == b"body"
    assert contents(b"SQLite format 3\0")[-1][2:4] == ("partial", "DAMAGED")
    cabinet = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, 0, 0, 44, 0, 3, 1, 1, 1, 4, 0, 0)
    assert contents(cabinet)[-1][2:4] == ("partial", "TRUNCATED")


def test_folders_of_foxmail():
    mark = b"\x10" * 7 + b"\x11" * 6 + b"S\n"
    found = contents(mark + MAIL + mark + MAIL)
    assert [(name, body) for name, body, *_ in found] == [("1", MAIL), ("2", MAIL)]


def test_compound_files():
    data = ole({"One": TEXT[:1000], "Two": b"x" * 100})
    assert [(name, body) for name, body, *_ in contents(data)] == [
        ("One", TEXT[:1000]),
        ("Two", b"x" * 100),
    ]
    locked = contents(ole({"EncryptionInfo": b"1", "EncryptedPackage": b"2"}))
    assert locked[1][2:] == ("locked", "LOCKED", "Office encryption")
    word = contents(ole({"WordDocument": bytes(11) + b"\1" + bytes(100)}))
    assert word[0][2:] == ("locked", "LOCKED", "Office 97 encryption")


def test_pdf():
    found = contents(PDF)
    assert [(name, outcome, reason) for name, _, outcome, reason, _ in found] == [
        ("~text", "examined", None),
        ("名簿.csv", "examined", None),
    ]
    # 蓮, a radical that looks like 見, a gap of 1.2 em, 貴子; a column; two more fonts; a form; a note
    assert found[0][1].decode() == "蓮見\t貴子\tABC\n名簿 (1)\tplain\nin a form\n注\nx\n名簿.csv\n"
    assert found[1][1] == b"1,2,3\n"


@pytest.mark.parametrize(
    ("data", "last"),
    [
        (
            PDF.replace(b"/Root 1 0 R", b"/Encrypt 9 0 R"),
            ("", None, "locked", "LOCKED", "PDF encryption"),
        ),
        (pdf(b"<</Type/Page>>"), ("~text", b"", "examined", None, "pdf")),
        (b"%PDF-1.4", ("~text", b"", "partial", "NO_OBJECTS", "pdf")),
        (
            pdf(
                b"<</Type/Page/Contents 2 0 R/Resources<</Font<</F 3 0 R>>>>>>",
                b"<</Length 20>>\nstream\nBT /F 1 Tf <0041> Tj\nendstream",
                b"<</Subtype/Type0/Encoding/Identity-H>>",
            ),
            ("~text", "\ufffd\n".encode(), "partial", "NO_TEXT_MAP", "pdf"),
        ),
        (
            pdf(
                b"<</Type/Page/Contents 2 0 R>>",
                b"<</Filter/JBIG2Decode/Length 4>>\nstream\nxxxx\nendstream",
            ),
            ("~text", b"\n", "partial", "UNSUPPORTED", "pdf"),
        ),
        (b"%PDF-1.4 " + b"1 0 obj [(" * 50_000, ("~text", b"", "partial", "TRUNCATED", "pdf")),
    ],
)
def test_pdf_shapes(data, last):
    assert contents(data)[-1] == last


def test_old_workbooks():
    stream, sheet = contents(xls())
    assert (stream[0], stream[2]) == ("Workbook", "examined")
    assert sheet[:4] == (
        "~sheet:1",
        "氏名\n蓮見 貴子no\t\t123.45\t1978-03-18\n7\t8\tabc\n".encode(),
        "examined",
        None,
    )
    data = xls()
    for place in range(0, len(data), 7):
        contents(data[:place])
        contents(flipped(data, place))


# --- bombs --------------------------------------------------------------------------------------


def overlapping(count: int) -> bytes:
    """Entries that all name the same 10 MB of zeros (D. Fifield's bomb)."""
    kernel = zlib.compressobj(9, wbits=-15)
    packed = kernel.compress(bytes(10_000_000)) + kernel.flush()
    crc = zlib.crc32(bytes(10_000_000))
    local = (
        struct.pack("<4sHHHIIIIHH", b"PK\3\4", 20, 0, 8, 0, crc, len(packed), 10_000_000, 1, 0)
        + b"a"
        + packed
    )
    entry = (
        struct.pack(
            "<4sHHHHIIIIHHHHHII",
            b"PK\1\2",
            20,
            20,
            0,
            8,
            0,
            crc,
            len(packed),
            10_000_000,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + b"a"
    )
    end = struct.pack(
        "<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(entry) * count, len(local), 0
    )
    return local + entry * count + end


def test_a_bomb_ends_as_a_named_limit_in_flat_memory():
    data = overlapping(200)
    tracemalloc.start()
    unpacker, out, reasons = unpack.find(data[:4096]), 0, set()
    for member in unpacker.members(Buffer(data), Budget(len(data))):
        try:
            for piece in member.chunks() if member.chunks else ():
                out += len(piece)
        except UnpackError as error:
            reasons.add(error.reason)
        if member.outcome == "skipped":
            reasons.add(member.reason)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reasons == {"BUDGET_RATIO"}
    assert out <= 256 << 20
    assert peak < 16 << 20


def test_named_limits():
    assert contents(TWO, Budget(10, members=1))[1] == ("", None, "skipped", "BUDGET_MEMBERS", None)
    assert contents(TWO, Budget(10, bytes_max=100))[0][2:4] == ("partial", "BUDGET_BYTES")
    assert contents(TWO, Budget(10, seconds=-1))[0][2:4] == ("skipped", "BUDGET_SECONDS")
    with pytest.raises(UnpackError, match="BUDGET_DEPTH"):
        Budget(10, depth=1).deeper()
    outer = Budget(10, bytes_max=100)
    outer.deeper().spend(90)
    with pytest.raises(UnpackError, match="BUDGET_BYTES"):
        outer.spend(90)


# --- total --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_cut_append_flip(name, data):
    sample = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(sample)))
        match data.draw(st.sampled_from(["cut", "append", "flip", "hole"])):
            case "cut":
                del sample[place:]
            case "append":
                sample += data.draw(st.binary(max_size=64))
            case "flip" if place < len(sample):
                sample[place] ^= data.draw(st.integers(1, 255))
            case "hole":
                sample[place : place + 8] = b"\xff" * len(sample[place : place + 8])
    contents(bytes(sample), Budget(len(sample), bytes_max=64 << 20, seconds=60))


@pytest.mark.parametrize("name", NAMES)
def test_every_cut(name):
    sample = SAMPLES[name]
    for place in range(0, len(sample), max(1, len(sample) // 300)):
        contents(sample[:place])


def test_every_unpacker_has_its_page():
    import importlib
    import pkgutil

    found = []
    for info in pkgutil.iter_modules(unpack.__path__):
        module = importlib.import_module(f"forensics.unpack.{info.name}")
        if hasattr(module, "UNPACKER"):
            found.append(module.UNPACKER)
            for heading in ("Layout ", "Source ", "Proves ", "Does not prove "):
                assert f"\n{heading}" in module.__doc__, (info.name, heading)
    assert sorted(NAMES) == sorted(unpacker.name for unpacker in found)


# --- real archives ------------------------------------------------------------------------------


def tree(data: bytes, budget: Budget, found: list[tuple]) -> list[tuple]:
    """(sha256 or None, outcome, reason) of all members at every level."""
    unpacker = unpack.find(data[:4096])
    for member in unpacker.members(Buffer(data), budget) if unpacker else ():
        if member.chunks is None:
            found.append((None, member.outcome, member.reason))
            continue
        body, reason = bytearray(), None
        try:
            for piece in member.chunks():
                body += piece if len(body) < 64 << 20 else b""
        except UnpackError as error:
            reason = error.reason
        found.append(
            (hashlib.sha256(body).hexdigest(), "partial" if reason else member.outcome, reason)
        )
        if not member.derived and unpack.find(bytes(body[:4096])):
            try:
                tree(bytes(body), budget.deeper(), found)
            except UnpackError as error:
                found.append((None, "skipped", error.reason))
    return found


def samples(shared, *folders: str) -> dict[str, bytes]:
    with (shared / "corpus/MANIFEST.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith(folders)]
    found = {}
    for row in rows:
        data = (shared / "corpus" / row["path"]).read_bytes()
        found[row["path"]] = lzma.decompress(data) if row["transform"].endswith("xz") else data
    return found


@pytest.mark.image
def test_members_as_7zip_and_python_have_them(shared):
    with (shared / "corpus/expected/documents/members.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sha256"]]
    compared = 0
    for path, data in samples(shared, "documents/").items():
        wanted = {row["sha256"] for row in rows if row["path"] == path}
        got = tree(data, Budget(len(data)), [])
        excuses = {outcome for _, outcome, _ in got} & {"locked", "unsupported"}
        missing = wanted - {sha256 for sha256, _, _ in got}
        assert not missing or excuses, path
        compared += len(wanted) - len(missing)
    assert compared > 180


@pytest.mark.image
def test_what_is_encrypted_is_told(shared):
    with (shared / "corpus/expected/documents/encryption.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["tool"] == "msoffcrypto"]
    files = samples(shared, "documents/office/", "documents/archives/test_compat_zip_7")
    compared = 0
    for row in rows:
        outcomes = {outcome for _, outcome, _ in tree(files[row["path"]], Budget(1 << 20), [])}
        if "drm" in row["path"]:  # msoffcrypto says plain; the body is under rights management
            assert "locked" in outcomes
        elif "testODT" not in row["path"] and "Pages" not in row["path"]:
            assert ("locked" in outcomes) == (row["state"] != "plain"), row["path"]
        compared += 1
    assert compared > 10


@pytest.mark.image
def test_pdfs_as_pdfminer_reads_them(shared):
    from pdfminer.high_level import extract_text

    folder = shared / "corpus/documents/pdf"
    for name in (
        "attachment.pdf",
        "unencrypted.pdf",
        "testPDFFileEmbInAnnotation.pdf",
        "testOverlappingText.pdf",
    ):
        mine = contents((folder / name).read_bytes())[0][1].decode()
        theirs = [
            word
            for word in extract_text(folder / name).split()
            if word.isascii() and word.isalpha()
        ]
        found = [word for word in theirs if word in mine]
        assert len(found) >= 0.95 * len(theirs) > 0, name
    locked = sum(
        contents((folder / f.name).read_bytes())[0][2] == "locked" for f in folder.iterdir()
    )
    assert locked == 3  # of six: three open without a password


@pytest.mark.image
def test_hostile_archives_end_with_a_reason(shared):
    sound = (
        "high_compression.zip", "invalid_traditional_eocd.zip",
        "7zip_malformed3.7z",  # an ELF
        ".iso.Z",  # of a disc's image the bytes are searched as they are
        "zerosize.7z", "test_read_format_rar_endarc_huge.rar",  # nothing is in them
        "rar5-evil-symlink-traversal.rar",  # only a name is evil
    )  # fmt: skip
    for path, data in samples(
        shared, "malformed/archives/", "malformed/bombs/", "malformed/misc/"
    ).items():
        got = tree(data, Budget(len(data), bytes_max=300 << 20, seconds=60), [])
        if "droste" in path:
            assert (None, "skipped", "BUDGET_DEPTH") in got
        elif path.startswith("malformed/archives/") and not path.endswith(sound):
            assert {outcome for _, outcome, _ in got} - {"examined"}, path
