"""Names in running text that no dictionary has: of foreign residents, with lost characters, in lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from forensics.personal.dictionary import names
from forensics.personal.fold import name_key
from forensics.personal.identifiers import name, name_kana
from forensics.personal.labels import Candidate
from forensics.personal.written_names import FIRM, KANJI, POLITELY, UNKNOWN_MAX, after_label


def with_holes(text: str) -> Iterator[Candidate]:
    """Names of which a character could not be written (髙● 太郎様), told by a label or an honorific.

    The part without a hole is one of the dictionary, or stands behind a label of names beside a part that has more
    than holes.
    """
    if not any(hole in text for hole in name.HOLE) or _BESIDE_HOLE.search(text) is None:
        return
    known = names()
    for match in _WITH_HOLE.finditer(text):
        (surname, given), start, end = match.groups(), match.start(1), match.end(2)
        labelled = after_label(text, start)
        broken = [part for part in (surname, given) if _HOLES.search(part)]
        if len(broken) != 1:
            continue
        whole = name_key(surname) in known.surnames or name.is_given(name_key(given))
        whole = whole or (labelled and _HOLES.sub("", broken[0]) != "")
        if whole and (labelled or POLITELY.match(text, end)):
            yield Candidate("name", start, end, name_key(text[start:end]), 2.0, labelled=True)


_HOLES = re.compile(f"[{name.HOLE}]")
_BESIDE_HOLE = re.compile(f"[{name.HOLE}](?:(?<={KANJI}.)| ?{KANJI})")
_WITH_HOLE = re.compile(
    rf"(?<![\w{name.HOLE}])(?=((?:{KANJI}|[ァ-ヶ{name.HOLE}]){{1,5}}) ((?:{KANJI}|[ぁ-んァ-ヶー{name.HOLE}]){{1,4}}?)(?:様|殿|さん|[^\w{name.HOLE}]|$))"
)


def in_katakana(text: str) -> Iterator[Candidate]:
    """Names of foreign residents: words in katakana, where something says that they are no thing's.

    Joined by dots, in part at least; or, with blanks alone, behind a label of names, and not as the reading of
    a Japanese name.
    """
    for match in _DOTTED.finditer(text) if "・" in text else ():
        place = match.start()
        named = _WORD_OF_NAMES.search(text, max(0, place - 12), place) or after_label(text, place)
        if named or _OF_A_PERSON.match(text, match.end()):
            yield Candidate("name", *match.span(), name_key(match[0]), 2.0, labelled=True)
    if "様" in text or "殿" in text:
        yield from (Candidate("name", *match.span(1), name_key(match[1]), 2.0, labelled=True)
                    for match in _ADDRESSEE.finditer(text))  # fmt: skip
    told = any(word in text for word in _LABELS_OF_KATAKANA)
    for label in _LABEL_OF_KATAKANA.finditer(text) if told else ():
        words = _SPACED.match(text, label.end())
        if words and not name_kana.parts(words[0]):
            yield Candidate("name", *words.span(), name_key(words[0]), 2.0, labelled=True)


def in_lists(text: str) -> Iterator[Candidate]:
    """What stands where the lines of a list have their names, and is in no dictionary: worth hardly anything alone (judging.py asks for neighbours)."""
    known = names()
    for match in _LISTED.finditer(text):
        given = name_key(match[2])
        if given in known.nouns or name_key(match[1] + match[2]) in known.words or FIRM.search(match[2]):  # fmt: skip
            continue
        yield Candidate("name", match.start(1), match.end(2), name_key(match[1] + match[2]), _LISTED_SCORE, labelled=False)  # fmt: skip
    for match in _LISTED_JOINED.finditer(text):
        key = name_key(match[1])
        if key in known.nouns or key in known.words or _NO_GIVEN.search(key):
            continue
        if any(key[:cut] in known.surnames and len(key) - cut <= UNKNOWN_MAX for cut in range(1, len(key))):  # fmt: skip
            yield Candidate("name", *match.span(1), key, _LISTED_SCORE, labelled=False)


def in_rows(text: str, lines: Sequence[list[Candidate]]) -> Iterator[Candidate]:
    """Words that stand in a line just where other lines have a name: behind the same character, before the same text and kind of value.

    lines: the candidates of the text line by line.
    """
    known = names()
    places: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        for item, following in pairwise(line):
            if item.kind == "name":
                gap = text[item.end : following.start]
                places[text[max(0, item.start - 1) : item.start], gap, following.kind] += 1
    gaps = [(*place, len(place[1])) for place, count in places.items() if count >= _ROWS_MIN]
    for line in lines if gaps else ():
        if any(item.kind in _NAMED for item in line):
            continue
        for first, (before, gap, kind, size) in product(line[:2], gaps):
            end = first.start - size
            if first.kind != kind or not text.startswith(gap, max(0, end)):
                continue
            word = _ROW_WORD.search(text, max(0, end - _ROW_WORD_MAX), end)
            if word is None or text[max(0, word.start() - 1) : word.start()] != before:
                continue
            key = name_key(word[0])
            if key not in known.words | known.nouns and not FIRM.search(key):
                yield Candidate("name", *word.span(), key, _LISTED_SCORE, labelled=False)
                break


_NAMED = frozenset({"name", "name_kana", "name_romaji"})
_ROWS_MIN, _ROW_WORD_MAX = 2, 24
_ROW_WORD = re.compile(
    rf"(?<!{KANJI})(?<![ぁ-んァ-ヶー])(?:{KANJI}{{1,5}} ?(?:{KANJI}{{1,4}}|[ぁ-んァ-ヶー]{{2,4}})|(?<!・)[ァ-ヶー]{{1,10}}(?:[ ・][ァ-ヶー]{{1,10}}){{1,3}})$"
)
_LISTED_SCORE = 0.1
_LIST_BEGINS = r"^[ \t0-9.・→⇒▶└├─第]{0,16}"
# Behind it: a gap, or what a person has.
_LIST_GOES_ON = r"(?=  |\([男女0-9]|[ ,|｜\t/#^~]{1,4}(?:\(?0[0-9]{1,3}[-(]|[MTSHR明大昭平令][0-9和成正治]|[12][09][0-9]{2}[-./年]))"
_LISTED = re.compile(
    rf"{_LIST_BEGINS}((?=[ァ-ヶ])[ァ-ヶー]{{1,12}} |{KANJI}{{1,4}} )((?<=[ァ-ヶー] )[ァ-ヶー]{{1,12}}(?:[ ・][ァ-ヶー]{{1,12}}){{0,3}}|(?<![ァ-ヶー] )(?:{KANJI}{{1,3}}|[ぁ-んァ-ヶー]{{2,4}}))"
    + _LIST_GOES_ON,
    re.MULTILINE,
)
_LISTED_JOINED = re.compile(rf"{_LIST_BEGINS}({KANJI}{{2,6}})" + _LIST_GOES_ON, re.MULTILINE)
_NO_GIVEN = re.compile("[社店部課係局所院会市区町村県駅号]$")


# An honorific, a reading in brackets, a date of birth.
_OF_A_PERSON = re.compile(
    r" ?(?:様|殿|さん|氏|です|でござ|と申)| ?\((?:[ァ-ヶー]{1,12} ){1,4}[ァ-ヶー]{1,12}\)"
    r"|[ 、,(]{1,2}(?:[MTSHR]|明治|大正|昭和|平成|令和)[0-9元][0-9.年月/]{3,9}日?生"
    r"|[ ,|｜\t\"']{1,8}(?:0[6-9]0[-(]?[0-9]{4}|(?:19|20)[0-9]{2}[-/][01]?[0-9][-/])"
)
_DOTTED = re.compile(
    "(?<![ァ-ヶー・])(?:[ァ-ヶー]{1,12} )?[ァ-ヶー]{2,12}(?:・[ァ-ヶー]{1,12}){1,4}(?![ァ-ヶー・])"
)
_LABELS_OF_KATAKANA = ("氏", "名前", "対象者", "申請者", "請求者", "世帯主", "お届け先", "宛名")
_LABEL_OF_KATAKANA = re.compile(
    r"(?<![の品店社])(?:氏 {0,6}名|名前|対象者|申請者|請求者|世帯主|お届け先|宛名)[ :=|]{1,6}(?=[ァ-ヶ])"
    r"|(?:^|\n)[ \t]{0,4}お?(?:氏 {0,6}名|名前)[ :]{0,3}\r?\n[ \t]{0,8}(?=[ァ-ヶ])"
)
_ADDRESSEE = re.compile(
    r"(?<![ァ-ヶー・] )(?<![ァ-ヶー・])([ァ-ヶー]{1,12}(?:[ ・][ァ-ヶー]{1,12}){1,4}) {0,3}[様殿](?![\u3005\u3400-\u9fff])"
)
_SPACED = re.compile("[ァ-ヶー]{1,12}(?:[ ・=][ァ-ヶー]{1,12}){1,4}(?![ァ-ヶー・])")
_WORD_OF_NAMES = re.compile(
    r"(?:氏 {0,6}名|名前|名義|対象者|申請者|世帯主|shimei|name)[^\w\n]{1,6}$|[者人主] ?[: ]{1,3}$",
    re.IGNORECASE,
)
