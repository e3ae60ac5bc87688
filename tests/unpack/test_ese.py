"""ESE databases: made here page by page, and what is packed by the vectors of [MS-XCA]."""

from __future__ import annotations

import random

import pytest
from ese_pages import SEVEN, database
from test_unpack import contents

from forensics.unpack.ese_rows import Column, Reader, unpacked


@pytest.mark.parametrize("page_bytes", [4096, 8192, 32768])
def test_tables_long_values_and_removed_rows(page_bytes: int) -> None:
    found = {name: body.decode() for name, body, *_ in contents(database(page_bytes))}
    head, first, second = found["People.tsv"].splitlines()
    assert head.split("\t")[:2] == ["Id", "Short"]
    assert first.split("\t") == ["1", "-1", "蓮見 貴子", "", "", "packed", "一つ 二つ"]
    assert second.split("\t") == ["3", "-3", "例題 花子", "x", "", "", ""]
    assert found["People.long"].splitlines() == ["長い文章です。" * 20, "abc" * 100]
    assert found["~removed"].splitlines()[0].split("\t")[:3] == ["2", "-2", "消した 太郎"]
    assert "lost row" in found["~removed"]
    assert "index" not in "".join(found.values())


def test_packed_values() -> None:
    # [MS-XCA] 3.1: plain LZ77
    letters = bytes.fromhex("3f000000") + bytes(range(97, 123))
    assert unpacked(b"\x18\x1a\0" + letters) == bytes(range(97, 123))
    assert unpacked(SEVEN) == b"packed"
    assert unpacked(bytes((2 << 3 | 6,)) + SEVEN[1:]) == "packed".encode("utf-16-le")
    assert unpacked(b"") == b""
    assert unpacked(b"\x18\x10\0" + b"\xff" * 9) is not None


def test_tagged_values_that_lie_nowhere() -> None:
    reader = Reader([Column(256, 12, 0, 1200, "Long")], large=False)
    row = b"\0\x7f\4\0" + b"\0\1\0\0" + b"text"
    assert reader.values(row) == [""]
    assert reader.values(row[:6]) == [""]
    assert reader.values(b"") == []


@pytest.mark.parametrize("seed", range(60))
def test_damage_ends_with_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(database(chance.choice((4096, 32768))))
    for _ in range(chance.choice((1, 30, 300))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    cut = bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])
    for _, body, outcome, reason, _ in contents(cut):
        assert outcome in ("examined", "partial", "unsupported"), reason
        assert reason or body is not None
