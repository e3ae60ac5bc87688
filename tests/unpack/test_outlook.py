"""Stores and messages of Outlook: made here by the published formats, and real ones (corpus)."""

from __future__ import annotations

import lzma
import random
import struct
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from outlook import BODY, LONG, TABLE, Store, msg, pst, rtf_packed, tnef, wide
from test_unpack import contents, flipped

from forensics.unpack import Budget, Buffer, Member, UnpackError, find, pst_blocks
from forensics.unpack.mapi import Value, _rtf, _several

FORMS = [(0, "unicode"), (1, "unicode"), (2, "unicode"), (1, "ansi"), (1, "4k")]
LINES = (
    "Subject: 名簿の送付", "From: 蓮見 貴子", "Date: 2022-06-18 04:26:40", "8001: 表の名", "8002: 一人", "8002: 二",
    "To: 宛先 一郎\tb@example.com", "Cc: 写し 花子\tc@example.com",
)  # fmt: skip


def check(found: dict[str, tuple], prefix: str, body: str, table: bytes) -> None:
    """The message of the builders is whole."""
    text = found[f"{prefix}message.txt"][0].decode()
    assert set(LINES) <= set(text.splitlines()), text[:400]
    assert text.endswith("\n\n" + body)
    assert (
        found[f"{prefix}body.rtf"][0].decode("cp932")
        == "{\\rtf1\\ansi\\ansicpg932 \\'96\\'bc\\'95\\'eb\\par}"
    )
    assert found[f"{prefix}body.html"][0] == b"<html><td>A</td><td>&#33970;</td></html>"
    assert found[f"{prefix}名簿.csv"][0] == table
    assert "Subject: 内側\n" in found[f"{prefix}1/message.txt"][0].decode()
    assert found[f"{prefix}1/message.txt"][0].decode().endswith("\n\n中の本文")
    assert {outcome for _, outcome, _ in found.values()} == {"examined"}


@pytest.mark.parametrize(("coding", "form"), FORMS)
def test_every_message_of_a_store(coding: int, form: str) -> None:
    found = {name: rest[:3] for name, *rest in contents(pst(coding, form))}
    check(found, "受信_箱/2097188/", LONG, TABLE)
    removed = found.get("~removed", (b"",))[0]
    if form != "4k":  # there a block is packed, or too short to be
        assert ("消した 太郎".encode("utf-16-le") in removed) == (coding == 1)


def test_a_message_file() -> None:
    found = {name: rest[:3] for name, *rest in contents(msg())}
    check(found, "", LONG[:1000], TABLE[:3000])
    assert found["__nameid_version1.0/__substg1.0_00030102"][0] == b"names"
    assert not any(name.endswith("1000001F") for name in found)  # not twice


def test_winmail() -> None:
    data = tnef()
    found = {name: rest[:3] for name, *rest in contents(data)}
    text = found["message.txt"][0].decode()
    assert set(LINES[:-2]) <= set(text.splitlines())  # the mail around it has the recipients
    assert text.endswith("\n\n" + LONG)
    assert found["名簿.csv"][0] == TABLE
    assert "Subject: 内側\n" in found["1/message.txt"][0].decode()
    assert found["1/x"][0] == b"y"
    assert {outcome for _, outcome, _ in found.values()} == {"examined"}
    wrong = flipped(data, data.index(b"1,2,3") + 1)
    assert contents(wrong)[-1][2:4] == ("partial", "CRC_MISMATCH")
    assert contents(data[:-40])[-1][2:4] == ("partial", "TRUNCATED")


def test_a_damaged_block_is_read_and_told() -> None:
    data = pst(1)
    at = data.index("貴子 090".encode("utf-16-le").translate(pst_blocks._ENCODE))
    found = {name: rest[:3] for name, *rest in contents(flipped(data, at))}
    body, outcome, reason = found["受信_箱/2097188/message.txt"]
    assert (outcome, reason) == ("partial", "CRC_MISMATCH")
    assert len(body) > len(LONG.encode()) - 10
    tree = data.index(struct_node := (0x200024).to_bytes(8, "little"))
    assert struct_node
    cut = contents(data[:tree])
    assert ("partial", "DIRECTORY_DAMAGED") in {
        (outcome, reason) for _, _, outcome, reason, _ in cut
    }


@pytest.mark.parametrize(("coding", "form"), FORMS[1:])
def test_blocks_that_no_message_holds(coding: int, form: str) -> None:
    store = Store(coding, form)
    store.nodes.append((0x200024, *store.item({0x37: wide("在る")}), 0x122))
    store.item({0x37: wide("失った 太郎"), BODY: wide("節のない本文" * 400)})
    found = {name: body for name, body, *_ in contents(store.bytes())}
    for text in ("失った 太郎", "節のない本文" * 400):
        assert text.encode("utf-16-le") in found["~rest"]
    assert "在る".encode("utf-16-le") not in found["~rest"]
    assert "Subject: 在る" in found["2097188/message.txt"].decode()


def test_values_that_name_the_same_bytes() -> None:
    raw = struct.pack("<I", 900) + struct.pack("<900I", *([0, 9000] * 450)) + b"A" * 5396
    assert sum(map(len, _several(raw, 0x101E, "ascii"))) <= len(raw)
    store = Store()
    parts = [struct.pack("<BBBBI", 0xB5, 2, 6, 0, 0x40), b"", b"B" * 4000]
    parts[1] = b"".join(struct.pack("<HHI", number, 0x1E, 0x60) for number in range(0x6000, 0x6100))
    store.nodes.append((0x200024, store.block(store.heap(0xBC, parts)), 0, 0))
    tracemalloc.start()
    sizes = [len(piece) for member in _members(store) for piece in member.chunks()]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) > 256 * 4000
    assert peak < 4 << 20


def _members(store: Store) -> Iterator[Member]:
    data = store.bytes()
    return find(data).members(Buffer(data), Budget(len(data)))


def test_an_attachment_that_is_not_here_is_told() -> None:
    store = Store()
    named = store.item({0x3707: wide("名簿.csv")})
    store.nodes.append((0x200024, *store.message({0x37: wide("表")}, [], [named]), 0))
    found = {name: (body, outcome, reason) for name, body, outcome, reason, _ in contents(store.bytes())}  # fmt: skip
    assert found["2097188/名簿.csv"] == (None, "partial", "NO_CONTENT")


def test_rows_that_are_shorter_than_their_columns() -> None:
    store = Store()
    columns = b"".join(struct.pack("<HHHBB", 0x1F, 0x3000 + n, 0, 4, n) for n in range(200))
    head = struct.pack("<BBHHHHIII", 0x7C, 200, 1, 1, 1, 1, 0, 0x40, 0) + columns
    table = store.block(store.heap(0x7C, [head, bytes(3000)]))
    store.nodes.append((0x200024, *store.item({0x37: wide("表")}, [(0x692, table, 0)]), 0))
    found = contents(store.bytes())
    assert ("partial", "DAMAGED") in [(outcome, reason) for _, _, outcome, reason, _ in found]
    assert "Subject: 表\n" in found[0][1].decode()


def test_blocks_in_each_other_end() -> None:
    store = Store()
    loop = store.block(b"", inner=True)
    store.blocks[-1] = (loop, len(store.out), 16)
    again = b"\1\1\2\0" + bytes(4) + loop.to_bytes(8, "little")
    store.out += (
        again
        + bytes(32)
        + b"\x10\0\0\0"
        + pst_blocks.weak_crc(again).to_bytes(4, "little")
        + bytes(8)
    )
    store.nodes.append((0x200024, loop, loop, 0))
    reader = pst_blocks.Store(Buffer(store.bytes()))
    with pytest.raises(UnpackError):
        list(reader.data(loop))
    assert list(reader.below(loop)) == []


def test_entries_that_are_too_short() -> None:
    store = Store()
    store.nodes.append((0x200024, *store.item({0x37: wide("表")}), 0x122))
    data = bytearray(store.bytes())
    (root,) = struct.unpack_from("<Q", data, 224)
    (leaf,) = struct.unpack_from("<Q", data, root + 16)
    data[leaf + 490] = 24  # bytes of an entry
    assert contents(bytes(data))[0][2:4] == ("partial", "DIRECTORY_DAMAGED")


def test_packed_rtf() -> None:
    plain = b"{\\rtf1" + random.Random(5).randbytes(9000)
    kind, raw = rtf_packed(plain)
    assert b"".join(_rtf(Value(kind, lambda: iter([raw])))) == plain
    with pytest.raises(UnpackError):
        b"".join(_rtf(Value(kind, lambda: iter([raw[:-300]]))))


@pytest.mark.parametrize("seed", range(60))
def test_damage_ends_with_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.choice((pst(1), pst(0), pst(1, "ansi"), pst(1, "4k"), msg(), tnef())))
    for _ in range(chance.choice((1, 20, 200))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    cut = bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])
    for name, body, outcome, reason, _ in contents(cut):
        assert outcome in ("examined", "partial", "skipped", "unsupported"), name
        assert reason or body is not None


@pytest.mark.image
def test_stores_of_outlook(shared: Path) -> None:
    folder = shared / "corpus/documents/mail"
    names = {}
    for name in ("outlook", "passworded", "testPST_variousBodyTypes"):
        found = contents(lzma.decompress((folder / f"{name}.pst.xz").read_bytes()))
        assert {outcome for _, _, outcome, _, _ in found} == {"examined"}
        names |= {member.split("/", 1)[-1]: body for member, body, *_ in found}
    assert b"a test message for outlook" in names["Drafts/2097252/message.txt"]
    assert len(names["Drafts/2097252/body.html"]) == 20548  # as pypff has it
    assert b"contact name 1" in names["Contacts/2097252/message.txt"]
    assert b"test dist list" in names["Contacts/2097188/message.txt"]
    for number in (2097188, 2097220, 2097252, 2097284):
        assert b"original email" in names[f"Inbox/tmp/{number}/message.txt"]
    assert len(names["Inbox/tmp/2097252/body.rtf"]) == 11719


@pytest.mark.image
def test_messages_of_outlook(shared: Path) -> None:
    folder = shared / "corpus/documents/mail"
    found = contents((folder / "Outlook_Message_Format_-_Unicode.msg").read_bytes())
    text = {name: body for name, body, *_ in found}
    assert b"InBody_Email@email.com" in text["message.txt"]
    assert {"DOC.docx", "Attached_JPEG.jpg", "body.rtf"} <= text.keys()
    inner = contents(lzma.decompress((folder / "testMSG_att_msg.msg.xz").read_bytes()))
    assert any(
        name == "0/message.txt" and b"Subject: Test Attachment" in body for name, body, *_ in inner
    )
