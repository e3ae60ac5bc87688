"""Documents as real programs write them: days from 1904, comments, places of shapes, lists of HTML, flat XML."""

from __future__ import annotations

import struct

import pytest
from packers import SHEET, STRINGS, STYLES, _biff, ole, zipped
from test_unpack import contents
from test_xlsb import SHEET as BINARY_SHEET
from test_xlsb import STRINGS as BINARY_STRINGS
from test_xlsb import STYLES as BINARY_STYLES
from test_xlsb import record

TYPES = b"<Types/>"


def derived(data: bytes, name: str = "~text") -> str:
    return next(body for member, body, *_ in contents(data) if member == name).decode()


@pytest.mark.parametrize(("said", "day"), [("1", "1982-03-19"), ("true", "1982-03-19"), ("0", "1978-03-18")])  # fmt: skip
def test_days_from_1904(said: str, day: str) -> None:
    book = f'<workbook><workbookPr date1904="{said}"/></workbook>'.encode()
    data = zipped({
        "[Content_Types].xml": TYPES, "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": SHEET.encode(),
        "xl/sharedStrings.xml": STRINGS.encode(), "xl/styles.xml": STYLES.encode(),
    })  # fmt: skip
    assert day in derived(data, "~sheet:1")


@pytest.mark.parametrize(("flags", "day"), [(1, "1982-03-19"), (0, "1978-03-18")])
def test_days_from_1904_in_a_binary_workbook(flags: int, day: str) -> None:
    data = zipped({
        "[Content_Types].xml": TYPES, "xl/workbook.bin": record(153, struct.pack("<II", flags, 0)),
        "xl/worksheets/sheet1.bin": BINARY_SHEET, "xl/sharedStrings.bin": BINARY_STRINGS, "xl/styles.bin": BINARY_STYLES,
    })  # fmt: skip
    assert day in derived(data, "~sheet:1")


@pytest.mark.parametrize(("mode", "day"), [(1, "1982-03-19"), (0, "1978-03-18")])
def test_days_from_1904_in_an_old_workbook(mode: int, day: str) -> None:
    cell = _biff(0x0203, struct.pack("<HHHd", 1, 3, 1, 28567.0))
    sheet = _biff(0x0809, b"\0\6\x10\0" + bytes(12)) + cell + _biff(0x0A)
    start = b""
    for _ in range(2):  # the second time with the sheet's offset
        start = (
            _biff(0x0809, b"\0\6\5\0" + bytes(12)) + _biff(0x22, struct.pack("<H", mode))
            + _biff(0xE0, bytes(20)) + _biff(0xE0, struct.pack("<HH", 0, 14) + bytes(16))
            + _biff(0x85, struct.pack("<IBBBB", len(start), 0, 0, 1, 0) + b"A") + _biff(0x0A)
        )  # fmt: skip
    (found,) = [body for name, body, *_ in contents(ole({"Workbook": start + sheet})) if "sheet" in name]  # fmt: skip
    assert day in found.decode()


def test_comments_are_lines_of_their_own() -> None:
    comments = (
        "<comments><authors><author>a</author></authors><commentList>"
        "<comment><text><t>氏名：蓮見</t></text></comment><comment><text><t>氏名：連子</t></text></comment></commentList></comments>"
    )
    data = zipped({"[Content_Types].xml": TYPES, "xl/comments1.xml": comments.encode()})
    assert derived(data).split() == ["a", "氏名：蓮見", "氏名：連子"]


def test_the_place_of_a_shape_is_no_text() -> None:
    drawing = (
        "<d:wsDr><d:twoCellAnchor><d:from><d:col>0</d:col><d:colOff>12</d:colOff><d:row>3</d:row><d:rowOff>4</d:rowOff></d:from>"
        "<d:sp><d:txBody><a:p><a:r><a:t>蓮見 貴子</a:t></a:r></a:p></d:txBody></d:sp></d:twoCellAnchor></d:wsDr>"
    )
    data = zipped({"[Content_Types].xml": TYPES, "xl/drawings/drawing1.xml": drawing.encode()})
    assert derived(data).strip() == "蓮見 貴子"


def test_a_list_of_definitions() -> None:
    """A label stands right above its value: a line between them would part the two."""
    page = "<html><body><dl><dt>氏名</dt><dd><b>蓮見</b> 貴子</dd><dt>電話</dt><dd>090</dd></dl></body></html>"
    assert "氏名\n蓮見 貴子\n電話\n090" in derived(page.encode())


def test_blanks_of_the_source_are_none_of_the_cell() -> None:
    row = (
        "<tr>\n\t<td><p>\n\t\t<font>{}</font></p>\n\t</td>\n\t<td><p>\n\t\t{}</p>\n\t</td>\n</tr>\n"
    )
    page = f"<html><body><table>{row.format('氏名', '電話')}{row.format('蓮見', '090')}</table></body></html>"
    lines = [line for line in derived(page.encode()).split("\n") if line.strip()]
    assert [[cell.rstrip(" ") for cell in line.split("\t")] for line in lines] == [["氏名", "電話", ""], ["蓮見", "090", ""]]  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        "<office:document><office:body><text:p><text:span>氏名：</text:span><text:span>蓮見</text:span></text:p></office:body></office:document>",
        '<?mso-application progid="Word.Document"?><w:wordDocument><w:p><w:t>氏名：</w:t><w:t>蓮見</w:t></w:p></w:wordDocument>',
        "<pkg:package><pkg:part><w:p><w:t>氏名：</w:t><w:t>蓮見</w:t></w:p></pkg:part></pkg:package>",
    ],
)
def test_documents_in_one_file(document: str) -> None:
    data = f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()
    assert "氏名：蓮見\n" in derived(data)


def test_names_of_page_styles_are_no_text() -> None:
    data = rb"{\rtf1\ansi{\*\pgdsctbl{\pgdsc0 Default Page Style;}}\pard first\par}"
    assert derived(data) == "first\n"


def test_a_break_in_a_cell_is_none_of_the_row() -> None:
    row = "<w:tr><w:tc><w:p><w:t>A</w:t><w:br/><w:t>B</w:t></w:p></w:tc><w:tc><w:p><w:t>C</w:t></w:p></w:tc></w:tr>"
    body = (
        f"<w:document><w:tbl>{row}</w:tbl><w:p><w:t>D</w:t><w:br/><w:t>E</w:t></w:p></w:document>"
    )
    text = derived(zipped({"[Content_Types].xml": TYPES, "word/document.xml": body.encode()}))
    assert [line.replace(" \t", "\t") for line in text.split("\n") if line] == [
        "A B\tC\t",
        "D",
        "E",
    ]
