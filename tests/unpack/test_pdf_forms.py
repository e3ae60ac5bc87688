"""PDF files that open without a password, packed by LZW or with a predictor, with Japanese fonts of no map."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest
from lockers import CONTENT, PAGE, locked_pdf
from packers import pdf
from test_unpack import contents

from forensics.unpack import UnpackError, lzw
from forensics.unpack.pdf_cid import japan1


def text(data: bytes) -> bytes:
    return contents(data)[0][1]


# --- encryption -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["RC4-40", "RC4-128", "AES"])
def test_what_opens_without_a_password(method: str) -> None:
    assert text(locked_pdf(method)).startswith(b"seen\n")
    assert contents(locked_pdf(method, b"secret")) == [
        ("", None, "locked", "LOCKED", "PDF encryption")
    ]


def test_damage_in_what_is_encrypted() -> None:
    sound = locked_pdf("AES")
    for seed in range(60):
        chance = random.Random(seed)
        data = bytearray(sound)
        for _ in range(chance.choice((1, 5, 40))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for _, _, outcome, reason, _ in contents(bytes(data[: chance.randrange(len(data))])):
            assert outcome in ("examined", "partial", "locked"), reason


@pytest.mark.image
def test_real_files_that_open_without_a_password(shared: Path) -> None:
    folder = shared / "corpus/documents/pdf"
    assert b"pdf encryption test" in text((folder / "r3-empty-password.pdf").read_bytes())
    assert b"RETHINKING THE FINANCIAL NETWORK" in text(
        (folder / "testPDF_protected.pdf").read_bytes()
    )


# --- filters --------------------------------------------------------------------------------------


def lzw_packed(data: bytes) -> bytes:
    """LZW from the highest bit on, codes growing one step early."""
    table = {bytes((code,)): code for code in range(256)}
    bits, width, word, following = f"{256:09b}", 9, b"", 258
    for byte in data:
        longer = word + bytes((byte,))
        if longer in table:
            word = longer
            continue
        bits += f"{table[word]:0{width}b}"
        table[longer], following = following, following + 1
        width, word = max(following.bit_length(), 9), longer[-1:]
        if following == 4094:
            bits += f"{table[word]:0{width}b}{256:0{width}b}"
            table = {bytes((code,)): code for code in range(256)}
            width, word, following = 9, b"", 258
    bits += f"{table[word]:0{width}b}" if word else ""
    width = max((following + 1).bit_length(), 9)
    bits += f"{257:0{min(width, 12)}b}"
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def test_lzw() -> None:
    # The example of the standard, 7.4.4.2.
    assert b"".join(lzw.decoded(bytes.fromhex("800B6050220C0C8501"))) == bytes(
        (45, 45, 45, 45, 45, 65, 45, 45, 45, 66)
    )
    data = random.Random(3).choices(b"abcd", k=60_000)
    assert b"".join(lzw.decoded(lzw_packed(bytes(data)))) == bytes(data)
    with pytest.raises(UnpackError, match="DAMAGED"):
        list(lzw.decoded(bytes.fromhex("807fff")))
    body = lzw_packed(CONTENT)
    found = pdf(PAGE, b"<</Filter/LZWDecode/Length %d>>\nstream\n%s\nendstream" % (len(body), body))
    assert text(found) == b"seen\n"


@pytest.mark.parametrize("kind", range(5))
def test_predictors(kind: int) -> None:
    data, width, above, out = CONTENT.ljust(50), 10, bytes(10), b""
    for at in range(0, 50, width):
        row = data[at : at + width]
        coded = bytearray()
        for place, byte in enumerate(row):
            left, corner = (row[place - 1], above[place - 1]) if place else (0, 0)
            up = above[place]
            near = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(near - value))
            coded.append(byte - (0, left, up, (left + up) // 2, paeth)[kind] & 255)
        out += bytes((kind,)) + coded
        above = row
    packed = zlib.compress(out)
    head = b"<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 10>>/Length %d>>" % len(
        packed
    )
    assert text(pdf(PAGE, head + b"\nstream\n" + packed + b"\nendstream")) == b"seen\n"


# --- fonts ----------------------------------------------------------------------------------------


def test_numbers_of_adobe_japan1() -> None:
    numbers = {
        char: int.from_bytes(raw, "big") for raw, char in sorted(japan1().items(), reverse=True)
    }
    # As Adobe's UniJIS-UTF32-H has them.
    known = {
        "A": 34,
        "0": 17,
        "　": 633,
        "、": 634,
        "あ": 843,
        "亜": 1125,
        "腕": 4089,
        "弌": 4090,
        "瑤": 7477,
        "髙": 8705,
        "凜": 8284,
    }
    assert {char: numbers[char] for char in known} == known
    assert japan1()[(231 + 17).to_bytes(2, "big")] == "1"
    assert japan1()[(327).to_bytes(2, "big")] == "｡"
    system = (
        b"/DescendantFonts[<</CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>>>]"
    )
    show = b"BT /F 10 Tf <%04x%04x> Tj ET" % (numbers["蓮"], numbers["見"])
    data = pdf(PAGE, (b"", show), b"<</Type/Font/Subtype/Type0/Encoding/Identity-H%s>>" % system)
    assert contents(data)[0][1:4] == ("蓮見\n".encode(), "examined", None)


def test_names_of_pictures() -> None:
    font = b"<</Type/Font/Subtype/Type3/Encoding<</Differences[1/zero/nine/hyphen 10/A/uni84EE/u898B/g12]>>>>"
    data = pdf(PAGE, (b"", b"BT /F 10 Tf <0102030A0B0C> Tj ET"), font)
    assert text(data) == "09-A蓮見\n".encode()


@pytest.mark.image
def test_numbers_as_pdfminer_has_them() -> None:
    from pdfminer.cmapdb import CMapDB

    theirs = CMapDB.get_unicode_map("Adobe-Japan1", False).cid2unichr
    mine = {int.from_bytes(raw, "big"): char for raw, char in japan1().items()}
    other = [number for number, char in mine.items() if theirs.get(number, char) != char]
    assert len(other) < 10  # signs that look alike: ¥, ¦, ￠
