"""Text of documents: RTF, HTML, Word and PowerPoint of 97, OpenDocument; rows stay rows."""

from __future__ import annotations

import binascii
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from packers import ole, zipped
from samples import HTML, RTF
from test_unpack import contents


def text(data: bytes, name: str = "~text") -> str:
    return next(body for member, body, *_ in contents(data) if member == name).decode()


def test_rtf() -> None:
    assert text(RTF) == "No. 1\t蓮見 連子\t\n注 end\n"
    assert contents(RTF)[1][:2] == ("object0", bytes.fromhex("0105000041414141"))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (rb"\'93\'fa\'96\'7b", "日本"),
        (rb"\f1 \'93\'fa\'96\'7b", "日本"),  # a Latin font in a Japanese document
        (rb"\f2 \'c8\'d5", "日"),  # GBK by its font
        (rb"\f3 \'e9\'e0", "йа"),
        (rb"\u26085 ?\u26412\'96x", "日本x"),
        (rb"\uc2\u26085 ab\u-10179\'00\'00\u-8704 xxb", "日\U0001f600b"),
        (rb"{\*\bkmkstart x}a{\*\unknown b}{\pict 00ff}\~c\_d\{\}\\", "ab c-d{}\\"),
        (rb"\pard\intbl A\par B\cell C\cell\row\pard D\par", "A B\tC\t\nD\n"),
        (rb"a\bin5 }}}}}b", "ab"),
    ],
)
def test_rtf_characters(body: bytes, shown: str) -> None:
    fonts = rb"{\fonttbl{\f1\fcharset0 A;}{\f2\fcharset134 B;}{\f3\fcharset204 C;}}"
    found = text(rb"{\rtf1\ansi\ansicpg932" + fonts + body + b"}")
    assert found.startswith(shown)


def test_rtf_that_is_cut() -> None:
    ((_, body, outcome, reason, _),) = contents(rb"{\rtf1 {\b seen")
    assert (body, outcome, reason) == (b"seen", "partial", "TRUNCATED")
    assert contents(rb"{\rtf1" + b"{" * 2000)[0][2:4] == ("partial", "DAMAGED")


def test_html_in_rows() -> None:
    assert "\n蓮見 貴子\t090-0000 \t\n" in text(HTML)
    assert "表" in text(HTML)
    assert "注" in text(HTML)


@pytest.mark.parametrize(
    "data",
    [
        "<html><p>蓮見&nbsp;貴子".encode("utf-16"),
        "<html><p>蓮見 貴子".encode("utf-16-le"),
        "<html><p>名は 蓮見 貴子".encode("euc_jp"),
        "<html><p>蓮見 貴子".encode("iso2022_jp"),
        b"<HTML><p>&#34030;&#x898B; &#36020;&#23376;",
        "<!-- x -->\n<table><tr><td>蓮見 貴子".encode(),
    ],
)
def test_html_encodings(data: bytes) -> None:
    assert "蓮見 貴子" in text(data).replace("\xa0", " ")


def test_html_without_end() -> None:
    assert text(b"<html>" + b"<" * 200_000 + b"end").endswith("end")
    assert text(b"<html><td " + b"a" * 200_000 + b">end").endswith("end")


def word(*pieces: tuple[str, bool], version: int = 0xC1) -> bytes:
    return ole(word_streams(*pieces, version=version))


def word_streams(*pieces: tuple[str, bool], version: int = 0xC1) -> dict[str, bytes]:
    """A document of pieces of text, UTF-16 or 8-bit, in another order than they lie in."""
    stream, places = bytearray(600), []
    for shown, double in reversed(pieces):
        places.insert(0, len(stream) if double else len(stream) * 2 | 0x40000000)
        stream += shown.encode("utf-16-le" if double else "cp1252")
    borders = [0]
    for shown, _ in pieces:
        borders.append(borders[-1] + len(shown))
    table = struct.pack(f"<{len(borders)}I", *borders)
    table += b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    table = b"\1\3\0abc\2" + struct.pack("<I", len(table)) + table
    struct.pack_into("<HHxxxxxxH", stream, 0, 0xA5EC, version, 0x200)
    struct.pack_into("<II", stream, 418, 5, len(table))
    return {"WordDocument": bytes(stream), "1Table": b"xxxxx" + table, "0Table": b"no"}


def test_word_in_pieces() -> None:
    data = word(
        ("氏名\x07電話\x07\x07蓮見 貴子\x07", True),
        ("090-0000-0000\x07\x07", False),
        ("終\r", True),
    )
    assert text(data) == "氏名\t電話\t\n蓮見 貴子\t090-0000-0000\t\n終\n"
    cut = word(("長い" * 50, True))
    found = contents(cut.replace(struct.pack("<II", 0, 100), struct.pack("<II", 0, 9_000_000)))
    assert [entry[2:4] for entry in found if entry[0] == "~text"] == [("partial", "DAMAGED")]


def test_a_document_in_a_document_has_its_own_table() -> None:
    inner = word_streams(("貴子", True), ("inner", False))
    streams = {f"ObjectPool/_1/{name}": data for name, data in inner.items()}
    found = contents(ole(streams | word_streams(("蓮見", True), ("outer text", False))))
    texts = [body.decode() for name, body, *_ in found if name.startswith("~text")]
    assert texts == ["貴子inner", "蓮見outer text"]


def test_word_95() -> None:
    body = "古い文書 蓮見\r".encode("cp932")
    stream = bytearray(512) + body
    struct.pack_into("<HH", stream, 0, 0xA5DC, 104)
    struct.pack_into("<II", stream, 24, 512, 512 + len(body))
    assert text(ole({"WordDocument": bytes(stream)})) == "古い文書 蓮見\n"


def test_powerpoint() -> None:
    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    inner = record(0xFA0, "蓮見\r貴子".encode("utf-16-le")) + record(0xFA8, b"plain")
    stream = record(1000, record(1006, inner, 15) + record(3999, b"1234"), 15)
    stream += record(0xFBA, "注".encode("utf-16-le")) + bytes(8) + b"rest"
    assert text(ole({"PowerPoint Document": stream})) == "蓮見\n貴子\nplain\n注\n"
    cut = contents(ole({"PowerPoint Document": stream[:40]}))
    assert cut[-1][2:4] == ("partial", "TRUNCATED")


def test_records_of_slides_that_do_not_fit() -> None:
    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    styles = record(0x428, b"PK\3\4" + bytes(range(60)), 15)  # not what its version says
    last = record(1000, record(0xFA8, b"after"), 15)
    assert text(ole({"PowerPoint Document": styles + last})) == "after\n"
    broken = record(1006, record(0xFA8, b"before") + struct.pack("<HHI", 0, 0xFA8, 9999), 15)
    found = contents(ole({"PowerPoint Document": record(1000, broken, 15) + last}))
    assert found[-1][1:4] == (b"before\nafter\n", "partial", "TRUNCATED")


def test_files_inside_slides() -> None:
    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    inner = ole({"Workbook": b"rows"})
    packed = struct.pack("<I", len(inner)) + zlib.compress(inner)
    packed = packed[:-4]  # PowerPoint leaves out the end
    stream = record(0xFA8, b"plain") + record(0x1011, packed, 0x10) + record(0x1011, inner)
    found = contents(ole({"PowerPoint Document": stream + record(0x1011, packed[:40], 0x10)}))
    assert [(name, body) for name, body, *_ in found if name in ("object0", "object1")] == [
        ("object0", inner), ("object1", inner),
    ]  # fmt: skip
    assert found[-1][0] == "object2"
    assert found[-1][3] == "TRUNCATED"


def package(name: str, data: bytes) -> bytes:
    """A file as the Packager of Windows puts it into a document, without its length."""
    path = rf"C:\Temp\{name}".encode("cp932") + b"\0"
    head = b"\2\0" + name.encode("cp932") + b"\0" + path + struct.pack("<HHI", 0, 3, len(path))
    return head + path + struct.pack("<I", len(data)) + data + b"more"


def test_files_put_into_a_document() -> None:
    inner = package("名簿表.csv", b"rows")
    native = struct.pack("<I", len(inner)) + inner
    found = contents(
        ole({"ObjectPool/_1/\x01Ole10Native": native, "other/\x01Ole10Native": b"\2\0\0\0\2\0"})
    )
    assert [(name, body) for name, body, *_ in found] == [
        ("ObjectPool/_1/\x01Ole10Native", native),
        ("ObjectPool/_1/名簿表.csv", b"rows"),
        ("other/\x01Ole10Native", b"\2\0\0\0\2\0"),
    ]
    cut = contents(ole({"\x01Ole10Native": native.replace(b"\4\0\0\0rows", b"\x99\0\0\0rows")}))
    assert cut[1][1:4] == (b"rowsmore", "partial", "TRUNCATED")
    head = struct.pack("<III", 0x501, 2, 8) + b"Package\0" + struct.pack("<III", 0, 0, len(inner))
    rtf = rb"{\rtf1 text{\object{\*\objdata " + binascii.hexlify(head + inner) + b"}}}"
    assert [(name, body) for name, body, *_ in contents(rtf)][1:] == [
        ("object0/名簿表.csv", b"rows")
    ]


CELL = "<table:table-cell{0}><text:p>{1}</text:p></table:table-cell>"


def test_rows_of_opendocument() -> None:
    body = (
        "<x><table:table-row>" + CELL.format("", "蓮見") + CELL.format(' table:number-columns-repeated="2"', "")
        + CELL.format(' office:value-type="float" office:value="123456789012"', "1.23E+11")
        + "</table:table-row></x>"
    ).replace("<x>", '<x xmlns:table="a" xmlns:text="b" xmlns:office="c">')  # fmt: skip
    data = zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": body.encode(),
        },
        zipfile.ZIP_STORED,
    )
    assert [cell.strip() for cell in text(data).splitlines()[0].split("\t")] == [
        "蓮見",
        "",
        "",
        "123456789012",
        "",
    ]


@pytest.mark.parametrize("seed", range(40))
def test_damage_ends_with_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.choice((RTF, HTML, word(("蓮見", True), ("090", False)))))
    for _ in range(chance.choice((1, 5, 50))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    for _, body, outcome, reason, _ in contents(bytes(data[: chance.randrange(len(data) + 1)])):
        assert outcome in ("examined", "partial", "locked"), reason
        assert reason or body is not None


@pytest.mark.image
def test_documents_of_office(shared: Path) -> None:
    import lzma

    def real(name: str) -> bytes:
        raw = (shared / "corpus/documents" / name).read_bytes()
        return lzma.decompress(raw) if name.endswith(".xz") else raw

    assert "ゾルゲと尾崎、淡々と最期" in text(real("office/testRTFJapanese.rtf.xz"))
    assert "δοκιμή@παράδειγμα.δοκιμή\n甲斐@黒川.日本" in text(real("text/utf8-examples.rtf.xz"))
    assert "Pelé@example.com" in text(real("text/utf8-examples.rtf.xz"))
    assert "lorem ipsum" in text(real("office/rc4cryptoapi_password_plain.doc.xz"))
    assert "Adding more text" in text(real("office/testWORD_embedded_rtf.doc.xz"))
    assert "Lorem ipsum" in text(real("office/plain.ppt.xz"))
    assert "This is a sample text" in text(real("text/testHTML_charset_utf16le.html"))
