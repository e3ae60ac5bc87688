"""One content through one door: hash, type, artefacts, members, personal data.

Members come back through the same door, within the budget of their outermost stream. Whatever a
parser, an unpacker or a detector does, the content has its row; what went wrong has another.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from forensics import personal
from forensics.artifacts import ARTIFACTS, Artifact, Content
from forensics.examine import retold
from forensics.examine.images import unpacker_of
from forensics.examine.rows import Counts, Finds, Rows
from forensics.examine.search import Options
from forensics.examine.sources import Beginning, Plain, Reading, Source, Spool
from forensics.examine.split import Part
from forensics.examine.spots import (
    Held,
    Origin,
    Spot,
    Told,
    inner_origin,
    member_address,
    no_companion,
)
from forensics.examine.types import HEAD_BYTES, closed_container, content_type
from forensics.unpack import Budget, Member, Unpacker, UnpackError, find
from forensics.values import WORST, Address, decode_name
from forensics.walk.stream import NotOpen, readable_bytes
from forensics.work import alive
from forensics.work.worker import reason

MIB = 1 << 20
KEY_OPENED = "KEY_OPENED"  # of a locked member that a key of the case file opened
ARTIFACT_BYTES_MAX = 256 * MIB  # a larger registry hive or log is a row, not a full memory
SPOOL_BYTES = 32 * MIB  # members up to this size stay in memory
MASKED_COLUMNS = {"path", "detail", "label", "value"}
PIECED = "text"  # layout of records that nearness joins


@dataclass(slots=True)
class Examiner:
    """Examines contents of one unit into its rows."""

    options: Options
    rows: Rows
    counts: Counts
    medium_bytes: int | None = None  # of the medium that streams lie on; None: read them whole
    finds: Finds = field(init=False)

    def __post_init__(self) -> None:
        self.finds = Finds(self.rows, self.counts, self.options.register_size())

    def stream(
        self,
        address: Address,
        source: Source,
        state: str,
        origin: Origin,
        part: Part | None = None,
    ) -> str:
        """Examine an outermost stream and all inside it; gives the worst outcome.

        part: where it is a file of an archive in several.
        """
        size = readable_bytes(source.size, self.medium_bytes)
        whole = part.whole.size if part and part.whole else size
        budget = Budget(whole, passwords=self.options.passwords())
        spot = Spot(address, state, origin, budget, part=part)
        if size == source.size:
            return self._content(spot, source)
        self.rows.trouble(address, source.size - size, "partial", "BUDGET_BYTES")
        return self._content(spot, Beginning(source, size), source.size)

    def not_open(self, address: Address, row: Mapping[str, Any], why: NotOpen) -> None:
        """Rows of a stream whose bytes cannot be had."""
        spot = Spot(address, row["state"], Origin(None, dict, no_companion), Budget(0))
        self.rows.trouble(address, row["size"], why.outcome, why.reason, why.method)
        self._row(spot, row["size"], why.outcome, reason=why.reason)

    def _content(
        self, spot: Spot, source: Source, whole: int | None = None, told: Told | None = None
    ) -> str:
        """whole: size of the content where `source` is only its beginning. told: bytes not to be searched."""
        head, _ = source.read_gaps(0, min(HEAD_BYTES, source.size))
        unpacker = unpacker_of(source, head) if self.options.look_inside else None
        reading = Reading(source, self.options.algorithms)
        places: list[tuple[int, int]] = []
        container = None if spot.part or spot.derived else unpacker
        chunks = retold.untold(Plain(source), told) if told else reading.chunks()
        worst, pieced = self._detect(spot, source.size, chunks, hold=container is not None)
        for _ in reading.chunks():  # what the detector left, so that the digest is of the whole
            pass
        if whole:
            worst = _worse(worst, "partial")
        if reading.gaps:  # the lost bytes are runs of the ledger of their own; the rest was read
            lost = sum(gap.length for gap in reading.gaps)
            outcome = "partial" if lost < source.size else "unreadable"
            worst = _worse(worst, outcome)
            self.rows.trouble(spot.address, lost, outcome, reading.gaps[0].reason)
        sound, first = worst == "examined", len(self.rows.people)
        if self.options.look_inside:
            worst = _worse(worst, self._artifacts(spot, source, head))
            if spot.part:
                worst = _worse(worst, self._part(spot, spot.part, source, head))
            else:
                inner = self._members(spot, source, unpacker, places)
                sound = sound and inner == "examined"
                worst = _worse(worst, inner)
                if unpacker is None:
                    worst = _worse(worst, self._closed(spot, source.size, head))
        if container and pieced:
            held = Held(spot, source, pieced, partial(_told, container, source, places))
            self._settle(held, first, sound=sound)
        digests = {} if whole else reading.digests()
        self._row(spot, whole or source.size, worst, mime=content_type(head), **digests)
        return worst

    def _row(self, spot: Spot, size: int | None, outcome: str, **more: str | None) -> None:
        self.rows.add(
            "contents",
            address=str(spot.address),
            evidence=spot.address.evidence,
            state=spot.state,
            size=size,
            parent=str(spot.parent) if spot.parent else None,
            outcome=outcome,
            **more,
        )

    # Personal data ---------------------------------------------------------------------------

    def _detect(
        self, spot: Spot, size: int, chunks: Iterator[bytes], *, hold: bool
    ) -> tuple[str, list[personal.Record]]:
        """The outcome; and, to be held, the records that may be pieces of what members tell."""
        held: list[personal.Record] = []
        detector = self.options.detector()
        outcome = "examined"
        if detector:
            try:
                found = detector.detect(chunks)
            except Exception as error:  # noqa: BLE001  # P3: becomes a row
                self.rows.trouble(spot.address, size, "failed", reason(error))
                outcome = "failed"
            else:
                if hold:
                    held = [record for record in found.records if record.layout == PIECED]
                    found.records = [one for one in found.records if one.layout != PIECED]
                outcome = self.finds.keep(found, lambda start: (start, spot.state), spot.address)
        return outcome, held

    def _settle(self, held: Held, first: int, *, sound: bool) -> None:
        """Keep the records held that the persons from the `first` on do not tell. sound: were they all read."""
        detector, records = self.options.detector(), held.records
        assert detector
        if sound:
            inside = retold.persons_of(tokens for _, tokens in self.rows.people[first:])
            try:
                records = retold.kept(
                    records, Plain(held.source), held.told, inside, detector.detect
                )
            except UnpackError:
                records = held.records  # which bytes are told is not to be had
            except Exception as error:  # noqa: BLE001  # P3: becomes a row
                self.rows.trouble(held.spot.address, held.source.size, "failed", reason(error))
            gone = sum(record not in records for record in held.records)
            if gone:
                self.counts.add(held.spot.address.evidence, {("any", "dropped_duplicate"): gone})
        for record in records:
            place = held.spot.address.at(record.start, record.length)
            self.finds.record(place, held.spot.state, record)

    # Artefacts -------------------------------------------------------------------------------

    def _artifacts(self, spot: Spot, source: Source, head: bytes) -> str:
        if spot.origin.path is None:
            return "examined"
        path = decode_name(spot.origin.path)
        worst = "examined"
        for artifact in ARTIFACTS:
            if artifact.claims(path, head):
                worst = _worse(worst, self._artifact(artifact, spot, source, path))
        return worst

    def _artifact(self, artifact: Artifact, spot: Spot, source: Source, path: str) -> str:
        address = spot.address
        if source.size > ARTIFACT_BYTES_MAX:
            self.rows.trouble(address, source.size, "partial", f"SIZE_LIMIT {artifact.name}")
            return "partial"  # searched, and not parsed
        data, _ = source.read_gaps(0, source.size)
        try:
            content = Content(data, path, spot.origin.times(), spot.origin.companion)
            parsed = artifact.parse(content)
        except Exception as error:  # noqa: BLE001  # P3: becomes a row
            self.rows.trouble(address, source.size, "failed", f"{artifact.name} {reason(error)}")
            return "failed"
        for trace in parsed.traces:
            row = {"source": artifact.name, "family": artifact.family, **trace}
            self._artifact_row("traces", address, row)
        for setting in parsed.settings:
            self._artifact_row("settings", address, setting)
        for gap in parsed.gaps:
            where = address.at(gap.start, gap.length)
            self.rows.trouble(where, gap.length, "partial", f"{artifact.name} {gap.reason}")
        return "partial" if parsed.gaps else "examined"

    def _artifact_row(self, table: str, address: Address, row: Mapping[str, Any]) -> None:
        values = dict(row)
        at = values.pop("at", None)
        for column in MASKED_COLUMNS & values.keys():
            if values[column]:
                values[column] = personal.mask_text(values[column])
        where = address.at(*at) if at else address
        self.rows.add(table, evidence=address.evidence, address=str(where), **values)

    # Members ---------------------------------------------------------------------------------

    def _part(self, spot: Spot, part: Part, source: Source, head: bytes) -> str:
        """Members of a file of an archive in several: of the joined one, once; else what shows alone."""
        if part.alone:
            self.rows.trouble(
                spot.address, source.size, "unsupported", "MISSING_SEGMENT", part.method
            )
            found = self._members(spot, source, part.unpacker or find(head))
            return _worse("unsupported", found)
        if part.whole is None:
            return "examined"
        before = len(self.rows.tables.get("coverage", ()))
        head, _ = part.whole.read_gaps(0, HEAD_BYTES)
        worst = self._members(spot, part.whole, find(head))
        said = self.rows.tables.get("coverage", ())[before:]
        for row in [row for row in said if row["outcome"] == worst != "examined"][:1]:
            for address, size in part.others:  # the same bytes of the same archive
                self.rows.trouble(address, size, worst, row["reason"], row["method"])
        return worst

    def _closed(self, spot: Spot, size: int, head: bytes) -> str:
        """The outcome of what nothing opens: a file that is there whole and by its name a container is a row."""
        name = (
            spot.address.members[-1]
            if spot.address.members
            else decode_name(spot.origin.path or "")
        )
        ending = closed_container(name, head) if spot.state == "allocated" else None
        if ending is None:
            return "examined"
        self.rows.trouble(spot.address, size, "unsupported", "UNSUPPORTED", ending)
        return "unsupported"

    def _members(
        self,
        spot: Spot,
        source: Source,
        unpacker: Unpacker | None,
        places: list[tuple[int, int]] | None = None,
    ) -> str:
        """places: takes the bytes of the source that members are, as they lie there."""
        if unpacker is None or spot.derived:
            return "examined"
        worst, told = "examined", []
        try:
            budget = spot.budget.deeper()
            for number, member in enumerate(unpacker.members(Plain(source), budget)):
                alive()
                name = member_address(spot.address, member, number)
                inner = spot.inside(name, inner_origin(spot, unpacker, name), budget)
                if member.told:
                    told.append((inner, member))
                else:
                    worst = _worse(worst, self._member(inner, member))
                if places is not None:
                    places += member.places
        except UnpackError as error:  # a limit was reached
            self.rows.trouble(spot.address, source.size, "skipped", error.reason)
            worst = _worse(worst, "skipped")
        except Exception as error:  # noqa: BLE001  # P3: becomes a row
            why = f"{unpacker.name} {reason(error)}"
            self.rows.trouble(spot.address, source.size, "failed", why)
            worst = _worse(worst, "failed")
        sound = worst == "examined"
        for inner, member in told:  # the others have told of it by now, if all were read
            worst = _worse(worst, self._member(inner, member, retell=sound))
        return worst

    def _member(self, spot: Spot, member: Member, *, retell: bool = False) -> str:
        """retell: have others told of it what it says they tell."""
        size = member.size or 0
        if member.lock:
            self.rows.trouble(spot.address, size, "examined", KEY_OPENED, member.lock)
        if member.outcome != "examined":  # in whole, or beside the part that is here
            why = member.reason or member.outcome
            self.rows.trouble(spot.address, size, member.outcome, why, member.method)
        if member.chunks is None:
            self._row(spot, member.size, member.outcome, reason=member.reason)
            return member.outcome
        with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
            cut = None
            try:
                for chunk in member.chunks():
                    alive()
                    spool.write(chunk)
            except Exception as error:  # noqa: BLE001  # P3: a row; the part that came is examined
                cut = getattr(error, "reason", None) or reason(error)
                self.rows.trouble(spot.address, size, "partial", cut)
            content = Spool(spool)
            told = partial(member.told, Plain(content)) if member.told and retell else None
            outcome = _worse(member.outcome, self._content(spot, content, told=told))
        return _worse(outcome, "partial") if cut else outcome


def _worse(one: str, other: str) -> str:
    return min(one, other, key=WORST.index)


def _told(
    unpacker: Unpacker, source: Source, places: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Bytes of a container that its members tell again: as they lie there, or as rows."""
    yield from places
    if unpacker.told:
        yield from unpacker.told(Plain(source))
