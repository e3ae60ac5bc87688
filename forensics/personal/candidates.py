"""Candidates of free text: a shape with a border, its check digit or dictionary, its context word.

What stands beside a candidate makes a record of it (text.py) or leaves it a rejected candidate that is counted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from forensics.personal import checks, headers
from forensics.personal.checks import is_sample
from forensics.personal.dictionary import Names, names, postcodes
from forensics.personal.encodings import common_characters
from forensics.personal.evidence import LABEL
from forensics.personal.fold import kana_key, name_key
from forensics.personal.identifiers import (
    BY_KIND,
    IDENTIFIERS,
    address,
    birth_date,
    email,
    name,
    name_kana,
    name_romaji,
    phone,
)
from forensics.personal.lines import SEPARATORS

HEADER_REACH = 600  # characters from a table's header down to a number
LABEL_REACH = 40  # characters between a context word and its number
RECENT_YEARS = 12  # an unlabelled date as young as this is rather a day of business

# A neighbour that makes a number part of something else; letters are safe here: text is decoded.
# The lookbehinds stand after the first digit: the search then skips to digits.
DIGIT = r"\d(?<![0-9A-Za-z_]\d)(?<![0-9A-Za-z][-.+/]\d)(?<![0-9]:\d)"
LEFT = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z][-.+/])(?<![0-9]:)"
RIGHT = r"(?![0-9A-Za-z_])(?![-.+/:][0-9A-Za-z])"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value of a kind at characters start to end; labelled: its own context word stands before it."""

    kind: str
    start: int
    end: int
    value: str
    score: float
    labelled: bool


@cache
def _labels() -> re.Pattern[str]:
    words = {word for item in IDENTIFIERS for word in item.words if word}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)))


@cache
def _label_kinds() -> dict[str, tuple[str, ...]]:
    out: dict[str, list[str]] = {}
    for item in IDENTIFIERS:
        for word in item.words:
            out.setdefault(word, []).append(item.kind)
    return {word: tuple(kinds) for word, kinds in out.items()}


def _word_starts(text: str, match: re.Match[str]) -> bool:
    """Is the match no tail of a longer Latin word (`tel` in `hotel`)."""
    first, before = text[match.start()], text[match.start() - 1 : match.start()]
    return not (first.isascii() and first.isalpha() and before.isascii() and before.isalpha())


class Labels:
    """The context words of one text, by position."""

    def __init__(self, text: str) -> None:
        lower = text.lower()
        found = [
            (match.end(), match[0])
            for match in _labels().finditer(lower)
            if _word_starts(lower, match)
        ]
        self._text = text
        self._ends = [end for end, _ in found]
        self._words = [word for _, word in found]
        self._kinds = {kind for word in set(self._words) for kind in _label_kinds()[word]}

    def kinds(self, place: int) -> tuple[str, ...]:
        """Kinds of the nearest word that ends within reach before `place`, with no number between.

        A value with a key of its own (id=…) belongs to no word further away.
        """
        if not self._ends:
            return ()
        last = bisect_left(self._ends, place + 1) - 1
        if last < 0 or place - self._ends[last] > LABEL_REACH:
            return ()
        between = self._text[self._ends[last] : place]
        if re.search(r"\d{4}|\n\s*\n|[&?,;]\w{1,20}=$", between):
            return ()
        return _label_kinds()[self._words[last]]

    def __bool__(self) -> bool:
        return bool(self._ends)

    def any(self, kind: str) -> bool:
        """Does a word of this kind stand anywhere."""
        return kind in self._kinds

    def has(self, kind: str, place: int, reach: int = LABEL_REACH) -> bool:
        """Does a word of this kind end within reach before `place`."""
        last = bisect_left(self._ends, place + 1) - 1
        while last >= 0 and place - self._ends[last] <= reach:
            if kind in _label_kinds()[self._words[last]]:
                return True
            last -= 1
        return False


_NUMBER = re.compile(DIGIT + r"(?:(?: \d){11}|[\d -]{3,20}\d|\d{3,})" + RIGHT)
_PHONE = re.compile(
    r"[+(0](?:(?<![0-9A-Za-z_].)(?<![0-9][-.+/:].)|(?<=[12]\d\d\d-\d\d-\d\d.))(?:"
    + phone.REST
    + ")"
    + RIGHT,
    re.DOTALL,
)
_DATE = re.compile(
    r"[1-5MTSHRmtshr明大昭平令](?<![0-9A-Za-z_].)(?<![0-9A-Za-z][-.+/].)(?<![0-9]:.)(?:"
    + birth_date.REST
    + r")(?:(?![0-9])(?![-.+/:][0-9])|(?<=-\d\d)(?=0\d{1,4}-\d))(?![ T]\d{1,2}:?\d\d)",
    re.DOTALL,
)
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])" + email.SHAPE + r"(?![A-Za-z0-9])")
_POSTCODE = re.compile(
    r"-(?<=(?<![0-9A-Za-z_])(?<![0-9A-Za-z][-.+/])(?<![0-9]:)\d{3}-)\d{4}" + RIGHT
)
_POSTCODE_PLAIN = re.compile(r"\d(?<!\d\d)\d{6}(?!\d)")
_TOWN = re.compile(rf"[市区町村](?={address.PLACE}{{0,20}}?[0-9〇一二三四五六七八九十百])")
_TOWN_REACH = 22  # characters of an address up to the first [市区町村]
_ADDRESS = re.compile(address.SHAPE + r"(?: [^\s,;|\"'<>()、。0-9]{1,14}\d{1,5}(?:号室|号|階|F)?)?")
_LETTERS = re.compile(LEFT + r"[A-Z]{2}(?:\d{7}|\d{8}[A-Z]{2})" + RIGHT)
_MRZ = re.compile(BY_KIND["mrz"].shape)
_ROMAJI = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,14}[ ,]{1,2}[A-Za-z]{2,14}) ?<(?=[^<>\s]{1,64}@)")
_LATIN_NAME = re.compile(
    r"(?:\bname|holder|氏名|名義)(?:\([^()\n]{1,12}\))?[ :]{1,3}([A-Za-z]{2,14}[ ,]{1,2}[A-Za-z]{2,14})(?![A-Za-z])",
    re.IGNORECASE,
)
_TAX = re.compile(
    "(?:年税額|住民税額?|市民税額|所得割額?|均等割額?)[ :]{0,3}(\\d{1,3}(?:,\\d{3})+|\\d{3,9})(?=円|\\s)"
)
_SEX = re.compile("性別[ :)]{0,4}(男性?|女性?)")
_KANA_CHAR = "[ァ-ヶー゛゜]"
_KANA_GAP = re.compile(rf" (?<={_KANA_CHAR}.)(?={_KANA_CHAR}{{1,12}}(?!{_KANA_CHAR}))", re.DOTALL)
_KANA_BEFORE = re.compile(rf"(?<!{_KANA_CHAR}){_KANA_CHAR}{{1,12}}$")
_KANA_AFTER = re.compile(rf"{_KANA_CHAR}+")
_KANA_LABEL = re.compile("フリガナ|カナシメイ|シメイ|カナ(?= )")
_HIRAGANA = re.compile(
    "ふりがな(?:\\([^()\n]{1,8}\\))?[ :)]{1,6}([ぁ-んー]{1,8} [ぁ-んー]{1,8})(?![ぁ-んー])"
)
_INSURED = re.compile(
    r"記号\s?[:：]?\s?(\d{1,8}|[\u3400-\u9fff]{1,4})\s{0,3}(?:番号)\s?[:：]?\s?(\d{1,8})"
)
_CJK = r"[\u3005\u3007\u3400-\u9fff\uf900-\ufaff]"
_KANJI_RUN = re.compile(rf"{_CJK}[\u3005\u3007\u3041-\u30fe\u3400-\u9fff\uf900-\ufaff]*")
_HAS_KANJI = re.compile(_CJK)


def candidates(text: str, counts: Counter[tuple[str, str]], year: int) -> list[Candidate]:
    """All candidates of one folded text, without overlap, in order; rejected ones are counted."""
    labels = Labels(text)
    found: list[Candidate] = []
    found += _mrz(text)
    found += _numbers(text, labels, counts)
    found += _dates(text, labels, year)
    found += _phones(text, labels)
    found += _others(text, labels)
    if _HAS_KANJI.search(text):
        found += _addresses(text, labels)
        found += _names(text, labels)
    found += _kana(text, labels)
    return _disjoint(found)


def _disjoint(found: list[Candidate]) -> list[Candidate]:
    """Of overlapping candidates the likeliest (labelled, then score, then longest)."""
    ranked = sorted(found, key=_rank)
    taken: list[tuple[int, int]] = []
    out = []
    starts: list[int] = []
    for item in ranked:
        place = bisect_left(starts, item.start)
        before = taken[place - 1] if place else (0, 0)
        after = taken[place] if place < len(taken) else (item.end, item.end)
        if before[1] <= item.start and item.end <= after[0]:
            starts.insert(place, item.start)
            taken.insert(place, (item.start, item.end))
            out.append(item)
    return sorted(out, key=lambda item: item.start)


def _rank(item: Candidate) -> tuple[float, ...]:
    """An address may hold what reads as a name, never the other way round."""
    is_address = item.kind == "address"
    weight = 2.5 if is_address else item.score
    return (-(item.labelled or is_address), -weight, item.start - item.end, item.start)


def _mrz(text: str) -> list[Candidate]:
    out = []
    if "P" in text and "<<" in text:
        for match in _MRZ.finditer(text):
            lines = match[0].split()
            value = BY_KIND["mrz"].value("\n".join([lines[0], lines[-1]]))
            if value:
                out.append(Candidate("mrz", match.start(), match.end(), value, 3.0, labelled=True))
    return out


_BY_NUMBER = ("my_number", "resident_code", "driver_license", "pension_number", "employment_insurance",
              "care_insured", "bank_account", "credit_card", "atena_number", "household_number", "corporate_number",
              "insurer_number")  # fmt: skip
_OVERRIDES = frozenset({"corporate_number", "insurer_number"})


def _numbers(text: str, labels: Labels, counts: Counter[tuple[str, str]]) -> list[Candidate]:
    """Numbers with their own context word, and bare ones that pass a check digit."""
    out = []
    for match in _NUMBER.finditer(text) if labels else _true_numbers(text, counts):
        kinds = labels.kinds(match.start())
        shaped = False
        for kind in kinds:
            if kind not in _BY_NUMBER:
                continue
            shaped = True
            value = BY_KIND[kind].value(match[0])
            if value is None:
                counts[kind, "check_digit"] += 1
                continue
            if kind in {"bank_account", "insurer_number"} and len(match[0]) != 7 + (
                kind != "bank_account"
            ):
                continue
            if is_sample(value) and kind in {"my_number", "credit_card"}:
                counts[kind, "sample"] += 1
                continue
            out.append(
                Candidate(
                    kind,
                    match.start(),
                    match.end(),
                    value,
                    LABEL + BY_KIND[kind].score,
                    labelled=True,
                )
            )
            break
        if not shaped:
            out += _bare(match, counts)
    for match in _INSURED.finditer(text):
        yucho = re.search(
            "ゆうちょ|郵便貯金|通帳", text[max(0, match.start() - 40) : match.start()]
        )
        kind = "yucho_account" if yucho else "health_insured"
        for group in (1, 2):
            if BY_KIND[kind].value(match[group]) is None:
                continue
            out.append(
                Candidate(
                    kind, match.start(group), match.end(group), match[group], LABEL, labelled=True
                )
            )
    return out


_OWN_KEY = re.compile(r"""([^\W\d]\w{1,30})["']?\s?[:=]\s?["']?$""")


class Headings:
    """What the values of one text are called: by a key right before them, or by the header of their column."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tops: dict[tuple[int, str, int], int] = {}

    def against(self, item: Candidate) -> bool:
        """Is a value said to be something else: a day of business, the author of a work."""
        text = self._text
        start = text.rfind("\n", max(0, item.start - LINE_REACH), item.start) + 1
        before = text[max(start, item.start - LINE_REACH) : item.start]
        if own := _OWN_KEY.search(before[-LABEL_REACH:]):
            return item.kind in headers.against(own[1])
        last, separator = max((before.rfind(mark), mark) for mark in SEPARATORS)
        if last < 0 or len(before) == LINE_REACH:
            return False
        count = text.count(separator, start, self._end(start))
        top = self._top(start, separator, count)
        if top == start:
            return False
        header = text[top : self._end(top)].split(separator)
        return item.kind in headers.against(header[before.count(separator)])

    def _end(self, start: int) -> int:
        end = self._text.find("\n", start)
        return end if end >= 0 else len(self._text)

    def _top(self, start: int, separator: str, count: int) -> int:
        """Where the first of the lines begins that have as many separators, up from the one at start."""
        seen, place = [], start
        while (place, separator, count) not in self._tops:
            seen.append(place)
            begin = self._text.rfind("\n", 0, max(0, place - 1)) + 1
            if place == 0 or self._text.count(separator, begin, place) != count:
                self._tops[place, separator, count] = place
            else:
                place = begin
        top = self._tops[place, separator, count]
        self._tops |= dict.fromkeys(((place, separator, count) for place in seen), top)
        return top


LINE_REACH = 1 << 12  # characters of a line in which columns are counted
_FOREIGN = re.compile(
    r"(?:請求|注文|受注|発注|伝票|管理|送り状|追跡|問い?合わ?せ|契約|見積|納品|製造|整理|受付|商品|品|型|シリアル|serial|trace_?id|order|invoice)"
    r"(?:番号|no\.?|id|コード|[ =:#])*[ :：=#]*$",
    re.IGNORECASE,
)


def _true_numbers(text: str, counts: Counter[tuple[str, str]]) -> list[re.Match[str]]:
    """Numbers of a text without any context word that may be My Numbers; the others are counted."""
    found = [match for match in _NUMBER.finditer(text) if _TWELVE.fullmatch(match[0])]
    if not found:
        return []
    joined = "".join(match[0].replace("-", "").replace(" ", "") for match in found)
    values = np.frombuffer(joined.encode(), np.uint8).reshape(-1, 12) - np.uint8(48)
    good = checks.my_numbers(values).tolist()
    wrong = good.count(False)
    counts["my_number", "seen"] += wrong
    counts["my_number", "check_digit"] += wrong
    return [match for match, true in zip(found, good, strict=True) if true]


_TWELVE = re.compile(BY_KIND["my_number"].shape)


def _bare(match: re.Match[str], counts: Counter[tuple[str, str]]) -> list[Candidate]:
    """A number without its word: a My Number by its check digit; everything else needs a word."""
    if not _TWELVE.fullmatch(match[0]):
        return []
    if _FOREIGN.search(match.string[max(0, match.start() - 20) : match.start()]):
        return []
    counts["my_number", "seen"] += 1
    value = BY_KIND["my_number"].value(match[0])
    if value is None:
        counts["my_number", "check_digit"] += 1
        return []
    if is_sample(value):
        counts["my_number", "sample"] += 1
        return []
    if _under_other(match.string, match.start()):
        counts["my_number", "other_number"] += 1
        return []
    counts["my_number", "no_context"] += 1
    return [Candidate("my_number", match.start(), match.end(), value, 0.9, labelled=False)]


def _under_other(text: str, place: int) -> bool:
    """Does the header of a table of orders or goods stand above, and none of My Numbers."""
    before = text[max(0, place - HEADER_REACH) : place]
    return (
        ("番" in before or "コード" in before)
        and headers.OTHER_NUMBER.search(before) is not None
        and not any(word in before for word in BY_KIND["my_number"].words)
    )


_BEHIND_NAME = re.compile(r"[\u3005\u3041-\u9fff]\($")
_BRACKETED = 1.3  # score of a date in brackets right behind a word, as in 山田太郎(1985/4/1)
_LONG_DATE = re.compile("[年/.-]")
# A period has two ends: of somebody's life, of a term.
_UNTIL = re.compile(r" ?[-~〜] ?(?:(?:18|19|20)\d\d[-/.年]|明治|大正|昭和|平成|令和)")
_SINCE = re.compile(r"[\d日] ?[-~〜] $|[\d日][~〜]$|日-$")
# What a day of business is called, right before it.
_DATED = re.compile(
    "(?:交付|発行|有効期限|期限|受付|届出|申請|決定|認定|施行|改正|公布|更新|登録|作成|取得|異動|転入|転出|死亡|発売|発送|購入|納品|契約|開始|終了|期間|日時|締切|提出|DTSTART|DTEND|DTSTAMP|CREATED|MODIFIED)"
    "(?:年月日|日付|日時|日)?[ :は]{0,2}$"
    "|[\u3400-\u9fff](?<![月生])日(?:付|時)?[ :は]{0,2}$|[\u3041-\u9fff](?<!生)年月日[ :は]{0,2}$"
)


def _dates(text: str, labels: Labels, year: int) -> list[Candidate]:
    out = []
    for match in _DATE.finditer(text):
        value = birth_date.value(match[0])
        if value is None:
            continue
        kinds = labels.kinds(match.start())
        after = text[match.end() : match.end() + 4].lstrip(") ")
        labelled = "birth_date" in kinds or after.startswith("生")
        if not after.startswith("生") and _DATED.search(text, max(0, match.start() - 12), match.start()):  # fmt: skip
            continue
        if _UNTIL.match(text, match.end()) or _SINCE.search(text, max(0, match.start() - 8), match.start()):  # fmt: skip
            continue
        separated = bool(_LONG_DATE.search(match[0]))
        if len(match[0]) == 7 and not separated and not labelled and match[0].isdigit():
            score = 0.3
        else:
            score = 1.0 if labelled or re.match("[^0-9]", match[0]) else 0.5
        if not labelled and int(value[:4]) > year - RECENT_YEARS:
            score = 0.2
        elif _BEHIND_NAME.search(
            text, max(0, match.start() - 2), match.start()
        ) and text.startswith(")", match.end()):
            score = _BRACKETED
        out.append(
            Candidate(
                "birth_date", match.start(), match.end(), value, score + 0.6 * labelled, labelled
            )
        )
    return out


def _phones(text: str, labels: Labels) -> list[Candidate]:
    out = []
    for match in _PHONE.finditer(text):
        value = phone.value(match[0])
        if value is None:
            continue
        separated = len(value) != len(match[0])
        labelled = "phone" in labels.kinds(match.start())
        mobile = value.startswith(phone.MOBILE)
        if not separated and not labelled and not mobile:
            continue
        out.append(
            Candidate("phone", match.start(), match.end(), value, 1.2 if mobile else 0.8, labelled)
        )
    return out


def _others(text: str, labels: Labels) -> list[Candidate]:
    out = []
    if "@" in text:
        out += [
            Candidate("email", m.start(), m.end(), m[0].lower(), 0.5, labelled=False)
            for m in _EMAIL.finditer(text)
        ]
        for match in _ROMAJI.finditer(text):
            out.append(Candidate("name_romaji", match.start(1), match.end(1), match[1].lower(), 1.2,
                                 labelled=True))  # fmt: skip
    out += [Candidate("name_romaji", *m.span(1), m[1].lower(), 1.2, labelled=True)
            for m in _LATIN_NAME.finditer(text) if name_romaji.read(m[1])]  # fmt: skip
    if "性別" in text:
        out += [Candidate("sex", *m.span(1), m[1], 0.0, labelled=True) for m in _SEX.finditer(text)]
    if "税" in text or "割" in text:
        out += [Candidate("tax_amount", *m.span(1), m[1].replace(",", ""), 0.0, labelled=True)
                for m in _TAX.finditer(text)]  # fmt: skip
    for match in _POSTCODE.finditer(text):
        start = match.start() - 3
        labelled = "〒" in text[max(0, start - 3) : start] or "postcode" in labels.kinds(start)
        value = text[start : match.end()].replace("-", "")
        if labelled or int(value) in postcodes():
            out.append(Candidate("postcode", start, match.end(), value, 0.3, labelled))
    if labels.any("postcode"):
        for match in _POSTCODE_PLAIN.finditer(text):
            if "postcode" in labels.kinds(match.start()):
                out.append(
                    Candidate("postcode", match.start(), match.end(), match[0], 0.3, labelled=True)
                )
    if not labels.any("passport") and not labels.any("residence_card"):
        return out
    for match in _LETTERS.finditer(text):
        kind = "passport" if len(match[0]) == 9 else "residence_card"
        if kind in labels.kinds(match.start()):
            out.append(
                Candidate(
                    kind,
                    match.start(),
                    match.end(),
                    match[0],
                    LABEL + BY_KIND[kind].score,
                    labelled=True,
                )
            )
    return out


def _addresses(text: str, labels: Labels) -> list[Candidate]:
    out = []
    for match in _address_matches(text):
        start = match.start() + _address_lead(match[0])
        start += text.startswith("日", start) and text[start - 1 : start].isdigit()  # of a date
        value = address.value(text[start : match.end()])
        if value:
            labelled = "address" in labels.kinds(start) or "address" in labels.kinds(match.start())
            out.append(Candidate("address", start, match.end(), value, 1.0, labelled))
    return out


def _address_matches(text: str) -> Iterator[re.Match[str]]:
    """What _ADDRESS.finditer would find; tried only where a town's suffix and a number follow."""
    free = 0  # characters before it are taken or tried
    for town in _TOWN.finditer(text):
        place = max(free, town.start() - _TOWN_REACH)
        while place < town.start():
            match = _ADDRESS.match(text, place)
            if match:
                yield match
                place = match.end()
            else:
                place += 1
        free = max(free, place)


def _address_lead(found: str) -> int:
    """Characters before the address proper: a label that ran into it (住所は兵庫県…)."""
    own = re.match(r"[^0-9]{0,16}(?:住所|居所|所在地)[はが]", found)
    if own:
        return own.end()
    lead = 0
    for match in re.finditer(r"現住所|住所|居所|所在地|です|から|まで|[はにをのが、。]", found):
        head = found[: match.end()]
        if re.search("[市区町村郡県]", head[:-1]) or match.end() > 12:
            break
        lead = match.end()
    return lead


_HONORIFIC = re.compile(
    "様|殿|さん|氏|君|さま|生(?![\\u3400-\\u9fff])|生年月日|です|でござ|の|は|が|を|に|と|へ|も|、|（"
)


def _names(text: str, labels: Labels) -> list[Candidate]:
    """Names of the dictionary: surname and given name with a space, or joined."""
    known = names()
    out: list[Candidate] = []
    for match in _KANJI_RUN.finditer(text):
        if out and match.start() < out[-1].end:
            continue  # a given name that was read with its surname
        if text.startswith("氏 名", max(0, match.end() - 3)):
            continue
        spaced = built = None
        if text.startswith(" ", match.end()):
            spaced = _spaced(text, match.start(), match.end(), known, labels)
            built = None if spaced else _built(text, match.start(), match.end(), known)
        if spaced:
            first, last = spaced
            labelled = "name" in labels.kinds(first)
            value = name_key(text[first:last])
            out.append(Candidate("name", first, last, value, 2.0, labelled))
        elif built:
            value = name_key(text[slice(*built)])
            out.append(Candidate("name", *built, value, _BUILT_SCORE, labelled=False))
        out += _joined(text, match.start(), match.end(), labels)
    return out + [reading for item in out if (reading := _reading_of(text, item))]


_READING_OF = re.compile(" {1,24}([ァ-ヶー゛゜]{4,16})(?![ァ-ヶー゛゜])")


def _reading_of(text: str, item: Candidate) -> Candidate | None:
    """The reading behind a name, written together (佐藤 太郎 サトウタロウ)."""
    match = _READING_OF.match(text, item.end)
    if match is None or not name_kana.parts(match[1]):
        return None
    return Candidate("name_kana", *match.span(1), kana_key(match[1]), 0.5, labelled=False)


_BUILT_SCORE = 0.9  # of a name whose given name only looks like one


def _built(text: str, start: int, end: int, known: Names) -> tuple[int, int] | None:
    """A word that is a surname, one space, and a word that is built like a given name."""
    following = _GIVEN.match(text, end)
    if following is None or name_key(text[start:end]) not in known.surnames:
        return None
    word = following[1].removesuffix("様").removesuffix("さん")
    return (start, following.start(1) + len(word)) if name.is_given(name_key(word)) else None


_GIVEN = re.compile(r" ([\u3005\u3041-\u30fe\u3400-\u9fff\uf900-\ufaff]{1,8})")


def _spaced(
    text: str, start: int, end: int, known: Names, labels: Labels
) -> tuple[int, int] | None:
    """A surname at the end of the word start to end, and a given name after one space.

    Right after a label of names any short word is a given name.
    """
    following = _GIVEN.match(text, end)
    if following is None:
        return None
    given_start, given_end = following.span(1)
    for length in range(min(name.SURNAME_MAX, end - start), 0, -1):
        if name_key(text[end - length : end]) not in known.surnames:
            continue
        before = text[start : end - length]
        if before and not _HEADS.search(before) and before[-1] in common_characters():
            continue
        for given_length in range(min(name.GIVEN_MAX, given_end - given_start), 0, -1):
            stop = given_start + given_length
            given = name_key(text[given_start:stop])
            if (given in known.given or given in known.modern or name.in_kana(given)) and _ends(text, stop, given_end):  # fmt: skip
                return end - length, stop
        whole = not before and given_end - given_start <= _UNKNOWN_MAX
        if whole and "name" in labels.kinds(start) and not _LETTER.search(text, start - 3, start):
            return start, given_end
    return _certain(text, start, end)


def _certain(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A surname that no dictionary has before a given name: after a label of names, with an honorific, or its reading."""
    following = _SHORT_GIVEN.match(text, end)
    if following is None or end - start > _SURNAME_WORD_MAX or _FIRM.search(text, start, end):
        return None
    stop, given, known = following.end(1), name_key(following[1]), names()
    if (
        name_key(text[start:end]) in known.surnames
        and given not in known.nouns
        and _AFTER_NAME.match(text, stop)
    ):
        return start, stop
    if not name.is_given(given) or name.parts(following[1]):
        return None
    certain = _AFTER_NAME.match(text, stop) or _NAME_LABEL.search(text, max(0, start - 8), start)
    return (start, stop) if certain else None


_SHORT_GIVEN = re.compile(
    r" ([\u3005\u3041-\u3096\u3400-\u9fff]{1,3}?|[ァ-ヶー]{2,4})(?=[^\u3005\u3041-\u3096\u3400-\u9fff]|様|殿|さん|$)"
)
_AFTER_NAME = re.compile(r" ?(?:様|殿|さん)(?![\u3400-\u9fff])| ?\(?[ァ-ヴ]{2,} [ァ-ヴ]{2,}")
_NAME_LABEL = re.compile("(?:氏名|名前)[ :]{1,3}$")
_SURNAME_WORD_MAX = 4
_FIRM = re.compile("[社店部課係局所院会]$|^[ぁ-ん]")
_UNKNOWN_MAX = 3  # characters of a given name that no dictionary has
_LETTER = re.compile(r"[0-9A-Za-z]")


_HEADS = re.compile(
    r"(?:氏名|名前|者|世帯主|名義|名義人|担当|父|母|妻|夫|子|本人|代理人|様|は|が|の|と|を|号|長|番号|件名|宛|名)$"
)


def _ends(text: str, stop: int, run_end: int) -> bool:
    """Does a name end here: at the end of its word, before an honorific or particle, or where its reading begins."""
    return stop == run_end or bool(_HONORIFIC.match(text, stop)) or _READING.match(text, stop - 1) is not None  # fmt: skip


_READING = re.compile(r"[\u3005\u3400-\u9fff][ァ-ヴ]{2,} [ァ-ヴ]{2,}")


_BEFORE_NAME = re.compile(
    "氏名|名前|世帯主|者は|は|の|と|が|、|(?:申立|申請|届出|代理|相続|保証|請求|受取|名義|差出|依頼|契約|賃借|訴訟)人|本人|(?:申請|相談|対象|利用|被保険|債務|債権|申出|契約|受給|滞納|納税|保護|加害|被害)者|患者|児童|生徒|原告|被告"
)


def _joined(text: str, start: int, end: int, labels: Labels) -> list[Candidate]:
    """Surname and given name written together, at the start of a word or after a label's word."""
    places = [start]
    places += [match.end() for match in _rare().finditer(text, start, end - 2)]
    polite = {match.end() for match in _SURELY.finditer(text, start, end)} - {*places}
    places += polite
    for match in _BEFORE_NAME.finditer(text[start:end]):
        places.append(start + match.end())
    key = name_key(text[start:end])
    places = [place for place in places if name.may_begin(key, place - start)]
    if not places:
        return []
    stops = [end, *reversed([match.start() for match in _HONORIFIC.finditer(text, start, end)])]
    for place in places:
        for stop in stops:
            if not 2 <= stop - place <= name.SURNAME_MAX + name.GIVEN_MAX:
                continue
            if place in polite and not _POLITE.match(text, stop):
                continue
            honorific = bool(re.match("様|殿|さん|氏", text[stop : stop + 2]))
            word = text[place:stop]
            if (
                name.parts(word)
                or _modern(word)
                or (
                    (honorific or (place in polite and name_key(word) not in names().words))
                    and name.likely(word)
                )
            ):
                labelled = "name" in labels.kinds(place)
                score = 1.2 + 0.4 * honorific
                return [
                    Candidate(
                        "name",
                        place,
                        stop,
                        name_key(text[place:stop]),
                        score,
                        labelled or honorific,
                    )
                ]
    return []


_SURELY = re.compile(
    "[ぁ-ん](?=[\u3005\u30a1-\u30fe\u3400-\u9fff]{2,8}(?:様|殿|さん|氏|です|でござ|と申))"
)
_POLITE = re.compile("様|殿|さん|氏|です|でござ|と申")


@cache
def _rare() -> re.Pattern[str]:
    """A character that is not common: before it a word may end."""
    return re.compile("[^" + re.escape("".join(sorted(common_characters()))) + "]")


def _modern(text: str) -> bool:
    """A surname and a given name that only the newer dictionary has; long enough to be no word."""
    known, key = names(), name_key(text)
    return len(key) >= 4 and key not in known.words and any(
        key[:cut] in known.surnames and key[cut:] in known.modern
        for cut in range(2, min(name.SURNAME_MAX, len(key) - 2) + 1)
    )  # fmt: skip


def _kana(text: str, labels: Labels) -> list[Candidate]:
    out = []
    if _KANA_LABEL.search(text):
        text = _KANA_LABEL.sub(lambda label: "*" * len(label[0]), text)
    if "ふりがな" in text:
        out += [Candidate("name_kana", *m.span(1), kana_key(m[1]), 2.0, labelled=True)
                for m in _HIRAGANA.finditer(text)]  # fmt: skip
    free = 0  # characters before it are taken
    for gap in _KANA_GAP.finditer(text):
        first = _KANA_BEFORE.search(text, max(free, gap.start() - 13), gap.start())
        last = _KANA_AFTER.match(text, gap.end())
        if first is None or last is None:
            continue
        start, free = first.start(), last.end()
        written, kinds = text[start:free], labels.kinds(start)
        value = name_kana.value(written)
        if value is None and "name_kana" in kinds:
            value = name_kana.cell(written)
        if value:
            labelled = "name_kana" in kinds or "name" in kinds
            out.append(Candidate("name_kana", start, free, value, 2.0, labelled))
    return out
