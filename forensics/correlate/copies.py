"""Two places with the same content, with the same persons, or with a few: `digest`, `records`, `piece`.

Only contents with records of persons count: that system files are equal everywhere says nothing.
Equal digests are the same bytes; equal persons are the same data, not one act of copying. Direction
is shown only by dates of both sides, and a part of the persons is never the source of all. Without them the source is the place that may hold the data: a
server, then an authorised item, then the first by address.
Source: domain.md 3.5 `copies`, 4.7, 7.10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from forensics.correlate.persons import Persons
from forensics.correlate.places import Place
from forensics.correlate.rows import Row, device_serial, has_serial, stem, volume_serial
from forensics.correlate.times import SECOND
from forensics.values import NO_TIME, Address, Interval

if TYPE_CHECKING:
    from forensics.case import Case

SHARED_PERSONS_MIN = 5  # fewer in common may be a family, or staff
PIECE_BELOW = 10  # persons in common
SHARED_MIN = 0.5  # of the smaller of the two
PLACES_PER_ITEM = 500  # the largest; pairs grow with the square


def copies(
    case: Case, places: Sequence[Place], names: Mapping[str, Row], volumes: Iterable[Row]
) -> list[Row]:
    """Rows of `copies`. names: address of a stream -> its row of `files`, times in UTC."""
    ranks = {item.id: _rank(item.role, item.authorised) for item in case.evidence}
    devices = _devices(case, volumes)
    groups: dict[str, list[Place]] = {}
    for place in places:
        if place.digest:
            groups.setdefault(place.digest, []).append(place)
    out = []
    for digest in sorted(groups):
        first, *others = sorted(groups[digest], key=lambda place: _order(place, ranks))
        out += [
            _copy(digest, "digest", first, other, 1.0, first.count, names)
            for other in others
            if devices.get(other.evidence) != devices.get(first.evidence) or _apart(first, other)
        ]
    return out + _by_persons(places, ranks, devices, names)


def _devices(case: Case, volumes: Iterable[Row]) -> dict[str, str]:
    """Item -> what it is an image of: two images of one device are no copy of one another.

    One device has one serial and the same volumes; cheap sticks may share a serial, but no volume.
    """
    held: dict[str, set[str]] = {}
    for row in volumes:
        held.setdefault(row["evidence"], set()).add(volume_serial(row["serial"]) or "")
    out = {}
    for item in case.evidence:
        serial = device_serial(item.serial)
        known = f"{serial} {sorted(held.get(item.id, ()))}"
        out[item.id] = known if serial and has_serial(serial) else item.id
    return out


def _rank(role: str, authorised: bool | None) -> int:
    """0 may hold the data as its own place, 1 may hold it, 2 unknown, 3 may not."""
    if authorised is False:
        return 3
    if role == "server":
        return 0
    return 1 if authorised else 2


def _order(place: Place, ranks: Mapping[str, int]) -> tuple[int, bool, str]:
    return ranks.get(place.evidence, 2), place.state != "allocated", place.address


def _apart(one: Place, other: Place) -> bool:
    """Two files of one item, both live: a deleted name of the same bytes is no second copy."""
    live = one.state == other.state == "allocated"
    return live and Address.parse(one.address).path != Address.parse(other.address).path


def _by_persons(
    places: Sequence[Place], ranks: Mapping[str, int], devices: Mapping[str, str],
    names: Mapping[str, Row],
) -> list[Row]:  # fmt: skip
    """Contents of two items with the same persons, the register's if loaded.

    Each place is told with the one place of the other item that it shares most with; one whose very
    bytes lie on the other item is left out: that is its better explanation.
    """
    registered = any(place.known for place in places)
    groups = _groups(places, ranks, registered=registered)
    held = {(place.evidence, place.digest) for place in places if place.digest}
    best: dict[tuple[str, str], tuple[int, float, Place, Place]] = {}
    for left, right in combinations(sorted(groups), 2):
        if devices.get(left) == devices.get(right):
            continue
        for one, a in groups[left]:
            for two, b in groups[right]:
                common, smaller = len(one & two), min(len(one), len(two))
                twin = (right, a.digest) in held or (left, b.digest) in held
                if twin or common < max(SHARED_PERSONS_MIN, SHARED_MIN * smaller):
                    continue
                source, target = sorted((a, b), key=lambda place: _order(place, ranks))
                key = (source.evidence, target.address)
                if key not in best or (common, common / smaller) > best[key][:2]:
                    best[key] = (common, common / smaller, source, target)
    return [
        _copy(
            None,
            _basis(common, share := common / len(_people(source, registered=registered))),
            source,
            target,
            share,
            common,
            names,
        )
        for common, _, source, target in (best[key] for key in sorted(best))
    ]


def _basis(common: int, share: float) -> str:
    """A few out of a long list may stand in any list of people who live there."""
    return "records" if common >= PIECE_BELOW or share >= SHARED_MIN else "piece"


def _people(place: Place, *, registered: bool) -> Persons:
    """The persons that places are compared by: those of the register where any are known."""
    return place.known if registered else place.persons


def _groups(
    places: Sequence[Place], ranks: Mapping[str, int], *, registered: bool
) -> dict[str, list[tuple[Persons, Place]]]:
    """Item -> its largest different contents with enough persons, and these persons."""
    out: dict[str, list[tuple[Persons, Place]]] = {}
    seen: set[tuple[str, str]] = set()
    for place in sorted(places, key=lambda place: (-place.count, _order(place, ranks))):
        people = _people(place, registered=registered)
        mine = out.setdefault(place.evidence, [])
        once = (place.evidence, place.digest or place.address)
        enough = len(people) >= SHARED_PERSONS_MIN and place.extract != "other"
        if enough and once not in seen and len(mine) < PLACES_PER_ITEM:
            seen.add(once)
            mine.append((people, place))
    return out


def _copy(
    digest: str | None, basis: str, source: Place, target: Place, share: float, persons: int,
    names: Mapping[str, Row],
) -> Row:  # fmt: skip
    """Of two places the one that held it before the other was born is the source; a part is no source of the whole."""
    ordered = _before(source, target, names)
    if not ordered and share == 1 and _before(target, source, names):
        source, target, ordered = target, source, True
    row = names.get(stem(target.address))
    return {
        "dataset": digest or source.digest or source.address,
        "source": source.address,
        "target": target.address,
        "basis": basis,
        "method": "archive" if "!" in target.address else "file",
        "persons": persons,
        "share": round(share, 4),
        "time": _came(row) if row else NO_TIME,
        "order_known": ordered,
    }


def _before(one: Place, two: Place, names: Mapping[str, Row]) -> bool:
    """Did the first hold the content before the second was created? A file holds it since its last change."""
    older, newer = names.get(stem(one.address)), names.get(stem(two.address))
    if older is None or newer is None or newer["born"].start is None:
        return False
    ends = [_came(older).until, older["modified"].until]
    return None not in ends and max(ends) <= _came(newer).start


def _came(row: Row) -> Interval:
    """When a file came to its place: its name in NTFS tells it where the file's own time was set back since, or kept."""
    born: Interval = row["born"]
    named: Interval = row.get("fn_born") or NO_TIME
    later = None not in (born.until, named.start) and (born.until or 0) + SECOND < (
        named.start or 0
    )
    return named if later else born
