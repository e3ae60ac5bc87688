"""Dates in running text that may be of birth: under their label, or far from a day of business."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.personal.evidence import LABEL
from forensics.personal.identifiers import birth_date
from forensics.personal.labels import Candidate, Labels

RECENT_YEARS = 12  # an unlabelled date as young as this is rather a day of business
OF_TODAY = 0.2  # score of such a date
_DATE = re.compile(
    r"[1-5MTSHRmtshr明大昭平令](?<![0-9A-Za-z_].)(?<![0-9A-Za-z][-.+/].)(?<![0-9]:.)(?:"
    + birth_date.REST
    + r")(?:(?![0-9])(?![-.+:][0-9])(?!/[0-9](?!\d{0,4}[-(]\d))|(?<=-\d\d)(?=0\d{1,4}-\d))(?![ T]\d{1,2}:\d\d|[ T]\d\d\d\d(?:\d\d)?(?![\d-]))(?! ?\([月火水木金土日]\))",
    re.DOTALL,
)


_BEHIND_NAME = re.compile(r"[\u3005\u3041-\u9fff]\($")
_BRACKETED = 1.3  # score of a date in brackets right behind a word, as in 山田太郎(1985/4/1)
_LONG_DATE = re.compile("[年/.-]")
# A period has two ends: of somebody's life, of a term.
_UNTIL = re.compile(
    r" ?[-~〜] ?(?:(?:18|19|20)\d\d[-/.年]|明治|大正|昭和|平成|令和|\))|[~〜]\d{1,2}月| ?\? ?(?:(?:19|20)\d\d[-/.年]|明治|大正|昭和|平成|令和)"
)
_SINCE = re.compile(r"[\d日] ?[-~〜] $|[\d日][~〜]$|日-$|\d \? $|日\?$")
# What happened on a day, behind it in its brackets: (1990年6月28日 入団).
_HAPPENED = re.compile(r" (?![^()\n]{0,8}[生歳才男女父母妻夫子孫])[\u3041-\u9fff]{2,8}\)")
# What a day of business is called, right before it.
_DATED = re.compile(
    "(?:交付|発行|有効期限|期限|受付|届出|申請|決定|認定|施行|改正|公布|更新|登録|作成|取得|異動|転入|転出|死亡|生誕|死没|死去|没|命|発売|発送|購入|納品|契約|開始|終了|期間|日時|締切|提出|設立|創業|創立|開業|竣工|完成|指定|DTSTART|DTEND|DTSTAMP|CREATED|MODIFIED)"
    "(?:年月日|日付|日時|日)?[ :は】)\\]]{0,6}$"
    "|[\u3400-\u9fff](?<![月生])日(?:付|時)?[ :は]{0,2}$|[\u3041-\u9fff](?<!生)年月日[ :は]{0,2}$"
)


_DATED_AFTER = re.compile(
    r" ?(?:第\d{1,3}[刷版]|初版|発行|発売|刊|設立|創[業立刊]|開業|開館|竣工|制定|施行|公布|改正|判決|開会|閉会|付け?(?!近)|現在|時点|締切|まで|以[降後前]|死亡|逝去|没(?!収)|(?:から|より|に)?(?:施行|適用|実施|公布|[就退]任)|合併|編入|市制|町制|村制)"
)
# What is said of a film, a song, a book, right before its day.
_WORK = re.compile(
    "(?:公開|封切り?|放送|放映|上映|初演|初出|初回|発表|撮影|収録|録音|配信|連載|結成|開店|開園|開校|落成|完工|着工|起工|創設|制作|製作)(?:開始|日)?[ :は/]{0,6}$"
)


def _of_a_work(text: str, match: re.Match[str]) -> bool:
    """Is a date said to be that of a work or a building."""
    return _WORK.search(text, max(0, match.start() - 12), match.start()) is not None


_AGED = re.compile(r" ?[(]?(?:満 ?)?\d{1,3} ?[歳才]")  # an age stands behind a birth date


_ENGLISH_DATE = re.compile(rf"(?<![\w.])(?:{birth_date.ENGLISH})(?!\d)")


def _english_dates(text: str, labels: Labels) -> Iterator[Candidate]:
    """Dates with the month's name, as passports have them; only under their label, for that is how others are written too."""
    for match in _ENGLISH_DATE.finditer(text) if labels.any("birth_date") else ():
        value = birth_date.value(match[0])
        if value and "birth_date" in labels.kinds(match.start()):
            yield Candidate("birth_date", *match.span(), value, LABEL, labelled=True)


def in_text(text: str, labels: Labels, year: int) -> list[Candidate]:
    """Dates that may be of birth. year: the case's."""
    out = list(_english_dates(text, labels))
    for match in _DATE.finditer(text):
        value = birth_date.value(match[0])
        if value is None:
            continue
        kinds = labels.kinds(match.start())
        after = text[match.end() : match.end() + 4].lstrip(") ")
        labelled = "birth_date" in kinds or after.startswith("生")
        if not after.startswith("生") and _DATED.search(text, max(0, match.start() - 12), match.start()):  # fmt: skip
            continue
        if _UNTIL.match(text, match.end()) or _SINCE.search(text, max(0, match.start() - 8), match.start()):  # fmt: skip
            continue
        if not labelled and _HAPPENED.match(text, match.end()):
            continue
        if not labelled and (_DATED_AFTER.match(text, match.end()) or _of_a_work(text, match)):
            continue
        labelled = labelled or _AGED.match(text, match.end()) is not None
        separated = bool(_LONG_DATE.search(match[0]))
        if len(match[0]) == 7 and not separated and not labelled and match[0].isdigit():
            score = 0.3
        else:
            score = 1.0 if labelled or re.match("[^0-9]", match[0]) else 0.5
        if not labelled and int(value[:4]) > year - RECENT_YEARS:
            score = OF_TODAY
        elif _BEHIND_NAME.search(
            text, max(0, match.start() - 2), match.start()
        ) and text.startswith(")", match.end()):
            score = _BRACKETED
        out.append(
            Candidate(
                "birth_date", match.start(), match.end(), value, score + 0.6 * labelled, labelled
            )
        )
    return out
