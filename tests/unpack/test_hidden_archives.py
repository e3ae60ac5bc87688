"""Archives in other contents: in the sections of a program, behind a PDF, as letters in a mail; what is not opened is a row."""

from __future__ import annotations

import binascii
import io

import pyarrow as pa
import pytest
from packers import cab, pdf, zipped
from pyarrow import feather, parquet
from test_unpack import contents, short

TEXT = b"name,tel\r\n" * 40
PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(700)


def sized(data: bytes) -> bytes:
    """The cabinet with its size in its head."""
    return data[:8] + len(data).to_bytes(4, "little") + data[12:]


CABINET = sized(cab({"a.csv": TEXT}))


@pytest.mark.parametrize("head", [PROGRAM, b"\x7fELF" + bytes(90), b"GIF89a" + bytes(9)])
def test_a_cabinet_inside(head: bytes) -> None:
    """IExpress keeps it among the resources of its program."""
    assert short(head + CABINET + b"rest" * 90) == [("a.csv", len(TEXT), "examined", None)]
    both = short(head + CABINET + bytes(7) + CABINET)
    assert both == 2 * [("a.csv", len(TEXT), "examined", None)]


@pytest.mark.parametrize(
    "constant", [b"7z\xbc\xaf\x27\x1c", b"MSCF\0\0\0\0" + bytes(20), b"MSCF\0\0\0\0\xff\xff\xff\x7f" + CABINET[12:]]
)  # fmt: skip
def test_signatures_alone_are_no_archives(constant: bytes) -> None:
    assert not contents(PROGRAM + constant + bytes(200))


def test_stored_members_lie_where_they_are() -> None:
    from forensics import unpack

    data = PROGRAM + sized(cab({"a.csv": TEXT}, packed=False))
    unpacker = unpack.find(data[:4096])
    assert unpacker
    source = unpack.Buffer(data)
    for member in unpacker.members(source, unpack.Budget(len(data))):
        for start, end in member.places:
            assert data[start:end] in TEXT


def test_an_archive_behind_a_pdf() -> None:
    found = short(pdf(b"<</Type/Page>>") + zipped({"a.csv": TEXT}))
    assert found[1:] == [("a.csv", len(TEXT), "examined", None)]


def uuencoded(data: bytes, end: bytes = b"\n") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 list.csv\n".replace(b"\n", end) + b"".join(lines).replace(b"\n", end) + b"`" + end + b"end" + end  # fmt: skip


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_uuencode(end: bytes) -> None:
    coded = uuencoded(TEXT, end)
    assert contents(coded) == [("list.csv", TEXT, "examined", None, "uuencode")]
    stripped = end.join(line.rstrip(b" ") for line in coded.split(end))  # by a mail server
    assert contents(stripped)[0][1:3] == (TEXT, "examined")
    mail = b"From: a@example.jp\r\nSubject: x\r\n\r\nhere it is\r\n\r\n" + coded
    assert contents(mail)[2] == ("list.csv", TEXT, "examined", None, "uuencode")
    (cut,) = contents(coded[: coded.index(b"\n", 200) + 1])
    assert cut[2:4] == ("partial", "TRUNCATED")
    assert TEXT.startswith(cut[1])
    assert cut[1]


@pytest.mark.parametrize("charset", ["utf-7", "unicode-1-1-utf-7", "utf-32"])
def test_mail_in_an_encoding_that_its_bytes_do_not_tell(charset: str) -> None:
    head = f"From: a@example.jp\nSubject: x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
    codec = charset.removeprefix("unicode-1-1-")
    body = binascii.b2a_base64("氏名：蓮見 貴子\n".encode(codec))
    assert contents(head.encode() + body)[1][1] == "氏名：蓮見 貴子\n".encode()


def test_columns_are_a_row() -> None:
    table, column, arrow = pa.table({"name": ["a", "b"]}), io.BytesIO(), io.BytesIO()
    parquet.write_table(table, column)
    feather.write_feather(table, arrow)
    for data, name in ((column.getvalue(), "Parquet"), (arrow.getvalue(), "Arrow")):
        assert [one[2:] for one in contents(data)] == [("unsupported", "UNSUPPORTED", name)]
