"""Bytes of a medium for the readers of file systems: exactly as many as asked, gaps remembered."""

from __future__ import annotations

from typing import Protocol

from forensics.values import Gap


class Source(Protocol):
    """What is read: evidence.image.Image, or anything with its size and read_gaps."""

    size: int

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]: ...


class Patched:
    """A source of which some ranges, that are lost in it, are had from elsewhere.

    patches: (byte of the medium, what belongs there), none over another.
    """

    def __init__(self, source: Source, patches: list[tuple[int, bytes]]) -> None:
        self.size = source.size
        self._source, self._patches = source, patches

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        data, gaps = self._source.read_gaps(offset, length)
        for start, patch in self._patches:
            low, high = max(start, offset), min(start + len(patch), offset + length)
            if low < high:
                here = patch[low - start : high - start]
                data = data[: low - offset] + here + data[high - offset :]
                gaps = [rest for gap in gaps for rest in _outside(gap, low, high)]
        return data, gaps


def _outside(gap: Gap, low: int, high: int) -> list[Gap]:
    """What of a gap lies outside a range."""
    end = gap.start + gap.length
    before = gap._replace(length=min(low, end) - gap.start)
    behind = gap._replace(start=max(high, gap.start), length=end - max(high, gap.start))
    return [rest for rest in (before, behind) if rest.length > 0]


class Reader:
    """Reads of one walk.

    gaps: ranges of the medium that were asked for and had no data. rest: the gap that the medium
    ends with; libtsk searches it for lost folders, sector by sector, so it is not asked for again.
    end: where that begins, else the size.
    """

    def __init__(self, source: Source, rest: Gap | None = None) -> None:
        self.source = source
        self.size = source.size
        self._rest = rest
        self.end = rest.start if rest else source.size
        self.gaps: dict[Gap, None] = {}

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes; what is no data or lies past the medium is zeros and a gap."""
        if self._rest and self._rest.start <= offset <= self.size - length:
            self.gaps[self._rest] = None
            return bytes(length)
        inside = max(min(length, self.size - offset), 0) if offset >= 0 else 0
        data = b""
        if inside:
            data, gaps = self.source.read_gaps(offset, inside)
            assert len(data) == inside, (offset, inside, len(data))
            self.gaps.update(dict.fromkeys(gaps))
        if inside < length:
            self.gaps[Gap(offset + inside, length - inside, "PAST_END")] = None
            data += bytes(length - inside)
        return data
