"""What programs make of lists: escapes in UTF-16, keys in order of letters, a heading before a label, other hyphens and kanji."""

from __future__ import annotations

import base64
import json
import plistlib
import urllib.parse
from collections import Counter
from collections.abc import Callable

import pytest

from fixtures import people
from forensics.personal import Settings, fold, open_detector, text
from forensics.personal.identifiers import address

DETECTOR = open_detector(Settings(bytes(32)))
PEOPLE = people.register(17, 30)
TABLE = people.table([(p.name, p.born, p.address) for p in PEOPLE], ("氏名", "生年月日", "住所"))
LABELS = "".join(f"氏名：{p.name}\n生年月日：{p.born}\n電話：{p.phone}\n" for p in PEOPLE)


def rows(data: bytes) -> set[tuple[str, int]]:
    """Kinds and persons of the records."""
    found = DETECTOR.detect([data]).records
    return {(kind, len(record.persons)) for record in found for kind in record.kinds}


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "form",
    [
        lambda: "".join(json.dumps({"氏名": p.name, "birth": p.born}) + "\n" for p in PEOPLE),
        lambda: urllib.parse.quote(TABLE, safe=",/\r\n"),
        lambda: TABLE.encode("ascii", "xmlcharrefreplace").decode(),
    ],
)
def test_escapes_in_two_bytes_a_character(form: Callable[[], str], codec: str) -> None:
    assert ("name", len(PEOPLE)) in rows(form().encode(codec))


def test_base64_in_two_bytes_a_character() -> None:
    assert ("address", len(PEOPLE)) in rows(base64.encodebytes(TABLE.encode()).decode().encode("utf-16"))  # fmt: skip


def test_places_in_two_bytes_a_character() -> None:
    """A hit lies where its escapes do."""
    line = json.dumps({"氏名": "佐藤 翔太", "生年月日": "1977/03/04", "電話": "090-1234-0877"})
    data = b"\xff\xfe" + line.encode("utf-16-le")
    (born,) = (hit for hit in DETECTOR.detect([data]).hits if hit.kind == "birth_date")
    assert data[born.start : born.start + born.length].decode("utf-16-le") == "1977/03/04"


@pytest.mark.parametrize("before", ["", "a", "Default Page Style;", "一覧"])
def test_words_right_before_the_first_label(before: str) -> None:
    found = DETECTOR.detect([(before + LABELS).encode()])
    assert rows((before + LABELS).encode()) == rows(LABELS.encode())
    assert len(found.records[0].persons) == len(PEOPLE)


def test_a_property_list() -> None:
    """Its keys come in the order of their letters: the address of the next person is not this one's."""
    data = plistlib.dumps([{"住所": p.address, "氏名": p.name, "生年月日": p.born} for p in PEOPLE])
    (record,) = DETECTOR.detect([data]).records
    assert (record.layout, record.rows, len(record.persons)) == ("delimited", 30, 30)


def test_what_stands_in_text_from_a_pdf() -> None:
    assert fold.fold("⼭⽥ ⾼⼦ ⻑⻄ 080\u00ad1234\u00ad5678") == "山田 高子 長西 080-1234-5678"


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("個人番号", "{}\r\n"), ("マイナンバー", '"{}"\n'),
        ("個人番号", "{:.4} {:.4} {:.4}\n"), ("個人番号", "{:.4}-{:.4}-{:.4}\n"),
    ],
)  # fmt: skip
def test_a_column_of_my_numbers_alone(header: str, line: str) -> None:
    cut = [(p.number[:4], p.number[4:8], p.number[8:]) if line.count("{") > 1 else (p.number,) for p in PEOPLE]  # fmt: skip
    body = "".join(line.format(*parts) for parts in cut)
    assert rows(f"{header}\n{body}".encode("cp932")) == {("my_number", len(PEOPLE))}
    assert not rows(body.encode())  # a check digit alone is never a finding


def test_columns_of_other_numbers_are_none() -> None:
    times = "".join(f"2022{day:02d}01{day:02d}59\n" for day in range(1, 60))
    assert not rows(times.encode())
    assert not rows(("日時\n" + times).encode())


@pytest.mark.parametrize("separator", ["\t", ",", "|"])
@pytest.mark.parametrize("end", ["\n", "\n\n"])
def test_cards_of_cells(separator: str, end: str) -> None:
    """A label and its value by turns, several in a row; an empty cell where cells are merged."""
    cards = "".join(
        separator.join(cells) + "\n" * (cells[0] != "電話") + end * (cells[0] == "電話")
        for p in PEOPLE
        for cells in (
            ("氏名", p.name, "カナ", p.kana), ("生年月日", "", p.born, "性別", p.sex),
            ("住所", f"〒{p.postcode} {p.address}"), ("電話", p.phone),
        )
    )  # fmt: skip
    kinds = {"name", "name_kana", "birth_date", "sex", "address", "phone"}
    assert rows(cards.encode()) == {(kind, len(PEOPLE)) for kind in kinds}


def test_an_address_behind_its_postcode() -> None:
    one, other = "〒149-8419 見本県霧ヶ浦市帆柱町7丁目10番9号", "見本県霧ヶ浦市帆柱町7-10-9"
    assert address.value(fold.fold(one)) == "見本県霧ヶ浦市帆柱町7丁目10番9号"
    assert address.key(fold.fold(one)) == address.key(fold.fold(other)) == "7-10-9"


@pytest.mark.parametrize("end", ["</t></is></c><c><is><t>", "</t></si><si><t>", "</t></text></comment><comment><text><t>"])  # fmt: skip
def test_what_ends_in_one_cell_is_not_of_the_next(end: str) -> None:
    """The last line of a cell and the first of the next stand in one line of the part."""
    part = "<x><t>" + "".join(f"{p.name}\n{p.born}\n{p.address}\n{p.phone}{end}" for p in PEOPLE)
    found = [
        {item.kind: item.value for item in group}
        for _, group in text.records(fold.fold(part), Counter(), 2022)
    ]
    assert [one["phone"] for one in found] == [p.phone.replace("-", "") for p in PEOPLE]


@pytest.mark.parametrize(
    "form",
    [
        lambda rows: json.dumps(rows, ensure_ascii=False, indent=2),
        lambda rows: "".join("- " + "\n  ".join(f"{key}: {value}" for key, value in row.items()) + "\n" for row in rows),
        lambda rows: "".join("".join(f"{key}：{value}\n" for key, value in row.items()) + "\n" for row in rows),
        lambda rows: "".join("<p>\n" + "".join(f"<{key}>{value}</{key}>\n" for key, value in row.items()) + "</p>\n" for row in rows),
    ],
)  # fmt: skip
def test_a_piece_that_begins_inside_a_record(form: Callable[[list[dict[str, str]]], str]) -> None:
    """As the second window of a long list does: nobody gets the name of the next."""
    whole = form([{"氏名": p.name, "生年月日": p.born, "電話番号": p.phone} for p in PEOPLE])
    piece = whole[whole.index(PEOPLE[0].name) :].partition("\n")[2]
    tokens = {token for one in DETECTOR.detect([whole.encode()]).records for token in one.persons}
    found = {token for one in DETECTOR.detect([piece.encode()]).records for token in one.persons}
    assert len(tokens & found) == len(PEOPLE) - 1
    assert len(found - tokens) <= 1


def test_paragraphs_are_no_records() -> None:
    rows_of = ((f"氏名：{p.name}", f"生年月日：{p.born}", f"電話：{p.phone}") for p in PEOPLE)
    page = "".join(f"<p>{line}</p>\n" for row in rows_of for line in row)
    tokens = {token for one in DETECTOR.detect([LABELS.encode()]).records for token in one.persons}
    found = {token for one in DETECTOR.detect([page.encode()]).records for token in one.persons}
    assert found == tokens
