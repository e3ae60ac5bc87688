"""Sex, tax and welfare: meaningful only under their header; they raise the severity of a record."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SEX = re.compile(r"男性?|女性?|[12MFmf]|male|female")
_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})+円?|-?\d{1,9}円?")
_FLAG = re.compile(
    r"[0-9]|[有無○×YNyn]|あり|なし|該当|非該当"
    r"|(?:身体障害者手帳|身障手帳|療育手帳|精神障害者保健福祉手帳|精神手帳)?\s*(?:[1-7]級|[ABＡＢ][12１２]?)"
)


def sex(text: str) -> str | None:
    """男 or 女, or their codes, as written."""
    text = text.strip()
    return text if _SEX.fullmatch(text) else None


def amount(text: str) -> str | None:
    """An amount of yen, digits only."""
    text = text.strip()
    return text.replace(",", "").removesuffix("円") if _AMOUNT.fullmatch(text) else None


def flag(text: str) -> str | None:
    """A flag as written."""
    text = text.strip()
    return text if _FLAG.fullmatch(text) else None


SEX = Identifier(
    "sex",
    sex,
    words=("性別",),
    headers=("性別", "sex", "gender", "seibetsu", "seibetu"),
    labelled=True,
)
TAX = Identifier(
    "tax_amount",
    amount,
    headers=(
        "住民税額",
        "住民税",
        "市民税",
        "所得割",
        "均等割",
        "年税額",
        "課税額",
        "所得額",
        "juminzei",
        "tax_amount",
    ),
    labelled=True,
)
WELFARE = Identifier(
    "welfare_flag",
    flag,
    headers=("生活保護", "生保", "児童手当", "障害", "非課税", "扶養区分"),
    labelled=True,
)
