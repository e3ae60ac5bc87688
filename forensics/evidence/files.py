"""Segment files, read by position, with a bounded number of them open."""

from __future__ import annotations

import os
import stat
from pathlib import Path

OPEN_MAX = 64  # descriptors; a set may have thousands of segments
READ_BYTES = 8 << 20  # of one system call


class Files:
    """Files by number. Never mapped: a bad sector below a mapping would be a signal."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self._open: dict[int, int] = {}

    def size(self, number: int) -> int:
        """Bytes, of block devices too."""
        return os.lseek(self._descriptor(number), 0, os.SEEK_END)

    def pread(self, number: int, offset: int, length: int) -> bytes:
        """At most `length` bytes; fewer only at the end of the file. OSError from the system."""
        descriptor = self._descriptor(number)
        data = os.pread(descriptor, min(length, READ_BYTES), offset)
        if len(data) == length or not data:
            return data
        parts = [data]
        got = len(data)
        while got < length:
            data = os.pread(descriptor, min(length - got, READ_BYTES), offset + got)
            if not data:
                break
            parts.append(data)
            got += len(data)
        return b"".join(parts)

    def _descriptor(self, number: int) -> int:
        descriptor = self._open.pop(number, None)
        if descriptor is None:
            while len(self._open) >= OPEN_MAX:
                os.close(self._open.pop(next(iter(self._open))))
            descriptor = open_file(self._paths[number])
        self._open[number] = descriptor  # last used is last
        return descriptor

    def close(self) -> None:
        while self._open:
            os.close(self._open.popitem()[1])


def open_file(path: Path) -> int:
    """A read-only descriptor of a file or block device; OSError for anything else."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | os.O_NONBLOCK)
    mode = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        os.close(descriptor)
        raise OSError(f"neither a file nor a block device: {path}")
    return descriptor
