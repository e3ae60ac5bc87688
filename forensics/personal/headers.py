"""Words of column headers -> kinds."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from forensics.personal.fold import compose, fold
from forensics.personal.identifiers import IDENTIFIERS

_NOISE = re.compile(r"[\s\"'“”()\[\]【】<>《》:*_\ufeff\ud800-\udfff\x00-\x1f-]+")
_NOT_PERSONAL = re.compile(
    "会社|法人|事業|店|商品|品名|課名|銀行名|支店名|施設|学校|部署|所属|担当|役職|金融機関|業者|公印|ファイル|file|user|host"
)
# Parts of a name in columns of their own; joined before they are read.
SURNAME, GIVEN, SURNAME_KANA, GIVEN_KANA = "surname", "given", "surname_kana", "given_kana"
_PARTS = {
    "姓": SURNAME, "氏": SURNAME, "苗字": SURNAME, "名字": SURNAME, "名": GIVEN,
    "姓カナ": SURNAME_KANA, "セイ": SURNAME_KANA, "カナ姓": SURNAME_KANA, "名カナ": GIVEN_KANA, "メイ": GIVEN_KANA,
    "カナ名": GIVEN_KANA,
}  # fmt: skip


@cache
def _words() -> tuple[tuple[str, str], ...]:
    pairs = [(_plain(word), item.kind) for item in IDENTIFIERS for word in item.headers]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def _plain(cell: str) -> str:
    return _NOISE.sub("", compose(fold(cell)).lower())


@lru_cache(maxsize=4096)
def kind(cell: str) -> str | None:
    """The kind a header cell names, or None."""
    plain = _plain(cell)
    if not plain or len(plain) > 24:
        return None
    if plain in _PARTS:
        return _PARTS[plain]
    if _NOT_PERSONAL.search(plain):
        return None
    for word, found in _words():
        if word in plain and (len(word) > 3 or not word.isascii() or plain.startswith(word)):
            if found == "name" and ("カナ" in plain or "フリガナ" in plain):
                return "name_kana"
            return found
    return None


def kinds(cells: list[str]) -> list[str | None] | None:
    """The kinds of a header row's cells, or None when the row is no header.

    A header names at least two kinds (one, if it has no more than two cells) and holds hardly any long number.
    """
    found = [kind(cell) for cell in cells]
    named = sum(item is not None for item in found)
    if named < (2 if len(cells) > 2 else 1):
        return None
    if sum(bool(re.search(r"\d{5}|\d{4}[-/]\d", cell)) for cell in cells) * 2 > named:
        return None
    return found
