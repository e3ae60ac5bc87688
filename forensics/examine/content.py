"""One content through one door: hash, type, artefacts, members, personal data.

Members come back through the same door, within the budget of their outermost stream. Whatever a
parser, an unpacker or a detector does, the content has its row; what went wrong has another.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics import personal
from forensics.artifacts import ARTIFACTS, Artifact, Content
from forensics.case import passwords
from forensics.examine.sources import Beginning, Plain, Reading, Source, Spool
from forensics.examine.split import Part
from forensics.examine.types import HEAD_BYTES, content_type
from forensics.unpack import Budget, Member, Spans, Unpacker, UnpackError, find
from forensics.values import WORST, Address, Interval, decode_name, encode_name
from forensics.walk.stream import NotOpen, readable_bytes
from forensics.work import alive
from forensics.work.worker import reason

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.personal.detect import Detector

MIB = 1 << 20
NO_YEAR = 9999  # of the case: then no date is too young to be one of birth
KEY_OPENED = "KEY_OPENED"  # of a locked member that a key of the case file opened
ARTIFACT_BYTES_MAX = 256 * MIB  # a larger registry hive or log is a row, not a full memory
SPOOL_BYTES = 32 * MIB  # members up to this size stay in memory
MASKED_COLUMNS = {"path", "detail", "label", "value"}
COMPOUND = "ole"  # name of the unpacker of compound files
PACKED = {
    "gzip": ".gz",
    "bzip2": ".bz2",
    "xz": ".xz",
    "zstd": ".zst",
}  # one file each: rotated logs
PIECED = "text"  # layout of records that nearness joins
HITS_PER_KIND_MAX = 200  # per content; the rest is counted
Told = Callable[[], Spans]


@dataclass(frozen=True, slots=True)
class Options:
    """What to look for. Keys and the register's index go as paths, never as values."""

    key_file: str | None = None  # None: no search for personal data (a manifest)
    register: str | None = None
    rules: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # references to passwords, to be tried on what is locked
    year: int = NO_YEAR
    algorithms: tuple[str, ...] = ("sha256",)
    look_inside: bool = True  # unpack and parse artefacts
    identity: str = ""

    def detector(self) -> Detector | None:
        """The detector of this process: rules are compiled and the register is loaded once."""
        return _detector(self) if self.key_file else None

    def passwords(self) -> tuple[str, ...]:
        """Values of the keys, read once by this process."""
        return _passwords(self)


@lru_cache(maxsize=1)
def _detector(options: Options) -> Detector:
    assert options.key_file
    settings = personal.Settings(
        token_key=Path(options.key_file).read_bytes(),
        register=options.register,
        rules=options.rules,
        year=options.year,
    )
    return personal.open_detector(settings)


@lru_cache(maxsize=1)
def _passwords(options: Options) -> tuple[str, ...]:
    return passwords(options.keys)


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


@dataclass(slots=True)
class Examiner:
    """Examines contents of one unit into its rows."""

    options: Options
    rows: Rows
    counts: Counts
    medium_bytes: int | None = None  # of the medium that streams lie on; None: read them whole
    held: list[Held] = field(default_factory=list)

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
        """whole: size of the content where `source` is only its beginning. told: see Member."""
        head, _ = source.read_gaps(0, min(HEAD_BYTES, source.size))
        unpacker = find(head) if self.options.look_inside else None
        reading = Reading(source, self.options.algorithms)
        places: list[tuple[int, int]] = []
        container = None if spot.part or spot.derived else unpacker
        if container:
            told = partial(_told, container, source, places)
        worst, pieced = self._detect(spot, reading, hold=told is not None)
        if whole:
            worst = _worse(worst, "partial")
        if reading.gaps:  # the lost bytes are runs of the ledger of their own; the rest was read
            lost = sum(gap.length for gap in reading.gaps)
            outcome = "partial" if lost < source.size else "unreadable"
            worst = _worse(worst, outcome)
            self.rows.trouble(spot.address, lost, outcome, reading.gaps[0].reason)
        held = Held(spot, source, pieced, told) if told and pieced else None
        sound, first = worst == "examined", len(self.rows.people)
        if self.options.look_inside:
            worst = _worse(worst, self._artifacts(spot, source, head))
            if spot.part:
                worst = _worse(worst, self._part(spot, spot.part, source, head))
            else:
                inner = self._members(spot, source, unpacker, places)
                sound = sound and inner == "examined"
                worst = _worse(worst, inner)
        if held and container:
            self._settle(held, first, sound=sound)
        elif held:  # by the members beside it
            self.held.append(held)
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
        self, spot: Spot, reading: Reading, *, hold: bool
    ) -> tuple[str, list[personal.Record]]:
        """The outcome; and, to be held, the records that may be pieces of what members tell."""
        held: list[personal.Record] = []
        detector = self.options.detector()
        outcome = "examined"
        if detector:
            try:
                found = detector.detect(reading.chunks())
            except Exception as error:  # noqa: BLE001  # P3: becomes a row
                self.rows.trouble(spot.address, reading.source.size, "failed", reason(error))
                outcome = "failed"
            else:
                if hold:
                    held = [record for record in found.records if record.layout == PIECED]
                    found.records = [one for one in found.records if one.layout != PIECED]
                outcome = self.keep(found, lambda start: (start, spot.state), spot.address)
        for _ in reading.chunks():  # what the detector left, so that the digest is of the whole
            pass
        return outcome, held

    def keep(
        self, found: personal.Found, place: Callable[[int], tuple[int, str]], address: Address
    ) -> str:
        """Rows of what a detector found. place: its offset -> that in the address, and the state."""
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
            self._record(address.at(offset, record.length), state, record)
        for warning in found.warnings:
            self.rows.trouble(address, 0, "partial", warning)
        return "partial" if found.warnings else "examined"

    def _settle(self, held: Held, first: int, *, sound: bool) -> None:
        """Keep the records held that the persons from the `first` on do not tell. sound: were they all read."""
        from forensics.examine import retold

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
            self._record(place, held.spot.state, record)

    def _record(self, address: Address, state: str, record: personal.Record) -> None:
        detector = self.options.detector()
        size = detector.index.persons if detector and detector.index else None
        matched = len(record.register_persons)
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
        with ExitStack() as spools:
            before, first = len(self.held), len(self.rows.people)
            worst = self._each_member(
                spot, source, unpacker, spools, [] if places is None else places
            )
            for held in self.held[before:]:
                self._settle(held, first, sound=worst == "examined")
            del self.held[before:]
        return worst

    def _each_member(
        self,
        spot: Spot,
        source: Source,
        unpacker: Unpacker,
        spools: ExitStack,
        places: list[tuple[int, int]],
    ) -> str:
        worst = "examined"
        try:
            budget = spot.budget.deeper()
            for number, member in enumerate(unpacker.members(Plain(source), budget)):
                alive()
                name = member_address(spot.address, member, number)
                inner = spot.inside(name, _inner_origin(spot, unpacker, name), budget)
                worst = _worse(worst, self._member(inner, member, spools))
                places += member.places
        except UnpackError as error:  # a limit was reached
            self.rows.trouble(spot.address, source.size, "skipped", error.reason)
            worst = _worse(worst, "skipped")
        except Exception as error:  # noqa: BLE001  # P3: becomes a row
            why = f"{unpacker.name} {reason(error)}"
            self.rows.trouble(spot.address, source.size, "failed", why)
            worst = _worse(worst, "failed")
        return worst

    def _member(self, spot: Spot, member: Member, spools: ExitStack) -> str:
        """spools: keeps open what is looked at again when all members are known."""
        size = member.size or 0
        if member.lock:
            self.rows.trouble(spot.address, size, "examined", KEY_OPENED, member.lock)
        if member.chunks is None:
            if member.outcome != "examined":
                why = member.reason or member.outcome
                self.rows.trouble(spot.address, size, member.outcome, why, member.method)
            self._row(spot, member.size, member.outcome, reason=member.reason)
            return member.outcome
        with ExitStack() as here:
            spool = (spools if member.told else here).enter_context(
                tempfile.SpooledTemporaryFile(SPOOL_BYTES)
            )
            cut = None
            try:
                for chunk in member.chunks():
                    alive()
                    spool.write(chunk)
            except Exception as error:  # noqa: BLE001  # P3: a row; the part that came is examined
                cut = getattr(error, "reason", None) or reason(error)
                self.rows.trouble(spot.address, size, "partial", cut)
            outcome = self._content(spot, Spool(spool), told=member.told)
        return _worse(outcome, "partial") if cut else outcome


def _told(
    unpacker: Unpacker, source: Source, places: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Bytes of a container that its members tell again: as they lie there, or as rows."""
    yield from places
    if unpacker.told:
        yield from unpacker.told(Plain(source))


def _inner_origin(spot: Spot, unpacker: Unpacker, name: Address) -> Origin:
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


def _worse(one: str, other: str) -> str:
    return min(one, other, key=WORST.index)
