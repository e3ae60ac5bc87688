"""Free text: which lines may hold a record, and the persons in it. See grouping.py and judging.py."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter

import numpy as np

from forensics.personal import offices, spaced
from forensics.personal.candidates import candidates
from forensics.personal.evidence import PLACEHOLDER, SAMPLES_MAX
from forensics.personal.grouping import AGAIN, NAMED, by_line, of_today, people
from forensics.personal.judging import judge, sample_name
from forensics.personal.labels import Candidate, Headings
from forensics.personal.lines import Lines
from forensics.personal.literals import finder, literal
from forensics.personal.masks import Mask, runs, spread
from forensics.personal.rows import Cell, Rows, Values, plain
from forensics.personal.unlisted_names import in_rows

SPECIAL = (
    "my number",
    "mynumber",
    "my_number",
    "individual number",
    "myno",
    "juki_cd",
    "kojin_no",
    "passport",
    "residence card",
    "+81-",
    "+81 ",
)
LABELS_OF_NAMES = ("フリガナ", "ふりがな", "氏名", "氏 名", "生年月日")
_WORDS = (*(word.encode() for word in SPECIAL), b"<<<")
NUMBER_DIGITS = 4  # in a line: fewer are no number
NEAR_LINES = 3  # lines between words and the number that belongs to them


def interesting(lines: Lines, free: Mask) -> Mask:
    """Free lines that may hold a record: Japanese near digits, a mail address or a label of names, MRZ, English words."""
    around = NEAR_LINES + 1
    reach = free if free.all() else spread(free, around)
    words = lines.japanese >= 2
    out = words
    if words.any():
        number = (lines.digits >= NUMBER_DIGITS) | (lines.at_signs > 0)
        out = words & spread(number, NEAR_LINES)
        if (words & ~out & reach).any() and labelled(lines.text):
            out = words
    whole = lines.plain
    for first, last in runs(reach) if worded(whole) else ():
        start = int(lines.starts[first])
        lower = whole[start : lines.ends[last - 1]]
        for word in _WORDS:
            place = lower.find(word)
            while place >= 0:
                line = int(np.searchsorted(lines.starts, start + place, "right")) - 1
                out[line] = True
                place = lower.find(word, int(lines.ends[line]) - start)
    return spread(out, around) & free if out.any() else out


def labelled(text: str) -> bool:
    """Does folded text hold a label of names."""
    return any(label[0] in text and label in text for label in LABELS_OF_NAMES)


def worded(whole: bytes) -> bool:
    """Does such text hold a word that makes its line interesting."""
    return _FINDER(whole) if _FINDER else any(word in whole for word in _WORDS)


_FINDER = finder([literal(word) for word in _WORDS])


def _without_events(
    text: str, found: list[Candidate], counts: Counter[tuple[str, str]]
) -> list[Candidate]:
    """Candidates without the dates of a chronicle or a log: each begins a line of words, or one that is written about somebody on that day."""
    lines = by_line(text, found)
    events = {line[0].start for line in lines if len(line) == 1 and _is_event(text, line[0])}
    events |= {line[0].start for line in lines if _is_dated(text, line)}
    _count(counts, "other", [item for item in found if item.start in events])
    return [item for item in found if item.start not in events]


def _is_event(text: str, item: Candidate) -> bool:
    if item.kind != "birth_date" or item.labelled:
        return False
    start = text.rfind("\n", 0, item.start) + 1
    return not text[start : item.start].strip(_LIST_MARKS) and _TOLD_OF.match(text, item.end) is not None  # fmt: skip


_NO_WORDS = re.compile("[\ufeff\x20-\x7e\t・№●○■□◆◇→⇒▶└├─↓]{0,16}")


def _is_dated(text: str, line: list[Candidate]) -> bool:
    """Does a line begin with the day on which it was written, before somebody's name or birth date; it is no list with dates."""
    first, *others = line
    if sum(item.kind == "birth_date" and not item.labelled for item in others) > 1:
        return False
    begins = _NO_WORDS.fullmatch(text, text.rfind("\n", 0, first.start) + 1, first.start)
    return begins is not None and of_today(first) and any(item.kind in NAMED or (item.kind == "birth_date" and item.labelled) for item in others)  # fmt: skip


_TOLD_OF = re.compile("日?(?![^\n]{0,8}(?:生|歳|才))[^\n]{0,80}?[\u3041-\u30ff\u3400-\u9fff]{2}")


def records(
    text: str, counts: Counter[tuple[str, str]], year: int
) -> list[tuple[float, list[Candidate]]]:
    """Persons of one text with their scores: accepted groups of candidates."""
    if (closed := spaced.closed(text)) is not None:
        joined, places = closed
        return [(score, [item.moved(places) for item in group])
                for score, group in records(joined, counts, year)]  # fmt: skip
    found = candidates(text, counts, year)
    found = sorted([*found, *in_rows(text, by_line(text, found))], key=lambda item: item.start)
    found = _without_events(text, found, counts)
    bare, headings = _without(text, found), Headings(text)
    public = offices.seats(bare, by_line(text, found))
    _count(counts, "public", [item for item in found if item.start in public])
    found = [item for item in found if item.start not in public]
    out, samples, weak = [], [], []
    for group in people(text, found):
        score, reason = judge(bare, group)
        if not reason and any(map(headings.against, group)):
            group = [item for item in group if not headings.against(item)]  # noqa: PLW2901
            score, reason = judge(bare, group) if group else (0.0, "other")
        if reason == "sample":
            samples.append((score, group))
        elif reason == "low_score":
            weak.append((score, group))
        elif reason:
            _count(counts, reason, group)
        else:
            out.append((score, group))
    listed, weak = _listed(text, out, weak)
    out = sorted([*out, *listed], key=lambda item: item[1][0].start)
    for _, group in weak:
        _count(counts, "low_score", group)
    if len({_who(group) for _, group in out + samples}) > SAMPLES_MAX:
        out += [item for item in samples if not sample_name(item[1])]
        samples = [item for item in samples if sample_name(item[1])]
        out.sort(key=lambda item: item[1][0].start)
    elif out and all(sample_name(group) for _, group in out) and PLACEHOLDER.search(text):
        samples, out = samples + out, []
    for _, group in samples:
        _count(counts, "sample", group)
    return out


Judged = list[tuple[float, list[Candidate]]]


def _listed(text: str, good: Judged, weak: Judged) -> tuple[Judged, Judged]:
    """Which weak persons stand in a list with good ones, near one of the same kinds in one line; and the others."""
    places: dict[tuple[str, ...], list[int]] = {}
    for _, group in good if weak else ():
        if shape := _in_one_line(text, group):
            places.setdefault(shape, []).append(group[0].start)
    listed: Judged = []
    left: Judged = []
    for near in places.values():
        near.sort()
    for item in weak:
        start = item[1][0].start
        near = places.get(_in_one_line(text, item[1]), [])
        first = bisect_left(near, start - AGAIN)
        is_listed = first < len(near) and near[first] <= start + AGAIN
        (listed if is_listed else left).append(item)
    return listed, left


def _in_one_line(text: str, group: list[Candidate]) -> tuple[str, ...]:
    """What stands before the name and the kinds of a person that is a line of its own."""
    start, end = group[0].start, group[-1].end
    before = _WORD.sub("x", _DIGITS.sub("0", text[text.rfind("\n", 0, start) + 1 : start]))
    if group[0].kind != "name" or "\n" in text[start:end] or len(before) > _PREFIX_MAX:
        return ()
    return (before.strip(_LIST_MARKS), *(item.kind for item in group))


_PREFIX_MAX = (
    24  # characters of what all lines of a list have before the name, but for its words and numbers
)
_WORD, _DIGITS = re.compile("[\u3005\u3041-\u30fe\u3400-\u9fff]+"), re.compile("[0-9]+")


_LIST_MARKS = "\ufeff \t0123456789.-・*)(№○●■□◆◇→⇒▶└├─↓第"


def _without(text: str, found: list[Candidate]) -> str:
    """The text with its candidates blanked: what is said about them, not by them."""
    parts, place = [], 0
    for item in found:
        parts += [text[place : item.start], " " * (item.end - item.start)]
        place = item.end
    return "".join(parts) + text[place:]


def _count(counts: Counter[tuple[str, str]], reason: str, group: list[Candidate]) -> None:
    for item in group:
        counts[item.kind, reason] += 1


def _who(group: list[Candidate]) -> tuple[str, ...]:
    """What tells one person of an example from another."""
    by = {item.kind: item.value for item in group}
    return tuple(by.get(kind, "") for kind in ("name", "name_kana"))


def _place(group: list[Candidate]) -> int:
    """Where a person is said to stand: at the name, if there is one."""
    return next((item.start for item in group if item.kind in NAMED), group[0].start)


def to_rows(found: list[tuple[float, list[Candidate]]], shift: int) -> Rows | None:
    """Accepted persons as rows; the text began at character `shift` of its view."""
    if not found:
        return None
    kinds = sorted({item.kind for _, group in found for item in group})
    places = np.array([_place(group) + shift for _, group in found])
    columns: dict[str, Values] = {kind: [None] * len(found) for kind in kinds}
    scores: dict[str, float] = {}
    for row, (_, group) in enumerate(found):
        for item in group:
            if columns[item.kind][row] is None:
                columns[item.kind][row] = item.value
            scores[item.kind] = max(scores.get(item.kind, 0.0), item.score)

    def cells(kind: str, least: int) -> list[Cell]:
        out: list[Cell] = []
        for _, group in found:
            if len(out) < least:
                out += [(kind, item.start + shift, item.end + shift, item.value)
                        for item in group if item.kind == kind]  # fmt: skip
        return out

    return Rows("text", found[0][1][0].start + shift, max(group[-1].end for _, group in found) + shift, places, plain(columns), cells,
                len(found), scores,
                max(score for score, _ in found))  # fmt: skip
