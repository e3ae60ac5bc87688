"""Candidates of free text joined to persons: by nearness, line and order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from forensics.personal.evidence import NAMES
from forensics.personal.labels import Candidate
from forensics.personal.written_dates import OF_TODAY

_APART = re.compile(r"\n\s*\n")
NEAR = 160  # characters between two values of one person

_MANY = frozenset({"phone", "email", "health_insured", "yucho_account", "postcode", "address"})


def people(text: str, found: list[Candidate]) -> list[list[Candidate]]:
    """Candidates grouped to persons: a line that stands alone is one, else by order and nearness.

    After a line that stands alone only lines without a name go on with its person; lines without a name before it
    begin it.
    """
    groups: list[list[Candidate]] = []
    closed = True
    lines, number = by_line(text, found), 0
    while number < len(lines):
        if beside := _beside(lines, number):
            groups += map(list, zip(*lines[number : number + beside], strict=True))
            number += beside
            closed = True
            continue
        run = _in_order(lines, number)
        if cycles := _cycles(
            text, [item for line in lines[number : number + run] for item in line]
        ):
            groups += cycles
            number += run
            closed = True
            continue
        line = lines[number]
        number += 1
        if all(map(of_today, line)):
            continue
        kinds = {item.kind for item in line}
        named = bool(kinds & NAMED)
        alone = named and len(kinds) >= 2
        headed = bool(groups) and any(item.kind in NAMED for item in groups[-1])
        begun = bool(groups) and not headed and all(_fits(text, groups[-1], item) for item in line)
        moved = (
            headed and kinds & {item.kind for item in groups[-1]} >= _ENVELOPE
        )  # the next address
        written = headed and _other_writing(groups[-1], kinds)
        fresh = (alone and not begun) or (closed and named and headed and not written) or moved or not groups  # fmt: skip
        for item in line:
            if (
                not fresh
                and of_today(item)
                and any(other.kind == "birth_date" for other in groups[-1])
            ):
                continue  # the day of a visit
            if not fresh and _fits(text, groups[-1], item):
                groups[-1].append(item)
            else:
                groups.append([*(() if fresh else _begun_by(groups[-1], item)), item])
            fresh = False
        closed = alone or (closed and not named)
    return _alone(_holder(_again(groups)))


CYCLES_MIN = 3  # persons whose values come in one order
_CYCLES_SHARE = 0.6  # of them that have no value twice


def _in_order(lines: list[list[Candidate]], first: int) -> int:
    """How many of the lines from the first on hold one value each, of several kinds; at least 1."""
    last = first
    while last < len(lines) and len(lines[last]) == 1:
        last += 1
    return max(last - first, 1)


def _cycles(text: str, found: list[Candidate]) -> list[list[Candidate]]:
    """Persons of values that go through the same kinds again and again.

    Each begins with the kind of the first value, or with another that stands behind a separator of its own: the first
    person may lack what the others begin with. Nearness alone would give whoever follows a namesake, or somebody who
    lacks a value, the values of the next one, and so on to the end.
    """
    counts = Counter(item.kind for item in found)
    usual = [kind for kind, count in counts.items() if count >= CYCLES_MIN]
    if counts[found[0].kind] < CYCLES_MIN or len(usual) < 2:
        return []
    ways = {kind: parts for kind in usual if (parts := _cut(text, found, kind))}
    if found[0].kind not in ways:
        return []
    return next(
        (parts for parts in ways.values() if _is_separate(text, parts)), ways[found[0].kind]
    )


def _cut(text: str, found: list[Candidate], kind: str) -> list[list[Candidate]]:
    """The values cut before each of a kind, and where a value comes again that a person has once; none where most parts are no persons then."""
    begins = [place for place, item in enumerate(found) if item.kind == kind]
    parts = [found[first:last] for first, last in pairwise(sorted({0, *begins, len(found)}))]
    good = sum(map(_is_one, parts)) >= _CYCLES_SHARE * len(parts)
    if not good or not all(_is_near(text, part) for part in parts):
        return []
    return [group for part in parts for group in _parted(part)]


def _is_separate(text: str, parts: list[list[Candidate]]) -> bool:
    """Does one text stand before most parts, and within none of them."""
    before = Counter(text[one[-1].end : two[0].start] for one, two in pairwise(parts))
    (separator, times), *_ = before.most_common(1)
    within = (text[one.end : two.start] for part in parts for one, two in pairwise(part))
    return times >= _CYCLES_SHARE * len(parts) and separator not in within


def _is_one(part: list[Candidate]) -> bool:
    kinds = Counter(item.kind for item in part)
    once = all(count == 1 or kind in _MANY for kind, count in kinds.items())
    return once and len(kinds) > 1 and bool(NAMES & kinds.keys())


def _is_near(text: str, part: list[Candidate]) -> bool:
    between = ((one.end, two.start) for one, two in pairwise(part))
    return all(
        end - start <= NEAR and not _APART.search(text, start, end) for start, end in between
    )


def _parted(part: list[Candidate]) -> Iterator[list[Candidate]]:
    """A part, or several where a value comes again that a person has once: of those who lack the value that the others begin with."""
    group: list[Candidate] = []
    for item in part:
        if item.kind not in _MANY and any(item.kind == other.kind for other in group):
            yield group
            group = []
        group.append(item)
    yield group


def _begun_by(group: list[Candidate], item: Candidate) -> list[Candidate]:
    """What a group told a second time right before a value that contradicts it: that begins the next person. Taken off the group."""
    if not _repeats(group, item):
        return []
    last = len(group)
    while last and any(_same(group[last - 1], other) for other in group[: last - 1]):
        last -= 1
    told, group[last:] = group[last:], []
    return told


def _same(one: Candidate, two: Candidate) -> bool:
    return (one.kind, one.value) == (two.kind, two.value)


def _other_writing(group: list[Candidate], kinds: set[str]) -> bool:
    """Does a line name in kanji whom the group has named in kana only: ふりがな stands above 氏名."""
    return {item.kind for item in group} & NAMED == {"name_kana"} and kinds & NAMED == {"name"}


def _beside(lines: list[list[Candidate]], first: int) -> int:
    """How many of the lines from the first on hold the values of several persons side by side, one kind a line: labels two or three up."""
    count = len(lines[first])
    if count < 2:
        return 0
    kinds: list[str] = []
    for place in range(first, len(lines)):
        line = lines[place]
        of_line = {item.kind for item in line}
        near = place == first or line[0].start - lines[place - 1][-1].end <= NEAR
        if len(line) != count or len(of_line) > 1 or not near or of_line & {*kinds}:
            break
        kinds += of_line
    return len(kinds) if len(kinds) > 1 and NAMED & {*kinds} else 0


def of_today(item: Candidate) -> bool:
    """Is it a date so young that beside nothing else on its line it is the day of writing."""
    return item.kind == "birth_date" and not item.labelled and item.score <= OF_TODAY


def _holder(groups: list[list[Candidate]]) -> list[list[Candidate]]:
    """A card or passport, its holder in Latin letters, and the only other person near: two writings of one name."""
    if len(groups) != _PAIR:
        return groups
    cards = [group for group in groups if _of_card(group)]
    if len(cards) != 1:
        return groups
    other = next(group for group in groups if group is not cards[0])
    kinds = {item.kind for item in other}
    near = max(groups[1][0].start - groups[0][-1].end, 0) <= NEAR
    if not near or "name" not in kinds or kinds & {item.kind for item in cards[0]}:
        return groups
    return [sorted(groups[0] + groups[1], key=lambda item: item.start)]


_PAIR = 2
_CARD = frozenset({"name_romaji", "credit_card", "passport", "residence_card"})


def _of_card(group: list[Candidate]) -> bool:
    kinds = {item.kind for item in group}
    return "name_romaji" in kinds and len(kinds) > 1 and kinds <= _CARD


def _alone(groups: list[list[Candidate]]) -> list[list[Candidate]]:
    """Where one person is named, numbers with a label that follow are that person's: a letter below its address."""
    named = [group for group in groups if any(item.kind in NAMED for item in group)]
    if len(named) != 1:
        return groups
    only, out = named[0], []
    for group in groups:
        follows = group is not only and 0 <= group[0].start - only[-1].end <= AGAIN
        if follows and all(item.labelled and item.kind not in _OFFICE and not _repeats(only, item) for item in group):  # fmt: skip
            only += group
        else:
            out.append(group)
    return out


_OFFICE = frozenset(
    {"phone", "address", "postcode", "email"}
)  # what the sender of a letter has too


def _again(groups: list[list[Candidate]]) -> list[list[Candidate]]:
    """Groups in which a person who is named again, with nothing that contradicts, is one group."""
    out: list[list[Candidate]] = []
    by_name: dict[str, list[Candidate]] = {}
    for group in groups:
        name = next((item.value for item in group if item.kind == "name"), None)
        before = by_name.get(name) if name else None
        if (
            before is not None
            and group[0].start - before[-1].end <= AGAIN
            and _agree(before, group)
        ):
            before += group
            continue
        out.append(group)
        if name:
            by_name[name] = group
    return out


AGAIN = 600  # characters between two mentions of a person that may complete each other


def _agree(group: list[Candidate], other: list[Candidate]) -> bool:
    """Has neither a value of a kind of which the other has another one: namesakes have."""
    values = {(item.kind, item.value) for item in group}
    known = {item.kind for item in group}
    return all(item.kind not in known or (item.kind, item.value) in values for item in other)


NAMED = NAMES | {"name_romaji"}


def by_line(text: str, found: list[Candidate]) -> list[list[Candidate]]:
    """Candidates line by line, in order; lines without any are left out.

    In markup a line ends where a row, or the text of a cell or comment, does.
    """
    lines: list[list[Candidate]] = []
    for item in found:
        if lines and not _LINE_END.search(text, lines[-1][-1].end, item.start):
            lines[-1].append(item)
        else:
            lines.append([item])
    return lines


_LINE_END = re.compile(r"\n|</(?:\w{1,9}:)?(?:is|si|tr|row|comment)>")


def _fits(text: str, group: list[Candidate], item: Candidate) -> bool:
    between = text[group[-1].end : item.start]
    joined = (item.kind in _BARE and _CONTROLS.fullmatch(between)) or _addressed(text, group, item) or _headed(text, group, item)  # fmt: skip
    apart = _APART.search(between) and not joined
    return len(between) <= NEAR and not apart and not _repeats(group, item)


def _addressed(text: str, group: list[Candidate], item: Candidate) -> bool:
    """Is this the name that stands apart below the address of a letter or a label, with its honorific."""
    return (
        item.kind == "name"
        and group[-1].kind == "address"
        and {other.kind for other in group} <= _ENVELOPE
        and not text[group[-1].end : item.start].strip()
        and _HONORIFIC.match(text, item.end) is not None
    )


def _headed(text: str, group: list[Candidate], item: Candidate) -> bool:
    """Is this the postcode of a letter that stands apart below the addressee with the honorific."""
    name = group[-1]
    return (
        item.kind == "postcode"
        and name.kind == "name"
        and not {other.kind for other in group} & _ENVELOPE
        and _ONLY_HONORIFIC.fullmatch(text, name.end, item.start) is not None
    )


_ONLY_HONORIFIC = re.compile(r" {0,4}(?:様|殿|さま)\s{1,6}〒? ?")
_ENVELOPE = frozenset({"postcode", "address"})
_HONORIFIC = re.compile(" {0,4}(?:様|殿|さま)(?![\u3400-\u9fff])")


# Numbers that follow a name in the record of a database: lengths and marks between its fields end lines here.
_BARE = frozenset({"my_number", "phone", "birth_date"})
_CONTROLS = re.compile("\n{2,4}")


def _repeats(group: list[Candidate], item: Candidate) -> bool:
    """Would this value be a second, other one of a kind that a person has once."""
    return item.kind not in _MANY and any(
        other.kind == item.kind and other.value != item.value for other in group
    )
