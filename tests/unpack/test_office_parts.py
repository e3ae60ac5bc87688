"""Documents in ZIP whose parts are named, ordered or written otherwise than Office does."""

from __future__ import annotations

import io
import zipfile

import pytest
from packers import SHEET, STRINGS, STYLES, zipped
from test_unpack import contents

from forensics.unpack import office_sheets

ROWS = "氏名\t\t生年月日\n蓮見 貴子\t123456789012\t1978-03-18\n\t1.5\t1\n"
WORD = b"<w:document><w:p><w:t>Hasumi</w:t></w:p></w:document>"
TYPES = b"<Types/>"


def derived(data: bytes) -> dict[str, str]:
    return {name: body.decode() for name, body, *_ in contents(data) if name.startswith("~")}


@pytest.mark.parametrize("first", ["customXml/item1.xml", "x" * 3000, "docs/a.txt"])
def test_a_document_is_one_whatever_it_begins_with(first: str) -> None:
    data = zipped({first: b"<a/>", "word/document.xml": WORD, "[Content_Types].xml": TYPES})
    assert "Hasumi\n" in derived(data)["~text"]


def test_open_document_without_a_kind() -> None:
    body = b"<office:document><text:p>Hasumi</text:p></office:document>"
    assert "Hasumi\n" in derived(zipped({"content.xml": body, "meta.xml": b"<a/>"}))["~text"]
    assert "inner\n" in derived(zipped({"mimetype": b"x", "content.xml": body, "Object 1/content.xml": body.replace(b"Hasumi", b"inner")}))["~text"]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("xl/worksheets/sheet.xml", "~sheet:1"),
        ("xl/worksheets/Sheet2.xml", "~sheet:2"),
        ("xl\\worksheets\\sheet3.xml", "~sheet:3"),
        ("XL/Worksheets/Tabelle.XML", "~sheet:1"),
        ("xl/macrosheets/sheet1.xml", "~sheet:1"),
    ],
)
def test_names_of_sheets(name: str, sheet: str) -> None:
    slash = "\\" if "\\" in name else "/"
    rest = {
        f"xl{slash}sharedStrings.xml": STRINGS.encode(),
        f"xl{slash}Styles.xml": STYLES.encode(),
    }
    data = zipped({"[content_types].xml": TYPES, name: SHEET.encode(), **rest})
    assert derived(data)[sheet] == ROWS


def test_sheets_of_the_same_number_stay_apart() -> None:
    names = ["xl/worksheets/sheet1.xml", "xl/macrosheets/sheet1.xml", "xl/worksheets/other.xml"]
    found = derived(zipped({"[Content_Types].xml": TYPES, **dict.fromkeys(names, SHEET.encode())}))
    assert sorted(found) == ["~sheet:1", "~sheet:2", "~sheet:3"]


def prefixed(xml: str) -> bytes:
    """The same with a name before all tags, as other programs write it."""
    return xml.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("<x:?", "<?").encode()  # fmt: skip


def test_tags_with_a_prefix() -> None:
    parts = {
        "xl/worksheets/sheet1.xml": prefixed(SHEET), "xl/sharedStrings.xml": prefixed(STRINGS),
        "xl/styles.xml": prefixed(STYLES),
    }  # fmt: skip
    assert derived(zipped({"[Content_Types].xml": TYPES, **parts}))["~sheet:1"] == ROWS


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_two_members() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (("[Content_Types].xml", TYPES), ("word/a.bin", b"one"), ("word/a.bin", b"two")):  # fmt: skip
            archive.writestr(name, data)
    found = [(name, body) for name, body, *_ in contents(buffer.getvalue())]
    assert found[1:] == [("word/a.bin", b"one"), ("word/a.bin", b"two")]


def test_runs_of_a_page_of_xps() -> None:
    run = '<Glyphs OriginX="{}" OriginY="{}" FontRenderingEmSize="10" UnicodeString="{}"/>'
    runs = [(10, 50, "{}Ha"), (20, 50, "su"), (30, 50, "mi"), (90, 50, "03-1234"), (10, 70, "蓮見")]
    page = "<FixedPage>" + "".join(run.format(*one) for one in runs) + "</FixedPage>"
    data = zipped({"_rels/.rels": b"<a/>", "Documents/1/Pages/1.fpage": page.encode("utf-16")})
    assert derived(data)["~text"].strip() == "Hasumi\t03-1234\n蓮見"


def test_text_of_charts_and_drawings() -> None:
    chart = b"<c:chart><c:f>A1</c:f><c:v>Hasumi</c:v><c:v>Takako</c:v></c:chart>"
    shape = b"<Page><Shape><Text>in a shape</Text></Shape></Page>"
    data = zipped({"[Content_Types].xml": TYPES, "xl/charts/chart1.xml": chart, "visio/pages/page1.xml": shape})  # fmt: skip
    text = derived(data)["~text"]
    assert "Hasumi\nTakako\n" in text
    assert "in a shape" in text


def test_many_small_strings_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_sheets, "STRINGS_MAX", 1 << 12)
    strings = "<sst>" + "<si><t>a</t></si>" * 100 + "</sst>"
    data = zipped({"[Content_Types].xml": TYPES, "xl/worksheets/sheet1.xml": SHEET.encode(), "xl/sharedStrings.xml": strings.encode()})  # fmt: skip
    assert contents(data)[-1][:4] == ("~sheet:1", b"", "partial", "BUDGET_MEMORY")


def test_a_long_string_in_many_cells_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_sheets, "HELD_MAX", 1 << 12)
    cells = "".join(f"<row><c t='s'><v>{place}</v></c></row>" for place in [1, 1, *[0] * 100])
    strings = "<sst><si><t>" + "a" * 1000 + "</t></si><si><t>first</t></si></sst>"
    data = zipped({"[Content_Types].xml": TYPES, "xl/worksheets/sheet1.xml": f"<s>{cells}</s>".encode(), "xl/sharedStrings.xml": strings.encode()})  # fmt: skip
    name, body, outcome, reason, _ = contents(data)[-1]
    assert (name, outcome, reason) == ("~sheet:1", "partial", "BUDGET_MEMORY")
    assert body.startswith(b"first\nfirst\naaa")
    assert len(body) < 1 << 13
