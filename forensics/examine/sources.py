"""Sources: contents that can be read at any place, and what reads or joins them."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol

from forensics.values import Gap
from forensics.work import alive

READ_BYTES = 1 << 20


class Source(Protocol):
    """Bytes that can be read at any place; gaps read as zeros and are named."""

    @property
    def size(self) -> int: ...
    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]: ...


@dataclass(slots=True)
class Reading:
    """A content read once from its start, for the detector and the digests together."""

    source: Source
    algorithms: tuple[str, ...]
    position: int = 0
    gaps: list[Gap] = field(default_factory=list)
    _hashes: dict[str, Any] = field(default_factory=dict)

    def chunks(self) -> Iterator[bytes]:
        """What has not been read yet, in pieces; gaps as zeros, so that offsets hold."""
        if not self._hashes:
            self._hashes = {name: hashlib.new(name) for name in self.algorithms}
        while self.position < self.source.size:
            alive()
            length = min(READ_BYTES, self.source.size - self.position)
            data, gaps = self.source.read_gaps(self.position, length)
            self.gaps += gaps
            self.position += length
            for running in self._hashes.values():
                running.update(data)
            yield data

    def digests(self) -> dict[str, str]:
        """Hex digests by algorithm; none where a part could not be read."""
        if self.gaps or self.position < self.source.size:
            return {}
        running = self._hashes or {name: hashlib.new(name) for name in self.algorithms}
        return {name: value.hexdigest() for name, value in running.items()}


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first `size` bytes of a source."""

    source: Source
    size: int

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        return self.source.read_gaps(offset, length)


class Joined:
    """Sources one behind the other. starts: where each begins."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = tuple(sources)
        *starts, self.size = accumulate((one.size for one in sources), initial=0)
        self.starts = tuple(starts)

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        parts, gaps, end = list[bytes](), list[Gap](), min(offset + length, self.size)
        while offset < end:
            index = bisect_right(self.starts, offset) - 1
            start, source = self.starts[index], self._sources[index]
            here = min(end, start + source.size) - offset
            data, lost = source.read_gaps(offset - start, here)
            parts.append(data)
            gaps += [gap._replace(start=gap.start + start) for gap in lost]
            offset += here
        return b"".join(parts), gaps


@dataclass(slots=True)
class Plain:
    """A source for unpackers, which check what they read: gaps are zeros to them."""

    source: Source

    @property
    def starts(self) -> tuple[int, ...]:
        """Where the files of a split archive begin."""
        return self.source.starts if isinstance(self.source, Joined) else (0,)

    @property
    def size(self) -> int:
        return self.source.size

    def read(self, offset: int, length: int) -> bytes:
        alive()
        end = min(offset + length, self.source.size)
        return self.source.read_gaps(offset, end - offset)[0] if 0 <= offset < end else b""


@dataclass(slots=True)
class Spool:
    """A member in memory, or in an unnamed file where it is large."""

    file: Any
    size: int = 0

    def __post_init__(self) -> None:
        self.size = self.file.seek(0, 2)

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        self.file.seek(offset)
        return self.file.read(length), []
