"""What the system says of a source: a block device, or a file.

Source          Linux ioctls BLKSSZGET, BLKROGET; sysfs, /sys/dev/block
Proves          what the kernel said of the device when it was asked
Does not prove  that model and serial are those on its label: a bridge may give its own
"""

from __future__ import annotations

import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from forensics.case import Refused
from forensics.evidence.facts import SECTOR_BYTES
from forensics.evidence.files import open_file

BLKSSZGET, BLKROGET = 0x1268, 0x125E  # linux/fs.h


@dataclass(frozen=True, slots=True)
class Device:
    """What the system says of a source, an absolute path. read_only: by the kernel, None for a file."""

    source: str
    size: int
    sector_size: int
    model: str | None
    serial: str | None
    read_only: bool | None


def describe(source: Path) -> Device:
    """Size, sector size, model, serial and read-only flag of a device or file; Refused if neither."""
    place = str(source.absolute())
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
            return Device(place, size, SECTOR_BYTES, None, None, None)
        sector_size, read_only = _ioctl(descriptor, BLKSSZGET), _ioctl(descriptor, BLKROGET)
    finally:
        os.close(descriptor)
    disk = _disk(node.st_rdev)
    return Device(
        place, size, sector_size or SECTOR_BYTES, _said(disk, "device/model"),
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


def lies_on(device: int, source: int) -> bool:
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
