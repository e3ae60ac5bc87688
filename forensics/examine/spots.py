"""Where a content stands, and what stands around it: handed down from a stream to its members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forensics import personal
from forensics.examine.sources import Source
from forensics.examine.split import Part
from forensics.unpack import Budget, Member, Spans, Unpacker
from forensics.values import Address, Interval, encode_name

COMPOUND = "ole"  # name of the unpacker of compound files
PACKED = {
    "gzip": ".gz",
    "bzip2": ".bz2",
    "xz": ".xz",
    "zstd": ".zst",
}  # one file each: rotated logs
Told = Callable[[], Spans]


@dataclass(frozen=True, slots=True)
class Origin:
    """What an outermost stream is: given to artefacts, handed down to members."""

    path: str | None
    times: Callable[[], Mapping[str, Interval]]
    companion: Callable[[str], bytes | None]


def no_companion(_name: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a content stands: handed down to its members."""

    address: Address
    state: str
    origin: Origin
    budget: Budget
    parent: Address | None = None
    part: Part | None = None

    @property
    def derived(self) -> bool:
        """Text that was made of another content: it holds no members of its own."""
        return bool(self.address.members) and self.address.members[-1].startswith("~")

    def inside(self, name: Address, origin: Origin, budget: Budget) -> Spot:
        """The spot of a member."""
        return Spot(name, self.state, origin, budget, self.address)


@dataclass(frozen=True, slots=True)
class Held:
    """Records of a content that may be pieces of what members tell: kept when those are known."""

    spot: Spot
    source: Source
    records: list[personal.Record]
    told: Told


def inner_origin(spot: Spot, unpacker: Unpacker, name: Address) -> Origin:
    """What artefacts are told of a member.

    The streams of a compound file (a jump list) and a packed log are artefacts of this host. What
    lies in an archive was another's: it is searched, but it says nothing of this host.
    """
    path = spot.origin.path
    if path and unpacker.name in PACKED and not spot.address.members:
        return Origin(path.removesuffix(PACKED[unpacker.name]), spot.origin.times, no_companion)
    if path and unpacker.name == COMPOUND:
        return Origin(f"{path}!{name.members[-1]}", dict, no_companion)
    return Origin(None, dict, no_companion)


def member_address(address: Address, member: Member, number: int) -> Address:
    """Of a member; a masked name gets its number, so that two of them stay two."""
    if member.derived:
        return address.member(member.name)
    name, masked = personal.mask_path(encode_name(member.name))
    return address.member(f"{name}~{number}" if masked else name)
