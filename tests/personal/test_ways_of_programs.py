"""What programs make of lists: escapes in UTF-16, keys in order of letters, a heading before a label, other hyphens and kanji."""

from __future__ import annotations

import base64
import json
import plistlib
import urllib.parse
from collections.abc import Callable

import pytest

from fixtures import people
from forensics.personal import Settings, fold, open_detector

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
    text = json.dumps({"氏名": "佐藤 翔太", "生年月日": "1977/03/04", "電話": "090-1234-0877"})
    data = b"\xff\xfe" + text.encode("utf-16-le")
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
