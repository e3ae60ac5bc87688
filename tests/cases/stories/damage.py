"""Damaged, incomplete and mistaken images (domain.md 7.24)."""

from __future__ import annotations

import random

from fixtures.disk import Node
from tests.cases.stories.common import SERIAL, listed, on_stick, plain_stick, story
from tests.cases.story import BEFORE, MIB, Story, disk, listing, note, volume

CAPPED = "confirmed undetermined"  # domain.md 7.24: at most C1 rests on damaged evidence


def damaged(s: Story, count: int = 200) -> None:
    s.exits = (3, 4)
    s.register()
    s.answer("evidence_intact", "USB1", "refuted undetermined", "a part is missing")
    s.answer("fully_examined", "USB1", "refuted undetermined", "a part is missing")
    s.answer("leak", "case", "undetermined", "a part is missing")


@story
def truncated_raw(s: Story) -> None:
    data = disk("fat32", "mbr", [*listed(s), Node("FILL.BIN", bytes(30 * MIB), BEFORE)])
    s.item("USB1", "medium", data, declared="none", complete=False, serial=SERIAL, authorised=True,
           spoil=lambda parts: {"raw": parts["raw"][: 20 * MIB + 300]})  # fmt: skip
    damaged(s)
    on_stick(s, allowed=CAPPED)
    s.need(
        "unexamined",
        "the missing part",
        evidence="USB1",
        state={"any": ["unreadable"]},
        bytes={"min": 10 * MIB},
    )


@story
def clean_but_truncated(s: Story) -> None:
    """Nothing personal in what there is: no negative all the same."""
    data = disk("exfat", "mbr", [Node("a.txt", note("空\n"), BEFORE)])
    s.item(
        "USB1",
        "medium",
        data,
        declared="none",
        complete=False,
        serial=SERIAL,
        spoil=lambda parts: {"raw": parts["raw"][: 5 * MIB]},
    )
    damaged(s)
    s.nobody("USB1")
    s.answer("data_on_medium", "USB1", "undetermined", "a part is missing")


@story
def missing_middle_segment(s: Story) -> None:
    noise = Node("FILL.BIN", random.Random(9).randbytes(20 * MIB), BEFORE)
    s.item(
        "USB1",
        "medium",
        disk("fat32", "none", [*listed(s), noise]),
        "e01s",
        lost=["E03"],
        complete=False,
        serial=SERIAL,
        authorised=True,
    )
    damaged(s)
    on_stick(s, allowed=CAPPED)
    s.truth["coverage"].append({"evidence": "USB1", "unreadable": {"min": 1 * MIB}})


@story
def missing_last_split(s: Story) -> None:
    data = disk("fat32", "mbr", [*listed(s), Node("FILL.BIN", bytes(30 * MIB), BEFORE)])
    s.item(
        "USB1",
        "medium",
        data,
        "split.001",
        lost=["003"],
        declared="none",
        complete=False,
        serial=SERIAL,
        authorised=True,
    )
    damaged(s)
    on_stick(s, allowed=CAPPED)


@story
def bad_chunk(s: Story) -> None:
    """A byte of an E01 flipped where a list lies: that chunk is unreadable, the rest is found."""

    def spoil(parts: dict[str, bytes]) -> dict[str, bytes]:
        data = bytearray(parts["E01"])
        data[len(data) // 3] ^= 0x40
        return {"E01": bytes(data)}

    noise = Node("FILL.BIN", random.Random(9).randbytes(3 * MIB), BEFORE)
    s.item(
        "USB1",
        "medium",
        disk("fat16", "mbr", [noise, *listed(s)]),
        "e01",
        complete=False,
        serial=SERIAL,
        authorised=True,
        spoil=spoil,
    )
    damaged(s)
    on_stick(s, allowed=CAPPED)
    s.truth["coverage"].append({"evidence": "USB1", "unreadable": {"min": 512, "max": 40_000}})


@story
def another_digest(s: Story) -> None:
    plain_stick(s, listed(s), declared="wrong")
    s.register()
    s.exits, s.stops = (4,), True


@story
def another_digest_accepted(s: Story) -> None:
    plain_stick(s, listed(s), declared="wrong")
    s.register()
    s.exits, s.arguments = (4,), ("--accept-mismatch", "the note was mistyped")
    s.matched("USB1", "taisho.csv", 200)
    s.answer("evidence_intact", "USB1", "refuted", "the digest differs")
    s.answer("data_on_medium", "USB1", "undetermined", "nothing that rests on it is above C1")
    s.answer("leak", "case", "undetermined", "the digest differs")


@story
def boot_sector_gone(s: Story) -> None:
    """The first sectors are zero: no file system, rows are found raw."""
    data = bytearray(volume("fat16", listed(s)))
    data[:2048] = bytes(2048)
    s.item("USB1", "medium", bytes(data), serial=SERIAL, authorised=True)
    s.register()
    s.matched("USB1", None, 200, {"any": ["unpartitioned", "unallocated"]})
    s.answer("data_on_medium", "USB1", "confirmed", "rows found raw")
    s.exits = (3,)
    s.truth["coverage"].append({"evidence": "USB1", "unsupported": {"min": 7 * MIB}})
    s.persons(200)


@story
def list_half_in_the_hole(s: Story) -> None:
    """A segment is missing where the list goes on: who stands there may be anyone of the register."""
    noise = random.Random(11)
    columns = ("code", "name", "kana", "born", "address")
    nodes = [
        Node("A.BIN", noise.randbytes(4_680_000), BEFORE),
        Node("taisho.csv", listing(s.residents[:200] * 4, columns), BEFORE),
        Node("B.BIN", noise.randbytes(8 * MIB), BEFORE),
    ]
    data = disk("fat32", "none", nodes)
    begins = data.index(listing(s.residents[:1], columns)[:40])
    cut = begins + 8 * 1024
    s.item(
        "USB1", "medium", data, declared="none", complete=False, serial=SERIAL, authorised=True,
        spoil=lambda parts: {"raw": parts["raw"][:cut]},
    )  # fmt: skip
    damaged(s)
    s.answer("persons", "USB1 case", "undetermined", "the list goes on where nothing can be read")
    s.counted = {
        "at_least": {"min": 20, "max": 199},
        "at_most": {"min": 60, "max": 199},
    }  # of what was examined
