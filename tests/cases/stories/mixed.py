"""More than one stick, and more than one host: swapped, alike, not supplied, out of reach."""

from __future__ import annotations

from fixtures.disk import Node
from fixtures.evtx import Event
from tests.cases.stories.common import (
    SERIAL,
    VOLUME,
    listed,
    story,
)
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.stories.logs import AUDIT, SECURITY, event_log, office_days
from tests.cases.story import (
    HOST,
    MIB,
    Story,
    at,
    disk,
    note,
    pc,
    stick,
)

OTHER, OTHER_VOLUME = "ZQ88T20031", 0x0BADF00D
HOSTS = {"any": ["PC1", HOST.name]}


def second(
    s: Story, nodes: list[Node], serial: str = OTHER, volume: int = OTHER_VOLUME, **more: object
) -> None:
    s.item(
        "USB2",
        "medium",
        disk("exfat", "mbr", nodes, serial=volume),
        fs="exfat",
        serial=serial,
        **more,
    )


@story
def two_images_swapped(s: Story) -> None:
    """The laboratory mixed up two sticks: the image of each stands under the other's serial."""
    mine, others = (
        stick(SERIAL, VOLUME, at(2, 9, 50)),
        stick(OTHER, OTHER_VOLUME, at(5, 9), letter="F"),
    )
    s.item("USB1", "medium", disk("exfat", "mbr", [Node("memo.txt", note("別\n"), at(3, 9, month=5))], serial=OTHER_VOLUME),
           fs="exfat", serial=SERIAL, authorised=True)  # fmt: skip
    second(s, listed(s), volume=VOLUME, authorised=True)
    s.item("PC1", "pc", pc([mine, others]), fs="ntfs", zone=None)
    s.register()
    s.forbid("tamper", "nobody formatted anything: two labels were mixed up")
    s.answer("tampered", "USB1 USB2 case", "undetermined no_trace", "no sign")
    s.answer("leak", "case", "undetermined", "it is not clear which is which")


@story
def the_found_stick_is_another(s: Story) -> None:
    """The owner's serial is that of the lost stick; the one found has another volume, older than its last use."""
    lost = stick(SERIAL, VOLUME, at(2, 9, 50))
    nodes = [Node("photo/a.txt", note("他人の物\n"), at(3, 9, month=5))]
    s.item(
        "USB1",
        "medium",
        disk("exfat", "mbr", nodes, serial=OTHER_VOLUME),
        fs="exfat",
        serial=SERIAL,
        authorised=True,
    )
    s.item("PC1", "pc", pc([lost]), fs="ntfs", zone=None)
    s.register()
    s.nobody("USB1")
    s.answer(
        "tampered",
        "USB1 case",
        "undetermined",
        "its files are older than the last use of the volume that is missed",
    )
    s.forbid("tamper", "not shown", since_window="yes")
    s.answer("leak", "case", "undetermined", "the lost stick may be another")


@story
def an_eraser_ran_by_night(s: Story) -> None:
    """4688 names a program made to erase, in the window: whatever it erased, silence is no evidence."""
    run = Event(
        at(10, 23, 5),
        AUDIT,
        4688,
        {"SubjectUserName": HOST.account, "NewProcessName": "D:\\tools\\sdelete64.exe"},
    )
    events = [*office_days(1, 10), run, *office_days(11, 14)]
    stick_and_pc(
        s,
        pc(
            [stick(SERIAL, VOLUME, at(2, 9, 50))], more=[event_log(SECURITY, events)], size=16 * MIB
        ),
        fs="exfat",
    )
    s.answer("tampered", "PC1 case", "confirmed undetermined", "an eraser ran")
    s.answer(
        "accessed_after_loss",
        "PC1 PC1×USB1",
        "undetermined",
        "an eraser ran",
        reasons={"has": ["WIPED"]},
    )
    s.answer("leak", "case", "undetermined", "an eraser ran")
