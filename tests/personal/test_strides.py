"""Records of one length in bytes, with ends of lines or without, are read by their columns."""

from __future__ import annotations

import random
import unicodedata

import pytest

from fixtures.people import register
from forensics.personal import Settings
from forensics.personal.detect import Detector

DETECTOR = Detector(Settings(bytes(range(32))))
PEOPLE = register(77, 300)
UNKNOWN = ("鬮迫　囀", "燮　佶", "魃原　黽", "楡　翔空音", "鰐淵　乎")  # no dictionary has them


def half(text):
    """Kana in half width, as host programs write it."""
    return "".join(_HALF.get(char, char) for char in text)


_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)} | {
    unicodedata.normalize("NFKC", chr(code) + mark): chr(code) + mark
    for code in range(0xFF66, 0xFF9E)
    for mark in ("ﾞ", "ﾟ")
    if len(unicodedata.normalize("NFKC", chr(code) + mark)) == 1
}


def padded(text, width, codec):
    raw = text.encode(codec)
    assert len(raw) <= width, text
    return raw + b" " * (width - len(raw))


def records(codec, *, kana, unknown=0.0, count=120, seed=1):
    rng = random.Random(seed)
    out = []
    for one in PEOPLE[:count]:
        name = rng.choice(UNKNOWN) if rng.random() < unknown else one.name
        reading = half(one.kana) if kana == "half" else one.kana
        out.append(
            b"".join((
                one.code[:10].encode(), padded(name, 24, codec), padded(reading, 40, codec), one.born.replace("/", "").encode(),
                padded(one.address, 80, codec), padded(one.phone, 14, codec), b" " * rng.choice((6,)),
            ))
        )  # fmt: skip
    return out


def persons(data):
    found = DETECTOR.detect([data])
    return [token for record in found.records for token in record.persons], found.records


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
@pytest.mark.parametrize("kana", ["half", "full"])
def test_every_record_is_a_person(codec, kana, end):
    rows = records(codec, kana=kana)
    tokens, found = persons(end.join(rows) + end)
    assert len(set(tokens)) == len(rows)
    assert sum(record.rows for record in found) == len(rows)


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_names_of_no_dictionary_stand_in_the_column_of_names(end):
    rows = records("cp932", kana="half", unknown=0.3)
    tokens, _ = persons(end.join(rows) + end)
    assert len(set(tokens)) == len(rows)


def test_a_fragment_begins_within_a_record():
    """Unless it begins just with a column: then that is taken for the first."""
    rows = records("cp932", kana="half")
    whole, _ = persons(b"".join(rows))
    wrong = 0
    for cut in range(1, len(rows[0]), 7):
        tokens, _ = persons(b"".join(rows)[cut:])
        assert len(rows) - 2 <= len(set(tokens)) <= len(rows) + 1
        wrong += len(set(tokens) & set(whole)) < len(rows) - 2
    assert wrong <= 1


def test_prose_of_one_length_is_no_record():
    rng = random.Random(5)
    words = [
        "給付金",
        "審査",
        "開始",
        "住民",
        "通知",
        "会議",
        "変更",
        "承認",
        "申請",
        "担当",
        "業務",
        "委託",
        "管理",
        "記録",
        "連絡",
    ]
    for end in (b"", b"\n"):
        lines = []
        for _ in range(80):
            text = "".join(rng.choices(words, k=40)).encode("cp932")[:100]
            lines.append(text + f"{rng.randrange(10**9):09d}{rng.randrange(10**9):09d}  ".encode())
        assert not DETECTOR.detect([end.join(lines)]).records


def test_one_record_and_a_piece_of_the_next_are_text():
    """Too few to tell a length by; none of them is lost, nor ends the reading."""
    rows = records("cp932", kana="half", count=3)
    for cut in range(len(rows[0]) + 60, 3 * len(rows[0]), 5):
        for data in (b"".join(rows)[:cut], b"".join(rows)[-cut:]):
            DETECTOR.detect([data])
    tokens, _ = persons(b"".join(rows[:2]))
    assert len(set(tokens)) == 2
