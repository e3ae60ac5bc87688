"""The gate lets through whatever a record can stand in, whatever lies around it, with hyperscan or without."""

from __future__ import annotations

import base64
import json
import quopri
import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from fixtures.people import register
from forensics.personal import Settings, gate, plant
from forensics.personal.detect import Detector
from forensics.personal.dull import _FINDER, dull, tells
from forensics.personal.encodings import BY_NAME
from forensics.personal.gate import WORDS, Region
from forensics.personal.literals import Literals
from forensics.personal.marks import ESCAPES, SECTOR, Marks
from forensics.personal.persons import Tally

KEY = bytes(range(32))
PEOPLE = register(41, 400)
FORMS = (
    lambda text, codec: base64.encodebytes(text.encode(codec, "ignore")),
    lambda text, codec: quopri.encodestring(text.encode(codec, "ignore")),
    lambda text, codec: "".join(f"%{byte:02X}" for byte in text.encode(codec, "ignore")).encode(),
    lambda text, _: json.dumps({"rows": text.split("\n")}).encode(),
    lambda text, _: "".join(c if c.isascii() else f"&#{ord(c)};" for c in text).encode(),
    lambda text, codec: "".join(chr(b) if b < 128 else f"\\'{b:02x}" for b in text.encode(codec, "ignore")).encode(),
)  # fmt: skip
NARROW = ("utf-8", "cp932", "euc_jp")


class Open(Detector):
    """A detector without a gate: every window is read as a whole, and in every transfer form."""

    def _window(self, data, start, low, high, state):
        region = Region(0, len(data), True, True, ESCAPES)
        self._region(data, start, region, (low, high), state)


GATED, OPEN = Detector(Settings(KEY)), Open(Settings(KEY))


def persons(found):
    return {token for record in found.records for token in record.persons}


def memo(rng):
    one = rng.choice(PEOPLE)
    return f"対象者は{one.name}様、{one.born}生まれ、住所は{one.address}です。折り返し{one.phone}へお願いします。\n"


def table(rng):
    rows = rng.sample(PEOPLE, rng.randrange(2, 9))
    separator = rng.choice([",", "\t", ";", "|"])
    cells = [(one.name, one.kana, one.born, one.address, one.phone) for one in rows]
    head = ("氏名", "カナ氏名", "生年月日", "住所", "電話番号")
    return "".join(separator.join(row) + "\r\n" for row in [head, *cells][rng.randrange(2) :])


def names_alone(rng):
    """Neither digits nor separators: only the label tells."""
    one = rng.choice(PEOPLE)
    return f"氏名：{one.name}\nフリガナ：{one.kana}\n"


def part(rng, narrow):
    """Bytes with persons, apart from what stands around them.

    Transfer forms, ISO-2022-JP and names without numbers have their sectors to themselves: among binary bytes
    they are not looked at. UTF-16 is told by its zeros: names without a number have too few.
    """
    write = rng.choice([memo, memo, table, names_alone])
    text, own = write(rng), b"\n" * SECTOR
    if rng.random() < 0.3:
        return own + rng.choice(FORMS)(memo(rng), narrow) + own
    if write == names_alone:
        return own + text.encode(rng.choice([narrow, "iso2022_jp"]), "ignore") + own
    codec = rng.choice([narrow, "iso2022_jp", "utf-16-le", "utf-16-be"])
    edge = own if codec == "iso2022_jp" else b"\n" * 9
    return edge + text.encode(codec, "ignore") + edge


def filler(rng, narrow):
    size = rng.randrange(3000, 9000)
    log = f"2022-06-21T10:00:01Z host{rng.randrange(9)} svc[{rng.randrange(9999)}]: table sed id=e7{rng.randrange(1 << 40):x}\n"
    return rng.choice(
        [
            bytes(size),
            rng.randbytes(size),
            (log * 90).encode()[:size],
            "給付金の審査を開始し、住民へ通知した。\r\n".encode(narrow) * 90,
        ]
    )


@pytest.mark.parametrize("seed", range(150))
def test_what_stands_alone_is_found_among_anything(seed):
    """Persons of a content of parts, through the gate: those that each part has, read as a whole.

    One narrow encoding a content: a line that says nothing of its own is read as its neighbours are.
    """
    rng = random.Random(seed)
    narrow = rng.choice(NARROW)
    content, wanted = b"", set()
    for _ in range(rng.randrange(2, 7)):
        piece = part(rng, narrow)
        wanted |= persons(OPEN.detect([piece]))
        content += filler(rng, narrow) + piece
    assert persons(GATED.detect([content + filler(rng, narrow)])) >= wanted


def mixture():
    rng = random.Random(9)
    pieces = [write(rng, rng.choice(NARROW)) for _ in range(60) for write in (filler, part)]
    return b"".join([*pieces, *map(plant, BY_NAME), b" my number is 983205673214 ok", bytes(999)])


def test_findings_without_hyperscan_are_the_same(tmp_path):
    content = tmp_path / "content"
    content.write_bytes(mixture())
    program = (
        "import sys, pathlib; sys.modules.update(dict.fromkeys(sys.argv[2:]))\n"
        "from forensics.personal import *\n"
        "found = open_detector(Settings(bytes(32))).detect([pathlib.Path(sys.argv[1]).read_bytes()])\n"
        "print(found.hits, found.records, sorted(found.counts.items()))"
    )
    fast, plain = (
        subprocess.run([sys.executable, "-c", program, str(content), *without], capture_output=True, text=True, check=True).stdout
        for without in ([], ["hyperscan"])
    )  # fmt: skip
    assert fast == plain
    assert fast.count("Record(") > 40


@pytest.mark.parametrize("seed", range(40))
def test_dull_text_has_no_record(seed):
    rng = random.Random(seed)
    words = [
        "氏名",
        "氏 名",
        "フリガナ",
        "様",
        "。",
        "\r\n",
        "passport",
        "一丁目",
        "昭和六十年四月一日",
        "会議",
        " ",
        "ﾌﾘｶﾞﾅ",
    ]
    for _ in range(40):
        one = rng.choice(PEOPLE)
        text = "".join(
            rng.choices(
                [
                    *words,
                    one.name,
                    one.kana,
                    "給付金の審査",
                    one.born if rng.random() < 0.1 else "",
                ],
                k=12,
            )
        )
        data = text.encode(rng.choice(["utf-8", "cp932", "euc_jp"]), "ignore")
        assert _FINDER is None or _FINDER(data) == tells(data)
        assert not (dull(data) and OPEN.detect([data]).records), text
    assert dull("給付金の審査を開始し、住民へ通知した。\r\n".encode("cp932") * 40)


def plain_marks(data, place):
    """What single sectors are said to hold, one byte after another."""
    sector, ahead = data[place : place + SECTOR], data[place : place + SECTOR + 64]
    strange = sum((byte < 32 and byte not in b"\0\t\n\r\x1b") or byte > 0xFC for byte in sector)
    number = any(
        all(byte in b"0123456789-./" for byte in ahead[i : i + 7]) and len(ahead) > i + 6
        and ahead[i : i + 1].isdigit() and ahead[i + 6 : i + 7].isdigit() for i in range(SECTOR)
    )  # fmt: skip
    return any(sector), strange, sum(byte >= 0x80 for byte in sector), number


@pytest.mark.parametrize("accelerate", [True, False])
def test_marks_are_what_the_bytes_say(accelerate):
    data = base64.encodebytes(plant("utf-8")) + mixture()[: 300 * SECTOR]
    marks = Marks(data, 0, Literals(WORDS, accelerate=accelerate))
    for sector in range(0, 300, 3):
        filled, strange, high, number = plain_marks(data, sector * SECTOR)
        assert marks.filled[sector] == filled
        assert marks.high[sector] == high or not (marks.text[sector] or marks.number[sector])
        assert not marks.text[sector] or strange <= 12
        assert marks.number[sector] >= number
    assert any(marks.escapes.sum(axis=0) > 0)
    assert marks.base64.any()


def regions(data):
    return list(gate.regions(data, 0, Literals(WORDS), Counter()))


@pytest.mark.parametrize("size", [56, 64, 80])
def test_what_is_left_of_binary_data_in_its_last_sector_is_no_text(size):
    """Most of that sector is empty, so that it has few controls, and many bytes above ASCII."""
    rng = random.Random(size)
    ends = [rng.randbytes(2 * SECTOR + size) + bytes(SECTOR - size) for _ in range(100)]
    assert sum(map(len, map(regions, ends))) < 25
    assert sum(map(len, map(regions, (end[2 * SECTOR :] for end in ends)))) > 60


@pytest.mark.parametrize(
    "text", ["氏名：山田太郎\nフリガナ：ヤマダタロウ\n", "山田太郎 1967-03-09 生"]
)
def test_text_in_the_last_sector_of_binary_data_is_read(text):
    data = random.Random(3).randbytes(2 * SECTOR) + text.encode().ljust(SECTOR, b"\0")
    assert any(region.end > 2 * SECTOR for region in regions(data))


def test_a_tally_forgets_doubles():
    rng = np.random.default_rng(5)
    tokens = rng.integers(0, 256, (500, 10)).astype(np.uint8)
    tally = Tally(_limit=1000)
    for _ in range(20):
        tally.add(tokens[rng.permutation(500)[:400]])
    counted = tally.tokens()
    assert len(counted) == len(set(counted)) == 500
    assert counted.data == b"".join(sorted(row.tobytes() for row in tokens))
    assert sum(map(len, tally._parts)) <= 2500
