"""What PDF files keep beside the content of their pages, and what may stand in the way of it."""

from __future__ import annotations

import zlib

import pytest
from packers import pdf
from test_unpack import contents

PAGE = b"<</Type/Page/Contents 2 0 R/Resources<</Font<</F 3 0 R>>>>%s>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def lines(data: bytes) -> list[str]:
    name, body, *_ = contents(data)[0]
    assert name == "~text"
    return [line for line in body.decode().split("\n") if line]


def shown(text: bytes) -> tuple[bytes, bytes]:
    return b"", b"BT /F 10 Tf (" + text + b") Tj ET"


def made(content: tuple[bytes, bytes], font: bytes = FONT, *more: bytes | tuple, page: bytes = b"") -> bytes:  # fmt: skip
    return pdf(PAGE % page, content, font, *more)


# --- content --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\nEI Q\n", b" EI\n"])
def test_an_image_in_the_content_hides_no_text(end: bytes) -> None:
    image = b"q BI /W 4 /H 2 /BPC 8 ID (((\\\x00\xffEI\x80 <<" + end
    content = b"BT /F 10 Tf (before) Tj ET " + image + b"BT /F 10 Tf 0 -20 Td (after it) Tj ET"
    assert lines(made((b"", content))) == ["before", "after it"]


def test_names_of_pictures_and_old_encodings() -> None:
    named = b"<</Type/Font/Encoding<</Differences[1/f_i/Adieresis/ccaron/fl/germandbls/uni84EE8CB4/g7]>>>>"
    assert lines(made(shown(b"\\001n\\002\\003\\004\\005\\006\\101"), named)) == ["finÄčflß蓮貴A"]
    assert lines(made(shown(b"caf\\216"), b"<</Type/Font/Encoding/MacRomanEncoding>>")) == ["café"]


def test_a_font_names_its_own_codes() -> None:
    program = b"%!PS\n/Encoding 256 array dup 12 /fi put dup 34 /quotedblright put readonly def\ncurrentfile eexec \0\0"
    font = b"<</Type/Font/Subtype/Type1/FontDescriptor<</FontFile 4 0 R>>>>"
    assert lines(made(shown(b"\\014nd\\042"), font, (b"", program))) == ["find”"]


def test_a_map_of_two_bytes_for_a_font_of_one() -> None:
    cmap = b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0041> <84EE> endbfchar"
    font = b"<</Type/Font/Subtype/TrueType/ToUnicode 4 0 R>>"
    assert lines(made(shown(b"AB"), font, (b"", cmap))) == ["蓮B"]


def test_run_lengths() -> None:
    packed = b"\x0bBT /F 10 Tf \x04(run \xfes\x07) Tj ET \x80"
    stream = b"<</Filter/RunLengthDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    assert lines(pdf(PAGE % b"", stream, FONT)) == ["run sss"]


def test_a_stream_that_was_left_open_is_whole() -> None:
    packer = zlib.compressobj()
    packed = packer.compress(shown(b"whole")[1]) + packer.flush(zlib.Z_SYNC_FLUSH)
    stream = b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    data = pdf(PAGE % b"", stream, FONT)
    assert lines(data) == ["whole"]
    assert contents(data)[0][2:4] == ("examined", None)
    assert contents(data.replace(packed, packed[:-4]))[0][2:4] == ("partial", "TRUNCATED")


def test_the_length_of_a_stream_may_be_an_object() -> None:
    inner = pdf(b"<</Type/Page>>", b"<</Length 3>>\nstream\nabc\nendstream")
    file = b"<</Type/EmbeddedFile/Length 5 0 R>>\nstream\n" + inner + b"\nendstream"
    found = contents(pdf(PAGE % b"", shown(b"outer"), FONT, file, b"%d" % len(inner)))
    assert [(name, body) for name, body, *_ in found[1:]] == [("4", inner)]


# --- beside the content ---------------------------------------------------------------------------


def test_what_annotations_show() -> None:
    page = b"/Annots[4 0 R 5 0 R]"
    stamp, box = (
        b"<</Subtype/Stamp/AP<</N 6 0 R>>>>",
        b"<</FT/Btn/AP<</N<</On 7 0 R/Off 8 0 R>>>>>>",
    )
    forms = [(b"/Subtype/Form", shown(text)[1]) for text in (b"stamped", b"yes", b"no")]
    assert lines(made(shown(b"page"), FONT, stamp, box, *forms, page=page)) == ["page", "stamped", "yes", "no"]  # fmt: skip


def test_strings_at_any_depth() -> None:
    page = b"/Annots[<</Subtype/Link/A<</S/URI/URI(mailto:a@example.jp)>>>><</T(Hasumi)/Contents(seen)>>]"
    choice = (
        b"<</FT/Ch/V[(one)(two)]/Opt[[(1)(first)](second)]/DA(/Helv 0 Tf)/CreationDate(D:2026)>>"
    )
    table = b"[/Indexed/DeviceRGB 3<000102030405060708090A0B>]"
    signature = b"<</Type/Sig/ByteRange[0 1 2 3]/Contents<3082>/Reason(approved)>>"
    found = lines(made(shown(b"page"), FONT, choice, table, signature, page=page))
    assert found[0] == "page"
    assert sorted(found[1:]) == sorted(
        ["mailto:a@example.jp", "Hasumi", "seen", "one", "two", "1", "first", "second", "approved"]
    )


def test_strings_without_a_mark() -> None:
    info = b"<</Title(\x96\xbc\x95\xeb.doc)/Author(M\xfcller)/Subject(\xff\xfe\x0d\x54)>>"
    found = lines(made(shown(b"page"), FONT, info))
    assert {"名簿.doc", "Müller", "名"} <= set(found)


def test_files_that_only_their_place_tells() -> None:
    """A stream without a type that a remark has; and names of files inside other values."""
    page = b"/Annots[<</Subtype/FileAttachment/FS<</F(a.csv)/UF<FEFF540D>/EF<</F 4 0 R>>>>>>]"
    found = contents(made(shown(b"page"), FONT, (b"", b"rows"), page=page))
    assert [(name, body) for name, body, *_ in found[1:]] == [("名", b"rows")]


def test_packed_streams_of_text() -> None:
    form = b"<</AcroForm<</XFA[(datasets)4 0 R(form)5 0 R]>>/Names<</JS 6 0 R>>>>"
    parts = [(b"", b"<name>Hasumi</name>"), (b"", b"<form/>"), (b"", b"alert(1)")]
    found = contents(made(shown(b"page"), FONT, *parts, form))
    assert [(name, body) for name, body, *_ in found[1:]] == [
        ("XFA4", b"<name>Hasumi</name>"), ("XFA5", b"<form/>"), ("JS6", b"alert(1)"),
    ]  # fmt: skip


# --- older states ---------------------------------------------------------------------------------


def stream(number: int, content: bytes, head: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"%d 0 obj\n<</Filter/FlateDecode/Length %d%s>>\nstream\n%s\nendstream\nendobj\n" % (number, len(packed), head, packed)  # fmt: skip


def test_older_content_of_a_page_is_read_behind_what_it_is_now() -> None:
    data = made(shown(b"Hasumi Takako")) + stream(2, shown(b"redacted")[1]) + b"%%EOF\n"
    assert lines(data) == ["redacted", "Hasumi Takako"]


def test_the_last_state_of_an_object_counts_wherever_it_stands() -> None:
    def packed(number: int, title: bytes) -> bytes:
        return stream(number, b"9 0 <</Title(%s)>>" % title, b"/Type/ObjStm/N 1/First 4")

    data = pdf(b"<</Type/Catalog/A 9 0 R>>") + packed(5, b"first") + b"9 0 obj\n<</Title(second)>>\nendobj\n" + packed(6, b"third")  # fmt: skip
    assert lines(data) == ["third", "first", "second"]


def test_an_older_state_with_the_same_content_is_not_told_again() -> None:
    data = made(shown(b"page")) + b"1 0 obj\n" + PAGE % b"/Rotate 90" + b"\nendobj\n"
    assert lines(data) == ["page"]


def test_older_files_are_members_too() -> None:
    data = pdf(b"<</EF<</F 2 0 R>>/F(a.csv)>>", (b"/Type/EmbeddedFile", b"new"))
    data = data.replace(b"2 0 obj", stream(2, b"old", b"/Type/EmbeddedFile") + b"2 0 obj", 1)
    found = contents(data)
    assert sorted((name, body) for name, body, *_ in found[1:]) == [("a.csv", b"new"), ("a.csv", b"old")]  # fmt: skip
