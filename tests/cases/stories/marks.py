"""What systems leave on a stick they meet, and what only looks like it."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct

from fixtures.disk import Node, mbr
from tests.cases.stories.common import SERIAL, VOLUME, listed, on_stick, plain_stick, story
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.story import (
    BEFORE,
    INSIDE,
    START,
    Story,
    at,
    ext4,
    listing,
    note,
    pc,
    stick,
    utc,
)


def alone(s: Story, nodes: list[Node], fs: str = "exfat", **more: object) -> None:
    plain_stick(s, nodes, fs, **more)
    s.register()
    on_stick(s)


def touched(s: Story) -> None:
    s.answer("changed_after_loss", "USB1 case", "confirmed", "born in the window")
    s.answer("accessed_after_loss", "USB1 case", "confirmed", "a system met it then")
    s.answer("opened_files", "USB1 case", "undetermined", "met is not read")
    s.answer("leak", "case", "undetermined", "met is not read")


@story
def times_set_back_on_ntfs(s: Story) -> None:
    """A file copied onto the stick in the window, all its times set to May; the name keeps when it came."""
    old = at(8, 9, month=5)
    nodes = [*listed(s), Node("業務/memo.txt", note("持ち込み\n" * 200), old, named=INSIDE)]
    alone(s, nodes, "ntfs")
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "confirmed undetermined",
        "the name was made in the window",
    )
    s.answer("tampered", "USB1 case", "undetermined confirmed", "times set back, or unpacked")


def ext4_stick(
    s: Story, mounted: dt.datetime | None, written: dt.datetime, where: bytes = b""
) -> bytes:
    """A partition of ext4 as a Linux desktop leaves it. mounted: the last time; written: superblock."""
    files = {"data/taisho.csv": listing(s.residents[:200]), "data/readme.txt": note("年次\n")}
    made = bytearray(
        ext4(
            {name: (data, BEFORE) for name, data in files.items()},
            features=("-O", "^metadata_csum"),
        )
    )
    for at_byte, when in ((0x2C, mounted), (0x30, written), (0x40, BEFORE), (0x108, BEFORE)):
        struct.pack_into("<I", made, 1024 + at_byte, int(when.timestamp()) if when else 0)
    struct.pack_into("<H", made, 1024 + 0x34, 7 if mounted else 0)
    made[1024 + 0x88 : 1024 + 0x88 + len(where)] = where
    return mbr(bytes(made), 0x83, START, 0x00C1A7B2)


@story
def an_ext4_stick_mounted_in_the_window(s: Story) -> None:
    s.item(
        "USB1",
        "medium",
        ext4_stick(s, INSIDE, INSIDE + dt.timedelta(minutes=4), b"/media/kyaku/DATA"),
        fs="ext",
        serial=SERIAL,
        authorised=True,
    )
    s.register()
    on_stick(s)
    touched(s)


@story
def an_ext4_stick_mounted_before(s: Story) -> None:
    s.item(
        "USB1", "medium", ext4_stick(s, BEFORE, BEFORE), fs="ext", serial=SERIAL, authorised=True
    )
    s.register()
    on_stick(s)
    s.answer(
        "changed_after_loss", "USB1 case", "no_trace", "the superblock was last written before"
    )
    s.answer("accessed_after_loss", "USB1 case", "undetermined", "read only leaves nothing")
    s.quiet()


@story
def unlike_its_manifest(s: Story) -> None:
    """Bytes of the list differ from the manifest of before the loss; every time is as old as it was."""
    nodes = listed(s)
    before = nodes[0].data.replace(b"1", b"2", 1)
    text = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {path}\n"
        for path, data in (("業務/taisho.csv", before), ("業務/readme.txt", nodes[1].data))
    )
    plain_stick(s, nodes, "exfat", lines=['baseline = "before.sha256"'])
    s.files["before.sha256"] = text.encode()
    s.register()
    on_stick(s)
    s.answer("changed_after_loss", "USB1 case", "undetermined confirmed", "it is not what it was")
    s.answer("leak", "case", "undetermined", "it is not what it was")


@story
def a_copy_with_the_times_of_its_source(s: Story) -> None:
    """A program copied the list to the PC in the window, and gave it all times of the source: when it came its name tells."""
    nodes = listed(s)
    copy = Node("work/a.csv", nodes[0].data, at(8, 9, month=5), named=INSIDE)
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=[copy]), nodes, "exfat")
    s.need("copy", "when its name was made", any_address={"contains": "a.csv"}, time={"covers": utc(INSIDE), "slack": 2, "max_width": 60},
           to={"contains": "PC1"})  # fmt: skip
    s.forbid(
        "copy",
        "the time of the source",
        time={"within": [utc(at(1, 0, month=5)), utc(at(30, 0, month=5))]},
    )
    s.answer("copied_elsewhere", "case PC1", "confirmed", "the same bytes")
