"""Tables of public records: of those who stand for a firm or an institution, or hold an office, and of goods."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.personal import checks
from forensics.personal.headers import PARTS, kind, plain_of

# A firm or an institution in its public record, which has its seat (所在地), not where somebody lives.
_OF_FIRM = re.compile(
    "(?:事業者|事業所|事務所|会社|法人|施設|店舗|医療機関|医院|病院|薬局|企業|業者|保育所|学校|園|館|店)名?(?:称)?$|^(?:商号|屋号|名称)|^(?:shop|store|company|school|hotel|clinic|hospital|restaurant|office|facility|temple|branch)(?:name)?$"
)
_HOLDER = re.compile(
    "代表|管理者|開設者|設置者|理事長|施設長|園長|院長|校長|館長|所長|店長|店主|オーナー|住職|宮司|責任者|取締役|^(?:representative|principal|director|manager|president|chief|ceo|owner)(?:name)?$"
)
_AT_HOME = re.compile("住所|自宅|居所|携帯|緊急")
_SEAT = re.compile("^(?:住所|address)[12]?$")  # a firm's beside its holder's name


# What only a list of those who work somewhere has, or who were elected or appear in public.
_EXTENSION, _POST = re.compile("内線|直通|extension"), re.compile("職名|役職|職位|所属|部署|課名")
_OFFICE = re.compile(
    "所在地|控え?室|問い?合わ?せ|会派|議席|政党|党派|選挙区|当選回数|^期数|背番号|守備位置|ポジション|得票"
)


def of_holders(cells: Sequence[str]) -> bool:
    """Is a header that of a public record, whose only names are of those who stand for a firm, or work at its seat or extension."""
    plain = [plain_of(cell) for cell in cells]
    if not {kind(cell) for cell in plain if not _LICENCE.match(cell)} <= OF_OFFICES:
        return False
    named = [cell for cell in plain if _HOLDER.search(cell)]
    firms = [place for place, cell in enumerate(plain) if _is_firm(cell)]
    held = bool(firms and named) and all(cell in named for cell in plain if kind(cell) == "name")
    at_home = [cell for cell in plain if _AT_HOME.search(cell)]
    if at_home:
        unnamed = not any(kind(cell) == "name" or _SOMEBODY.search(cell) for cell in plain)
        first = plain.index(named[0]) if named else len(plain) if unnamed else 0
        return any(place < first for place in firms[:1]) and (held or unnamed) and all(map(_SEAT.match, at_home))  # fmt: skip
    if any(map(_EXTENSION.search, plain)) and any(map(_POST.search, plain)):
        return True
    return held or any(map(_OFFICE.search, plain))


_LICENCE = re.compile("^(?:免許|許可|登録|認可|指定)証?番号$")  # of a trade


def _is_firm(cell: str) -> bool:
    return _OF_FIRM.search(cell) is not None or (cell.endswith("名") and not kind(cell))


# A column of persons who stand for nothing but themselves.
_SOMEBODY = re.compile("[者人]名?$|会員|顧客|客$|様|患者|生徒|児童|飼い?主|世帯主|名義|氏|担当")

# Kinds that an office has too; any other is a resident's.
OF_OFFICES = frozenset({None, "name", "name_kana", "phone", "email", "address", "postcode", "corporate_number", "insurer_number",
                        *(part for whole in ("name", "name_kana", "address") for part in PARTS[whole])})  # fmt: skip

_SHARE = 0.8  # of the cells of a column
_FIRM = re.compile(r"株式会社|有限会社|合同会社|\(株\)|\(有\)|㈱|㈲|法人")


def of_firms(columns: Sequence[Sequence[str]]) -> bool:
    """Is one of the columns, which no header names, one of firms."""
    return any(
        len(cells) > 1 and sum(map(bool, map(_FIRM.search, cells))) >= _SHARE * len(cells)
        for cells in columns
    )


def is_of_goods(cells: Sequence[str]) -> bool:
    """Is a column one of article numbers (EAN-13, ISBN), each with its check digit."""
    return len(cells) > 1 and sum(map(checks.is_article, cells)) >= _SHARE * len(cells)
