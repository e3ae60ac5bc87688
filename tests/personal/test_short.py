"""What is said of short texts by searching them is what counting all their lines says."""

from __future__ import annotations

import json
import random
from collections import Counter

import numpy as np
import pytest

from fixtures.people import register
from forensics.personal import candidates, fixed, short, tables, telling, text
from forensics.personal import keyed as keyed_records
from forensics.personal.fold import fold_points, points, text_of
from forensics.personal.lines import Lines
from forensics.personal.masks import runs

PEOPLE = register(43, 200)
CHARS = "0123456789@,;|\t\n\0\r -:=<>\"'&(aZ?" + "市町村山田太郎氏名様カナガ゛せいｶﾞﾅ　１２３，＠"


def noise(rng):
    return "".join(rng.choice(CHARS) for _ in range(rng.randrange(1, 120)))


def words(rng):
    sign = rng.choice(["\n", "\r\n", "\r", "、"])
    return sign.join(rng.choice(["会議の資料を更新", "2022", "12", "", "update", "通知する", "受付 4512"]) for _ in range(12))  # fmt: skip


def memo(rng):
    one = rng.choice(PEOPLE)
    return f"{one.name}様、{one.born}生まれ、{one.address}、{rng.choice(['', one.phone])}\n"


def rows(rng):
    separator = rng.choice([",", "\t", ";", "|", "  "])
    return "".join(separator.join((one.name, one.born, one.address)) + "\n" for one in rng.sample(PEOPLE, rng.randrange(1, 4)))  # fmt: skip


def keyed(rng):
    one = rng.choice(PEOPLE)
    name, born = rng.choice([("氏名", "生年月日"), ("name", "birth"), ("氏 名", "生年月日"), ("フリカ゛ナ", "住所"), ("世帯主", "住所"), ("名 前", "電話")])  # fmt: skip
    return rng.choice([
        json.dumps({name: one.name, born: one.born}, ensure_ascii=False),
        f"{name}: {one.name}\n{born}: {one.born}\n",
        f"?{name}={one.name}&{born}={one.born}",
        f"<{name}>{one.name}</{name}><{born}>{one.born}</{born}>",
        f"INSERT INTO t VALUES ('{one.name}', '{one.born}');\n",
        f"<tr><td>{one.name}</td><td>{one.born}</td></tr>" * 2,
        f"BEGIN:VCARD\nFN:{one.name}\nBDAY:{one.born}\nEND:VCARD\n",
    ])  # fmt: skip


def counted(whole):
    """Spans of free text by counting lines, None where there is a table or may be fixed columns."""
    lines = Lines(whole, points(whole))
    free = np.ones(len(lines), bool)
    if fixed.transfers(whole, points(whole)) or [*tables.blocks(lines)] or [*fixed.blocks(lines, free)]:  # fmt: skip
        return None
    return [(lines.starts[begin], lines.ends[end - 1])
            for begin, end in runs(text.interesting(lines, free))]  # fmt: skip


@pytest.mark.parametrize("seed", list(range(8)))
def test_a_short_text_is_read_where_its_counted_lines_say(seed):
    rng = random.Random(seed)
    told = 0
    for _ in range(400):
        parts = [rng.choice([noise, words, memo, rows, keyed])(rng) for _ in range(rng.randrange(1, 4))]  # fmt: skip
        if rng.random() < 0.5:
            parts = [noise(rng), words(rng)]
        whole = text_of(fold_points(points(rng.choice(["", "\n"]).join(parts))))
        spans = short.spans(whole)
        if spans is not None:
            told += bool(spans)
            assert spans == counted(whole), whole
    assert told > 20


@pytest.mark.parametrize("seed", list(range(8)))
def test_few_lines_tell_their_encoding_as_many_do(seed):
    rng = random.Random(seed)
    several = 0
    for _ in range(400):
        codecs = rng.choices(["utf-8", "cp932", "euc_jp"], k=rng.randrange(1, 4))
        data = b"".join(rng.choice([memo, words, noise])(rng).encode(codec, "ignore") for codec in codecs)  # fmt: skip
        for _ in range(rng.randrange(4)):
            place = rng.randrange(len(data) + 1)
            data = data[:place] + rng.randbytes(rng.randrange(1, 30)) + data[place:]
        if data:
            one_by_one = telling._stretches(data)
            assert one_by_one == telling._stretches_at_once(data)
            several += len(one_by_one) > 1
    assert several > 20


def folded(pieces):
    return text_of(fold_points(points("".join(pieces))))


@pytest.mark.parametrize("seed", range(200))
def test_where_no_word_names_a_person_no_key_does(seed, monkeypatch):
    rng = random.Random(seed)
    whole = folded(rng.choice([keyed, keyed, words, noise])(rng) for _ in range(3))
    lines = Lines(whole, points(whole))
    found = list(keyed_records.tables(lines))
    monkeypatch.setattr(keyed_records, "named", lambda *_: True)
    assert found == list(keyed_records.tables(lines))


@pytest.mark.parametrize("seed", range(60))
def test_names_are_sought_near_anything_else_only(seed, monkeypatch):
    """The persons of a text are the same where names are sought in all of it."""
    rng = random.Random(seed)
    filler = "\n田中町の山本です。大野菊江様、給付金の審査を開始し、住民へ通知した。\n"
    whole = folded(memo(rng) + filler * rng.randrange(0, 60) for _ in range(4))
    found = text.records(whole, Counter(), 2022)
    assert len(found) >= 3  # one may be drawn twice
    monkeypatch.setattr(candidates, "NAME_REACH", len(whole))
    assert found == text.records(whole, Counter(), 2022)
