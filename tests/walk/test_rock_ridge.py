"""Discs with the names of Rock Ridge and without Joliet: libtsk shows the short names."""

from __future__ import annotations

import pytest
from test_iso import CONTENT, FILE, MORE, ROOTS, SECTOR, SUBS, both, made, record, walked_bytes
from walked_images import real_path

from forensics.walk.rock_ridge import MARK, read

AWAY = FILE + 2  # the folder that was too deep
ROOT, SUB = ROOTS[0], SUBS[0]


def nm(text: bytes, *, goes_on: bool = False) -> bytes:
    return b"NM" + bytes((5 + len(text), 1, goes_on)) + text


def px(mode: int) -> bytes:
    return b"PX\x24\1" + both("I", mode, 1, 0, 0)


def sl(*components: tuple[int, bytes], goes_on: bool = False) -> bytes:
    body = b"".join(bytes((flags, len(text))) + text for flags, text in components)
    return b"SL" + bytes((5 + len(body), 1, goes_on)) + body


def ce(offset: int, size: int) -> bytes:
    return b"CE\x1c\1" + both("I", MORE, offset, size)


def disc() -> bytes:
    """The primary tree of test_iso with longer names; what was Joliet's descriptor ends the set."""
    image = bytearray(made())
    late = nm("住民台帳.csv".encode()[3:])

    def put(sector: int, data: bytes) -> None:
        image[sector * SECTOR : (sector + 1) * SECTOR] = data.ljust(SECTOR, b"\0")

    put(18, b"\xffCD001\1")
    put(MORE, bytes(100) + late)
    link = sl((4, b""), (1, b"long "), goes_on=True) + sl((0, b"name.txt"))
    put(ROOT, b"".join((
        record(b"\0", ROOT, susp=MARK + b"\0" + px(0o40755)),
        record(b"\1", ROOT, susp=px(0o40755)),
        record(b"D", SUB, susp=nm(b"documents") + px(0o40755)),
        record(b"L.;1", 0, 0, 0, nm(b"link") + px(0o120777) + link),
        record(b"PIPE.;1", 0, 0, 0, nm(b"pipe") + px(0o10644)),
        record(b"RR_MOVED", AWAY + 1, susp=nm(b"rr_moved") + px(0o40755)),
    )))  # fmt: skip
    put(SUB, b"".join((
        record(b"\0", SUB), record(b"\1", ROOT),
        record(b"A.TXT;1", FILE, len(CONTENT), 0,
               nm("住".encode(), goes_on=True) + px(0o100644) + ce(100, len(late))),
        record(b"DEEP.;1", 0, 0, 0, nm(b"deep") + b"CL\x0c\1" + both("I", AWAY)),
    )))  # fmt: skip
    put(AWAY + 1, b"".join((
        record(b"\0", AWAY + 1), record(b"\1", ROOT),
        record(b"DEEP", AWAY, susp=nm(b"deep") + b"RE\4\1" + px(0o40755)),
    )))  # fmt: skip
    put(AWAY, b"".join((
        record(b"\0", AWAY), record(b"\1", AWAY + 1),
        record(b"B.TXT;1", FILE, len(CONTENT), 0, nm(b"below.txt") + px(0o100644)),
    )))  # fmt: skip
    return bytes(image)


def test_names_links_and_folders_that_were_moved(tmp_path):
    tables, _ = walked_bytes(disc(), tmp_path)
    rows = {real_path(row): (row["kind"], row["size"], row["link_target"]) for row in tables.table("files").to_pylist()}  # fmt: skip
    assert rows == {
        "/documents": ("directory", SECTOR, None),
        "/documents/住民台帳.csv": ("file", len(CONTENT), None),
        "/documents/deep": ("directory", 0, None),
        "/documents/deep/below.txt": ("file", len(CONTENT), None),
        "/link": ("link", 0, "../long name.txt"),
        "/pipe": ("other", 0, None),
        "/rr_moved": ("directory", SECTOR, None),
    }
    assert tables.table("coverage").num_rows == 0


def test_without_the_mark_of_the_root_it_is_left_to_libtsk(tmp_path):
    data = disc().replace(MARK, b"XX" + MARK[2:])
    tables, _ = walked_bytes(data, tmp_path)
    assert "/D/A.TXT" in {real_path(row) for row in tables.table("files").to_pylist()}


@pytest.mark.parametrize(
    ("entries", "target"),
    [
        (sl((8, b""), (0, b"etc"), (0, b"passwd")), b"/etc/passwd"),
        (sl((8, b"")), b"/"),
        (sl((2, b""), (4, b""), (0, b"a")), b"./../a"),
        (sl((0, b"a")) + sl((0, b"b")), b"a/b"),
    ],
)
def test_targets_of_links(entries, target):
    raw = record(b"L.;1", 0, 0, 0, entries)
    assert read(lambda _at, _length: b"", raw, SECTOR).target == target


def test_entries_that_lead_to_themselves_end():
    raw = record(b"A.;1", 0, 0, 0, ce(0, 28))
    asked = []

    def again(at, length):
        asked.append(at)
        return ce(0, 28)

    assert read(again, raw, SECTOR).name == b""
    assert set(asked) == {MORE * SECTOR}
    assert len(asked) < 20


def test_any_cut_of_the_entries_ends():
    raw = disc()[ROOT * SECTOR :][:SECTOR]
    for size in range(34, 200):
        short = raw[:size]
        read(lambda _at, _length: b"", bytes((size,)) + short[1:], SECTOR)
