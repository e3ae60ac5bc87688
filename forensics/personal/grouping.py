"""Candidates of free text joined to persons: by nearness, line and order."""

from __future__ import annotations

import re

from forensics.personal.evidence import NAMES
from forensics.personal.labels import Candidate
from forensics.personal.written_dates import OF_TODAY

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
        line = lines[number]
        number += 1
        if all(map(_of_today, line)):
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
            if not fresh and _fits(text, groups[-1], item):
                groups[-1].append(item)
            else:
                groups.append([item])
            fresh = False
        closed = alone or (closed and not named)
    return _alone(_holder(_again(groups)))


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


def _of_today(item: Candidate) -> bool:
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
    joined = (item.kind in _BARE and _CONTROLS.fullmatch(between)) or _addressed(text, group, item)
    apart = re.search(r"\n\s*\n", between) and not joined
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
