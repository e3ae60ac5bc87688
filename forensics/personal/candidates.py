"""Candidates of free text: a shape with a border, its check digit or dictionary, its context word.

What stands beside a candidate makes a record of it (judging.py) or leaves it a rejected candidate that is counted.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

import numpy as np

from forensics.personal import checks, headers, written_addresses, written_dates
from forensics.personal.checks import is_sample
from forensics.personal.dictionary import postcodes
from forensics.personal.evidence import LABEL
from forensics.personal.fold import digits
from forensics.personal.identifiers import BY_KIND, email, name_romaji, phone
from forensics.personal.labels import Candidate, Labels
from forensics.personal.unlisted_names import in_katakana, in_lists, with_holes
from forensics.personal.written_names import KANJI, in_kana, in_kanji

HEADER_REACH = 600  # characters from a table's header down to a number
NAME_REACH = 1000  # characters from a name to anything else of its person; grouping.py joins over 600 and 160 at most

# A neighbour that makes a number part of something else; letters are safe here: text is decoded.
# The lookbehinds stand after the first digit: the search then skips to digits.
DIGIT = r"\d(?<![0-9A-Za-z_]\d)(?<![0-9A-Za-z][-.+/]\d)(?<![0-9]:\d)"
LEFT = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z][-.+/])(?<![0-9]:)"
RIGHT = r"(?![0-9A-Za-z_])(?![-.+/:][0-9A-Za-z])"


_NUMBER = re.compile(DIGIT + r"(?:(?: \d){11}|[\d ?-]{3,20}\d|\d{3,})" + RIGHT)
_PHONE = re.compile(
    r"[+(0](?:(?<![0-9A-Za-z_].)(?<![0-9][-.+/:].)|(?<=[12]\d\d\d-\d\d-\d\d.)|(?<=[0-9]/.)(?=\d{1,4}-\d{2,4}-\d{4}(?!\d)))(?:"
    + phone.REST
    + ")"
    + RIGHT,
    re.DOTALL,
)
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])" + email.SHAPE + r"(?![A-Za-z0-9])")
_MACHINE = re.compile("[0-9a-fA-F.-]{12,}@")  # an identifier of a message or an event
_POSTCODE = re.compile(
    r"[-?](?<=(?<![0-9A-Za-z_])(?<![0-9A-Za-z][-.+/])(?<![0-9]:)\d{3}.)\d{4}" + RIGHT
)
_POSTCODE_PLAIN = re.compile(r"\d(?<!\d\d)\d{6}(?!\d)")
_LETTERS = re.compile(LEFT + r"[A-Z]{2}(?:\d{7}|\d{8}[A-Z]{2})" + RIGHT)
_MRZ = re.compile(BY_KIND["mrz"].shape)
_ROMAJI = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,14}[ ,]{1,2}[A-Za-z]{2,14}) ?<(?=[^<>\s]{1,64}@)")
_LATIN_NAME = re.compile(  # no flag for letters of both cases: with it the search does not skip to first letters
    r"(?:[Nn](?<!\w.)[Aa][Mm][Ee]|[Hh][Oo][Ll][Dd][Ee][Rr]|氏名|名義|会員)(?:\([^()\n]{1,12}\))?[ :]{1,3}"
    r"([A-Za-z]{2,14}[ ,]{1,2}[A-Za-z]{2,14})(?![A-Za-z])",
    re.DOTALL,
)
_LATIN_ANY = re.compile(
    r"(?:氏 {0,6}名|名義)(?:\([^()\n]{1,12}\))?[ :]{1,6}([A-Z][A-Za-z]{1,14}(?:[ ,]{1,2}[A-Z][A-Za-z]{1,14}){1,4})(?![A-Za-z])"
)
# A line of its own above a mobile telephone of Japan: the label of a parcel.
_LATIN_LINE = re.compile(
    r"([A-Z](?:(?<=\n.)|(?<=\A.))[A-Za-z]{1,14}(?: [A-Z][A-Za-z]{1,14}){1,3}) ?\r?\n(?=0[6-9]0-\d{4}-\d{4}\b|\+81[- ]?[6-9]0)"
)
_TAX = re.compile(
    "(?:年税額|住民税額?|市民税額|所得割額?|均等割額?)[ :は]{0,3}(\\d{1,3}(?:,\\d{3})+|\\d{3,9})(?= ?円|\\s)"
)
_SEX = re.compile("性別[ :)]{0,4}(男性?|女性?)")
# Right before or behind a birth date of an era or the age behind it, or right behind a name's reading in brackets.
_BESIDE_BIRTH = re.compile(  # the lookbehinds stand after the sex: the search then skips to it
    "([男女])(?:(?<=[ (,|/].)(?=[ ),|/]{1,4}(?:[MTSHR]\\d{1,2}[./]|(?:明治|大正|昭和|平成|令和)[\\d元]))|(?<=[歳才]・.)(?=[ )])"
    "|(?:(?<=生 .)|(?<=[歳才日] .)|(?<=[歳才]\\) .)|(?<=生\\([満\\d][\\d歳]{3}\\) .))(?= |\n|$))"
)
_INSURED = re.compile(
    r"記号\s?[:：]?\s?(\d{1,8}|[\u3400-\u9fff]{1,4}\d{0,4})[\s・、,/-]{0,3}(?:通帳|口座)?番号\s?[:：]?\s?(\d{1,8})"
)
_POSTAL = re.compile(r"記号[^\d\n]{0,8}(1\d{3}0)-(\d{2,7}1)(?![\d-])")
_HAS_KANJI = re.compile(KANJI)


def candidates(text: str, counts: Counter[tuple[str, str]], year: int) -> list[Candidate]:
    """All candidates of one folded text, without overlap, in order; rejected ones are counted."""
    labels = Labels(text)
    found: list[Candidate] = []
    found += _mrz(text)
    found += _numbers(text, labels, counts)
    found += written_dates.in_text(text, labels, year)
    found += _phones(text, labels)
    found += _kanji_phones(text)
    found += _others(text, labels)
    found += in_kana(text, labels)
    if _HAS_KANJI.search(text):
        addresses = written_addresses.in_text(text, labels)
        found += addresses
        found += _before_addresses(text, addresses)
        for span in _near(found, len(text)):
            found += in_kanji(text, span, labels)
        found += in_katakana(text)
        found += with_holes(text)
        if any(item.kind == "name" for item in found):
            found += in_lists(text)
    return [item for item in _disjoint(found) if not _exemplary(text, item)]


_EXAMPLE = re.compile(
    r"(?:^|[^\u3400-\u9fff]|記[入載]|入力|設定|表[記示]|書式)例(?:えば)?[ :、)]{0,2}$|(?<![a-z])(?:e\.g\.|ex[.:])[ :]{0,2}$|(?<![a-z])(?:example|sample|placeholder)s?[\"']?\s?[:=]\s?\[?\s?[\"']?$",
    re.IGNORECASE,
)
_EXAMPLE_REACH = 18  # characters


def _exemplary(text: str, item: Candidate) -> bool:
    """Does the word for an example stand right before a value: `(例: AB12345678CD)`."""
    before = text[max(0, item.start - _EXAMPLE_REACH) : item.start]
    if "例" not in before and "e" not in before.lower():  # one is in each word for it
        return False
    return _EXAMPLE.search(before) is not None


def _before_addresses(text: str, addresses: list[Candidate]) -> Iterator[Candidate]:
    """Known postcodes without hyphen or word, each right before an address."""
    for item in addresses:
        match = _POSTCODE_LAST.search(text, max(0, item.start - 10), item.start)
        if match and int(match[1]) in postcodes():
            yield Candidate("postcode", *match.span(1), match[1], 0.3, labelled=False)


_POSTCODE_LAST = re.compile(r"(?<![0-9A-Za-z-])(\d{7})[ ,\t|#^;:/\0\n]{1,2}$")


def _near(found: list[Candidate], size: int) -> list[tuple[int, int]]:
    """Characters so near to a candidate that a name there can make a person of it; of names alone there are many."""
    out: list[tuple[int, int]] = []
    for item in sorted(found, key=lambda item: item.start):
        start, end = max(0, item.start - NAME_REACH), min(size, item.end + NAME_REACH)
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


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
            out += _on_licence(match) or _bare(match, counts)
    for match in (*_INSURED.finditer(text), *_POSTAL.finditer(text)):
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


def _on_licence(match: re.Match[str]) -> list[Candidate]:
    """The number of a driving licence as the card has it, without the word: 番号 第 301234567890 号."""
    before = match.string[max(0, match.start() - 8) : match.start()]
    if not _NUMBER_OF_CARD.search(before) or not _CARD_END.match(match.string, match.end()):
        return []
    value = BY_KIND["driver_license"].value(match[0])
    if value is None:
        return []
    score = LABEL + BY_KIND["driver_license"].score
    return [Candidate("driver_license", *match.span(), value, score, labelled=True)]


_NUMBER_OF_CARD = re.compile(r"番 ?号[ :]{0,3}第 {0,2}$")
_CARD_END = re.compile(" {0,2}号")
_FOREIGN = re.compile(
    r"(?:請求|注文|受注|発注|伝票|管理|送り状|追跡|問い?合わ?せ|契約|見積|納品|製造|整理|受付|商品|品|型|シリアル|serial|trace_?id|order|invoice)"
    r"(?:番号|no\.?|id|コード|[ =:#])*[ :：=#]*$",
    re.IGNORECASE,
)


_OTHER_CODE = re.compile(r"[\u30a1-\u30fe\u3400-\u9fff](?:コード|ID)[ :]{0,3}$")  # of its own


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
    before = match.string[max(0, match.start() - 20) : match.start()]
    if _FOREIGN.search(before) or _OTHER_CODE.search(before):
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


def _phones(text: str, labels: Labels) -> list[Candidate]:
    out = []
    for match in _PHONE.finditer(text):
        value = phone.value(match[0])
        if value is None or _CUSTOMER.search(text, max(0, match.start() - 12), match.start()):
            continue
        separated = len(value) != len(match[0]) and not (match[0][0] == "0" and " " in match[0])
        labelled = "phone" in labels.kinds(match.start())
        mobile = value.startswith(phone.MOBILE)
        if not separated and not labelled and not mobile:
            continue
        out.append(
            Candidate("phone", match.start(), match.end(), value, 1.2 if mobile else 0.8, labelled)
        )
    return out


_CUSTOMER = re.compile("(?:客様|顧客|会員|契約|注文|伝票|整理|管理|受付|口座|証券|登録)番号 ?:? ?$")
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_KANJI_DIGIT = "[〇一二三四五六七八九]"
_KANJI_PHONE = re.compile(
    rf"〇(?<!{_KANJI_DIGIT}.){_KANJI_DIGIT}{{1,4}}[-(ー・]{_KANJI_DIGIT}{{1,4}}[-)ー・]{_KANJI_DIGIT}{{4}}(?!{_KANJI_DIGIT})"
)


def _kanji_phones(text: str) -> Iterator[Candidate]:
    """Telephone numbers in kanji, as letters written from top to bottom have them."""
    for match in _KANJI_PHONE.finditer(text) if "〇" in text else ():
        value = phone.value(re.sub("[ー・]", "-", match[0].translate(_KANJI_DIGITS)))
        if value:
            mobile = value.startswith(phone.MOBILE)
            yield Candidate("phone", *match.span(), value, 1.2 if mobile else 0.8, labelled=True)


def _mails(text: str) -> Iterator[re.Match[str]]:
    """Mail addresses, found by their @: an address begins where the letters before it do. A search would try each letter."""
    end, at = 0, text.find("@")
    while at >= 0:
        before = text[max(end, at - _LOCAL_MAX - 1) : at]
        match = _EMAIL.match(text, at - len(before) + len(before.rstrip(_LOCAL)))
        if match and match.end() > at:
            yield match
            end = match.end()
        at = text.find("@", max(at + 1, end))


_LOCAL, _LOCAL_MAX = string.ascii_letters + string.digits + "._%+-", 64  # before the @


def _others(text: str, labels: Labels) -> list[Candidate]:
    out = []
    if "@" in text:
        out += [
            Candidate("email", m.start(), m.end(), m[0].lower(), 0.5, labelled=False)
            for m in _mails(text)
            if not _MACHINE.match(m[0])
        ]
        for match in _ROMAJI.finditer(text):
            out.append(Candidate("name_romaji", match.start(1), match.end(1), match[1].lower(), 1.2,
                                 labelled=True))  # fmt: skip
    out += [Candidate("name_romaji", *m.span(1), m[1].lower(), 1.2, labelled=True)
            for m in _LATIN_NAME.finditer(text) if name_romaji.read(m[1])]  # fmt: skip
    out += [Candidate("name_romaji", *m.span(1), m[1].lower(), 1.2, labelled=True)
            for m in _LATIN_ANY.finditer(text)]  # fmt: skip
    out += [Candidate("name_romaji", *m.span(1), m[1].lower(), 1.2, labelled=True)
            for m in _LATIN_LINE.finditer(text)]  # fmt: skip
    if "性別" in text:
        out += [Candidate("sex", *m.span(1), m[1], 0.0, labelled=True) for m in _SEX.finditer(text)]
    if "男" in text or "女" in text:
        out += [Candidate("sex", *m.span(1), m[1], 0.0, labelled=False)
                for m in _BESIDE_BIRTH.finditer(text)]  # fmt: skip
    if "税" in text or "割" in text:
        out += [Candidate("tax_amount", *m.span(1), m[1].replace(",", ""), 0.0, labelled=True)
                for m in _TAX.finditer(text)]  # fmt: skip
    for match in _POSTCODE.finditer(text):
        start = match.start() - 3
        labelled = "〒" in text[max(0, start - 3) : start] or "postcode" in labels.kinds(start)
        value = digits(text[start : match.end()])
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
