"""Words of column headers -> kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import pairwise

from forensics.personal.evidence import STRONG
from forensics.personal.fold import compose, fold
from forensics.personal.identifiers import IDENTIFIERS

NOISE = r"[\s\"'“”()\[\]【】<>《》:*_\u2500-\u257f■□●○◆◇・※\ufeff\ud800-\udfff\x00-\x1f-]"  # in a header means nothing
_NOISE = re.compile(NOISE + "+")
_NOT_PERSONAL = re.compile(
    "会社|法人|事業|続柄|店|商品|品名|課名|銀行名|支店名|施設|学校|部署|所属|担当|役職|金融機関|業者|公印|ファイル|file|user|host|shop|store|company|school|hotel|clinic|hospital|restaurant|office(?!r)"
    "|(?:ip|mac|url|web)_?addr"
)
# Whoever made a work and is named with it: no resident, whatever the name.
_MAKER = re.compile(
    "著者|著作|作者|訳者|編者|編著|筆者|監修|監督|作家|アーティスト|歌手|作曲|作詞|出演|演者|キャスト|俳優|author|artist|compose|writer|director|actor|performer"
)
# Headers of what only looks like a person's: numbers of papers and goods, days of business.
OTHER_NUMBER = re.compile(
    "(?:注文|受注|発注|伝票|管理|送り状|追跡|問い?合わ?せ|契約|見積|納品|製造|整理|商品|製品|請求|取引|品目|貨物|配送|機器)(?:番号|no|id|コード)"
    "|品番|型番|シリアル|serial|バーコード|jan|order|invoice|sku|imei|tracking"
)
_OTHER_DATE = re.compile(
    "^(?:日付|月日|年月日|日時|date)$|(?:返却|持ち?出し?|貸出|返納|使用|利用|作業|廃棄|発送|注文|受注|発注|納品|更新|登録|作成|処理|出荷|購入|支払|請求|取引|入庫|出庫|検収|配達|到着|受付|申込|開始|終了|掲載|公開|会議|予定|締切"
    "|発行|発売|放送|上映|開業|開設|開館|設立|創立|竣工|完成|取得|設置|施行|改正|制定|公布|初版|測定|計測|観測|試合|開催|抽せん|抽選|交付|届出|製造|点検|検査|契約|有効|適用|認定|決定|判決|出願|登記|抽出)"
    "(?:年月)?(?:日|日付|日時)"
    "|^(?:就任|退任|在任|着任|離任|任期|就職|退職|採用|入社|退社|入会|退会|入学|卒業|入所|退所|開講|受講)(?:年月)?(?:日|期間)?$"
    "|^(?:opened|founded|established|launched|released|built)(?:_?(?:on|at|date))?$"
    "|納期|期限|日程|(?:order|ship|due|update|create|post|publish|release|issue|expir[ey])(?:d|_)?_?date"
)
# A header of any other date; only where the other cells show that the row is a header.
_ANY_DATE = re.compile("日(?:付|時)?$|(?:date|time|timestamp|[a-z]edat)$")
_A_DATE = re.compile(r"\d|[〇一二三四五六七八九十元]日$")  # itself
_LONG = re.compile(r"\d{5}|\d{4}[-/]\d")  # no word of a header
_AMOUNT = re.compile(
    "金額|支払額|単価|価格|件数|数量|残高|合計|kingaku|amount|price|quantity|balance|total"
)
# Parts of a name or an address in columns of their own; joined before they are read.
SURNAME, GIVEN, SURNAME_KANA, GIVEN_KANA = "surname", "given", "surname_kana", "given_kana"
SURNAME_ROMAJI, GIVEN_ROMAJI = (
    "surname_romaji",
    "given_romaji",
)  # told by the cells, not by the header
PREFECTURE, CITY, STREET = "prefecture", "city", "street"
# Parts of numbers, told by the words and the cells together (divided.py).
BIRTH_ERA, BIRTH_YEAR, BIRTH_MONTH, BIRTH_DAY = ("birth_era", "birth_year", "birth_month", "birth_day")  # fmt: skip
PHONE_AREA, PHONE_EXCHANGE, PHONE_LINE = "phone_area", "phone_exchange", "phone_line"
POST_AREA, POST_TOWN = "post_area", "post_town"
# Kind -> its parts in the order in which they are written together.
PARTS = {
    "name": (SURNAME, GIVEN),
    "name_kana": (SURNAME_KANA, GIVEN_KANA),
    "name_romaji": (SURNAME_ROMAJI, GIVEN_ROMAJI),
    "address": (PREFECTURE, CITY, STREET),
    "birth_date": (BIRTH_ERA, BIRTH_YEAR, BIRTH_MONTH, BIRTH_DAY),
    "phone": (PHONE_AREA, PHONE_EXCHANGE, PHONE_LINE),
    "postcode": (POST_AREA, POST_TOWN),
}
PART_KINDS = tuple(part for parts in PARTS.values() for part in parts)
DIVIDED = frozenset(part for kind in ("birth_date", "phone", "postcode") for part in PARTS[kind])
_PART_WORDS = {
    SURNAME: "姓 氏 苗字 名字 氏名姓 お名前姓 姓漢字 漢字姓 lastname familyname surname sei lname",
    GIVEN: "名 氏名名 お名前名 名漢字 漢字名 firstname givenname givennames forename forenames mei fname",
    SURNAME_KANA: "姓カナ セイ カナ姓 姓フリガナ フリガナ姓 せい 姓かな lastkana familykana seikana lastnamekana familynamekana surnamekana",
    GIVEN_KANA: "名カナ メイ カナ名 名フリガナ フリガナ名 めい 名かな firstkana givenkana meikana firstnamekana givennamekana",
    PREFECTURE: "都道府県 都道府県名 住所都道府県 pref prefecture todofuken",
    CITY: "市区町村 市区町村名 市町村 市町村名 住所市区町村 city municipality shikuchoson 住所1 住所上段 address1 addr1 jusho1",
    STREET: "町名番地 番地 町域番地 町域 町名 丁目番地 以降の住所 住所番地 street streetaddress banchi 住所2 住所下段 address2 addr2 jusho2",
}
_PARTS = {word: part for part, words in _PART_WORDS.items() for word in words.split()}
_OF_A_NAME = {"last": SURNAME, "first": GIVEN}  # keys inside a name; words of much else
_KANA = re.compile("カナ|かな|フリガナ|ふりがな|kana|yomi")
# Words that inside other ones do not stand for their kind.
_EXACT = {"holder": "name", "cardholder": "name", "性": "sex", "税額": "tax_amount", "cn": "name", "保護者": "name", "親権者": "name", "通称": "name", "通称名": "name", "本名": "name", "送付先": "address", "転出先": "address", "転入先": "address", "本籍": "address", "本籍地": "address"}  # fmt: skip


@cache
def _words() -> tuple[tuple[str, str], ...]:
    pairs = [(plain_of(word), item.kind) for item in IDENTIFIERS for word in item.headers]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def plain_of(cell: str) -> str:
    """A header's word as it is compared: folded, small, without what means nothing in it."""
    return _NOISE.sub("", compose(fold(cell)).lower())


def words_of(kinds: AbstractSet[str]) -> frozenset[str]:
    """Words one of which stands in every header that names one of these kinds or parts."""
    words = {word for word, found in (*_words(), *_PARTS.items()) if found in kinds}
    return frozenset(word for word in words if not any(other in word for other in words - {word}))


@lru_cache(maxsize=4096)
def kind(cell: str) -> str | None:
    """The kind a header cell names, or None."""
    plain = plain_of(cell)
    if not plain or len(plain) > 24:
        return None
    if plain in _PARTS:
        return _PARTS[plain]
    if plain in _OF_A_NAME:
        return _OF_A_NAME[plain]
    if plain in _EXACT:
        return _EXACT[plain]
    if _NOT_PERSONAL.search(plain) or _MAKER.search(plain):
        return None
    for word, found in _words():
        if word in plain and (len(word) > 3 or not word.isascii() or plain.startswith(word)):
            if found == "name" and _KANA.search(plain):
                return "name_kana"
            of_a_thing = found == "name_kana" and _THING.search(_KANA.sub("", plain))
            return None if of_a_thing else found
    return None


def is_word(cell: str) -> bool:
    """Is a cell nothing but a word that headers have."""
    plain = plain_of(cell)
    return plain in _PARTS or plain in _EXACT or any(plain == word for word, _ in _words())


@lru_cache(maxsize=4096)
def _other(cell: str, *, is_header: bool) -> str | None:
    plain = plain_of(cell)
    if len(plain) > 24 or any(word in plain for word, _ in _words() if not word.isascii()):
        return None
    if OTHER_NUMBER.search(plain):
        return "number"
    if _MAKER.search(plain):
        return "maker"
    if _OTHER_DATE.search(plain):
        return "date"
    if _AMOUNT.search(plain):
        return "amount"
    if is_header and kind(cell) is None and _ANY_DATE.search(plain) and not _A_DATE.search(plain):
        return "date"
    return None


def others(cells: Sequence[str], *, is_header: bool = False) -> list[str | None]:
    """What else than a person's the cells of a header row name: `number` (of an order), `date` (of business), `maker` (of a work), `animal`.

    is_header: the row is known to be one; then the words of any other date count.
    """
    if any(map(_LONG.search, cells)):
        return [None] * len(cells)
    return [
        "animal" if animal else _other(cell, is_header=is_header)
        for cell, animal in zip(cells, of_animals(cells), strict=True)
    ]


# Kinds that a header of something else speaks against.
AGAINST: dict[str | None, frozenset[str]] = {
    None: frozenset(),
    "number": frozenset({"my_number", "resident_code", "birth_date", "phone", "postcode", "pension_number", "credit_card"}),
    "date": frozenset({"birth_date"}),
    "amount": frozenset({"birth_date", "phone", "postcode", "my_number", "resident_code"}),
    "maker": frozenset({"name", "name_kana"}),
    "animal": frozenset({"name", "name_kana", "birth_date", "sex"}),
}  # fmt: skip


@lru_cache(maxsize=4096)
def against(cell: str) -> frozenset[str]:
    """Kinds that a word speaks against which is known to name a column or a value."""
    return AGAINST[_other(cell, is_header=True)]


def is_other_date(cell: str) -> bool:
    """Does a word name a date of business, in or out of a header row."""
    return _other(cell, is_header=False) == "date"


@lru_cache(maxsize=4096)
def weak(cell: str) -> bool:
    """Does a header say `name` of anything: of a person, a place or goods."""
    plain = plain_of(cell)
    return plain in _WEAK or (plain.endswith("name") and not _PERSON_NAME.search(plain))


_ANOTHER = re.compile("世帯主|配偶者|保護者|親権者|代理|名義|緊急|setainushi|meigi")


@lru_cache(maxsize=4096)
def of_another(cell: str) -> bool:
    """Does a header name somebody beside the person whom a row is about."""
    return _ANOTHER.search(plain_of(cell)) is not None


# Headers that only a list of animals has, and what in one is the animal's or its owner's.
_ANIMALS = re.compile(
    "犬種|猫種|毛色|狂犬病|血統|去勢|避妊|マイクロチップ|性齢|馬齢|調教師|(?:犬|猫|馬|牛|鳥|動物|ペット|ちゃん)の?(?:名|お?なまえ|種類)|breed|species|microchip|petname"
)
_ANIMAL = re.compile("犬|猫|馬|牛|鳥|動物|ペット|ちゃん|pet")
_OWNER = re.compile("飼い?主|飼育者|所有者|保護者|管理者|オーナー|owner")


def of_animals(cells: Sequence[str]) -> list[bool]:
    """Which cells of a header name something of an animal: all False where the table is not one of animals."""
    plain = [plain_of(cell) for cell in cells]
    if not any(map(_ANIMALS.search, plain)):
        return [False] * len(plain)
    named = any(_ANIMAL.search(cell) and kind(cell) == "name" for cell in plain)
    return [
        not _OWNER.search(cell)
        and (
            _ANIMAL.search(cell) is not None
            or kind(cell) in {"birth_date", "sex"}
            or (kind(cell) == "name" and weak(cell) and not named)
        )
        for cell in plain
    ]


_WEAK = frozenset({"名前", "対象者", "申請者", "名称"})
_PERSON_NAME = re.compile(
    "full|customer|person|member|resident|applicant|patient|student|employee|staff"
)


_READINGS = frozenset(
    ["カナ", "かな", "フリガナ", "ふりがな", "よみ", "ヨミ", "よみがな", "ヨミガナ", "読み", "kana", "yomi", "furigana"]
)  # fmt: skip
# What is no person and has a reading in the column behind it.
_THING = re.compile(
    "(?:会社|法人|企業|店|銀行|金融機関|施設|学校|商品|品|業者|駅|町域|町|丁目|地区|自治会|地|路線|病院|医院|書|曲|題|団体|組織|支所)名?$"
)


_SYMBOL_AND_NUMBER = ("記号", "番号")  # of a postal account, or of an insured person
_POSTAL = re.compile("ゆうちょ|郵便貯金|通帳|口座|受取人|名義|振込|金額|預金")
_INSURED = re.compile("保険|患者|受診|負担割合")


def _of_symbol(cells: list[str]) -> str | None:
    """What the columns 記号 and 番号 are, by the other headers."""
    header = plain_of("".join(cells))
    if _INSURED.search(header):
        return "health_insured"
    return "yucho_account" if _POSTAL.search(header) else None


def kinds(cells: list[str]) -> list[str | None] | None:
    """The kinds of a header row's cells, or None when the row is no header.

    A header names at least two kinds (one, if it has no more than two cells or names other things too) and holds
    hardly any long number.
    """
    found = [kind(cell) for cell in cells]
    for place, (before, cell) in enumerate(pairwise(cells), 1):
        if (
            found[place] == "name_kana"
            and plain_of(cell) in _READINGS
            and _THING.search(plain_of(before))
        ):
            found[place] = None
        if (plain_of(before), plain_of(cell)) == _SYMBOL_AND_NUMBER:
            found[place - 1] = found[place] = _of_symbol(cells)
    named = sum(item is not None for item in found)
    strong = not STRONG.isdisjoint(found)
    if named == 1 and len(cells) > 2 and not strong and not any(others(cells, is_header=True)):
        return None
    if not named:
        return None
    if sum(bool(_LONG.search(cell)) for cell in cells) * 2 > named:
        return None
    return found
