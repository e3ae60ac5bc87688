"""What a table has in pieces: a birth date in year, month and day, a telephone in three columns, a postcode in two, a name.

Headers say that the first of them is one (生年, 市外局番, 郵便番号1); the others may have a word of their own, the same
one, or none, as merged cells have. The rows must bear it out: the pieces joined are values of the kind. Of names
the cells tell without a header, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from forensics.personal import headers
from forensics.personal.dictionary import names as known_names
from forensics.personal.dictionary import postcodes
from forensics.personal.fold import digits, kana_key, name_key
from forensics.personal.identifiers import birth_date, name, phone
from forensics.personal.titles import BLANK

Pieces = Sequence[str]

_SHARE = 0.8  # of the rows with any piece
_CODE = re.compile("[1-5]")
_CODED = re.compile(r"^[1-5][:. ]?(?=\D)")  # 3:昭和


def birth(pieces: Pieces) -> str:
    """Era (or none), year, month and day as one date."""
    *era, year, month, day = (piece.strip().rstrip("年月日") for piece in pieces)
    if not (year and month and day):
        return ""
    if era and _CODE.fullmatch(era[0]):
        return era[0] + "".join(piece.zfill(2) for piece in (year, month, day))
    return f"{_CODED.sub('', ''.join(era))}{year}.{month}.{day}"


def telephone(pieces: Pieces) -> str:
    """Area, exchange and line with hyphens, and the zero that a spreadsheet dropped."""
    area, exchange, line = (piece.strip("() -") for piece in pieces)
    return f"{area if area.startswith('0') else '0' + area}-{exchange}-{line.zfill(4)}" if area and exchange and line else ""  # fmt: skip


def postcode(pieces: Pieces) -> str:
    """Both parts with a hyphen, and the zeros that a spreadsheet dropped."""
    area, town = (piece.strip("〒 -") for piece in pieces)
    return f"{area.zfill(3)}-{town.zfill(4)}" if area and town else ""


JOINED: dict[str, Callable[[Pieces], str]] = {
    "birth_date": birth,
    "phone": telephone,
    "postcode": postcode,
}

_ERA = re.compile("元号|和暦|年号|生年号|gengo|^era$")
_YEAR = re.compile("年|西暦|year")
_OF_BIRTH = re.compile("生|birth|誕")
_MONTH, _DAY = re.compile("月|month|^mm$"), re.compile("日|day|^dd$")
_AREA, _REST = re.compile("市外"), re.compile("局番|番号|加入者|内線|^$")
_AREA_CELL, _EXCHANGE_CELL, _LINE_CELL = map(re.compile, (r"\(?0?\d{1,4}\)?", r"\(?\d{1,4}\)?", r"\d{1,4}"))  # fmt: skip
_OLD = "2010"  # dates of business are younger, where no word says that they are of birth


def words(
    header: Sequence[str], named: Sequence[str | None], rows: Sequence[Sequence[str]]
) -> list[str | None]:
    """What the header names, with the parts of such a number in place of its columns."""
    out = list(named)
    plain = [headers.plain_of(cell) for cell in header]
    for place in range(len(plain) - 1):
        for kind, parts in _parts_at(plain, named, place):
            at = range(place, place + len(parts))
            if at.stop > len(plain) or out[place] in parts:
                continue
            if _borne_out(kind, [[row[column].strip(BLANK) for column in at] for row in rows], plain[place : at.stop]):  # fmt: skip
                out[place : at.stop] = parts
    return out


_NAMES_MIN, _NAMES_SHARE = 2, 0.6  # rows, and how many of them hold a surname beside a given name


def names(named: Sequence[str | None], rows: Sequence[Sequence[str]]) -> list[str | None]:
    """The columns of a table without header, with those told that hold surnames and the given names beside them."""
    out = list(named)
    if len(rows) < _NAMES_MIN:
        return out
    least = _NAMES_SHARE * len(rows)
    for place in range(len(out) - 1):
        pairs = [(row[place].strip(BLANK), row[place + 1].strip(BLANK)) for row in rows]
        for kind, is_pair in (("name", _in_kanji), ("name_kana", _in_kana)):
            if headers.PARTS[kind][0] not in out and sum(is_pair(*pair) for pair in pairs) >= least:
                out[place : place + 2] = headers.PARTS[kind]
    return out


def _in_kanji(surname: str, given: str) -> bool:
    known, word = known_names(), name_key(given)
    return name_key(surname) in known.surnames and (word in known.given or word in known.modern or name.in_kana(word))  # fmt: skip


def _in_kana(surname: str, given: str) -> bool:
    known = known_names()
    return kana_key(surname) in known.surname_kana and kana_key(given) in known.given_kana


def _parts_at(
    plain: Sequence[str], named: Sequence[str | None], place: int
) -> list[tuple[str, tuple[str, ...]]]:
    """Kinds, and the parts of them, that may begin with this column, by the words."""
    following, out = [*zip(plain, named, strict=True)][place + 1 :], []
    era = headers.PARTS["birth_date"]
    if _ERA.search(plain[place]) and len(following) >= len(era) - 1 and _is_year(*following[0]) and _days(following[1:]):  # fmt: skip
        out.append(("birth_date", era))
    if _is_year(plain[place], named[place]) and _days(following):
        out.append(("birth_date", era[1:]))
    if (named[place] == "phone" or _AREA.search(plain[place])) and len(following) >= 2 and all(
        kind == "phone" or _REST.search(word) for word, kind in following[:2]
    ):  # fmt: skip
        out.append(("phone", headers.PARTS["phone"]))
    if named[place] == "postcode" and following and (following[0][1] == "postcode" or not following[0][0]):  # fmt: skip
        out.append(("postcode", headers.PARTS["postcode"]))
    return out


def _is_year(word: str, kind: str | None) -> bool:
    return kind == "birth_date" or _YEAR.search(word) is not None


def _days(following: Sequence[tuple[str, str | None]]) -> bool:
    """Are the next two columns a month and a day, or without a word."""
    return len(following) >= 2 and all(
        not word or expression.search(word)
        for (word, _), expression in zip(following, (_MONTH, _DAY), strict=False)
    )


def _borne_out(kind: str, rows: Sequence[Pieces], plain: Sequence[str]) -> bool:
    """Are the pieces of enough rows, joined, values of the kind; of birth dates without a word for birth or era, old ones."""
    joined = [JOINED[kind](row) for row in rows if any(row)]
    if not joined:
        return False
    if kind == "birth_date":
        values = [birth_date.value(text) for text in joined]
        if not (_ERA.search(plain[0]) or any(map(_OF_BIRTH.search, plain))):
            values = [value for value in values if value and value < _OLD]
    elif kind == "phone":
        values = [phone.value(text) if _short(row) else None for text, row in zip(joined, filter(any, rows), strict=True)]  # fmt: skip
    else:
        values = [text if text and int(digits(text) or 0) in postcodes() else None for text in joined]  # fmt: skip
    return sum(value is not None for value in values) >= _SHARE * len(joined)


def _short(pieces: Pieces) -> bool:
    """Are these pieces of one number, and no three telephones."""
    return all(cell.fullmatch(piece) for cell, piece in zip((_AREA_CELL, _EXCHANGE_CELL, _LINE_CELL), pieces, strict=True))  # fmt: skip
