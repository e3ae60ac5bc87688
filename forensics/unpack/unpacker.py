"""What every unpacker gets and gives; the budget that bounds them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

PIECE = 1 << 20  # bytes: no chunk is longer
RATIO_FLOOR = 256 << 20  # bytes that may come out before the ratio counts


class Source(Protocol):
    """Random access to the bytes of a container."""

    @property
    def size(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes; fewer only at the end."""
        ...


def starts_of(source: Source) -> tuple[int, ...]:
    """Where the files begin that a source joins; (0,) of one file."""
    starts: tuple[int, ...] = getattr(source, "starts", (0,))
    return starts


class Buffer:
    """A source over bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


class UnpackError(ValueError):
    """Raised by chunks after the last readable byte; reason: a code (CRC_MISMATCH, BUDGET_…)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Spans = Iterable[tuple[int, int]]  # (start, end) in bytes of the content, in any order


@dataclass(frozen=True, slots=True)
class Member:
    """A content inside a container.

    name: as decoded, the caller encodes it; where derived, a safe `~name` to be used as it is.
    size: declared bytes. outcome: examined (its chunks will tell), locked, unsupported, partial,
    skipped. chunks: pieces of at most 1 MiB (empty ones only say that the work moves), or None where
    there is nothing to read; they raise
    UnpackError where the content ends before its end, or does not match its checksum. lock: what
    it is encrypted with, where a password that was given opened it. told: of the content of the chunks,
    the bytes whose values the other members have given again by the time they are read. places: bytes of the container that the
    chunks are, as they lie there.
    """

    name: str
    size: int | None = None
    outcome: str = "examined"
    reason: str | None = None
    method: str | None = None
    chunks: Callable[[], Iterator[bytes]] | None = None
    derived: bool = False
    lock: str | None = None
    told: Callable[[Source], Spans] | None = None
    places: tuple[tuple[int, int], ...] = ()


class Budget:
    """Limits for one outermost content, shared by all that is inside it.

    depth: levels of containers. ratio: bytes out per byte of the outermost content, counted beyond
    RATIO_FLOOR. bytes: out in all. members: in all. seconds: wall clock. passwords: to be tried on
    what is locked.
    """

    def __init__(
        self, size: int, *, depth: int = 8, ratio: int = 1100, bytes_max: int = 64 << 30,
        members: int = 200_000, seconds: float = 1800, passwords: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.depth, self.passwords = depth, passwords
        self._state = _State(
            min(bytes_max, max(RATIO_FLOOR, ratio * size)),
            "BUDGET_RATIO" if max(RATIO_FLOOR, ratio * size) < bytes_max else "BUDGET_BYTES",
            members,
            time.monotonic() + seconds,
        )

    def deeper(self) -> Budget:
        """The same budget one level down; UnpackError BUDGET_DEPTH at the bottom."""
        if self.depth <= 1:
            raise UnpackError("BUDGET_DEPTH")
        below = object.__new__(Budget)
        below.depth, below.passwords, below._state = self.depth - 1, self.passwords, self._state
        return below

    def spend(self, length: int) -> None:
        """Count bytes that came out; UnpackError where that is too much, or takes too long."""
        self._state.bytes_left -= length
        if self._state.bytes_left < 0:
            raise UnpackError(self._state.bytes_reason)
        if time.monotonic() > self._state.deadline:
            raise UnpackError("BUDGET_SECONDS")

    def count(self) -> None:
        """Count a member; UnpackError where there are too many."""
        self._state.members_left -= 1
        if self._state.members_left < 0:
            raise UnpackError("BUDGET_MEMBERS")
        self.spend(0)


@dataclass(slots=True)
class _State:
    bytes_left: int
    bytes_reason: str
    members_left: int
    deadline: float


Members = Callable[[Source, Budget], Iterator[Member]]


@dataclass(frozen=True, slots=True)
class Unpacker:
    """A container format.

    claims: by its first 4 KiB. members: see `bounded`. told: bytes of the container whose values
    the members give again, each in its row; what no member gives (a blob, free pages) is none.
    """

    name: str
    claims: Callable[[bytes], bool]
    members: Members
    told: Callable[[Source], Spans] | None = None


def bounded(members: Members) -> Members:
    """The same members within the budget; an exhausted budget ends as one `skipped` member."""

    def inner(source: Source, budget: Budget) -> Iterator[Member]:
        try:
            for member in members(source, budget):
                budget.count()
                yield replace(member, chunks=member.chunks and _metered(member.chunks, budget))
        except UnpackError as error:
            budget_gone = error.reason.startswith("BUDGET_")
            yield Member("", None, "skipped" if budget_gone else "partial", error.reason)

    return inner


def _metered(
    chunks: Callable[[], Iterator[bytes]], budget: Budget
) -> Callable[[], Iterator[bytes]]:
    def inner() -> Iterator[bytes]:
        for chunk in chunks():
            budget.spend(len(chunk))
            for start in range(0, len(chunk) or 1, PIECE):
                yield chunk[start : start + PIECE]

    return inner


def pieces(source: Source, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """A range of a source in pieces; UnpackError TRUNCATED where it ends early."""
    end = source.size if length is None else start + length
    while start < end:
        piece = source.read(start, min(PIECE, end - start))
        if not piece:
            raise UnpackError("TRUNCATED")
        yield piece
        start += len(piece)


def stored(name: str, source: Source, start: int, size: int, method: str) -> Member:
    """A member that lies in its container as it is."""
    chunks, places = partial(pieces, source, start, size), ((start, start + size),)
    return Member(name, size, method=method, chunks=chunks, places=places)


def gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Small parts as larger pieces; an error comes behind what was read before it.

    An empty part goes through as it is: it only says that the work moves.
    """
    held, problem = bytearray(), None
    try:
        for part in parts:
            held += part
            if not part:
                yield part
            if len(held) >= PIECE:
                yield bytes(held)
                held.clear()
    except UnpackError as error:
        problem = error
    yield bytes(held)
    if problem:
        raise problem


def blocks(parts: Iterator[bytes], size: int, first: int = 0) -> Iterator[bytes]:
    """The same bytes in blocks of one size, the last one shorter; an error comes behind what was read.

    first: bytes of a block before them, 0 for none.
    """
    held, problem, wanted = bytearray(), None, first or size
    try:
        for part in parts:
            held += part
            at = 0
            while len(held) - at >= wanted:
                yield bytes(held[at : at + wanted])
                at, wanted = at + wanted, size
            del held[:at]
    except UnpackError as error:
        problem = error
    if held:
        yield bytes(held)
    if problem:
        raise problem


def file_name(raw: bytes) -> str:
    """A name of unknown encoding: UTF-8, else CP932, else EUC-JP; other bytes as escapes.

    Kana of EUC-JP begin with A4 or A5: read as CP932 they would be half-width commas and dots.
    """
    for encoding in ("utf-8", "cp932", "euc_jp"):
        try:
            text = raw.decode(encoding)
            if encoding == "cp932" and ("\uff64" in text or "\uff65" in text):
                return raw.decode("euc_jp")
        except UnicodeDecodeError:
            continue
        return text
    try:
        return raw.decode("cp932")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape")
