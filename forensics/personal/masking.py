"""Names and numbers of persons in paths and in text of artefacts, replaced by the kind: 〔氏名〕.

Masks: surname + given name of the dictionary (kanji or kana, apart or joined), addresses with a house
number, telephone numbers, mail addresses, and numbers of seven digits or more that are valid identifiers.
Leaves alone: ordinary words, dates, serial numbers inside letters, SIDs, GUIDs.
"""

from __future__ import annotations

import re
from functools import lru_cache

from forensics.personal import checks
from forensics.personal.dates import date
from forensics.personal.dictionary import names
from forensics.personal.fold import fold, name_key
from forensics.personal.identifiers import BY_KIND, address, email, name, name_kana, phone
from forensics.values import decode_name, encode_name

NAME, PHONE, MAIL, NUMBER, ADDRESS = (
    "〔氏名〕",
    "〔電話番号〕",
    "〔メール〕",
    "〔個人番号〕",
    "〔住所〕",
)
_SUSPECT = re.compile(r"[^\x00-\x7f]|@|\d{7}|\d-\d|\d\)\d")
_LEFT = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][-.+/:])"
_RIGHT = r"(?![0-9A-Za-z])(?![-+/:][0-9A-Za-z])(?!\.[0-9])"
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])" + email.SHAPE + r"(?![A-Za-z0-9])")
_PHONE = re.compile(_LEFT + "(?:" + BY_KIND["phone"].shape + ")" + _RIGHT)
_NUMBER = re.compile(_LEFT + r"(?:\d{4}[- ]\d{4}[- ]\d{4}(?:[- ]\d{4})?|\d{7,16})" + _RIGHT)
_LABELLED = re.compile(r"(?:番号|コード|_no|no\.?|id)[\s_=:]?$", re.IGNORECASE)
_ADDRESS = re.compile(
    address.TOWN
    + r"\d{1,5}(?:丁目\d{1,5}番(?:地の?)?(?:\d{1,5}号?)?|番地?(?:の?\d{1,5}号?)?|-\d{1,5}-\d{1,5})"
)
_KANJI = r"\u3005\u3007\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_KANJI}\u3041-\u30fe]+")
_SPACED = re.compile(
    rf"(?<![{_KANJI}])([{_KANJI}]{{1,5}})[ _]([{_KANJI}\u3041-\u30fe]{{1,6}})(?![{_KANJI}])"
)
_KANA = re.compile(r"(?<![ァ-ヶー゛゜])[ァ-ヶー゛゜]{2,8}[ _]?[ァ-ヶー゛゜]{2,8}(?![ァ-ヶー゛゜])")
_HONORIFIC = re.compile("様|殿|さん|氏|君|さま|宛|分|の|他|ほか")


def mask_path(path: str) -> tuple[str, bool]:
    """An address-form path with persons masked, and whether anything was."""
    if not _SUSPECT.search(path) and "%" not in path:
        return path, False
    parts = [_component(part) for part in path.split("/")]
    masked = "/".join(parts)
    return masked, masked != path


@lru_cache(maxsize=1 << 16)
def _component(part: str) -> str:
    text = decode_name(part)
    masked = mask_text(text)
    return part if masked == text else encode_name(masked)


def mask_text(text: str) -> str:
    """Free text from artefacts with persons masked; text without any is returned unchanged."""
    if not _SUSPECT.search(text):
        return text
    folded = fold(text)
    spans = sorted(_spans(folded))
    out, place = [], 0
    for start, end, marker in spans:
        if start < place:
            continue
        out += [text[place:start], marker]
        place = end
    out.append(text[place:])
    return "".join(out)


def _spans(text: str) -> list[tuple[int, int, str]]:
    out = [(match.start(), match.end(), MAIL) for match in _MAIL.finditer(text)]
    out += [
        (match.start(), match.end(), PHONE)
        for match in _PHONE.finditer(text)
        if phone.value(match[0]) and not _moment(match[0])
    ]
    out += [
        (match.start(), match.end(), NUMBER)
        for match in _NUMBER.finditer(text)
        if _identifies(match[0], labelled=bool(_LABELLED.search(text[: match.start()])))
    ]
    if not text.isascii():
        out += [(match.start(), match.end(), ADDRESS) for match in _ADDRESS.finditer(text)]
        out += _names(text)
    return out


def _moment(number: str) -> bool:
    """A date or date and time written as one number."""
    return (
        len(number) in {8, 10, 12, 14}
        and "1980" <= number[:4] <= "2049"
        and date(number[:8]) is not None
    )


def _identifies(number: str, *, labelled: bool) -> bool:
    """A number that would be a person's: a true check digit, or any under its own word."""
    plain = re.sub("[- ]", "", number)
    if _moment(plain):
        return False
    if len(plain) == 12:
        return (
            checks.my_number(plain)
            or BY_KIND["driver_license"].value(plain) is not None
            or labelled
        )
    if len(plain) >= 14 and BY_KIND["credit_card"].value(plain):
        return True
    if len(plain) == 11 and checks.resident_code(plain):
        return True
    return labelled and len(plain) >= 7


def _names(text: str) -> list[tuple[int, int, str]]:
    known = names()
    out = [
        (match.start(), match.end(), NAME)
        for match in _SPACED.finditer(text)
        if name_key(match[1]) in known.surnames and name_key(match[2]) in known.given
    ]
    for match in _WORD.finditer(text):
        out += _joined(match[0], match.start())
    for match in _KANA.finditer(text):
        if name_kana.parts(match[0].replace("_", " ")):
            out.append((match.start(), match.end(), NAME))
    return out


def _joined(word: str, at: int) -> list[tuple[int, int, str]]:
    """A name written together that is the whole word, or ends before an honorific."""
    for stop in range(min(len(word), name.SURNAME_MAX + name.GIVEN_MAX), 1, -1):
        tail = word[stop:]
        if tail and not _HONORIFIC.match(tail):
            continue
        found = name.parts(word[:stop])
        if found and (stop >= 3 or tail[:1] in {"様", "殿", "氏"}) and _name_like(found):
            return [(at, at + stop, NAME)]
    return []


def _name_like(parts: tuple[str, str]) -> bool:
    """Not two common nouns that happen to be names too (更新 + 日程)."""
    known = names()
    return not (parts[0] in known.common and parts[1] in known.common)
