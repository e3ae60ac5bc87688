"""The files an acquisition writes: the image or its segments, the ddrescue map, the facts.

Source          GNU ddrescue manual, "Mapfile structure"

What the map says is on the disk before the map says it, so that a run that was killed goes on there.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from forensics import __version__
from forensics.case import Refused
from forensics.evidence.device import Device
from forensics.evidence.raw import read_map
from forensics.values import Gap
from forensics.work.deadline import alive

SCHEMA = "forensics-acquire/1"
BLOCK_BYTES = 1 << 20  # of one read or write
SEGMENTS_MAX = 999


@dataclass(frozen=True, slots=True)
class Options:
    """How to acquire.

    examiner: who does. segment_bytes: of a split image, whole MiB; None: one file. verify: read
    the image once more and compare.
    """

    examiner: str = ""
    segment_bytes: int | None = None
    verify: bool = True


class Target:
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
        return beside(self.out, ".acquire.json")

    @property
    def _map(self) -> Path:
        return beside(self.out, ".map")

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


def beside(path: Path, ending: str) -> Path:
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
