"""The rows that a unit of examination gives, by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from forensics import personal
from forensics.values import Address

if TYPE_CHECKING:
    import pyarrow as pa

HITS_PER_KIND_MAX = 200  # per content; the rest is counted


@dataclass(slots=True)
class Rows:
    """The rows that a unit gives, by table."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    people: list[tuple[Address, personal.Tokens]] = field(default_factory=list)

    def given(self) -> dict[str, Any]:
        """The tables; people as columns, for there may be as many as residents of a city."""
        return {**self.tables, "people": _people(self.people)} if self.people else self.tables

    def add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def trouble(
        self, address: Address, size: int, outcome: str, why: str, method: str | None = None
    ) -> None:
        self.add(
            "coverage", address=str(address), evidence=address.evidence, bytes=size,
            outcome=outcome, reason=why, method=method,
        )  # fmt: skip


def _people(records: Sequence[tuple[Address, personal.Tokens]]) -> pa.Table:
    """Rows of `people` of (address of the record, person tokens)."""
    import pyarrow as pa

    parts = [
        pa.table(
            {
                "address": pa.repeat(str(address), len(tokens)).dictionary_encode(),
                "evidence": pa.repeat(address.evidence, len(tokens)).dictionary_encode(),
                "token": tokens.arrow(),
            }
        )
        for address, tokens in records
    ]
    return pa.concat_tables(parts).unify_dictionaries()


@dataclass(slots=True)
class Counts:
    """Candidates by evidence, kind and fate, added up over a unit."""

    numbers: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, evidence: str, found: Mapping[tuple[str, str], int]) -> None:
        for (kind, what), number in found.items():
            key = (evidence, kind, what)
            self.numbers[key] = self.numbers.get(key, 0) + number

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"evidence": evidence, "kind": kind, "what": what, "number": number}
            for (evidence, kind, what), number in sorted(self.numbers.items())
        ]


@dataclass(frozen=True, slots=True)
class Finds:
    """Rows of what a detector finds. register_size: persons of the owner's register, where one is loaded."""

    rows: Rows
    counts: Counts
    register_size: int | None

    def keep(
        self, found: personal.Found, place: Callable[[int], tuple[int, str]], address: Address
    ) -> str:
        """Hits, records and warnings of one content, with the worst outcome. place: a detector's offset -> that in the address, and the state."""
        self.counts.add(address.evidence, found.counts)
        on_medium = address.path is None and address.volume is None
        shown: dict[str, int] = {}
        for hit in found.hits:
            shown[hit.kind] = shown.get(hit.kind, 0) + 1
            if shown[hit.kind] > HITS_PER_KIND_MAX:
                continue
            offset, state = place(hit.start)
            self.rows.add(
                "hits",
                address=str(address.at(offset, hit.length)),
                evidence=address.evidence,
                state=state,
                medium_offset=offset if on_medium else None,
                kind=hit.kind,
                rule=hit.rule,
                encoding=hit.encoding,
                token=hit.token,
                masked=hit.masked,
                score=hit.score,
            )
        for record in found.records:
            offset, state = place(record.start)
            self.record(address.at(offset, record.length), state, record)
        for warning in found.warnings:
            self.rows.trouble(address, 0, "partial", warning)
        return "partial" if found.warnings else "examined"

    def record(self, address: Address, state: str, record: personal.Record) -> None:
        """One row, and the persons of it."""
        size, matched = self.register_size, len(record.register_persons)
        self.rows.add(
            "records",
            address=str(address),
            evidence=address.evidence,
            state=state,
            kinds=sorted(record.kinds),
            rows=record.rows,
            persons=len(record.persons),
            register_persons=matched if size else None,
            register_share=matched / size if size else None,
            layout=record.layout,
            encoding=record.encoding,
            extract=record.extract,
            score=record.score,
        )
        self.rows.people.append((address, record.persons))
