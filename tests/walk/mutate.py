"""Walks damaged copies of an image in memory; run in a process of its own, for libtsk may crash.

mutate.py IMAGE COUNT: valid volume, then cut, flipped, overwritten with copies of itself. Prints
`done` when every copy gave tables whose ledger sums, and no stream raised but as it may.
"""

from __future__ import annotations

import faulthandler
import random
import sys
from pathlib import Path
from types import SimpleNamespace

from forensics import schema, walk
from forensics.evidence import Unreadable
from forensics.evidence.facts import Facts
from forensics.evidence.volumes import Volume
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.stream import NotOpen, open_volume
from forensics.walk.tables import tables

BLOCK = 4096
SECONDS_MAX = 20  # for one copy of some MiB


class Memory:
    """A medium in memory that refuses what lies outside it."""

    facts = Facts("raw", 0, 512, ())

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read_gaps(self, offset, length):
        assert offset >= 0
        assert offset + length <= self.size
        return bytes(self.data[offset : offset + length]), []


def mutated(data: bytes, chance: random.Random, used: list[int]) -> bytes:
    """A copy with some damage, most of it where the image has bytes."""
    out = bytearray(data)
    if chance.randrange(6) == 0:
        del out[chance.randrange(1024, len(out)) :]
    if chance.randrange(6) == 0:
        out += chance.randbytes(chance.randrange(1, 5000))
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        at = chance.choice((0, 0, *used)) + chance.randrange(BLOCK)
        at %= len(out)
        match chance.randrange(4):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at] = chance.choice((0, 255, 1, 127, 128))
            case 2:
                word = chance.choice(
                    (b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", chance.randbytes(4))
                )
                out[at : at + 4] = word[: len(out) - at]
            case 3:
                source, size = chance.randrange(len(out)), chance.choice((16, 64, 512))
                piece = out[source : source + size]
                out[at : at + len(piece)] = piece[: len(out) - at]
    return bytes(out)


def walk_all(data: bytes) -> None:
    image, reader = Memory(data), Reader(Memory(data))
    volume = Volume("p0", 0, len(data), "none", None, None, None, "examined", None)
    found = walk._walk(reader, volume, Mask(wanted=False))
    if found is None:
        return
    parts = tables("E", "p0", 0, len(data), found)
    handle = SimpleNamespace(table=lambda name: schema.to_arrow(name, parts[name]))
    medium = SimpleNamespace(id="E", size=len(data), gaps=(), reason=None)
    ledger = walk.ledger([medium], None, handle)
    assert sum(ledger["length"].to_pylist()) == len(data)
    schema.to_arrow("coverage", parts["coverage"])
    streams = open_volume(image, 0, mask=False)
    for row in handle.table("files").slice(0, 60).to_pylist():
        if row["kind"] == "directory":
            continue
        try:
            stream = streams.open(row)
            stream.read(0, min(stream.size, 70_000))
        except (NotOpen, Unreadable):
            pass


def main(path: str, count: str) -> None:
    data = Path(path).read_bytes()
    used = [at for at in range(0, len(data), BLOCK) if any(data[at : at + BLOCK])][:60]
    for number in range(int(count)):
        faulthandler.dump_traceback_later(SECONDS_MAX, exit=True)
        try:
            walk_all(mutated(data, random.Random(f"{Path(path).name}/{number}"), used))
        except Exception:
            print(f"copy {number} of {path}", file=sys.stderr)
            raise
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
