"""Cards of address books: vCard, a record each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.personal.lines import Lines
from forensics.personal.named_table import Record

_CARD = re.compile(r"BEGIN:VCARD(.{0,4000}?)END:VCARD", re.DOTALL)
_CARD_LINE = re.compile(
    r"^(?:item\d\.)?(N|FN|TEL|ADR|EMAIL|BDAY|SORT-STRING|X-PHONETIC-LAST-NAME|X-PHONETIC-FIRST-NAME)(?:;[^:\n]*)?:(?:tel:|mailto:)?([^\r\n]+)",
    re.MULTILINE | re.IGNORECASE,
)
_CARD_KEYS = {"FN": ("氏名",), "TEL": ("電話番号",), "EMAIL": ("メール",), "BDAY": ("生年月日",), "N": ("姓", "名"),
              "SORT-STRING": ("フリガナ",), "X-PHONETIC-LAST-NAME": ("姓カナ",), "X-PHONETIC-FIRST-NAME": ("名カナ",),
              "ADR": ("", "", "町名番地", "市区町村", "都道府県", "郵便番号")}  # fmt: skip


_CARD_MANY = ("電話番号", "メール")  # a card may have several, each a column of its own


def records(lines: Lines) -> Iterator[Record]:
    """VCards (RFC 2426, RFC 6350): the parts of N and ADR stand between semicolons."""
    text = lines.text
    if not lines.has(":") or "BEGIN:" not in text:
        return
    for card in _CARD.finditer(text):
        record: Record = []
        for line in _CARD_LINE.finditer(text, *card.span(1)):
            keys, place = _CARD_KEYS[line[1].upper()], line.start(2)
            values = line[2].split(";") if len(keys) > 1 else [line[2]]
            if line[1].upper() == "ADR" and not any(map(str.strip, values[3:5])):
                keys = ("", "", "住所", "", "", "郵便番号")
            for key, value in zip(keys, values, strict=False):
                seen = sum(other.rstrip("0123456789") == key for other, *_ in record)
                if key and value.strip() and (not seen or key in _CARD_MANY):
                    record.append((f"{key}{seen + 1}" if seen else key, place, place + len(value)))
                place += len(value) + 1
        if record:
            yield record
