"""Where the bytes of a list hide: deleted, slack, streams, outside of partitions."""

from __future__ import annotations

from fixtures.disk import Node
from tests.cases.stories.common import SERIAL, plain_stick, story
from tests.cases.story import BEFORE, MIB, Story, disk, listing, note


@story
def deleted_and_left_over(s: Story) -> None:
    who = s.residents
    nodes = [
        Node("案内.txt", note("庁内の案内。\n"), BEFORE),
        Node("旧/kyuu_list.csv", listing(who[:80]), BEFORE, deleted=True),
        Node(
            "案内2.txt",
            note("案内の続き。\n"),
            BEFORE,
            slack=listing(who[80:85], ("name", "born", "phone")),
        ),
    ]
    data = disk("fat16", "mbr", nodes, leftovers=[listing(who[100:180], encoding="utf-8")])
    s.item("USB1", "medium", data, "e01", fs="fat", serial=SERIAL, authorised=True)
    s.register()
    s.matched("USB1", "kyuu_list.csv", 80, "deleted")
    s.matched("USB1", None, 80, "unallocated")
    s.need(
        "register_match",
        "rows in slack",
        evidence="USB1",
        state="slack",
        persons={"min": 4, "max": 5},
    )
    s.forbid("register_match", "no live list", evidence="USB1", state="allocated")
    s.persons(165)
    s.answer("data_on_medium", "USB1", "confirmed", "in deleted and free space")
    s.answer("erased", "USB1 case", "undetermined not_examined refuted", "no certificate")


@story
def deleted_on_exfat(s: Story) -> None:
    nodes = [
        Node("readme.txt", note("空です。\n"), BEFORE),
        Node(
            "gone/taisho.tsv",
            listing(s.residents[:120], separator="\t", encoding="utf-16-le-bom"),
            BEFORE,
            deleted=True,
        ),
    ]
    plain_stick(s, nodes, "exfat", "none", "split.001")
    s.register()
    s.matched("USB1", "taisho.tsv", 120, "deleted")
    s.forbid("register_match", "no live list", evidence="USB1", state="allocated")
    s.persons(120)
    s.quiet()


@story
def streams_of_ntfs(s: Story) -> None:
    """A list in an alternate data stream, one resident in the MFT, one deleted, one fragmented."""
    who = s.residents
    nodes = [
        Node(
            "memo.txt",
            note("何もない。\n"),
            BEFORE,
            streams={"hidden": listing(who[:4], ("name", "born", "phone"), encoding="utf-8")},
        ),
        Node("small.csv", listing(who[10:14], ("name", "born", "phone")), BEFORE),
        Node("frag.csv", listing(who[20:120]), BEFORE, stride=3),
        Node("gone.csv", listing(who[120:200]), BEFORE, deleted=True),
    ]
    plain_stick(s, nodes, "ntfs", "gpt", "e01s")
    s.register()
    s.need(
        "register_match",
        "in a stream",
        evidence="USB1",
        path={"contains": "hidden"},
        persons={"min": 4, "max": 4},
    )
    s.need(
        "register_match",
        "resident",
        evidence="USB1",
        path={"contains": "small.csv"},
        persons={"min": 4, "max": 4},
    )
    s.matched("USB1", "frag.csv", 100)
    s.matched("USB1", "gone.csv", 80, "deleted")
    s.persons(188)


@story
def outside_the_partition(s: Story) -> None:
    """A list behind the last partition, and one behind a picture."""
    who = s.residents
    jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0H\0H\0\0" + bytes(range(1, 240)) * 9 + b"\xff\xd9"
    data = disk(
        "fat16", "mbr", [Node("foto.jpg", jpeg + listing(who[:60], encoding="utf-8"), BEFORE)]
    )
    data += listing(who[100:160], encoding="utf-16-le").ljust(1 * MIB, b"\0")
    s.item("USB1", "medium", data, fs="fat", serial=SERIAL, authorised=True)
    s.register()
    s.matched("USB1", "foto.jpg", 60)
    s.matched("USB1", None, 60, "unpartitioned")
    s.persons(120)


@story
def a_big_list(s: Story) -> None:
    """Ten copies of the list in one file, more than a window of the search; persons count once."""
    text = b"".join(listing(s.residents, header=i == 0, encoding="utf-8") for i in range(20))
    plain_stick(s, [Node("all.csv", text, BEFORE)], "fat32", "mbr", "e01")
    s.register()
    s.matched("USB1", "all.csv", 400)
    s.persons(400)


@story
def two_thousand_files(s: Story) -> None:
    notes = [
        Node(
            f"d{i % 50:02}/n{i:04}.txt".upper(), f"memo {i} {'x' * (i % 300)}\r\n".encode(), BEFORE
        )
        for i in range(2000)
    ]
    plain_stick(
        s, [*notes, Node("D07/LIST.CSV", listing(s.residents[:50]), BEFORE)], "fat32", "mbr"
    )
    s.register()
    s.matched("USB1", "LIST.CSV", 50)
    s.persons(50)
    s.quiet()
