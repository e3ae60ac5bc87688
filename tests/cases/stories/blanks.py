"""Sticks on which nothing has a name any more."""

from __future__ import annotations

from fixtures.disk import Node
from tests.cases.stories.common import SERIAL, plain_stick, story
from tests.cases.story import BEFORE, MIB, Story, disk, listing


def nameless(s: Story, fs: str, scheme: str) -> None:
    """A file system without any name, and a list in its free clusters."""
    made = bytearray(disk(fs, scheme, [], serial=0x0BADF00D, label=""))
    rows = listing(s.residents[:150], encoding="utf-8")
    made[len(made) // 2 : len(made) // 2 + len(rows)] = rows
    s.item("USB1", "medium", bytes(made), fs=fs[:5].rstrip("0123456789"), serial=SERIAL, authorised=True)  # fmt: skip
    s.register()
    s.matched("USB1", None, 150, "unallocated")
    s.need("tamper", "no name, and records in free clusters", subject="USB1", what="formatted")
    s.answer("tampered", "USB1 case", "confirmed undetermined", "formatted; when, nothing says")
    s.answer("changed_after_loss", "USB1 case", "undetermined", "formatted; when, nothing says")
    s.answer("leak", "case", "undetermined", "formatted")
    s.persons(150)


@story
def formatted_and_left_empty(s: Story) -> None:
    nameless(s, "fat16", "mbr")


@story
def formatted_as_exfat_and_left_empty(s: Story) -> None:
    nameless(s, "exfat", "none")


@story
def emptied_by_hand(s: Story) -> None:
    """All was deleted, nothing formatted: the names are still there."""
    nodes = [
        Node("taisho.csv", listing(s.residents[:150]), BEFORE, deleted=True),
        Node("memo.txt", b"x\r\n" * MIB.bit_length(), BEFORE, deleted=True),
    ]
    plain_stick(s, nodes, "exfat")
    s.register()
    s.matched("USB1", "taisho.csv", 150, "deleted")
    s.answer("data_on_medium", "USB1", "confirmed", "deleted")
    s.quiet()
