"""Whether the candidates of one person are a record, an example, or what anybody may know."""

from __future__ import annotations

import re

from forensics.personal import offices
from forensics.personal.evidence import (
    ACCEPT,
    NAMES,
    PUBLIC,
    SAMPLE_GIVEN,
    STRONG,
    accepted,
)
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
    if offices.in_public(bare, group) or offices.at_office(bare, group):
        return score, "public"
    if not accepted(kinds, labelled):
        return score, "alone"
    if score < ACCEPT and not strong:
        return score, "low_score"
    around = bare[max(0, group[0].start - 80) : group[-1].end + 20]
    if SAMPLE.search(around) and (not strong or sample_name(group)):
        return score, "sample"
    return score, ""


def sample_name(group: list[Candidate]) -> bool:
    """Does somebody in it bear a name that examples have: 太郎, 花子."""
    return any(item.kind in {"name", "name_kana"} and item.value.endswith(SAMPLE_GIVEN)
               for item in group)  # fmt: skip


_NAMELESS = ({"my_number", "birth_date", "phone"}, {"my_number", "birth_date", "address"})


def _compact(group: list[Candidate]) -> bool:
    """A true My Number, a birth date and a telephone or address side by side: the name is cut or unreadable."""
    kinds = {item.kind for item in group}
    return any(needed <= kinds for needed in _NAMELESS) and group[-1].end - group[0].start <= 80
