"""A device, or a file, into a raw image: read once, never written to.

Layout          OUT (or OUT.001 ...), OUT.map (GNU ddrescue map, sectors that could not be read are
                zero in the image and `-` in the map), OUT.acquire.json (who, when, what, digests)
Source          GNU ddrescue manual, "Mapfile structure"; Linux ioctls BLKSSZGET, BLKROGET
Proves          the image holds what the device gave when it was read
Does not prove  that a sector that could be read was not remapped or changed before

A run that was killed goes on where the map says it was: what is written is hashed again, since
the state of a hash cannot be kept.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from forensics.case import Refused
from forensics.evidence.device import describe, lies_on
from forensics.evidence.files import open_file
from forensics.evidence.target import BLOCK_BYTES, Options, Target, beside
from forensics.values import Gap, encode_name
from forensics.work.deadline import alive

MAP_EVERY_BYTES = 256 << 20  # between two writings of the map: what a killed run repeats
DIGESTS = ("md5", "sha1", "sha256")
UNREAD = "UNREADABLE_SECTOR"

Read = Callable[[int, int], bytes]  # (offset, length); OSError where the device gives none
Progress = Callable[[int, int], None]  # (bytes done, bytes in all)


@dataclass(frozen=True, slots=True)
class Unit:
    """One source into one image: several run at once."""

    source: str
    out: str
    options: Options
    bytes: int
    identity: str

    @property
    def key(self) -> str:
        return self.out

    @property
    def address(self) -> str:
        return f"acquire:/{encode_name(Path(self.out).name)}"


def units(
    pairs: Sequence[tuple[Path, Path]],
    segment_bytes: int | None = None,
    examiner: str = "",
    *,
    verify: bool = True,
) -> list[Unit]:
    """One unit per (source, out). Refuses as acquire_source does, before anything is written."""
    options = Options(examiner, segment_bytes, verify)
    out = []
    for source, place in pairs:
        device = describe(source)
        _check_place(source, place, device.size)
        image = Target(place, device, options)
        image.resumable()
        identity = hashlib.sha256(repr((device, options, str(place.absolute()))).encode())
        out.append(
            Unit(str(source.absolute()), str(place.absolute()), options, device.size,
                 identity.hexdigest())
        )  # fmt: skip
    if len({unit.out for unit in out}) < len(out):
        raise Refused("two sources have one OUT")
    return out


def acquire(unit: Unit, options: object = None) -> dict[str, list[dict[str, Any]]]:  # noqa: ARG001 # every stage has options
    """Acquires one source; table `coverage` names the sectors that could not be read."""
    facts = acquire_source(
        Path(unit.source), Path(unit.out), unit.options, progress=lambda _done, _size: alive()
    )
    rows = [
        {"address": f"{unit.address}@{gap['start']}+{gap['length']}", "evidence": "acquire",
         "bytes": gap["length"], "outcome": "unreadable", "reason": UNREAD, "method": None}
        for gap in facts["unread"]
    ]  # fmt: skip
    return {"coverage": rows}


def written(out: Path) -> int:
    """Bytes of the image that are there so far, all segments together."""
    places = [out, *out.parent.glob(f"{glob.escape(out.name)}.[0-9][0-9][0-9]")]
    return sum(place.stat().st_size for place in places if place.is_file())


def summary(source: Path, out: Path) -> tuple[str, bool]:
    """One line for the person, and whether all was read, written and (if asked) verified."""
    try:
        facts = json.loads(beside(out, ".acquire.json").read_text("utf-8"))
    except (OSError, ValueError):
        facts = {}
    if facts.get("state") != "done":
        return f"{source} -> {out}: not finished; run again to go on", False
    lost = sum(gap["length"] for gap in facts["unread"])
    verified = {True: "verified", False: "NOT AS READ", None: "not verified"}[facts["verified"]]
    line = (
        f"{source} -> {out}: {facts['device']['size']:,} bytes, {lost:,} unread, {verified}, "
        f"sha256 {facts['digests']['sha256']}"
    )
    return line, not lost and facts["verified"] is not False


def acquire_source(
    source: Path,
    out: Path,
    options: Options,
    read: Read | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Acquires `source` into `out`; gives what OUT.acquire.json holds.

    read takes the place of the device (tests, other transports). Raises Refused if OUT is a
    device, lies on the source, exists and is no unfinished acquisition of this source, or has no
    room; OSError if OUT cannot be written.
    """
    device = describe(source)
    _check_place(source, out, device.size)
    image = Target(out, device, options)
    done, unread = image.resumable()
    image.begin()
    descriptor = open_file(source)

    def pread(offset: int, length: int) -> bytes:
        return os.pread(descriptor, length, offset)

    give = read or pread
    try:
        if done:
            _same_source(image, give, done)
        with _Hashes() as hashes:
            for block in image.blocks(0, done):
                hashes.update(block)
                alive()
            for offset in range(done, device.size, BLOCK_BYTES):
                length = min(BLOCK_BYTES, device.size - offset)
                block = b"".join(_sectors(give, offset, length, device.sector_size, unread))
                hashes.update(block)
                image.write(offset, block)
                if (offset + length) % MAP_EVERY_BYTES < BLOCK_BYTES:
                    image.keep(offset + length, unread)
                if progress is not None:
                    progress(offset + length, device.size)
            digests = hashes.digests()
        image.keep(device.size, unread)
        return image.finish(digests, unread)
    finally:
        os.close(descriptor)
        image.close()


def _check_place(source: Path, out: Path, size: int) -> None:
    """Refuses an OUT that is, or lies on, a source or another device, or has no room."""
    if not out.parent.is_dir():
        raise Refused(f"{out.parent}: no such folder")
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise Refused(f"{out.parent}: nothing can be written there")
    for place in (out, out.with_name(out.name + ".001")):
        if place.exists() and not place.is_file():
            raise Refused(f"{place}: is not a file")
        if place.exists() and place.samefile(source):
            raise Refused(f"{place}: is the source")
    node = source.stat()
    if stat.S_ISBLK(node.st_mode) and lies_on(out.parent.stat().st_dev, node.st_rdev):
        raise Refused(f"{out}: lies on the source {source}")
    space = os.statvfs(out.parent)
    have = sum(place.stat().st_blocks * 512 for place in out.parent.glob(f"{out.name}*"))
    if space.f_bavail * space.f_frsize + have < size:
        raise Refused(f"{out}: needs {size} bytes, {space.f_bavail * space.f_frsize} are free")


def _sectors(
    read: Read, offset: int, length: int, sector_size: int, unread: list[Gap]
) -> Iterator[bytes]:
    """Exactly `length` bytes in pieces; a failed read is halved down to the sector, which is zero."""
    try:
        data = read(offset, length)
    except OSError:
        data = b""
    if len(data) == length:
        yield data
    elif length <= sector_size:
        if unread and unread[-1].start + unread[-1].length == offset:
            offset, length = unread[-1].start, unread[-1].length + length
            unread.pop()
            yield bytes(sector_size)
        else:
            yield bytes(length)
        unread.append(Gap(offset, length, UNREAD))
    else:
        half = max(length // 2 // sector_size, 1) * sector_size
        yield from _sectors(read, offset, half, sector_size, unread)
        yield from _sectors(read, offset + half, length - half, sector_size, unread)


def _same_source(image: Target, read: Read, done: int) -> None:
    """The last block already written must still be what the source gives (gaps left out)."""
    start = max(done - BLOCK_BYTES, 0)
    written = b"".join(image.blocks(start, done))
    try:
        again = read(start, done - start)
    except OSError:
        return
    if again != written and not image.touched(start, done):
        raise Refused(f"{image.out}: was not acquired from this source")


class _Hashes:
    """All digests of one stream, each in a thread (hashlib lets go of the interpreter)."""

    def __init__(self) -> None:
        self._states = {name: hashlib.new(name) for name in DIGESTS}
        self._pool = ThreadPoolExecutor(len(DIGESTS))
        self._running: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def update(self, block: bytes) -> None:
        """Returns when the block before is done: the reading of the next runs beside this one."""
        self._wait()
        self._running = [self._pool.submit(s.update, block) for s in self._states.values()]

    def digests(self) -> dict[str, str]:
        self._wait()
        return {name: state.hexdigest() for name, state in self._states.items()}

    def _wait(self) -> None:
        for future in self._running:
            future.result()
        self._running = []
