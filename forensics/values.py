"""Values that every room shares: addresses, extents, intervals.

Imports nothing of ours. All values are frozen, compare by content, and survive a
round trip through text (Address) or three table columns (Interval).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import NamedTuple

STATES = ("allocated", "deleted", "slack", "unallocated", "metadata", "unpartitioned")
OUTCOMES = (
    "examined", "partial", "locked", "unsupported", "unreadable", "failed", "timed_out", "skipped",
)  # fmt: skip
# The worst outcome of several, for settle and roll-ups: earlier is worse.
WORST = (
    "locked", "unreadable", "failed", "timed_out", "unsupported", "skipped", "partial", "examined",
)  # fmt: skip
CLASSES = (
    "locked", "unreadable", "metadata", "content", "slack", "unowned", "unallocated",
    "unpartitioned",
)  # fmt: skip  # in order of precedence: the first that claims a byte has it
EVIDENCE_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICRO = dt.timedelta(microseconds=1)
_RESERVED = frozenset("%:!@#")


class AddressError(ValueError):
    """Text that is no address."""


class Extent(NamedTuple):
    """A run of bytes of a medium: (start, length), both in bytes."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


class Gap(NamedTuple):
    """A range of the input that a parser could not read, bytes, and the reason as a code."""

    start: int
    length: int
    reason: str


def encode_name(name: str | bytes) -> str:
    """A name as it stands in an address: `% : ! @ #`, controls and bytes that are no text as %XX.

    bytes are read as UTF-8, undecodable ones become %XX; str may carry surrogate escapes.
    Slashes are kept: this encodes a path as well as a single name.
    """
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    if text.isascii() and text.isprintable() and not _RESERVED.intersection(text):
        return text
    out = []
    for char in text:
        code = ord(char)
        if 0xDC80 <= code <= 0xDCFF:
            out.append(f"%{code - 0xDC00:02X}")
        elif 0xD800 <= code <= 0xDFFF:
            raw = char.encode("utf-16-le", "surrogatepass")
            out.append("".join(f"%{byte:02X}" for byte in raw))
        elif char in _RESERVED or code < 0x20 or 0x7F <= code < 0xA0:
            out.append("".join(f"%{byte:02X}" for byte in char.encode()))
        else:
            out.append(char)
    return "".join(out)


def decode_name(text: str) -> str:
    """The name behind its address form; bytes that are no text come back as surrogate escapes."""
    if "%" not in text:
        return text
    raw = re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda match: bytes([int(match[1], 16)]),
        text.encode("utf-8", "surrogateescape"),
    )
    return raw.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Address:
    """Where bytes are: `EVIDENCE[:VOLUME][:/PATH][#FILE_ID][:STREAM][!MEMBER…][@OFFSET[+LENGTH]]`.

    path, stream and members hold the *encoded* form (see encode_name), so that printing is
    joining and parsing is splitting. offset and length are bytes of the innermost thing named.
    """

    evidence: str
    volume: str | None = None
    path: str | None = None
    file_id: str | None = None
    stream: str | None = None
    members: tuple[str, ...] = ()
    offset: int | None = None
    length: int | None = None

    def __str__(self) -> str:
        out = self.evidence
        if self.volume is not None:
            out += f":{self.volume}"
        if self.path is not None:
            out += f":{self.path}"
        if self.file_id is not None:
            out += f"#{self.file_id}"
        if self.stream is not None:
            out += f":{self.stream}"
        out += "".join(f"!{member}" for member in self.members)
        if self.offset is not None:
            out += f"@{self.offset}"
            if self.length is not None:
                out += f"+{self.length}"
        return out

    def at(self, offset: int, length: int | None = None) -> Address:
        return Address(
            self.evidence, self.volume, self.path, self.file_id, self.stream, self.members,
            offset, length,
        )  # fmt: skip

    def member(self, name: str) -> Address:
        return Address(
            self.evidence, self.volume, self.path, self.file_id, self.stream,
            (*self.members, name or "0"),
        )  # fmt: skip

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address that prints as `text`; AddressError with a one-line reason otherwise."""
        match = _ADDRESS.fullmatch(text)
        if not match or (match["stream"] and not (match["path"] or match["file_id"])):
            message = f"not an address: {text!r}"
            raise AddressError(message)
        offset, length = match["offset"], match["length"]
        return cls(
            match["evidence"],
            match["volume"],
            match["path"],
            match["file_id"],
            match["stream"],
            tuple(match["members"].split("!")[1:]),
            None if offset is None else int(offset),
            None if length is None else int(length),
        )


_ADDRESS = re.compile(
    r"(?P<evidence>[A-Za-z0-9_-]{1,32})"
    r"(?::(?P<volume>p[0-9]+))?"
    r"(?::(?P<path>/[^:!@#]*))?"
    r"(?:#(?P<file_id>[^:!@#]+))?"
    r"(?::(?P<stream>[^/:!@#][^:!@#]*))?"
    r"(?P<members>(?:![^!@#]+)*)"
    r"(?:@(?P<offset>[0-9]+)(?:\+(?P<length>[0-9]+))?)?",
    re.DOTALL,
)


class Interval(NamedTuple):
    """A time as an interval: microseconds since 1970 UTC, half-open, never empty.

    basis: `utc`; `local:<IANA zone>` (resolved to UTC with that zone); `local:unknown` and
    `local:noyear` (wall clock, written as if it were UTC: correlate resolves it); `none` (no time:
    start and until are None). Source of the four bases: docs/architecture.md, "Times".
    """

    start: int | None
    until: int | None
    basis: str


NO_TIME = Interval(None, None, "none")
MICROS_MIN = -62_135_596_800_000_000  # year 1, the least that a timestamp column shows
MICROS_MAX = 253_402_300_799_999_999  # year 9999


def interval(start: int, width: int, basis: str) -> Interval:
    """The one constructor: start and width in microseconds; a width below 1 counts as 1.

    A start outside the years 1 to 9999 is no time (the raw value stays in the `_raw` column).
    """
    until = start + max(width, 1)
    if start < MICROS_MIN or until > MICROS_MAX:
        return NO_TIME
    return Interval(start, until, basis)


def micros(moment: dt.datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime, exact."""
    return (moment - _EPOCH) // _MICRO


def moment(micros_utc: int) -> dt.datetime:
    """The aware datetime of microseconds since 1970 UTC, exact."""
    return _EPOCH + micros_utc * _MICRO


FILETIME_EPOCH_MICROS = -11_644_473_600_000_000  # 1601-01-01 UTC


def from_filetime(value: int) -> Interval:
    """A FILETIME (100 ns since 1601 UTC) as an interval of 1 µs; zero and the never value: no time."""
    if value <= 0 or value >= 0x7FFF_FFFF_FFFF_FFFF:
        return NO_TIME
    return interval(FILETIME_EPOCH_MICROS + value // 10, 1, "utc")


def from_wall_clock(wall: dt.datetime, width: dt.timedelta) -> Interval:
    """A naive wall clock time of unknown zone, `width` wide."""
    start = micros(wall.replace(tzinfo=dt.UTC))
    return interval(start, width // _MICRO, "local:unknown")
