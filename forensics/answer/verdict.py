"""The one shared rule of the negative, the confidence scale and the roll-up: domain.md 2.

Every question ends in one `Finding`. A negative about an event is never the absence of hits: it is
computed by `negative` from artefact classes (N1–N5, at least one must hold in full) and from what
bars any negative on the subject (N6–N8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

VERDICTS = ("confirmed", "no_trace", "refuted", "undetermined", "not_examined")
# Reason codes in the order of the clauses they belong to: domain.md 2.5.
CODES = (
    "CONNECTED_IN_WINDOW", "CONTRADICTION", "NO_ARTEFACT_EXPECTED", "READ_LEAVES_NO_TRACE",
    "ARTEFACT_ABSENT", "PARSE_GAP", "HORIZON_SHORT", "LOG_GAP", "LAST_VALUE_ONLY", "LOGGING_OFF",
    "LAST_ACCESS_DISABLED", "VOLATILE_LOG", "NO_POSITIVE_CONTROL", "LOG_CLEARED", "CLOCK_CHANGED",
    "WIPED", "FORMATTED", "TIMES_INCONSISTENT", "DIGEST_MISMATCH", "LOCKED", "UNREADABLE",
    "TRUNCATED", "MISSING_SEGMENT", "UNSUPPORTED", "FAILED", "TIMED_OUT", "SKIPPED",
    "DETECTOR_UNPROVEN", "NO_REGISTER", "CLOCK_UNKNOWN", "ZONE_UNKNOWN", "NO_DIGEST",
    "OUTSIDE_EVIDENCE", "LOGICAL_ONLY", "PAPER_UNREADABLE", "SHARED_ACCOUNT", "NO_SERIAL",
    "OTHER_EXTRACT", "COUNT_RANGE", "NO_BASELINE", "NO_WINDOW",
)  # fmt: skip
INHERENT = frozenset({"READ_LEAVES_NO_TRACE", "OUTSIDE_EVIDENCE"})  # domain.md 2.6
EDITABLE = frozenset({"fs", "shell", "medium", "app", "paper", "person"})  # a user can change these
REMOTE = frozenset({"net"})  # kept by another custodian, out of the user's reach


@dataclass(frozen=True, slots=True)
class Finding:
    """What one question says of one subject.

    confidence: 2 … 6, null where the verdict has none. facts: ids. reasons, limits and would_change
    are codes; words.py has their sentences. ja, en: what was found, for confirmed and refuted; for
    undetermined a sentence that stands before the reasons, or nothing.
    """

    verdict: str
    confidence: int | None = None
    reasons: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    ja: str = ""
    en: str = ""
    limits: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()
    lawful: bool | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """An artefact class that an event would have left its trail in.

    failures: the clauses N1–N5 it misses, as codes. fact: the horizon that shows it.
    """

    family: str
    failures: tuple[str, ...] = ()
    fact: str | None = None


def ordered(codes: Iterable[str]) -> tuple[str, ...]:
    """Codes once each, in the order of the clauses."""
    return tuple(sorted(set(codes), key=CODES.index))


def confidence(families: Iterable[str], sources: int = 1) -> int:
    """Casey's scale by kinds of source (domain.md 2.3): one family is one source."""
    have = set(families)
    if len(have) >= 2:
        return 5 if have & REMOTE else 4
    return 2 if have <= EDITABLE and sources < 2 else 3


def negative(trails: Sequence[Trail], bars: Iterable[str]) -> Finding:
    """No trace, or undetermined with every clause that fails.

    At least one trail must meet N1–N5; any bar (N6–N8) on the subject forbids the negative. Silence
    of one family is C3, of two C4, of two with a remote one C5.
    """
    barred = ordered(bars)
    good = [trail for trail in trails if not trail.failures]
    facts = tuple(sorted({trail.fact for trail in trails if trail.fact}))
    if good and not barred:
        families = {trail.family for trail in good}
        level = 3 if len(families) < 2 else 5 if families & REMOTE else 4
        return Finding("no_trace", level, facts=facts)
    missing = [code for trail in trails for code in trail.failures] if not good else []
    if not trails:
        missing = ["NO_ARTEFACT_EXPECTED"]
    return Finding("undetermined", reasons=ordered([*missing, *barred]), facts=facts)


def undetermined(*codes: str, facts: Iterable[str] = ()) -> Finding:
    """Looked at, and not decided; at least one code says why."""
    assert codes, "undetermined needs a reason"
    return Finding("undetermined", reasons=ordered(codes), facts=tuple(sorted(set(facts))))


def presence(parts: Sequence[Finding], negative_verdict: str) -> Finding:
    """Roll-up of events and presence: any confirmed, else any doubt, else the negative (2.7)."""
    return _roll(parts, "confirmed", negative_verdict)


def state(parts: Sequence[Finding]) -> Finding:
    """Roll-up of states: any refuted, else any doubt, else confirmed (2.7)."""
    return _roll(parts, "refuted", "confirmed")


def _roll(parts: Sequence[Finding], decides: str, otherwise: str) -> Finding:
    if not parts or all(part.verdict == "not_examined" for part in parts):
        return Finding(
            "not_examined", reasons=ordered(code for part in parts for code in part.reasons)
        )
    limits = tuple(sorted({limit for part in parts for limit in part.limits}))
    change = tuple(sorted({code for part in parts for code in part.would_change}))
    decided = [part for part in parts if part.verdict == decides]
    if decided:
        best = max(decided, key=lambda part: (part.confidence or 0, part.en))
        lawful = {part.lawful for part in decided}
        return Finding(
            decides,
            best.confidence,
            ordered(code for part in decided for code in part.reasons),
            facts=tuple(sorted({fact for part in decided for fact in part.facts})),
            ja=best.ja,
            en=best.en,
            limits=limits,
            would_change=change,
            lawful=False if False in lawful else None if None in lawful else True,
        )
    facts = tuple(sorted({fact for part in parts for fact in part.facts}))
    doubt = [part for part in parts if part.verdict in ("undetermined", "not_examined")]
    if doubt:
        codes = [code for part in doubt for code in part.reasons]
        if any(part.verdict == "not_examined" for part in doubt):
            codes.append("OUTSIDE_EVIDENCE")
        said = next((part for part in doubt if part.ja), Finding("undetermined"))
        return Finding(
            "undetermined", reasons=ordered(codes), facts=facts, ja=said.ja, en=said.en,
            limits=limits, would_change=change,
        )  # fmt: skip
    best = min(parts, key=lambda part: (part.confidence or 0, part.en))
    return Finding(
        otherwise, best.confidence, facts=facts, ja=best.ja, en=best.en, limits=limits,
        would_change=change,
    )  # fmt: skip
