"""Words of column headers -> kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from forensics.personal.fold import compose, fold
from forensics.personal.identifiers import IDENTIFIERS

_NOISE = re.compile(r"[\s\"'“”()\[\]【】<>《》:*_\ufeff\ud800-\udfff\x00-\x1f-]+")
_NOT_PERSONAL = re.compile(
    "会社|法人|事業|店|商品|品名|課名|銀行名|支店名|施設|学校|部署|所属|担当|役職|金融機関|業者|公印|ファイル|file|user|host"
)
# Headers of what only looks like a person's: numbers of papers and goods, days of business.
OTHER_NUMBER = re.compile(
    "(?:注文|受注|発注|伝票|管理|送り状|追跡|問い?合わ?せ|契約|見積|納品|製造|整理|商品|製品|請求|取引|品目|貨物|配送|機器)(?:番号|no|id|コード)"
    "|品番|型番|シリアル|serial|バーコード|jan|order|invoice|sku|imei|tracking"
)
_OTHER_DATE = re.compile(
    "^(?:日付|月日|年月日|日時|date)$|(?:返却|持ち?出し?|貸出|返納|使用|利用|作業|廃棄|発送|注文|受注|発注|納品|更新|登録|作成|処理|出荷|購入|支払|請求|取引|入庫|出庫|検収|配達|到着|受付|申込|開始|終了|掲載|公開|会議|予定|締切)(?:年月)?(?:日|日付|日時)"
    "|納期|期限|日程|(?:order|ship|due|update|create|post)(?:d|_)?_?date"
)
_LONG = re.compile(r"\d{5}|\d{4}[-/]\d")  # no word of a header
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


@lru_cache(maxsize=4096)
def _other(cell: str) -> str | None:
    plain = _plain(cell)
    if len(plain) > 24 or any(word in plain for word, _ in _words() if not word.isascii()):
        return None
    if OTHER_NUMBER.search(plain):
        return "number"
    return "date" if _OTHER_DATE.search(plain) else None


def others(cells: Sequence[str]) -> list[str | None]:
    """What else than a person's the cells of a header row name: `number` (of an order), `date` (of business)."""
    return (
        [None] * len(cells) if any(map(_LONG.search, cells)) else [_other(cell) for cell in cells]
    )


def kinds(cells: list[str]) -> list[str | None] | None:
    """The kinds of a header row's cells, or None when the row is no header.

    A header names at least two kinds (one, if it has no more than two cells) and holds hardly any long number.
    """
    found = [kind(cell) for cell in cells]
    named = sum(item is not None for item in found)
    if named < (2 if len(cells) > 2 else 1):
        return None
    if sum(bool(_LONG.search(cell)) for cell in cells) * 2 > named:
        return None
    return found
