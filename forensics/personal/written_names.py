"""Names in running text: surname and given name of the dictionary, with a space or joined, and readings in kana."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from forensics.personal.dictionary import Names, names
from forensics.personal.fold import kana_key, name_key
from forensics.personal.identifiers import name, name_kana
from forensics.personal.labels import Candidate, Labels
from forensics.personal.likely import common_characters

KANJI = r"[\u3005\u3007\u3400-\u9fff\uf900-\ufaff]"
_KANJI_RUN = re.compile(rf"{KANJI}[\u3005\u3007\u3041-\u30fe\u3400-\u9fff\uf900-\ufaff]*")
_KANA_CHAR = "[ァ-ヶー゛゜]"
_KANA_GAP = re.compile(rf" (?<={_KANA_CHAR}.)(?={_KANA_CHAR}{{1,12}}(?!{_KANA_CHAR}))", re.DOTALL)
_KANA_BEFORE = re.compile(rf"(?<!{_KANA_CHAR}){_KANA_CHAR}{{1,12}}$")
_KANA_AFTER = re.compile(rf"{_KANA_CHAR}+")
_KANA_LABEL = re.compile("フリガナ|カナシメイ|シメイ|カナ(?= )")
_HIRAGANA = re.compile(
    "(?:ふりがな|よみ(?:かた|がな)?)(?:\\([^()\n]{1,8}\\))?[ :)]{1,6}([ぁ-んー]{1,8} [ぁ-んー]{1,8})(?![ぁ-んー])"
)
# Followed by what a person has: prose about authors goes on otherwise.
_BRACKETED = re.compile(
    rf"(?<={KANJI})\(([ぁ-んー]{{1,8}} [ぁ-んー]{{1,8}})\)(?=\s{{0,3}}(?:[男女明大昭平令〒0-9MTSHR]|生年月日|住所|電話|性別))"
)


_HONORIFIC = re.compile(
    "様|殿|さん|氏(?!名)|君|さま|生(?![\\u3400-\\u9fff])|生年月日|です|でござ|の|は|が|を|に|と|へ|も|、|（"
)


def in_kanji(text: str, span: tuple[int, int], labels: Labels) -> list[Candidate]:
    """Names of the dictionary that begin in a span: surname and given name with a space, or joined."""
    known = names()
    out: list[Candidate] = []
    for match in _runs(text, *span):
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


def _runs(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Words from the first that begins in the span on."""
    before = _KANJI_RUN.match(text, max(0, start - 1)) if start else None
    for match in _KANJI_RUN.finditer(text, before.end() if before else start):
        if match.start() >= end:
            return
        yield match


_READING_OF = re.compile(r"[ \t,#^|;/]{1,24}([ァ-ヶー゛゜]{4,16})(?![ァ-ヶー゛゜])")


_READING_IN_BRACKETS = re.compile(
    r" ?\(([ァ-ヶー゛゜]{1,12}(?: [ァ-ヶー゛゜]{1,12}){1,4}|[ァ-ヶー゛゜]{4,16}|[ぁ-んー]{4,16}(?=\) ?[明大昭平令〒0-9MTSHR]))\)( ?[明大昭平令〒0-9MTSHR])?"
)


def _reading_of(text: str, item: Candidate) -> Candidate | None:
    """The reading behind a name: written together (佐藤 太郎 サトウタロウ), or in brackets."""
    bracketed = _READING_IN_BRACKETS.match(text, item.end)
    if bracketed and (" " in bracketed[1] or bracketed[2] or name_kana.parts(bracketed[1])):
        return Candidate("name_kana", *bracketed.span(1), kana_key(bracketed[1]), 0.5, labelled=False)  # fmt: skip
    match = _READING_OF.match(text, item.end)
    if match is None or not name_kana.parts(match[1]):
        return None
    return Candidate("name_kana", *match.span(1), kana_key(match[1]), 0.5, labelled=False)


_BUILT_SCORE = 1.2  # of a name whose given name only looks like one


def _built(text: str, start: int, end: int, known: Names) -> tuple[int, int] | None:
    """A word that is a surname, one space, and a word that is built like a given name."""
    following = _GIVEN.match(text, end)
    if following is None or name_key(text[start:end]) not in known.surnames:
        return None
    word = following[1].removesuffix("様").removesuffix("さん")
    return (start, following.start(1) + len(word)) if name.is_given(name_key(word)) else None


_GIVEN = re.compile(
    r" (?!(?:様|殿|さん)(?![\u3005\u3400-\u9fff]))([\u3005\u3041-\u30fe\u3400-\u9fff\uf900-\ufaff]{1,8})"
)


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
        whole = not before and given_end - given_start <= UNKNOWN_MAX
        if whole and "name" in labels.kinds(start) and not _LETTER.search(text, start - 3, start):
            return start, given_end
    return _certain(text, start, end)


def _certain(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A surname that no dictionary has before a given name: after a label of names, with an honorific, or its reading."""
    following = _SHORT_GIVEN.match(text, end)
    if following is None or end - start > _SURNAME_WORD_MAX or FIRM.search(text, start, end):
        return None
    if text[start:end] in _WORDS:
        return None  # a label, with a given name alone behind it
    stop, given, known = following.end(1), name_key(following[1]), names()
    if (
        name_key(text[start:end]) in known.surnames
        and given not in known.nouns
        and _AFTER_NAME.match(text, stop)
    ):
        return start, stop
    if given not in known.nouns and _below_address(text, start) and _AFTER_NAME.match(text, stop):
        return start, stop
    if not name.is_given(given) or name.parts(following[1]):
        labelled = after_label(text, start) and given not in known.nouns | known.surnames
        return (start, stop) if labelled and _HAS_KANJI.search(given) else None
    certain = (
        _AFTER_NAME.match(text, stop)
        or (given in known.given and given not in _ERAS and _OWN.match(text, stop))
        or after_label(text, start)
    )
    return (start, stop) if certain else None


def _below_address(text: str, place: int) -> bool:
    """Does a word begin a line below one that ends like an address, with the number of a house or a flat."""
    return _HOUSE.search(text, max(0, place - _LINE_OF_ADDRESS), place) is not None


_LINE_OF_ADDRESS = 60  # characters
_HOUSE = re.compile(r"[市区町村][^\n]{1,40}(?:\d|[番号室地荘館棟])\r?\n[ \t]{0,12}$")
_SHORT_GIVEN = re.compile(
    r" ([\u3005\u3041-\u3096\u3400-\u9fff]{1,3}?|[ァ-ヶー]{2,4})(?=[^\u3005\u3041-\u3096\u3400-\u9fff]|様|殿|さん|$)"
)
_AFTER_NAME = re.compile(r" ?(?:様|殿|さん)(?![\u3400-\u9fff])| ?\(?[ァ-ヴ]{2,} [ァ-ヴ]{2,}")
_ERAS = frozenset(["明治", "大正", "昭和", "平成", "令和"])
# What is a person's own behind an unknown surname: a mobile telephone, an address of mail, a date of an era.
_OWN = re.compile(
    "[ :…(]{1,8}(?:0[6-9]0[-(]?[0-9]{4}|<?[0-9A-Za-z._+-]{1,40}@[0-9A-Za-z]|(?:明治|大正|昭和|平成|令和)[0-9元一二三四五六七八九十]|[MTSHR][0-9]{1,2}[.])"
    "|\r?\n[ \t]{0,4}(?:〒|[0-9]{3}-[0-9]{4}|[\u3400-\u9fff]{1,6}[都道府県市区郡])"
)
_NAME_LABEL = re.compile(
    r"(?:氏 {0,6}名|名前|名義|対象者|申請者|請求者|申込者|届出人|世帯主)(?:\([^()\n]{1,6}\))?(?:[ :=】]{1,6}|[ :]{0,3}(?:</?[a-z]{2,6}(?: [^<>\n]{0,40})?>\s{0,8}){1,3})$"
    r"|(?:^|\n)[ \t■□●○・]{0,4}お?(?:氏 {0,6}名|名前)[ :]{0,3}\r?\n[ \t]{0,8}$"  # on a line of its own
)
_LABEL_REACH, _MARKUP_REACH = 16, 120  # characters before a name; where tags stand between


def after_label(text: str, place: int) -> bool:
    """Does a label of names stand right before a place, tags of HTML between them or not."""
    tagged = ">" in text[max(0, place - 2) : place]
    reach = _MARKUP_REACH if tagged else _LABEL_REACH
    return _NAME_LABEL.search(text, max(0, place - reach), place) is not None


_SURNAME_WORD_MAX = 4
_WORDS = frozenset((*name.IDENTIFIER.words, *name.IDENTIFIER.headers))
FIRM = re.compile("[社店部課係局所院会]$|^[ぁ-ん]")
UNKNOWN_MAX = 3  # characters of a given name that no dictionary has
_LETTER = re.compile(r"[0-9A-Za-z]")


_HEADS = re.compile(
    r"(?:氏名|名前|者|世帯主|名義|名義人|担当|父|母|妻|夫|子|本人|代理人|様|は|が|の|と|を|号|長|番号|件名|宛|名)$"
)


def _ends(text: str, stop: int, run_end: int) -> bool:
    """Does a name end here: at the end of its word, before an honorific or particle, or where its reading begins."""
    return stop == run_end or bool(_HONORIFIC.match(text, stop)) or _READING.match(text, stop - 1) is not None  # fmt: skip


_READING = re.compile(r"[\u3005\u3400-\u9fff][ァ-ヴ]{2,} [ァ-ヴ]{2,}")


_BEFORE_NAME = re.compile(
    "^[亡故]|氏名|名前|世帯主|者は|は|の|と|が|、|(?:申立|申請|届出|代理|相続|保証|請求|受取|名義|差出|依頼|契約|賃借|訴訟)人|本人|(?:申請|相談|対象|利用|被保険|債務|債権|申出|契約|受給|滞納|納税|保護|加害|被害)者|患者|児童|生徒|原告|被告"
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
    whole = _told(text, start, end)
    if whole:
        start += text[start] in "亡故"
        return [Candidate("name", start, whole, name_key(text[start:whole]), 1.2, labelled=True)]
    places = [place for place in places
              if (place in polite or name.may_begin(key, place - start)) and not text[place - 1 : place].isdigit()]  # fmt: skip
    if not places:
        return []
    stops = [end, *reversed([match.start() for match in _HONORIFIC.finditer(text, start, end)])]
    for place in places:
        for stop in stops:
            if not 2 <= stop - place <= name.SURNAME_MAX + name.GIVEN_MAX:
                continue
            if place in polite and not _POLITE.match(text, stop):
                continue
            honorific = POLITELY.match(text, stop) is not None
            headed = stop == end and after_label(text, place)
            word = text[place:stop]
            introduced = text[place - 1 : place] in _BEFORE_INTRODUCED and (
                _INTRODUCED.match(text, stop) or _READ_TOGETHER.match(text, stop)
            )
            said = (
                honorific
                or headed
                or introduced
                or (place in polite and name_key(word) not in names().words)
            )
            if (
                name.parts(word)
                or _modern(word)
                or _with_kana(word)
                or (said and name.likely(word))
                or (honorific and place in polite and _unknown(word, strict=True))
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


_BEFORE_INTRODUCED = ("", "、", " ", "\n", ":", "は")
_INTRODUCED = re.compile("です|と申")
_READ_TOGETHER = re.compile(r"\([ァ-ヶー゛゜]{4,16}\)")
_SURELY = re.compile(
    "[ぁ-ん](?=[\u3005\u30a1-\u30fe\u3400-\u9fff]{2,8}(?:様|殿|さん|氏(?!名)|です|でござ|と申))"
)
_POLITE = re.compile("様|殿|さん|氏(?!名)|です|でござ|と申")
POLITELY = re.compile(" ?(?:様|殿|さん|氏(?!名))")


@cache
def _rare() -> re.Pattern[str]:
    """A character that is not common: before it a word may end."""
    return re.compile("[^" + re.escape("".join(sorted(common_characters()))) + "]")


def _unknown(word: str, *, strict: bool = False) -> bool:
    """Is a word an unknown surname before a given name of two characters or more; strict: one of the dictionary."""
    known, key = names(), name_key(word)
    if not 3 <= len(key) <= _WHOLE_MAX or key in known.words or key in known.nouns:
        return False
    if _BEFORE_NAME.search(word):
        return False
    for cut in range(1 + strict, len(key) - 1):
        given = key[cut:]
        good = given in known.given or (not strict and given in known.modern)
        good = good or (not _HAS_KANJI.search(given) and name.is_given(given))
        if good and _IN_KANJI.fullmatch(key, 0, cut) and key[:cut] not in known.nouns:
            return True
    return False


_HAS_KANJI = re.compile(KANJI)
_IN_KANJI = re.compile("[\u3005\u3400-\u9fff]{1,4}")


def _told(text: str, start: int, end: int) -> int | None:
    """Where a name that no dictionary has ends, told by what stands around a word of kanji.

    That is an honorific, with a birth date or number in brackets or behind a given name; its reading; a label of names.
    """
    word = text[start:end]
    if text[end : end + 1] == "(" and _READ.match(text, end):
        known = name.parts(word) or name.likely(word)
        return end if 3 <= len(word) <= _WHOLE_MAX and not known and not FIRM.search(word) else None
    if text[end : end + 1] == "(" and _BORN.match(text, end) and _unknown(word):
        return end
    if text[start - 1 : start] in {" ", ":"} and _unknown(word) and after_label(text, start):  # fmt: skip
        return end
    honorific = _POLITE_END.search(word) if word[-1] in "様殿ん氏宅方" else None
    if honorific is None and not _APART_POLITE.match(text, end):
        return None
    size = honorific.start() if honorific else len(word)
    word = word[:size].lstrip("亡故")
    if name.parts(word) or name.likely(word):
        return None
    born = honorific and _BIRTH.match(text, end) and 3 <= len(word) <= _WHOLE_MAX and not _BEFORE_NAME.search(word)  # fmt: skip
    return start + size if born or _unknown(word, strict=True) else None


_POLITE_END = re.compile("(?:(?:様|殿|さん|氏)|様(?:宅|方))$")
_APART_POLITE = re.compile(" {1,2}(?:様|殿)(?![\u3005\u3400-\u9fff])")
_BIRTH = re.compile(
    r"\((?:(?:明治|大正|昭和|平成|令和|[明大昭平令MTSHR]\d|(?:19|20)\d\d[-/.年])[^()\n]{2,16}生|(?:被保険者|個人|宛名|年金|世帯|住民票)[^()\n]{0,8}\d)"
)
_BORN = re.compile(r"\((?:明治|大正|昭和|平成|令和|(?:19|20)\d\d[-/.年])[0-9元年月日./-]{2,10}生")
_READ = re.compile(r"\([ぁ-ヶー゛゜]{1,8} [ぁ-ヶー゛゜]{1,8}\) ?[MTSHR明大昭平令12〒]")
_WHOLE_MAX = 7


def _with_kana(text: str) -> bool:
    """A surname, and a given name in katakana as those of a hundred years ago have it (宮本キヨ)."""
    match = _KANA_END.search(text)
    return match is not None and name_key(text[: match.start()]) in names().surnames and name.in_kana(match[0])  # fmt: skip


_KANA_END = re.compile("(?<=[\u3005\u3400-\u9fff]{2})[ァ-ヶー]{1,3}[ァ-ヶ]$")  # no タクシー


def _modern(text: str) -> bool:
    """A surname and a given name that only the newer dictionary has; long enough to be no word."""
    known, key = names(), name_key(text)
    return len(key) >= 4 and key not in known.words and any(
        key[:cut] in known.surnames and key[cut:] in known.modern
        for cut in range(2, min(name.SURNAME_MAX, len(key) - 2) + 1)
    )  # fmt: skip


def in_kana(text: str, labels: Labels) -> list[Candidate]:
    out = []
    if _KANA_LABEL.search(text):
        text = _KANA_LABEL.sub(lambda label: "*" * len(label[0]), text)
    if "ふりがな" in text or "よみ" in text:
        out += [Candidate("name_kana", *m.span(1), kana_key(m[1]), 2.0, labelled=True)
                for m in _HIRAGANA.finditer(text)]  # fmt: skip
    if ")" in text:
        out += [Candidate("name_kana", *m.span(1), value, 2.0, labelled=False)
                for m in _BRACKETED.finditer(text) if (value := name_kana.cell(m[1]))]  # fmt: skip
    free = 0  # characters before it are taken
    for gap in _KANA_GAP.finditer(text):
        first = _KANA_BEFORE.search(text, max(free, gap.start() - 13), gap.start())
        last = _KANA_AFTER.match(text, gap.end())
        if first is None or last is None or text.startswith("・", last.end()):
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
