"""Name (氏名): surname and given name of the dictionary, with a space or joined."""

from __future__ import annotations

import re

from forensics.personal.dictionary import names
from forensics.personal.fold import name_key
from forensics.personal.identifiers.identifier import Identifier

SURNAME_MAX, GIVEN_MAX = 5, 6  # characters
_CELL = re.compile(
    r"[\u3005\u3007\u3041-\u30fe\u3400-\u9fff\uf900-\ufaff]{1,8}(?: [^\s\d,;|]{1,8})?"
)
_HONORIFIC = re.compile(r"\s?(?:様|殿|さん|氏|君)$")


def parts(text: str) -> tuple[str, str] | None:
    """Surname and given name, both in the dictionary (name_key form), or None."""
    words = [name_key(word) for word in text.split()]
    known = names()
    if len(words) == 2:
        surname, given = words
        return (surname, given) if surname in known.surnames and given in known.given else None
    if len(words) != 1 or len(words[0]) < 2:
        return None
    word = words[0]
    if word in known.words or word in known.surnames or word in known.given:
        return None
    for cut in range(min(SURNAME_MAX, len(word) - 1), 0, -1):
        if word[:cut] in known.surnames and word[cut:] in known.given:
            return word[:cut], word[cut:]
    return None


def value(text: str) -> str | None:
    """The name without spaces and variants, when both parts are known."""
    text = _HONORIFIC.sub("", text.strip())
    return name_key(text) if _CELL.fullmatch(text) and parts(text) else None


def cell(text: str) -> str | None:
    """In a column of names: anything written like a name, but no header that is repeated on a new page."""
    text = _HONORIFIC.sub("", text.strip())
    return name_key(text) if _CELL.fullmatch(text) and text not in IDENTIFIER.headers else None


IDENTIFIER = Identifier(
    "name",
    value,
    words=(
        "氏名",
        "氏 名",
        "名前",
        "世帯主",
        "対象者",
        "申請者",
        "名義",
        "name",
        "shimei",
        "fn",
        "様",
    ),
    headers=(
        "氏名",
        "名前",
        "漢字氏名",
        "氏名漢字",
        "対象者",
        "世帯主",
        "申請者",
        "名義人",
        "name",
        "shimei",
        "姓名",
    ),
    score=1.2,
)
