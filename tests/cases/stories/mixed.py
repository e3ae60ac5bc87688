"""More than one stick, and more than one host: swapped, alike, not supplied, out of reach."""

from __future__ import annotations

import dataclasses
import random

from fixtures import people
from fixtures.disk import Node
from fixtures.evtx import Event
from tests.cases.stories.common import (
    REGISTER_OF_MEDIA,
    SERIAL,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    story,
)
from tests.cases.stories.hosts import papers, stick_and_pc
from tests.cases.stories.logs import AUDIT, SECURITY, event_log, office_days
from tests.cases.story import (
    BEFORE,
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    disk,
    listing,
    note,
    pc,
    shortcut,
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
def a_namesake_at_the_pc(s: Story) -> None:
    """Another stick with the same label and letter was used in the window; the lost one was not."""
    mine = stick(SERIAL, VOLUME, at(2, 9, 50))
    others = stick(OTHER, OTHER_VOLUME, INSIDE)
    link = shortcut("E:\\業務\\taisho.csv", 20_000, OTHER_VOLUME, INSIDE)
    stick_and_pc(s, pc([mine, others], [link]), fs="exfat")
    papers(s)
    s.connected(others, registered=False)
    s.need(
        "open",
        "on the other stick",
        path={"contains": "taisho.csv"},
        volume_serial={"hex": f"{OTHER_VOLUME:08X}"},
    )
    s.forbid("open", "not of the lost stick", medium={"any": ["USB1", SERIAL]})
    s.answer(
        "accessed_after_loss",
        "PC1×USB1 PC1×" + SERIAL,
        "no_trace undetermined",
        "it was another stick",
    )
    s.answer("unregistered_media", "PC1 case", "confirmed", "not in the register")
    s.answer("copied_elsewhere", "case PC1", "undetermined", "a name is not content")


@story
def windows_made_its_serial_up(s: Story) -> None:
    """The stick has no number: Windows gave it one of the port. It says nothing of the register."""
    nameless = stick("7&2F1A9C04&0", 0x1234ABCD, INSIDE)
    s.item("USB1", "medium", disk("exfat", "mbr", listed(s)), fs="exfat", authorised=True)
    s.item("PC1", "pc", pc([nameless]), fs="ntfs", zone=None)
    s.register()
    papers(s)
    s.forbid("mismatch", "the number is not the stick's own", what="medium_unregistered")
    s.forbid("connection", "nobody can say", registered=False)
    s.answer(
        "unregistered_media",
        "PC1 case",
        "undetermined",
        "no serial",
        reasons={"has": ["NO_SERIAL"]},
    )


@story
def one_number_on_every_stick_of_a_batch(s: Story) -> None:
    """A batch of gifts answers with one number; two volumes are known of it on one PC."""
    one, two = (
        stick("0123456789ABCDEF", 0x11112222, at(2, 9)),
        stick("0123456789ABCDEF", 0x33334444, INSIDE),
    )
    s.item(
        "USB1",
        "medium",
        disk("fat16", "mbr", listed(s), serial=0x11112222),
        fs="fat",
        serial="0123456789ABCDEF",
        authorised=True,
    )
    s.item("PC1", "pc", pc([one, two]), fs="ntfs", zone=None)
    s.register()
    on_stick(s)
    s.answer(
        "tampered",
        "USB1 case",
        "undetermined no_trace",
        "another stick of the batch is no formatting",
    )


@story
def a_backup_stick_of_the_office(s: Story) -> None:
    """The same list on a second stick of the office, which was allowed to hold it."""
    plain_stick(s, listed(s), "exfat")
    second(s, [Node("控え/taisho.csv", listed(s)[0].data, BEFORE)], authorised=True)
    s.register()
    s.paper(
        "media_register",
        "登録簿.csv",
        REGISTER_OF_MEDIA + f"U-06,USBメモリー,{OTHER},市民課,2023/04/01\n",
    )
    on_stick(s)
    s.need("copy", "the same bytes", basis="digest", any_address={"contains": "USB2"})
    s.answer("leak", "case", "undetermined no_trace", "a lawful copy is no leak")
    s.quiet()


@story
def a_private_stick_with_half_of_it(s: Story) -> None:
    """A hundred of the list, new order, in UTF-16, on a stick that was not allowed to hold anything."""
    plain_stick(s, listed(s), "exfat")
    half = list(s.residents[40:140])
    random.Random(5).shuffle(half)
    second(s, [Node("個人/memo.txt", listing(half, ("name", "kana", "born", "address"), encoding="utf-16-le-bom", separator="\t"), at(8, 20))],
           authorised=False)  # fmt: skip
    s.register()
    on_stick(s)
    s.matched("USB2", "memo.txt", 100)
    s.need(
        "copy",
        "the same people",
        any_address={"contains": "USB2"},
        basis={"any": ["records", "piece"]},
    )
    s.persons(200)
    s.answer("copied_elsewhere", "case USB1 USB2", "confirmed", "on a stick that was not allowed")
    s.answer("leak", "case", "confirmed undetermined", "content reached a device without right")


@story
def the_ledger_knows_a_second_stick(s: Story) -> None:
    """Two sticks went out that day; one was handed in."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(9, 10))]), fs="exfat")
    s.paper(
        "media_register",
        "登録簿.csv",
        REGISTER_OF_MEDIA + f"U-06,USBメモリー,{OTHER},市民課,2023/04/01\n",
    )
    s.paper("take_out", "持出管理簿.csv", "管理番号,持出日時,持出者,持出先,目的,返却日時\n"
            "U-05,2023/6/9 9:30,高崎　直人,センター,作業,\nU-06,2023/6/9 9:30,高崎　直人,センター,作業,\n")  # fmt: skip
    s.answer(
        "accessed_after_loss", OTHER, "not_examined undetermined", "a known stick that is missing"
    )
    s.answer("data_on_medium", OTHER, "not_examined", "a known stick that is missing")
    s.answer("leak", "case", "undetermined", "a known stick is missing")
    s.answer("fully_examined", "case", "undetermined refuted", "a known stick is missing")


@story
def one_pc_is_a_mac(s: Story) -> None:
    """Beside a quiet PC, the disk of a Mac in a format that is not read: nothing about that host."""
    apfs = bytearray(random.Random(3).randbytes(2 * MIB))
    apfs[:4096] = (
        bytes(32)
        + b"NXSB"
        + (4096).to_bytes(4, "little")
        + (512).to_bytes(8, "little")
        + bytes(4048)
    )
    plain_stick(s, listed(s), "exfat")
    s.item(
        "PC1",
        "pc",
        pc(
            [stick(SERIAL, VOLUME, at(2, 9, 50))],
            more=[event_log(SECURITY, office_days())],
            size=16 * MIB,
        ),
        fs="ntfs",
        zone=None,
    )
    s.item("PC2", "pc", bytes(apfs), zone=None)
    s.truth["coverage"].append({"evidence": "PC2", "examined": {"min": 0}})
    s.register()
    s.exits = (0, 3)
    s.answer("accessed_after_loss", "PC2 PC2×USB1", "undetermined not_examined", "not readable")
    s.answer("logs_cover", "PC2", "refuted undetermined not_examined", "not readable")
    s.answer("fully_examined", "PC2", "refuted undetermined", "not readable")
    s.answer("leak", "case", "undetermined", "a host that cannot be read")


@story
def one_pc_is_cut_short(s: Story) -> None:
    """The image of the second PC ends in the middle; the declared digest is of the whole disk."""
    plain_stick(s, listed(s), "exfat")
    whole = pc([stick(SERIAL, VOLUME, at(2, 9, 50))])
    s.item("PC1", "pc", whole, fs="ntfs", zone=None)
    s.item("PC2", "pc", pc([stick(SERIAL, VOLUME, INSIDE)], scheme="gpt"), complete=False, zone=None,
           spoil=lambda parts: {end: data[: 7 * MIB] for end, data in parts.items()})  # fmt: skip
    s.register()
    s.arguments, s.exits = ("--accept-mismatch", "cut"), (3, 4)
    s.truth["coverage"].append({"evidence": "PC2", "examined": {"min": 1}})
    s.answer("evidence_intact", "PC2", "refuted", "cut")
    s.answer("accessed_after_loss", "PC2 PC2×USB1", "undetermined confirmed", "cut")
    s.answer("fully_examined", "case", "refuted undetermined", "cut")
    s.answer("leak", "case", "undetermined", "cut")


@story
def digests_of_two_sticks_exchanged(s: Story) -> None:
    """The form has each stick's digest in the other's line: neither is what it is said to be."""
    plain_stick(s, listed(s), "exfat", declared="wrong")
    second(s, [Node("memo.txt", note("別\n"), BEFORE)], declared="wrong")
    s.register()
    s.stops, s.exits = True, (4,)


@story
def digests_exchanged_and_accepted(s: Story) -> None:
    plain_stick(s, listed(s), "exfat", declared="wrong")
    second(s, [Node("memo.txt", note("別\n"), BEFORE)], declared="good")
    s.register()
    s.arguments, s.exits = ("--accept-mismatch", "exchanged on the form"), (4,)
    s.answer("evidence_intact", "USB1 case", "refuted", "the digest differs")
    s.answer("data_on_medium", "USB1", "undetermined", "what rests on it is below C2")
    s.answer("leak", "case", "undetermined", "the same")


@story
def two_people_at_one_pc(s: Story) -> None:
    """The link lies in the profile of B; A was logged on at the console that evening."""
    link_b = shortcut("E:\\業務\\taisho.csv", 20_000, VOLUME, INSIDE)
    used = stick(SERIAL, VOLUME)
    recent = Node(
        "Users/kakari07/AppData/Roaming/Microsoft/Windows/Recent/taisho.csv.lnk", link_b[1], INSIDE
    )
    stick_and_pc(
        s, pc([used], more=[recent, event_log(SECURITY, office_days())], size=16 * MIB), fs="exfat"
    )
    s.opened("taisho.csv", INSIDE, account="kakari07")
    s.forbid("open", "not A's", account=HOST.account)
    s.answer("who_used", "case PC1", "undetermined refuted", "an account is no person")
    s.answer("opened_files", "PC1 case", "confirmed", "the link")


@story
def a_link_into_another_volume(s: Story) -> None:
    """A file of the name of the list was opened from the PC's own disk: not the stick."""
    own = 0x4E2C91D05B7A36E8 & 0xFFFFFFFF
    link = shortcut("C:\\work\\taisho.csv", 300, own, INSIDE, "Windows")
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(2, 9, 50))], [link]), fs="exfat")
    s.forbid("open", "not of the stick", medium={"any": ["USB1", SERIAL]})
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace undetermined", "its own disk")
    s.answer("opened_files", "PC1×USB1", "no_trace undetermined", "its own disk")
    s.answer("copied_elsewhere", "case", "undetermined no_trace", "a name is not content")


@story
def the_same_people_of_another_year(s: Story) -> None:
    """On the PC an extract of 2021: the same residents, other addresses; not the lost one (7.10)."""
    moved = [
        dataclasses.replace(p, address=people.CITY + f"旧町{n}番地", postcode="149-0001")
        for n, p in enumerate(s.residents[:200])
    ]
    s.hide(moved[::10])
    stick_and_pc(
        s,
        pc(
            [stick(SERIAL, VOLUME, at(2, 9, 50))],
            more=[Node("data/r3.csv", listing(moved), at(1, 9, month=4, year=2021))],
        ),
        fs="exfat",
    )
    on_stick(s)
    s.matched("PC1", "r3.csv", 200)
    s.answer("same_extract", "PC1 case", "refuted undetermined", "another date")
    s.answer(
        "copied_elsewhere",
        "case PC1",
        "undetermined",
        "another extract",
        reasons={"has": ["OTHER_EXTRACT"]},
    )
    s.answer("still_held", "PC1 case", "confirmed", "it lies there")
    s.persons(200)


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


@story
def an_eraser_of_last_year(s: Story) -> None:
    run = Event(
        at(10, 23, 5, month=3),
        AUDIT,
        4688,
        {"SubjectUserName": HOST.account, "NewProcessName": "D:\\tools\\sdelete64.exe"},
    )
    stick_and_pc(
        s,
        pc(
            [stick(SERIAL, VOLUME, at(2, 9, 50))],
            more=[event_log(SECURITY, [run, *office_days()])],
            size=16 * MIB,
        ),
        fs="exfat",
    )
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace undetermined", "long before")
    s.quiet()
