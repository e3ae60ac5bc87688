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

import datetime as dt
import fcntl
import getpass
import glob
import hashlib
import json
import os
import platform
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from forensics import __version__
from forensics.case import Refused
from forensics.evidence.facts import SECTOR_BYTES
from forensics.evidence.files import open_file
from forensics.evidence.raw import read_map
from forensics.values import Gap, encode_name
from forensics.work.deadline import alive

SCHEMA = "forensics-acquire/1"
BLOCK_BYTES = 1 << 20  # of one read
MAP_EVERY_BYTES = 256 << 20  # between two writings of the map: what a killed run repeats
DIGESTS = ("md5", "sha1", "sha256")
BLKSSZGET, BLKROGET = 0x1268, 0x125E  # linux/fs.h
SEGMENTS_MAX = 999
UNREAD = "UNREADABLE_SECTOR"

Read = Callable[[int, int], bytes]  # (offset, length); OSError where the device gives none
Progress = Callable[[int, int], None]  # (bytes done, bytes in all)


@dataclass(frozen=True, slots=True)
class Options:
    """How to acquire.

    examiner: who does. segment_bytes: of a split image, whole MiB; None: one file. verify: read
    the image once more and compare.
    """

    examiner: str = ""
    segment_bytes: int | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    """What the system says of a source. read_only: by the kernel, None for a file."""

    source: str
    size: int
    sector_size: int
    model: str | None
    serial: str | None
    read_only: bool | None


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
        image = _Image(place, device, options)
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
        facts = json.loads(_beside(out, ".acquire.json").read_text("utf-8"))
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
    image = _Image(out, device, options)
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


def describe(source: Path) -> Device:
    """Size, sector size, model, serial and read-only flag of a device or file; Refused if neither."""
    try:
        descriptor = open_file(source)
    except OSError as error:
        raise Refused(
            f"{source}: {error.strerror or 'neither a file nor a block device'}"
        ) from None
    try:
        size = os.lseek(descriptor, 0, os.SEEK_END)
        node = os.fstat(descriptor)
        if not stat.S_ISBLK(node.st_mode):
            return Device(str(source), size, SECTOR_BYTES, None, None, None)
        sector_size, read_only = _ioctl(descriptor, BLKSSZGET), _ioctl(descriptor, BLKROGET)
    finally:
        os.close(descriptor)
    disk = _disk(node.st_rdev)
    return Device(
        str(source), size, sector_size or SECTOR_BYTES, _said(disk, "device/model"),
        _said(disk, "device/serial") or _said(disk, "serial"),
        None if read_only is None else bool(read_only),
    )  # fmt: skip


def _ioctl(descriptor: int, request: int) -> int | None:
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, request, bytes(4)), "little")
    except OSError:
        return None


def _node(device: int) -> Path:
    """The sysfs folder of a block device."""
    return Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()


def _disk(device: int) -> Path:
    node = _node(device)
    return node.parent if (node / "partition").exists() else node


def _said(folder: Path, name: str) -> str | None:
    try:
        return (folder / name).read_text("utf-8", "replace").strip() or None
    except OSError:
        return None


def _check_place(source: Path, out: Path, size: int) -> None:
    """Refuses an OUT that is, or lies on, a source or another device, or has no room."""
    if not out.parent.is_dir():
        raise Refused(f"{out.parent}: no such folder")
    for place in (out, out.with_name(out.name + ".001")):
        if place.exists() and not place.is_file():
            raise Refused(f"{place}: is not a file")
        if place.exists() and place.samefile(source):
            raise Refused(f"{place}: is the source")
    node = source.stat()
    if stat.S_ISBLK(node.st_mode) and _lies_on(out.parent.stat().st_dev, node.st_rdev):
        raise Refused(f"{out}: lies on the source {source}")
    space = os.statvfs(out.parent)
    have = sum(place.stat().st_blocks * 512 for place in out.parent.glob(f"{out.name}*"))
    if space.f_bavail * space.f_frsize + have < size:
        raise Refused(f"{out}: needs {size} bytes, {space.f_bavail * space.f_frsize} are free")


def _lies_on(device: int, source: int) -> bool:
    """A file system's device is the source's disk, one of its partitions, or built on them."""
    disk = _disk(source)
    pending, seen = [_node(device)], set()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node == disk or disk in node.parents:
            return True
        pending += [slave.resolve() for slave in (node / "slaves").glob("*")]
    return False


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


def _same_source(image: _Image, read: Read, done: int) -> None:
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


class _Image:
    """The files that are written."""

    def __init__(self, out: Path, device: Device, options: Options) -> None:
        self.out = out
        self._device = device
        self._options = options
        self._unit = options.segment_bytes or max(device.size, 1)
        self._paths = self._names()
        self._open: dict[int, int] = {}
        self._started = _now()
        self._old: list[Gap] = []

    def _names(self) -> list[Path]:
        if self._options.segment_bytes is None:
            return [self.out]
        count = max(-(-self._device.size // self._unit), 1)
        if self._unit < BLOCK_BYTES or self._unit % BLOCK_BYTES or count > SEGMENTS_MAX:
            raise Refused(f"segments: whole MiB, at most {SEGMENTS_MAX} of them")
        return [self.out.with_name(f"{self.out.name}.{n + 1:03}") for n in range(count)]

    def resumable(self) -> tuple[int, list[Gap]]:
        """Bytes already written and the gaps in them; (0, []) for a new image. Writes nothing.

        Refused if OUT is there and is no unfinished acquisition of this source.
        """
        there = [path for path in self._paths if path.exists()]
        if not there and not self._json.exists():
            return 0, []
        try:
            before = json.loads(self._json.read_text("utf-8"))
            gaps = read_map(self._map.read_bytes()) if self._map.exists() else None
        except (OSError, ValueError):
            before, gaps = None, None
        if not isinstance(before, dict) or not self._unfinished(before):
            raise Refused(f"{self.out}: exists, and is no unfinished acquisition of this source")
        if gaps is None:
            return 0, []
        left = next((gap.start for gap in gaps if gap.reason == "NOT_READ"), self._device.size)
        if sum(path.stat().st_size for path in there) < left:
            raise Refused(f"{self.out}: is shorter than its map says")
        self._started = str(before.get("started", self._started))
        self._old = [gap for gap in gaps if gap.start < left]
        return left, list(self._old)

    def _unfinished(self, before: dict[str, Any]) -> bool:
        return (
            before.get("state") == "running"
            and before.get("device") == asdict(self._device)
            and before.get("segment_bytes") == self._options.segment_bytes
        )

    def begin(self) -> None:
        """From here on OUT is an unfinished acquisition of this source."""
        self._write_json(self._facts("running"))

    def touched(self, start: int, end: int) -> bool:
        return any(gap.start < end and gap.start + gap.length > start for gap in self._old)

    def blocks(self, start: int, end: int) -> Iterator[bytes]:
        """What is written, in blocks that end where segments do."""
        while start < end:
            number, offset = divmod(start, self._unit)
            length = min(BLOCK_BYTES, self._unit - offset, end - start)
            data = os.pread(self._descriptor(number), length, offset)
            if len(data) != length:
                raise OSError(f"{self._paths[number]}: shorter than written")
            yield data
            start += length

    def write(self, start: int, block: bytes) -> None:
        view = memoryview(block)
        while view:
            number, offset = divmod(start, self._unit)
            written = os.pwrite(self._descriptor(number), view[: self._unit - offset], offset)
            start += written
            view = view[written:]

    def _descriptor(self, number: int) -> int:
        descriptor = self._open.get(number)
        if descriptor is None:
            self._flush()
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(self._paths[number], flags, 0o640)
            self._open[number] = descriptor
        return descriptor

    def _flush(self) -> None:
        while self._open:
            descriptor = self._open.popitem()[1]
            os.fsync(descriptor)
            os.close(descriptor)

    def keep(self, done: int, unread: list[Gap]) -> None:
        """The map, after what it says is on the disk."""
        for descriptor in self._open.values():
            os.fsync(descriptor)
        _replace(self._map, write_map(done, self._device.size, unread))

    def finish(self, digests: dict[str, str], unread: list[Gap]) -> dict[str, Any]:
        """Reads the image back and writes what is known of it."""
        self._flush()
        for path in self._paths:
            self._forget(path)
        facts = self._facts("done") | {
            "digests": digests,
            "verified": self._sha256() == digests["sha256"] if self._options.verify else None,
            "unread": [{"start": gap.start, "length": gap.length} for gap in unread],
            "finished": _now(),
        }
        self._write_json(facts)
        return facts

    def _sha256(self) -> str:
        state = hashlib.sha256()
        for block in self.blocks(0, self._device.size):
            state.update(block)
            alive()
        return state.hexdigest()

    def _forget(self, path: Path) -> None:
        """Lets the second reading come from the disk, not from memory."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)

    def _facts(self, state: str) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "state": state,
            "tool": f"forensics {__version__}",
            "host": platform.node(),
            "user": _user(),
            "examiner": self._options.examiner,
            "started": self._started,
            "device": asdict(self._device),
            "segment_bytes": self._options.segment_bytes,
            "image": [path.name for path in self._paths],
        }

    @property
    def _json(self) -> Path:
        return _beside(self.out, ".acquire.json")

    @property
    def _map(self) -> Path:
        return _beside(self.out, ".map")

    def _write_json(self, facts: dict[str, Any]) -> None:
        text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        _replace(self._json, text.encode())

    def close(self) -> None:
        self._flush()


def write_map(done: int, size: int, unread: list[Gap]) -> bytes:
    """A ddrescue map: read up to `done`, the gaps in it bad, the rest not tried."""
    lines = [
        f"# Mapfile. Created by forensics {__version__}",
        "# current_pos  current_status  current_pass",
        f"0x{done:08X}     {'+' if done == size else '?'}               1",
        "#      pos        size  status",
    ]
    at = 0
    for gap in unread:
        if gap.start > at:
            lines.append(f"0x{at:08X}  0x{gap.start - at:08X}  +")
        lines.append(f"0x{gap.start:08X}  0x{gap.length:08X}  -")
        at = gap.start + gap.length
    if done > at:
        lines.append(f"0x{at:08X}  0x{done - at:08X}  +")
    if size > done:
        lines.append(f"0x{done:08X}  0x{size - done:08X}  ?")
    return ("\n".join(lines) + "\n").encode()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".tmp")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        return str(os.getuid())
