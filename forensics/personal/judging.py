"""Whether the candidates of one person are a record, an example, or what anybody may know."""

from __future__ import annotations

import re

from forensics.personal.evidence import (
    ACCEPT,
    NAMES,
    PUBLIC,
    SAMPLE_GIVEN,
    STRONG,
    accepted,
)
from forensics.personal.identifiers.phone import MOBILE
from forensics.personal.labels import Candidate

COMPANY_REACH = 40

COMPANY = re.compile(
    "株式会社|有限会社|合同会社|財団法人|社団法人|御中|代表|センター|市役所|区役所|役場|図書館|消防|本社|支社|営業所|事務所|部署|所属|記者会見|局長|問い合わせ|問合せ"
)
SAMPLE = re.compile(
    "(?:記入|記載|入力|書き方)の?例|見本(?![都道府県市区町村])|サンプル|sample|例:|例：|assert|dummy|テストデータ|【例】|ダミー"
    "|[\t,|] ?(?:記入|設定|入力)?例 ?(?:[\t,|\n]|$)|(?:テスト|ミホン) ?(?:[一次三太]郎|花子|タロウ|ハナコ|ユーザ)",
    re.IGNORECASE,
)


def judge(bare: str, group: list[Candidate]) -> tuple[float, str]:
    """Score of a group and the reason for its rejection, empty when it is a record.

    bare: the text with all candidates blanked.
    """
    kinds = {item.kind for item in group}
    labelled = {item.kind for item in group if item.labelled}
    if not kinds - PUBLIC:
        return 0.0, "public"
    best: dict[str, float] = {}
    for item in group:
        best[item.kind] = max(best.get(item.kind, 0.0), item.score)
    score = sum(best.values())
    if _compact(group):
        return score, ""
    before = bare[max(0, group[0].start - COMPANY_REACH) : group[0].start]
    if COMPANY.search(before) and not labelled & (STRONG | NAMES):
        score -= 1.2
    strong = any(item.kind in STRONG and item.labelled for item in group)
    if _in_public(bare, group) or _at_office(bare, group):
        return score, "public"
    if not accepted(kinds, labelled):
        return score, "alone"
    if score < ACCEPT and not strong:
        return score, "low_score"
    around = bare[max(0, group[0].start - 80) : group[-1].end + 20]
    if SAMPLE.search(around) and (not strong or sample_name(group)):
        return score, "sample"
    return score, ""


# Who appears in public: a lecturer, a musician, a mayor. The place and telephone beside the name are an office's.
_ROLE = re.compile(
    "(?:代表取締役|代表社員|代表者?|取締役|住職|宮司|店主|店長|支店長|所長|局長|署長|主宰|理事長|社長|著 {0,2}者|編 {0,2}者|訳 {0,2}者|監修者?|発 {0,2}行 {0,2}[者人]|編集[者人]|講師|指揮|独唱|独奏|演奏|ピアノ|バイオリン|司会|朗読|登壇者?|出演者?|副?市長|副?区長|町長|村長|知事|議長|教育長|学長|館長|校長|園長|院長)(?:の|[ :]{0,2}|[ :][\u3400-\u9fff]{1,3})\\??$"
)
_OF_ALL = frozenset({"name", "name_kana", "address", "phone", "postcode", "email", "birth_date"})


def _in_public(bare: str, group: list[Candidate]) -> bool:
    """Are those named only named with a public role, with nothing that is their own: mobile telephone, birth date under its label."""
    named = [item for item in group if item.kind == "name"]
    return (
        bool(named)
        and all(_ROLE.search(bare, max(0, item.start - 12), item.start) for item in named)
        and {item.kind for item in group} <= _OF_ALL
        and not any(item.kind == "phone" and item.value.startswith(MOBILE) for item in group)
        and not any(item.kind == "birth_date" and item.labelled for item in group)
    )


def _at_office(bare: str, group: list[Candidate]) -> bool:
    """Is a name followed on its line by the firm whose place and telephone come next: a list of lawyers or physicians."""
    named = next((item for item in group if item.kind == "name"), None)
    if named is None or not {item.kind for item in group} <= _OF_OFFICE:
        return False
    mobile = any(item.kind == "phone" and item.value.startswith(MOBILE) for item in group)
    following = min((item.start for item in group if item.start > named.end), default=named.end)
    return not mobile and _OFFICE_NAME.match(bare, named.end, following) is not None


_OF_OFFICE = frozenset({"name", "name_kana", "address", "phone", "postcode", "email"})
_OFFICE_NAME = re.compile(
    "[^\n]{0,40}(?:事務所|医院|クリニック|病院|診療所|歯科|薬局|株式会社|有限会社|\\(株\\)|㈱|商店|工務店|研究所|大学|学校|教室|道場)[ ,\t|:〒]{1,6}(?:(?:TEL|電話)[ :]{0,2})?$"
)


def sample_name(group: list[Candidate]) -> bool:
    """Does somebody in it bear a name that examples have: 太郎, 花子."""
    return any(item.kind in {"name", "name_kana"} and item.value.endswith(SAMPLE_GIVEN)
               for item in group)  # fmt: skip


_NAMELESS = ({"my_number", "birth_date", "phone"}, {"my_number", "birth_date", "address"})


def _compact(group: list[Candidate]) -> bool:
    """A true My Number, a birth date and a telephone or address side by side: the name is cut or unreadable."""
    kinds = {item.kind for item in group}
    return any(needed <= kinds for needed in _NAMELESS) and group[-1].end - group[0].start <= 80
