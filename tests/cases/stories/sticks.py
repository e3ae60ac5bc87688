"""What the stick alone can tell of the time it was lost."""

from __future__ import annotations

from fixtures.disk import Node
from tests.cases.stories.common import SERIAL, USED, listed, on_stick, plain_stick, story
from tests.cases.story import BEFORE, INSIDE, MIB, Story, at, disk, listing, note, pc


@story
def mounted_by_windows(s: Story) -> None:
    """Only WPSettings.dat was born in the window (7.3)."""
    traces = [
        Node(f"System Volume Information/{name}", data, INSIDE, INSIDE)
        for name, data in (
            ("WPSettings.dat", bytes(12)),
            ("IndexerVolumeGuid", "{11111111-2222-3333-4444-555555555555}".encode("utf-16-le")),
        )
    ]
    plain_stick(s, [*listed(s), *traces], "fat32")
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("accessed_after_loss", "USB1 case", "confirmed", "a Windows mounted it")
    s.answer("changed_after_loss", "USB1 case", "confirmed", "that Windows wrote")
    s.answer("opened_files", "USB1", "undetermined", "which files is not told")
    s.answer("leak", "case", "undetermined", "a connection alone is no leak")


@story
def written_in_the_window(s: Story) -> None:
    """A file was written on Saturday, on NTFS."""
    plain_stick(
        s,
        [*listed(s), Node("memo.txt", note("拾いました\n"), at(10, 14, 2, 30))],
        "ntfs",
        "gpt",
        "e01",
    )
    s.register()
    on_stick(s)
    for topic in ("changed_after_loss", "accessed_after_loss"):
        s.answer(topic, "USB1 case", "confirmed", "written")


@story
def read_in_the_window(s: Story) -> None:
    """FAT access date of the 10th on the list, nothing else: a whole day inside the window."""
    plain_stick(
        s, [Node("taisho.csv", listing(s.residents[:200]), BEFORE, accessed=at(10, 0))], "fat32"
    )
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("accessed_after_loss", "USB1", "confirmed undetermined", "the access date says so")
    s.answer("changed_after_loss", "USB1", "no_trace undetermined", "nothing written")


@story
def read_on_the_day_of_the_loss(s: Story) -> None:
    """FAT access date of the 9th: before or after 18:30, nobody can say."""
    plain_stick(
        s, [Node("taisho.csv", listing(s.residents[:200]), BEFORE, accessed=at(9, 0))], "fat32"
    )
    s.register()
    s.quiet()
    s.answer("accessed_after_loss", "USB1 case", "undetermined", "the day overlaps the window")


@story
def untouched(s: Story) -> None:
    """Found as it was, no host supplied (7.1): changed no, read nobody knows."""
    plain_stick(s, listed(s), "exfat", "mbr", "e01s")
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("changed_after_loss", "USB1", "no_trace", "no date in the window, every byte read")
    s.answer(
        "accessed_after_loss",
        "USB1 case",
        "undetermined",
        "reading leaves no trace",
        reasons={"has": ["READ_LEAVES_NO_TRACE"]},
    )
    s.answer("copied_elsewhere", "USB1 case", "undetermined no_trace", "no other item")
    s.answer("evidence_intact", "USB1", "confirmed", "digests")
    s.answer("leak", "case", "undetermined", "nobody can say")


@story
def formatted_and_refilled(s: Story) -> None:
    """Quick format in the window, photos put on it; the list is in free clusters (7.4)."""
    photos = [
        Node(
            f"DCIM/IMG_{i:04}.JPG",
            b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes([i]) * 3000 + b"\xff\xd9",
            at(10, 15, i),
        )
        for i in range(5)
    ]
    made = disk(
        "fat32",
        "mbr",
        [Node("DCIM", None, at(10, 14, 50)), *photos],
        serial=0x1234ABCD,
        label="PHOTO",
        leftovers=[bytes(4096), listing(s.residents[:200])],
    )
    s.item("USB1", "medium", made, fs="fat", serial=SERIAL, authorised=True)
    s.item("PC1", "pc", pc([USED]), fs="ntfs", zone=None)
    s.register()
    s.matched("USB1", None, 200, "unallocated")
    s.need(
        "tamper",
        "another volume serial than the registry's, label of that day",
        subject={"any": ["USB1", SERIAL]},
        what="formatted",
    )
    s.answer("data_on_medium", "USB1", "confirmed", "in free clusters")
    for topic in ("changed_after_loss", "accessed_after_loss", "tampered"):
        s.answer(topic, "USB1 case", "confirmed", "formatted in the window")
    s.answer("copied_elsewhere", "USB1", "undetermined", "nobody knows")


@story
def wiped_with_certificate(s: Story) -> None:
    """All zeros; the certificate is dated later than the hand-over (7.13)."""
    s.item("USB1", "medium", bytes(8 * MIB), serial=SERIAL, authorised=True)
    s.register()
    s.paper(
        "erasure",
        "消去証明書.csv",
        f"対象機器,シリアル番号,消去方式,実施日,実施者,結果\nUSB,{SERIAL},上書き1回,2023/06/20,係員　甲,良\n",
    )
    s.nobody("USB1")
    s.need("tamper", "zeros from end to end", subject={"any": ["USB1", SERIAL]}, what="wiped")
    s.answer("tampered", "USB1 case", "confirmed", "wiped")
    s.answer("accessed_after_loss", "USB1", "undetermined confirmed", "no negative")
    s.answer("copied_elsewhere", "USB1", "undetermined", "no negative")
    s.answer("erased", "USB1 case", "confirmed undetermined", "addressable bytes are zero")


@story
def neighbours_in_other_encodings(s: Story) -> None:
    """Long deleted lists, one beside the other in free clusters, each in its own encoding."""
    who, codes = s.residents, ("cp932", "utf-8", "euc_jp", "utf-16-le", "cp932", "utf-8")
    parts = [listing(who[i * 40 : i * 40 + 40], encoding=code) for i, code in enumerate(codes)]
    s.item(
        "USB1",
        "medium",
        disk("fat32", "mbr", [Node("A.TXT", b"empty\r\n", BEFORE)], leftovers=parts),
        fs="fat",
        serial=SERIAL,
        authorised=True,
    )
    s.register()
    s.persons(240)
    s.answer("data_on_medium", "USB1", "confirmed", "in free clusters")
