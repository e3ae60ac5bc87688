"""Names and numbers of persons in paths and in text of artefacts, replaced by the kind: 〔氏名〕.

Masks: surname + given name of the dictionary (kanji or kana, apart or joined), addresses with a house
number, telephone numbers, mail addresses, and numbers of seven digits or more that are valid identifiers.
Leaves alone: ordinary words, dates, serial numbers inside letters, SIDs, GUIDs.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from forensics.personal import checks
from forensics.personal.dates import date
from forensics.personal.dictionary import cities, names
from forensics.personal.fold import fold, kana_key, name_key
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
_PHONE = re.compile(r"(?<!\d)(?:" + BY_KIND["phone"].shape + ")" + _RIGHT)
_NUMBER = re.compile(_LEFT + r"(?:\d{4}[- ]\d{4}[- ]\d{4}(?:[- ]\d{4})?|\d{7,16})" + _RIGHT)
_TWELVE = re.compile(r"(?<=[a-z.:-])\d{12}" + _RIGHT)
# A number may follow a border or one short word in small letters (tel079…, list-8804…), not a serial or GUID.
_BEFORE = re.compile(
    r"(?:^|[^0-9A-Za-z.+/:-]|[^0-9A-Za-z][.+/:-])$"
    r"|(?:^|[^0-9A-Za-z.-])(?:[a-z]{1,12}|(?i:tel|phone|fax|mobile|no))[-.:]?$"
)
_LABELLED = re.compile(r"(?:番号|コード|_no|no\.?|id)[\s_=:]?$", re.IGNORECASE)
_HOUSE = re.compile(r"[市区町村].{0,24}\d(?:丁目|番|-\d)")  # in each address, and quickly made
_KANJI = r"\u3005\u3007\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_KANJI}\u3041-\u30fe]+")
_PAIR = re.compile(rf"([{_KANJI}]{{1,20}})[ _](?=([{_KANJI}\u3041-\u30fe]{{1,20}}))")
_KANA = re.compile(r"(?<![ァ-ヶー゛゜])[ァ-ヶー゛゜]{2,8}[ _]?[ァ-ヶー゛゜]{2,8}(?![ァ-ヶー゛゜])")
# What may follow a name without a space: an honorific, a particle, a paper.
_POLITE = "様|殿|さん|氏|君|くん|ちゃん|さま|先生"
_PAPERS = (
    "申請|届|書|票|様式|通知|名簿|一覧|資料|証明|証|データ|記録|面談|報告|控|写|案|関係|世帯|分|宛|ファイル|調査|相談|請求|給付"
    "|依頼|回答|確認|同意|委任|誓約|履歴|診断|住民|戸籍|転入|転出|転居|契約|通帳|口座|メモ|台帳|カルテ|写真|本人|免許|保険|年金"
    "|納税|税|領収|見積|名刺|連絡|住所|提出|原本|コピー|個人|情報|登録|変更|受付|用|宅|邸|家|及び|外|他|ほか"
)
_AFTER = re.compile(f"{_POLITE}|{_PAPERS}|[のとがをにはへもで]")
_POLITELY = re.compile(_POLITE)
_ENDS = tuple(_PAPERS.split("|"))  # a name may follow them without a space
_UNKNOWN = re.compile(rf"([{_KANJI}]{{1,3}}?|[ぁ-んー]{{1,5}}?|[ァ-ヶー]{{1,5}}?)(?={_POLITE}|$)")


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
        if phone.value(match[0]) and not _moment(match[0]) and _begins(text, match.start())
    ]
    out += [
        (match.start(), match.end(), NUMBER)
        for match in _NUMBER.finditer(text)
        if _identifies(match[0], labelled=bool(_LABELLED.search(text[: match.start()])))
    ]
    out += [
        (match.start(), match.end(), NUMBER)
        for match in _TWELVE.finditer(text)
        if _begins(text, match.start()) and _identifies(match[0], labelled=False)
    ]
    if not text.isascii():
        if _HOUSE.search(text):
            out += [(match.start(), match.end(), ADDRESS) for match in _address().finditer(text)]
        out += _names(text)
    return out


@cache
def _address() -> re.Pattern[str]:
    """Made when it is first needed: that takes 6 ms (measured)."""
    return re.compile(
        address.TOWN
        + r"\d{1,5}(?:丁目\d{1,5}番(?:地の?)?(?:\d{1,5}号?)?|番地?(?:の?\d{1,5}号?)?|-\d{1,5}-\d{1,5})"
    )


def _begins(text: str, start: int) -> bool:
    """May a number of a person begin here."""
    return _BEFORE.search(text[max(0, start - 16) : start]) is not None


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
    out = []
    for match in _PAIR.finditer(text):
        found = _apart(match[1], match[2])
        if found:
            out.append((match.end(1) - found[0], match.end() + found[1], NAME))
    out += [
        (match.start() + found[0], match.start() + found[1], NAME)
        for match in _WORD.finditer(text)
        if (found := _joined(match[0]))
    ]
    for match in _KANA.finditer(text):
        if name_kana.parts(match[0].replace("_", " ")):
            out.append((match.start(), match.end(), NAME))
    return out


def _apart(left: str, right: str) -> tuple[int, int] | None:
    """Characters of surname (at the end of left) and given name (at the start of right), or None.

    After a whole word that is a surname any short word that is no common noun is taken for a given name.
    """
    known = names()
    for length in range(min(len(left), name.SURNAME_MAX), 0, -1):
        surname = name_key(left[-length:])
        whole = length == len(left)
        if surname not in known.surnames or not (whole or length >= 2):
            continue
        for stop in range(min(len(right), name.GIVEN_MAX), 0, -1):
            given = name_key(right[:stop])
            if (
                _given(given)
                and (stop == len(right) or _AFTER.match(right, stop))
                and not _nouns(surname, given)
            ):
                return length, stop
        other = _UNKNOWN.match(right) if whole else None
        if other and (other.end() < len(right) or not _thing(name_key(other[1]))):
            return length, other.end()
    return None


def _thing(word: str) -> bool:
    """A common noun, or two of them together (市民課)."""
    nouns = names().nouns
    return (
        word in nouns
        or word[0] in "市町村県区郡駅"
        or (len(word) == 3 and any(word[:cut] in nouns and word[cut:] in nouns for cut in (1, 2)))
    )


@lru_cache(maxsize=1 << 14)
def _joined(word: str) -> tuple[int, int] | None:
    """A name written together: a whole word, or between papers (申請書) and an honorific or paper."""
    if word in names().words:
        return None
    for begin in range(len(word) - 1):
        if begin and not word.endswith(_ENDS, 0, begin):
            continue
        rest = len(word) - begin
        for length in range(min(rest, name.SURNAME_MAX + name.GIVEN_MAX), 1, -1):
            stop = begin + length
            polite = _POLITELY.match(word, stop) is not None
            if length < 3 and not polite and word[begin] not in _ONE:
                continue
            if (stop == len(word) or _AFTER.match(word, stop)) and _together(word[begin:stop]):
                return begin, stop
    return None


def _together(text: str) -> bool:
    """Surname and given name without a space."""
    key, known = name_key(text), names()
    if key in known.words or text in cities() or (len(key) == 2 and key in known.nouns):
        return False
    return any(
        key[:cut] in known.surnames
        and (
            key[cut:] in known.given
            or ((cut > 1 or key[0] in _ONE) and len(key) > cut + 1 and key[cut:] in known.modern)
        )
        and not _nouns(key[:cut], key[cut:])
        for cut in range(1, min(name.SURNAME_MAX, len(key) - 1) + 1)
    )


def _given(word: str) -> bool:
    known = names()
    return word in known.given or word in known.modern or kana_key(word) in known.given_kana


def _nouns(surname: str, given: str) -> bool:
    """Rather two common nouns (更新 + 日程); 誠 and 和子 are nouns of the dictionary too."""
    known = names()
    if surname not in known.common or given not in known.common or surname in _ONE:
        return False
    return (len(given) > 1 or len(surname) == 1) and not given.endswith("子")


_ONE = "林森原関谷岡辻堀島岸菅泉柴榊峰乾"  # surnames of one kanji that begin few other words
