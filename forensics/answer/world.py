"""What the questions look at: the tables as rows, the facts made of them, and what bars a negative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forensics.answer.facts import Fact, interval_of
from forensics.answer.verdict import Finding, Trail, confidence, ordered, undetermined
from forensics.correlate import off
from forensics.correlate.connections import alike, registered
from forensics.correlate.loans import Loan
from forensics.correlate.places import Place
from forensics.correlate.rows import Row, device_serial, has_serial, volume_serial
from forensics.correlate.times import within
from forensics.values import Interval

if TYPE_CHECKING:
    from forensics.case import Case

TAMPER_CODES = {
    "log_cleared": "LOG_CLEARED", "clock_changed": "CLOCK_CHANGED", "wiped": "WIPED",
    "formatted": "FORMATTED", "timestamps_inconsistent": "TIMES_INCONSISTENT",
}  # fmt: skip
LACKS = frozenset({"TRUNCATED", "MISSING_SEGMENT", "UNREADABLE", "UNSUPPORTED"})
OUTCOME_CODES = {
    "locked": "LOCKED", "unsupported": "UNSUPPORTED", "unreadable": "UNREADABLE",
    "failed": "FAILED", "timed_out": "TIMED_OUT", "skipped": "SKIPPED", "partial": "PARSE_GAP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """One case, ready to be asked.

    bytes: item -> outcome -> bytes of the ledger. excused: of which so many are known software. reasons: item -> codes of what was not examined.
    troubled: addresses with trouble. files: medium -> its dated names. recorded: artefact -> kinds
    of traces it writes. register_size: persons of the owner's register. mixed_up: media that are not what their number says. half_read: kinds of papers
    that could not be read whole. absent_hosts: clients that a server's log names in the window and that were
    not supplied (domain.md 8.6). carrying: hosts on which a command took records to another device or host.
    undated: hosts on which records were read, nobody knows when.
    """

    case: Case
    items: Mapping[str, Row]
    bytes: Mapping[str, Mapping[str, int]]
    excused: Mapping[tuple[str, str], int]
    reasons: Mapping[str, frozenset[str]]
    troubled: frozenset[str]
    places: Sequence[Place]
    files: Mapping[str, Sequence[Row]]
    connections: Sequence[Row]
    opens: Sequence[Row]
    horizons: Sequence[Row]
    papers: Sequence[Row]
    mixed_up: frozenset[str]
    absent_hosts: tuple[str, ...]
    loans: Sequence[Loan]
    half_read: frozenset[str]
    carrying: frozenset[str]
    undated: frozenset[str]
    recorded: Mapping[str, frozenset[str]]
    controls_ok: bool
    register_size: int | None
    facts: Sequence[Fact]

    @property
    def window(self) -> tuple[int, int] | None:
        return self.case.window

    # Who can be asked about

    @property
    def media(self) -> tuple[str, ...]:
        """Supplied items that are no hosts."""
        return tuple(
            name for name, row in self.items.items() if row["role"] not in ("pc", "server")
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(name for name, row in self.items.items() if row["role"] in ("pc", "server"))

    @property
    def missing(self) -> tuple[str, ...]:
        """Serials of media that hosts or papers name and that were not supplied (domain.md 8.6)."""
        supplied = {row["medium_serial"] for row in self.connections if row["medium"]}
        supplied |= {device_serial(row["serial"]) for row in self.items.values()}
        named = {row["medium_serial"] for row in self.connections if row["medium"] is None}
        named |= {device_serial(row["serial"]) for row in self.papers}
        read = {alike(name) for name in supplied if name is not None}
        return tuple(sorted(name for name in named if name is not None and alike(name) not in read))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Host × medium: every supplied medium, and every other one that the host has seen."""
        out = [(host, medium) for host in self.hosts for medium in self.media]
        seen = {
            (row["host"], row["medium_serial"])
            for row in self.connections
            if row["medium"] is None and row["medium_serial"]
        }
        return (*out, *sorted(seen))

    def complete(self, item: str) -> bool:
        """Is every byte of it examined?"""
        return set(self.bytes.get(item, {"skipped": 1})) <= {"examined"}

    # Facts

    def of(self, kind: str, **keys: object) -> list[Fact]:
        """Facts of a kind with these values."""
        return [
            fact
            for fact in self.facts
            if fact["kind"] == kind and all(fact.get(key) == value for key, value in keys.items())
        ]

    def times(self, facts: Iterable[Fact], *, in_window: bool = False) -> list[Interval]:
        """The dated moments of facts: `time`, `first`, `last`, `used`; on request those in the window."""
        spans = [
            one
            for fact in facts
            for one in (
                *(fact.get(key) for key in ("time", "first", "last")),
                *fact.get("used", ()),
            )
            if one is not None
        ]
        found = [interval_of(span) for span in spans]
        return [when for when in found if not in_window or within(when, self.window)]

    # What bars a negative

    def unread(self, items: Iterable[str]) -> tuple[str, ...]:
        """N7: codes of what was not examined on these items."""
        codes: set[str] = set()
        for item in items:
            found = self.bytes.get(item, {"skipped": 1})
            outcomes = {
                name
                for name, size in found.items()
                if name != "examined" and size > self.excused.get((item, name), 0)
            }
            codes |= {OUTCOME_CODES[outcome] for outcome in outcomes}
            codes |= self.reasons.get(item, frozenset()) & {
                "TRUNCATED",
                "MISSING_SEGMENT",
                "LOGICAL_ONLY",
            }
            if self.items[item]["role"] == "collection":
                codes.add("LOGICAL_ONLY")
        return ordered(codes)

    def disturbed(self, items: Iterable[str]) -> tuple[str, ...]:
        """N6: signs of tampering since the window began, and digests that differ."""
        codes: set[str] = set()
        for item in items:
            codes |= {TAMPER_CODES[fact["what"]] for fact in self.tampers(item)}
            codes.update(self.unlike(item))
        return ordered(codes)

    def unlike(self, item: str) -> tuple[str, ...]:
        """Why an item is not the whole original: a digest that differs, else the parts it lacks.

        A digest is compared only where every byte was read.
        """
        row = self.items[item]
        if row["verified"] is not False:
            return ()
        if row["sha256"] is not None:
            return ("DIGEST_MISMATCH",)
        return ordered(LACKS & {row["reason"], *self.unread([item])}) or ("UNREADABLE",)

    def tampers(self, item: str) -> list[Fact]:
        """Signs of tampering on an item that do not lie wholly before the window, or last into it."""
        return [
            fact
            for fact in self.of("tamper", subject=item)
            if fact["since_window"] != "no" or "left_wrong" in fact
        ]

    def unproven(self, *, register: bool) -> tuple[str, ...]:
        """N8: did the detectors pass their self-test, was the register loaded where it is needed?"""
        codes = [] if self.controls_ok else ["DETECTOR_UNPROVEN"]
        loaded = self.case.register is not None or self.register_size is not None
        return ordered([*codes, *(["NO_REGISTER"] if register and not loaded else [])])

    def untied(self, host: str, medium: str | None) -> tuple[str, ...]:
        """N5: devices at a host that may have been this medium, though no serial says so.

        One with its volume and another number, where the host does not know its own (what is printed
        on a stick is not what it answers); one of unknown volume, where its number is not known at all.
        """
        if medium is None or medium not in self.items:
            return ()
        own = has_serial(self.serial(medium))
        held = {volume_serial(fact["serial"]) for fact in self.of("volume", evidence=medium)} - {
            None
        }
        mine = [row for row in self.connections if row["host"] == host]
        met = any(row["medium"] == medium for row in mine)
        for row in mine:
            volume = volume_serial(row["volume_serial"])
            may_be = (volume in held and not met) or (volume is None and not own)
            if row["medium"] is None and row["in_window"] != "no" and may_be:
                return ("NO_SERIAL",)
        return ()

    def trails(self, host: str, kinds: frozenset[str], medium: str | None = None) -> list[Trail]:
        """The artefact classes of a host that would record these kinds of traces, judged by N1–N5.

        medium: evidence id or serial; a class that keeps the last value only is silent about it
        where it has no entry, or where its last entry lies outside the window.
        """
        out = []
        for row in self.horizons:
            records = self.recorded.get(row["log"].split(" ")[0], frozenset())
            if row["log"] == off.LOG:
                records = kinds  # while it is off nothing happens on it
            if row["evidence"] != host or not records & kinds:
                continue
            failures = []
            if not row["present"]:
                failures.append("ARTEFACT_ABSENT")
            elif row["reason"] == "LAST_VALUE_ONLY":
                failures += ["LAST_VALUE_ONLY"] if self._hidden(host, medium, kinds) else []
            elif row["covers_window"] != "yes":
                failures.append(row["reason"] or "HORIZON_SHORT")
            if records & kinds == {"device_first_installed"} and self._seen(host, medium):
                failures.append("NO_ARTEFACT_EXPECTED")  # it records the first time only
            if row["present"] and (row["control"] is None or self._of_another_kind(row, kinds)):
                failures.append("NO_POSITIVE_CONTROL")
            if row["control"] and row["control"].split("@")[0] in self.troubled:
                failures.append("PARSE_GAP")
            facts = self.of("horizon", evidence=host, log=row["log"])
            fact = facts[0]["id"] if facts else None
            out.append(Trail(row["family"] or "app", tuple(failures), fact))
        return out

    def _of_another_kind(self, horizon: Row, kinds: frozenset[str]) -> bool:
        """Are all controls of a log records of other kinds, as of a share that audits connections only?

        Signs of tampering need none: a log that was never cleared has none.
        """
        return (
            horizon["controls"] is not None
            and kinds.isdisjoint(TAMPER_CODES)
            and kinds.isdisjoint(horizon["controls"].split())
        )

    def _seen(self, host: str, medium: str | None) -> list[Row]:
        return [
            row
            for row in self.connections
            if row["host"] == host and medium in (None, row["medium"], row["medium_serial"])
        ]

    def _hidden(self, host: str, medium: str | None, kinds: frozenset[str]) -> bool:
        """May a later event have overwritten one in the window?"""
        if "file_opened" in kinds:
            assert self.window is not None, "asked only with a window"
            return any(
                row["host"] == host and (row["time"].until or 0) > self.window[1]
                for row in self.opens
            )
        return any(row["in_window"] != "no" for row in self._seen(host, medium))

    # Verdicts that several questions share

    def confirm(
        self, facts: Sequence[Fact], families: Iterable[str], words: tuple[str, str], level: int = 0,
        lawful: bool | None = None, limits: Iterable[str] = (),
    ) -> Finding:  # fmt: skip
        """Confirmed by facts; what rests only on an item that is not the whole original is at most C1."""
        sound = [fact for fact in facts if not self._shaken(fact)]
        if not sound:
            codes = {code for fact in facts for code in self._shaken(fact)}
            return replace(
                undetermined(*codes, facts=[fact["id"] for fact in facts]),
                ja=f"{words[0]}を示す事実はあるが、証拠が原本のままで欠けがないとはいえない。",
                en=f"facts point to {words[1]}, but the evidence is not whole and original",
            )
        sources = {source for fact in sound for source in fact.get("sources") or ()}
        return Finding(
            "confirmed",
            level or confidence(families, len(sources)),
            facts=tuple(sorted(fact["id"] for fact in sound)),
            ja=words[0],
            en=words[1],
            lawful=lawful,
            limits=tuple(sorted(limits)),
        )

    def _shaken(self, fact: Fact) -> tuple[str, ...]:
        owners = {address.split(":")[0].split("@")[0] for address in fact["addresses"]}
        return ordered(code for owner in owners & set(self.items) for code in self.unlike(owner))

    def lawful(self, serial: str | None, times: Sequence[Interval]) -> bool | None:
        """Does every time lie in a take-out of that registered medium? null: no ledger supplied."""
        if not any(row["paper"] == "take_out" for row in self.papers):
            return None
        if serial is None or not has_serial(serial) or not times:
            return None
        listed = registered(self.papers)
        if listed is not None and serial not in listed and "media_register" not in self.half_read:
            return False
        loans = [loan for loan in self.loans if serial in loan.serials]
        closed = [loan for loan in loans if loan.until is not None]
        if all(any(loan.holds(when) for loan in closed) for when in times):
            return True
        if all(any(loan.holds(when) for loan in loans) for when in times):
            return None  # taken out and never brought back: how far the leave went, nobody wrote
        unsure = any(loan.start is None for loan in loans) or any(
            loan.may_hold(when) for loan in self.loans if not loan.serials for when in times
        )
        return None if unsure or self.half_read & {"take_out", "media_register"} else False

    def serial(self, medium: str) -> str | None:
        """Device serial of a medium: its own name if it was not supplied."""
        if medium not in self.items:
            return medium
        known = [row["medium_serial"] for row in self.connections if row["medium"] == medium]
        own = device_serial(self.items[medium]["serial"])
        return own or next((serial for serial in known if serial), None)
