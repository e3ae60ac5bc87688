"""The detector: records in every encoding and layout, the same whatever the pieces, and nothing where nothing is."""

from __future__ import annotations

import base64
import json
import quopri
import random
import re
import subprocess
import sys
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.personal import Settings, controls, open_detector, plant, view
from forensics.personal import detect as detect_module
from forensics.personal.encodings import BY_NAME, CP932, UTF8
from forensics.personal.fold import points
from forensics.personal.gate import WORDS
from forensics.personal.lines import Lines
from forensics.personal.literals import Literals
from forensics.personal.planted import ENCODINGS, ROWS, SEPARATORS
from forensics.personal.views import views_of

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def detector():
    return open_detector(Settings(KEY))


def persons(found):
    return {token for record in found.records for token in record.persons}


def big_table(rows, encoding, separator=","):
    rng = random.Random(7)
    surnames, given = (
        ["佐藤", "鈴木", "高橋", "田中", "伊藤"],
        ["京子", "健一", "美咲", "誠", "大輔"],
    )
    lines = [separator.join(("宛名番号", "氏名", "生年月日", "住所", "電話番号"))]
    for number in range(rows):
        lines += [separator.join((
            f"{number + 1:010d}", f"{rng.choice(surnames)}　{rng.choice(given)}",
            f"{rng.randrange(1930, 2010)}/{rng.randrange(1, 13):02d}/{rng.randrange(1, 29):02d}",
            f"例題県見晴市港町{rng.randrange(1, 9)}丁目{rng.randrange(1, 30)}番{rng.randrange(1, 20)}号",
            f"090-{rng.randrange(1000, 9999)}-{rng.randrange(1000, 9999)}"))]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n").encode(BY_NAME[encoding])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_planted_rows(detector, encoding, separator):
    data = plant(encoding) if separator == "," else big_table(ROWS, encoding, separator)
    found = detector.detect([data])
    assert len(persons(found)) == ROWS
    (record,) = found.records
    assert record.encoding == encoding
    assert record.layout == "delimited"
    assert record.rows == ROWS
    assert {"name", "birth_date", "address", "phone"} <= set(record.kinds)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_planted_rows_at_odd_places(detector, encoding):
    data = b"\xff\x00\x81\x13" * 120 + b"\x7f" + plant(encoding) + bytes(range(0, 256, 7)) * 9
    assert len(persons(detector.detect([data]))) == ROWS


def test_offsets_are_the_bytes(detector):
    for encoding, codec in BY_NAME.items():
        prefix = bytes(513)
        data = prefix + plant(encoding)
        found = detector.detect([data])
        mine = [hit for hit in found.hits if hit.kind == "my_number"]
        assert len(mine) == ROWS
        texts = [data[hit.start : hit.start + hit.length].decode(codec) for hit in mine]
        assert all(len(text) == 12 and text.isdigit() for text in texts), (encoding, texts)
        names = [
            data[hit.start : hit.start + hit.length] for hit in found.hits if hit.kind == "name"
        ]
        if encoding != "iso-2022-jp":
            assert names[0].decode(codec) == "佐藤　和子"


@given(st.text(st.sampled_from("a1,\n漢カ｡〒"), min_size=1, max_size=400), st.randoms())
def test_places_in_the_bytes_in_any_order(text, rng):
    for encoding in (UTF8, CP932):
        seen = view.view(text.encode(encoding.name), 5 << 40, encoding)
        for size in (1, 2, 5, 1, 3):
            places = [rng.randrange(len(text) + 1) for _ in range(size)]
            expected = [(5 << 40) + len(text[:place].encode(encoding.name)) for place in places]
            assert seen.all_at(places) == expected


@given(st.text(st.sampled_from("a1,;@漢カ\n\0<"), max_size=700), st.booleans())
def test_lines_are_counted(text, long):
    text = "1" * 600 + text if long else text
    lines = Lines(text, points(text))
    split = text.replace("\0", "\n").split("\n")
    assert lines.japanese.tolist() == [len(re.findall("[漢カ]", line)) for line in split]
    assert lines.digits.tolist() == [line.count("1") for line in split]
    assert {char: inside.tolist() for char, inside in lines.separators.items()} == {
        char: [line.count(char) for line in split] for char in ",;" if char in text
    }
    assert lines.marked.tolist() == [bool(re.search("[,;<]", line)) for line in split]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-16-le"])
def test_pieces_do_not_matter(detector, encoding):
    data = bytes(700) + big_table(16_000, encoding)
    whole = detector.detect([data])
    assert len(persons(whole)) == 16_000
    for size in (16 << 10, 1 << 20):
        pieces = detector.detect(data[place : place + size] for place in range(0, len(data), size))
        assert asdict(pieces) == asdict(whole)


def part_of_table(first, rows, encoding):
    header, *lines = big_table(first + rows, "utf-8").decode().splitlines(keepends=True)
    return "".join([header, *lines[first:]]).encode(BY_NAME[encoding])


@pytest.mark.parametrize("first", ENCODINGS)
@pytest.mark.parametrize("second", ENCODINGS)
@pytest.mark.parametrize("gap", [0, 1, 700])
def test_lists_side_by_side(detector, first, second, gap):
    """Neither of two lists that lie beside each other is lost, whichever encodings they are in."""
    for rows, others in ((40, 40), (8, 200), (200, 8)):
        data = part_of_table(0, rows, first) + bytes(gap) + part_of_table(500, others, second)
        assert len(persons(detector.detect([data]))) == rows + others


@pytest.mark.parametrize("gap", [0, 300, 511])
def test_many_lists_side_by_side(detector, gap):
    codes = ("cp932", "utf-8", "euc-jp", "utf-16-le", "cp932", "utf-16-be", "utf-8")
    parts = [part_of_table(place * 100, 40, code) for place, code in enumerate(codes)]
    assert len(persons(detector.detect([bytes(gap).join(parts)]))) == 40 * len(codes)


def test_header_is_handed_on(detector):
    """Numbers that only a header explains are known in the last window too."""
    data = big_table(16_000, "utf-8")
    assert len(data) > detect_module.WINDOW
    (record,) = detector.detect([data]).records
    assert record.rows == 16_000
    assert "atena_number" in record.kinds


FORMS = {
    "base64": lambda text: base64.encodebytes(text.encode()),
    "quoted-printable": lambda text: quopri.encodestring(text.encode("cp932")),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "json": lambda text: json.dumps({"rows": text.split("\n")}).encode(),
    "html": lambda text: "".join(
        char if char.isascii() else f"&#x{ord(char):X};" for char in text
    ).encode(),
    "rtf": lambda text: "".join(
        chr(b) if b < 128 else f"\\'{b:02x}" for b in text.encode("cp932")
    ).encode(),
    "plain": str.encode,
}
MEMO = "対象者は佐藤京子様、昭和60年4月1日生まれ、住所は例題県見晴市中洲2丁目10番13号です。折り返し090-1234-5679へお願いします。\n"


@pytest.mark.parametrize("form", sorted(FORMS))
def test_transfer_forms(detector, form):
    data = b"Subject: x\r\n\r\n" + FORMS[form](MEMO)
    found = detector.detect([data])
    assert len(persons(found)) == 1, found
    kinds = {hit.kind: hit for hit in found.hits}
    assert {"name", "birth_date", "address", "phone"} <= set(kinds)
    phone = kinds["phone"]
    assert 14 <= phone.start < phone.start + phone.length <= len(data)
    if form in {"quoted-printable", "html", "rtf"}:
        assert b"090-1234-5679" in data[phone.start : phone.start + phone.length].replace(
            b"=\n", b""
        )


def transfer_file(newline=""):
    names = [("ｻﾄｳ ｷﾖｳｺ", "1234567"), ("ｽｽﾞｷ ｲﾁﾛｳ", "7654321"), ("ﾀﾅｶ ﾏｺﾄ", "0012345")]
    rows = [("2" + "0005" + " " * 15 + "001" + " " * 15 + "0000" + "1" + account + name.ljust(30) + "0000100000" + "0").ljust(120)
            for name, account in names]  # fmt: skip
    return newline.join(["1210" + "0" * 116, *rows, "8000003" + "0" * 113, "9".ljust(120)]).encode(
        "cp932"
    )


@pytest.mark.parametrize("newline", ["", "\r\n"])
def test_bank_transfer_records(detector, newline):
    found = detector.detect([transfer_file(newline)])
    (record,) = found.records
    assert (record.layout, record.rows, len(record.persons)) == ("fixed", 3, 3)
    assert set(record.kinds) == {"bank_account", "name_kana"}


def test_bank_transfer_records_deep_in_a_text(detector):
    log = b"".join("受付 ref=%012d\r\n".encode("cp932") % number for number in range(900))
    (record,) = detector.detect([log + transfer_file() + b"\n" + log]).records
    assert (record.layout, record.rows, record.start) == ("fixed", 3, len(log) + 120)


NOTHING = {
    "job log": "2022-06-21 10:00:01 INFO 更新処理 開始 受付番号=128019599627 件数=120\n" * 40,
    "schedule": "更新日程\n2022/06/21 10:00 会議 第3会議室\n2022/06/22 システム更改 担当: 総務局\n" * 10,
    "companies": "会社名,所在地,電話番号\n株式会社阪神電機,兵庫県尼崎市猪名寺1-2-3,06-6498-3409\n有限会社六甲設備,兵庫県三田市南3-1-12,06-6490-3596\n",
    "statistics": "町丁名,世帯数,人口\n" + "".join(f"中洲{n}丁目,{n * 31},{n * 77}\n" for n in range(1, 9)),
    "policy": "本市は、住民の氏名、住所、生年月日及び個人番号を適正に管理する。平成27年10月から個人番号の通知が始まった。\n" * 5,
    "sample": "記入例\n氏名 山田 太郎 生年月日 昭和50年1月1日 電話 090-1234-5678 個人番号 123456789012\n",
    "template": "宛名番号,氏名,カナ氏名,生年月日,住所,電話番号\n,,,,,\n",
    "check digits": "".join(f"trace_id=12345678901{d} span=12\n" for d in range(10)) * 5,
    "source": "def test_my_number():\n    assert is_valid('123456789018')\n" * 5,
    "invoice": "請求書\n株式会社兵庫印刷 御中\n登録番号 T7123456789012\nTEL 06-6498-3409\n請求番号 977984998132 金額 1000円\n",
    "era dates": "平成15年3月4日 条例改正\n令和2年5月6日 臨時議会\n昭和30年1月2日 竣工\n" * 4,
    "taken out": "日付,時刻,管理番号,持出者,目的,返却日,返却時刻\n2019-09-10,08:55,EX-1,蓮見 貴子,作業,2019-09-10,10:00\n",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NOTHING))
@pytest.mark.parametrize("codec", ["utf-8", "cp932", "utf-16-le"])
def test_nothing_is_found(detector, name, codec):
    found = detector.detect([NOTHING[name].encode(codec)])
    assert not found.records, found.records


def test_rejected_candidates_are_counted(detector):
    counts = detector.detect([NOTHING["check digits"].encode()]).counts
    assert counts["my_number", "seen"] == 50
    assert counts["my_number", "check_digit"] == 45


def test_random_bytes_and_zeros(detector):
    data = random.Random(3).randbytes(6 << 20)
    found = detector.detect([data, bytes(4 << 20)])
    assert not found.records
    assert not found.hits
    assert found.counts["zeros", "skipped_bytes"] >= (4 << 20) - 1024


def test_no_value_is_given_back(detector):
    found = detector.detect([plant("utf-8")])
    text = repr(found)
    for line in plant("utf-8").decode().splitlines()[1:]:
        for value in line.split(","):
            assert value not in text
            assert value.replace("-", "") not in text


def test_tokens_depend_on_the_key(detector):
    other = open_detector(Settings(bytes(32)))
    data = plant("utf-8")
    assert persons(detector.detect([data])) == persons(detector.detect([data]))
    assert not persons(detector.detect([data])) & persons(other.detect([data]))


def test_same_persons_in_another_encoding_are_the_same(detector):
    rows = [persons(detector.detect([big_table(30, encoding)])) for encoding in ENCODINGS]
    assert all(tokens == rows[0] for tokens in rows)


def test_controls():
    rows = controls(Settings(KEY), {"reversed": (lambda data: data[::-1], lambda data: data[::-1])})
    assert {row["carrier"] for row in rows} == {"plain", "reversed"}
    assert {row["encoding"] for row in rows} == set(ENCODINGS)
    assert all(row["planted"] == row["found"] == ROWS * len(SEPARATORS) for row in rows)


def test_vendor_rows_and_lost_escapes():
    (views,) = views_of("髙﨑①㈱".encode("cp932"), 0)
    assert views[0].raw == "髙﨑①㈱"
    (views,) = views_of(b"\xfb\xfc\xfa\xb1 \x87\x40\x87\x8a " + "佐藤京子の氏名".encode("cp932"), 0)
    assert views[0].raw.startswith("髙﨑 ①㈱")
    euc = next(view for views in views_of("佐藤京子の氏名,".encode("euc_jp") + b"\xad\xa1\xfc\xe2\x8f\xf4\xfb", 0)
               for view in views if view.encoding == "euc-jp")  # fmt: skip
    assert euc.raw.endswith("①髙髙")
    lost = "氏名 佐藤".encode("iso2022_jp").removeprefix(b"\x1b$B")
    (views, *_) = views_of(lost, 0)
    assert views[0].text.startswith("氏名")


def test_accelerator_finds_the_same():
    data = (
        random.Random(5).randbytes(200_000)
        + b"my number PASSPORT \x1b$B MyNumber mynumbermynumber" * 3
    )
    plain, fast = Literals(WORDS, accelerate=False), Literals(WORDS)
    assert plain.look(memoryview(data))[1] == fast.look(memoryview(data))[1] != []


def test_import_is_light():
    program = "import sys, forensics.personal; print([m for m in ('numpy', 'yara', 'pandas', 'hyperscan') if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert out.strip() == "[]"


VALID = [
    plant("cp932"),
    plant("utf-16-le"),
    plant("iso-2022-jp"),
    transfer_file(),
    FORMS["base64"](MEMO),
    FORMS["json"](MEMO),
]


@given(st.data())
def test_damaged_bytes_never_crash(data):
    content = bytearray(data.draw(st.sampled_from(VALID)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["cut", "flip", "append", "insert"])):
            case "cut":
                del content[place : place + data.draw(st.integers(1, 300))]
            case "flip":
                if content:
                    content[place] ^= data.draw(st.integers(1, 255))
            case "append":
                content += data.draw(st.binary(max_size=200))
            case "insert":
                content[place:place] = data.draw(st.binary(max_size=20))
    found = DETECTOR.detect([bytes(content)])
    for hit in found.hits:
        assert 0 <= hit.start <= hit.start + hit.length <= len(content)
    for record in found.records:
        assert 0 <= record.start <= record.start + record.length <= len(content)


DETECTOR = open_detector(Settings(KEY))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_never_crashes(text):
    DETECTOR.detect([text.encode("utf-8", "surrogatepass")])
