"""Forms that mail programs and directories write, and that gates overlooked once."""

from __future__ import annotations

import base64
import quopri
import struct

import pytest

from fixtures.people import register
from forensics.personal import Settings
from forensics.personal.detect import Detector

DETECTOR = Detector(Settings(bytes(range(32))))
PEOPLE = register(9, 40)
MEMO = "\n".join(f"氏名：{one.name}　生年月日：{one.born}　電話：{one.phone}" for one in PEOPLE[:6])
FILLER = b"This is a line of ASCII, and nothing else.\r\n" * 60


def persons(data):
    found = DETECTOR.detect([data])
    return {token for record in found.records for token in record.persons}


def quoted(text):
    return "".join(f"={byte:02X}" for byte in text.encode("cp932"))


def card(one):
    surname, given = one.name.split("\u3000")
    return (
        "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        f"N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{quoted(surname)};{quoted(given)};;;\r\n"
        f"TEL;CELL:{one.phone}\r\nEMAIL:x{one.code}@example.jp\r\nBDAY:{one.born.replace('/', '-')}\r\n"
        "END:VCARD\r\n"
    ).encode()


def entry(one):
    name = base64.b64encode(one.name.encode()).decode()
    return f"dn: uid={one.code},ou=x\ncn:: {name}\nmail: {one.code}@example.jp\nmobile: {one.phone}\n\n"


@pytest.mark.parametrize("around", [b"", FILLER])
@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"".join(map(card, PEOPLE[:5])), 5),
        ("".join(map(entry, PEOPLE[:8])).encode(), 8),
        (MEMO.encode("iso2022_jp", "ignore").replace(b"\x1b", b""), 6),
        (base64.encodebytes(MEMO.encode("iso2022_jp", "ignore")), 6),
        (quopri.encodestring(MEMO.encode("iso2022_jp", "ignore")), 6),
    ],
    ids=["vcard", "ldif", "iso-2022-jp without ESC", "iso-2022-jp in base64", "iso-2022-jp quoted"],
)
def test_persons(data, count, around):
    assert len(persons(around + data + around)) == count


def test_offsets_are_those_of_the_bytes():
    data = FILLER + MEMO.encode("iso2022_jp", "ignore").replace(b"\x1b", b"") + FILLER
    hits = DETECTOR.detect([data]).hits
    phones = [data[hit.start : hit.start + hit.length].decode() for hit in hits if hit.kind == "phone"]  # fmt: skip
    assert phones == [one.phone for one in PEOPLE[:6] if not one.phone.startswith("071")]


def test_dbase_records_have_no_line_ends():
    fields = [("NAME", 24), ("KANA", 30), ("BIRTH", 8), ("ADDR", 60), ("TEL", 13)]
    head = b"".join(
        name.encode().ljust(11, b"\0") + b"C" + bytes(4) + bytes([width]) + bytes(15)
        for name, width in fields
    )
    length = 1 + sum(width for _, width in fields)
    rows = b"".join(
        b" "
        + b"".join(
            value.encode("cp932")[:width].ljust(width)
            for value, (_, width) in zip(
                (one.name, one.kana, one.born.replace("/", ""), one.address, one.phone),
                fields,
                strict=True,
            )
        )
        for one in PEOPLE
    )
    start = struct.pack("<4sIHH20x", b"\3\x16\6\x15", len(PEOPLE), 33 + len(head), length)
    assert len(persons(start + head + b"\r" + rows + b"\x1a")) == len(PEOPLE)


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp"])
def test_a_note_of_one_line_has_few_bytes_above_ascii(codec):
    number = PEOPLE[0].number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    note = f"マイナンバー：{number[:4]}　{number[4:8]}　{number[8:]}\n"
    assert len(persons(note.encode(codec))) == 1
