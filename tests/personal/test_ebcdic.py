"""全銀 files in EBCDIC: every person at the right bytes, wherever the file stands; nothing in other bytes."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.people import register
from forensics.personal import Settings, ebcdic, open_detector
from forensics.personal.fold import _FULL, _HALF

PEOPLE = register(29, 300)
CODES = {char: byte for byte, char in reversed(list(enumerate(ebcdic.TABLE))) if char not in "\r\n"}
NARROW = dict(zip(_FULL, _HALF, strict=True)) | {"\u3099": "ﾞ", "\u309a": "ﾟ", "\u3000": " "}
ENDS = ("", "\r\x25", "\x15")


@pytest.fixture(scope="module")
def detector():
    return open_detector(Settings(bytes(range(32))))


def narrow(kana):
    return "".join(NARROW.get(char, char) for char in unicodedata.normalize("NFD", kana))


def data_record(one, account):
    bank = f"2{1 + account % 999:04d}{'ﾐｻｷｷﾞﾝｺｳ':<15}{account % 900:03d}{'ﾎﾝﾃﾝ':<15}{'0000' if account % 2 else '    '}"
    return f"{bank}1{account:07d}{narrow(one.kana):<30}{account:010d}1{'0' * 20:<29}"


def zengin(people, rng):
    """Header, a data record for each, trailer, end: lines of 120 characters."""
    data = [data_record(one, rng.randrange(10**7)) for one in people]
    head = f"1211{rng.randrange(10**10):010d}{'ﾐﾎﾝｼ':<40}{'0401':<66}"
    return [head, *data, f"8{len(data):06d}{'0' * 12:<113}", f"9{'':<119}"]


def encoded(lines, end, encode):
    return b"".join(encode(line) + end.encode("latin-1") for line in lines)


def ebcdic_of(line):
    return bytes(CODES[char] for char in line)


def tokens(found):
    return {(hit.kind, hit.token) for hit in found.hits}


def test_the_table_is_the_code_page():
    assert (
        ebcdic.decode(b"\x81\x9d\xbe\xbd\x47\x58\xc1\xe9\xf0\xf9\x40\x4d\x5d\x60")
        == "ｱﾊﾞﾝｧｰAZ09 ()-"
    )
    assert len(ebcdic.TABLE) == 256
    assert [ebcdic.decode(bytes([byte])) for byte in (0x00, 0xFF)] == ["\n", "\udcff"]


@given(
    st.integers(1, 40),
    st.sampled_from(ENDS),
    st.integers(0, 2000),
    st.integers(0, 1 << 32),
)
def test_a_file_is_found_where_it_stands(detector, count, end, before, seed):
    rng = random.Random(seed)
    people = rng.sample(PEOPLE, count)
    lines = zengin(people, rng)
    around = rng.choice(
        [b"", b"\0", "通知した。\r\n".encode("cp932"), b"GET /index.html HTTP/1.1\r\n"]
    )
    content = around * before + encoded(lines, end, ebcdic_of)
    first = len(around) * before + 120 + len(end)
    found = detector.detect([content + around * 600])
    (record,) = found.records
    assert (record.encoding, record.layout, record.rows) == ("cp290", "fixed", count)
    assert (record.start, record.kinds) == (first, ("bank_account", "name_kana"))
    for hit in found.hits:
        place, column = divmod(hit.start - first, 120 + len(end))
        assert column == {"bank_account": 43, "name_kana": 50}[hit.kind]
        assert hit.length == {43: 7, 50: len(lines[1 + place][50:80].rstrip())}[column]
        assert hit.encoding == "cp290"
        assert hit.rule == f"validator:{hit.kind}"
    narrow_form = detector.detect([encoded(lines, "\r\n", lambda line: line.encode("cp932"))])
    assert tokens(found) == tokens(narrow_form)
    assert set(record.persons) == set(narrow_form.records[0].persons)


def test_a_part_of_a_file_is_found(detector):
    rng = random.Random(3)
    content = encoded(zengin(PEOPLE[:30], rng), "", ebcdic_of)
    (record,) = detector.detect([content[1000:2600]]).records  # the records at 1080, 1200, … 2400
    assert (record.start, record.rows) == (80, 12)


def test_one_record_alone_or_a_company_is_no_finding(detector):
    rng = random.Random(4)
    lines = zengin(PEOPLE[:5], rng)
    assert not detector.detect([bytes(512) + ebcdic_of(lines[1]) + bytes(512)]).records
    company = [
        line.replace(line[50:80], f"{'ｶ)ﾐﾎﾝｼﾖｳｼﾞ':<30}") if line[0] == "2" else line
        for line in lines
    ]
    assert not detector.detect([encoded(company, "", ebcdic_of)]).records


@given(st.binary(max_size=400), st.integers(1, 400), st.integers(0, 1 << 32))
def test_other_bytes_are_none(noise, times, seed):
    """Neither random bytes, nor digits and kana of the code page in another order."""
    assert not list(ebcdic.transfers(noise * times))
    some = bytes(random.Random(seed).choices(b"\x40\xf0\xf1\xf2\xf3\xf8\xf9\x81\x9d", k=20_000))
    assert not list(ebcdic.transfers(some))
