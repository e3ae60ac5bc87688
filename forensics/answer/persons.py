"""Q21: of how many persons are there data?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, undetermined
from forensics.answer.world import World
from forensics.correlate.persons import Persons
from forensics.correlate.places import Place

FEW = 10
SENSITIVE = frozenset({"welfare_flag", "tax_amount", "my_number", "health_insured", "care_insured"})


TORN = ("unreadable", "failed", "timed_out")  # outcomes of bytes in which a list may go on
ROW_BYTES_MIN = 16  # a row that names a person is no shorter


class Count(NamedTuple):
    """Persons in what was examined: no fewer than, no more than.

    torn: lists may go on in bytes that could not be read, and at_most counts those in.
    """

    at_least: int
    at_most: int
    torn: bool = False


def count(world: World, subject: str) -> Count:
    """Of an item, or of the case; what holes may hide is counted to the upper bound.

    The owner's register bounds it; without one, the size of what could not be read.
    """
    places = [place for place in world.places if subject in (place.evidence, subjects.CASE)]
    low, high, _ = read(world, places)
    items = [name for name in world.items if subject in (name, subjects.CASE)]
    hidden = sum(world.bytes[name].get(outcome, 0) for name in items for outcome in TORN)
    size = world.register_size
    most = high + hidden // ROW_BYTES_MIN if size is None else max(high, size)
    return Count(low, most, torn=True) if hidden and most > high else Count(low, high)


def read(world: World, places: Sequence[Place]) -> Count:
    """The union over places and states of what was examined, by token.

    At least: persons of the register, each one person for sure; without a register the most that one
    place holds (elsewhere the same person may stand under another key). At most: all tokens, and
    every row that gave none; rows of a list of the register's people are people of the register, so
    its size bounds them.
    """
    known = Persons.union(place.known for place in places)
    listed: list[Persons] = []  # of places that are lists of the register's people
    other: list[Persons] = []
    unresolved = 0
    seen: set[str] = set()
    for place in places:
        is_listed = 2 * len(place.known) >= max(place.count, 1)
        (listed if is_listed else other).append(place.persons)
        if (place.digest or place.address) not in seen:
            seen.add(place.digest or place.address)
            unresolved += max(max(place.rows, place.seen) - len(place.persons), 0)
    in_lists = Persons.union(listed)
    at_most = len(Persons.union([*listed, *other])) + unresolved
    size = world.register_size
    if known and size is not None:
        bound = max(size, len(in_lists)) + len(Persons.union(other) - in_lists)
        at_most = min(at_most, bound)
    most = max((place.count for place in places), default=0)
    at_least = len(known) if known else most
    return Count(at_least, max(at_most, at_least))


def judge(world: World, subject: str) -> Finding:
    """Known only where both bounds agree and everything is examined; a range prints both."""
    if not world.items or (subject not in world.items and subject != subjects.CASE):
        return subjects.NOT_SUPPLIED
    low, high, torn = count(world, subject)
    items = [name for name in world.items if subject in (name, subjects.CASE)]
    facts = [fact for fact in world.of("personal_data") if fact["evidence"] in items]
    bars = [*world.unread(items), *world.unproven(register=False)]
    bars += [code for code in world.disturbed(items) if code == "DIGEST_MISMATCH"]
    if subject == subjects.CASE and world.missing:
        bars.append("OUTSIDE_EVIDENCE")
    kinds = {kind for fact in facts for kind in fact["kinds"]}
    ja, en = _range(low, high, kinds)
    if torn:
        (ja, en), (most_ja, most_en) = _range(low, low, kinds), _range(high, high, kinds)
        found = undetermined(*bars, "COUNT_RANGE", facts=[fact["id"] for fact in facts])
        return replace(
            found,
            ja=f"読み取れた範囲では{ja}分であり、読み取れない部分を含めれば{most_ja}まであり得る。",
            en=f"what could be read holds data of {en}; with what could not be read"
            f" there may be up to {most_en}",
        )
    if low != high or bars:
        codes = ordered([*bars, *(["COUNT_RANGE"] if low != high else [])])
        found = undetermined(*codes, facts=[fact["id"] for fact in facts])
        return replace(
            found, ja=f"調査した範囲では{ja}分である。", en=f"what was examined holds data of {en}"
        )
    ids = tuple(sorted(fact["id"] for fact in facts))
    if not ids:
        ids = tuple(fact["id"] for name in items for fact in world.of("digest", evidence=name))
    return Finding(
        "confirmed", 4, facts=ids, ja=f"個人情報の人数({ja})", en=f"the presence of data of {en}"
    )


def _range(low: int, high: int, kinds: set[str]) -> tuple[str, str]:
    """Both bounds in words; fewer than ten of a sensitive kind are not told to the person (3.4)."""
    if 0 < high < FEW and kinds & SENSITIVE:
        return f"{FEW}人未満", f"fewer than {FEW} persons"
    if low == high:
        return f"{low:,}人", "1 person" if low == 1 else f"{low:,} persons"
    return f"{low:,}人以上{high:,}人以下", f"at least {low:,} and at most {high:,} persons"


QUESTION = Question(
    id="Q21",
    topic="persons",
    kind="S",
    event=("人数の確定", "the count of persons"),
    proposition=("これが全ての人数である", "this is the full number of persons"),
    subjects=subjects.items,
    judge=judge,
)
