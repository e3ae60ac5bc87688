"""What systems leave on a stick they meet, and what only looks like it."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
import time

from fixtures.disk import Node, mbr
from fixtures.windows import recycle_i
from tests.cases.stories.common import SERIAL, listed, on_stick, plain_stick, story
from tests.cases.story import (
    AFTER,
    BEFORE,
    INSIDE,
    START,
    Story,
    at,
    ext4,
    listing,
    note,
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
def a_mac_met_the_stick(s: Story) -> None:
    marks = [Node(".fseventsd/fseventsd-uuid", b"6F1A\n", INSIDE), Node(".Spotlight-V100/Store-V2/x", b"8tst", INSIDE),
             Node(".Trashes/._501", b"\0\5\x16\7\0\2\0\0Mac OS X        ", INSIDE), Node("._業務", b"\0\5\x16\7" + bytes(80), INSIDE)]  # fmt: skip
    alone(s, [*listed(s), *marks])
    touched(s)


@story
def an_old_mac_mark(s: Story) -> None:
    """The marks are of a year ago: they say nothing of the window."""
    old = at(3, 10, year=2022)
    alone(
        s,
        [
            *listed(s),
            Node(".DS_Store", b"\0\0\0\1Bud1" + bytes(100), old),
            Node(".fseventsd/no_log", b"", old),
        ],
        "fat32",
    )
    s.answer("changed_after_loss", "USB1 case", "no_trace undetermined", "all is older")
    s.answer(
        "accessed_after_loss",
        "USB1 case",
        "undetermined",
        "of a medium alone",
        reasons={"has": ["READ_LEAVES_NO_TRACE"]},
    )
    s.quiet()


@story
def a_camera_met_the_stick(s: Story) -> None:
    """LOST.DIR and DCIM of a device with a clock, born in the window."""
    alone(
        s,
        [
            *listed(s),
            Node("LOST.DIR", None, INSIDE),
            Node("DCIM/100ABCDE/DSC_0001.JPG", b"\xff\xd8\xff\xe0" + bytes(900), INSIDE),
        ],
        "fat32",
    )
    touched(s)


@story
def a_camera_without_a_clock(s: Story) -> None:
    """Its clock begins in 1980: nobody can say when."""
    first = dt.datetime(1980, 1, 1, 0, 0, tzinfo=at(1, 1).tzinfo)
    alone(
        s,
        [*listed(s), Node("DCIM/100ABCDE/DSC_0001.JPG", b"\xff\xd8\xff\xe0" + bytes(900), first)],
        "fat32",
    )
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "undetermined",
        "no clock",
        reasons={"has": ["CLOCK_UNKNOWN"]},
    )
    s.quiet()


@story
def a_linux_desktop_deleted_the_list(s: Story) -> None:
    """Moved to .Trash-1000 in the window: the list is still there, under the trash."""
    info = b"[Trash Info]\nPath=taisho.csv\nDeletionDate=2023-06-10T21:10:11\n"
    nodes = [
        Node("業務/readme.txt", note("年次の作業に使う。\n"), BEFORE),
        Node(".Trash-1000/files/taisho.csv", listing(s.residents[:200]), BEFORE),
        Node(".Trash-1000/info/taisho.csv.trashinfo", info, INSIDE),
    ]
    alone(s, nodes, "fat16")
    touched(s)


@story
def a_second_windows_leaves_only_a_folder(s: Story) -> None:
    """WPSettings.dat of April; in June only IndexerVolumeGuid was written anew (7.3)."""
    old = at(3, 10, month=4)
    nodes = [*listed(s), Node("System Volume Information/WPSettings.dat", bytes(12), old),
             Node("System Volume Information/IndexerVolumeGuid", "{5F1C0E2A-1111-2222-3333-444455556666}".encode("utf-16-le"), INSIDE)]  # fmt: skip
    alone(s, nodes, "fat32")
    touched(s)


@story
def deleted_on_windows_in_the_window(s: Story) -> None:
    """The list went to the stick's own recycle bin; NTFS keeps times of the list as they were."""
    index = recycle_i("E:\\業務\\taisho.csv", 20_000, INSIDE)
    nodes = [Node("業務/readme.txt", note("年次の作業に使う。\n"), BEFORE),
             Node("$RECYCLE.BIN/S-1-5-21-1-2-3-1001/$RA1B2C3.csv", listing(s.residents[:200]), BEFORE),
             Node("$RECYCLE.BIN/S-1-5-21-1-2-3-1001/$IA1B2C3.csv", index, INSIDE)]  # fmt: skip
    plain_stick(s, nodes, "ntfs")
    s.register()
    s.matched("USB1", "$RA1B2C3.csv", 200)
    touched(s)


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
    began = int(time.time())
    made = bytearray(
        ext4(
            {name: (data, BEFORE) for name, data in files.items()},
            features=("-O", "^metadata_csum"),
        )
    )
    for second in range(
        began - 1, int(time.time()) + 2
    ):  # when the inodes were changed: as they came
        made = made.replace(struct.pack("<I", second), struct.pack("<I", int(BEFORE.timestamp())))
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
def an_ext4_stick_mounted_later(s: Story) -> None:
    """The last mount is of after the window: it hides an earlier one."""
    s.item("USB1", "medium", ext4_stick(s, AFTER, AFTER), fs="ext", serial=SERIAL, authorised=True)
    s.register()
    on_stick(s)
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "undetermined",
        "a later mount hides it",
        reasons={"has": ["LAST_VALUE_ONLY"]},
    )
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
def written_after_it_was_found(s: Story) -> None:
    """Someone of the office saved the readme again after the find: what was in the window is hidden."""
    nodes = listed(s)
    nodes[1] = Node(nodes[1].path, nodes[1].data, AFTER, BEFORE)
    alone(s, nodes, "fat32")
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "undetermined",
        "the last value only",
        reasons={"has": ["LAST_VALUE_ONLY"]},
    )


@story
def read_on_one_day_of_the_window(s: Story) -> None:
    """FAT keeps the day of the last reading: one that lies wholly in the window."""
    nodes = listed(s)
    nodes[0] = Node(nodes[0].path, nodes[0].data, BEFORE, accessed=INSIDE)
    alone(s, nodes, "fat32")
    s.answer("accessed_after_loss", "USB1 case", "confirmed", "a day within the window")
    s.answer("changed_after_loss", "USB1 case", "no_trace undetermined", "a reading is no write")


@story
def the_owner_read_it_that_morning(s: Story) -> None:
    """The access date is the day on which it was lost: the owner may have read it before."""
    nodes = listed(s)
    nodes[0] = Node(nodes[0].path, nodes[0].data, BEFORE, accessed=at(9, 9))
    alone(s, nodes, "fat32")
    s.answer(
        "accessed_after_loss", "USB1 case", "undetermined", "the day is partly before the loss"
    )
    s.answer("changed_after_loss", "USB1 case", "no_trace", "a reading is no write")
    s.quiet()
