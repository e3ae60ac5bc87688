"""At the edges of the window, of rights and of clocks."""

from __future__ import annotations

import dataclasses

from fixtures.disk import Node
from tests.cases.stories.common import (
    PAIRS,
    SERIAL,
    USED,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    stick_and_pc,
    story,
)
from tests.cases.story import (
    BEFORE,
    HOST,
    INSIDE,
    Story,
    at,
    disk,
    listing,
    pc,
    shortcut,
    stick,
)


@story
def still_plugged_in_when_it_began(s: Story) -> None:
    """Plugged in half an hour before the window, removed twenty minutes into it."""
    used = dataclasses.replace(stick(SERIAL, VOLUME, at(9, 18, 0)), removed=at(9, 18, 50))
    stick_and_pc(s, pc([used]), fs="exfat")
    on_stick(s)
    s.answer("accessed_after_loss", PAIRS, "confirmed", "attached in the window")
    s.answer("leak", "case", "undetermined", "a connection alone")


@story
def removed_as_it_began(s: Story) -> None:
    """Removed a minute before the window: nothing of it lies within."""
    used = dataclasses.replace(stick(SERIAL, VOLUME, at(9, 18, 0)), removed=at(9, 18, 29))
    stick_and_pc(s, pc([used]), fs="exfat")
    s.answer("accessed_after_loss", "PC1×USB1 PC1", "no_trace undetermined", "before the window")


@story
def opened_on_the_disk_of_the_pc(s: Story) -> None:
    """A link to C:\\…\\taisho.csv, the PC's own copy: not a file of the stick."""
    when = INSIDE
    name, data, born = shortcut(
        f"C:\\Users\\{HOST.account}\\Documents\\taisho.csv", 100, 0x5B7A36E8, when, "Windows"
    )
    more = [
        Node(
            f"Users/{HOST.account}/Documents/taisho.csv",
            listing(s.residents[:200]),
            at(3, 9),
            at(3, 9),
        )
    ]
    stick_and_pc(s, pc([USED], [(name, data, born)], more))
    on_stick(s)
    s.opened("taisho.csv", when, personal=True, medium=None)
    s.answer("opened_files", "PC1 case", "confirmed", "the copy was opened")
    s.answer("opened_files", "PC1×USB1", "undetermined no_trace", "not the stick's")
    s.answer("copied_elsewhere", "USB1 PC1 case", "confirmed", "a copy of the 3rd")


@story
def a_stick_that_may_not_hold_it(s: Story) -> None:
    """A private stick with the list, supplied and barred by the case file: it reached a device without right."""
    plain_stick(s, listed(s), "fat16")
    later = [Node("x/taisho.csv", listing(s.residents[:200]), at(10, 22), at(10, 22))]
    s.item(
        "USB2",
        "medium",
        disk("exfat", "mbr", later),
        fs="exfat",
        serial="ZZ00110022",
        authorised=False,
    )
    s.register()
    on_stick(s)
    s.need("copy", "the same bytes", basis="digest", to={"contains": "USB2:"})
    s.answer("copied_elsewhere", "USB1 USB2 case", "confirmed", "on a barred stick")
    s.answer("leak", "case", "confirmed", "on a barred stick")
    s.persons(200)


@story
def a_pc_that_may_not_hold_it(s: Story) -> None:
    """The list is older on a PC that the case file bars: whichever way it went, it lies without right."""
    made = at(20, 9, month=5)
    plain_stick(s, listed(s), "fat16")
    more = [
        Node(f"Users/{HOST.account}/Documents/taisho.csv", listing(s.residents[:200]), made, made)
    ]
    s.item(
        "PC1",
        "pc",
        pc([USED], more=more),
        fs="ntfs",
        zone=None,
        authorised=False,
    )
    s.register()
    on_stick(s)
    s.answer("copied_elsewhere", "PC1 case", "confirmed", "on a barred PC")
    s.answer("leak", "case", "confirmed", "on a barred PC")


@story
def written_by_a_device_without_a_clock(s: Story) -> None:
    """A camera that begins in 1980 wrote a picture: in the window or not, its clock does not say."""
    epoch = at(1, 0, month=1, year=1980)
    picture = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(2000) + b"\xff\xd9"
    plain_stick(
        s, [*listed(s), Node("DCIM/IMG_0001.JPG", picture, epoch, epoch, accessed=epoch)], "fat32"
    )
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("changed_after_loss", "USB1 case", "undetermined", "written, and nobody knows when",
             reasons={"has": ["CLOCK_UNKNOWN"]})  # fmt: skip
    s.answer("leak", "case", "undetermined", "written, and nobody knows when")


@story
def written_without_any_date(s: Story) -> None:
    """A device without a clock left the dates of its file empty."""
    data = bytearray(
        disk("fat32", "mbr", [*listed(s), Node("VIDEO.BIN", b"RIFF" + bytes(900), BEFORE)])
    )
    entry = data.index(b"VIDEO   BIN")
    for place, size in ((13, 7), (22, 4)):  # created, accessed; modified
        data[entry + place : entry + place + size] = bytes(size)
    s.item("USB1", "medium", bytes(data), fs="fat", serial=SERIAL, authorised=True)
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("changed_after_loss", "USB1 case", "undetermined", "written, and nobody knows when",
             reasons={"has": ["CLOCK_UNKNOWN"]})  # fmt: skip


@story
def two_sticks_that_may_hold_it(s: Story) -> None:
    """The list lies on two sticks, and both may hold it: no copy to anyone without right, and both are named."""
    plain_stick(s, listed(s), "fat16")
    s.item(
        "USB2",
        "medium",
        disk("exfat", "mbr", listed(s)),
        fs="exfat",
        serial="KM0311A0078",
        authorised=True,
    )
    s.register()
    on_stick(s)
    s.need("copy", "the same bytes", basis="digest", any_address={"contains": "USB2:"})
    s.answer("copied_elsewhere", "USB1 USB2 case", "no_trace undetermined", "both may hold it")
    s.answer("still_held", "USB2", "confirmed", "it lies there")
    s.answer("leak", "case", "undetermined no_trace", "both may hold it")
    s.persons(200)


@story
def two_supplied_sticks_of_one_number(s: Story) -> None:
    """A private stick bears the number of the lost one, as cheap ones do: its volume is another, so is the stick."""
    plain_stick(s, listed(s), "fat16")
    later = [Node("x/taisho.csv", listing(s.residents[:200]), at(10, 22), at(10, 22))]
    s.item(
        "USB2",
        "medium",
        disk("exfat", "mbr", later, serial=0x0BADF00D),
        fs="exfat",
        serial=SERIAL,
        authorised=False,
    )
    s.register()
    s.need("copy", "the same bytes", basis="digest", to={"contains": "USB2:"})
    s.answer("copied_elsewhere", "USB1 USB2 case", "confirmed", "on another stick")
    s.answer("leak", "case", "confirmed", "on another stick")
