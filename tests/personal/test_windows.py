"""A content without line ends is cut anywhere: each row is still found once."""

from __future__ import annotations

import json
import random

import pytest

from fixtures.people import register
from forensics.personal import Settings, detect, open_detector

PEOPLE = register(31, 1500)
FIELDS = ("name", "born", "address", "phone")


def table():
    rows = [("氏名", "生年月日", "住所", "電話番号")]
    rows += [tuple(getattr(one, field) for field in FIELDS) for one in PEOPLE]
    return "".join(",".join(row) + "\r" for row in rows)


def json_line():
    return json.dumps(
        [{"氏名": one.name, "生年月日": one.born, "住所": one.address} for one in PEOPLE],
        ensure_ascii=False,
    )


def zengin():
    rng = random.Random(8)
    return "".join(
        f"2{rng.randrange(1, 9999):04d}{'ﾐｻｷ':<15}{rng.randrange(999):03d}{'ﾎﾝﾃﾝ':<15}00001{number:07d}"
        f"{'ﾔﾏﾀﾞ ﾊﾅｺ':<30}{rng.randrange(10**8):010d}1{'':<29}" for number in range(len(PEOPLE)))  # fmt: skip


@pytest.mark.parametrize("write", [table, json_line, zengin])
def test_rows_without_line_ends(monkeypatch, write):
    monkeypatch.setattr(detect, "WINDOW", 1 << 15)
    monkeypatch.setattr(detect, "HITS_MAX", 1 << 20)
    content = write().encode("cp932")
    assert len(content) > 3 << 15
    found = open_detector(Settings(bytes(32))).detect([content])
    assert sum(record.rows for record in found.records) == len(PEOPLE)
    assert len({(hit.kind, hit.start) for hit in found.hits}) == len(found.hits)
    for kind in {hit.kind for hit in found.hits}:
        assert sum(hit.kind == kind for hit in found.hits) == len(PEOPLE), kind


def test_the_encoding_is_told_where_it_begins_to_matter():
    log = b"2022-06-21 10:00:00 INFO call 090-1234-5678 from 10.1.2.3 ok\n" * 400
    found = open_detector(Settings(bytes(32))).detect([log + zengin().encode("cp932")])
    assert sum(record.rows for record in found.records if record.layout != "text") == len(PEOPLE)
