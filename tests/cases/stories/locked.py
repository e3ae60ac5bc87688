"""What a password or a key protects."""

from __future__ import annotations

import random
import struct

from fixtures.disk import Node, mbr
from tests.cases.stories.common import SERIAL, plain_stick, story
from tests.cases.story import BEFORE, MIB, Story, listing, note
from tests.unpack.lockers import aes


def locked_zip(name: str, seed: int, *, aes: bool = True, size: int = 90_000) -> bytes:
    """A ZIP whose one member needs a password; the content is noise, as a cipher text looks."""
    noise, raw = random.Random(seed).randbytes(size), name.encode("cp932")
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8) if aes else b""
    method, version = (99, 51) if aes else (8, 20)
    core = struct.pack(
        "<HHHHHIIIHH",
        version,
        1,
        method,
        0x4800,
        0x56C1,
        0 if aes else 0x12345678,
        size,
        3 * size,
        len(raw),
        len(extra),
    )
    local = b"PK\3\4" + core + raw + extra + noise
    central = (
        b"PK\1\2"
        + struct.pack("<H", version)
        + core
        + struct.pack("<HHHII", 0, 0, 0, 0x20, 0)
        + raw
        + extra
    )
    return (
        local
        + central
        + b"PK\5\6"
        + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    )


def about_locked(s: Story) -> None:
    s.exits = (3,)
    s.need("locked", "a password", evidence="USB1", path={"contains": "juki_all.zip"})
    s.forbid("register_match", "a name is not content", evidence="USB1")
    s.answer(
        "data_on_medium",
        "USB1",
        "undetermined",
        "a name is not content",
        reasons={"has": ["LOCKED"]},
    )
    s.answer("fully_examined", "USB1", "refuted undetermined", "locked")
    s.answer("leak", "case", "undetermined", "locked")
    s.truth["coverage"].append({"evidence": "USB1", "locked": {"min": 80_000, "max": 120_000}})


@story
def aes_zip_of_residents(s: Story) -> None:
    plain_stick(s, [Node("juki_all.zip", locked_zip("住基全件.csv", 1), BEFORE)], "fat16")
    s.register()
    about_locked(s)


@story
def aes_zip_of_manuals(s: Story) -> None:
    plain_stick(
        s, [Node("juki_all.zip", locked_zip("manual.pdf", 2), BEFORE)], "exfat", "none", "e01"
    )
    s.register()
    about_locked(s)


@story
def zipcrypto(s: Story) -> None:
    plain_stick(s, [Node("juki_all.zip", locked_zip("list.csv", 3, aes=False), BEFORE)], "ntfs")
    s.register()
    about_locked(s)
    s.answer("encrypted", "USB1", "refuted undetermined", "ZipCrypto is no sound encryption")


@story
def bitlocker(s: Story) -> None:
    boot = bytearray(random.Random(4).randbytes(8 * MIB))
    boot[:512] = b"\xeb\x58\x90-FVE-FS-" + struct.pack("<HB", 512, 8) + bytes(497) + b"\x55\xaa"
    struct.pack_into("<Q", boot, 40, 8 * MIB // 512)
    boot[160:176] = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    for place in (0x10000, 0x20000, 0x30000):
        boot[place : place + 8] = b"-FVE-FS-"
        struct.pack_into("<HH", boot, place + 8, 0x200, 2)
    struct.pack_into("<QQQ", boot, 176, 0x10000, 0x20000, 0x30000)
    s.item(
        "USB1", "medium", mbr(bytes(boot), 0x07, 2048, 77), fs=None, serial=SERIAL, authorised=True
    )
    s.register()
    s.exits = (3,)
    s.need("locked", "BitLocker", evidence="USB1", method={"re": "(?i)bitlocker|fve"})
    s.nobody("USB1")
    s.answer("data_on_medium", "USB1", "undetermined", "locked")
    s.answer("encrypted", "USB1", "confirmed undetermined", "the volume is under BitLocker")
    s.truth["coverage"].append({"evidence": "USB1", "locked": {"min": 7 * MIB}})


@story
def an_archive_with_its_key(s: Story) -> None:
    """All that is personal lies in an AES archive, which the owner's key opens: encrypted, as was claimed."""
    s.files["key.txt"] = b"Hachijo-8842"
    archive = aes(listing(s.residents[:90], encoding="utf-8"), b"Hachijo-8842", 3)
    nodes = [Node("tsuchi.zip", archive, BEFORE), Node("readme.txt", note("鍵は別送。\n"), BEFORE)]
    plain_stick(s, nodes, "exfat", lines=['keys = ["file:key.txt"]'])
    s.register()
    s.matched("USB1", "tsuchi.zip", 90)
    s.answer("encrypted", "USB1 case", "confirmed", "in an AES archive only")
    s.persons(90)
