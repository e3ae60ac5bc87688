"""Free text: candidates joined to persons by nearness, line and order, and judged."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter

import numpy as np

from forensics.personal import spaced
from forensics.personal.candidates import OF_TODAY, candidates
from forensics.personal.evidence import (
    ACCEPT,
    NAMES,
    PLACEHOLDER,
    PUBLIC,
    SAMPLE_GIVEN,
    SAMPLES_MAX,
    STRONG,
    accepted,
)
from forensics.personal.identifiers.phone import MOBILE
from forensics.personal.labels import Candidate, Headings
from forensics.personal.lines import Lines
from forensics.personal.literals import finder, literal
from forensics.personal.masks import Mask, runs, spread
from forensics.personal.rows import Cell, Rows, Values, plain

NEAR = 160  # characters between two values of one person
COMPANY_REACH = 40

COMPANY = re.compile(
    "株式会社|有限会社|合同会社|財団法人|社団法人|御中|代表|センター|市役所|区役所|役場|図書館|消防|本社|支社|営業所|事務所|部署|所属|記者会見|局長|問い合わせ|問合せ"
)
SAMPLE = re.compile(
    "(?:記入|記載|入力|書き方)の?例|見本(?![都道府県市区町村])|サンプル|sample|例:|例：|assert|dummy|テストデータ|【例】|ダミー"
    "|[\t,|] ?(?:記入|設定|入力)?例 ?(?:[\t,|\n]|$)|(?:テスト|ミホン) ?(?:[一次三太]郎|花子|タロウ|ハナコ|ユーザ)",
    re.IGNORECASE,
)

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


def plain_of(text: str) -> bytes:
    """Text in small letters, one byte a character."""
    return text.encode("ascii", "replace").lower()


def worded(whole: bytes) -> bool:
    """Does such text hold a word that makes its line interesting."""
    return _FINDER(whole) if _FINDER else any(word in whole for word in _WORDS)


_FINDER = finder([literal(word) for word in _WORDS])

_MANY = frozenset({"phone", "email", "health_insured", "yucho_account", "postcode", "address"})


def people(text: str, found: list[Candidate]) -> list[list[Candidate]]:
    """Candidates grouped to persons: a line that stands alone is one, else by order and nearness.

    After a line that stands alone only lines without a name go on with its person; lines without a name before it
    begin it.
    """
    groups: list[list[Candidate]] = []
    closed = True
    lines, number = _by_line(text, found), 0
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
        named = bool(kinds & _NAMED)
        alone = named and len(kinds) >= 2
        headed = bool(groups) and any(item.kind in _NAMED for item in groups[-1])
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
    return {item.kind for item in group} & _NAMED == {"name_kana"} and kinds & _NAMED == {"name"}


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
    return len(kinds) if len(kinds) > 1 and _NAMED & {*kinds} else 0


def _of_today(item: Candidate) -> bool:
    """Is it a date so young that beside nothing else on its line it is the day of writing."""
    return item.kind == "birth_date" and not item.labelled and item.score <= OF_TODAY


def _without_events(
    text: str, found: list[Candidate], counts: Counter[tuple[str, str]]
) -> list[Candidate]:
    """Candidates without the dates of a chronicle: each begins a line of words, and nothing else of a person stands there."""
    events = {line[0].start for line in _by_line(text, found) if len(line) == 1 and _is_event(text, line[0])}  # fmt: skip
    _count(counts, "other", [item for item in found if item.start in events])
    return [item for item in found if item.start not in events]


def _is_event(text: str, item: Candidate) -> bool:
    if item.kind != "birth_date" or item.labelled:
        return False
    start = text.rfind("\n", 0, item.start) + 1
    return not text[start : item.start].strip(_LIST_MARKS) and _TOLD_OF.match(text, item.end) is not None  # fmt: skip


_TOLD_OF = re.compile("日?(?![^\n]{0,8}(?:生|歳|才))[^\n]{0,80}?[\u3041-\u30ff\u3400-\u9fff]{2}")


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
    named = [group for group in groups if any(item.kind in _NAMED for item in group)]
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


_NAMED = NAMES | {"name_romaji"}


def _by_line(text: str, found: list[Candidate]) -> list[list[Candidate]]:
    lines: list[list[Candidate]] = []
    for item in found:
        if lines and "\n" not in text[lines[-1][-1].end : item.start]:
            lines[-1].append(item)
        else:
            lines.append([item])
    return lines


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


def records(
    text: str, counts: Counter[tuple[str, str]], year: int
) -> list[tuple[float, list[Candidate]]]:
    """Persons of one text with their scores: accepted groups of candidates."""
    if (closed := spaced.closed(text)) is not None:
        joined, places = closed
        return [(score, [item.moved(places) for item in group])
                for score, group in records(joined, counts, year)]  # fmt: skip
    found = _without_events(text, candidates(text, counts, year), counts)
    bare, headings = _without(text, found), Headings(text)
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
        out += [item for item in samples if not _sample_name(item[1])]
        samples = [item for item in samples if _sample_name(item[1])]
        out.sort(key=lambda item: item[1][0].start)
    elif out and all(_sample_name(group) for _, group in out) and PLACEHOLDER.search(text):
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
    """The kinds of a person that is a line of its own, which begins with the name."""
    start, end = group[0].start, group[-1].end
    alone = group[0].kind == "name" and not text[text.rfind("\n", 0, start) + 1 : start].strip(_LIST_MARKS)  # fmt: skip
    return tuple(item.kind for item in group) if alone and "\n" not in text[start:end] else ()


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


def judge(bare: str, group: list[Candidate]) -> tuple[float, str]:
    """Score of a group and the reason for its rejection, empty when it is a record.

    bare: the text with all candidates blanked.
    """
    kinds = {item.kind for item in group}
    labelled = {item.kind for item in group if item.labelled}
    if not kinds - PUBLIC:
        return 0.0, "public"
    best: dict[str, float] = {}
    for item in group:
        best[item.kind] = max(best.get(item.kind, 0.0), item.score)
    score = sum(best.values())
    if _compact(group):
        return score, ""
    before = bare[max(0, group[0].start - COMPANY_REACH) : group[0].start]
    if COMPANY.search(before) and not labelled & (STRONG | NAMES):
        score -= 1.2
    strong = any(item.kind in STRONG and item.labelled for item in group)
    if _in_public(bare, group) or _at_office(bare, group):
        return score, "public"
    if not accepted(kinds, labelled):
        return score, "alone"
    if score < ACCEPT and not strong:
        return score, "low_score"
    around = bare[max(0, group[0].start - 80) : group[-1].end + 20]
    if SAMPLE.search(around) and (not strong or _sample_name(group)):
        return score, "sample"
    return score, ""


# Who appears in public: a lecturer, a musician, a mayor. The place and telephone beside the name are an office's.
_ROLE = re.compile(
    "(?:代表取締役|代表社員|代表者?|取締役|住職|宮司|店主|店長|支店長|所長|局長|署長|主宰|理事長|社長|著 {0,2}者|編 {0,2}者|訳 {0,2}者|監修者?|発 {0,2}行 {0,2}[者人]|編集[者人]|講師|指揮|独唱|独奏|演奏|ピアノ|バイオリン|司会|朗読|登壇者?|出演者?|副?市長|副?区長|町長|村長|知事|議長|教育長|学長|館長|校長|園長|院長)(?:の|[ :]{0,2}|[ :][\u3400-\u9fff]{1,3})\\??$"
)
_OF_ALL = frozenset({"name", "name_kana", "address", "phone", "postcode", "email", "birth_date"})


def _in_public(bare: str, group: list[Candidate]) -> bool:
    """Are those named only named with a public role, with nothing that is their own: mobile telephone, birth date under its label."""
    named = [item for item in group if item.kind == "name"]
    return (
        bool(named)
        and all(_ROLE.search(bare, max(0, item.start - 12), item.start) for item in named)
        and {item.kind for item in group} <= _OF_ALL
        and not any(item.kind == "phone" and item.value.startswith(MOBILE) for item in group)
        and not any(item.kind == "birth_date" and item.labelled for item in group)
    )


def _at_office(bare: str, group: list[Candidate]) -> bool:
    """Is a name followed on its line by the firm whose place and telephone come next: a list of lawyers or physicians."""
    named = next((item for item in group if item.kind == "name"), None)
    if named is None or not {item.kind for item in group} <= _OF_OFFICE:
        return False
    mobile = any(item.kind == "phone" and item.value.startswith(MOBILE) for item in group)
    following = min((item.start for item in group if item.start > named.end), default=named.end)
    return not mobile and _OFFICE_NAME.match(bare, named.end, following) is not None


_OF_OFFICE = frozenset({"name", "name_kana", "address", "phone", "postcode", "email"})
_OFFICE_NAME = re.compile(
    "[^\n]{0,40}(?:事務所|医院|クリニック|病院|診療所|歯科|薬局|株式会社|有限会社|\\(株\\)|㈱|商店|工務店|研究所|大学|学校|教室|道場)[ ,\t|:〒]{1,6}(?:(?:TEL|電話)[ :]{0,2})?$"
)


def _sample_name(group: list[Candidate]) -> bool:
    return any(item.kind in {"name", "name_kana"} and item.value.endswith(SAMPLE_GIVEN)
               for item in group)  # fmt: skip


_NAMELESS = ({"my_number", "birth_date", "phone"}, {"my_number", "birth_date", "address"})


def _compact(group: list[Candidate]) -> bool:
    """A true My Number, a birth date and a telephone or address side by side: the name is cut or unreadable."""
    kinds = {item.kind for item in group}
    return any(needed <= kinds for needed in _NAMELESS) and group[-1].end - group[0].start <= 80


def _place(group: list[Candidate]) -> int:
    """Where a person is said to stand: at the name, if there is one."""
    return next((item.start for item in group if item.kind in _NAMED), group[0].start)


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
