"""Places that hold records of persons: contents, their digest twins, and runs of raw bytes.

Records of one content are joined; equal bytes at another address hold the same persons, whether or
not they were examined twice; raw records of one state that lie within a MiB of each other are one
place. Persons are counted by token, so that the same person in two places counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forensics.correlate.persons import NOBODY, Persons, by_address
from forensics.correlate.rows import Row, content, rows
from forensics.values import Address

if TYPE_CHECKING:
    import pyarrow as pa

NEAR = 1 << 20  # bytes between raw records that still make one place


@dataclass(frozen=True, slots=True)
class Place:
    """One place with records.

    path: in address form, members included; null for raw bytes. digest: null where the content has
    none. seen: how many persons, where tokens are missing. extract: same, other, unknown.
    """

    address: str
    evidence: str
    path: str | None
    state: str
    digest: str | None
    kinds: tuple[str, ...]
    rows: int
    persons: Persons
    seen: int
    extract: str | None
    addresses: tuple[str, ...]

    @property
    def known(self) -> Persons:
        """Persons of the owner's register."""
        return self.persons.known

    @property
    def count(self) -> int:
        """Persons in it."""
        return max(len(self.persons), self.seen)


def places(records: Sequence[Row], people: pa.Table, contents: pa.Table) -> list[Place]:
    """All places with records, sorted by address."""
    persons = by_address(people)
    groups: dict[str, list[Row]] = {}
    for row in records:
        groups.setdefault(content(row["address"]), []).append(row)
    named = {key: found for key, found in groups.items() if Address.parse(key).path or "!" in key}
    known = _contents(contents, set(named))
    out = [_place(key, found, persons, known.get(key, {})) for key, found in sorted(named.items())]
    out = _once(out)
    have = {place.address for place in out}
    by_digest = {place.digest: place for place in reversed(out) if place.digest}
    for address, row in known.items():
        twin = by_digest.get(row["sha256"])
        if twin is not None and address not in have:
            out.append(_twin(twin, address, row))
    for key in sorted(set(groups) - set(named)):
        out += [_place(run[0]["address"], run, persons, {}) for run in _runs(groups[key])]
    return sorted(out, key=lambda place: place.address)


def _once(found: Sequence[Place]) -> list[Place]:
    """Without members whose persons the text made of their container tells, all of them and in rows.

    A workbook keeps its strings apart from its sheets: read as they lie, the address of one person
    stands beside the name of another, and the list looks like one of another day.
    """
    told: dict[str, list[Persons]] = {}
    for place in found:
        container, mark, member = place.address.rpartition("!")
        if mark and member.startswith("~"):
            told.setdefault(container, []).append(place.persons)
    whole = {container: Persons.union(persons) for container, persons in told.items()}
    return [place for place in found if not _is_told(place, whole)]


def _is_told(place: Place, told: Mapping[str, Persons]) -> bool:
    container, mark, member = place.address.rpartition("!")
    if not mark or member.startswith("~") or container not in told or not len(place.persons):
        return False
    return not len(place.persons - told[container])


def _contents(contents: pa.Table, wanted: set[str]) -> dict[str, Row]:
    """The contents at the wanted addresses and all others with one of their digests."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = contents.filter(
        pc.is_in(contents.column("address"), pa.array(sorted(wanted), pa.string()))
    )
    digests = mine.column("sha256").drop_null().unique()
    same = contents.filter(pc.is_in(contents.column("sha256"), pa.array(digests, pa.string())))
    found = [*rows("contents", mine), *rows("contents", same)]
    return {row["address"]: row for row in found if row["size"] != 0}


def _place(address: str, found: list[Row], by_record: dict[str, Persons], row: Row) -> Place:
    where = Address.parse(address)
    persons = Persons.union(by_record.get(r["address"], NOBODY) for r in found)
    extracts = {r["extract"] for r in found if r["extract"]}
    return Place(
        address,
        where.evidence,
        path_of(where),
        row.get("state") or found[0]["state"],
        row.get("sha256"),
        tuple(sorted({kind for r in found for kind in r["kinds"] or ()})),
        sum(r["rows"] or 0 for r in found),
        persons,
        0 if persons else sum(r["persons"] or 0 for r in found),
        next((name for name in ("same", "other", "unknown") if name in extracts), None),
        tuple(sorted({r["address"] for r in found})),
    )


def _twin(place: Place, address: str, row: Row) -> Place:
    where = Address.parse(address)
    return Place(
        address, where.evidence, path_of(where), row["state"], place.digest, place.kinds, place.rows,
        place.persons, place.seen, place.extract, (address,),
    )  # fmt: skip


def path_of(where: Address) -> str | None:
    """Path and members in address form; null for raw bytes."""
    members = "".join(f"!{member}" for member in where.members)
    return f"{where.path or ''}{members}" or None


def _runs(found: Iterable[Row]) -> list[list[Row]]:
    """Raw records of one evidence and volume cut into runs of one state."""
    out: list[list[Row]] = []
    last: dict[str, tuple[int, list[Row]]] = {}
    for row in sorted(
        found, key=lambda row: (Address.parse(row["address"]).offset or 0, row["address"])
    ):
        where = Address.parse(row["address"])
        start = where.offset or 0
        end, run = last.get(row["state"], (None, []))
        if end is None or start - end > NEAR:
            run = []
            out.append(run)
        run.append(row)
        last[row["state"]] = (max(start + (where.length or 0), end or 0), run)
    return out
