"""Builds small containers of every format, so that facts need no corpus."""

from __future__ import annotations

import base64
import io
import lzma
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa

TEXT = "番号,氏名,住所\n1,蓮見 貴子,例題市1-2-3\n".encode("cp932") * 40


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2022, 6, 21, 9, 0, 0)), data, method)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


SHEET = """<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://x"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>生年月日</t></is></c></row>
<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>123456789012</v></c><c r="C2" s="1"><v>28567</v></c></row>
<row r="3"><c r="A3" t="s"><v>99</v></c><c r="B3"><v>1.5</v></c><c r="C3" t="b"><v>1</v></c></row>
</sheetData></worksheet>"""
STRINGS = """<sst xmlns="http://x"><si><t>氏名</t></si>
<si><r><t>蓮見</t></r><r><t> 貴子</t></r><rPh sb="0" eb="2"><t>ハスミ</t></rPh></si></sst>"""
STYLES = """<styleSheet xmlns="http://x"><numFmts><numFmt numFmtId="176" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/></cellXfs></styleSheet>"""
XLSX = zipped(
    {
        "[Content_Types].xml": b"<Types/>",
        "xl/worksheets/sheet1.xml": SHEET.encode(),
        "xl/sharedStrings.xml": STRINGS.encode(),
        "xl/styles.xml": STYLES.encode(),
    }
)
BODY = """<w:document xmlns:w="http://w"><w:body><w:p><w:r><w:t>蓮見</w:t></w:r><w:r><w:t xml:space="preserve"> 貴子</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:t>A &amp; B</w:t></w:p></w:tc></w:tr></w:tbl><w:del><w:delText>消した名</w:delText></w:del></w:body></w:document>"""
DOCX = zipped(
    {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": BODY.encode(),
        "word/comments.xml": b"<c>note</c>",
    }
)
SENDER = base64.b64encode("蓮見 貴子".encode("iso2022_jp")).decode()
MAIL = f"""From: =?iso-2022-jp?B?{SENDER}?= <a@example.com>
To: b@example.com
Subject: =?utf-8?Q?=E9=80=81=E4=BB=98?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="xx"

--xx
Content-Type: text/plain; charset=iso-2022-jp
Content-Transfer-Encoding: quoted-printable

hello =3D world
--xx
Content-Type: application/octet-stream; name*=utf-8''%E5%90%8D%E7%B0%BF.csv
Content-Disposition: attachment; filename*=utf-8''%E5%90%8D%E7%B0%BF.csv
Content-Transfer-Encoding: base64

MSwyLDMK
--xx--
""".encode()
MBOX = b"".join(b"From a@example.com Mon Jun 20 01:01:07 2022\n" + MAIL + b"\n" for _ in range(3))


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file of 512-byte sectors; all streams in the mini stream.

    Names with slashes lie in storages; the entries of a storage hang on each other to the right.
    """
    mini, table = bytearray(), []
    storages = {name[:at] for name in streams for at, char in enumerate(name) if char == "/"}
    entries = [("", 5, 1, 0)]
    entries += [(path, 1, 0, 0) for path in sorted(storages)]
    for path, data in streams.items():
        first = len(mini) // 64
        mini += data.ljust(-(-len(data) // 64) * 64, b"\0")
        table += [*range(first + 1, len(mini) // 64), 0xFFFFFFFE] if data else []
        entries.append((path, 2, first if data else 0xFFFFFFFE, len(data)))
    entries[0] = ("", 5, 1, len(mini))
    above = [path.rpartition("/")[0] if path else None for path, *_ in entries]
    directory = b""
    for number, (path, kind, start, size) in enumerate(entries):
        name = path.rpartition("/")[2] or "Root Entry"
        below = [one for one, holder in enumerate(above) if holder == path and kind != 2]
        beside = [
            one for one in range(number + 1, len(entries)) if number and above[one] == above[number]
        ]
        links = [0xFFFFFFFF, min(beside, default=0xFFFFFFFF), min(below, default=0xFFFFFFFF)]
        directory += name.encode("utf-16-le").ljust(64, b"\0") + struct.pack(
            "<HBB", 2 * len(name) + 2, kind, 1
        )
        directory += struct.pack("<3I", *links) + bytes(36) + struct.pack("<IQ", start, size)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    mini_sectors, dir_sectors = -(-len(mini) // 512), len(directory) // 512
    mini_fat = struct.pack(f"<{len(table)}I", *table)
    mini_fat = mini_fat.ljust(-(-len(mini_fat) // 512) * 512, b"\xff")
    chain = lambda first, count: [*range(first + 1, first + count), 0xFFFFFFFE]  # noqa: E731
    dir_start = 1 + mini_sectors
    mini_start = dir_start + dir_sectors
    fat = [0xFFFFFFFD, *chain(1, mini_sectors), *chain(dir_start, dir_sectors)]
    fat += chain(mini_start, len(mini_fat) // 512)
    head = (
        bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    )
    head = head.ljust(44, b"\0") + struct.pack(
        "<IIIIIIII",
        1,
        dir_start,
        0,
        max(4096, 1 + max(map(len, streams.values()))),
        mini_start,
        len(mini_fat) // 512,
        0xFFFFFFFE,
        0,
    )
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return (
        head + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
        + bytes(mini).ljust(mini_sectors * 512, b"\0") + directory + mini_fat
    )  # fmt: skip


def pdf(*objects: bytes | tuple[bytes, bytes]) -> bytes:
    """A PDF of numbered objects; a pair is the inside of a dictionary and its Flate stream."""
    out = b"%PDF-1.7\n"
    for number, given in enumerate(objects, 1):
        body = given
        if isinstance(given, tuple):
            packed = zlib.compress(given[1])
            head = b"<</Filter/FlateDecode/Length %d %s>>" % (len(packed), given[0])
            body = head + b"\nstream\n" + packed + b"\nendstream"
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return out + b"trailer<</Root 1 0 R>>\n%%EOF\n"


CMAP = b"""1 begincodespacerange <0000> <FFFF> endcodespacerange
2 beginbfchar <0001> <84EE> <0002> <2F92> endbfchar
2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<8CB4> <5B50>] endbfrange"""
PDF = pdf(
    b"<</Type/Page/Resources 2 0 R/Contents[3 0 R]/Annots[6 0 R]>>",
    b"<</Font<</F1 4 0 R/F2 8 0 R/F3 10 0 R>>/XObject<</X 9 0 R>>>>",
    (
        b"",
        (
            b"BT /F1 10 Tf 1 0 0 1 50 700 Tm <0001> Tj [<0002> -1200 <0020> 10 <0021>] TJ"
            b" 200 0 Td <001000110012> Tj 0 -20 Td /F2 10 Tf (\x96\xbc\x95\xeb \\(1\\)) Tj"
            b" T* /F3 10 Tf (plain) ' ET q /X Do Q"
        ),
    ),
    b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 5 0 R/DescendantFonts[<</DW 1000/W[16 18 500]>>]>>",
    (b"", CMAP),
    b"<</Type/Annot/Contents<FEFF6CE8>>>",
    (b"/Type/ObjStm/N 1/First 5", b"9 0  <</Subtype/Form>>"),
    b"<</Type/Font/Subtype/Type0/Encoding/90ms-RKSJ-H>>",
    (b"/Subtype/Form", b"BT /F3 10 Tf 1 0 0 1 50 600 Tm (in a form) Tj ET"),
    b"<</Type/Font/Subtype/Type1>>",
    b"<</Type/Filespec/F(x)/UF<FEFF540D7C3F002E006300730076>/EF<</F 12 0 R>>>>",
    (b"/Type/EmbeddedFile", b"1,2,3\n"),
)


def _biff(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack("<HH", kind, len(body)) + body


def xls() -> bytes:
    """BIFF8: a shared string that goes on in a CONTINUE record in other characters, RK, date, formula."""
    name = "蓮見 貴子"
    strings = struct.pack("<II", 2, 2) + struct.pack("<HB", 2, 1) + "氏名".encode("utf-16-le")
    strings += struct.pack("<HBH", len(name) + 2, 9, 1) + name.encode("utf-16-le")
    sheet = _biff(0x0809, b"\0\6\x10\0" + bytes(12))
    for row, place in ((0, 0), (1, 1)):
        sheet += _biff(0xFD, struct.pack("<HHHI", row, 0, 0, place))
    sheet += _biff(0x027E, struct.pack("<HHHI", 1, 2, 0, 12345 << 2 | 3))
    sheet += _biff(0x0203, struct.pack("<HHHd", 1, 3, 1, 28567.0))
    sheet += _biff(0xBD, struct.pack("<HHHIHIH", 2, 0, 0, 7 << 2 | 2, 0, 8 << 2 | 2, 1))
    sheet += _biff(0x06, struct.pack("<HHH", 2, 2, 0), bytes(6) + b"\xff\xff" + bytes(8))
    sheet += _biff(0x0207, struct.pack("<HB", 3, 0) + b"abc") + _biff(0x0A)
    books = [b""]
    for _ in range(2):  # the second time with the sheet's offset
        books.append(
            _biff(0x0809, b"\0\6\5\0" + bytes(12))
            + _biff(0x041E, struct.pack("<HHB", 176, 8, 0) + b"yyyy/m/d")
            + _biff(0xE0, bytes(20)) + _biff(0xE0, struct.pack("<HH", 0, 176) + bytes(16))
            + _biff(0x85, struct.pack("<IBBBB", len(books[-1]), 0, 0, 1, 0) + b"A")
            + _biff(0xFC, strings) + _biff(0x3C, b"\0no" + bytes(4)) + _biff(0x0A)
        )  # fmt: skip
    return ole({"Workbook": books[-1] + sheet})


def database(
    folder: Path, script: str, rows: dict[str, list[tuple[object, ...]]], after: str = ""
) -> bytes:
    """A SQLite database: a script, rows by table, a second script."""
    place = folder / "sample.db"
    place.unlink(missing_ok=True)
    base = sqlite3.connect(place, isolation_level=None)
    base.executescript(script)
    for table, values in rows.items():
        marks = ",".join("?" * len(values[0]))
        base.execute("begin")
        base.executemany(f"insert into {table} values ({marks})", values)
        base.execute("commit")
    base.executescript(after)
    base.close()
    return place.read_bytes()


def cab(files: dict[str, bytes], *, packed: bool = True) -> bytes:
    """A cabinet of one folder, MSZIP or stored, without checksums."""
    body, blocks, before = b"".join(files.values()), [], b""
    for at in range(0, len(body), 32_768):
        data = body[at : at + 32_768]
        raw = data
        if packed:
            coder = zlib.compressobj(9, zlib.DEFLATED, -15, 9, 0, *([before] if before else []))
            raw, before = b"CK" + coder.compress(data) + coder.flush(), data
        blocks.append(struct.pack("<IHH", 0, len(raw), len(data)) + raw)
    entries, offset = b"", 0
    for name, data in files.items():
        entries += struct.pack("<IIHHHH", len(data), offset, 0, 0x54D5, 0x4800, 0x80)
        entries += name.encode() + b"\0"
        offset += len(data)
    head = struct.pack(
        "<4sIIIIIBBHHHHH", b"MSCF", 0, 0, 0, 44, 0, 3, 1, 1, len(files), 0, 0, 0
    ) + struct.pack("<IHH", 44 + len(entries), len(blocks), int(packed))
    return head + entries + b"".join(blocks)


def rar(files: dict[str, bytes]) -> bytes:
    """RAR 5 with stored files."""

    def block(body: bytes) -> bytes:
        sized = bytes([len(body)]) + body
        return zlib.crc32(sized).to_bytes(4, "little") + sized

    def vint(value: int) -> bytes:
        return bytes([value & 0x7F | 0x80, value >> 7 & 0x7F | 0x80, value >> 14])

    out = b"Rar!\x1a\x07\1\0" + block(b"\1\0\0")
    for name, data in files.items():
        raw = name.encode()
        body = b"\2\2" + vint(len(data)) + b"\4" + vint(len(data)) + b"\0"
        body += zlib.crc32(data).to_bytes(4, "little") + b"\0\0" + bytes([len(raw)]) + raw
        out += block(body) + data
    return out + block(b"\5\0\0")


def lzh(name: str, data: bytes, size: int, method: bytes = b"-lh0-") -> bytes:
    """An entry with a header of level 0; data as packed, size and CRC of what comes out."""
    raw = name.encode("cp932")
    crc = lzh_crc(data) if method == b"-lh0-" else size >> 32
    rest = method + struct.pack("<IIIBB", len(data), size & 0xFFFFFFFF, 0, 0x20, 0)
    rest += bytes([len(raw)]) + raw + struct.pack("<H", crc)
    return bytes([len(rest), sum(rest) & 255]) + rest + data


def lzh_crc(data: bytes) -> int:
    """CRC-16 bit by bit, as the format's paper has it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def _number(value: int) -> bytes:
    """A number of the 7z header, in its longest form."""
    return b"\xff" + value.to_bytes(8, "little")


LZMA2 = b"\x01\x21\x21\x01\x10"  # one coder, its id, one byte of properties: 1 MiB


def sevenz(
    files: dict[str, bytes],
    chain: list[dict] | None = None,
    coders: bytes = LZMA2,
    body: bytes | None = None,
) -> bytes:
    """A solid 7z archive: one folder, its header not packed. chain: filters before LZMA2.

    body: its packed bytes, made by the test.
    """
    filters = [*(chain or []), {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    whole = b"".join(files.values())
    packed = body or lzma.compress(whole, lzma.FORMAT_RAW, filters=filters)
    sizes = [_number(len(data)) for data in files.values()]
    crcs = b"".join(zlib.crc32(data).to_bytes(4, "little") for data in files.values())
    names = b"\0" + b"".join((name + "\0").encode("utf-16-le") for name in files)
    outputs = coders[0]  # each gives as many bytes
    header = b"".join((
        b"\1\4", b"\6\0", _number(1), b"\x09", _number(len(packed)), b"\0",
        b"\7\x0b", _number(1), b"\0", coders, b"\x0c", _number(len(whole)) * outputs, b"\0",
        b"\x08\x0d", _number(len(files)), b"\x09", *sizes[:-1], b"\x0a\1", crcs, b"\0\0",
        b"\5", _number(len(files)), b"\x11", _number(len(names)), names, b"\0\0",
    ))  # fmt: skip
    place = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    start = b"7z\xbc\xaf\x27\x1c\0\4" + zlib.crc32(place).to_bytes(4, "little") + place
    return start + packed + header


def iwa(data: bytes) -> bytes:
    """An archive of an iWork document: chunks of what is first a length and a protocol buffer."""
    out, data = b"", b"\x0a\x08\x01" + bytes(8) + data
    for at in range(0, len(data), 1 << 16):
        packed = pa.compress(data[at : at + (1 << 16)], "snappy", asbytes=True)
        out += b"\0" + len(packed).to_bytes(3, "little") + packed
    return out


def compressed(data: bytes, most: int = 16) -> bytes:
    """Unix compress: LZW, codes from the lowest bit on, in groups of eight of a width."""
    table = {bytes((code,)): code for code in range(256)}
    following, width, group, out = 257, 9, [], b""

    def close(length: int) -> bytes:
        number = sum(code << place * width for place, code in enumerate(group))
        group.clear()
        return number.to_bytes(length, "little")

    codes, word = [], b""
    for byte in data:
        longer = word + bytes((byte,))
        if longer in table:
            word = longer
            continue
        codes.append(table[word])
        if following < 1 << most:
            table[longer], following = following, following + 1
        word = longer[-1:]
    codes += [table[word]] if word else []
    size = 257
    for code in codes:
        group.append(code)
        size += 1
        if len(group) == 8 or (size > 1 << width and width < most):
            out += close(width)
        if size > 1 << width and width < most:
            width += 1
    return b"\x1f\x9d" + bytes((0x80 | most,)) + out + close(-(-len(group) * width // 8))


def lzipped(data: bytes) -> bytes:
    """One member of lzip with a dictionary of 64 KiB."""
    chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
    alone = lzma.compress(data, lzma.FORMAT_ALONE, filters=chain)[13:]  # with an end mark
    tail = struct.pack("<IQQ", zlib.crc32(data), len(data), 6 + len(alone) + 20)
    return b"LZIP\x01\x10" + alone + tail


def cpio(files: dict[str, bytes], form: str = "newc") -> bytes:
    """cpio as `newc` or `odc` text, or binary in either order of bytes (`<`, `>`)."""
    out = b""
    for name, data in {**files, "TRAILER!!!": b""}.items():
        raw = name.encode("euc_jp") + b"\0"
        if form == "newc":
            fields = [1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0]
            out += b"070701" + b"".join(b"%08X" % field for field in fields) + raw
            out += bytes(-len(out) % 4) + data
            out += bytes(-len(out) % 4)
        elif form == "odc":
            out += b"070707" + b"%06o" * 7 % (1, 1, 0o100644, 0, 0, 1, 0)
            out += b"%011o%06o%011o" % (0, len(raw), len(data)) + raw + data
        else:
            fields = [
                0o070707,
                1,
                1,
                0o100644,
                0,
                0,
                1,
                0,
                0,
                0,
                len(raw),
                len(data) >> 16,
                len(data) & 0xFFFF,
            ]
            out += struct.pack(f"{form}13H", *fields) + raw + bytes(len(raw) % 2)
            out += data + bytes(len(data) % 2)
    return out
