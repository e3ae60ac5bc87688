"""What the columns of a paper mean, by the words of their headers (domain 6.1)."""

from __future__ import annotations

import re

HEADER_ROWS_MAX = 40  # rows at the top among which the header is looked for

# Roles in the order tried; the first pattern that is found names a column.
_START = (
    ("due_both", "返[却納]予定(年月)?日時|返[却納]期限日時"),
    ("due_time", "返[却納](予定|期限)時[刻間]"),
    ("due_date", "返[却納](予定|期限)(年?月)?日?|貸出期限|due"),
    ("until_both", "返[却納](年月)?日時|return(ed)? ?(date ?)?time"),
    ("erase_check", "消去確認|消去の?有無|データ消去$"),
    ("return_check", "返却確認|返却.*(確認者|印)"),
)
_BOTH = "日時|持出(年月)?日時|datetime|timestamp"
_ROLES: dict[str, tuple[tuple[str, str], ...]] = {
    "media_register": (
        ("serial", "シリアル|製造番号|s/?n\\b|serial"),
        ("until_date", "(廃棄|抹消|除却)(?!予定)"),
        ("date", "登録(年月)?日|購入(年月)?日|登録日時|取得日"),
        ("item", "管理番号|登録番号|媒体番号|整理番号|^番号$|^no\\.?$|^id$"),
        ("encryption", "暗号"),
        ("capacity", "容量"),
        ("person", "責任者|管理者|保管者|使用者"),
        ("office", "課|所属|部署|保管場所"),
        ("model", "メーカ|型番|製品|種別|種類|機種"),
    ),
    "take_out": (
        *_START,
        (
            "action",
            "^(処理|出納|貸出|受払|異動|取引)?(区分|種別)$|^(持ち?出し?|貸出)[/／]?返却$|出納$|^action$|in/out",
        ),
        ("until_date", "返[却納](年?月)?日"),
        ("until_time", "返[却納]時[刻間]"),
        ("approved_date", "(承認|許可|決裁)(年?月)?日時?$"),
        ("approver", "承認|課長|許可|決裁"),
        ("person", "持ち?出し?者|使用者|利用者|借用者|担当者|氏名|名前"),
        ("room", "持ち?出し?先|行き?先|使用場所|場所"),
        ("both", f"{_BOTH}|期間"),
        ("date", "日付|年月日|(持ち?出し?|貸出)(年?月)?日|^月日$|^date$"),
        ("time", "時[刻間]|^time$"),
        ("serial", "シリアル|製造番号|serial"),
        ("item", "管理番号|登録番号|媒体番号|媒体|機器|^番号$|^no\\.?$"),
        ("purpose", "目的|用務|理由"),
        ("encryption", "暗号"),
        ("transport", "搬送|運搬|ケース"),
        ("contents", "内容|情報|件数|データ"),
    ),
    "room_log": (
        ("item", "カード|card|id"),
        ("person", "氏名|名前|入室者|name"),
        ("until_both", "退[室館出]日時"),
        ("until_time", "退[室館出](時[刻間])?$"),
        ("action", "区分|入退|方向|種別|in/out"),
        ("time", "入[室館場](時[刻間])$"),
        ("both", "日時|datetime|timestamp"),
        ("date", "日付|年月日|月日|^date$|^日$"),
        ("time", "時[刻間]|^time$"),
        ("room", "ゲート|扉|部?室|区画|場所|gate|door"),
        ("office", "所属|会社|課"),
        ("result", "結果|result"),
    ),
    "cards": (
        ("person", "氏名|名前"),
        ("until_date", "返[却納]|回収|失効|終了|廃止|停止|有効期限|until|end"),
        ("date", "[貸付交]与日|貸与|発行|交付|登録日|開始|付与|from|start"),
        ("item", "カード|id|番号|アカウント|ユーザ|ログイン"),
        ("person", "利用者|使用者|保持者|name"),
        ("office", "所属|会社|課|部署"),
        ("room", "権限|区画|ゾーン|エリア|role"),
        ("state", "状態|状況|備考|status"),
    ),
    "approvals": (
        ("number", "承認番号|番号|^no\\.?$"),
        ("date", "承認(年月)?日|申請(年月)?日|日付|年月日"),
        ("period", "期間"),
        ("subject", "委託業務|業務|件名"),
        ("office", "再委託先|受託者|会社|事業者"),
        ("personal_data", "個人情報"),
        ("reason", "理由"),
    ),
    "erasure": (
        ("serial", "シリアル|製造番号|serial"),
        ("method", "方式|方法|method"),
        ("software", "ソフト|software"),
        ("both", "日時"),
        ("date", "実施日|消去(年月)?日|日付|年月日|date"),
        ("time", "時[刻間]"),
        ("witness", "立会"),
        ("person", "実施者|作業者|担当者"),
        ("issuer", "発行"),
        ("contents", "対象データ|データ"),
        ("item", "管理番号|対象(機器|媒体)|媒体|機器|番号"),
        ("result", "結果|result"),
    ),
}
_ROLES["accounts"] = _ROLES["cards"]
KINDS = tuple(_ROLES)
_COMPILED = {
    kind: [(role, re.compile(pattern)) for role, pattern in roles] for kind, roles in _ROLES.items()
}


def roles(kind: str, header: list[str]) -> dict[str, int]:
    """Role -> column of a header row; a role is given to its first column only."""
    found: dict[str, int] = {}
    for column, cell in enumerate(header):
        text = re.sub(r"[\s()【】\[\]・]", "", cell).lower()
        if not text or len(text) > 40:
            continue
        for role, pattern in _COMPILED[kind]:
            if role not in found and pattern.search(text):
                found[role] = column
                break
    return found


FORMS = ("take_out", "approvals", "erasure")  # papers that are also one form for each entry
FORM_ROLES_MIN = 3


def forms(kind: str, rows: list[list[str]]) -> list[tuple[int, list[str], list[str]]]:
    """Forms: labels, each with its value in the next cell of its row. Gives first row (1 = top), labels, values.

    Empty where a row of headers says more. A form ends where a label comes again.
    """
    out: list[tuple[int, dict[str, tuple[str, str]]]] = []
    for number, row in enumerate(rows if kind in FORMS else [], 1):
        cells = [cell for cell in row if cell]
        places = roles(kind, cells)
        if len(places) > (len(cells) + 1) // 2:
            continue  # a row of headers
        for role, place in sorted(places.items(), key=lambda entry: entry[1]):
            value = cells[place + 1] if place + 1 < len(cells) else ""
            if not out or role in out[-1][1]:
                if not value:
                    continue  # a title
                out.append((number, {}))
            out[-1][1][role] = cells[place], value
    found = [entry for entry in out if len(entry[1]) >= FORM_ROLES_MIN]
    best = header(kind, rows)
    if not found or (best and len(best[1]) >= max(len(said) for _, said in found)):
        return []
    return [
        (number, [label for label, _ in said.values()], [value for _, value in said.values()])
        for number, said in found
    ]


def of_sheet(kind: str, titles: list[list[str]], name: str) -> dict[str, str]:
    """What the rows above the header, else the sheet's name, say of all its rows: number and serial of its medium.

    A sheet for each medium has them once, as `管理番号：U-05` in one cell or in two.
    """
    found: dict[str, str] = {}
    for row in titles:
        cells = [cell for cell in row if cell]
        for cell, after in zip(cells, [*cells[1:], ""], strict=True):
            caption, colon, value = re.sub(r"\s*[:：=]\s*", ":", cell, count=1).partition(":")
            roles_there = roles(kind, [caption]) if colon or after else {}
            for role in ("item", "serial"):
                if role in roles_there and (value or after):
                    found.setdefault(role, value or after)
    if not found and _NUMBER.fullmatch(name.strip()):
        found["item"] = name.strip()
    return found


_NUMBER = re.compile(
    r"(?!(?i:sheet|r|h)[\d.年/-]+$)[A-Za-zＡ-Ｚ一-龥]{1,6}[-－_ ]?[0-9０-９]{1,6}"
)  # U-05, 媒体3


def header(kind: str, rows: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """Number of rows down to and with the header, and its roles; None where there is none.

    Headers of two lines are read as one: the upper cell goes before the lower one.
    """
    best: tuple[int, int, dict[str, int]] | None = None
    for place in range(min(len(rows), HEADER_ROWS_MAX)):
        one = roles(kind, rows[place])
        width = max(len(rows[place]), len(rows[place - 1]) if place else 0)
        upper, spread = [*rows[place - 1], *[""] * width][:width] if place else [""] * width, ""
        merged = []
        for above, below in zip(upper, [*rows[place], *[""] * width][:width], strict=True):
            spread = above or spread
            merged.append(below if below == above else f"{spread if below else above}{below}")
        two = roles(kind, merged) if place else {}
        for found in (one, two):
            if len(found) >= 2 and (best is None or len(found) > best[0]):
                best = (len(found), place + 1, found)
    return None if best is None else best[1:]
