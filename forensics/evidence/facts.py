"""What is known of a container, and how it says that bytes cannot be had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from forensics.values import Gap

SIZE_MAX = 1 << 50  # bytes; a medium that claims more is not believed
SECTOR_BYTES = 512  # where the container does not say


class Unreadable(OSError):  # noqa: N818 # said of the bytes
    """Bytes that exist on the medium but cannot be read; `gaps` are ranges of the medium."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self.gaps = tuple(gaps)
        super().__init__(", ".join(f"{gap.reason}@{gap.start}+{gap.length}" for gap in self.gaps))


class Unsupported(ValueError):  # noqa: N818 # said of the container
    """A container that cannot be opened.

    reason: a code (UNSUPPORTED, TRUNCATED, MISSING_SEGMENT, ...). container: its name, as in
    column `container` of table `evidence`.
    """

    def __init__(self, container: str, reason: str = "UNSUPPORTED") -> None:
        self.container = container
        self.reason = reason
        super().__init__(f"{container}: {reason}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a container says of itself and of its medium.

    size: bytes of the medium. sector_size: bytes. segments: absolute paths of the segment files
    that are there, in order. stored: digests kept in the container, (algorithm, hex). acquired:
    the date as the container has it, a string without zone. gaps: ranges of the medium known to be
    unreadable at opening. notes: damage that took no data, as codes (a mirror was used, ...).
    """

    container: str
    size: int
    sector_size: int
    segments: tuple[str, ...]
    stored: tuple[tuple[str, str], ...] = ()
    acquired: str | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class Store(Protocol):
    """Bytes of a medium behind one kind of container. notes: as in Facts, met while reading."""

    notes: set[str]

    def read_gaps(self, offset: int, length: int) -> tuple[bytes | bytearray, list[Gap]]:
        """Exactly `length` bytes; the gaps in them are zero-filled. The range is valid."""
        ...

    def close(self) -> None: ...


def joined(gaps: Iterable[Gap]) -> list[Gap]:
    """Gaps in order, disjoint; neighbours of one reason are one. Of two on a byte the earlier."""
    out: list[Gap] = []
    for start, length, reason in sorted(gaps):
        if out:
            last = out[-1]
            end = last.start + last.length
            if reason == last.reason and start <= end:
                out[-1] = Gap(last.start, max(end, start + length) - last.start, reason)
                continue
            if start < end:
                start, length = end, start + length - end  # noqa: PLW2901 # the rest behind it
        if length > 0:
            out.append(Gap(start, length, reason))
    return out


def clipped(gaps: Iterable[Gap], start: int, length: int) -> list[Gap]:
    """The parts of gaps that lie in a range."""
    end = start + length
    return [
        Gap(max(gap.start, start), min(gap.start + gap.length, end) - max(gap.start, start), gap[2])
        for gap in gaps
        if gap.start < end and gap.start + gap.length > start
    ]
