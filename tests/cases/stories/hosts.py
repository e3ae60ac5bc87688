"""A stick and a PC: connections, links, copies, other sticks, other extracts."""

from __future__ import annotations

import datetime as dt

from fixtures import people
from fixtures.disk import Node
from fixtures.people import Person
from fixtures.windows import recycle_i
from tests.cases.stories.carriers import WRITERS, half
from tests.cases.stories.common import (
    JUNE,
    PAIRS,
    REGISTER_OF_MEDIA,
    SERIAL,
    USED,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    registered,
    stick_and_pc,
    story,
)
from tests.cases.story import (
    AFTER,
    BEFORE,
    FIELDS,
    HOST,
    INSIDE,
    Story,
    at,
    disk,
    listing,
    pc,
    shortcut,
    stick,
    utc,
)


def papers(s: Story, *loans: str) -> None:
    registered(s)
    s.paper(
        "take_out",
        "持出管理簿.csv",
        "管理番号,持出日時,持出者,持出先,目的,返却日時\n" + "".join(f"{loan}\n" for loan in loans),
    )


@story
def copied_in_pieces(s: Story) -> None:
    """The list on a PC in pieces, sorted anew, columns dropped, in other encodings (7.7)."""
    who = sorted(s.residents[:200], key=lambda person: person.kana)
    columns = ("kana", "born", "name", "address")
    forms = (
        {"encoding": "utf-16-le-bom", "separator": "\t"},
        {"encoding": "euc_jp"},
        {"write": WRITERS["eraletter"]},
        {"write": WRITERS["halfkana"], "encoding": "cp932"},
        {"encoding": "utf-8", "quoted": True},
    )
    more = [
        Node(
            f"Users/{HOST.account}/Documents/part{i}.txt",
            listing(who[i * 40 : i * 40 + 40], columns, **form),
            BEFORE,
        )
        for i, form in enumerate(forms)
    ]
    s.secrets |= {half(person.kana) for person in who[::10]}
    stick_and_pc(s, pc([USED], more=more, scheme="gpt"), container="e01")
    papers(s, "U-05,2023/06/02 09:00,市民課 係員A,1階,更新,2023/06/02 17:00")
    on_stick(s)
    for i in range(5):
        s.matched("PC1", f"part{i}.txt", 40)
    s.need(
        "copy",
        "the same rows",
        any_address={"re": r"part\d\.txt"},
        basis={"any": ["records", "piece"]},
    )
    s.connected(USED, registered=True)
    s.forbid("mismatch", "that day it was taken out", what={"re": "^connected_"}, time=JUNE)
    s.persons(200)
    s.answer("copied_elsewhere", PAIRS, "confirmed", "rows on PC1")
    s.answer(
        "accessed_after_loss", PAIRS, "undetermined no_trace", "last use lies before the window"
    )


@story
def second_stick_from_the_registry(s: Story) -> None:
    """A stick that nobody registered or supplied (7.5), and a link to a file of the same name."""
    used, other = (
        USED,
        stick("XZ99120031", 0x77E1D2C3, INSIDE, "KAGE", vendor="Ryu", letter="F"),
    )
    size = len(listing(s.residents[:200]))
    stick_and_pc(
        s,
        pc(
            [used, other],
            [
                shortcut(
                    "F:\\taisho.csv", size, 0x77E1D2C3, INSIDE + dt.timedelta(minutes=2), "KAGE"
                )
            ],
        ),
    )
    papers(s, "U-05,2023/06/02 09:00,市民課 係員A,1階,更新,2023/06/02 17:00")
    on_stick(s)
    s.connected(used, registered=True)
    s.connected(other, registered=False)
    s.opened("taisho.csv", INSIDE + dt.timedelta(minutes=2), volume_serial={"hex": "77E1D2C3"})
    s.forbid(
        "open",
        "it lay on the other stick",
        path={"contains": "taisho"},
        medium={"any": ["USB1", SERIAL]},
    )
    s.forbid("copy", "name and size prove nothing", basis={"any": ["digest", "records"]})
    s.need(
        "mismatch",
        "not in the register",
        what="medium_unregistered",
        subject={"contains": "XZ99120031"},
    )
    s.forbid(
        "mismatch", "USB1 is registered", what="medium_unregistered", subject={"contains": SERIAL}
    )
    s.forbid(
        "mismatch",
        "it was taken out that day",
        what={"re": "^connected_"},
        subject={"contains": SERIAL},
        time=JUNE,
    )
    s.answer("unregistered_media", "PC1 case PC1×XZ99120031", "confirmed", "the registry of PC1")
    s.answer(
        "copied_elsewhere",
        "USB1",
        "undetermined",
        "the other stick is not here",
        reasons={"has": ["OUTSIDE_EVIDENCE"]},
    )
    s.answer("leak", "case", "undetermined confirmed", "a known stick is missing")
    s.answer(
        "accessed_after_loss",
        "USB1 PC1×USB1",
        "undetermined no_trace",
        "only the other stick was used",
    )
    s.answer("data_on_medium", "XZ99120031", "not_examined", "not supplied")


@story
def wrong_stick(s: Story) -> None:
    """A link on E: with another volume serial: E: was another stick then."""
    stick_and_pc(
        s, pc([USED], [shortcut("E:\\業務\\taisho.csv", 4096, 0x0BADF00D, INSIDE, "OTHER")])
    )
    registered(s)
    s.opened("taisho.csv", INSIDE, volume_serial={"hex": "0BADF00D"})
    s.forbid("open", "not from USB1", medium={"any": ["USB1", SERIAL]})
    s.forbid("open", "not from USB1", medium_serial={"any": [SERIAL]})
    s.answer(
        "opened_files",
        "USB1 PC1×USB1 PC1×" + SERIAL,
        "undetermined no_trace",
        "the link names another volume",
    )
    s.answer(
        "accessed_after_loss",
        "USB1 PC1×USB1",
        "undetermined no_trace",
        "the link names another volume",
    )


@story
def used_in_the_window_abroad(s: Story) -> None:
    """The PC runs on China's time: registry and links are UTC, the stick's own dates local."""
    used, when = stick(SERIAL, VOLUME, INSIDE), INSIDE + dt.timedelta(minutes=3)
    stick_and_pc(
        s,
        pc([used], [shortcut("E:\\業務\\taisho.csv", 100, VOLUME, when)], china=True),
        container="split.aa",
    )
    papers(s, "U-05,2023/06/02 09:00,市民課 係員A,1階,更新,2023/06/02 17:00")
    on_stick(s)
    s.connected(used, registered=True)
    s.opened("taisho.csv", when)
    s.need(
        "mismatch",
        "no loan in the window",
        what={"re": "^connected_(without|outside)_takeout$"},
        time={"overlaps": [utc(INSIDE), utc(INSIDE + dt.timedelta(hours=1))]},
    )
    s.answer("accessed_after_loss", PAIRS, "confirmed", "used in the window")
    s.answer("opened_files", PAIRS, "confirmed", "the link")
    s.answer("who_connected", PAIRS, "confirmed", "the registry")


@story
def a_clock_that_runs_fast(s: Story) -> None:
    """The PC's clock is 40 minutes ahead; by it the stick was used in the window."""
    shown = at(9, 18, 45)  # until 19:05; truly from 18:05 to 18:25: before the window
    used = stick(SERIAL, VOLUME, shown)
    plain_stick(s, listed(s), "fat16")
    s.item("PC1", "pc", pc([used], [shortcut("E:\\業務\\taisho.csv", 100, VOLUME, shown)]), fs="ntfs", zone=None,
           lines=['clock_offset = "+00:40:00"', f"clock_checked = {AFTER.isoformat()}"])  # fmt: skip
    s.register()
    true = shown - dt.timedelta(minutes=40)
    s.need(
        "connection",
        "shifted",
        host={"any": ["PC1", HOST.name]},
        last={"covers": utc(true), "slack": 90},
    )
    s.need(
        "clock",
        "the note",
        host={"any": ["PC1", HOST.name]},
        seconds_min={"min": 2340, "max": 2460},
    )
    s.answer(
        "accessed_after_loss", PAIRS, "undetermined no_trace", "before the window by true time"
    )
    s.quiet()


@story
def old_extract_on_the_pc(s: Story) -> None:
    """The same residents from an extract of 2021 on a PC: other addresses for those who moved (7.10)."""
    moved = people.register(5150, 400)
    s.hide(moved[::40])
    who = s.residents[:200]

    def older(place: int, person: Person) -> Person:
        return (
            people.Person(
                **{**vars(person), "address": moved[place].address, "phone": moved[place].phone}
            )
            if place % 4 == 0
            else person
        )

    old = listing(
        [older(place, person) for place, person in enumerate(who)], tuple(FIELDS), encoding="utf-8"
    )
    more = [Node(f"Users/{HOST.account}/Documents/R3_ichiran.csv", old, at(10, 9, year=2021))]
    stick_and_pc(s, pc([USED], more=more), fs="exfat")
    on_stick(s)
    s.matched("PC1", "R3_ichiran.csv", 200, extract="other")
    s.forbid("copy", "another extract")
    s.forbid("register_match", "the stick's is not older", evidence="USB1", extract="other")
    s.persons(200)
    s.answer("same_extract", "PC1 case", "refuted", "addresses of another date")
    s.answer(
        "copied_elsewhere",
        "USB1 PC1 case",
        "undetermined",
        "another extract",
        reasons={"has": ["OTHER_EXTRACT"]},
    )
    s.answer("still_held", "PC1 case", "confirmed", "residents lie there")


@story
def old_extract_beside_the_copy(s: Story) -> None:
    """Both lie on the PC: the copy still counts, in the recycle bin."""
    moved = people.register(5150, 400)
    s.hide(moved[::40])
    who = s.residents[:200]
    old = [
        people.Person(**{**vars(p), "address": moved[i].address}) if i % 3 == 0 else p
        for i, p in enumerate(who)
    ]
    bin_ = f"$Recycle.Bin/{HOST.sid}"
    more = [
        Node(
            f"Users/{HOST.account}/Documents/R3.csv",
            listing(old, tuple(FIELDS), encoding="utf-8"),
            at(10, 9, year=2021),
        ),
        Node(f"{bin_}/$IABC123.csv", recycle_i("C:\\work\\taisho.csv", 1000, INSIDE), INSIDE),
        Node(f"{bin_}/$RABC123.csv", listing(who), BEFORE, INSIDE),
    ]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=more))
    s.matched("PC1", "$RABC123.csv", 200)
    s.matched("PC1", "R3.csv", 200, extract="other")
    s.need("copy", "same bytes", any_address={"contains": "$RABC123.csv"}, basis="digest")
    s.forbid("copy", "the old extract is no copy", any_address={"contains": "R3.csv"})
    s.answer("copied_elsewhere", "USB1 PC1 case", "confirmed", "recycle bin")
    s.persons(200)


@story
def stick_in_no_register(s: Story) -> None:
    """The lost stick itself is in no register."""
    used = stick("QQ70001122", VOLUME)
    s.item("USB1", "medium", disk("fat16", "mbr", listed(s)), fs="fat", serial="QQ70001122")
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    registered(s)
    s.connected(used, registered=False)
    s.need(
        "mismatch",
        "not registered",
        what="medium_unregistered",
        subject={"any": ["USB1", "QQ70001122"]},
    )
    s.answer("unregistered_media", "PC1 USB1 case PC1×USB1 PC1×QQ70001122", "confirmed", "no row")
    s.answer(
        "accessed_after_loss",
        "USB1 case PC1×USB1 PC1×QQ70001122",
        "confirmed",
        "connected in the window",
    )


@story
def serial_of_the_label(s: Story) -> None:
    """Paper and case file write the serial in other letters, wide, with spaces: still the same stick."""
    plain_stick(s, listed(s), "fat16")
    s.item("PC1", "pc", pc([USED]), fs="ntfs", zone=None)
    s.register()
    s.paper(
        "media_register",
        "登録簿.csv",
        f"登録番号,品名,製造番号\nU-05,USBメモリ,　{''.join(chr(ord(c) + 0xFEE0) for c in SERIAL.lower())}　\n",
    )
    s.connected(USED, registered=True)
    s.forbid("mismatch", "it is registered", what="medium_unregistered")


@story
def a_stick_that_only_a_link_knows(s: Story) -> None:
    """E: is tied to the registered stick and its volume; a link in the window names another one."""
    when = INSIDE + dt.timedelta(minutes=5)
    stick_and_pc(s, pc([USED], [shortcut("E:\\hikae.csv", 5120, 0x0DD0CAFE, when, "WATASHI")]))
    registered(s)
    s.opened("hikae.csv", when, volume_serial={"hex": "0DD0CAFE"})
    s.forbid("open", "not from USB1", path={"contains": "hikae"}, medium={"any": ["USB1", SERIAL]})
    s.forbid("connection", "a volume has no serial to look up", registered=False)
    s.answer("unregistered_media", "PC1", "undetermined", "nobody knows what stick that was")
    s.answer("unregistered_media", "case", "undetermined", "nobody knows what stick that was")


@story
def a_number_that_windows_made_up(s: Story) -> None:
    """No serial of its own: one stick, whatever Windows calls it under USB and USBSTOR."""
    used = stick("6&2D81C0F&0", VOLUME)
    s.item("USB1", "medium", disk("fat16", "mbr", listed(s)), fs="fat", authorised=True)
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    registered(s)
    s.need("connection", "it was there", medium="USB1", registered=None, host={"any": ["PC1"]})
    s.closed["connection"] = "there was one stick"
    s.answer("unregistered_media", "PC1 case", "undetermined", "no serial to look up")


@story
def serials_as_people_type_them(s: Story) -> None:
    """O for 0, a number that a spreadsheet rounded: perhaps in the register, so no breach."""
    sticks = [
        USED,
        stick("9F00E1A", 0x72720001, at(2, 11, 10), "NIGO", letter="F"),
        stick("1234567890123456", 0x72720002, at(2, 13, 20), "SANGO", letter="G"),
        stick("BA-2044", 0x72720003, at(2, 15, 30), "YONGO", letter="H"),
    ]
    stick_and_pc(s, pc(sticks))
    s.paper(
        "media_register",
        "登録簿.csv",
        REGISTER_OF_MEDIA + "U-06,USBメモリー,9FO0EIA,市民課,2023/04/01\n"
        "U-07,USBメモリー,1.23457E+15,市民課,2023/04/01\nU-08,USBメモリー,BA-2041,市民課,2023/04/01\n",
    )
    s.forbid("connection", "O and I are 0 and 1", medium_serial="9F00E1A", registered=False)
    s.forbid("connection", "rounded", medium_serial="1234567890123456", registered=False)
    s.forbid("mismatch", "a slip of the pen", what="medium_unregistered", severity="breach")
    s.need(
        "mismatch", "one digit", what="medium_unregistered", subject="BA-2044", severity="clerical"
    )
