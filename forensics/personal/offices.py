"""Public records in free text: who is named for a post or a firm, and what is an office's own.

The place and telephone beside a lecturer, a mayor or a firm's president are the office's. What nobody holds for an office
(a mobile telephone, a birth date under its label) makes the record a person's all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.personal.evidence import NAMES
from forensics.personal.identifiers.phone import MOBILE
from forensics.personal.labels import LINE_REACH, Candidate

OF_SEATS = frozenset({"address", "phone", "postcode", "email"})
_OF_OFFICE = OF_SEATS | NAMES
_OF_ALL = _OF_OFFICE | {"birth_date"}
_NAMED = NAMES | {"name_romaji"}

_FIRM = r"(?:株式会社|有限会社|合同会社|合資会社|\(株\)|\(有\)|\(同\)|㈱|㈲)"
# How the name of an institution ends.
_SEAT = (
    "(?:(?:財団|社団|学校|福祉|医療|宗教|営利活動)法人|事務所|事業所|営業所|出張所|支所|支店|支社|本社|本店|本部|事務局|役所|役場|県庁|庁舎"
    "|公民館|会館|集会所|図書館|美術館|博物館|体育館|ホール|センター|病院|医院|診療所|クリニック|薬局|歯科|整形外科|内科|眼科|産婦人科|小児科"
    "|学校|大学|高校|学園|学院|幼稚園|保育園|保育所|こども園|研究所|警察署|交番|駐在所|消防署|分署|詰所|屯所|神社|教会|公社|行政書士法人"
    "|商店|工務店|書店|新聞社|出版社|郵便局|銀行|信用金庫|公証役場|教室|道場|スタジオ|連合会|協議会|協会|組合|商工会)"
)
# Counters of one, which have no name: the words before the telephone of an office.
_COUNTER = "(?:(?<!ご)予約|申し?込み?先?|お?問い?合わ?せ先?|受付|主催|会場|控え?室|窓口|担当課|勤務先|(?:提出|応募|投稿|投句|送付|寄付|寄附|納入|販売)先|代表電話|\\(代表?\\)|代表|直通)"
_LABEL = (
    "(?:[ :,|/()〒\t]|所在地|住所|(?:TEL|Tel|tel|FAX|Fax)\\.?|電話(?:番号)?|℡|☎|E-?mail|メール|は)*"
)
_PRIVATE = re.compile("自宅|携帯|実家|本人|緊急|様|さん|殿|保護者|宅(?=[ :電TtＴ])|号室|寮")
_SEAT_BEFORE = re.compile(f"(?:{_SEAT}|{_FIRM}[^ \\d]{{0,12}}){_LABEL}$")
_SECTION_BEFORE = re.compile(
    f"[\u3400-\u9fff]{{2,8}}[部課係局室署] ?(?:電話|TEL|直通|内線){_LABEL}$"
)
_SEAT_NEAR = re.compile(f"(?:{_SEAT}|{_FIRM})[^\n]{{0,24}}$")
_SEAT_AFTER = re.compile(rf" ?\([^()\n]{{0,12}}{_SEAT}\)")
_COUNTER_BEFORE = re.compile(f"{_COUNTER}{_LABEL}$")
_HEADING = re.compile(
    rf"[ \t■□●○◆◇・【\[(]{{0,4}}(?:[^\n:]{{0,24}}(?:{_SEAT}|{_COUNTER})|[^\n:]{{0,20}}{_FIRM}[^\n:]{{0,16}})[^\n\d:]{{0,10}}[ :】\])]{{0,3}}"
)
_BLANKS = re.compile(" {2,}")


def seats(bare: str, lines: Sequence[list[Candidate]]) -> set[int]:
    """Where candidates begin that are an office's own: its place or telephone behind its name or the word for its counter.

    bare: the text with all candidates blanked; lines: its candidates line by line. A line that is nothing but the
    heading of an office speaks for the lines below it that name nobody.
    """
    out: set[int] = set()
    below = NOWHERE  # the line begins that goes on with an office's
    for place, line in enumerate(lines):
        first, last = line[0].start, line[-1].end
        start = bare.rfind("\n", max(0, first - LINE_REACH), first) + 1
        end = bare.find("\n", last, last + LINE_REACH) + 1 or NOWHERE
        headed = not _of_person(line) and (
            start == below
            or _under_heading(bare, start)
            or _under_list(bare, lines[max(0, place - _LIST_MIN) : place], line)
        )
        name = max((item.start for item in line if item.kind in _NAMED), default=NOWHERE)
        named = None  # where the name before ends
        for item in line:
            own = headed or _of_seat(bare, start, item, named, name > item.start)
            if own and item.kind in OF_SEATS and not mobile(item):
                out.add(item.start)
            named = item.end if item.kind in _NAMED else named
        if headed:
            below = end
    return out


def mobile(item: Candidate) -> bool:
    """Is it a mobile telephone, which an office has not."""
    return item.kind == "phone" and item.value.startswith(MOBILE)


def _of_person(line: list[Candidate]) -> bool:
    return any(item.kind not in OF_SEATS or mobile(item) for item in line)


def _under_heading(bare: str, start: int) -> bool:
    above = bare.rfind("\n", 0, max(0, start - 1)) + 1
    return start > 0 and _HEADING.fullmatch(bare, above, start - 1) is not None


def _under_list(bare: str, above: Sequence[list[Candidate]], line: list[Candidate]) -> bool:
    """Does a line with a word for its place or telephone stand right below lines of names alone, which all have none."""
    names, end = 0, line[0].start
    for other in reversed(above[-_LIST_MIN:]):
        between = bare[other[-1].end : end]
        if (
            not 1 <= between.count("\n") <= _LIST_GAP
            or "\n\n" in between
            or {item.kind for item in other} != {"name"}
        ):
            break
        names, end = names + len(other), other[0].start
    if names < _LIST_MIN:
        return False
    begin = bare.rfind("\n", 0, line[0].start) + 1
    said = bare[begin : line[0].start]
    return _WORD.search(said) is not None and not _OWN_WORD.search(said)


_LIST_MIN, _LIST_GAP = 3, 2  # names; line ends between two, of whom one is in no dictionary
_WORD = re.compile("[\u3041-\u30ff\u3400-\u9fff]{2}")
_OWN_WORD = re.compile(f"住所|電話|連絡先|居所|〒|TEL|Tel|tel|{_PRIVATE.pattern}")


def _of_seat(bare: str, start: int, item: Candidate, named: int | None, is_named: bool) -> bool:
    """Does the name of an institution or its counter stand before a candidate of a line, behind the person before it.

    named: where the name before it ends, None without one; is_named: does a name follow.
    """
    if item.kind not in OF_SEATS:
        return False
    if _SEAT_AFTER.match(bare, item.end):
        return True
    begin = max(start if named is None else named, item.start - _REACH)
    before = _BLANKS.sub(" ", bare[begin : item.start])[-80:]
    if _PRIVATE.search(before):
        return False
    if named is not None:
        return bool(_SEAT_BEFORE.search(before) or _COUNTER_BEFORE.search(before))
    if is_named:
        return _SEAT_BEFORE.search(before) is not None
    return any(shape.search(before) for shape in (_SEAT_NEAR, _COUNTER_BEFORE, _SECTION_BEFORE))


NOWHERE = -1
_REACH = 600  # characters, blanks of candidates among them


# Who appears in public: a lecturer, a musician, a mayor.
_POST = (
    "代表取締役|代表社員|代表者?|取締役|住職|宮司|店主|店長|支店長|所長|局長|署長|主宰|理事長|社長|著 {0,2}者|編 {0,2}者|訳 {0,2}者|監修者?|発 {0,2}行 {0,2}[者人]"
    "|編集[者人]|講師|指揮|独唱|独奏|演奏|ピアノ|バイオリン|司会|朗読|登壇者?|出演者?|副?市長|副?区長|町長|村長|知事|議長|教育長|学長|館長|校長|園長|院長"
    "|支配人|(?:主任|監理)技術者|現場代理人|責任者|部長|課長|係長|室長|次長|分団長|責任著者|候補者|開設者|管理者|管理薬剤師|取引士|オーナー|教授|議員|(?:弁護|税理|司法書|行政書|会計|労務|弁理|建築|調査)士"
    "|(?:学芸|研究|調査|審査|監査委|教育委)員|裁判長|裁判官|判事|検事|主査|主事|理事|監事|幹事|教諭|司書"
)
_MAKER = "作曲|編曲|作詞|作・編曲|脚本|演出|撮影|構成|監督|原作|装丁|翻訳|振付"
_POST_KEY = (
    "representative|principal|headmaster|director|manager|president|chairman|chief|ceo|owner"
)
_ROLE = re.compile(
    f"(?:{_POST}|{_MAKER})(?:の?氏名[ :]{{0,2}}|の|[ :]{{0,2}}|[ :][\u3400-\u9fff]{{1,3}} ?)\\??$|(?:(?<![a-z])(?i:{_POST_KEY})(?:_?[Nn]ame)?|{_POST})[\"'>]?\\s?[:=]?\\s?[\"']?$"
)


def in_public(bare: str, group: list[Candidate]) -> bool:
    """Are those named only named with a public role, with nothing that is their own: mobile telephone, birth date under its label."""
    named = [item for item in group if item.kind == "name"]
    return (
        bool(named)
        and all(_ROLE.search(bare, max(0, item.start - 18), item.start) for item in named)
        and {item.kind for item in group} <= _OF_ALL
        and not any(mobile(item) for item in group)
        and not any(item.kind == "birth_date" and item.labelled for item in group)
    )


def at_office(bare: str, group: list[Candidate]) -> bool:
    """Is a name preceded or followed on its line by the firm whose place and telephone come next: a list of lawyers or physicians."""
    named = next((item for item in group if item.kind == "name"), None)
    if named is None or not {item.kind for item in group} <= _OF_OFFICE or any(map(mobile, group)):
        return False
    following = min((item.start for item in group if item.start > named.end), default=named.end)
    if _OFFICE_NAME.match(bare, named.end, following):
        return True
    if _listed_last(bare, group, named):
        return True
    before = bare[max(0, named.start - _HEAD_REACH) : named.start]
    return (
        not _PRIVATE.search(before.rpartition("\n")[2]) and _OFFICE_HEAD.search(before) is not None
    )


def _listed_last(bare: str, group: list[Candidate], named: Candidate) -> bool:
    """Does a line begin with something's name, and somebody's follow behind its place or telephone, after a word for the post."""
    begin = bare.rfind("\n", 0, named.start) + 1
    first = group[0]
    if first is named or first.start < begin:
        return False
    title = bare[begin : first.start]
    return (
        _TITLE.fullmatch(title) is not None
        and not _OF_SOMEBODY.search(title)
        and _POST_WORD.search(bare, first.end, named.start) is not None
    )


_TITLE = re.compile(r"[ \t0-9.・№]{0,6}[^ \t,|:][^,|:\n]{2,24}[ \t,|(]{1,3}")
_OF_SOMEBODY = re.compile(f"住所|電話|〒|TEL|氏名|名前|[者人主先]$|届|{_PRIVATE.pattern}")
_POST_WORD = re.compile(
    r"[ ,\t|](?!氏名|名前|世帯主|本人|[父母妻夫子])[\u30a1-\u30ff\u3400-\u9fff]{2,6}(?<![人者])[ :]{1,2}$"
)
_HEAD_REACH = 60  # characters from a firm's name to its holder's
_OFFICE_NAME = re.compile(
    "[^\n]{0,40}(?:事務所|医院|クリニック|病院|診療所|歯科|薬局|株式会社|有限会社|\\(株\\)|㈱|商店|工務店|研究所|大学|学校|教室|道場|教会|神社|[\u3400-\u9fff]寺)[ ,\t|:〒]{1,6}(?:(?:TEL|電話)[ :]{0,2})?$"
)
# An institution, at most two words for a post, and the name; or a firm on the line above, and at most a department.
_OFFICE_HEAD = re.compile(
    rf"(?:{_SEAT}|{_FIRM}[^\s\d,|]{{0,12}})[ ,\t|:]{{1,3}}(?:[\u3041-\u9fff]{{1,8}}[長者主役士師員任事][ :,\t]{{1,3}}){{0,2}}$"
    rf"|(?:^|\n)[^\n\d:]{{0,20}}{_FIRM}[^\n\d:]{{0,16}}\n(?:[^\n\d:]{{2,24}}\n)?(?:[^\n\d:]{{1,14}} )?$"
)
